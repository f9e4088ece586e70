/*
 * backend.c - a plain HTTP server for the tests, and what they compare with.
 *
 *	backend serve		prints its port, then serves 127.0.0.1
 *	backend bytes N		prints the N bytes that /bytes/N answers
 *	backend port		prints a port that was free a moment ago
 *
 * GET /bytes/N answers N bytes; GET /broken promises more than it sends and
 * resets the connection; POST / answers how many bytes came and their sum.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEAD_MAX 8192

static int
listener(unsigned *port)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	socklen_t n = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &n) < 0) {
		perror("backend");
		exit(1);
	}
	*port = ntohs(a.sin_port);
	return fd;
}

static void
put(int fd, const void *from, size_t n)
{
	const char *p = from;

	while (n > 0) {
		ssize_t k = write(fd, p, n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			exit(1);
		p += k;
		n -= (size_t)k;
	}
}

static void
put_bytes(int fd, unsigned long n)
{
	unsigned char block[4096];
	uint32_t x = 1;

	while (n > 0) {
		size_t k = n < sizeof(block) ? n : sizeof(block);

		for (size_t i = 0; i < k; i++) {
			x = x * 1664525u + 1013904223u;
			block[i] = (unsigned char)(x >> 24);
		}
		put(fd, block, k);
		n -= k;
	}
}

static void
answer_head(int fd, const char *status, unsigned long n)
{
	char head[256];

	snprintf(head, sizeof(head),
		 "HTTP/1.1 %s\r\nContent-Length: %lu\r\n"
		 "Content-Type: application/octet-stream\r\n"
		 "Connection: close\r\n\r\n",
		 status, n);
	put(fd, head, strlen(head));
}

static void
answer_text(int fd, const char *status, const char *text)
{
	answer_head(fd, status, strlen(text));
	put(fd, text, strlen(text));
}

/* What of the body came with the head, and the rest. */
static void
answer_post(int fd, const char *head, const char *body, size_t have)
{
	const char *length = strcasestr(head, "\r\nContent-Length:");
	unsigned long want, got = 0, sum = 0;
	char block[4096], text[128];

	want = length ? strtoul(length + 17, NULL, 10) : 0;
	if (strcasestr(head, "\r\nExpect: 100-continue"))
		put(fd, "HTTP/1.1 100 Continue\r\n\r\n", 25);
	memcpy(block, body, have);
	for (;;) {
		for (size_t i = 0; i < have; i++)
			sum += (unsigned char)block[i];
		got += have;
		if (got >= want)
			break;
		ssize_t k = read(fd, block, sizeof(block));
		if (k <= 0)
			exit(1);
		have = (size_t)k;
	}
	snprintf(text, sizeof(text), "%lu bytes, sum %lu\n", got, sum);
	answer_text(fd, "200 OK", text);
}

static void
serve_one(int fd)
{
	static char head[HEAD_MAX + 1];
	size_t n = 0;
	char *end;

	while ((end = strstr(head, "\r\n\r\n")) == NULL) {
		ssize_t k = n < HEAD_MAX ? read(fd, head + n, HEAD_MAX - n) : 0;

		if (k <= 0)
			exit(1);
		n += (size_t)k;
		head[n] = '\0';
	}
	*end = '\0';
	end += 4;
	if (strncmp(head, "GET /bytes/", 11) == 0) {
		unsigned long size = strtoul(head + 11, NULL, 10);

		answer_head(fd, "200 OK", size);
		put_bytes(fd, size);
	} else if (strncmp(head, "GET /broken ", 12) == 0) {
		struct linger hard = {1, 0};

		put(fd, "HTTP/1.0 200 OK\r\n\r\nhalf of an ans", 33);
		usleep(200000);
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
		close(fd);
		exit(0);
	} else if (strncmp(head, "POST / ", 7) == 0) {
		answer_post(fd, head, end, n - (size_t)(end - head));
	} else if (strncmp(head, "GET / ", 6) == 0) {
		answer_text(fd, "200 OK", "hello from the backend\n");
	} else {
		answer_text(fd, "404 Not Found", "there is no such thing\n");
	}
	close(fd);
	exit(0);
}

static void
serve(void)
{
	unsigned port;
	int fd = listener(&port);

	signal(SIGCHLD, SIG_IGN);
	if (listen(fd, 256) < 0)
		exit(1);
	printf("%u\n", port);
	fflush(stdout);
	for (;;) {
		int c = accept(fd, NULL, NULL);

		if (c >= 0 && fork() == 0) {
			close(fd);
			serve_one(c);
		}
		if (c >= 0)
			close(c);
	}
}

int
main(int argc, char **argv)
{
	unsigned port;

	if (argc == 2 && strcmp(argv[1], "serve") == 0) {
		serve();
	} else if (argc == 3 && strcmp(argv[1], "bytes") == 0) {
		put_bytes(STDOUT_FILENO, strtoul(argv[2], NULL, 10));
	} else if (argc == 2 && strcmp(argv[1], "port") == 0) {
		listener(&port);
		printf("%u\n", port);
	} else {
		fprintf(stderr, "usage: backend serve | bytes N | port\n");
		return 2;
	}
	return 0;
}
