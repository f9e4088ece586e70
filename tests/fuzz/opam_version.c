#include "fuzz.h"
#include "opam/version.h"

static int
sign(int i)
{
	return (i > 0) - (i < 0);
}

/* Three lines: the order is one. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = {(const char *)data, size}, v[3] = {{0}}, name, version;

	for (size_t i = 0; i < 3 && str_cut(&rest, '\n', &v[i]); i++)
		;
	for (size_t i = 0; i < 3; i++) {
		struct str a = v[i], b = v[(i + 1) % 3], c = v[(i + 2) % 3];

		LAW(opam_version_cmp(a, a) == 0);
		LAW(sign(opam_version_cmp(a, b)) == -sign(opam_version_cmp(b, a)));
		if (opam_version_cmp(a, b) <= 0 && opam_version_cmp(b, c) <= 0)
			LAW(opam_version_cmp(a, c) <= 0);
		LAW(opam_version_holds(a, OP_LE, b) == !opam_version_holds(a, OP_GT, b));
		LAW(opam_version_holds(a, OP_EQ, b) == !opam_version_holds(a, OP_NE, b));
		if (opam_name_version_cut(a, &name, &version))
			LAW(name.n + 1 + version.n == a.n && opam_name_valid(name) &&
			    opam_version_valid(version));
	}
	return 0;
}
