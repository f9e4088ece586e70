/* Trees: lists, walks, removal, also deeper than the system's own limits. */
#include <errno.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fs.h"
#include "base/path.h"
#include "../tap.h"

static struct arena a;
static struct err e;
static char root[] = "/tmp/base_tree.XXXXXX";
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

enum { DEEP = 3000 };

/* DEEP folders in each other, each with a file: no path that the kernel takes. */
static void
make_deep(const char *name)
{
	int fd = dup(top), next;

	for (int i = 0; i < DEEP; i++) {
		const char *folder = i ? "folder" : name;

		mkdirat(fd, folder, 0755);
		next = openat(fd, folder, O_DIRECTORY | O_RDONLY);
		close(fd);
		fd = next;
		close(openat(fd, "file", O_CREAT | O_WRONLY, 0400));
	}
	close(fd);
}

static void
test_list(void)
{
	struct fs_entries entries;

	fs_mkdirs(top, "l/dir", 0, &e);
	fs_write(top, "l/b", STR(""), 0644, false, &e);
	fs_write(top, "l/B", STR(""), 0644, false, &e);
	must(symlinkat("b", top, "l/a"));
	mkfifoat(top, "l/.f", 0644);
	OK(fs_list(&a, top, "l", &entries, &e) == 0 && entries.n == 5, "lists a folder");
	EQ_STR(arena_printf(&a, "%s %s %s %s %s", entries.v[0].name, entries.v[1].name, entries.v[2].name,
			    entries.v[3].name, entries.v[4].name),
	       ".f B a b dir", "in the order of bytes");
	OK(S_ISFIFO(entries.v[0].type) && S_ISREG(entries.v[1].type) && S_ISLNK(entries.v[2].type) &&
		   S_ISDIR(entries.v[4].type),
	   "with their types");
	OK(fs_list(&a, top, "l/dir", &entries, &e) == 0 && entries.n == 0, "an empty folder");
	OK(fs_list(&a, top, "l/b", &entries, &e) < 0 && e.sys == ENOTDIR, "a file is no folder");
}

struct seen {
	struct buf text;
	size_t n, deepest;
	const char *skip, *stop;
	bool good;
};

static int
see(void *ctx, const char *path, const struct stat *st, int dirfd, const char *name, struct err *err)
{
	struct seen *s = ctx;
	struct stat again;

	s->n++;
	if (strlen(path) > s->deepest)
		s->deepest = strlen(path);
	s->good &= fstatat(dirfd, name, &again, AT_SYMLINK_NOFOLLOW) == 0 && again.st_ino == st->st_ino;
	if (s->text.a)
		buf_printf(&s->text, "%s%s ", path, S_ISDIR(st->st_mode) ? "/" : "");
	if (s->stop && strcmp(path, s->stop) == 0)
		return err_set(err, ERR_BUILD, "stopped");
	return s->skip && strcmp(path, s->skip) == 0;
}

static void
test_walk(void)
{
	struct seen s = {.text = buf_new(&a), .good = true};

	fs_mkdirs(top, "w/b/c", 0, &e);
	fs_mkdirs(top, "w/d", 0, &e);
	fs_write(top, "w/b/c/f", STR(""), 0644, false, &e);
	fs_write(top, "w/b-x", STR(""), 0644, false, &e);
	must(symlinkat("/", top, "w/link"));
	must(symlinkat("w", top, "to-w"));
	OK(fs_walk(top, "w", see, &s, &e) == 0, "walks");
	EQ_STR(s.text.s, "/ b/ b/c/ b/c/f b-x d/ link ", "all entries, top down, through no link");
	OK(s.good, "name is the entry in dirfd");

	s = (struct seen){.text = buf_new(&a), .skip = "b", .good = true};
	OK(fs_walk(top, "w", see, &s, &e) == 0, "walks past a folder");
	EQ_STR(s.text.s, "/ b/ b-x d/ link ", "without its inside");
	s = (struct seen){.text = buf_new(&a), .stop = "b/c", .good = true};
	OK(fs_walk(top, "w", see, &s, &e) < 0 && e.code == ERR_BUILD, "a visit can stop it");
	s = (struct seen){.text = buf_new(&a), .good = true};
	OK(fs_walk(top, "to-w", see, &s, &e) == 0 && s.n == 1, "a link as root is only itself");
	s.n = 0;
	OK(fs_walk(top, "w/b-x", see, &s, &e) == 0 && s.n == 1, "a file as root");
	OK(fs_walk(top, "none", see, &s, &e) < 0 && e.sys == ENOENT, "no root");
}

/* What happens when somebody changes the tree meanwhile. */
static int
meddle(void *ctx, const char *path, const struct stat *st, int dirfd, const char *name, struct err *err)
{
	size_t *n = ctx;

	(void)st;
	(void)dirfd;
	(void)name;
	(void)err;
	++*n;
	if (strcmp(path, "a") == 0)
		fs_remove(top, "c/b", &e);
	if (strcmp(path, "d/e/f") == 0)
		must(renameat(top, "c/d/e", top, "moved"));
	return 0;
}

static void
test_changes(void)
{
	size_t n = 0;

	fs_mkdirs(top, "c/a", 0, &e);
	fs_mkdirs(top, "c/b/in", 0, &e);
	fs_mkdirs(top, "c/d/e", 0, &e);
	OK(fs_walk(top, "c", meddle, &n, &e) == 0 && n == 4,
	   "what is removed before its turn is not visited");
	fs_mkdirs(top, "c/d/e/f", 0, &e);
	OK(fs_walk(top, "c", meddle, &n, &e) < 0 && e.sys == ESTALE,
	   "no way up from a folder that was moved");
	OK(fs_remove(top, "moved", &e) == 0 && fs_remove(top, "c", &e) == 0, "both are removed");
}

static void
test_busy(void)
{
	struct fs_entries entries;
	char *mounted = path_join(&a, root, "busy/x/mounted");

	fs_mkdirs(top, "busy/x/mounted", 0, &e);
	if (mount("tmpfs", mounted, "tmpfs", 0, "size=64k") < 0) {
		OK(1, "a mounted folder # SKIP needs root");
		return;
	}
	OK(fs_remove(top, "busy", &e) < 0 && e.sys == EBUSY && strstr(e.msg, "busy") &&
		   strstr(e.msg, "mounted"),
	   "what is mounted is not removed, and named");
	umount(mounted);
	OK(fs_list(&a, top, "busy/x", &entries, &e) == 0 && entries.n == 1, "it is still there");
}

/* With 16 descriptors. */
static void
test_deep(void)
{
	struct seen s = {.good = true};
	struct rlimit limit, few;

	getrlimit(RLIMIT_NOFILE, &limit);
	few = (struct rlimit){16, limit.rlim_max};
	make_deep("deep");
	setrlimit(RLIMIT_NOFILE, &few);
	OK(fs_walk(top, "deep", see, &s, &e) == 0 && s.n == 2 * DEEP, "walks %d folders deep", DEEP);
	OK(s.good, "each entry is the one that was named");
	EQ_INT(s.deepest, (DEEP - 1) * strlen("folder/") + strlen("file"), "with the whole path");
	OK(fs_remove(top, "deep", &e) == 0 && !fs_exists(top, "deep"), "removes them");
	setrlimit(RLIMIT_NOFILE, &limit);
}

static void
test_remove(void)
{
	OK(fs_remove(top, "none", &e) == 0, "what is not there is fine");
	OK(fs_remove(top, "l/b/none", &e) == 0, "also beneath a file");
	OK(fs_remove(top, "to-w/", &e) == 0 && !fs_exists(top, "to-w") && fs_exists(top, "w/b"),
	   "a link is removed, not what it names, whatever slashes follow");
	fs_mkdirs(top, "safe", 0, &e);
	fs_write(top, "safe/precious", STR("x"), 0644, false, &e);
	must(symlinkat("../safe", top, "w/d/out"));
	must(symlinkat(root, top, "w/d/up"));
	OK(fs_remove(top, "w/", &e) == 0 && !fs_exists(top, "w"), "removes a tree");
	OK(fs_exists(top, "safe/precious"), "and nothing through its links");
	OK(fs_remove(top, "l/b", &e) == 0 && !fs_exists(top, "l/b"), "removes a file");
	OK(fs_remove(AT_FDCWD, "/proc/self/status", &e) < 0 && strstr(e.msg, "/proc/self/status"),
	   "what cannot be removed is named");
}

/* As a plain user: folders without any permission. */
static void
test_modes(void)
{
	int status = -1;
	pid_t pid;

	fs_mkdirs(top, "user/locked/in", 0, &e);
	fs_write(top, "user/locked/in/f", STR(""), 0400, false, &e);
	if (geteuid() == 0) {
		must(fchownat(top, "user", 65534, 65534, 0));
		must(fchownat(top, "user/locked", 65534, 65534, 0));
		must(fchownat(top, "user/locked/in", 65534, 65534, 0));
		fchmod(top, 0777);
	}
	must(fchmodat(top, "user/locked/in", 0, 0));
	must(fchmodat(top, "user/locked", 0, 0));
	must(fchmodat(top, "user", 0500, 0));
	pid = fork();
	if (pid == 0) {
		if (geteuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
			_exit(1);
		_exit(fs_remove(top, "user", &e) == 0 ? 7 : 2);
	}
	waitpid(pid, &status, 0);
	EQ_INT(WEXITSTATUS(status), 7, "a plain user removes folders of modes 0500 and 0");
	OK(!fs_exists(top, "user"), "they are gone");
}

static void
test_wide(void)
{
	int fd;

	mkdirat(top, "wide", 0755);
	fd = openat(top, "wide", O_DIRECTORY | O_RDONLY);
	for (int i = 0; i < 5000; i++) {
		char name[32];

		snprintf(name, sizeof(name), "%d", i);
		if (i % 5)
			close(openat(fd, name, O_CREAT | O_WRONLY, 0644));
		else
			mkdirat(fd, name, 0700);
	}
	close(fd);
	OK(fs_remove(top, "wide", &e) == 0 && !fs_exists(top, "wide"), "removes 5,000 entries of one folder");
}

int
main(void)
{
	if (!mkdtemp(root) || (top = fs_open_dir(AT_FDCWD, root, &e)) < 0)
		return 1;
	test_list();
	test_walk();
	test_remove();
	test_changes();
	test_busy();
	test_deep();
	test_modes();
	test_wide();
	close(top);
	OK(fs_remove(AT_FDCWD, root, &e) == 0, "all is removed");
	arena_free(&a);
	return tap_done();
}
