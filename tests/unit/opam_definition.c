#include "opam/definition.h"

#include "base/buf.h"
#include "../tap.h"

#define HEADER "opam-version: \"2.0\"\n"
#define MD5 "\"md5=d41d8cd98f00b204e9800998ecf8427e\""

static const struct {
	const char *text;
	const char *findings; /* "field:line " each, a doubt with `?`; NULL: the file is refused */
} cases[] = {
	{HEADER "name: \"x\" version: \" 1.0 \"", ""},
	{HEADER "nmae: \"x\"\nx-y: 1\nx-y: 2", "nmae:2 ?x-y:4 "},
	{HEADER "synopsis: \"a\"\nsynopsis: \"b\"\nlicense: [1]\n", "synopsis:3 license:4 "},
	{HEADER "author: \"a\"\nauthors: \"b\"", "author:2 "},
	{HEADER "flags: [conf new]\ntags: [\"flags:compiler\" \"flags:odd\"]", "?flags:2 ?tags:3 "},
	{HEADER "conflicts: [\"a\" & \"b\"]\ndepopts: [\"a\" | (\"b\" \"c\")]", "?conflicts:2 "},
	{HEADER "build: [[\"make\"] \"x\"]", "build:2 "},
	{HEADER "build: \"make\"\ninstall: [make {a b}]", "install:3 "},
	{HEADER "setenv: [A += \"x\" B = \"y\"]\nbuild-env: [[A += \"x\"] [B := \"y\"]]", "setenv:2 "},
	{HEADER "depexts: [[\"a\" 1] {x}]", "depexts:2 "},
	{HEADER "extra-files: [\"f\" " MD5 "]\npatches: [\"p\" {os = \"x\"}]", ""},
	{HEADER "features: [f {\"a\"} {\"text\"} g {\"b\"}]", "features:2 "},
	{HEADER "pin-depends: [[\"a.1\" \"git+https://x.org/r\"]]\ndev-repo: \"git+ttps://\"", ""},
	{HEADER "os: [\"linux\" | !\"win32\"]\nocaml-version: [>= \"4\"]\nlibraries: [\"x\" {y}]", ""},
	{HEADER "url { src: \"https://x.org/a\" archive: \"https://y.org/a\"\nchecksum: \"x\" odd: 1 }",
	 "url.archive:2 url.checksum:3 url.odd:3 "},
	{HEADER "url { checksum: " MD5 " }\nextra-source \"f\" { src: \"what://x\" }",
	 "url:2 extra-source:3 "},
	{HEADER "url \"t\" { src: \"https://x.org/a\" }\nx-s { }\nextra-source { src: \"https://x.org/a\" }",
	 "url:2 x-s:3 extra-source:4 "},
	{"name: \"x\"", NULL},
	{"opam-version: \"2.1\"", NULL},
	{"opam-version: 2", NULL},
	{HEADER HEADER, NULL},
	{"opam-version: \"1.2\"", NULL},
	{"opam-version: \"2\"", NULL},
	{"opam-version: \"2.0.1\"", ""},
	{HEADER "x-subpath: \"../up\"", NULL},
	{HEADER "x-subpath: 1", NULL},
	{HEADER "url { src: \"https://x.org/a\" subpath: \"d\" }", NULL},
	{HEADER "depends: [\"a\"", NULL},
};

static void
test_findings(void)
{
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct arena a = {0};
		struct buf b = buf_new(&a);
		struct opam_definition d;
		struct err e;
		int rc = opam_definition(&a, "opam", str_of(cases[i].text), &d, &e);

		EQ_INT(rc, cases[i].findings ? 0 : -1, "file %zu is%s read", i,
		       cases[i].findings ? "" : " not");
		for (size_t j = 0; rc == 0 && j < d.findings.n; j++)
			buf_printf(&b, "%s" STR_FMT ":%u ", d.findings.v[j].error ? "" : "?",
				   STR_ARG(d.findings.v[j].field), d.findings.v[j].at.line);
		if (rc == 0)
			EQ_STR(b.s, cases[i].findings, "findings of file %zu", i);
		else
			EQ_INT(e.code, ERR_PARSE, "its error");
		arena_free(&a);
	}
}

static const char whole[] =
	HEADER "name: \"x\"\n"
	       "synopsis: \" short \"\n"
	       "authors: [\"a\" \"b\"]\n"
	       "flags: conf\n"
	       "tags: [\"flags:avoid-version\"]\n"
	       "available: [os = \"linux\"]\n"
	       "setenv: [PATH += \"%{bin}%\"]\n"
	       "patches: [\"one\" \"two\" {os = \"win32\"}]\n"
	       "messages: \" hello \"\n"
	       "depexts: [[\"libx\" \"liby\"] {os-distribution = \"debian\"} [\"z\"] {os = \"linux\"}]\n"
	       "extra-files: [[\"f\" " MD5 "] [\"g\" " MD5 "]]\n"
	       "x-commit-hash: \"0123\"\n"
	       "x-images: \"boot/x\"\n"
	       "x-subpath: \"./d\"\n"
	       "url {\n  src: \"https://x.org/a\"\n  checksum: [" MD5 "]\n  mirrors: \"https://y.org/a\"\n}\n"
	       "extra-source \"f/g\" { http: \"x.org/f\" }\n";

static void
get(const struct opam_scope *scope, struct arena *a, struct str package, struct str name,
    struct opam_var *out)
{
	(void)scope, (void)a, (void)package;
	if (str_is(name, "os"))
		*out = VAR_IS_STR(STR("linux"));
}

static void
test_values(void)
{
	static const struct opam_scope scope = {.get = get};
	struct arena a = {0};
	struct opam_definition d;
	struct opam_strings strings;
	struct err e;

	EQ_INT(opam_definition(&a, "opam", str_of(whole), &d, &e), 0, "a whole definition");
	EQ_INT(d.findings.n, 0, "without findings");
	EQ_STR(str_c(&a, d.synopsis), "short", "synopsis");
	EQ_INT(d.authors.n, 2, "authors");
	EQ_INT(d.flags, FLAG_CONF | FLAG_AVOID_VERSION, "flags, also from tags");
	EQ_INT(d.available->kind, OPAM_RELOP, "available");
	EQ_INT(d.setenv.v[0].op, ENV_PREPEND, "setenv");
	EQ_STR(str_c(&a, d.messages.v[0].s), "hello", "messages");
	EQ_INT(opam_filtered_strings(&a, &d.text, d.patches, &scope, &strings, &e), 0, "patches");
	EQ_INT(strings.n, 1, "one of two");
	EQ_INT(opam_depexts(&a, &d, &scope, &strings, &e), 0, "depexts");
	EQ_STR(strings.n == 1 ? str_c(&a, strings.v[0]) : "", "z", "one of three");
	OK(d.has_extra_files && d.extra_file_count == 2, "extra-files");
	EQ_STR(str_c(&a, d.x_commit_hash), "0123", "x-commit-hash");
	EQ_STR(str_c(&a, d.x_images.v[0]), "boot/x", "x-images");
	EQ_STR(str_c(&a, d.url.subpath), "d", "x-subpath reaches the source");
	EQ_INT(d.url.checksum_count, 1, "checksums");
	EQ_INT(d.url.mirror_count, 1, "mirrors");
	EQ_STR(str_c(&a, d.extra_sources[0].file), "f/g", "extra-source");
	EQ_STR(str_c(&a, d.extra_sources[0].src.transport), "http", "its transport");
	OK(opam_field(&d, "flags") && !opam_field(&d, "build"), "fields as written");
	arena_free(&a);
}

/* Nonsense without end is not looked at to its end. */
static void
test_many(void)
{
	struct arena a = {0};
	struct buf b = buf_new(&a);
	struct opam_definition d;
	struct err e;

	buf_adds(&b, HEADER);
	for (int i = 0; i < 200000; i++)
		buf_adds(&b, "a: 1 url { b: 2 } ");
	EQ_INT(opam_definition(&a, "opam", buf_str(&b), &d, &e), -1, "400,000 findings");
	EQ_STR(e.msg, "too much is wrong in this file", "are too many");
	arena_free(&a);
}

int
main(void)
{
	test_findings();
	test_values();
	test_many();
	return tap_done();
}
