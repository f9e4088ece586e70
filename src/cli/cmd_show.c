#include "base/buf.h"
#include "cli/cmd_show.h"
#include "cli/ctx.h"
#include "cli/operand.h"
#include "cli/out.h"
#include "opam/print.h"
#include "opam/version.h"
#include "solver/solver.h"

static int
not_found(struct ctx *c, struct str name, struct err *e)
{
	struct opam_strings names = {0}, close = {0};

	err_set(e, ERR_NOTFOUND, "there is no package %.*s", STR_ARG(name));
	if (repo_names(c->root.store, c->a, &c->apply.repos, &names, e) < 0)
		return -1;
	if (solver_similar(c->a, &names, name, &close) == 0 && close.n)
		err_hint(e, "did you mean %.*s?", STR_ARG(close.v[0]));
	return -1;
}

static const struct repo_package *
find_version(const struct repo_packages *versions, struct str version)
{
	for (size_t i = 0; i < versions->n; i++)
		if (!version.n || str_eq(versions->v[i].version, version))
			return &versions->v[i];
	return NULL;
}

static int
installed_definition(struct ctx *c, struct shown *s, struct err *e)
{
	struct str text;

	s->version = s->installed->version;
	if (store_blob_read(c->root.store, c->a, &s->installed->definition, &text, e) < 0)
		return -1;
	return opam_definition(c->a, arena_printf(c->a, "packages/%.*s/opam", STR_ARG(s->name)), text,
			       &s->definition, e);
}

static int
find_shown(struct ctx *c, const char *arg, const struct state *state, struct shown *s, struct err *e)
{
	struct str version = {0}, name = str_of(arg);
	const struct repo_package *best;

	if (!opam_name_valid(name) && !opam_name_version_cut(str_of(arg), &name, &version))
		return err_set(e, ERR_USAGE, "'%s' is no package name", out_safe(c, name));
	*s = (struct shown){.name = name, .installed = state_record(state, name)};
	if (repo_versions(c->root.store, c->a, &c->apply.repos, name, &s->versions, e) < 0)
		return -1;
	if (!version.n && s->installed)
		version = s->installed->version;
	if (s->installed && str_eq(s->installed->version, version))
		return installed_definition(c, s, e);
	best = find_version(&s->versions, version);
	if (!best)
		return not_found(c, version.n && !s->versions.n ? name : str_of(arg), e);
	s->version = best->version;
	return repo_definition(c->root.store, c->a, best, &s->definition, e);
}

static void
line(struct ctx *c, const char *label, struct str text)
{
	if (text.n)
		out("%-16s %s\n", label, out_safe(c, out_folded(c->a, text)));
}

/* Lines that a definition wrote: none begins where those of pkg do. */
static void
inset(struct ctx *c, struct str text)
{
	struct str rest = text, one;

	while (str_cut(&rest, '\n', &one))
		out("%s%s\n", str_trim(one).n ? "  " : "", out_safe(c, one));
}

static struct str
joined(struct ctx *c, struct opam_strings list)
{
	struct buf b = buf_new(c->a);

	for (size_t i = 0; i < list.n; i++)
		buf_printf(&b, "%s%.*s", i ? ", " : "", STR_ARG(list.v[i]));
	return buf_str(&b);
}

static struct str
versions_text(struct ctx *c, const struct shown *s)
{
	struct buf b = buf_new(c->a);

	for (size_t i = 0; i < s->versions.n; i++)
		buf_printf(&b, "%s%.*s", i ? ", " : "", STR_ARG(s->versions.v[i].version));
	return buf_str(&b);
}

int
show_depends(struct ctx *c, const struct shown *s, struct str *out_text, struct err *e)
{
	struct opam_dep_flags flags = {.build = true, .post = true};
	struct opam_scope scope = platform_scope(&c->apply.platform);
	const struct opam_formula *f;

	if (opam_formula(c->a, &s->definition.text, s->definition.depends, FORMULA_DEPENDS, &flags, &scope,
			 &f, e) < 0)
		return -1;
	*out_text = (struct str){0};
	if (f->kind != FORMULA_TRUE)
		*out_text = opam_formula_text(c->a, f);
	return 0;
}

static void
show_text(struct ctx *c, const struct shown *s, struct str depends)
{
	const struct opam_definition *d = &s->definition;
	const struct record *r = s->installed;

	line(c, "name", s->name);
	line(c, "version", s->version);
	line(c, "versions", versions_text(c, s));
	line(c, "synopsis", d->synopsis);
	line(c, "homepage", joined(c, d->homepage));
	line(c, "license", joined(c, d->license));
	line(c, "maintainer", joined(c, d->maintainer));
	line(c, "depends", depends);
	line(c, "source", d->url.present ? d->url.src.text : STR("none"));
	line(c, "commit", d->x_commit_hash);
	if (r && str_eq(r->version, s->version)) {
		line(c, "installed",
		     str_printf(c->a, "from %s, source class %s", r->repo.n ? str_c(c->a, r->repo) : "a pin",
				source_class_text(r->source.class)));
		line(c, "tree", oid_str(&r->source.tree));
		line(c, "input id", r->input_id);
		line(c, "build key", r->build_key);
		line(c, "output", oid_str(&r->output));
	}
	if (d->description.n)
		out("\n"), inset(c, d->description);
}

/* --- fields --- */

/* Their own names, besides those of a definition. */
static bool
is_field(struct str name)
{
	return str_is(name, "versions") || str_is(name, "installed-version") || str_starts(name, "url.") ||
	       opam_field_known(name);
}

static int
check_options(const struct show_options *o, struct err *e)
{
	if (o->raw + o->all_versions + (o->fields.n > 0) > 1)
		return err_set(e, ERR_USAGE, "--field, --raw and --all-versions exclude each other");
	for (size_t i = 0; i < o->fields.n; i++)
		if (!is_field(o->fields.v[i]))
			return err_set(e, ERR_USAGE, "a definition has no field %.*s",
				       STR_ARG(o->fields.v[i]));
	return 0;
}

/* A text as it is, texts with commas between them, anything else as it is written. */
static struct str
value_text(struct ctx *c, const struct opam_value *v)
{
	struct opam_strings list = {0};

	if (v->kind == OPAM_STRING)
		return str_trim(v->s);
	if (v->kind != OPAM_LIST)
		return opam_value_text(c->a, v);
	list.v = arena_array(c->a, struct str, v->n);
	for (size_t i = 0; i < v->n; i++) {
		if (v->kids[i]->kind != OPAM_STRING)
			return opam_value_text(c->a, v);
		list.v[list.n++] = v->kids[i]->s;
	}
	return joined(c, list);
}

static struct str
url_field(struct ctx *c, const struct opam_text *t, struct str name)
{
	for (size_t i = 0; i < t->n; i++)
		for (size_t j = 0; !t->items[i].value && str_is(t->items[i].name, "url") && j < t->items[i].n;
		     j++)
			if (str_eq(t->items[i].items[j].name, name) && t->items[i].items[j].value)
				return value_text(c, t->items[i].items[j].value);
	return (struct str){0};
}

/* Empty when it is not there. */
struct str
show_field(struct ctx *c, const struct shown *s, struct str name)
{
	const struct opam_value *v;

	if (str_is(name, "name"))
		return s->name;
	if (str_is(name, "version"))
		return s->version;
	if (str_is(name, "versions"))
		return versions_text(c, s);
	if (str_is(name, "installed-version"))
		return s->installed ? s->installed->version : (struct str){0};
	if (str_starts(name, "url."))
		return url_field(c, &s->definition.text, str_sub(name, 4, name.n));
	v = opam_field(&s->definition, str_c(c->a, name));
	return v ? value_text(c, v) : (struct str){0};
}

static void
show_fields(struct ctx *c, const struct shown *s, const struct show_options *o)
{
	for (size_t i = 0; i < o->fields.n; i++) {
		struct str text = show_field(c, s, o->fields.v[i]);

		if (o->fields.n == 1)
			out("%s\n", out_safe_lines(c, text));
		else if (str_chr(text, '\n') < 0)
			out("%s: %s\n", out_safe(c, o->fields.v[i]), out_safe(c, text));
		else
			out("%s:\n", out_safe(c, o->fields.v[i])), inset(c, text);
	}
}

/* --- the command --- */

static void
show_versions(struct ctx *c, const struct shown *s)
{
	bool listed = false;

	for (size_t i = 0; i < s->versions.n; i++) {
		out("%s.%s\n", out_safe(c, s->name), out_safe(c, s->versions.v[i].version));
		listed |= s->installed && str_eq(s->installed->version, s->versions.v[i].version);
	}
	if (s->installed && !listed)
		out("%s.%s\n", out_safe(c, s->name), out_safe(c, s->installed->version));
}

bool
show_is_chosen(const struct show_options *o)
{
	return o->raw || o->all_versions || o->fields.n;
}

static int
show(struct ctx *c, const struct shown *s, const struct show_options *o, struct err *e)
{
	struct str depends = {0};

	if (o->raw) {
		out_bytes(c, s->definition.text.text);
	} else if (o->all_versions) {
		show_versions(c, s);
	} else if (o->fields.n) {
		show_fields(c, s, o);
	} else {
		if (show_depends(c, s, &depends, e) < 0)
			return -1;
		show_text(c, s, depends);
	}
	return 0;
}

int
cmd_show(struct ctx *c, int argc, char **argv, struct err *e)
{
	struct show_options o = {0};
	const struct opt options[] = {
		{OPT_LIST, 'f', "field", "FIELDS", "only these fields of the definition", &o.fields},
		{OPT_FLAG, 0, "raw", NULL, "the definition, byte for byte", &o.raw},
		{OPT_FLAG, 0, "all-versions", NULL, "the versions that there are, one a line",
		 &o.all_versions},
		{.name = NULL},
	};
	struct state state = {0};
	struct err no_switch;
	const char *name;
	struct oid head;
	struct shown *list;
	int n;

	if (cmd_options(c, options, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (n == 0)
		return err_set(e, ERR_USAGE, "which package?"), err_hint(e, "pkg show PACKAGE...");
	if (check_options(&o, e) < 0 || operand_lists(c, &argv, &n, e) < 0)
		return -1;
	if (ctx_state(c, &name, &head, &state, &no_switch) < 0 && no_switch.code != ERR_CONFIG)
		return *e = no_switch, -1;
	list = arena_array(c->a, struct shown, (size_t)n);
	for (int i = 0; i < n; i++)
		if (find_shown(c, argv[i], &state, &list[i], e) < 0)
			return -1;
	for (int i = 0; i < n; i++) {
		if (i && !show_is_chosen(&o))
			out("\n");
		if (show(c, &list[i], &o, e) < 0)
			return -1;
	}
	return c->global.json ? show_json(c, list, (size_t)n, &o, e) : 0;
}
