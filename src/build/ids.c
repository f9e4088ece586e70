/* The two ids of a build. Both are hashes over named fields: what a reader of architecture.md §5
 * finds there is added here in that order. */
#include <stdlib.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/map.h"
#include "build/scope.h"
#include "build/source.h"
#include "opam/definition.h"

struct ids {
	const struct builder *b;
	struct arena *a;
	const struct build_job *job;
	struct scope_packages packages;
	struct build_scope *scope;
	struct digest *d;
};

static void
add(const struct ids *ids, const char *name, struct str value)
{
	digest_field(ids->d, name, value);
}

static void
add_number(const struct ids *ids, const char *name, int64_t number)
{
	add(ids, name, str_printf(ids->a, "%lld", (long long)number));
}

static void
add_strings(const struct ids *ids, const char *name, struct opam_strings list)
{
	add_number(ids, name, (int64_t)list.n);
	for (size_t i = 0; i < list.n; i++)
		add(ids, name, list.v[i]);
}

/* A value as it was written, without blanks and comments. */
static void
add_value(const struct ids *ids, const char *name, const struct opam_value *v)
{
	if (!v) {
		add(ids, name, STR("none"));
		return;
	}
	add(ids, name,
	    str_printf(ids->a, "%d %u %d %lld %zu", (int)v->kind, v->op, v->b, (long long)v->i, v->n));
	add(ids, name, v->s);
	for (size_t i = 0; i < v->n; i++)
		add_value(ids, name, v->kids[i]);
}

/* --- what both have --- */

static void
add_source(const struct ids *ids)
{
	const struct fetched *source = ids->job->source;

	if (source && source->class != SOURCE_NONE) {
		add(ids, "source", oid_str(&source->tree));
		add(ids, "source-sha256", str_of(source->tree_sha256));
		add_strings(ids, "source-empty",
			    (struct opam_strings){source->empty_dirs, source->empty_dir_count});
		add_number(ids, "source-epoch", source->epoch);
	}
	for (size_t i = 0; i < ids->job->extra_count; i++) {
		add(ids, "extra", ids->job->extras[i].name);
		add(ids, "extra-id", oid_str(&ids->job->extras[i].id));
		add(ids, "extra-sha256", ids->job->extras[i].sha256);
	}
}

static int
by_text(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static struct opam_strings
sorted(struct arena *a, struct opam_strings list)
{
	struct opam_strings copy = {arena_array(a, struct str, list.n), list.n};

	for (size_t i = 0; i < list.n; i++)
		copy.v[i] = list.v[i];
	if (copy.n)
		qsort(copy.v, copy.n, sizeof(*copy.v), by_text);
	return copy;
}

static void
add_common(const struct ids *ids, const char *format)
{
	const struct build_job *job = ids->job;

	add(ids, "format", str_of(format));
	add(ids, "name", job->name);
	add(ids, "version", job->version);
	add(ids, "arch", ids->b->platform->arch);
	add(ids, "os", ids->b->platform->os);
	add_source(ids);
	add_strings(ids, "substs", job->definition->substs);
	add_strings(ids, "x-images", job->definition->x_images);
	add_strings(ids, "depexts", sorted(ids->a, job->depexts));
	add_strings(ids, "toolchain", sorted(ids->a, ids->b->toolchain));
	/* A test run may leave files behind, and an output that was tested says so. */
	add(ids, "run-test", job->with_test && job->definition->run_test ? STR("yes") : STR("no"));
}

/* --- variables --- */

struct naming {
	const struct ids *ids;
	struct map names; /* "package:name", or "name" of globals and the package itself */
	bool packages;    /* those of dependencies too */
};

static void
found(void *ctx, struct str package, struct str name)
{
	struct naming *naming = ctx;
	struct arena *a = naming->ids->a;
	bool own = !package.n || str_is(package, "_") || str_eq(package, naming->ids->job->name);
	struct str key = package.n ? str_printf(a, STR_FMT ":" STR_FMT, STR_ARG(package), STR_ARG(name))
				   : str_dup(a, name);

	if (own || naming->packages)
		map_set(&naming->names, key, naming);
}

static void
add_names(const struct ids *ids, const struct naming *naming)
{
	struct opam_strings names = {arena_array(ids->a, struct str, naming->names.n), naming->names.n};

	for (size_t i = 0; i < names.n; i++)
		names.v[i] = naming->names.entries[i].key;
	names = sorted(ids->a, names);
	for (size_t i = 0; i < names.n; i++) {
		struct str name = names.v[i], package = {0};
		struct opam_var value = {0};

		/* Package names have no colon, variables neither. */
		if (str_chr(name, ':') >= 0)
			str_cut(&name, ':', &package);
		ids->scope->scope.get(&ids->scope->scope, ids->a, package, name, &value);
		add(ids, "variable", names.v[i]);
		add_number(ids, "variable-kind", value.kind);
		add(ids, "variable-value", opam_var_text(ids->a, value));
	}
}

/* What the templates of substs name. */
static int
name_substs(const struct ids *ids, struct naming *naming, struct err *e)
{
	struct opam_strings substs = ids->job->definition->substs;

	for (size_t i = 0; i < substs.n; i++) {
		struct str text;
		bool there;

		if (source_template(ids->b, ids->a, ids->job, substs.v[i], &text, &there, e) < 0)
			return -1;
		if (there)
			opam_text_variables(text, found, naming);
	}
	return 0;
}

/* --- the input id --- */

static void
add_updates(const struct ids *ids, const char *name, struct opam_env_updates list)
{
	add_number(ids, name, (int64_t)list.n);
	for (size_t i = 0; i < list.n; i++) {
		add(ids, name, list.v[i].name);
		add_number(ids, name, list.v[i].op);
		add(ids, name, list.v[i].value);
	}
}

static int
add_unexpanded(const struct ids *ids, struct err *e)
{
	const struct opam_definition *d = ids->job->definition;
	const struct opam_value *commands[] = {d->build, d->install,
					       ids->job->with_test ? d->run_test : NULL};
	const struct opam_env_updates updates[] = {d->build_env, d->setenv};
	struct naming naming = {ids, map_new(ids->a), false};

	for (size_t i = 0; i < COUNT_OF(commands); i++) {
		add_value(ids, "command", commands[i]);
		opam_filter_variables(commands[i], found, &naming);
	}
	for (size_t i = 0; i < d->patches.n; i++) {
		add(ids, "patch", d->patches.v[i].s);
		add_value(ids, "patch-filter", d->patches.v[i].filter);
		opam_text_variables(d->patches.v[i].s, found, &naming);
		opam_filter_variables(d->patches.v[i].filter, found, &naming);
	}
	for (size_t i = 0; i < COUNT_OF(updates); i++) {
		add_updates(ids, i ? "setenv" : "build-env", updates[i]);
		for (size_t k = 0; k < updates[i].n; k++)
			opam_text_variables(updates[i].v[k].value, found, &naming);
	}
	if (name_substs(ids, &naming, e) < 0)
		return -1;
	add_names(ids, &naming);
	return 0;
}

static struct str
end(const struct ids *ids)
{
	char hex[DIGEST_HEX_MAX + 1];

	digest_end(ids->d, hex);
	return str_of(arena_strdup(ids->a, hex));
}

static int
input_id(struct ids *ids, struct str *out, struct err *e)
{
	int rc;

	ids->d = digest_new(DIGEST_SHA256);
	add_common(ids, "pkg input id 1");
	rc = add_unexpanded(ids, e);
	for (size_t i = 0; i < ids->packages.n; i++) {
		add(ids, "package", ids->packages.v[i]->name);
		add(ids, "package-version", ids->packages.v[i]->version);
		add(ids, "package-input", ids->packages.v[i]->input_id);
	}
	*out = end(ids);
	return rc;
}

/* --- the build key --- */

static void
add_expanded_updates(const struct ids *ids, const char *name, struct opam_env_updates list,
		     const struct build_scope *scope)
{
	add_number(ids, name, (int64_t)list.n);
	for (size_t i = 0; i < list.n; i++) {
		add(ids, name, list.v[i].name);
		add_number(ids, name, list.v[i].op);
		add(ids, name, opam_expand(ids->a, list.v[i].value, &scope->scope));
	}
}

static int
add_expanded(const struct ids *ids, struct err *e)
{
	const struct opam_definition *d = ids->job->definition;
	const struct opam_value *values[] = {d->build, d->install, ids->job->with_test ? d->run_test : NULL};
	struct naming naming = {ids, map_new(ids->a), true};
	struct opam_strings patches;

	for (size_t i = 0; i < COUNT_OF(values); i++) {
		struct opam_commands commands;

		if (opam_commands(ids->a, &d->text, values[i], &ids->scope->scope, &commands, e) < 0)
			return -1;
		add_number(ids, "commands", (int64_t)commands.n);
		for (size_t k = 0; k < commands.n; k++)
			add_strings(ids, "command",
				    (struct opam_strings){commands.v[k].args, commands.v[k].n});
	}
	if (opam_filtered_strings(ids->a, &d->text, d->patches, &ids->scope->scope, &patches, e) < 0)
		return -1;
	add_strings(ids, "patches", patches);
	add_expanded_updates(ids, "build-env", d->build_env, ids->scope);
	if (name_substs(ids, &naming, e) < 0)
		return -1;
	add_names(ids, &naming);
	return 0;
}

static int
build_key(struct ids *ids, struct str input, struct str *out, struct err *e)
{
	int rc;

	ids->d = digest_new(DIGEST_SHA256);
	add_common(ids, "pkg build key 1");
	rc = add_expanded(ids, e);
	for (size_t i = 0; i < ids->packages.n; i++) {
		const struct build_dep *dep = ids->packages.v[i];

		add(ids, "package", dep->name);
		add(ids, "package-version", dep->version);
		add(ids, "package-output", oid_str(&dep->output.id));
		add_expanded_updates(ids, "package-setenv", dep->definition->setenv,
				     scope_of_dep(ids->a, ids->scope, dep));
	}
	/* Its note says which inputs it is made of. */
	if (ids->job->definition->x_images.n)
		add(ids, "input-id", input);
	*out = end(ids);
	return rc;
}

int
build_ids(const struct builder *b, struct arena *a, const struct build_job *job, struct build_ids *out,
	  struct err *e)
{
	struct ids ids = {.b = b, .a = a, .job = job, .packages = scope_sort(a, job->deps, job->dep_count)};

	ids.scope = scope_of_job(a, b, job, &ids.packages, true);
	if (input_id(&ids, &out->input_id, e) < 0 || build_key(&ids, out->input_id, &out->key, e) < 0)
		return err_note(e, "while computing the ids of " STR_FMT "." STR_FMT, STR_ARG(job->name),
				STR_ARG(job->version));
	return 0;
}
