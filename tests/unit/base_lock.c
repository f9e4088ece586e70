/* Locks between processes. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/proc.h"
#include "../tap.h"

static struct arena a;
static struct err e;
static char root[] = "/tmp/base_lock.XXXXXX";
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

struct waits {
	int calls;
	char holder[128];
	int release; /* written to when the wait begins, so that the holder ends */
};

static void
note_wait(void *ctx, const char *holder)
{
	struct waits *w = ctx;

	w->calls++;
	snprintf(w->holder, sizeof(w->holder), "%s", holder);
	if (write(w->release, "x", 1) != 1)
		_exit(1);
}

/* A child that takes the lock, says so, and keeps it until it reads a byte; *release is for that. */
static pid_t
hold(bool exclusive, int *release)
{
	int ready[2], go[2];
	struct fs_lock lock = {0};
	char c = 0;
	pid_t pid;

	if (pipe(ready) < 0 || pipe(go) < 0)
		exit(1);
	pid = fork();
	if (pid == 0) {
		close(ready[0]);
		close(go[1]);
		fs_lock_command = "pkg install\nzlib";
		if (fs_lock(&lock, top, "lock", exclusive, LOCK_TRY, NULL, NULL, &e) < 0)
			_exit(1);
		if (write(ready[1], "x", 1) != 1 || read(go[0], &c, 1) < 0)
			_exit(1);
		fs_unlock(&lock);
		_exit(0);
	}
	close(ready[1]);
	close(go[0]);
	if (read(ready[0], &c, 1) != 1)
		exit(1);
	close(ready[0]);
	*release = go[1];
	return pid;
}

static int
end_of(pid_t pid, int release)
{
	int status = -1;

	close(release);
	waitpid(pid, &status, 0);
	return status;
}

static void
test_contention(void)
{
	struct fs_lock lock = {0}, second = {0};
	struct waits w = {0};
	char want[64];
	pid_t pid = hold(true, &w.release);
	struct str text;

	snprintf(want, sizeof(want), "%d pkg install zlib", pid);
	OK(fs_lock(&lock, top, "lock", true, LOCK_TRY, NULL, NULL, &e) < 0 && e.code == ERR_LOCKED,
	   "a held lock is not given");
	OK(strstr(e.msg, want) && strstr(e.msg, "lock"), "the message names lock and holder");
	EQ_INT(lock.fd, -1, "and nothing is held");
	OK(fs_lock(&lock, top, "lock", false, LOCK_TRY, NULL, NULL, &e) < 0, "nor to a reader");
	OK(fs_lock(&lock, top, "lock", true, LOCK_WAIT, note_wait, &w, &e) == 0, "waits for its end");
	EQ_INT(w.calls, 1, "and says so once");
	EQ_STR(w.holder, want, "and for whom");
	EQ_INT(end_of(pid, w.release), 0, "the holder ended well");
	snprintf(want, sizeof(want), "%d base_lock\n", (int)getpid());
	OK(fs_read(&a, top, "lock", 0, &text, &e) == 0, "the file can be read while it is held");
	EQ_STR(text.s, want, "it names the new holder");
	OK(fs_lock(&second, top, "lock", true, LOCK_TRY, NULL, NULL, &e) < 0 && e.code == ERR_LOCKED,
	   "the same process cannot take it twice");
	fs_unlock(&lock);
	fs_unlock(&lock);
	OK(fs_lock(&second, top, "lock", true, LOCK_TRY, NULL, NULL, &e) == 0, "it is free afterwards");
	fs_unlock(&second);
	OK(fs_exists(top, "lock"), "the file stays");
}

static void
test_shared(void)
{
	struct fs_lock one = {0}, two = {0};
	int release;
	pid_t pid = hold(false, &release);

	OK(fs_lock(&one, top, "lock", false, LOCK_TRY, NULL, NULL, &e) == 0, "readers share");
	OK(fs_lock(&two, top, "lock", true, LOCK_TRY, NULL, NULL, &e) < 0 && e.code == ERR_LOCKED,
	   "a writer must wait for them");
	fs_unlock(&one);
	EQ_INT(end_of(pid, release), 0, "the reader ended well");
	OK(fs_lock(&two, top, "lock", true, LOCK_TRY, NULL, NULL, &e) == 0, "then it has it");
	fs_unlock(&two);
}

static void
test_death(void)
{
	struct fs_lock lock = {0};
	int release;
	pid_t pid = hold(true, &release);

	kill(pid, SIGKILL);
	end_of(pid, release);
	OK(fs_lock(&lock, top, "lock", false, LOCK_TRY, NULL, NULL, &e) == 0,
	   "a killed holder holds nothing");
	OK(fs_lock(&(struct fs_lock){0}, top, "lock", true, LOCK_TRY, NULL, NULL, &e) < 0 &&
		   strstr(e.msg, "another process"),
	   "and is not named");
	fs_unlock(&lock);
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
	struct itimerspec soon = {.it_value.tv_nsec = 200000000, .it_interval.tv_nsec = 200000000};
	struct fs_lock lock = {0};
	struct waits w = {0};
	timer_t timer;
	int release, ends[2];
	pid_t pid = hold(true, &release);

	if (pipe(ends) < 0)
		exit(1);
	w.release = ends[1];
	sigaction(SIGALRM, &act, NULL);
	timer_create(CLOCK_MONOTONIC, NULL, &timer);
	timer_settime(timer, 0, &soon, NULL);
	OK(fs_lock(&lock, top, "lock", true, LOCK_WAIT, note_wait, &w, &e) < 0 && e.code == ERR_INTERRUPTED,
	   "a wait can be interrupted");
	EQ_INT(w.calls, 1, "it had begun");
	timer_delete(timer);
	proc_interrupted = 0;
	end_of(pid, release);
	close(ends[0]);
	close(ends[1]);
}

static void
test_errors(void)
{
	struct fs_lock lock = {0};

	OK(fs_lock(&lock, top, "none/lock", true, LOCK_TRY, NULL, NULL, &e) < 0 && e.code == ERR_SYSTEM &&
		   e.sys == ENOENT,
	   "a missing folder");
	must(symlinkat("target", top, "link"));
	OK(fs_lock(&lock, top, "link", true, LOCK_TRY, NULL, NULL, &e) < 0 && !fs_exists(top, "target"),
	   "no lock through a link");
	fs_write(top, "open", STR(""), 0444, false, &e);
	OK(fs_lock(&lock, top, "open", false, LOCK_TRY, NULL, NULL, &e) == 0, "who may only read can share");
	fs_unlock(&lock);
}

/* Eight processes add to one number. */
static void
test_count(void)
{
	enum { PROCESSES = 8, ROUNDS = 50 };
	struct str text;
	int bad = 0, status;

	fs_write(top, "number", STR("0"), 0644, false, &e);
	for (int i = 0; i < PROCESSES; i++)
		if (fork() == 0) {
			for (int round = 0; round < ROUNDS; round++) {
				struct fs_lock lock = {0};

				if (fs_lock(&lock, top, "lock", true, LOCK_WAIT, NULL, NULL, &e) < 0 ||
				    fs_read(&a, top, "number", 0, &text, &e) < 0 ||
				    fs_write(top, "number", str_printf(&a, "%d", atoi(text.s) + 1), 0644,
					     false, &e) < 0)
					_exit(1);
				fs_unlock(&lock);
			}
			_exit(0);
		}
	while (wait(&status) > 0)
		bad += status != 0;
	EQ_INT(bad, 0, "no process failed");
	OK(fs_read(&a, top, "number", 0, &text, &e) == 0, "the number is there");
	EQ_INT(atoi(text.s), PROCESSES * ROUNDS, "no addition was lost");
}

int
main(void)
{
	if (!mkdtemp(root) || (top = fs_open_dir(AT_FDCWD, root, &e)) < 0)
		return 1;
	test_contention();
	test_shared();
	test_death();
	test_interruption();
	test_errors();
	test_count();
	close(top);
	fs_remove(AT_FDCWD, root, &e);
	arena_free(&a);
	return tap_done();
}
