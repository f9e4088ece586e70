/* Starting a child: everything that can fail or allocate is done before the fork; the child itself
 * makes only async-signal-safe calls and tells of failures through a pipe that exec closes. */
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/path.h"
#include "base/proc_child.h"

enum { CAPTURE_MAX = 16 << 20 };
enum stage { STAGE_SETUP, STAGE_CWD, STAGE_EXEC };

struct failure {
	enum stage stage;
	int error;
};

struct setup {
	const struct proc *p;
	const char *program;
	char *const *env;
	int std[3];  /* what becomes the child's descriptors 0 to 2 */
	int ours[3]; /* those of them to close after the fork, or -1 */
	int read_end[3];
	int report[2];
	bool group;
	pid_t parent;
};

int64_t
proc_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static const char *
path_of(const char *const *env)
{
	for (; env && *env; env++)
		if (strncmp(*env, "PATH=", 5) == 0)
			return *env + 5;
	return "/usr/local/bin:/usr/bin:/bin";
}

char *
proc_find(struct arena *a, const char *name, const char *path)
{
	struct str rest = str_of(path ? path : path_of((const char *const *)environ)), dir;
	struct stat st;

	if (strchr(name, '/'))
		return access(name, X_OK) == 0 ? arena_strdup(a, name) : NULL;
	while (*name && str_cut(&rest, ':', &dir)) {
		char *file;

		/* Where the caller happens to stand is no place to find programs. */
		if (!str_starts(dir, "/"))
			continue;
		file = path_join(a, str_c(a, dir), name);
		if (stat(file, &st) == 0 && S_ISREG(st.st_mode) && access(file, X_OK) == 0)
			return file;
	}
	return NULL;
}

static void
move_descriptors(const struct setup *s)
{
	int std[3];

	/* Out of the way first: what becomes 1 may be the one that is to become 2. */
	for (int i = 0; i < 3; i++) {
		std[i] = s->std[i];
		if (std[i] < 3)
			std[i] = fcntl(std[i], F_DUPFD_CLOEXEC, 3);
	}
	for (int i = 0; i < 3; i++)
		if (std[i] >= 0)
			dup2(std[i], i);
	if (s->p->err_to_out)
		dup2(1, 2);
	/* Nothing else is passed on, whoever forgot O_CLOEXEC. */
	syscall(SYS_close_range, 3u, ~0u, (unsigned)CLOSE_RANGE_CLOEXEC);
	for (size_t i = 0; i < s->p->keep_count; i++)
		fcntl(s->p->keep[i], F_SETFD, 0);
}

static void
reset_signals(void)
{
	struct sigaction plain = {.sa_handler = SIG_DFL};
	sigset_t none;

	for (int i = 1; i < NSIG; i++)
		sigaction(i, &plain, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void
run_child(const struct setup *s)
{
	struct failure failure = {.stage = STAGE_SETUP};

	if (s->group)
		setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != s->parent)
		_exit(127);
	move_descriptors(s);
	reset_signals();
	if (s->p->cwd && chdir(s->p->cwd) < 0) {
		failure.stage = STAGE_CWD;
	} else if (s->p->in_child && s->p->in_child(s->p->ctx) < 0) {
		_exit(126);
	} else {
		execve(s->program, (char *const *)s->p->argv, s->env);
		failure.stage = STAGE_EXEC;
	}
	failure.error = errno;
	if (write(s->report[1], &failure, sizeof(failure)) < 0)
		_exit(127);
	_exit(127);
}

/* The input as a file in memory: it can neither block nor break. */
static int
open_input(struct str input, struct err *e)
{
	int fd;

	if (!input.n)
		return open("/dev/null", O_RDONLY | O_CLOEXEC);
	fd = memfd_create("input", MFD_CLOEXEC);
	if (fd < 0)
		return -1;
	if (fs_write_all(fd, input.s, input.n, e) < 0 || lseek(fd, 0, SEEK_SET) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static int
open_output(struct setup *s, int i, int where)
{
	int ends[2];

	if (where == PROC_INHERIT)
		return s->std[i] = i;
	if (where > 0)
		return s->std[i] = where;
	if (where == PROC_CAPTURE) {
		if (pipe2(ends, O_CLOEXEC) < 0)
			return -1;
		s->read_end[i] = ends[0];
		s->std[i] = s->ours[i] = ends[1];
		return fcntl(ends[0], F_SETFL, O_NONBLOCK);
	}
	return s->std[i] = s->ours[i] = open("/dev/null", O_WRONLY | O_CLOEXEC);
}

static int
open_all(struct setup *s, const char *what, struct err *e)
{
	const struct proc *p = s->p;

	if (p->in == PROC_INHERIT)
		s->std[0] = 0;
	else if (p->in > 0)
		s->std[0] = p->in;
	else
		s->std[0] = s->ours[0] = open_input(p->input, e);
	if (s->std[0] < 0 || open_output(s, 1, p->out) < 0)
		return err_sys(e, "starting %s", what);
	if (p->err_to_out)
		s->std[2] = s->std[1];
	else if (open_output(s, 2, p->err) < 0)
		return err_sys(e, "starting %s", what);
	return pipe2(s->report, O_CLOEXEC) < 0 ? err_sys(e, "starting %s", what) : 0;
}

static void
close_all(int *fds, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
		fds[i] = -1;
	}
}

/* With every signal blocked, so that no handler of ours runs in the child. */
static pid_t
fork_child(const struct setup *s)
{
	struct sigaction now;
	sigset_t all, before;
	pid_t pid;

	/* A parent that ignores SIGCHLD would make the kernel reap our children. */
	if (sigaction(SIGCHLD, NULL, &now) == 0 && now.sa_handler == SIG_IGN)
		signal(SIGCHLD, SIG_DFL);
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	pid = fork();
	if (pid == 0)
		run_child(s);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return pid;
}

/* Waits for exec. */
static int
hear_failure(struct setup *s, pid_t pid, const char *what, struct err *e)
{
	struct failure failure;
	ssize_t n;

	do
		n = read(s->report[0], &failure, sizeof(failure));
	while (n < 0 && errno == EINTR);
	if (n != sizeof(failure))
		return 0;
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	errno = failure.error;
	if (failure.stage == STAGE_CWD)
		return err_sys(e, "starting %s in the folder %s", what, s->p->cwd);
	if (errno == ENOENT || errno == ENOTDIR) {
		err_set(e, ERR_NOTFOUND, "starting %s: there is no program %s", what, s->program);
		e->sys = failure.error;
		return -1;
	}
	return err_sys(e, "starting %s (%s)", what, s->program);
}

static void
fill_child(struct proc_child *c, struct arena *a, const struct setup *s, const char *what, pid_t pid)
{
	const struct proc *p = s->p;

	c->a = a;
	c->what = arena_strdup(a, what);
	c->pid = pid;
	c->pidfd = (int)syscall(SYS_pidfd_open, pid, 0u);
	c->group = s->group;
	c->out = (struct proc_stream){s->read_end[1], buf_new(a), p->on_output};
	c->err = (struct proc_stream){s->read_end[2], buf_new(a), NULL};
	c->capture_max = p->capture_max ? p->capture_max : CAPTURE_MAX;
	c->ctx = p->ctx;
	c->heard = proc_now();
	c->deadline = p->timeout ? c->heard + (int64_t)p->timeout * 1000 : 0;
	if (c->out.fd >= 0 || c->err.fd >= 0)
		c->silence = (int64_t)p->silence * 1000;
}

struct proc_child *
proc_start(struct arena *a, const struct proc *p, struct err *e)
{
	struct setup s = {.p = p,
			  .std = {-1, -1, -1},
			  .ours = {-1, -1, -1},
			  .read_end = {-1, -1, -1},
			  .report = {-1, -1},
			  .group = p->in != PROC_INHERIT,
			  .parent = getpid()};
	const char *what = p->what ? p->what : p->argv[0];
	const char *const *env = p->env ? p->env : (const char *const *)environ;
	struct proc_child *c = NULL;
	pid_t pid;

	s.env = (char *const *)env;
	s.program = strchr(p->argv[0], '/') ? p->argv[0] : proc_find(a, p->argv[0], path_of(env));
	if (!s.program) {
		err_set(e, ERR_NOTFOUND, "starting %s: there is no program %s in PATH", what, p->argv[0]);
		return NULL;
	}
	if (open_all(&s, what, e) < 0)
		goto out;
	pid = fork_child(&s);
	if (pid < 0) {
		err_sys(e, "starting %s", what);
		goto out;
	}
	close_all(&s.report[1], 1);
	if (hear_failure(&s, pid, what, e) < 0)
		goto out;
	c = arena_new(a, struct proc_child);
	fill_child(c, a, &s, what, pid);
	s.read_end[1] = s.read_end[2] = -1;
out:
	close_all(s.ours, COUNT_OF(s.ours));
	close_all(s.read_end, COUNT_OF(s.read_end));
	close_all(s.report, COUNT_OF(s.report));
	return c;
}
