/* bytes.c - one file by any address that gives files, held by its checksums. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/fs.h"
#include "base/path.h"
#include "fetch/backend.h"
#include "fetch/worker_run.h"

enum { EXTRA_MAX = 512 << 20 };

static enum digest_kind
digest_of(enum opam_hash hash)
{
	switch (hash) {
	case HASH_MD5:
		return DIGEST_MD5;
	case HASH_SHA512:
		return DIGEST_SHA512;
	case HASH_SHA256:
		break;
	}
	return DIGEST_SHA256;
}

static const char *
hash_file(struct arena *a, const char *file, enum opam_hash hash, struct err *e)
{
	AUTO_FD fd = open(file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0) {
		err_sys(e, "%s", file);
		return NULL;
	}
	return digest_fd(a, digest_of(hash), fd, e);
}

/* All the checksums of the source must hold. A sha256 is added when none was given. */
static int
verify(struct arena *a, const struct opam_source *source, struct fetch_bytes *out, struct err *e)
{
	struct opam_checksum *sums = arena_array(a, struct opam_checksum, source->checksum_count + 1);
	bool has_sha256 = false;

	for (size_t i = 0; i < source->checksum_count; i++) {
		struct opam_checksum want = source->checksums[i];
		const char *hex = hash_file(a, out->file, want.hash, e);

		if (!hex)
			return -1;
		if (!str_is(want.hex, hex))
			return err_set(e, ERR_FETCH,
				       "the checksum does not hold: %s=" STR_FMT " was wanted, %s=%s came",
				       opam_hash_name(want.hash), STR_ARG(want.hex),
				       opam_hash_name(want.hash), hex);
		has_sha256 |= want.hash == HASH_SHA256;
		sums[i] = want;
	}
	out->checksums = sums;
	out->checksum_count = source->checksum_count;
	if (!has_sha256) {
		const char *hex = hash_file(a, out->file, HASH_SHA256, e);

		if (!hex)
			return -1;
		sums[out->checksum_count++] = (struct opam_checksum){HASH_SHA256, str_of(hex)};
	}
	return 0;
}

static struct str
sha256_of(const struct fetch_bytes *bytes)
{
	for (size_t i = 0; i < bytes->checksum_count; i++)
		if (bytes->checksums[i].hash == HASH_SHA256)
			return bytes->checksums[i].hex;
	return (struct str){0};
}

/* Whether what holds the file is enough. */
static int
judge(const struct fetch *f, struct arena *a, struct str package, const struct opam_source *source,
      bool unsafe, const struct fetch_bytes *bytes, struct err *e)
{
	struct str sha256 = sha256_of(bytes), shown = fetch_shown(a, &source->src);
	bool weak = true;

	for (size_t i = 0; i < source->checksum_count; i++)
		weak &= source->checksums[i].hash == HASH_MD5;
	if (!source->checksum_count && !unsafe) {
		err_set(e, ERR_FETCH, "the source of " STR_FMT " has no checksum: " STR_FMT, STR_ARG(package),
			STR_ARG(shown));
		return err_hint(e,
				"what came today has checksum: \"sha256=" STR_FMT
				"\"; add that to the definition once you trust it",
				STR_ARG(sha256));
	}
	if (source->checksum_count && weak)
		report_text(f->report, REPORT_WARN, package,
			    "only an MD5 checksum holds " STR_FMT "; add \"sha256=" STR_FMT "\"",
			    STR_ARG(shown), STR_ARG(sha256));
	return 0;
}

struct attempt {
	const struct fetch *f;
	struct arena *a;
	struct str package;
	const struct opam_source *source;
	struct fetch_bytes *out;
};

static int
try_one(void *ctx, const struct opam_url *url, struct err *e)
{
	struct attempt *t = ctx;
	const struct fetch_scheme *scheme = fetch_scheme(url, e);
	struct fetch_get get = {.url = url, .source = t->source, .dir = t->out->dir, .file = t->out->file};

	if (!scheme)
		return -1;
	if (!scheme->get)
		return err_set(e, ERR_FETCH, "%s gives no single file", scheme->name);
	report_event(t->f->report, &(struct report_event){.kind = REPORT_FETCH,
							  .package = t->package,
							  .text = fetch_shown(t->a, url)});
	if (fs_remove(AT_FDCWD, t->out->file, e) < 0 || scheme->get(t->f, t->a, &get, e) < 0)
		return -1;
	t->out->from = get.from;
	if (!get.from.n && url != &t->source->src)
		t->out->from = fetch_shown(t->a, url);
	return verify(t->a, t->source, t->out, e);
}

int
fetch_bytes(const struct fetch *f, struct arena *a, struct str package, const struct opam_source *source,
	    bool unsafe, struct fetch_bytes *out, struct err *e)
{
	struct attempt t = {f, a, package, source, out};

	*out = (struct fetch_bytes){.dir = fs_mkdtemp(a, f->scratch, e)};
	if (!out->dir)
		return -1;
	out->file = path_join(a, out->dir, "file");
	if (fetch_each(f, a, package, source, try_one, &t, e) == 0 &&
	    judge(f, a, package, source, unsafe, out, e) == 0)
		return 0;
	fetch_drop(out);
	return -1;
}

void
fetch_drop(const struct fetch_bytes *bytes)
{
	struct err ignored = {0};

	if (bytes->dir)
		fs_remove(AT_FDCWD, bytes->dir, &ignored);
}

static const char *
kept_ref(char ref[256], struct opam_checksum c, const char *kind)
{
	snprintf(ref, 256, "refs/pkg/source/%s-" STR_FMT "/%s", opam_hash_name(c.hash), STR_ARG(c.hex), kind);
	return ref;
}

bool
fetch_kept(const struct fetch *f, const struct opam_source *source, const char *kind, struct oid *out)
{
	struct oid found = {{0}};
	struct err missing = {0};
	char ref[256];

	for (size_t i = 0; i < source->checksum_count; i++) {
		struct oid id;

		if (store_ref_get(f->store, kept_ref(ref, source->checksums[i], kind), &id, &missing) < 0)
			return false;
		/* Checksums of different files: the download will tell which of them does not hold. */
		if (i && !oid_eq(&id, &found))
			return false;
		found = id;
	}
	if (!oid_is(&found) || !store_has(f->store, &found))
		return false;
	*out = found;
	return true;
}

int
fetch_keep(const struct fetch *f, const struct opam_checksum *checksums, size_t n, const char *kind,
	   const struct oid *id, struct err *e)
{
	char ref[256];

	if (store_flush(f->store, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (store_ref_set(f->store, kept_ref(ref, checksums[i], kind), id, NULL, "fetch", e) < 0)
			return -1;
	return 0;
}

int
http_get(const struct fetch *f, struct arena *a, struct fetch_get *g, struct err *e)
{
	const struct opam_url *url = g->url;

	if (f->offline)
		return err_set(e, ERR_OFFLINE, "it is not in the store, and pkg is offline");
	return worker_download(
		f, a, arena_printf(a, STR_FMT "://" STR_FMT, STR_ARG(url->transport), STR_ARG(url->path)),
		g->file, NULL, e);
}

static int
fetch_blob(const struct fetch *f, struct arena *a, struct str package, const struct opam_source *source,
	   struct oid *blob, struct err *e)
{
	struct fetch_bytes bytes;
	struct arena content = {0};
	struct str text;
	int rc;

	if (fetch_kept(f, source, "file", blob))
		return 0;
	if (fetch_bytes(f, a, package, source, false, &bytes, e) < 0)
		return -1;
	rc = fs_read(&content, AT_FDCWD, bytes.file, EXTRA_MAX, &text, e);
	if (rc == 0)
		rc = store_blob_write(f->store, text, blob, e);
	if (rc == 0)
		rc = fetch_keep(f, bytes.checksums, bytes.checksum_count, "file", blob, e);
	arena_free(&content);
	fetch_drop(&bytes);
	return rc;
}

int
fetch_file(const struct fetch *f, struct arena *a, struct str package, const struct opam_source *source,
	   struct oid *blob, struct err *e)
{
	struct err inner = {0};

	if (fetch_blob(f, a, package, source, blob, &inner) == 0)
		return 0;
	*e = inner;
	return err_note(e, "while fetching the extra source " STR_FMT, STR_ARG(source->file));
}
