/* What the worker can still do once it has confined itself, tried in a child. */
#include "fetch_help.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include "../../src/fetch/worker/confine.c"

int
worker_fail_sys(struct fail *f, enum worker_error id, const char *fmt, ...)
{
	f->id = id;
	snprintf(f->msg, sizeof(f->msg), "%s", fmt);
	return -1;
}

enum {
	CONFINED = 1 << 0,
	READ_ETC = 1 << 1,
	WRITE_INSIDE = 1 << 2,
	WRITE_OUTSIDE = 1 << 3,
	TCP = 1 << 4,
	UDP = 1 << 5,
	RUN = 1 << 6,
	NO_LANDLOCK = 1 << 7,
};

static bool
can_write(int dir, const char *path)
{
	int fd = openat(dir, path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	return fd >= 0 && write(fd, "x", 1) == 1;
}

/* Nobody listens on that port: refused by the port means not refused by the walls. */
static bool
can_connect(void)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET, .sin_port = htons(1), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return fd >= 0 && (connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0 || errno == ECONNREFUSED);
}

static int
abilities(bool network, int inside, int outside)
{
	const char *const read[] = {"/etc", "/nowhere"};
	const struct confine c = {.network = network,
				  .read = read,
				  .read_count = network ? 2 : 0,
				  .write_dir = network ? -1 : inside,
				  .file_size = 1 << 20};
	struct fail f = {0};
	int can = CONFINED;

	if (worker_confine(&c, &f) < 0)
		return f.id == WORKER_SANDBOX ? NO_LANDLOCK : 0;
	can |= open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0 ? READ_ETC : 0;
	can |= can_write(inside, "new") ? WRITE_INSIDE : 0;
	can |= can_write(outside, "new") || can_write(AT_FDCWD, "/tmp/pkg-confine") ? WRITE_OUTSIDE : 0;
	can |= can_connect() ? TCP : 0;
	can |= socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0) >= 0 ? UDP : 0;
	execl("/bin/true", "true", NULL);
	return can;
}

static int
in_child(bool network, int inside, int outside)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0)
		_exit(abilities(network, inside, outside));
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int
main(void)
{
	int inside, outside, can;

	help_begin();
	sh("mkdir inside outside");
	inside = open(in_dir("inside"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	outside = open(in_dir("outside"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	can = in_child(true, inside, outside);
	if (can == NO_LANDLOCK) {
		help_end();
		return tap_skip_all("no Landlock here");
	}
	EQ_INT(can, CONFINED | READ_ETC | TCP | UDP, "a download reads its files and connects");
	EQ_INT(in_child(false, inside, outside), CONFINED | WRITE_INSIDE, "an unpacking fills its folder");
	return help_end();
}
