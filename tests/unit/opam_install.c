#include "opam/install.h"

#include "base/buf.h"
#include "opam/repofile.h"
#include "../tap.h"

static const struct {
	const char *text, *want; /* "src>dst" each, `?` optional, `*` executable; NULL: an error */
} cases[] = {
	{"bin: [\"a\" \"?b\" {\"c\"}]", "a>bin/a* ?b>bin/c* "},
	{"lib: \"d/x.a\" libexec: \"y\"", "d/x.a>lib/pkg/x.a y>lib/pkg/y* "},
	{"lib_root: \"a\" libexec_root: \"b\" sbin: \"c\"", "a>lib/a b>lib/b* c>sbin/c* "},
	{"toplevel: \"a\" stublibs: \"b\"", "a>lib/toplevel/a b>lib/stublibs/b* "},
	{"share: \"a\" share_root: \"b\" {\"deep/er/b\"} etc: \"c\" doc: \"d\"",
	 "a>share/pkg/a b>share/deep/er/b c>etc/pkg/c d>doc/pkg/d "},
	{"man: [\"m/x.1\" \"y.3.gz\" \"z.1ssl\" \"w\" {\"man7/w.7\"}]",
	 "m/x.1>man/man1/x.1 y.3.gz>man/man3/y.3.gz z.1ssl>man/man1/z.1ssl w>man/man7/w.7 "},
	{"root: \"a\" {\"x/a\"} rootexec: \"b\"", "a>x/a b>b* "},
	{"opam-version: \"2.0\" bin: []", ""},
	{"lib: \"a\" {\"../other/a\"} bin: \"./b/../c\"", "a>lib/other/a c>bin/c* "},
	{"lib: \"a\" {\"../../../a\"}", NULL},
	{"lib: \"a\" {\"/etc/passwd\"}", NULL},
	{"lib: \"/etc/passwd\"", NULL},
	{"lib: \"../a\"", NULL},
	{"lib: \"a\" {\"\"}", NULL},
	{"lib: \"a\" {\"..\"}", NULL},
	{"lib: \"a\" {\"b/\"}", NULL},
	{"bin: \"a\" {\"../.opam-switch/x\"}", NULL},
	{"root: \"a\" {\".opam-switch/x\"}", NULL},
	{"misc: \"a\" {\"/usr/bin/a\"}", NULL},
	{"man: \"x.9\"", NULL},
	{"man: \"x\"", NULL},
	{"man: \"x.\"", NULL},
	{"what: \"a\"", NULL},
	{"bin: \"a\" bin: \"b\"", NULL},
	{"bin: a", NULL},
	{"bin: \"a\" {\"b\" \"c\"}", NULL},
	{"bin: \"a\\x00b\"", NULL},
	{"bin { }", NULL},
	{"opam-version: \"2.1\" bin: \"a\"", NULL},
};

static void
test_install(void)
{
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct arena a = {0};
		struct buf b = buf_new(&a);
		struct opam_install list;
		struct err e;
		int rc = opam_install(&a, "pkg.install", str_of(cases[i].text), STR("pkg"), &list, &e);

		EQ_INT(rc, cases[i].want ? 0 : -1, "%s", cases[i].text);
		for (size_t j = 0; rc == 0 && j < list.n; j++)
			buf_printf(&b, "%s" STR_FMT ">" STR_FMT "%s ", list.v[j].optional ? "?" : "",
				   STR_ARG(list.v[j].src), STR_ARG(list.v[j].dst),
				   list.v[j].executable ? "*" : "");
		if (rc == 0)
			EQ_STR(b.s, cases[i].want, "its files");
		else
			EQ_INT(e.at.line, 1, "its error has a place");
		arena_free(&a);
	}
}

#define NULL_MD5 "\"md5=00000000000000000000000000000000\""
#define MD5 "\"md5=d41d8cd98f00b204e9800998ecf8427e\""

static void
test_config(void)
{
	struct opam_config c = {0};
	struct arena a = {0};
	struct err e;

	EQ_INT(opam_config(&a, "c",
			   STR("opam-version: \"2.0\"\nfile-depends: [[\"/a\" " MD5 "] [\"/b\" " NULL_MD5
			       "]]\n"
			       "variables { native: true libs: [\"x\" \"y\"] path: \"/p\" }"),
			   &c, &e),
	       0, "a .config");
	EQ_INT(c.var_count, 3, "three variables");
	OK(c.vars[0].value.kind == VAR_BOOL && c.vars[0].value.b, "a boolean");
	OK(c.vars[1].value.kind == VAR_LIST && c.vars[1].value.n == 2, "a list");
	EQ_STR(str_c(&a, c.vars[2].value.s), "/p", "a string");
	EQ_INT(c.file_depend_count, 2, "two files");
	OK(!c.file_depends[0].must_not_exist && c.file_depends[1].must_not_exist, "one must not be there");
	EQ_INT(opam_config(&a, "c", STR("native: true"), &c, &e), 0, "an old .config");
	EQ_INT(c.var_count, 1, "is all variables");
	EQ_INT(opam_config(&a, "c", STR("opam-version: \"2.0\" native: true"), &c, &e), -1, "a new one not");
	EQ_INT(opam_config(&a, "c", STR("opam-version: \"2.0\" variables { a: 1 }"), &c, &e), -1,
	       "no integers");
	EQ_INT(opam_config(&a, "c", STR("opam-version: \"2.0\" file-depends: [\"a\" " MD5 "]"), &c, &e), -1,
	       "no relative paths");
	arena_free(&a);
}

static void
test_repofile(void)
{
	struct opam_repofile r = {0};
	struct arena a = {0};
	struct err e;

	EQ_INT(opam_repofile(
		       &a, "repo",
		       STR("opam-version: \"2.0\" browse: \"b\" upstream: \"u\" archive-mirrors: \"cache\"\n"
			   "announce: [\" hear \" {os = \"linux\"}] stamp: \"x\" redirect: [1]"),
		       &r, &e),
	       0, "a repo file");
	EQ_STR(str_c(&a, r.upstream), "u", "upstream");
	EQ_STR(str_c(&a, r.archive_mirrors.v[0]), "cache", "archive-mirrors");
	EQ_STR(str_c(&a, r.announce.v[0]), "hear", "announce");
	EQ_INT(opam_repofile(&a, "repo", STR("opam-version: \"2.1\""), &r, &e), -1, "a later format");
	EQ_INT(opam_repofile(&a, "repo", STR(""), &r, &e), 0, "an empty one");
	arena_free(&a);
}

int
main(void)
{
	test_install();
	test_config();
	test_repofile();
	return tap_done();
}
