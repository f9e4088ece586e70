#include "build/environment.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/vec.h"
#include "build/source.h"
#include "opam/env.h"
#include "switch/prefix.h"

struct updates {
	struct arena *a;
	const char *live; /* put in the place of the build prefix; NULL: it stays */
	struct opam_env_update *v;
	size_t n, room;
};

/* Packages have their variables in stored form: the live path is put in. */
static struct str
live_text(const struct updates *u, struct str text)
{
	struct buf b = buf_new(u->a);

	if (!u->live || !text.n)
		return text;
	while (text.n) {
		const char *at = memmem(text.s, text.n, BUILD_PREFIX, BUILD_PREFIX_LEN);
		size_t n = at ? (size_t)(at - text.s) : text.n;

		buf_add(&b, text.s, n);
		if (at)
			buf_adds(&b, u->live);
		text = str_sub(text, n + (at ? BUILD_PREFIX_LEN : 0), text.n);
	}
	return buf_str(&b);
}

static void
add(struct updates *u, struct str name, enum opam_env_op op, struct str value)
{
	struct opam_env_update update = {.name = name, .value = live_text(u, value), .op = op};

	vec_push(u->a, u, update);
}

static void
add_all(struct updates *u, const struct opam_env_updates *list, const struct build_scope *scope)
{
	for (size_t i = 0; i < list->n; i++)
		add(u, list->v[i].name, list->v[i].op, opam_expand(u->a, list->v[i].value, &scope->scope));
}

/* What the packages set, and after it what opam adds for every switch. */
static void
add_packages(struct updates *u, const struct build_scope *scope)
{
	for (size_t i = 0; i < scope->packages.n; i++) {
		const struct build_dep *dep = scope->packages.v[i];

		if (dep->definition)
			add_all(u, &dep->definition->setenv, scope_of_dep(u->a, scope, dep));
	}
	add(u, STR("MANPATH"), ENV_APPEND_SEP, STR(BUILD_PREFIX "/man"));
	add(u, STR("PATH"), ENV_PREPEND, STR(BUILD_PREFIX "/bin"));
}

static int
by_text(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static void
sort(struct opam_strings list)
{
	if (list.n)
		qsort(list.v, list.n, sizeof(*list.v), by_text);
}

struct setting {
	const char *name;
	struct str value;
};

void
environment_of_build(struct arena *a, const struct build_run *run, struct opam_strings *out)
{
	const struct build_job *job = run->job;
	const struct setting first[] = {
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
	/* Not overridable. */
	const struct setting last[] = {
		{"OPAMROOT", STR(BUILD_ROOT)},
		{"OPAMSWITCH", STR(BUILD_SWITCH)},
		{"OPAM_SWITCH_PREFIX", STR(BUILD_PREFIX)},
	};
	struct updates u = {.a = a};

	for (size_t i = 0; i < COUNT_OF(first); i++)
		add(&u, str_of(first[i].name), ENV_SET, first[i].value);
	add_all(&u, &job->definition->build_env, run->scope);
	for (size_t i = 0; i < COUNT_OF(last); i++)
		add(&u, str_of(last[i].name), ENV_SET, last[i].value);
	add_packages(&u, run->scope);
	if (job->definition->x_images.n)
		add(&u, STR("PKG_INPUT_ID"), ENV_SET, run->ids->input_id);
	*out = opam_env_apply(a, (struct opam_strings){0}, NULL, (struct opam_env_updates){u.v, u.n});
	sort(*out);
}

/* --- a switch --- */

int
build_environment(struct arena *a, const struct build_dep *packages, size_t n, const char *prefix,
		  const char *switch_name, const char *const *base, struct opam_strings *out, struct err *e)
{
	struct updates u = {.a = a, .live = prefix};
	struct platform platform;
	struct build_scope scope = {.prefix = BUILD_PREFIX,
				    .switch_name = str_of(switch_name),
				    .root = STR(BUILD_ROOT),
				    .jobs = STR("1"),
				    .platform = &platform,
				    .packages = scope_sort(a, packages, n)};
	struct opam_env_updates updates;
	struct map before = map_new(a);
	VEC(struct str) old = {0};
	size_t count = 0;

	if (platform_detect(a, &platform, e) < 0)
		return -1;
	for (; base && *base; base++) {
		vec_push(a, &old, str_of(*base));
		map_set(&before, str_of(*base), a);
	}
	add(&u, STR("OPAM_SWITCH_PREFIX"), ENV_SET, str_of(prefix));
	add(&u, STR("OPAMSWITCH"), ENV_SET, str_of(switch_name));
	add_packages(&u, &scope);
	updates = (struct opam_env_updates){u.v, u.n};
	/* Applied to an environment that it was applied to before, it changes nothing. */
	*out = opam_env_apply(a, (struct opam_strings){old.v, old.n}, &updates, updates);
	for (size_t i = 0; i < out->n; i++)
		if (!map_has(&before, out->v[i]))
			out->v[count++] = out->v[i];
	out->n = count;
	sort(*out);
	return 0;
}
