#include "opam/install.h"

#include "base/path.h"
#include "base/vec.h"
#include "opam/header.h"
#include "opam/parse.h"
#include "opam/text.h"
#include "opam/typed.h"
#include "opam/version.h"

/* Sections of a `.install` and where their files go. */
static const struct section {
	const char *name;
	const char *dir;
	bool own; /* in a folder of the package's name */
	bool executable;
} sections[] = {
	{"lib", "lib", true, false},
	{"lib_root", "lib", false, false},
	{"libexec", "lib", true, true},
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
	struct err *e;
	struct str package;
	VEC(struct opam_install_entry) entries;
};

static bool
has_control_bytes(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.s[i] < ' ' || s.s[i] == 0x7f)
			return true;
	return false;
}

/* `man1/` for `x.1`, `x.1.gz`, `x.1ssl`; NULL for a page without a section. */
static const char *
man_dir(struct arena *a, struct str file)
{
	ptrdiff_t dot;

	if (str_ends(file, ".gz"))
		file.n -= 3;
	dot = str_rchr(file, '.');
	if (dot < 0 || (size_t)dot + 1 == file.n || file.s[dot + 1] < '1' || file.s[dot + 1] > '8')
		return NULL;
	return arena_printf(a, "man%c", file.s[dot + 1]);
}

/* A path below `dir`, where it lies in the prefix; it may climb, but not out. */
static int
inside(struct reader *r, struct str dir, struct str path, struct opam_span at, struct str *out)
{
	struct str whole = dir.n ? str_printf(r->a, STR_FMT "/" STR_FMT, STR_ARG(dir), STR_ARG(path)) : path;

	if (str_starts(path, "/"))
		return opam_err(r->e, r->t, at, "'%.*s' is an absolute path", SHOWN(path));
	if (!path.n || path.s[path.n - 1] == '/' || has_control_bytes(path) || str_is(path_base(path), ".") ||
	    str_is(path_base(path), ".."))
		return opam_err(r->e, r->t, at, "'%.*s' does not name a file", SHOWN(path));
	if (!path_normalise(r->a, whole, out) || str_is(*out, "."))
		return opam_err(r->e, r->t, at, "'%.*s' leads out of the %s", SHOWN(path),
				dir.n ? "prefix" : "folder");
	return 0;
}

static struct str
section_dir(struct reader *r, const struct section *s)
{
	if (!s->own)
		return str_of(s->dir);
	return str_printf(r->a, "%s/" STR_FMT, s->dir, STR_ARG(r->package));
}

/* Where the file goes: by the name that is given, or by its own. */
static int
destination(struct reader *r, const struct section *s, const struct opam_value *given, struct str src,
	    struct opam_span at, struct str *out)
{
	struct str dir = section_dir(r, s), name = path_base(src);
	const char *man;

	if (given) {
		if (opam_string(r->t, given, &name, r->e) < 0)
			return -1;
		at = given->at;
	} else if (str_is(STR("man"), s->name)) {
		man = man_dir(r->a, name);
		if (!man)
			return opam_err(r->e, r->t, at,
					"'%.*s' has no section from 1 to 8: say where it goes in braces",
					SHOWN(name));
		dir = str_printf(r->a, "%s/%s", s->dir, man);
	}
	if (inside(r, dir, name, at, out) < 0)
		return -1;
	if (path_under(*out, STR(".opam-switch")))
		return opam_err(r->e, r->t, at, "'%.*s' belongs to the switch, not to a package",
				SHOWN(*out));
	return 0;
}

static int
read_entry(struct reader *r, const struct section *s, const struct opam_value *v)
{
	struct opam_install_entry entry = {.executable = s->executable, .at = v->at};
	const struct opam_value *name = v->kind == OPAM_OPTION ? v->kids[0] : v;
	struct str src;

	if (v->kind == OPAM_OPTION && v->n > 2)
		return opam_err(r->e, r->t, v->kids[2]->at, "expected one destination in braces");
	if (opam_string(r->t, name, &src, r->e) < 0)
		return -1;
	if (str_starts(src, "?")) {
		entry.optional = true;
		src = str_sub(src, 1, src.n);
	}
	if (inside(r, STR(""), src, name->at, &entry.src) < 0 ||
	    destination(r, s, v->kind == OPAM_OPTION && v->n == 2 ? v->kids[1] : NULL, entry.src, name->at,
			&entry.dst) < 0)
		return -1;
	vec_push(r->a, &r->entries, entry);
	return 0;
}

static int
read_section(struct reader *r, const struct opam_item *item, unsigned *seen)
{
	struct opam_seq seq;
	size_t s = 0;

	while (s < COUNT_OF(sections) && !str_is(item->name, sections[s].name))
		s++;
	if (str_is(item->name, "misc"))
		return opam_err(r->e, r->t, item->at, "misc would install outside of the prefix");
	if (s == COUNT_OF(sections) || !item->value)
		return opam_err(r->e, r->t, item->at, "unknown section '%.*s'", SHOWN(item->name));
	if (*seen & 1u << s)
		return opam_err(r->e, r->t, item->at, "repeated section %s", sections[s].name);
	*seen |= 1u << s;
	if (opam_elements(r->t, (const struct opam_value *const *)&item->value, 1, &seq, NULL, r->e) < 0)
		return -1;
	for (size_t i = 0; i < seq.n; i++)
		if (read_entry(r, &sections[s], seq.v[i]) < 0)
			return -1;
	return 0;
}

int
opam_install(struct arena *a, const char *path, struct str text, struct str package, struct opam_install *out,
	     struct err *e)
{
	struct opam_text t;
	struct reader r = {.a = a, .t = &t, .e = e, .package = package};
	unsigned seen = 0;

	if (opam_parse(a, path, text, &t, e) < 0 || opam_header_optional(&t, NULL, e) < 0)
		return -1;
	for (size_t i = 0; i < t.n; i++)
		if (!str_is(t.items[i].name, "opam-version") && read_section(&r, &t.items[i], &seen) < 0)
			return -1;
	*out = (struct opam_install){r.entries.v, r.entries.n};
	return 0;
}
