#include "build/scope.h"

#include <stdlib.h>

#include "base/buf.h"
#include "switch/prefix.h"

static const struct {
	const char *name, *dir;
	bool own; /* p:name is a folder of p in it */
} dirs[] = {
	{"prefix", "", false},
	{"bin", "/bin", false},
	{"sbin", "/sbin", false},
	{"lib", "/lib", true},
	{"share", "/share", true},
	{"etc", "/etc", true},
	{"doc", "/doc", true},
	{"man", "/man", false},
	{"toplevel", "/lib/toplevel", false},
	{"stublibs", "/lib/stublibs", false},
};

/* --- packages --- */

static int
by_name(const void *a, const void *b)
{
	return str_cmp((*(const struct build_dep *const *)a)->name,
		       (*(const struct build_dep *const *)b)->name);
}

struct scope_packages
scope_sort(struct arena *a, const struct build_dep *deps, size_t n)
{
	struct scope_packages p = {arena_array(a, const struct build_dep *, n), n};

	for (size_t i = 0; i < n; i++)
		p.v[i] = &deps[i];
	if (n)
		qsort(p.v, n, sizeof(*p.v), by_name);
	return p;
}

const struct build_dep *
scope_package(const struct scope_packages *p, struct str name)
{
	size_t low = 0, high = p->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = str_cmp(name, p->v[mid]->name);

		if (c == 0)
			return p->v[mid];
		if (c < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

static void
add_package(struct buf *b, const struct build_dep *dep)
{
	buf_printf(b, "%s" STR_FMT "." STR_FMT, b->n ? " " : "", STR_ARG(dep->name), STR_ARG(dep->version));
}

static void
add_atoms(const struct build_scope *s, const struct opam_formula *f, struct buf *b)
{
	const struct build_dep *dep;

	if (f->kind == FORMULA_ATOM) {
		dep = f->post ? NULL : scope_package(&s->packages, f->name);
		if (dep && opam_range_holds(f->range, dep->version))
			add_package(b, dep);
	}
	for (size_t i = 0; f->kind != FORMULA_ATOM && i < f->n; i++)
		add_atoms(s, f->kids[i], b);
}

/* The direct dependencies that are installed, as `name.version` separated by blanks. */
static struct str
depends_text(const struct build_scope *s, struct arena *a, const struct opam_definition *d)
{
	const struct opam_dep_flags flags = {.build = true, .post = true};
	const struct opam_formula *f;
	struct buf b = buf_new(a);
	struct err ignored;

	if (s->job && d == s->job->definition) {
		for (size_t i = 0; i < s->packages.n; i++)
			if (s->packages.v[i]->direct)
				add_package(&b, s->packages.v[i]);
	} else if (opam_formula(a, &d->text, d->depends, FORMULA_DEPENDS, &flags, &s->scope, &f, &ignored) ==
		   0) {
		add_atoms(s, f, &b);
	}
	return buf_str(&b);
}

/* --- variables of a package --- */

static bool
strongest_checksum(struct arena *a, const struct opam_definition *d, struct opam_var *out)
{
	const struct opam_checksum *best = NULL;

	for (size_t i = 0; i < d->url.checksum_count; i++)
		if (!best || d->url.checksums[i].hash > best->hash)
			best = &d->url.checksums[i];
	if (best)
		*out = VAR_IS_STR(opam_checksum_text(a, *best));
	return best;
}

static bool
config_value(const struct build_dep *dep, struct str name, struct opam_var *out)
{
	for (size_t i = 0; dep && i < dep->output.config.var_count; i++)
		if (str_eq(dep->output.config.vars[i].name, name)) {
			*out = dep->output.config.vars[i].value;
			return true;
		}
	return false;
}

struct subject {
	struct str name, version;
	const struct opam_definition *definition;
	const struct build_dep *dep; /* NULL: the one that is being built */
};

static bool
flag_of(const struct build_scope *s, const struct subject *p, struct str name, struct opam_var *out)
{
	const struct build_job *job = p->dep ? NULL : s->job;

	if (str_is(name, "installed"))
		*out = VAR_IS_BOOL(p->dep != NULL);
	else if (str_is(name, "pinned"))
		*out = VAR_IS_BOOL(job && job->pinned);
	else if (str_is(name, "dev"))
		*out = VAR_IS_BOOL(job && job->dev);
	else
		return false;
	return true;
}

/* What opam itself knows of every package. */
static void
built_in(const struct build_scope *s, struct arena *a, const struct subject *p, struct str name,
	 struct opam_var *out)
{
	if (flag_of(s, p, name, out))
		return;
	for (size_t i = 1; i < COUNT_OF(dirs); i++)
		if (str_is(name, dirs[i].name)) {
			*out = VAR_IS_STR(str_printf(a, "%s%s%s" STR_FMT, s->prefix, dirs[i].dir,
						     dirs[i].own ? "/" : "",
						     STR_ARG(dirs[i].own ? p->name : STR(""))));
			return;
		}
	if (str_is(name, "name"))
		*out = VAR_IS_STR(p->name);
	else if (str_is(name, "version"))
		*out = VAR_IS_STR(p->version);
	else if (str_is(name, "depends") && p->definition)
		*out = VAR_IS_STR(depends_text(s, a, p->definition));
	else if (str_is(name, "build") && !p->dep)
		*out = VAR_IS_STR(STR(BUILD_DIR));
	else if (str_is(name, "hash") && p->definition)
		strongest_checksum(a, p->definition, out);
}

static void
get_scoped(const struct build_scope *s, struct arena *a, struct str package, struct str name,
	   struct opam_var *out)
{
	const struct build_dep *dep = scope_package(&s->packages, package);
	struct subject p;

	if (dep) {
		p = (struct subject){dep->name, dep->version, dep->definition, dep};
		if (!config_value(dep, name, out))
			built_in(s, a, &p, name, out);
	} else if (str_eq(package, s->name)) {
		p = (struct subject){s->name, s->version, s->definition, s->own};
		if (!config_value(s->own, name, out))
			built_in(s, a, &p, name, out);
	} else if (str_is(name, "installed") || str_is(name, "pinned")) {
		*out = VAR_IS_BOOL(false);
	} else if (str_is(name, "name")) {
		*out = VAR_IS_STR(package);
	}
}

/* --- bare names --- */

static bool
get_global(const struct build_scope *s, struct arena *a, struct str name, struct opam_var *out)
{
	const struct {
		const char *name;
		struct str value;
	} fixed[] = {
		{"root", s->root},          {"switch", s->switch_name}, {"user", STR(BUILD_USER)},
		{"group", STR(BUILD_USER)}, {"jobs", s->jobs},          {"make", STR("make")},
	};
	struct opam_scope platform = platform_scope(s->platform);

	for (size_t i = 0; i < COUNT_OF(dirs); i++)
		if (str_is(name, dirs[i].name)) {
			*out = VAR_IS_STR(str_printf(a, "%s%s", s->prefix, dirs[i].dir));
			return true;
		}
	for (size_t i = 0; i < COUNT_OF(fixed); i++)
		if (str_is(name, fixed[i].name)) {
			*out = VAR_IS_STR(fixed[i].value);
			return true;
		}
	if (s->variables)
		s->variables->get(s->variables, a, STR(""), name, out);
	if (out->kind == VAR_UNDEFINED)
		platform.get(&platform, a, STR(""), name, out);
	return out->kind != VAR_UNDEFINED;
}

static void
get(const struct opam_scope *scope, struct arena *a, struct str package, struct str name,
    struct opam_var *out)
{
	const struct build_scope *s = scope->ctx;

	if (package.n && !str_is(package, "_")) {
		get_scoped(s, a, package, name, out);
		return;
	}
	if (!package.n) {
		if (str_is(name, "with-test") || str_is(name, "with-doc") || str_is(name, "with-dev-setup")) {
			bool test = s->job && s->job->with_test, doc = s->job && s->job->with_doc;

			*out = VAR_IS_BOOL(str_is(name, "with-test") ? test
								     : str_is(name, "with-doc") && doc);
			return;
		}
		if (get_global(s, a, name, out))
			return;
	}
	if (s->name.n)
		get_scoped(s, a, s->name, name, out);
}

struct build_scope *
scope_of_job(struct arena *a, const struct builder *b, const struct build_job *job,
	     const struct scope_packages *packages, bool for_key)
{
	struct build_scope *s = arena_new(a, struct build_scope);

	*s = (struct build_scope){.scope = {get, s},
				  .prefix = BUILD_PREFIX,
				  .switch_name = STR(BUILD_SWITCH),
				  .root = STR(BUILD_ROOT),
				  .platform = b->platform,
				  .variables = b->variables,
				  .packages = *packages,
				  .name = job->name,
				  .version = job->version,
				  .definition = job->definition,
				  .job = job};
	s->jobs = for_key ? STR("%{jobs}%") : str_printf(a, "%u", b->jobs ? b->jobs : 1);
	return s;
}

struct build_scope *
scope_of_dep(struct arena *a, const struct build_scope *like, const struct build_dep *dep)
{
	struct build_scope *s = arena_new(a, struct build_scope);

	*s = *like;
	s->scope = (struct opam_scope){get, s};
	s->name = dep->name;
	s->version = dep->version;
	s->definition = dep->definition;
	s->own = dep;
	s->job = NULL;
	return s;
}
