#include <fnmatch.h>

#include "cli/ctx.h"
#include "cli/out.h"

static bool
matches(struct ctx *c, struct str name, char **patterns, int n)
{
	for (int i = 0; i < n; i++)
		if (fnmatch(patterns[i], str_c(c->a, name), 0) == 0)
			return true;
	return n == 0;
}

static bool
is_root(const struct state *s, struct str name)
{
	for (size_t i = 0; i < s->roots.n; i++)
		if (str_eq(s->roots.v[i], name))
			return true;
	return false;
}

/* What identifies the source, short enough for a table. */
static const char *
identity(struct ctx *c, const struct record *r)
{
	const struct fetched *f = &r->source;

	if (f->class == SOURCE_NONE)
		return "";
	if (f->class == SOURCE_COMMIT)
		return arena_printf(c->a, "%.12s", f->commit.hex);
	return arena_printf(c->a, "tree %.12s", f->tree.hex);
}

static void
json_package(struct json *j, const struct state *s, const struct record *r)
{
	json_object(j);
	json_key_str(j, "name", r->name);
	json_key_str(j, "version", r->version);
	json_key_bool(j, "root", is_root(s, r->name));
	json_key_str(j, "repository", r->repo);
	json_key_c(j, "source", source_class_text(r->source.class));
	json_key_c(j, "commit", r->source.commit.hex);
	json_key_c(j, "tree", r->source.tree.hex);
	out_json_sha256(j, "input_id", r->input_id);
	json_key_c(j, "output", r->output.hex);
	json_end(j);
}

int
cmd_list(struct ctx *c, int argc, char **argv, struct err *e)
{
	bool shortly = false;
	const struct opt options[] = {
		{OPT_FLAG, 's', "short", NULL, "names only, one a line", &shortly},
		{.name = NULL},
	};
	struct opam_strings rows = {0};
	struct state state = {0};
	const char *name;
	struct oid head;
	struct json *j;
	int n;

	if (cmd_options(c, options, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (ctx_state(c, &name, &head, &state, e) < 0)
		return -1;
	j = out_data(c);
	json_key_c(j, "switch", name);
	json_key_array(j, "packages");
	rows.v = arena_array(c->a, struct str, state.record_count + 1);
	for (size_t i = 0; i < state.record_count; i++) {
		const struct record *r = &state.records[i];

		if (!matches(c, r->name, argv, n))
			continue;
		json_package(j, &state, r);
		if (shortly)
			out("%s\n", out_safe(c, r->name));
		else
			rows.v[rows.n++] =
				str_printf(c->a, "%.*s\t%.*s\t%s\t%s\t%s", STR_ARG(r->name),
					   STR_ARG(r->version), is_root(&state, r->name) ? "root" : "-",
					   source_class_text(r->source.class), identity(c, r));
	}
	json_end(j);
	out_table(c, &rows);
	return 0;
}
