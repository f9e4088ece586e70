#include "base/digest.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"

enum { PIECE = 128 * 1024 };

/* A struct digest is libcrypto's context under our name. */
static EVP_MD_CTX *
ctx_of(struct digest *d)
{
	return (EVP_MD_CTX *)d;
}

static const EVP_MD *
method(enum digest_kind kind)
{
	switch (kind) {
	case DIGEST_MD5:
		return EVP_md5();
	case DIGEST_SHA1:
		return EVP_sha1();
	case DIGEST_SHA256:
		return EVP_sha256();
	case DIGEST_SHA512:
		return EVP_sha512();
	}
	return NULL;
}

/* libcrypto fails here only without memory or when it is broken: no hash may be made up then. */
static void
must(int good)
{
	if (!good)
		abort();
}

struct digest *
digest_new(enum digest_kind kind)
{
	EVP_MD_CTX *ctx;

	/* No configuration file may change what a hash is, and reading it takes time. */
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	ctx = EVP_MD_CTX_new();
	must(ctx && EVP_DigestInit_ex(ctx, method(kind), NULL));
	return (struct digest *)ctx;
}

void
digest_add(struct digest *d, const void *bytes, size_t n)
{
	if (n)
		must(EVP_DigestUpdate(ctx_of(d), bytes, n));
}

void
digest_end(struct digest *d, char hex[DIGEST_HEX_MAX + 1])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char raw[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	must(EVP_DigestFinal_ex(ctx_of(d), raw, &n));
	EVP_MD_CTX_free(ctx_of(d));
	for (unsigned i = 0; i < n; i++) {
		*hex++ = digits[raw[i] >> 4];
		*hex++ = digits[raw[i] & 15];
	}
	*hex = '\0';
}

char *
digest_hex(struct arena *a, enum digest_kind kind, struct str bytes)
{
	char hex[DIGEST_HEX_MAX + 1];
	struct digest *d = digest_new(kind);

	digest_add(d, bytes.s, bytes.n);
	digest_end(d, hex);
	return arena_strdup(a, hex);
}

char *
digest_fd(struct arena *a, enum digest_kind kind, int fd, struct err *e)
{
	char hex[DIGEST_HEX_MAX + 1], name[FS_FD_NAME];
	struct digest *d = digest_new(kind);
	char *piece = malloc(PIECE);
	ssize_t n;

	must(piece != NULL);
	do {
		n = read(fd, piece, PIECE);
		if (n > 0)
			digest_add(d, piece, (size_t)n);
	} while (n > 0 || (n < 0 && errno == EINTR));
	if (n < 0)
		err_sys(e, "reading %s", fs_fd_name(fd, name));
	free(piece);
	digest_end(d, hex);
	return n < 0 ? NULL : arena_strdup(a, hex);
}

void
digest_field(struct digest *d, const char *name, struct str value)
{
	char length[32];

	snprintf(length, sizeof(length), "%zu", value.n);
	digest_add(d, name, strlen(name) + 1);
	digest_add(d, length, strlen(length) + 1);
	digest_add(d, value.s, value.n);
}
