/* Waiting for children: one poll loop reads what they say, keeps their limits and reaps them. */
#include "base/proc.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/proc_child.h"

volatile int proc_interrupted;

enum {
	PIECE = 64 * 1024,
	PIECES_AT_END = 32, /* read of a pipe that somebody may still be filling */
	GRACE = 2000,       /* milliseconds from SIGTERM to SIGKILL, and from exit to the end of output */
	LOOK_AGAIN = 500,   /* an interruption just before poll is seen after this */
	LOOK_OFTEN = 20,    /* without pidfd */
	FDS = 3,
};

static void
send_signal(const struct proc_child *c, int sig)
{
	kill(c->group ? -c->pid : c->pid, sig);
}

static void
close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* One piece; false when there is no more for now, or for ever. */
static bool
read_piece(struct proc_child *c, struct proc_stream *s)
{
	char piece[PIECE];
	size_t room = c->capture_max - s->text.n;
	ssize_t n;

	if (s->fd < 0)
		return false;
	n = read(s->fd, piece, sizeof(piece));
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return errno == EINTR;
	if (n <= 0) {
		close_fd(&s->fd);
		return false;
	}
	c->heard = proc_now();
	if (s->on_output)
		s->on_output(c->ctx, (struct str){piece, (size_t)n});
	/* What is over the limit is dropped, but read, so that the child goes on. */
	buf_add(&s->text, piece, (size_t)n < room ? (size_t)n : room);
	return true;
}

static void
read_rest(struct proc_child *c, struct proc_stream *s)
{
	for (int i = 0; i < PIECES_AT_END && read_piece(c, s); i++)
		;
	close_fd(&s->fd);
}

/* Reaps it. Whoever is left of its group ends too: until now its zombie kept the group's number. */
static void
finish(struct proc_child *c)
{
	int status = 0;
	pid_t pid;

	if (c->group)
		kill(-c->pid, SIGKILL);
	read_rest(c, &c->out);
	read_rest(c, &c->err);
	do
		pid = waitpid(c->pid, &status, 0);
	while (pid < 0 && errno == EINTR);
	close_fd(&c->pidfd);
	c->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	c->done = true;
}

static bool
has_exited(const struct proc_child *c)
{
	siginfo_t info = {0};

	if (waitid(P_PID, (id_t)c->pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0)
		return errno == ECHILD;
	return info.si_pid != 0;
}

static void
begin_kill(struct proc_child *c, int64_t now)
{
	if (c->done || c->kill_at || c->drain_to)
		return;
	send_signal(c, SIGTERM);
	c->kill_at = now + GRACE;
}

static bool
is_late(const struct proc_child *c, int64_t now)
{
	return (c->deadline && now >= c->deadline) || (c->silence && now >= c->heard + c->silence);
}

/* Does what is due; true when it is done. */
static bool
advance(struct proc_child *c, int64_t now)
{
	if (c->done)
		return true;
	if (!c->drain_to && has_exited(c))
		c->drain_to = now + GRACE;
	if (c->drain_to && ((c->out.fd < 0 && c->err.fd < 0) || now >= c->drain_to)) {
		finish(c);
		return true;
	}
	if (!c->drain_to && !c->kill_at && is_late(c, now)) {
		c->timed_out = true;
		begin_kill(c, now);
	}
	if (c->kill_at && now >= c->kill_at)
		send_signal(c, SIGKILL);
	return false;
}

static int64_t
sooner(int64_t a, int64_t b)
{
	return b && b < a ? b : a;
}

static int64_t
next_due(const struct proc_child *c, int64_t latest)
{
	if (c->drain_to)
		return sooner(latest, c->drain_to);
	if (c->kill_at)
		return sooner(latest, c->kill_at);
	latest = sooner(latest, c->deadline);
	return sooner(latest, c->silence ? c->heard + c->silence : 0);
}

/* What poll is to look at for one child. */
static void
watch(const struct proc_child *c, struct pollfd fds[FDS])
{
	bool lives = c && !c->done;

	fds[0] = (struct pollfd){.fd = lives && !c->drain_to ? c->pidfd : -1, .events = POLLIN};
	fds[1] = (struct pollfd){.fd = lives ? c->out.fd : -1, .events = POLLIN};
	fds[2] = (struct pollfd){.fd = lives ? c->err.fd : -1, .events = POLLIN};
}

/* Sleeps until something happens or is due, and reads what came. */
static int
step(struct proc_child **children, size_t n, struct pollfd *fds, struct err *e)
{
	int64_t now = proc_now(), until = now + LOOK_AGAIN;

	for (size_t i = 0; i < n; i++) {
		const struct proc_child *c = children[i];

		watch(c, fds + FDS * i);
		if (!c || c->done)
			continue;
		until = next_due(c, until);
		if (c->pidfd < 0)
			until = sooner(until, now + LOOK_OFTEN);
	}
	if (poll(fds, (nfds_t)(FDS * n), until > now ? (int)(until - now) : 0) < 0)
		return errno == EINTR ? 0 : err_sys(e, "waiting for a program");
	for (size_t i = 0; i < n; i++) {
		if (fds[FDS * i + 1].revents)
			read_piece(children[i], &children[i]->out);
		if (fds[FDS * i + 2].revents)
			read_piece(children[i], &children[i]->err);
	}
	return 0;
}

/* SIGTERM to all, and SIGKILL to those that do not heed it. */
static void
stop_all(struct proc_child **children, size_t n, struct pollfd *fds)
{
	int64_t now = proc_now();
	struct err ignored;
	size_t running;

	for (size_t i = 0; i < n; i++)
		if (children[i])
			begin_kill(children[i], now);
	do {
		running = 0;
		for (size_t i = 0; i < n; i++)
			running += children[i] && !advance(children[i], proc_now());
	} while (running && step(children, n, fds, &ignored) == 0);
}

static struct str
result_text(struct arena *a, const struct proc_child *c, const struct buf *text)
{
	return a == c->a ? buf_str(text) : str_dup(a, buf_str(text));
}

int
proc_wait_any(struct arena *a, struct proc_child **children, size_t n, struct proc_result *r, struct err *e)
{
	struct arena scratch = {0};
	struct pollfd *fds = arena_array(&scratch, struct pollfd, FDS * n);
	bool any = false;
	int rc;

	for (;;) {
		int64_t now = proc_now();

		for (size_t i = 0; i < n; i++) {
			const struct proc_child *c = children[i];

			any |= c != NULL;
			if (!c || !advance(children[i], now))
				continue;
			*r = (struct proc_result){c->status, c->timed_out, result_text(a, c, &c->out.text),
						  result_text(a, c, &c->err.text)};
			rc = (int)i;
			goto out;
		}
		if (!any) {
			rc = err_set(e, ERR_BUG, "waiting for no program");
			goto out;
		}
		if (proc_interrupted) {
			stop_all(children, n, fds);
			rc = err_set(e, ERR_INTERRUPTED, "interrupted");
			goto out;
		}
		rc = step(children, n, fds, e);
		if (rc < 0)
			goto out;
	}
out:
	arena_free(&scratch);
	return rc;
}

int
proc_run(struct arena *a, const struct proc *p, struct proc_result *r, struct err *e)
{
	struct proc_child *child = proc_start(a, p, e);

	if (!child)
		return -1;
	if (proc_wait_any(a, &child, 1, r, e) < 0) {
		proc_kill(child);
		if (e->code == ERR_INTERRUPTED)
			err_note(e, "while running %s", child->what);
		return -1;
	}
	return 0;
}

void
proc_kill(struct proc_child *child)
{
	if (!child || child->done)
		return;
	send_signal(child, SIGKILL);
	finish(child);
}
