/* fetch_help.h - what the tests of fetch share: a store, requests, archives written byte by byte. */
#ifndef TESTS_FETCH_HELP_H
#define TESTS_FETCH_HELP_H

#include "store_help.h"

#include "base/buf.h"
#include "base/digest.h"
#include "base/proc.h"
#include "fetch/fetch.h"

static struct store *store;
static struct arena a;
static struct fetch fetcher;
static char reported[65536]; /* what the last fetch told */

static void
on_report(void *ctx, const struct report_event *event)
{
	size_t n = strlen(reported);

	(void)ctx;
	snprintf(reported + n, sizeof(reported) - n, "%d " STR_FMT "\n", (int)event->kind,
		 STR_ARG(event->text));
}

/* False when the worker is not there. */
__attribute__((unused)) static bool
fetch_begin(void)
{
	static const struct report report = {.event = on_report};
	const char *build = getenv("PKG_BUILD");
	struct err e = {0};

	help_begin();
	fetcher = (struct fetch){.scratch = in_dir("scratch"), .report = &report};
	fetcher.worker = arena_printf(&help_arena, "%s/pkg-fetch", build ? build : "build");
	sh("mkdir scratch");
	store = fetcher.store = store_open(in_dir("store.git"), true, &e);
	return store && access(fetcher.worker, X_OK) == 0;
}

__attribute__((unused)) static int
fetch_end(void)
{
	struct err e = {0};
	struct fs_entries left = {0};

	fs_list(&help_arena, AT_FDCWD, fetcher.scratch, &left, &e);
	EQ_INT((long long)left.n, 0, "nothing is left in the scratch folder");
	fsck_is_clean(in_dir("store.git"));
	store_close(store);
	arena_free(&a);
	return help_end();
}

/* A source by its address and, after it, checksums up to NULL. */
__attribute__((unused)) static struct opam_source *
source_of(const char *url, ...)
{
	struct opam_source *s = arena_new(&a, struct opam_source);
	struct opam_checksum *sums = arena_array(&a, struct opam_checksum, 8);
	struct err e = {0};
	const char *sum;
	va_list args;

	s->present = true;
	if (opam_url(str_of(url), &s->src, &e) < 0)
		printf("# %s: %s\n", url, e.msg);
	va_start(args, url);
	while ((sum = va_arg(args, const char *)))
		if (opam_checksum(&a, str_of(sum), &sums[s->checksum_count++], &e) < 0)
			printf("# %s: %s\n", sum, e.msg);
	va_end(args);
	s->checksums = sums;
	return s;
}

__attribute__((unused)) static void
mirror(struct opam_source *s, const char *url)
{
	struct opam_url *v = arena_array(&a, struct opam_url, s->mirror_count + 1);
	struct err e = {0};

	for (size_t i = 0; i < s->mirror_count; i++)
		v[i] = s->mirrors[i];
	opam_url(str_of(url), &v[s->mirror_count++], &e);
	s->mirrors = v;
}

__attribute__((unused)) static const char *
sum_of(enum digest_kind kind, const char *name)
{
	static const char *const names[] = {"md5", "sha1", "sha256", "sha512"};
	struct err e = {0};
	AUTO_FD fd = open(in_dir(name), O_RDONLY | O_CLOEXEC);
	const char *hex = digest_fd(&a, kind, fd, &e);

	return arena_printf(&a, "%s=%s", names[kind], hex ? hex : "?");
}

__attribute__((unused)) static const char *
file_url(const char *name)
{
	return arena_printf(&a, "file://%s/%s", help_dir, name);
}

/* Fetches for package p.1. */
__attribute__((unused)) static int
get(const struct opam_source *s, bool pinned, struct fetched *out, struct err *e)
{
	const struct fetch_request r = {.package = STR("p.1"), .source = s, .pinned = pinned};

	reported[0] = '\0';
	return fetch_source(&fetcher, &a, &r, out, e);
}

__attribute__((unused)) static const char *
tree_text(const struct oid *tree)
{
	sh("git --git-dir=store.git ls-tree -r -t --name-only %s", tree->hex);
	return said();
}

/* Whether the store holds what a file's bytes are, reachable or not, and any ref of sources. */
__attribute__((unused)) static size_t
source_refs(void)
{
	struct store_refs refs = {0};
	struct err e = {0};

	store_refs(store, &a, "refs/pkg/source/", &refs, &e);
	return refs.n;
}

/* --- tar files --- */

__attribute__((unused)) static void
tar_entry(FILE *f, const char *name, char type, const char *link, const char *content, unsigned mode)
{
	char h[512] = {0}, zero[512] = {0};
	size_t n = content ? strlen(content) : 0;
	unsigned sum = 0;

	snprintf(h, 100, "%s", name);
	snprintf(h + 100, 8, "%07o", mode & 07777);
	snprintf(h + 108, 8, "%07o", 0u);
	snprintf(h + 116, 8, "%07o", 0u);
	snprintf(h + 124, 12, "%011o", (unsigned)n);
	snprintf(h + 136, 12, "%011o", 1000000000u);
	memset(h + 148, ' ', 8);
	h[156] = type;
	snprintf(h + 157, 100, "%s", link ? link : "");
	memcpy(h + 257, "ustar\00000", 8);
	for (size_t i = 0; i < sizeof(h); i++)
		sum += (unsigned char)h[i];
	snprintf(h + 148, 8, "%06o", sum & 0777777);
	fwrite(h, 1, sizeof(h), f);
	if (!n)
		return;
	fwrite(content, 1, n, f);
	fwrite(zero, 1, (512 - n % 512) % 512, f);
}

__attribute__((unused)) static FILE *
tar_open(const char *name)
{
	FILE *f = fopen(in_dir(name), "w");

	if (!f)
		exit(99);
	return f;
}

__attribute__((unused)) static void
tar_close(FILE *f)
{
	char zero[1024] = {0};

	fwrite(zero, 1, sizeof(zero), f);
	fclose(f);
}

#endif
