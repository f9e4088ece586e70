#include "base/buf.h"
#include "cli/ctx.h"
#include "cli/out.h"
#include "opam/version.h"
#include "solver/solver.h"

struct shown {
	struct str name;
	struct opam_definition definition;
	struct str version;		/* the one shown */
	struct repo_packages versions;	/* what the repositories have */
	const struct record *installed; /* or NULL */
};

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

static int
find_shown(struct ctx *c, const char *arg, const struct state *state, struct shown *s, struct err *e)
{
	struct str version = {0}, name = str_of(arg);
	const struct repo_package *best = NULL;
	struct str text;

	if (!opam_name_valid(name) && !opam_name_version_cut(str_of(arg), &name, &version))
		return err_set(e, ERR_USAGE, "'%s' is no package name", arg);
	*s = (struct shown){.name = name, .installed = state_record(state, name)};
	if (repo_versions(c->root.store, c->a, &c->apply.repos, name, &s->versions, e) < 0)
		return -1;
	if (!version.n && s->installed)
		version = s->installed->version;
	for (size_t i = 0; i < s->versions.n && !best; i++)
		if (!version.n || str_eq(s->versions.v[i].version, version))
			best = &s->versions.v[i];
	if (s->installed && str_eq(s->installed->version, version)) {
		s->version = version;
		if (store_blob_read(c->root.store, c->a, &s->installed->definition, &text, e) < 0)
			return -1;
		return opam_definition(c->a, arena_printf(c->a, "packages/%.*s/opam", STR_ARG(name)), text,
				       &s->definition, e);
	}
	if (!best)
		return not_found(c, version.n && !s->versions.n ? name : str_of(arg), e);
	s->version = best->version;
	return repo_definition(c->root.store, c->a, best, &s->definition, e);
}

static void
line(struct ctx *c, const char *label, struct str text)
{
	if (text.n)
		out("%-16s %s\n", label, out_safe_lines(c, text));
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

static int
depends_text(struct ctx *c, const struct shown *s, struct str *out_text, struct err *e)
{
	struct opam_dep_flags flags = {.build = true, .post = true};
	struct opam_scope scope = platform_scope(&c->apply.platform);
	const struct opam_formula *f;

	if (opam_formula(c->a, &s->definition.text, s->definition.depends, FORMULA_DEPENDS, &flags, &scope, &f, e) < 0)
		return -1;
	*out_text = f->kind == FORMULA_TRUE ? (struct str){0} : opam_formula_text(c->a, f);
	return 0;
}

static void
show_text(struct ctx *c, const struct shown *s, struct str depends)
{
	const struct opam_definition *d = &s->definition;
	const struct record *r = s->installed;

	line(c, "name", s->name);
	line(c, "version", s->version);
	line(c, "available", versions_text(c, s));
	line(c, "synopsis", d->synopsis);
	line(c, "homepage", joined(c, d->homepage));
	line(c, "license", joined(c, d->license));
	line(c, "maintainer", joined(c, d->maintainer));
	line(c, "depends", depends);
	line(c, "source", d->url.present ? d->url.src.text : STR("none"));
	line(c, "commit", d->x_commit_hash);
	if (r && str_eq(r->version, s->version)) {
		line(c, "installed", str_printf(c->a, "from %s, source class %s", r->repo.n ? str_c(c->a, r->repo) : "a pin",
						source_class_text(r->source.class)));
		line(c, "tree", oid_str(&r->source.tree));
		line(c, "input id", r->input_id);
		line(c, "build key", r->build_key);
		line(c, "output", oid_str(&r->output));
	}
	if (d->description.n)
		out("\n%s\n", out_safe_lines(c, d->description));
}

static void
json_strings(struct json *j, const char *key, struct opam_strings list)
{
	json_key_array(j, key);
	for (size_t i = 0; i < list.n; i++)
		json_add_str(j, list.v[i]);
	json_end(j);
}

static void
show_json(struct json *j, const struct shown *s, struct str depends)
{
	const struct opam_definition *d = &s->definition;

	json_object(j);
	json_key_str(j, "name", s->name);
	json_key_str(j, "version", s->version);
	json_key_array(j, "versions");
	for (size_t i = 0; i < s->versions.n; i++)
		json_add_str(j, s->versions.v[i].version);
	json_end(j);
	json_key_str(j, "synopsis", d->synopsis);
	json_key_str(j, "description", d->description);
	json_strings(j, "homepage", d->homepage);
	json_strings(j, "license", d->license);
	json_key_str(j, "depends", depends);
	if (d->url.present)
		json_key_str(j, "source", d->url.src.text);
	json_key_str(j, "declared_commit", d->x_commit_hash);
	json_key_bool(j, "installed", s->installed && str_eq(s->installed->version, s->version));
	if (s->installed && str_eq(s->installed->version, s->version)) {
		json_key_c(j, "source_class", source_class_text(s->installed->source.class));
		json_key_c(j, "tree", s->installed->source.tree.hex);
		json_key_c(j, "commit", s->installed->source.commit.hex);
		json_key_str(j, "input_id", s->installed->input_id);
		json_key_str(j, "build_key", s->installed->build_key);
		json_key_c(j, "output", s->installed->output.hex);
	}
	json_end(j);
}

int
cmd_show(struct ctx *c, int argc, char **argv, struct err *e)
{
	struct state state = {0};
	struct err no_switch;
	const char *name;
	struct oid head;
	struct json j;
	int n;

	if (cmd_options(c, NULL, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (n == 0)
		return err_set(e, ERR_USAGE, "which package?"), err_hint(e, "pkg show PACKAGE...");
	if (ctx_state(c, &name, &head, &state, &no_switch) < 0 && no_switch.code != ERR_CONFIG)
		return *e = no_switch, -1;
	if (c->global.json) {
		j = out_json_open(c);
		json_key_array(&j, "packages");
	}
	for (int i = 0; i < n; i++) {
		struct shown s;
		struct str depends;

		if (find_shown(c, argv[i], &state, &s, e) < 0 || depends_text(c, &s, &depends, e) < 0)
			return -1;
		if (c->global.json) {
			show_json(&j, &s, depends);
		} else {
			if (i)
				out("\n");
			show_text(c, &s, depends);
		}
	}
	if (c->global.json) {
		json_end(&j);
		out_json_close(c, &j, NULL);
	}
	return 0;
}
