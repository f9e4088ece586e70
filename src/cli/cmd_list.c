#include "cli/ctx.h"
#include "cli/listing.h"
#include "cli/out.h"

struct list_options {
	bool available, all, installed, roots, pinned, compiler;
	struct opt_list depends_on, required_by, conflicts_with, flags, tags, fields, repos, columns;
	bool recursive, depopts, with_test, with_doc, post;
	bool shortly, all_versions, sorted, silent, no_switch;
};

static struct opam_strings
strings(const struct opt_list *list)
{
	return (struct opam_strings){list->v, list->n};
}

/* --- what is asked for --- */

static int
atoms(struct ctx *c, const struct opt_list *list, struct select_atoms *out, struct err *e)
{
	out->v = arena_array(c->a, const struct opam_formula *, list->n + 1);
	for (out->n = 0; out->n < list->n; out->n++)
		if (opam_atom(c->a, list->v[out->n], &out->v[out->n], e) < 0)
			return -1;
	return 0;
}

static int
marks(const struct list_options *o, struct select *what, struct err *e)
{
	for (size_t i = 0; i < o->flags.n; i++)
		if (!opam_flag_add(&what->flags, o->flags.v[i]))
			return err_set(e, ERR_USAGE, "there is no flag '%.*s'", STR_ARG(o->flags.v[i]));
	if (o->compiler)
		what->flags |= FLAG_COMPILER;
	for (size_t i = 0; i < o->fields.n; i++) {
		struct str rest = o->fields.v[i], name;

		str_cut(&rest, ':', &name);
		if (name.n == o->fields.v[i].n || !opam_field_known(name)) {
			err_set(e, ERR_USAGE, "--field-match: '%.*s' names no field",
				STR_ARG(o->fields.v[i]));
			return err_hint(e, "FIELD:GLOB, as in --field-match 'license:*MIT*'");
		}
	}
	return 0;
}

static bool
narrows(const struct select *what)
{
	return what->patterns.n || what->depends_on.n || what->required_by.n || what->conflicts_with.n ||
	       what->flags || what->tags.n || what->fields.n || what->repos.n;
}

static unsigned
named_states(const struct list_options *o)
{
	return (o->available ? SELECT_AVAILABLE : 0) | (o->installed ? SELECT_INSTALLED : 0) |
	       (o->roots ? SELECT_ROOTS : 0) | (o->pinned ? SELECT_PINNED : 0);
}

/* As in opam: with any selector what is installed or available, or all where there is no switch. */
static unsigned
usual_states(const struct listing *l)
{
	return l->state ? SELECT_AVAILABLE : 0;
}

/* Without a word the question is about the switch. */
static bool
needs_switch(const struct list_options *o, const struct select *what)
{
	return (what->states & (SELECT_INSTALLED | SELECT_ROOTS | SELECT_PINNED)) ||
	       (!what->states && !o->all && !narrows(what));
}

static int
selection(struct ctx *c, const struct list_options *o, char **patterns, int n, struct select *what,
	  struct err *e)
{
	*what = (struct select){.recursive = o->recursive,
				.depopts = o->depopts,
				.all_versions = o->all_versions,
				.by_dependency = o->sorted,
				.tags = strings(&o->tags),
				.fields = strings(&o->fields),
				.repos = strings(&o->repos)};
	what->patterns.v = arena_array(c->a, struct str, (size_t)n + 1);
	for (int i = 0; i < n; i++)
		what->patterns.v[what->patterns.n++] = str_of(patterns[i]);
	if (atoms(c, &o->depends_on, &what->depends_on, e) < 0 ||
	    atoms(c, &o->required_by, &what->required_by, e) < 0 ||
	    atoms(c, &o->conflicts_with, &what->conflicts_with, e) < 0 || marks(o, what, e) < 0)
		return -1;
	what->states = named_states(o);
	return 0;
}

struct filter {
	struct select *what;
	const struct state *state;
};

/* Only names that can be listed are looked up, so that listing what is installed costs no more than that. */
static bool
is_wanted(void *ctx, struct str name)
{
	const struct filter *f = ctx;

	if (!select_wants(f->what, name))
		return false;
	if (!(f->what->states & SELECT_INSTALLED) || f->what->depends_on.n || f->what->required_by.n ||
	    f->what->conflicts_with.n)
		return true;
	return f->state && state_record(f->state, name);
}

/* --- the answer --- */

/* The members of `data`; only where they are read, since they cost more than the text. */
static int
add_json(struct listing *l, const struct selected *list, struct err *e)
{
	struct json *j = out_data(l->c);

	json_key_c(j, "switch", l->switch_name);
	json_key_array(j, "packages");
	for (size_t i = 0; i < list->n; i++) {
		json_object(j);
		if (listing_json(l, j, list->v[i], e) < 0)
			return -1;
		json_end(j);
	}
	json_end(j);
	return 0;
}

static struct opam_strings
default_columns(struct ctx *c, const struct list_options *o, const struct select *what)
{
	static const char *const installed[] = {"name", "version", "root", "source-class", "source"};
	static const char *const others[] = {"name", "version", "state", "synopsis"};
	static const char *const names[] = {"name"}, *const packages[] = {"package"};
	bool wide = !(what->states & (SELECT_INSTALLED | SELECT_ROOTS | SELECT_PINNED));
	const char *const *from = wide ? others : installed;
	struct opam_strings list = {arena_array(c->a, struct str, COUNT_OF(installed)), 0};
	size_t n = wide ? COUNT_OF(others) : COUNT_OF(installed);

	if (o->shortly) {
		from = o->all_versions ? packages : names;
		n = 1;
	}
	while (list.n < n) {
		list.v[list.n] = str_of(from[list.n]);
		list.n++;
	}
	return list;
}

static int
open_listing(struct ctx *c, const struct list_options *o, struct select *what, struct listing *l,
	     struct err *e)
{
	bool needs = needs_switch(o, what);
	enum listing_of of = needs ? LISTING_SWITCH : LISTING_BOTH;

	if (o->no_switch && needs)
		return err_set(e, ERR_USAGE, "--no-switch leaves nothing that is installed");
	if (listing_new(c, o->no_switch ? LISTING_REPOSITORIES : of, l, e) < 0)
		return -1;
	if (!what->states && !o->all)
		what->states = needs ? SELECT_INSTALLED : usual_states(l);
	l->catalog.with_test = o->with_test;
	l->catalog.with_doc = o->with_doc;
	l->catalog.post = o->post;
	l->columns = o->columns.n ? strings(&o->columns) : default_columns(c, o, what);
	if (listing_check(&l->columns, e) < 0)
		return -1;
	return catalog_open(&l->catalog, is_wanted, &(struct filter){what, l->state}, e);
}

static int
repos_known(struct ctx *c, const struct list_options *o, struct err *e)
{
	for (size_t i = 0; i < o->repos.n; i++)
		if (!repo_find(&c->apply.repos, o->repos.v[i], e))
			return -1;
	return 0;
}

static int
run(struct ctx *c, const struct list_options *o, char **patterns, int n, struct err *e)
{
	struct selected list;
	struct listing l;
	struct select what;

	if (repos_known(c, o, e) < 0 || selection(c, o, patterns, n, &what, e) < 0 ||
	    open_listing(c, o, &what, &l, e) < 0 || select_versions(&l.catalog, &what, &list, e) < 0 ||
	    (c->global.json && add_json(&l, &list, e) < 0) || (!o->silent && listing_rows(&l, &list, e) < 0))
		return -1;
	if (!o->silent && !list.n)
		out_message(c, "nothing is found\n");
	return o->silent && !list.n ? CMD_STATUS + ERR_FALSE : 0;
}

int
cmd_list(struct ctx *c, int argc, char **argv, struct err *e)
{
	struct list_options o = {0};
	const struct opt options[] = {
		{OPT_FLAG, 'i', "installed", NULL, "installed ones (the default without a selector)",
		 &o.installed},
		{OPT_FLAG, 0, "roots", NULL, "installed because they were asked for", &o.roots},
		{OPT_FLAG, 0, "installed-roots", NULL, "the same", &o.roots},
		{OPT_FLAG, 'a', "available", NULL, "installed, or available on this system", &o.available},
		{OPT_FLAG, 'A', "all", NULL, "all that there are", &o.all},
		{OPT_FLAG, 0, "pinned", NULL, "pinned ones", &o.pinned},
		{OPT_FLAG, 0, "compiler", NULL, "with the flag `compiler`", &o.compiler},
		{OPT_LIST, 0, "depends-on", "PACKAGES", "which depend on one of these", &o.depends_on},
		{OPT_LIST, 0, "required-by", "PACKAGES", "on which one of these depends", &o.required_by},
		{OPT_LIST, 0, "conflicts-with", "PACKAGES", "which exclude one of these", &o.conflicts_with},
		{OPT_FLAG, 0, "recursive", NULL, "dependencies of dependencies too", &o.recursive},
		{OPT_FLAG, 0, "depopts", NULL, "optional dependencies count", &o.depopts},
		{OPT_FLAG, 't', "with-test", NULL, "dependencies of tests count", &o.with_test},
		{OPT_FLAG, 'd', "with-doc", NULL, "dependencies of documentation count", &o.with_doc},
		{OPT_FLAG, 0, "post", NULL, "dependencies marked `post` count", &o.post},
		{OPT_LIST, 0, "has-flag", "FLAGS", "which have all these flags", &o.flags},
		{OPT_LIST, 0, "has-tag", "TAGS", "which have all these tags", &o.tags},
		{OPT_LIST, 0, "field-match", "FIELD:GLOB", "whose field holds this", &o.fields},
		{OPT_LIST, 0, "repos", "REPOSITORIES", "from these repositories", &o.repos},
		{OPT_FLAG, 's', "short", NULL, "names only, one a line", &o.shortly},
		{OPT_FLAG, 'V', "all-versions", NULL, "every version, not one of each package",
		 &o.all_versions},
		{OPT_LIST, 0, "columns", "COLUMNS", "what is shown of each", &o.columns},
		{OPT_FLAG, 'S', "sort", NULL, "in an order in which they could be installed", &o.sorted},
		{OPT_FLAG, 0, "no-switch", NULL, "what the repositories have, whatever is installed",
		 &o.no_switch},
		{OPT_FLAG, 0, "check", NULL, "say nothing: exit 0 when there are some, else 1", &o.silent},
		{OPT_FLAG, 0, "silent", NULL, "the same", &o.silent},
		{.name = NULL},
	};
	int n;

	if (cmd_options(c, options, argc, argv, &n, e) < 0)
		return -1;
	return n < 0 ? 0 : run(c, &o, argv, n, e);
}
