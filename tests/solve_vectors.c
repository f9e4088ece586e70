#include "solve_vectors.h"

#include <cjson/cJSON.h>

#include "solver/world.h"

static int
step(struct world *w, const json_value *words, struct err *e)
{
	const json_value *word = json_first(words);
	struct str verb = json_text(word), args[32];
	enum request_kind kind = REQUEST_INSTALL;
	const struct plan *plan;
	unsigned flags = 0;
	size_t n = 0;

	if (str_is(verb, "remove"))
		kind = REQUEST_REMOVE;
	else if (str_is(verb, "upgrade"))
		kind = REQUEST_UPGRADE;
	else if (str_is(verb, "reinstall"))
		kind = REQUEST_REINSTALL;
	for (word = json_next(word); word && n < COUNT_OF(args); word = json_next(word)) {
		if (str_is(json_text(word), "-a"))
			flags |= WORLD_AUTO_REMOVE;
		else if (str_is(json_text(word), "-t") || str_is(json_text(word), "--with-test"))
			flags |= WORLD_TEST;
		else
			args[n++] = json_text(word);
	}
	if (world_do(w, kind, args, n, flags, &plan, e) < 0)
		return -1;
	world_apply(w, plan);
	return 0;
}

/* An invariant is required from the beginning, and installed. */
static int
start(struct world *w, const json_value *v, struct err *e)
{
	struct str invariant = json_str(v, "invariant"), name, version;
	const struct plan *plan;

	if (!invariant.n)
		return 0;
	if (opam_atom(&w->a, invariant, &w->invariant, e) < 0)
		return -1;
	/* A bare name begins with its oldest version, so that it has somewhere to go. */
	if (!opam_name_version_cut(invariant, &name, &version)) {
		const struct package *package;
		struct opam_strings names = {&invariant, 1};

		if (world_load(w, &names, 0, e) < 0)
			return -1;
		package = universe_package(w->universe, invariant);
		if (!package)
			return err_set(e, ERR_NOTFOUND, "no package for the invariant");
		version = package->versions[package->n - 1]->version;
		return world_install(
			w, str_printf(&w->a, STR_FMT "." STR_FMT, STR_ARG(invariant), STR_ARG(version)), true,
			e);
	}
	if (world_do(w, REQUEST_INSTALL, &invariant, 1, 0, &plan, e) < 0)
		return -1;
	world_apply(w, plan);
	return 0;
}

static const char *
list_text(struct world *w, const json_value *list)
{
	struct str *names = arena_array(&w->a, struct str, 64);
	struct buf b = buf_new(&w->a);
	size_t n = 0;

	for (const json_value *x = json_first(list); x && n < 64; x = json_next(x))
		names[n++] = json_text(x);
	if (n)
		qsort(names, n, sizeof(*names), world_by_text);
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s" STR_FMT, i ? " " : "", STR_ARG(names[i]));
	return b.s;
}

static int
judge(struct world *w, const json_value *expect, char *why, size_t room)
{
	const char *got = world_installed(w);
	const json_value *accept = json_get(expect, "accept");

	for (const json_value *set = json_first(accept); set; set = json_next(set))
		if (strcmp(got, list_text(w, set)) == 0)
			return 0;
	if (!accept && strcmp(got, list_text(w, json_get(expect, "installed"))) == 0)
		return 0;
	snprintf(why, room, "installed '%s', expected '%s'", got,
		 list_text(w, json_get(expect, "installed")));
	return -1;
}

static int
run(struct world *w, const json_value *v, char *why, size_t room)
{
	const json_value *expect = json_get(v, "expect"), *ok = json_first(json_get(expect, "step_ok"));
	struct err e = {0};
	size_t at = 0;

	for (const json_value *p = json_first(json_get(v, "packages")); p; p = json_next(p))
		if (world_package(w, json_key(p), json_text(p)) < 0) {
			snprintf(why, room, "package " STR_FMT " cannot be written", STR_ARG(json_key(p)));
			return -1;
		}
	if (start(w, v, &e) < 0) {
		snprintf(why, room, "invariant: %s", e.msg);
		return -1;
	}
	for (const json_value *s = json_first(json_get(v, "steps")); s; s = json_next(s), at++) {
		bool good, want = cJSON_IsTrue(ok);

		e = (struct err){0};
		good = step(w, s, &e) == 0;
		if (good != want) {
			snprintf(why, room, "step %zu: %s %s", at + 1,
				 good ? "succeeded" : "failed:", good ? "" : e.msg);
			return -1;
		}
		ok = ok ? json_next(ok) : NULL;
	}
	return judge(w, expect, why, room);
}

int
solve_vector(const json_value *v, char *why, size_t room)
{
	struct world w;
	int rc;

	world_open(&w);
	rc = run(&w, v, why, room);
	world_close(&w);
	return rc;
}
