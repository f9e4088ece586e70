/* pkg-fetch against servers that behave and servers that do not, and what fetch makes of its answers. */
#include "fetch_help.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>

static int port;
static int *hits; /* shared with the server */
static const char *body;

static void
reply(int fd, const char *status, const char *headers, const char *content)
{
	dprintf(fd, "HTTP/1.1 %s\r\nConnection: close\r\n%s\r\n%s", status, headers, content);
}

static void
endless(int fd)
{
	char piece[65536 + 8];

	memset(piece, 'x', sizeof(piece));
	reply(fd, "200 OK", "Transfer-Encoding: chunked\r\n", "");
	memcpy(piece, "10000\r\n", 7);
	memcpy(piece + 7 + 65536 - 1, "\n", 1);
	while (dprintf(fd, "10000\r\n") > 0 && write(fd, piece, 65536) > 0 && dprintf(fd, "\r\n") > 0)
		;
}

static void
drip(int fd)
{
	reply(fd, "200 OK", "Content-Length: 1000\r\n", "");
	for (int i = 0; i < 200 && write(fd, "x", 1) == 1; i++)
		usleep(100000);
}

static const struct {
	const char *path, *status, *headers, *content;
	void (*serve)(int fd);
} routes[] = {
	{"/404", "404 Not Found", "Content-Length: 4\r\n", "none", NULL},
	{"/500", "500 Oops", "Content-Length: 4\r\n", "oops", NULL},
	{"/loop", "302 Found", "Location: /loop\r\nContent-Length: 0\r\n", "", NULL},
	{"/once", "302 Found", "Location: /text\r\nContent-Length: 0\r\n", "", NULL},
	{"/to-file", "302 Found", "Location: file:///etc/passwd\r\nContent-Length: 0\r\n", "", NULL},
	{"/to-ftp", "302 Found", "Location: ftp://127.0.0.1/x\r\nContent-Length: 0\r\n", "", NULL},
	{"/short", "200 OK", "Content-Length: 1000\r\n", "ten bytes.", NULL},
	{"/text", "200 OK", "Content-Length: 5\r\n", "text\n", NULL},
	{"/coded", "200 OK", "Content-Encoding: gzip\r\nContent-Length: 5\r\n", "plain", NULL},
	{"/large", "200 OK", "Content-Length: 99999999999\r\n", "x", NULL},
	{"/silent", NULL, NULL, NULL, NULL},
	{"/endless", NULL, NULL, NULL, endless},
	{"/drip", NULL, NULL, NULL, drip},
};

static void
serve(int fd)
{
	char request[4096] = {0}, path[256] = "";
	ssize_t n = read(fd, request, sizeof(request) - 1);

	if (n <= 0 || sscanf(request, "GET %255s", path) != 1)
		return;
	if (strcmp(path, "/flaky") == 0) {
		if (++*hits < 3)
			reply(fd, "503 Later", "Content-Length: 0\r\n", "");
		else
			reply(fd, "200 OK", "Content-Length: 5\r\n", "text\n");
		return;
	}
	if (strcmp(path, "/agent") == 0 || strcmp(path, "/body") == 0) {
		const char *content = path[1] == 'a' ? request : body;

		dprintf(fd, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s", strlen(content), content);
		return;
	}
	for (size_t i = 0; i < COUNT_OF(routes); i++) {
		if (strcmp(path, routes[i].path) != 0)
			continue;
		if (routes[i].serve)
			routes[i].serve(fd);
		else if (routes[i].status)
			reply(fd, routes[i].status, routes[i].headers, routes[i].content);
	}
}

static pid_t
start_server(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(at);
	int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	pid_t pid;

	if (bind(listening, (struct sockaddr *)&at, n) < 0 || listen(listening, 16) < 0 ||
	    getsockname(listening, (struct sockaddr *)&at, &n) < 0)
		exit(99);
	port = ntohs(at.sin_port);
	fflush(stdout);
	pid = fork();
	if (pid) {
		close(listening);
		return pid;
	}
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int fd = accept(listening, NULL, NULL);

		if (fd >= 0 && fork() == 0) {
			close(listening);
			serve(fd);
			shutdown(fd, SHUT_WR);
			_exit(0);
		}
		close(fd);
	}
}

/* The last line that the worker says to a request. */
__attribute__((format(printf, 1, 2))) static const char *
ask(const char *fmt, ...)
{
	const char *argv[] = {fetcher.worker, NULL};
	struct proc p = {.argv = argv, .out = PROC_CAPTURE, .err = PROC_INHERIT, .timeout = 60};
	struct proc_result r = {0};
	struct err e = {0};
	char text[4096];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	p.input = str_of(text);
	if (proc_run(&a, &p, &r, &e) < 0)
		return arena_strdup(&a, e.msg);
	r.out = str_trim(r.out);
	return str_c(&a, str_sub(r.out, (size_t)(str_rchr(r.out, '\n') + 1), r.out.n));
}

static const char *
download(const char *path, const char *more)
{
	sh("rm -f got");
	return ask("{\"job\":\"download\",\"url\":\"http://127.0.0.1:%d%s\",\"out\":\"%s/"
		   "got\",\"max_bytes\":1000000,"
		   "\"slow_seconds\":1,\"slow_bytes\":100%s}",
		   port, path, help_dir, more);
}

static void
test_servers(void)
{
	static const struct {
		const char *path, *more, *want;
	} cases[] = {
		{"/404", "", "\"id\":\"http\""},
		{"/500", ",\"tries\":1", "answered 500"},
		{"/loop", "", "\"id\":\"protocol\""},
		{"/to-file", "", "\"id\":\"protocol\""},
		{"/to-ftp", "", "\"id\":\"protocol\""},
		{"/short", ",\"tries\":1", "\"id\":\"connect\""},
		{"/silent", ",\"tries\":1", "\"id\":\"connect\""},
		{"/large", "", "\"id\":\"size\""},
		{"/endless", "", "\"id\":\"size\""},
		{"/drip", ",\"tries\":1", "\"id\":\"timeout\""},
		{"/text", "", "\"event\":\"done\""},
		{"/once", "", "/text\""},
		{"/flaky", "", "\"event\":\"done\""},
		{"/text", ",\"protocols\":\"https\"", "\"id\":\"protocol\""},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const char *said_ = download(cases[i].path, cases[i].more);

		if (!tap_ok(strstr(said_, cases[i].want) != NULL, "%s%s: %s", cases[i].path, cases[i].more,
			    cases[i].want))
			printf("# %s\n", said_);
	}
	EQ_INT(*hits, 3, "a server that is busy twice is asked three times");
	download("/agent", "");
	sh("cat got");
	OK(strstr(said(), "User-Agent: pkg/") && !strstr(said(), "Encoding") &&
		   !strstr(said(), "Authorization"),
	   "it says who asks, and nothing else");
	download("/coded", "");
	sh("cat got");
	EQ_STR(said(), "plain", "a coded body is kept as it came");
	sh("touch got");
	OK(strstr(ask("{\"job\":\"download\",\"url\":\"http://127.0.0.1:%d/text\",\"out\":\"%s/"
		      "got\",\"max_bytes\":9}",
		      port, help_dir),
		  "\"id\":\"disk\""),
	   "a file that is there is never written over");
}

static void
test_requests(void)
{
	OK(strstr(ask("no json"), "\"id\":\"request\""), "no JSON");
	OK(strstr(ask("{\"job\":\"dance\"}"), "no such job"), "an unknown job");
	OK(strstr(ask("{\"job\":\"download\",\"url\":\"http://x/\"}"), "needs url"),
	   "a download without a file");
	OK(strstr(ask("{\"job\":\"download\",\"url\":\"file:///etc/passwd\",\"out\":\"%s/"
		      "f\",\"max_bytes\":9999}",
		      help_dir),
		  "\"id\":\"protocol\""),
	   "file:// is no download");
}

static const char *
unpack(const char *more)
{
	sh("rm -rf tree; mkdir tree");
	return ask("{\"job\":\"unpack\",\"archive\":\"%s/limit.tar\",\"out\":\"%s/tree\"%s}", help_dir,
		   help_dir, more);
}

static void
test_limits(void)
{
	FILE *f = tar_open("limit.tar");

	tar_entry(f, "a/b/c", '0', NULL, "0123456789", 0644);
	tar_entry(f, "a/hard", '1', "a/b/c", NULL, 0644);
	tar_close(f);
	OK(strstr(unpack(""), "\"entries\":4,\"bytes\":20"), "what there is, is counted: %s", unpack(""));
	OK(strstr(unpack(",\"max_bytes\":20"), "done"), "just as many bytes");
	OK(strstr(unpack(",\"max_bytes\":19"), "more than 19 bytes"),
	   "a byte less, copies of hard links included");
	OK(strstr(unpack(",\"max_bytes\":9"), "\"id\":\"limit\""), "less than one file");
	OK(strstr(unpack(",\"max_entries\":3"), "more than 3 entries"), "entries");
	OK(strstr(unpack(",\"max_depth\":2"), "more than 2 folders deep"), "depth");
	OK(strstr(unpack(",\"max_name\":4"), "4 are allowed"), "length of names");
	/* 3 MiB that are 3 KiB */
	sh("head -c 3000000 /dev/zero >zero && tar cf - zero | xz >limit.tar");
	OK(strstr(unpack(",\"max_bytes\":1000000"), "\"id\":\"limit\""), "a compressed bomb");
	OK(sh("truncate -s 1T hole && tar cSf limit.tar hole; rm hole") == 0, "a hole of a terabyte");
	OK(strstr(unpack(",\"max_bytes\":1000000"), "\"id\":\"limit\""), "is a terabyte");
}

static int
held_get(const char *url, const char *sum, struct fetched *out, struct err *e)
{
	return get(source_of(arena_printf(&a, "http://127.0.0.1:%d%s", port, url), sum, NULL), false, out, e);
}

static void
test_fetch(void)
{
	static const char none[] = "sha256=0000000000000000000000000000000000000000000000000000000000000000";
	struct fetched out;
	struct err e = {0};
	struct oid blob;

	FAILS(held_get("/404", none, &out, &e), ERR_FETCH, "answered 404", "404 is told");
	FAILS(held_get("/text", none, &out, &e), ERR_FETCH, "does not hold", "other bytes are told");
	fetcher.offline = true;
	FAILS(held_get("/text", none, &out, &e), ERR_OFFLINE, "offline", "offline is told");
	fetcher.offline = false;
	FAILS(get(source_of("http://u:secret@127.0.0.1:1/x", none, NULL), false, &out, &e), ERR_FETCH,
	      "http://127.0.0.1:1/x", "a password is not");
	sh("printf 'text\\n' >expected");
	GOOD(fetch_file(&fetcher, &a, STR("p.1"),
			source_of(arena_printf(&a, "http://127.0.0.1:%d/once", port),
				  sum_of(DIGEST_SHA256, "expected"), NULL),
			&blob, &e),
	     "a file over http");
	GOOD(store_flush(store, &e), "flush");
	sh("git --git-dir=store.git cat-file blob %s", blob.hex);
	EQ_STR(said(), "text", "it is in the store");
	fetcher.worker = "/nowhere/pkg-fetch";
	FAILS(held_get("/text", none, &out, &e), ERR_SYSTEM, "is missing", "no worker");
}

/* A worker that finds no Landlock: pkg runs it inside bubblewrap, where there is no /proc, which
 * sanitizers need. */
static void
test_bwrap(void)
{
	static const char sums[] = "sha256=0000000000000000000000000000000000000000000000000000000000000000";
	const char *real = fetcher.worker;
	struct fetched out;
	struct err e = {0};

	if (getenv("PKG_BUILD") && strstr(getenv("PKG_BUILD"), "san"))
		return;
	if (sh("[ -x /usr/bin/sh ] && bwrap --unshare-all --ro-bind / / true") != 0)
		return;
	OK(sh("mkdir -p w && cp %s w/real && cat >w/pkg-fetch <<'X'\n#!/usr/bin/sh\nread -r line\ncase $line "
	      "in *'\"outer\":true'*) "
	      "[ ! -e /home ] && [ ! -e %s/store.git ] || exit 9; "
	      "printf '%%s\\n' \"$line\" | %s/w/real;; *) "
	      "echo '{\"event\":\"error\",\"id\":\"sandbox\",\"message\":\"none\"}'; exit 1;; esac\nX\nchmod "
	      "+x w/pkg-fetch",
	      real, help_dir, help_dir) == 0,
	   "a worker without Landlock: %s", said());
	fetcher.worker = in_dir("w/pkg-fetch");
	sh("mkdir x && echo 1 >x/1 && tar cf x.tar x");
	GOOD(get(source_of(file_url("x.tar"), sum_of(DIGEST_SHA256, "x.tar"), NULL), false, &out, &e),
	     "unpacks in bubblewrap");
	FAILS(held_get("/404", sums, &out, &e), ERR_FETCH, "answered 404", "downloads in bubblewrap");
	fetcher.worker = real;
}

int
main(void)
{
	pid_t server;

	if (!fetch_begin())
		return tap_skip_all("build/pkg-fetch is not there");
	hits = mmap(NULL, sizeof(*hits), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	body = "text\n";
	server = start_server();
	test_servers();
	test_requests();
	test_limits();
	test_bwrap();
	test_fetch();
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	return fetch_end();
}
