#include "opam/install.h"

#include "base/path.h"
#include "base/vec.h"
#include "opam/parse.h"
#include "opam/text.h"
#include "opam/typed.h"

/* The sections, where their files go, and whether these may be executed. */
static const struct section {
	const char *name, *folder;
	bool own; /* a folder of the package's name beneath it */
	bool executable;
} sections[] = {
	{"lib", "lib", true, false},
	{"libexec", "lib", true, true},
	{"lib_root", "lib", false, false},
	{"libexec_root", "lib", false, true},
	{"bin", "bin", false, true},
	{"sbin", "sbin", false, true},
	{"toplevel", "lib/toplevel", false, false},
	{"stublibs", "lib/stublibs", false, true},
	{"share", "share", true, false},
	{"share_root", "share", false, false},
	{"etc", "etc", true, false},
	{"doc", "doc", true, false},
	{"man", "man", false, false},
	{"root", "", false, false},
	{"rootexec", "", false, true},
};

struct reader {
	struct arena *a;
	const struct opam_text *t;
	struct str package;
	struct err *e;
	VEC(struct opam_install_entry) entries;
};

static const struct section *
section_of(struct str name)
{
	for (size_t i = 0; i < COUNT_OF(sections); i++)
		if (str_is(name, sections[i].name))
			return &sections[i];
	return NULL;
}

/* "man1" of "tool.1" and of "tool.1.gz"; empty when no section can be read off the name. */
static struct str
man_folder(struct reader *r, struct str file)
{
	struct str name = str_ends(file, ".gz") ? str_sub(file, 0, file.n - 3) : file;
	ptrdiff_t dot = str_rchr(name, '.');
	char digit = dot >= 0 && (size_t)dot + 1 < name.n ? name.s[dot + 1] : '\0';

	if (digit < '1' || digit > '8')
		return (struct str){0};
	return str_printf(r->a, "man%c/", digit);
}

/* The destination beneath the prefix: a `..` may go up, but not out. */
static int
destination(struct reader *r, const struct section *s, struct str name, bool given, struct opam_span at,
	    struct str *out)
{
	struct str own = s->own ? str_printf(r->a, "%.*s/", STR_ARG(r->package)) : (struct str){0};
	struct str path, man = {0};

	if (str_is(str_of(s->name), "man") && (!given || str_chr(name, '/') < 0)) {
		man = man_folder(r, name);
		if (!man.n && !given)
			return opam_err(r->e, r->t, at, "'%.*s' names no section of the manual: give a destination",
					SHOWN(name));
	}
	if (!name.n || name.s[0] == '/')
		return opam_err(r->e, r->t, at, "the destination '%.*s' must be a path beneath the prefix",
				SHOWN(name));
	path = str_printf(r->a, "%s%s%.*s%.*s%.*s", s->folder, *s->folder ? "/" : "", STR_ARG(own), STR_ARG(man),
			  STR_ARG(name));
	if (!path_normalise(r->a, path, out) || !path_is_plain(*out))
		return opam_err(r->e, r->t, at, "the destination '%.*s' leads out of the prefix", SHOWN(name));
	return 0;
}

static int
read_entry(struct reader *r, const struct section *s, const struct opam_value *v)
{
	const struct opam_value *value, *braces;
	struct opam_install_entry entry = {.executable = s->executable, .at = v->at};
	struct str dst = {0};

	if (opam_option(r->t, v, &value, &braces, r->e) < 0 || opam_string(r->t, value, &entry.src, r->e) < 0 ||
	    (braces && opam_string(r->t, braces, &dst, r->e) < 0))
		return -1;
	if (entry.src.n && entry.src.s[0] == '?') {
		entry.optional = true;
		entry.src = str_sub(entry.src, 1, entry.src.n);
	}
	if (!path_normalise(r->a, entry.src, &entry.src) || !path_is_plain(entry.src))
		return opam_err(r->e, r->t, v->at, "'%.*s' is no file of the build folder", SHOWN(entry.src));
	if (destination(r, s, braces ? dst : path_base(entry.src), braces != NULL, v->at, &entry.dst) < 0)
		return -1;
	vec_push(r->a, &r->entries, entry);
	return 0;
}

static int
read_section(struct reader *r, const struct opam_item *item)
{
	const struct section *s = section_of(item->name);
	const struct opam_value *v = item->value;
	struct opam_seq seq;

	if (str_is(item->name, "opam-version") || str_starts(item->name, "x-"))
		return 0;
	if (str_is(item->name, "misc"))
		return opam_err(r->e, r->t, item->at, "misc installs outside the prefix, which pkg never does");
	if (!s || !v)
		return opam_err(r->e, r->t, item->at, "unknown section %.*s", SHOWN(item->name));
	if (opam_elements(r->t, &v, 1, &seq, NULL, r->e) < 0)
		return -1;
	for (size_t i = 0; i < seq.n; i++)
		if (read_entry(r, s, seq.v[i]) < 0)
			return -1;
	return 0;
}

int
opam_install(struct arena *a, const char *path, struct str text, struct str package, struct opam_install *out,
	     struct err *e)
{
	struct opam_text *t = arena_new(a, struct opam_text);
	struct reader r = {.a = a, .t = t, .package = package, .e = e};

	if (opam_parse(a, path, text, t, e) < 0)
		return -1;
	for (size_t i = 0; i < t->n; i++)
		if (read_section(&r, &t->items[i]) < 0)
			return -1;
	*out = (struct opam_install){r.entries.v, r.entries.n};
	return 0;
}
