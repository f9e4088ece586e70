/* Sockets for libgit2 that give up: its own wait for ever before version 1.7, and do not hear Ctrl-C. */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <git2/sys/stream.h>

#include "base/proc.h"
#include "store/private.h"

enum {
	CONNECT_MS = 15000,
	SILENCE_MS = 60000, /* servers send a sign of life every 5 s while they prepare a pack */
	LOOK_MS = 250,      /* how soon an interruption is seen */
	DRIP_MS = 300000,   /* in this time at least ... */
	DRIP_BYTES = 10000,
};

struct stream {
	git_stream base;
	char *host, *port;
	int fd;
	int64_t since; /* start of the time in which `received` is counted */
	size_t received;
};

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int
fail(const struct stream *st, const char *what)
{
	char text[512];

	snprintf(text, sizeof(text), "%s port %s: %s", st->host, st->port, what);
	git_error_set_str(GIT_ERROR_NET, text);
	return -1;
}

/* Until the socket is ready; -1 with libgit2's error set. */
static int
wait_ready(const struct stream *st, short events, int limit)
{
	int64_t end = now_ms() + limit;
	struct pollfd p = {.fd = st->fd, .events = events};

	for (;;) {
		int rc;

		if (proc_interrupted)
			return fail(st, "interrupted");
		rc = poll(&p, 1, LOOK_MS);
		if (rc > 0)
			return 0;
		if (rc < 0 && errno != EINTR)
			return fail(st, strerror(errno));
		if (now_ms() > end)
			return fail(st, "no answer in time");
	}
}

/* One address; true when connected, else what was wrong is libgit2's error. */
static bool
try_address(struct stream *st, const struct addrinfo *address)
{
	int error = 0;
	socklen_t n = sizeof(error);

	st->fd = socket(address->ai_family, address->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
			address->ai_protocol);
	if (st->fd < 0) {
		fail(st, strerror(errno));
		return false;
	}
	if (connect(st->fd, address->ai_addr, address->ai_addrlen) == 0)
		return true;
	error = errno;
	if (error == EINPROGRESS && wait_ready(st, POLLOUT, CONNECT_MS) == 0) {
		if (getsockopt(st->fd, SOL_SOCKET, SO_ERROR, &error, &n) < 0)
			error = errno;
		if (!error)
			return true;
	}
	if (error != EINPROGRESS)
		fail(st, strerror(error));
	close(st->fd);
	st->fd = -1;
	return false;
}

static int
stream_connect(git_stream *base)
{
	struct stream *st = (struct stream *)base;
	struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM}, *found;
	bool connected = false;
	int rc = getaddrinfo(st->host, st->port, &hints, &found);

	if (rc)
		return fail(st, gai_strerror(rc));
	for (const struct addrinfo *one = found; one && !connected && !proc_interrupted; one = one->ai_next)
		connected = try_address(st, one);
	freeaddrinfo(found);
	st->since = now_ms();
	return connected ? 0 : -1;
}

static bool
is_dripping(struct stream *st, size_t n)
{
	bool drips;

	st->received += n;
	if (now_ms() - st->since < DRIP_MS)
		return false;
	drips = st->received < DRIP_BYTES;
	st->since = now_ms();
	st->received = 0;
	return drips;
}

static ssize_t
stream_read(git_stream *base, void *bytes, size_t size)
{
	struct stream *st = (struct stream *)base;
	ssize_t n;

	for (;;) {
		n = recv(st->fd, bytes, size, 0);
		if (n >= 0)
			break;
		if (errno != EAGAIN && errno != EINTR)
			return fail(st, strerror(errno));
		if (wait_ready(st, POLLIN, SILENCE_MS) < 0)
			return -1;
	}
	if (proc_interrupted)
		return fail(st, "interrupted");
	return is_dripping(st, (size_t)n) ? fail(st, "the server is too slow") : n;
}

static ssize_t
stream_write(git_stream *base, const char *bytes, size_t size, int flags)
{
	struct stream *st = (struct stream *)base;
	size_t done = 0;

	(void)flags;
	while (done < size) {
		ssize_t n = send(st->fd, bytes + done, size - done, MSG_NOSIGNAL);

		if (n >= 0)
			done += (size_t)n;
		else if (errno != EAGAIN && errno != EINTR)
			return fail(st, strerror(errno));
		else if (wait_ready(st, POLLOUT, SILENCE_MS) < 0)
			return -1;
	}
	return (ssize_t)done;
}

static int
stream_close(git_stream *base)
{
	struct stream *st = (struct stream *)base;

	if (st->fd >= 0)
		close(st->fd);
	st->fd = -1;
	return 0;
}

static void
stream_free(git_stream *base)
{
	struct stream *st = (struct stream *)base;

	stream_close(base);
	free(st->host);
	free(st->port);
	free(st);
}

static int
stream_new(git_stream **out, const char *host, const char *port)
{
	struct stream *st = calloc(1, sizeof(*st));
	char *own_host = strdup(host), *own_port = strdup(port);

	if (!st || !own_host || !own_port) {
		free(own_port);
		free(own_host);
		free(st);
		return -1;
	}
	st->fd = -1;
	st->host = own_host;
	st->port = own_port;
	st->base.version = GIT_STREAM_VERSION;
	st->base.connect = stream_connect;
	st->base.read = stream_read;
	st->base.write = stream_write;
	st->base.close = stream_close;
	st->base.free = stream_free;
	*out = &st->base;
	return 0;
}

int
transport_sockets(void)
{
	git_stream_registration registration = {.version = GIT_STREAM_VERSION, .init = stream_new};

	return git_stream_register(GIT_STREAM_STANDARD, &registration);
}
