#include "opam/version.h"

#include "../tap.h"

static const struct {
	const char *a, *b;
	int want;
} cases[] = {
	{"1.9", "1.10", -1},
	{"1.0~beta", "1.0", -1},
	{"1.0", "1.00", 0},
	{"1.0-0", "1.0", 0},
	{"1.0-1", "1.0.1", -1},
	{"1.0-a", "1.0a", -1},
	{"1.", "1.0", 0},
	{"1a", "1a0", 0},
	{"", "0", 0},
	{"", "~", 1},
	{"a", "a.", -1},
	{"a", "b", -1},
	{"2023.01.01", "2023.1.1", 0},
	{"1.0.0-rc1", "1.0.0", 1},
	{"0~", "", -1},
	{"99999999999999999999999", "100000000000000000000000", -1},
};

static int
sign(int i)
{
	return (i > 0) - (i < 0);
}

static void
test_laws(void)
{
	static const char *const texts[] = {"",   "0",  "~",   "~~", "a", "1",   "1.0",
					    "1-", "-1", "1~a", "z.", ".", "\xff"};
	size_t bad = 0;

	for (size_t i = 0; i < COUNT_OF(texts); i++)
		for (size_t j = 0; j < COUNT_OF(texts); j++)
			for (size_t k = 0; k < COUNT_OF(texts); k++) {
				struct str a = str_of(texts[i]), b = str_of(texts[j]), c = str_of(texts[k]);

				bad += opam_version_cmp(a, b) <= 0 && opam_version_cmp(b, c) <= 0 &&
				       opam_version_cmp(a, c) > 0;
			}
	EQ_INT(bad, 0, "the order is transitive");
}

int
main(void)
{
	struct str name, version;

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct str a = str_of(cases[i].a), b = str_of(cases[i].b);

		EQ_INT(sign(opam_version_cmp(a, b)), cases[i].want, "'%s' vs '%s'", a.s, b.s);
		EQ_INT(sign(opam_version_cmp(b, a)), -cases[i].want, "'%s' vs '%s'", b.s, a.s);
	}
	test_laws();
	OK(opam_version_holds(STR("1.0"), OP_GE, STR("1.00")), "1.0 >= 1.00");
	OK(!opam_version_holds(STR("1.0"), OP_NE, STR("1.00")), "not 1.0 != 1.00");
	OK(!opam_version_valid((struct str){"1\0002", 3}), "a NUL is no part of a version");
	OK(!opam_name_valid((struct str){"a\0", 2}), "nor of a name");
	OK(opam_name_version_cut(STR("a.1.2"), &name, &version) && name.n == 1 && version.n == 3, "a.1.2");
	OK(!opam_name_version_cut(STR("a"), &name, &version), "a has no version");
	return tap_done();
}
