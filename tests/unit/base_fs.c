/* Files: reading, writing, links, errors of the system. */
#include "base/fs.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>

#include "base/path.h"
#include "../tap.h"

static struct arena a;
static struct err e;
static char root[] = "/tmp/base_fs.XXXXXX";
static int top;

/* A step that only prepares a test. */
static void
must(int rc)
{
	if (rc < 0) {
		perror("preparing");
		exit(1);
	}
}

static size_t
count(int dir, const char *path)
{
	struct fs_entries entries;

	return fs_list(&a, dir, path, &entries, &e) < 0 ? 0 : entries.n;
}

static void
test_read_write(void)
{
	struct str text;
	struct stat st;
	mode_t before = umask(0);

	umask(0777);
	OK(fs_write(top, "file", STR("hello"), 0644, true, &e) == 0, "writes a file under umask 777");
	umask(before);
	fstatat(top, "file", &st, 0);
	EQ_INT(st.st_mode & 07777, 0644, "its mode is the one asked for");
	OK(fs_read(&a, top, "file", 0, &text, &e) == 0 && str_is(text, "hello"), "reads it back");
	OK(text.s[text.n] == '\0', "what is read ends in NUL");
	OK(fs_write(top, "file", STR("other"), 0755, false, &e) == 0, "replaces it");
	fstatat(top, "file", &st, 0);
	EQ_INT(st.st_mode & 07777, 0755, "with the new mode");
	OK(fs_read(&a, top, "file", 5, &text, &e) == 0, "a limit of its very size");
	OK(fs_read(&a, top, "file", 4, &text, &e) < 0 && e.sys == EFBIG && e.code == ERR_PARSE,
	   "over the limit");
	OK(fs_write(top, "empty", (struct str){0}, 0600, false, &e) == 0, "writes an empty file");
	OK(fs_read(&a, top, "empty", 1, &text, &e) == 0 && text.n == 0, "reads an empty file");
	OK(fs_read(&a, top, "none", 0, &text, &e) < 0 && e.sys == ENOENT && strstr(e.msg, "none"),
	   "a missing file is named");
	OK(fs_read(&a, AT_FDCWD, "/proc/self/status", 0, &text, &e) == 0 && text.n > 100,
	   "a file of /proc, whose size is 0");
	OK(fs_write(top, "no/file", STR("x"), 0644, false, &e) < 0 && strstr(e.note, "no/file"),
	   "a missing folder is an error that names the file");
	OK(fs_write(top, "sub", STR("x"), 0644, false, &e) == 0, "an entry for the next test");
	unlinkat(top, "sub", 0);
	mkdirat(top, "sub", 0755);
	OK(fs_write(top, "sub", STR("x"), 0644, false, &e) < 0 && e.sys == EISDIR,
	   "a folder is not replaced");
	EQ_INT(count(top, "."), 3, "no temporary file is left");
}

static void
test_kinds(void)
{
	struct str text;
	int fd;

	mkfifoat(top, "fifo", 0644);
	OK(fs_read(&a, top, "fifo", 0, &text, &e) < 0 && e.code == ERR_PARSE,
	   "a FIFO is refused, not waited for");
	OK(fs_open_beneath(top, "fifo", O_RDONLY, 0, &e) < 0, "also beneath");
	OK(fs_read(&a, top, "sub", 0, &text, &e) < 0 && e.sys == EISDIR, "a folder is refused");
	OK(fs_read(&a, AT_FDCWD, "/dev/zero", 0, &text, &e) < 0, "a device is refused");
	fd = fs_open_beneath(top, "file", O_RDONLY, 0, &e);
	OK(fd >= 0 && !(fcntl(fd, F_GETFL) & O_NONBLOCK), "a file is opened plainly");
	OK(fd >= 0 && fcntl(fd, F_GETFD) & FD_CLOEXEC, "and closed on exec");
	close(fd);
	unlinkat(top, "fifo", 0);
}

/* What the kernel must refuse, and what it must not. */
static void
test_beneath(void)
{
	static const struct {
		const char *path;
		int sys; /* 0: works */
	} cases[] = {
		{"in/file", 0},
		{"out-absolute", EXDEV},
		{"out-relative", EXDEV},
		{"in/../in/file", 0},
		{"../in", EXDEV},
		{"inner/file", 0},
		{"out-dir/passwd", EXDEV},
		{"in/back/file", 0},
		{"/etc/passwd", EXDEV},
		{"in/loop", ELOOP},
		{"dangling", ENOENT},
		{"magic", ELOOP},
	};
	struct str text;
	int jail;

	fs_mkdirs(top, "jail/in", 0, &e);
	fs_write(top, "secret", STR("s"), 0644, false, &e);
	fs_write(top, "jail/in/file", STR("f"), 0644, false, &e);
	must(symlinkat("/etc/passwd", top, "jail/out-absolute"));
	must(symlinkat("../secret", top, "jail/out-relative"));
	must(symlinkat("/etc", top, "jail/out-dir"));
	must(symlinkat("in", top, "jail/inner"));
	must(symlinkat("../in", top, "jail/in/back"));
	must(symlinkat("loop", top, "jail/in/loop"));
	must(symlinkat("nowhere", top, "jail/dangling"));
	must(symlinkat("/proc/self/fd/0", top, "jail/magic"));
	jail = fs_open_dir(top, "jail", &e);
	OK(jail >= 0, "opens the folder");
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		int rc = fs_read_beneath(&a, jail, cases[i].path, 0, &text, &e);

		if (!cases[i].sys)
			OK(rc == 0 && str_is(text, "f"), "%s stays inside", cases[i].path);
		else
			OK(rc < 0 && (e.sys == cases[i].sys || e.sys == EXDEV), "%s is refused",
			   cases[i].path);
	}
	OK(fs_open_beneath(jail, "../new", O_WRONLY | O_CREAT, 0644, &e) < 0 && !fs_exists(top, "new"),
	   "nothing is made outside");
	OK(fs_open_beneath(jail, "out-dir/new", O_WRONLY | O_CREAT, 0644, &e) < 0, "nor through a link");
	close(jail);
}

static void
test_folders(void)
{
	struct stat st;
	mode_t before = umask(077);
	char *one, *two;

	OK(fs_mkdirs(top, "m/a/b/c", 0, &e) == 0 && fs_is_dir(top, "m/a/b/c"), "makes folders");
	umask(before);
	fstatat(top, "m/a/b", &st, 0);
	EQ_INT(st.st_mode & 07777, 0755, "with mode 0755 under umask 77");
	OK(fs_mkdirs(top, "m/a/b/c/", 0700, &e) == 0, "existing ones are fine");
	fstatat(top, "m/a/b/c", &st, 0);
	EQ_INT(st.st_mode & 07777, 0755, "and keep their mode");
	OK(fs_mkdirs(top, "m//x///y//", 0700, &e) == 0 && fs_is_dir(top, "m/x/y"), "double slashes");
	OK(fs_mkdirs(top, "file", 0, &e) < 0 && e.sys == ENOTDIR, "a file in its place");
	OK(fs_mkdirs(top, "file/x", 0, &e) < 0 && e.sys == ENOTDIR, "a file above it");
	must(symlinkat("m", top, "link-to-m"));
	OK(fs_mkdirs(top, "link-to-m/z", 0, &e) == 0 && fs_is_dir(top, "m/z"), "through a link of the user");
	OK(fs_exists(top, "link-to-m") && fs_is_dir(top, "link-to-m"), "a link to a folder is one");
	must(symlinkat("gone", top, "dead"));
	OK(fs_exists(top, "dead") && !fs_is_dir(top, "dead"), "a dangling link exists");
	EQ_STR(fs_readlink(&a, top, "dead", &e), "gone", "reads a link");
	OK(!fs_readlink(&a, top, "file", &e) && e.sys == EINVAL, "a file is no link");
	one = fs_mkdtemp(&a, root, &e);
	two = fs_mkdtemp(&a, root, &e);
	OK(one && two && strcmp(one, two) != 0 && fs_is_dir(AT_FDCWD, one), "fresh folders differ");
	OK(one && path_base(str_of(one)).n == 16, "by 16 letters");
	OK(!fs_mkdtemp(&a, "/nowhere/at/all", &e) && e.sys == ENOENT, "none in a missing folder");
	OK(fs_sync_dir(top, "m", &e) == 0 && fs_sync_all(top, &e) == 0, "syncs");
	OK(fs_sync_all(-1, &e) < 0, "syncing nothing fails");
}

static void
test_forbidden(void)
{
	int status = -1;
	pid_t pid;

	mkdirat(top, "closed", 0500);
	pid = fork();
	if (pid == 0) {
		if (geteuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
			_exit(1);
		if (fs_mkdirs(top, "closed/x/y", 0, &e) == 0 || e.sys != EACCES)
			_exit(2);
		if (fs_write(top, "closed/f", STR("x"), 0644, false, &e) == 0 || e.sys != EACCES)
			_exit(3);
		_exit(7);
	}
	waitpid(pid, &status, 0);
	EQ_INT(WEXITSTATUS(status), 7, "a forbidden folder is an error that says so");
	OK(fs_mkdirs(top, "", 0, &e) < 0 && e.sys == ENOENT, "no folder without a name");
}

static void
test_rename(void)
{
	struct str text;

	fs_write(top, "x", STR("x"), 0644, false, &e);
	fs_write(top, "y", STR("y"), 0644, false, &e);
	OK(fs_exchange(top, "x", "y", &e) == 0, "exchanges");
	OK(fs_read(&a, top, "x", 0, &text, &e) == 0 && str_is(text, "y"), "x is y");
	OK(fs_rename_new(top, "x", "y", &e) < 0 && e.sys == EEXIST, "a new name does not replace");
	OK(fs_rename_new(top, "x", "z", &e) == 0 && !fs_exists(top, "x"), "a new name");
}

static void
test_copy(void)
{
	char *bytes = arena_alloc(&a, 3000000);
	int from, to, ends[2];
	struct str text;
	pid_t pid;

	for (size_t i = 0; i < 3000000; i++)
		bytes[i] = (char)(i * 7 + i / 251);
	fs_write(top, "big", (struct str){bytes, 3000000}, 0644, false, &e);
	from = openat(top, "big", O_RDONLY);
	to = openat(top, "copy", O_RDWR | O_CREAT, 0644);
	OK(fs_copy_fd(from, to, &e) == 0, "copies a file");
	OK(fs_read(&a, top, "copy", 0, &text, &e) == 0 && str_eq(text, (struct str){bytes, 3000000}),
	   "byte by byte");
	close(from);
	must(ftruncate(to, 0));
	lseek(to, 0, SEEK_SET);
	from = open("/proc/self/status", O_RDONLY);
	OK(fs_copy_fd(from, to, &e) == 0, "copies a file of /proc");
	lseek(to, 0, SEEK_SET);
	OK(fs_read_fd(&a, to, 0, &text, &e) == 0 && text.n > 100, "and not as nothing");
	close(from);
	close(to);

	EQ_INT(pipe(ends), 0, "a pipe");
	pid = fork();
	if (pid == 0)
		_exit(fs_write_all(ends[1], bytes, 3000000, &e) < 0);
	close(ends[1]);
	OK(fs_read_fd(&a, ends[0], 0, &text, &e) == 0 && str_eq(text, (struct str){bytes, 3000000}),
	   "reads all of a pipe");
	close(ends[0]);
	waitpid(pid, NULL, 0);
	from = openat(top, "big", O_RDONLY);
	lseek(from, 2999990, SEEK_SET);
	OK(fs_read_fd(&a, from, 10, &text, &e) == 0 && text.n == 10, "reads from where the descriptor is");
	close(from);
	OK(fs_read_fd(&a, -1, 0, &text, &e) < 0 && e.sys == EBADF, "a bad descriptor is an error");
}

/* A file system of 64 KiB, which fills up. */
static void
test_full(void)
{
	char *bytes = arena_alloc(&a, 200000), *full = path_join(&a, root, "full");
	struct str text;

	mkdir(full, 0755);
	if (mount("tmpfs", full, "tmpfs", 0, "size=64k") < 0) {
		OK(1, "full disk # SKIP needs root");
		return;
	}
	fs_write(top, "full/f", STR("old"), 0644, true, &e);
	OK(fs_write(top, "full/f", (struct str){bytes, 200000}, 0644, true, &e) < 0 && e.sys == ENOSPC &&
		   e.code == ERR_SYSTEM && strstr(e.msg, "full/f"),
	   "a full disk is an error that names the file");
	OK(fs_read(&a, top, "full/f", 0, &text, &e) == 0 && str_is(text, "old"), "the old file is as it was");
	EQ_INT(count(top, "full"), 1, "and the temporary one is gone");
	OK(fs_rename_new(top, "full/f", "f", &e) < 0 && e.sys == EXDEV, "no rename to another file system");
	umount(full);
}

/* RLIMIT_FSIZE stands for a quota. */
static void
test_limit(void)
{
	pid_t pid = fork();
	int status = -1;

	if (pid == 0) {
		struct rlimit limit = {1000, 1000};
		char bytes[5000] = "";

		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &limit);
		_exit(fs_write(top, "file", (struct str){bytes, sizeof(bytes)}, 0644, false, &e) < 0 &&
				      e.sys == EFBIG && e.code == ERR_SYSTEM
			      ? 7
			      : 1);
	}
	waitpid(pid, &status, 0);
	EQ_INT(WEXITSTATUS(status), 7, "a limit on files is an error of the system");
}

int
main(void)
{
	if (!mkdtemp(root) || (top = fs_open_dir(AT_FDCWD, root, &e)) < 0)
		return 1;
	test_read_write();
	test_kinds();
	test_beneath();
	test_folders();
	test_forbidden();
	test_rename();
	test_copy();
	test_full();
	test_limit();
	close(top);
	OK(fs_remove(AT_FDCWD, root, &e) == 0 && !fs_exists(AT_FDCWD, root), "all is removed");
	arena_free(&a);
	return tap_done();
}
