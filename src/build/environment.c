#include "build/environment.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "build/source.h"
#include "switch/prefix.h"

struct env {
	struct arena *a;
	struct map values; /* NAME -> struct str * */
};

static void
set(struct env *env, struct str name, struct str value)
{
	struct str *copy = map_get(&env->values, name);

	if (!copy) {
		copy = arena_new(env->a, struct str);
		map_set(&env->values, str_dup(env->a, name), copy);
	}
	*copy = value;
}

static struct str
value_of(const struct env *env, struct str name)
{
	const struct str *value = map_get(&env->values, name);

	return value ? *value : STR("");
}

/* opam's operators on a list with colons. `:=` and `=:` keep a colon beside an empty old value. */
static void
update(struct env *env, struct str name, enum opam_env_op op, struct str value)
{
	struct str old = value_of(env, name);
	bool front = op == ENV_PREPEND || op == ENV_PREPEND_SEP || op == ENV_SWAP;
	bool colon = old.n || op == ENV_PREPEND_SEP || op == ENV_APPEND_SEP;

	if (op == ENV_SET) {
		set(env, name, value);
		return;
	}
	if (!value.n)
		return;
	set(env, name,
	    str_printf(env->a, STR_FMT "%s" STR_FMT, STR_ARG(front ? value : old), colon ? ":" : "",
		       STR_ARG(front ? old : value)));
}

static void
update_all(struct env *env, const struct opam_env_updates *list, const struct build_scope *scope)
{
	for (size_t i = 0; i < list->n; i++)
		update(env, list->v[i].name, list->v[i].op,
		       opam_expand(env->a, list->v[i].value, &scope->scope));
}

/* What opam adds for every switch, after the packages' own. */
static void
finish(struct env *env, const struct build_scope *scope)
{
	for (size_t i = 0; i < scope->packages.n; i++) {
		const struct build_dep *dep = scope->packages.v[i];

		if (dep->definition)
			update_all(env, &dep->definition->setenv, scope_of_dep(env->a, scope, dep));
	}
	update(env, STR("MANPATH"), ENV_APPEND_SEP, str_printf(env->a, "%s/man", scope->prefix));
	update(env, STR("PATH"), ENV_PREPEND, str_printf(env->a, "%s/bin", scope->prefix));
}

static int
by_text(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

int
environment_of_build(struct arena *a, const struct build_run *run, struct opam_strings *out, struct err *e)
{
	const struct build_job *job = run->job;
	const struct {
		const char *name;
		struct str value;
	} first[] = {
		{"PATH", STR(SANDBOX_PATH)},
		{"HOME", STR(SANDBOX_HOME)},
		{"TMPDIR", STR("/tmp")},
		{"USER", STR(BUILD_USER)},
		{"LOGNAME", STR(BUILD_USER)},
		{"SHELL", STR("/bin/sh")},
		{"TERM", STR("dumb")},
		{"TZ", STR("UTC")},
		{"LC_ALL", STR("C.UTF-8")},
		{"CDPATH", STR("")},
		{"MAKELEVEL", STR("")},
		{"OPAMCLI", STR("2.0")},
		{"OPAM_PACKAGE_NAME", job->name},
		{"OPAM_PACKAGE_VERSION", job->version},
		{"SOURCE_DATE_EPOCH", str_printf(a, "%lld", (long long)source_epoch(job))},
	};
	const struct {
		const char *name;
		struct str value;
	} last[] = {
		{"OPAMROOT", STR(BUILD_ROOT)},
		{"OPAMSWITCH", STR(BUILD_SWITCH)},
		{"OPAM_SWITCH_PREFIX", STR(BUILD_PREFIX)},
	};
	struct env env = {a, map_new(a)};

	(void)e;
	for (size_t i = 0; i < COUNT_OF(first); i++)
		set(&env, str_of(first[i].name), first[i].value);
	update_all(&env, &job->definition->build_env, run->scope);
	for (size_t i = 0; i < COUNT_OF(last); i++)
		set(&env, str_of(last[i].name), last[i].value);
	finish(&env, run->scope);
	if (job->definition->x_images.n)
		set(&env, STR("PKG_INPUT_ID"), run->ids->input_id);
	out->v = arena_array(a, struct str, env.values.n);
	out->n = env.values.n;
	for (size_t i = 0; i < env.values.n; i++)
		out->v[i] = str_printf(a, STR_FMT "=" STR_FMT, STR_ARG(env.values.entries[i].key),
				       STR_ARG(*(const struct str *)env.values.entries[i].value));
	qsort(out->v, out->n, sizeof(*out->v), by_text);
	return 0;
}

/* --- a switch --- */

/* Dependencies come with their variables in stored form: the live path is put in. */
static struct str
live_text(struct arena *a, struct str text, const char *prefix)
{
	struct buf b = buf_new(a);

	while (text.n) {
		const char *at = memmem(text.s, text.n, BUILD_PREFIX, BUILD_PREFIX_LEN);
		size_t n = at ? (size_t)(at - text.s) : text.n;

		buf_add(&b, text.s, n);
		if (at)
			buf_adds(&b, prefix);
		text = str_sub(text, n + (at ? BUILD_PREFIX_LEN : 0), text.n);
	}
	return b.n ? buf_str(&b) : STR("");
}

static void
read_base(struct env *env, const char *const *base)
{
	for (; base && *base; base++) {
		const char *eq = strchr(*base, '=');

		if (eq)
			set(env, (struct str){*base, (size_t)(eq - *base)}, str_of(eq + 1));
	}
}

int
build_environment(struct arena *a, const struct build_dep *packages, size_t n, const char *prefix,
		  const char *switch_name, const char *const *base, struct opam_strings *out, struct err *e)
{
	struct env env = {a, map_new(a)}, before = {a, map_new(a)};
	struct platform platform;
	struct build_scope scope = {.prefix = BUILD_PREFIX,
				    .switch_name = str_of(switch_name),
				    .root = STR(BUILD_ROOT),
				    .jobs = STR("1"),
				    .platform = &platform,
				    .packages = scope_sort(a, packages, n)};
	size_t count = 0;

	if (platform_detect(a, &platform, e) < 0)
		return -1;
	read_base(&env, base);
	read_base(&before, base);
	set(&env, STR("OPAM_SWITCH_PREFIX"), str_of(prefix));
	set(&env, STR("OPAMSWITCH"), str_of(switch_name));
	finish(&env, &scope);
	out->v = arena_array(a, struct str, env.values.n);
	for (size_t i = 0; i < env.values.n; i++) {
		struct str name = env.values.entries[i].key;
		struct str value = live_text(a, *(const struct str *)env.values.entries[i].value, prefix);
		const struct str *was = map_get(&before.values, name);

		if (!was || !str_eq(*was, value))
			out->v[count++] = str_printf(a, STR_FMT "=" STR_FMT, STR_ARG(name), STR_ARG(value));
	}
	out->n = count;
	if (count)
		qsort(out->v, count, sizeof(*out->v), by_text);
	return 0;
}
