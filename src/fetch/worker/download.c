/* download.c - one URL into one file, by libcurl with its doors closed. */
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "base/fs.h"
#include "fetch/worker/worker.h"

#ifndef PKG_VERSION
#define PKG_VERSION "0"
#endif

enum {
	REDIRECTS = 5,
	CONNECT_SECONDS = 15,
	SLOW_BYTES = 1000,
	SLOW_SECONDS = 30,
	TOTAL_SECONDS = 2 * 60 * 60,
	TRIES = 3,
	VALIDATOR_MAX = 1024,
	NOT_MODIFIED = 304,
	LAST_TRY_BEGINS = 25, /* seconds: a bad server is given up within a minute */
	MEMORY = 1 << 30,
};

struct transfer {
	CURL *curl;
	struct curl_slist *headers;
	const char *url;
	char text[CURL_ERROR_SIZE];
	int fd, sys;
	uint64_t got, max;
	bool too_large;
};

/* The counter that a body without length, or a false one, cannot get past. */
static size_t
on_bytes(char *bytes, size_t size, size_t n, void *ctx)
{
	struct transfer *t = ctx;
	struct err e = {0};

	n *= size;
	if (n > t->max - t->got) {
		t->too_large = true;
		return 0;
	}
	if (fs_write_all(t->fd, bytes, n, &e) < 0) {
		t->sys = e.sys ? e.sys : EIO;
		return 0;
	}
	t->got += n;
	worker_progress(t->got);
	return n;
}

static int
on_tick(void *ctx, curl_off_t total, curl_off_t now, curl_off_t up_total, curl_off_t up)
{
	const struct transfer *t = ctx;

	(void)total, (void)now, (void)up_total, (void)up;
	worker_progress(t->got);
	return 0;
}

static void
set_protocols(CURL *curl, const char *url, const char *wanted)
{
	bool plain = strncasecmp(url, "http:", 5) == 0;

#if LIBCURL_VERSION_NUM >= 0x075500
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, *wanted ? wanted : "https,http");
	curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, plain ? "https,http" : "https");
#else
	bool secure = strcmp(wanted, "https") == 0;

	curl_easy_setopt(curl, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTPS | (secure ? 0 : CURLPROTO_HTTP)));
	curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS,
			 (long)(CURLPROTO_HTTPS | (plain ? CURLPROTO_HTTP : 0)));
#endif
}

static void
set_options(struct arena *a, struct transfer *t, const json_value *request)
{
	CURL *curl = t->curl;
	struct str ca = json_str(request, "ca_file");

	set_protocols(curl, t->url, str_c(a, json_str(request, "protocols")));
	curl_easy_setopt(curl, CURLOPT_URL, t->url);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "pkg/" PKG_VERSION);
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
	curl_easy_setopt(curl, CURLOPT_MAXREDIRS, (long)REDIRECTS);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT,
			 (long)worker_number(request, "connect_timeout", CONNECT_SECONDS));
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT,
			 (long)worker_number(request, "slow_bytes", SLOW_BYTES));
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME,
			 (long)worker_number(request, "slow_seconds", SLOW_SECONDS));
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)TOTAL_SECONDS);
	curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
	curl_easy_setopt(curl, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)t->max);
	curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(curl, CURLOPT_UNRESTRICTED_AUTH, 0L);
	curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, NULL);
	curl_easy_setopt(curl, CURLOPT_HTTP_CONTENT_DECODING, 0L);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, t->text);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_bytes);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_tick);
	curl_easy_setopt(curl, CURLOPT_XFERINFODATA, t);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	if (ca.n)
		curl_easy_setopt(curl, CURLOPT_CAINFO, str_c(a, ca));
}

/* --- what the server says of the file's state --- */

/* What may stand in a header, and in a message of ours: one line of printable ASCII. */
static bool
is_validator(struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.s[i] < ' ' || text.s[i] > '~')
			return false;
	return text.n > 0 && text.n <= VALIDATOR_MAX;
}

static int
ask_with(struct arena *a, struct transfer *t, const json_value *request, struct fail *f)
{
	static const char *const headers[][2] = {{"etag", "If-None-Match"},
						 {"modified", "If-Modified-Since"}};

	for (size_t i = 0; i < COUNT_OF(headers); i++) {
		struct str value = json_str(request, headers[i][0]);
		struct curl_slist *longer;

		if (!is_validator(value))
			continue;
		longer = curl_slist_append(t->headers,
					   arena_printf(a, "%s: " STR_FMT, headers[i][1], STR_ARG(value)));
		if (!longer)
			return worker_fail(f, WORKER_MEMORY, "libcurl does not start");
		t->headers = longer;
	}
	curl_easy_setopt(t->curl, CURLOPT_HTTPHEADER, t->headers);
	return 0;
}

static void
tell_header(struct transfer *t, const char *header, struct json *done, const char *key)
{
	struct curl_header *found;

	if (curl_easy_header(t->curl, header, 0, CURLH_HEADER, -1, &found) == CURLHE_OK &&
	    is_validator(str_of(found->value)))
		json_key_c(done, key, found->value);
}

/* A server that was not asked, and says all the same that nothing changed, sent nothing. */
static int
tell_state(struct transfer *t, struct json *done, struct fail *f)
{
	long status = 0;

	curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
	if (status == NOT_MODIFIED && !t->headers)
		return worker_fail(f, WORKER_HTTP, "the server answered %ld to a question not asked", status);
	json_key_bool(done, "not_modified", status == NOT_MODIFIED);
	tell_header(t, "ETag", done, "etag");
	tell_header(t, "Last-Modified", done, "modified");
	return 0;
}

/* What each of curl's answers is to us, and whether it may pass by itself. */
static const struct {
	CURLcode code;
	enum worker_error id;
	bool transient;
} meanings[] = {
	{CURLE_UNSUPPORTED_PROTOCOL, WORKER_PROTOCOL, false},
	{CURLE_URL_MALFORMAT, WORKER_PROTOCOL, false},
	{CURLE_TOO_MANY_REDIRECTS, WORKER_PROTOCOL, false},
	{CURLE_COULDNT_RESOLVE_HOST, WORKER_RESOLVE, false},
	{CURLE_COULDNT_RESOLVE_PROXY, WORKER_RESOLVE, false},
	{CURLE_COULDNT_CONNECT, WORKER_CONNECT, true},
	{CURLE_GOT_NOTHING, WORKER_CONNECT, true},
	{CURLE_SEND_ERROR, WORKER_CONNECT, true},
	{CURLE_RECV_ERROR, WORKER_CONNECT, true},
	{CURLE_PARTIAL_FILE, WORKER_CONNECT, true},
	{CURLE_HTTP2, WORKER_CONNECT, true},
	{CURLE_HTTP2_STREAM, WORKER_CONNECT, true},
	{CURLE_OPERATION_TIMEDOUT, WORKER_TIMEOUT, true},
	{CURLE_PEER_FAILED_VERIFICATION, WORKER_TLS, false},
	{CURLE_SSL_CONNECT_ERROR, WORKER_TLS, false},
	{CURLE_SSL_CACERT_BADFILE, WORKER_TLS, false},
	{CURLE_FILESIZE_EXCEEDED, WORKER_SIZE, false},
	{CURLE_OUT_OF_MEMORY, WORKER_MEMORY, false},
};

static int
fail_http(struct transfer *t, struct fail *f, bool *transient)
{
	long status = 0;

	curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
	*transient = status >= 500 || status == 408 || status == 429;
	return worker_fail(f, WORKER_HTTP, "the server answered %ld%s", status,
			   status == 404 ? " (not found)" : "");
}

static int
fail_curl(struct transfer *t, CURLcode code, struct fail *f, bool *transient)
{
	const char *text = *t->text ? t->text : curl_easy_strerror(code);
	enum worker_error id = WORKER_CONNECT;

	*transient = false;
	if (t->too_large || code == CURLE_FILESIZE_EXCEEDED)
		return worker_fail(f, WORKER_SIZE, "larger than %llu bytes", (unsigned long long)t->max);
	if (t->sys) {
		errno = t->sys;
		return worker_fail_sys(f, WORKER_DISK, "writing the download");
	}
	if (code == CURLE_HTTP_RETURNED_ERROR)
		return fail_http(t, f, transient);
	for (size_t i = 0; i < COUNT_OF(meanings); i++) {
		if (meanings[i].code != code)
			continue;
		id = meanings[i].id;
		*transient = meanings[i].transient;
	}
	return worker_fail(f, id, "%s", text);
}

static uint64_t
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec;
}

static int
transfer(struct transfer *t, uint64_t tries, struct fail *f)
{
	uint64_t start = seconds();

	for (uint64_t try = 1;; try++) {
		bool transient;
		CURLcode code;

		t->got = 0;
		if (ftruncate(t->fd, 0) < 0 || lseek(t->fd, 0, SEEK_SET) < 0)
			return worker_fail_sys(f, WORKER_DISK, "writing the download");
		code = curl_easy_perform(t->curl);
		if (code == CURLE_OK)
			return 0;
		fail_curl(t, code, f, &transient);
		if (!transient || try >= tries || seconds() - start >= LAST_TRY_BEGINS)
			return -1;
		sleep(1U << (try - 1));
	}
}

/* Resolver, certificates, locale and libraries; no file may be opened for writing at all. */
static int
confine(const json_value *request, const char *ca_file, uint64_t max, struct fail *f)
{
	char resolv[PATH_MAX];
	const char *read[] = {
		"/usr",
		"/lib",
		"/lib32",
		"/lib64",
		"/etc/ld.so.cache",
		"/etc/localtime",
		"/etc/resolv.conf",
		"/etc/hosts",
		"/etc/host.conf",
		"/etc/nsswitch.conf",
		"/etc/gai.conf",
		"/etc/services",
		"/etc/ssl",
		"/etc/pki",
		"/etc/ca-certificates",
		"/etc/crypto-policies",
		"/run/systemd/resolve",
		realpath("/etc/resolv.conf", resolv) ? resolv : "/etc/resolv.conf",
		ca_file,
	};
	const struct confine c = {
		.outer = json_bool(request, "outer"),
		.network = true,
		.read = read,
		.read_count = COUNT_OF(read),
		.write_dir = -1,
		.memory = MEMORY,
		.file_size = max,
	};

	return worker_confine(&c, f);
}

int
download_job(struct arena *a, const json_value *request, struct json *done, struct fail *f)
{
	const char *out = str_c(a, json_str(request, "out")), *effective = NULL;
	struct transfer t = {
		.url = str_c(a, json_str(request, "url")),
		.max = worker_number(request, "max_bytes", 0),
	};
	AUTO_FD fd = -1;
	int rc;

	if (!*out || !*t.url || !t.max)
		return worker_fail(f, WORKER_REQUEST, "a download needs url, out and max_bytes");
	t.fd = fd = open(out, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return worker_fail_sys(f, WORKER_DISK, "%s", out);
	if (confine(request, str_c(a, json_str(request, "ca_file")), t.max, f) < 0)
		return -1;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || !(t.curl = curl_easy_init()))
		return worker_fail(f, WORKER_MEMORY, "libcurl does not start");
	set_options(a, &t, request);
	rc = ask_with(a, &t, request, f);
	if (rc == 0)
		rc = transfer(&t, worker_number(request, "tries", TRIES), f);
	if (rc == 0)
		rc = tell_state(&t, done, f);
	if (rc == 0) {
		curl_easy_getinfo(t.curl, CURLINFO_EFFECTIVE_URL, &effective);
		json_key_int(done, "bytes", (int64_t)t.got);
		json_key_c(done, "url", effective ? effective : t.url);
	}
	curl_easy_cleanup(t.curl);
	curl_slist_free_all(t.headers);
	curl_global_cleanup();
	return rc;
}
