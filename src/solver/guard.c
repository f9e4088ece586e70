#include "solver/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CPU_SECONDS = 60, MEMORY = 512 << 20 };

uint64_t
guard_time(uint64_t ms)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec + ms * 1000000u;
}

/* So much more than there is. */
static void
limit_memory(void)
{
	struct rlimit limit;
	unsigned long long pages = 0;
	FILE *statm = fopen("/proc/self/statm", "re");

	if (!statm || fscanf(statm, "%*s %*s %*s %*s %*s %llu", &pages) != 1 ||
	    getrlimit(RLIMIT_DATA, &limit) < 0)
		pages = 0;
	if (statm)
		fclose(statm);
	if (!pages)
		return;
	pages = pages * (unsigned long long)sysconf(_SC_PAGESIZE) + MEMORY;
	if (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur > pages)
		limit.rlim_cur = pages;
	setrlimit(RLIMIT_DATA, &limit);
}

/* A last byte says that the answer is whole. */
static void
work_in_child(struct arena *a, guard_fn *work, void *ctx, int out)
{
	struct buf answer = buf_new(a);
	struct rlimit cpu = {CPU_SECONDS, CPU_SECONDS};

	setrlimit(RLIMIT_CPU, &cpu);
	limit_memory();
	dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO); /* that it failed is known here */
	work(ctx, &answer);
	buf_addc(&answer, '.');
	for (size_t done = 0; done < answer.n;) {
		ssize_t n = write(out, answer.s + done, answer.n - done);

		if (n < 0 && errno != EINTR)
			_exit(1);
		done += n > 0 ? (size_t)n : 0;
	}
	_exit(0);
}

/* Until the pipe closes or the time is over. */
static void
collect(int in, uint64_t deadline, struct buf *answer)
{
	for (;;) {
		struct pollfd wait = {.fd = in, .events = POLLIN};
		uint64_t now = guard_time(0);
		char block[4096];
		ssize_t n;
		int rc;

		if (now >= deadline)
			return;
		rc = poll(&wait, 1, (int)((deadline - now) / 1000000u) + 1);
		if (rc == 0 || (rc < 0 && errno == EINTR))
			continue;
		n = rc < 0 ? -1 : read(in, block, sizeof(block));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		buf_add(answer, block, (size_t)n);
	}
}

bool
guard_run(struct arena *a, uint64_t deadline, guard_fn *work, void *ctx, struct str *answer)
{
	struct buf found = buf_new(a);
	int ends[2];
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return false;
	child = fork();
	if (child == 0) {
		close(ends[0]);
		work_in_child(a, work, ctx, ends[1]);
	}
	close(ends[1]);
	if (child > 0) {
		collect(ends[0], deadline, &found);
		kill(child, SIGKILL);
		while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
			continue;
	}
	close(ends[0]);
	if (!found.n || found.s[found.n - 1] != '.')
		return false;
	buf_cut(&found, found.n - 1);
	*answer = buf_str(&found);
	return true;
}
