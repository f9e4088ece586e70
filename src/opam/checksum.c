#include <string.h>

#include "opam/text.h"
#include "opam/url.h"

static const struct {
	const char *name;
	size_t digits;
} hashes[] = {
	[HASH_MD5] = {"md5", 32},
	[HASH_SHA256] = {"sha256", 64},
	[HASH_SHA512] = {"sha512", 128},
};

static bool
is_name(struct str s, const char *name)
{
	return s.n == strlen(name) && strncasecmp(s.s, name, s.n) == 0;
}

int
opam_checksum(struct arena *a, struct str text, struct opam_checksum *out, struct err *e)
{
	struct str hex = text, name;
	ptrdiff_t eq = str_chr(text, '=');
	size_t hash = HASH_MD5; /* what a bare one is */
	char *lower;

	if (eq >= 0) {
		name = str_sub(text, 0, (size_t)eq);
		hex = str_sub(text, (size_t)eq + 1, text.n);
		for (hash = 0; hash < COUNT_OF(hashes) && !is_name(name, hashes[hash].name); hash++)
			;
		if (hash == COUNT_OF(hashes))
			return opam_bad_text(e, "'%.*s' is no md5, sha256 or sha512 checksum", SHOWN(text));
	}
	if (hex.n != hashes[hash].digits)
		return opam_bad_text(e, "'%.*s': a checksum of kind %s has %zu digits", SHOWN(text),
				     hashes[hash].name, hashes[hash].digits);
	lower = arena_strndup(a, hex.s, hex.n);
	for (size_t i = 0; i < hex.n; i++) {
		if (lower[i] >= 'A' && lower[i] <= 'F')
			lower[i] = (char)(lower[i] - 'A' + 'a');
		if (!(lower[i] >= '0' && lower[i] <= '9') && !(lower[i] >= 'a' && lower[i] <= 'f'))
			return opam_bad_text(e, "'%.*s': not a hexadecimal digit in a checksum", SHOWN(text));
	}
	*out = (struct opam_checksum){(enum opam_hash)hash, {lower, hex.n}};
	return 0;
}

const char *
opam_hash_name(enum opam_hash hash)
{
	return hashes[hash].name;
}

struct str
opam_checksum_text(struct arena *a, struct opam_checksum c)
{
	return str_printf(a, "%s=" STR_FMT, opam_hash_name(c.hash), STR_ARG(c.hex));
}
