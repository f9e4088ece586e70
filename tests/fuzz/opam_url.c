#include "base/path.h"
#include "fuzz.h"
#include "opam/url.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {(const char *)data, size};
	struct opam_checksum sum, again;
	struct arena a = {0};
	struct opam_url u;
	struct err e;

	if (opam_url(text, &u, &e) == 0) {
		LAW(u.has_ref == (u.ref.n > 0));
		for (size_t i = 0; i < size; i++)
			LAW(data[i] >= ' ' && data[i] != 0x7f);
		if (u.backend == URL_REPO || u.backend == URL_APT)
			LAW(path_is_plain(u.path) && u.path.s[0] != '-' && !u.has_ref);
		if (u.backend == URL_GIT) {
			LAW(!u.has_ref || u.ref.s[0] != '-');
			LAW(!str_starts(opam_url_git(&a, &u), "-"));
		}
		opam_url_path(&a, &u);
	}
	if (opam_checksum(&a, text, &sum, &e) == 0) {
		LAW(opam_checksum(&a, opam_checksum_text(&a, sum), &again, &e) == 0);
		LAW(again.hash == sum.hash && str_eq(again.hex, sum.hex));
	}
	arena_free(&a);
	return 0;
}
