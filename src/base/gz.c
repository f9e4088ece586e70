#include "base/gz.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/fs.h"

enum { GZIP = 16 + MAX_WBITS, PIECE = 64 * 1024, PER_CALL = 1 << 30 };

/* zlib counts in 32 bits, so long texts are given in parts. */
static void
give(z_stream *z, struct str *rest)
{
	if (z->avail_in || !rest->n)
		return;
	z->avail_in = rest->n < PER_CALL ? (uInt)rest->n : PER_CALL;
	z->next_in = (Bytef *)(uintptr_t)rest->s;
	*rest = str_sub(*rest, z->avail_in, rest->n);
}

static int
no_memory(const char *path, struct err *e)
{
	errno = ENOMEM;
	return err_sys(e, "zlib cannot start on %s", path);
}

int
gz_write(int dirfd, const char *path, struct str bytes, struct err *e)
{
	/* 3: Unix; the header holds neither time nor name. */
	gz_header header = {.time = 0, .os = 3};
	struct arena a = {0};
	struct buf out = buf_new(&a);
	z_stream z = {0};
	int rc;

	if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP, 8, Z_DEFAULT_STRATEGY) != Z_OK ||
	    deflateSetHeader(&z, &header) != Z_OK) {
		deflateEnd(&z);
		arena_free(&a);
		return no_memory(path, e);
	}
	do {
		Bytef piece[PIECE];

		give(&z, &bytes);
		z.next_out = piece;
		z.avail_out = sizeof(piece);
		rc = deflate(&z, bytes.n ? Z_NO_FLUSH : Z_FINISH);
		buf_add(&out, piece, sizeof(piece) - z.avail_out);
	} while (rc != Z_STREAM_END);
	deflateEnd(&z);
	rc = fs_write(dirfd, path, buf_str(&out), 0644, false, e);
	arena_free(&a);
	return rc;
}

static int
damaged(const char *path, const z_stream *z, struct err *e)
{
	return err_set(e, ERR_PARSE, "%s is damaged: %s", path, z->msg ? z->msg : "it ends too early");
}

/* All members, one after the other. */
static int
inflate_all(z_stream *z, struct str in, size_t max, const char *path, struct buf *out, struct err *e)
{
	int rc = Z_OK;

	for (;;) {
		Bytef piece[PIECE];

		give(z, &in);
		if (rc == Z_STREAM_END) {
			if (!z->avail_in)
				return 0;
			inflateReset(z);
		}
		z->next_out = piece; /* cppcheck-suppress autoVariables ; not read after this turn */
		z->avail_out = sizeof(piece);
		rc = inflate(z, Z_NO_FLUSH);
		if (rc != Z_OK && rc != Z_STREAM_END)
			return damaged(path, z, e);
		if (max && out->n + (sizeof(piece) - z->avail_out) > max) {
			err_set(e, ERR_PARSE, "%s unpacks to more than %zu bytes", path, max);
			e->sys = EFBIG;
			return -1;
		}
		buf_add(out, piece, sizeof(piece) - z->avail_out);
	}
}

int
gz_read(struct arena *a, int dirfd, const char *path, size_t max, struct str *out, struct err *e)
{
	struct arena scratch = {0};
	struct buf text = buf_new(a);
	z_stream z = {0};
	struct str in;
	int rc;

	rc = fs_read(&scratch, dirfd, path, 0, &in, e);
	if (rc == 0 && inflateInit2(&z, GZIP) != Z_OK)
		rc = no_memory(path, e);
	if (rc == 0)
		rc = inflate_all(&z, in, max, path, &text, e);
	inflateEnd(&z);
	if (rc == 0)
		*out = buf_str(&text);
	arena_free(&scratch);
	return rc;
}
