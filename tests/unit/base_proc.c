/* Child processes. */
#include "base/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/fs.h"
#include "../tap.h"

static struct arena a;
static struct err e;
static struct proc_result r;
static char root[] = "/tmp/base_proc.XXXXXX";

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Runs a line of shell with everything captured, and the rest as in *p. */
static int
sh(const char *line, struct proc p)
{
	const char *argv[] = {"sh", "-c", line, NULL};

	p.argv = argv;
	if (!p.out)
		p.out = PROC_CAPTURE;
	if (!p.err)
		p.err = PROC_CAPTURE;
	return proc_run(&a, &p, &r, &e);
}

static void
test_results(void)
{
	OK(sh("echo out; echo err >&2; exit 3", (struct proc){0}) == 0, "runs");
	EQ_INT(r.status, 3, "its status");
	EQ_STR(r.out.s, "out\n", "its stdout");
	EQ_STR(r.err_text.s, "err\n", "its stderr");
	OK(sh("kill -KILL $$", (struct proc){0}) == 0 && r.status == 128 + SIGKILL, "killed by a signal");
	OK(!r.timed_out, "which is no timeout");
	OK(sh("echo a; echo b >&2; echo c", (struct proc){.err_to_out = 1}) == 0, "stderr to stdout");
	EQ_STR(r.out.s, "a\nb\nc\n", "in order");
	OK(sh("echo lost", (struct proc){.out = PROC_DISCARD}) == 0 && r.out.n == 0, "discarded output");
	OK(sh("pwd", (struct proc){.cwd = "/usr"}) == 0 && str_is(r.out, "/usr\n"), "another folder");
	OK(sh("cat", (struct proc){0}) == 0 && r.out.n == 0, "stdin is empty");
	OK(sh("cut -d' ' -f5 /proc/$$/stat; echo $$", (struct proc){0}) == 0 && r.out.n % 2 == 0 &&
		   memcmp(r.out.s, r.out.s + r.out.n / 2, r.out.n / 2) == 0,
	   "it leads its own group");
}

static void
test_environment(void)
{
	const char *const env[] = {"PATH=/usr/bin:/bin", "ONLY=this", NULL};

	setenv("CALLERS", "value", 1);
	OK(sh("echo $CALLERS", (struct proc){0}) == 0 && str_is(r.out, "value\n"),
	   "the caller's environment");
	OK(sh("echo $CALLERS$ONLY", (struct proc){.env = env}) == 0 && str_is(r.out, "this\n"),
	   "or the given one");
	OK(sh("trap '' PIPE; kill -PIPE $$; echo on", (struct proc){0}) == 0 && str_is(r.out, "on\n"),
	   "signals");
	signal(SIGUSR1, SIG_IGN);
	OK(sh("kill -USR1 $$; echo on", (struct proc){0}) == 0 && r.status == 128 + SIGUSR1,
	   "signals ignored here are not ignored there");
	signal(SIGUSR1, SIG_DFL);
}

static void
test_missing(void)
{
	const char *none[] = {"no-such-program-here", NULL}, *path[] = {"/no/such/program", NULL};
	const char *folder[] = {"/usr", NULL}, *good[] = {"/bin/true", NULL};

	OK(proc_run(&a, &(struct proc){.argv = none}, &r, &e) < 0 && e.code == ERR_NOTFOUND &&
		   strstr(e.msg, "no-such-program-here"),
	   "no program in PATH");
	OK(proc_run(&a, &(struct proc){.argv = path, .what = "helper"}, &r, &e) < 0 &&
		   e.code == ERR_NOTFOUND && strstr(e.msg, "helper") && strstr(e.msg, "/no/such/program"),
	   "no program at a path");
	OK(proc_run(&a, &(struct proc){.argv = folder}, &r, &e) < 0 && e.code == ERR_SYSTEM &&
		   e.sys == EACCES,
	   "a folder is no program");
	OK(proc_run(&a, &(struct proc){.argv = good, .cwd = "/no/folder"}, &r, &e) < 0 &&
		   e.code == ERR_SYSTEM && e.sys == ENOENT && strstr(e.msg, "/no/folder"),
	   "no folder to run in");
	OK(proc_find(&a, "/bin/sh", NULL) && !proc_find(&a, "/bin/none", NULL), "a path is itself");
	EQ_STR(proc_find(&a, "sh", "relative::/nowhere:/bin:/usr/bin"), "/bin/sh", "finds a program");
	OK(!proc_find(&a, "sh", "bin:.:"), "only in absolute folders");
	OK(!proc_find(&a, "", NULL) && !proc_find(&a, "no-such-program-here", NULL), "not what is not there");
}

/* More than a pipe holds, both ways. */
static void
test_input(void)
{
	char *bytes = arena_alloc(&a, 1000000);

	memset(bytes, 'x', 1000000);
	OK(sh("cat; cat >&2", (struct proc){.input = {bytes, 1000000}}) == 0 && r.out.n == 1000000,
	   "a long input comes back");
	OK(sh("exit 0", (struct proc){.input = {bytes, 1000000}}) == 0 && r.status == 0,
	   "who does not read it does no harm");
}

static size_t heard;
static void
hear(void *ctx, struct str piece)
{
	*(int *)ctx += 1;
	heard += piece.n;
}

static void
test_capture(void)
{
	int calls = 0;

	heard = 0;
	OK(sh("head -c 3000000 /dev/zero; echo end >&2",
	      (struct proc){.capture_max = 1000, .on_output = hear, .ctx = &calls}) == 0 &&
		   r.status == 0,
	   "more output than the limit");
	EQ_INT(r.out.n, 1000, "is cut");
	EQ_INT(heard, 3000000, "but heard");
	OK(calls > 1 && str_is(r.err_text, "end\n"), "and does not block");
	OK(sh("yes | head -c 5000000", (struct proc){0}) == 0 && r.out.n == 5000000, "5 MB of output");
}

static void
test_descriptors(void)
{
	char *path = arena_printf(&a, "%s/out", root);
	int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0644), keep = dup(file), leaky;
	struct str text;

	leaky = fcntl(file, F_DUPFD, 50); /* not close-on-exec */
	OK(sh("echo to file", (struct proc){.out = file}) == 0, "output to a descriptor");
	OK(fs_read(&a, AT_FDCWD, path, 0, &text, &e) == 0 && str_is(text, "to file\n"), "is in the file");
	OK(sh("ls /proc/self/fd | tr '\\n' ' '", (struct proc){0}) == 0, "looks at its descriptors");
	EQ_STR(r.out.s, "0 1 2 3 ", "only the three are there (and ls's own)");
	OK(sh(arena_printf(&a, "echo kept >&%d", keep), (struct proc){.keep = &keep, .keep_count = 1}) == 0 &&
		   r.status == 0,
	   "a kept descriptor");
	OK(fs_read(&a, AT_FDCWD, path, 0, &text, &e) == 0 && str_is(text, "to file\nkept\n"),
	   "has its number");
	lseek(file, 0, SEEK_SET);
	OK(sh("cat", (struct proc){.in = file}) == 0 && str_is(r.out, "to file\nkept\n"),
	   "stdin from a descriptor");
	close(file);
	close(keep);
	close(leaky);
}

/* stdout to our 2 and stderr to our 1, while those are pipes. */
static void
test_crossed(void)
{
	int saved[2] = {fcntl(1, F_DUPFD_CLOEXEC, 10), fcntl(2, F_DUPFD_CLOEXEC, 10)}, one[2], two[2], rc;
	char text[16] = "", other[16] = "";

	fflush(stdout);
	if (pipe(one) < 0 || pipe(two) < 0)
		exit(1);
	dup2(one[1], 1);
	dup2(two[1], 2);
	rc = sh("echo out; echo err >&2", (struct proc){.out = 2, .err = 1});
	dup2(saved[0], 1);
	dup2(saved[1], 2);
	OK(rc == 0 && read(two[0], text, 15) == 4 && strcmp(text, "out\n") == 0, "stdout crossed to 2");
	OK(read(one[0], other, 15) == 4 && strcmp(other, "err\n") == 0, "stderr crossed to 1");
	close(one[0]);
	close(one[1]);
	close(two[0]);
	close(two[1]);
	close(saved[0]);
	close(saved[1]);
}

/* Our own stdin and stdout, and our process group. */
static void
test_inherit(void)
{
	const char *line = "cat; cut -d' ' -f5 /proc/$$/stat";
	int saved[2] = {fcntl(0, F_DUPFD_CLOEXEC, 10), fcntl(1, F_DUPFD_CLOEXEC, 10)}, in[2], out[2], rc;
	char text[64] = "";
	struct proc_child *child;
	const char *argv[] = {"sleep", "100", NULL};

	fflush(stdout);
	if (pipe(in) < 0 || pipe(out) < 0 || write(in[1], "given\n", 6) != 6)
		exit(1);
	close(in[1]);
	dup2(in[0], 0);
	dup2(out[1], 1);
	rc = sh(line, (struct proc){.in = PROC_INHERIT, .out = PROC_INHERIT});
	dup2(saved[0], 0);
	dup2(saved[1], 1);
	close(out[1]);
	OK(rc == 0 && read(out[0], text, sizeof(text) - 1) > 0, "inherits stdin and stdout");
	EQ_STR(text, arena_printf(&a, "given\n%d\n", (int)getpgrp()), "and the process group");
	child = proc_start(&a, &(struct proc){.argv = argv, .in = PROC_INHERIT}, &e);
	proc_kill(child);
	OK(proc_wait_any(&a, &child, 1, &r, &e) == 0 && r.status == 128 + SIGKILL, "it alone is killed");
	close(in[0]);
	close(out[0]);
	close(saved[0]);
	close(saved[1]);
}

/* No descriptors left: an error each time, and nothing lost. */
static void
test_exhaustion(void)
{
	struct rlimit limit, few;
	bool good = true;
	int failed = 0;

	getrlimit(RLIMIT_NOFILE, &limit);
	for (rlim_t n = 3; n < 16; n++) {
		few = (struct rlimit){n, limit.rlim_max};
		setrlimit(RLIMIT_NOFILE, &few);
		if (sh("exit 3", (struct proc){.input = STR("x")}) < 0) {
			failed++;
			good &= e.code == ERR_SYSTEM && e.sys == EMFILE && strstr(e.msg, "sh");
		} else {
			good &= r.status == 3 || r.status >= 126;
		}
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	OK(good && failed > 3, "without descriptors it says so (%d times)", failed);
}

static int
limit_files(void *ctx)
{
	struct rlimit limit = {*(rlim_t *)ctx, *(rlim_t *)ctx};

	return setrlimit(RLIMIT_NOFILE, &limit);
}

static int
refuse(void *ctx)
{
	(void)ctx;
	return -1;
}

static void
test_in_child(void)
{
	rlim_t files = 77;

	OK(sh("ulimit -n", (struct proc){.in_child = limit_files, .ctx = &files}) == 0 &&
		   str_is(r.out, "77\n"),
	   "in_child runs in the child");
	OK(sh("echo no", (struct proc){.in_child = refuse}) == 0 && r.status == 126 && r.out.n == 0,
	   "and can end it with 126");
}

/* The pid is on the first line of the output; nobody but init may know it any more. */
static bool
is_gone(struct str out)
{
	int pid = atoi(str_c(&a, out));

	for (int i = 0; i < 100; i++) {
		struct str status;

		if (pid > 0 && kill(pid, 0) < 0)
			return true;
		/* A zombie that init has not looked at yet is gone, too. */
		if (fs_read(&a, AT_FDCWD, arena_printf(&a, "/proc/%d/stat", pid), 0, &status, &e) == 0 &&
		    strstr(status.s, ") Z "))
			return true;
		usleep(20000);
	}
	return false;
}

static void
test_timeouts(void)
{
	double start = now();

	OK(sh("sleep 100 & echo $!; sleep 100", (struct proc){.timeout = 1}) == 0 && r.timed_out,
	   "a timeout");
	OK(r.status == 128 + SIGTERM, "kills by SIGTERM");
	OK(now() - start < 30, "in time");
	OK(is_gone(r.out), "the grandchild, too");

	start = now();
	OK(sh("trap '' TERM; sh -c 'echo $$; trap \"\" TERM; while :; do sleep 1; done' & while :; do sleep "
	      "1; done",
	      (struct proc){.timeout = 1}) == 0 &&
		   r.timed_out && r.status == 128 + SIGKILL,
	   "who ignores SIGTERM is killed");
	OK(now() - start >= 2.9 && now() - start < 30, "2 seconds later");
	OK(is_gone(r.out), "the grandchild, too");

	start = now();
	OK(sh("echo a; sleep 1.2; echo b; sleep 1.2; echo c; sleep 100", (struct proc){.silence = 2}) == 0 &&
		   r.timed_out,
	   "silence");
	EQ_STR(r.out.s, "a\nb\nc\n", "what it said counts");
	OK(now() - start < 30, "in time");
	OK(sh("sleep 1.3; exit 4", (struct proc){.silence = 1, .out = PROC_DISCARD, .err = PROC_DISCARD}) ==
			   0 &&
		   r.status == 4 && !r.timed_out,
	   "silence does not count without captured output");
}

/* Who leaves something running with the pipe in its hand does not hold us up, nor keep it. */
static void
test_survivors(void)
{
	double start = now();

	OK(sh("sleep 100 & echo $!", (struct proc){0}) == 0 && r.status == 0, "leaves a grandchild");
	OK(now() - start < 30, "which is not waited for");
	OK(is_gone(r.out), "but killed");
	start = now();
	OK(sh("(sleep 0.5; echo late) & echo first", (struct proc){0}) == 0, "one that still writes");
	EQ_STR(r.out.s, "first\nlate\n", "is heard");
	OK(sh("setsid sleep 40 & sleep 0.2", (struct proc){0}) == 0 && r.status == 0,
	   "one in another session");
	OK(now() - start < 30, "does not hold us up for ever");
}

static void
interrupt(int sig)
{
	(void)sig;
	proc_interrupted = 1;
}

static void
test_interruption(void)
{
	struct sigaction act = {.sa_handler = interrupt};
	const char *argv[] = {"sleep", "100", NULL};
	const struct proc p = {.argv = argv};
	struct proc_child *children[2];
	double start = now();

	sigaction(SIGALRM, &act, NULL);
	alarm(1);
	OK(sh("sleep 100", (struct proc){0}) < 0 && e.code == ERR_INTERRUPTED, "an interruption");
	OK(now() - start < 30, "ends the wait");
	children[0] = proc_start(&a, &p, &e);
	children[1] = proc_start(&a, &p, &e);
	OK(proc_wait_any(&a, children, 2, &r, &e) < 0 && e.code == ERR_INTERRUPTED, "of many");
	proc_interrupted = 0;
	OK(proc_wait_any(&a, children, 2, &r, &e) == 0 && r.status == 128 + SIGTERM, "all were killed");
}

static void
test_many(void)
{
	enum { N = 20 };
	struct proc_child *children[N];
	bool good = true;
	int left = N;

	for (int i = 0; i < N; i++) {
		const char *argv[] = {"sh", "-c",
				      arena_printf(&a, "sleep 0.%d; echo %d; exit %d", i % 5, i, i), NULL};

		children[i] = proc_start(&a, &(struct proc){.argv = argv, .out = PROC_CAPTURE}, &e);
		good &= children[i] != NULL;
	}
	OK(good, "starts 20");
	while (good && left--) {
		struct arena other = {0};
		int i = proc_wait_any(&other, children, N, &r, &e);

		good = i >= 0 && r.status == i && str_is(r.out, arena_printf(&a, "%d\n", i));
		if (good)
			children[i] = NULL;
		arena_free(&other);
	}
	OK(good, "each ends with its own result");
	OK(proc_wait_any(&a, children, N, &r, &e) < 0 && e.code == ERR_BUG, "waiting for nobody is a bug");
}

static void
test_kill(void)
{
	const char *argv[] = {"sh", "-c", "trap '' TERM; sleep 100 & echo $!; wait", NULL};
	struct proc_child *child = proc_start(&a, &(struct proc){.argv = argv, .out = PROC_CAPTURE}, &e);

	OK(child != NULL, "starts one");
	usleep(300000);
	proc_kill(child);
	proc_kill(child);
	proc_kill(NULL);
	OK(proc_wait_any(&a, &child, 1, &r, &e) == 0 && r.status == 128 + SIGKILL,
	   "a killed child has ended");
	OK(is_gone(r.out), "with its children");
}

/* The child of a process that is killed dies with it. */
static void
test_orphans(void)
{
	char text[32] = "";
	int ends[2];
	pid_t pid;

	if (pipe(ends) < 0)
		exit(1);
	pid = fork();
	if (pid == 0) {
		const char *argv[] = {"sh", "-c", "echo $$; exec sleep 100", NULL};

		proc_run(&a, &(struct proc){.argv = argv, .out = ends[1]}, &r, &e);
		_exit(0);
	}
	OK(read(ends[0], text, sizeof(text) - 1) > 1, "a grandchild runs");
	kill(pid, SIGKILL);
	OK(is_gone(str_of(text)), "and dies with its parent");
	close(ends[0]);
	close(ends[1]);
}

static void
test_leaks(void)
{
	struct fs_entries before, after;
	struct proc_child *child;
	const char *argv[] = {"true", NULL}, *none[] = {"/none", NULL};

	fs_list(&a, AT_FDCWD, "/proc/self/fd", &before, &e);
	for (int i = 0; i < 20; i++) {
		sh("cat", (struct proc){.input = STR("x")});
		proc_run(&a, &(struct proc){.argv = none, .out = PROC_CAPTURE}, &r, &e);
		child = proc_start(&a, &(struct proc){.argv = argv, .err = PROC_CAPTURE}, &e);
		proc_kill(child);
	}
	fs_list(&a, AT_FDCWD, "/proc/self/fd", &after, &e);
	EQ_INT(after.n, before.n, "no descriptor is left open");
	signal(SIGCHLD, SIG_IGN);
	OK(sh("exit 5", (struct proc){0}) == 0 && r.status == 5, "also when SIGCHLD was ignored");
}

int
main(void)
{
	if (!mkdtemp(root))
		return 1;
	setvbuf(stdout, NULL, _IOLBF, 0);
	test_results();
	test_environment();
	test_missing();
	test_input();
	test_capture();
	test_descriptors();
	test_crossed();
	test_inherit();
	test_exhaustion();
	test_in_child();
	test_timeouts();
	test_survivors();
	test_interruption();
	test_many();
	test_kill();
	test_orphans();
	test_leaks();
	fs_remove(AT_FDCWD, root, &e);
	arena_free(&a);
	return tap_done();
}
