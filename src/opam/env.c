#include "opam/env.h"

#include <string.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/vec.h"

/* A variable as the list that it may be. */
struct var {
	struct str name, value; /* as it came, until it is looked into */
	VEC(struct str) parts;
	size_t at; /* where a reverted part stood: the place for `=+=` */
	bool open; /* value has been cut into parts */
	bool sep;  /* the value is a single separator, which counts as one empty part */
	bool gone; /* reverted, and nothing left */
};

struct env {
	struct arena *a;
	struct map vars;
};

static struct var *
find(struct env *env, struct str name)
{
	struct var *v = map_get(&env->vars, name);

	if (!v) {
		v = arena_new(env->a, struct var);
		v->name = name;
		v->open = v->gone = true;
		map_set(&env->vars, name, v);
	}
	if (v->open)
		return v;
	v->open = true;
	v->sep = str_is(v->value, ":");
	for (struct str rest = v->sep ? STR("") : v->value;;) {
		ptrdiff_t colon = str_chr(rest, ':');

		vec_push(env->a, &v->parts, str_sub(rest, 0, colon < 0 ? rest.n : (size_t)colon));
		if (colon < 0)
			return v;
		rest = str_sub(rest, (size_t)colon + 1, rest.n);
	}
}

static void
insert(struct env *env, struct var *v, size_t at, struct str part)
{
	vec_push(env->a, &v->parts, part);
	memmove(v->parts.v + at + 1, v->parts.v + at, (v->parts.n - 1 - at) * sizeof(part));
	v->parts.v[at] = part;
	v->at = at;
	v->sep = false;
}

/* Adds a part before or behind; `keep` leaves a separator where there was nothing. */
static void
put(struct env *env, struct var *v, struct str part, bool behind, bool keep)
{
	bool nothing = !v->parts.n || (v->parts.n == 1 && !v->parts.v[0].n);

	if (nothing) {
		keep = keep || v->sep;
		v->parts.n = 0;
		if (keep)
			vec_push(env->a, &v->parts, STR(""));
	}
	insert(env, v, behind ? v->parts.n : 0, part);
}

static void
apply(struct env *env, const struct opam_env_update *u)
{
	struct var *v;

	if (!u->value.n && u->op != ENV_SET)
		return;
	v = find(env, u->name);
	v->gone = false;
	switch (u->op) {
	case ENV_SET:
		v->parts.n = 0;
		insert(env, v, 0, u->value);
		break;
	case ENV_PREPEND:
	case ENV_PREPEND_SEP:
		put(env, v, u->value, false, u->op == ENV_PREPEND_SEP);
		break;
	case ENV_APPEND:
	case ENV_APPEND_SEP:
		put(env, v, u->value, true, u->op == ENV_APPEND_SEP);
		break;
	case ENV_SWAP:
		if (v->at && v->at <= v->parts.n)
			insert(env, v, v->at, u->value);
		else
			put(env, v, u->value, false, false);
		break;
	}
}

/* Whether the parts of a value, which may be several, stand at a place. */
static size_t
match(const struct var *v, size_t at, struct str value)
{
	size_t n = 0;

	for (;;) {
		ptrdiff_t colon = str_chr(value, ':');

		if (at + n == v->parts.n ||
		    !str_eq(v->parts.v[at + n], str_sub(value, 0, colon < 0 ? value.n : (size_t)colon)))
			return 0;
		n++;
		if (colon < 0)
			return n;
		value = str_sub(value, (size_t)colon + 1, value.n);
	}
}

static struct str
joined(struct env *env, const struct var *v)
{
	struct buf b = buf_new(env->a);

	if (v->sep)
		return STR(":");
	for (size_t i = 0; i < v->parts.n; i++) {
		if (i)
			buf_addc(&b, ':');
		buf_str_add(&b, v->parts.v[i]);
	}
	return buf_str(&b);
}

static void
revert(struct env *env, const struct opam_env_update *u)
{
	bool behind = u->op == ENV_APPEND || u->op == ENV_APPEND_SEP;
	bool keeps = u->op == ENV_PREPEND_SEP || u->op == ENV_APPEND_SEP;
	struct var *v;

	if ((!u->value.n && u->op != ENV_SET) || !map_has(&env->vars, u->name))
		return;
	v = find(env, u->name);
	if (u->op == ENV_SET) {
		if (!str_eq(joined(env, v), u->value))
			return;
		v->parts.n = 0;
	}
	for (size_t i = 0; i < v->parts.n; i++) {
		size_t at = behind ? v->parts.n - 1 - i : i, n = match(v, at, u->value);

		if (!n)
			continue;
		memmove(v->parts.v + at, v->parts.v + at + n, (v->parts.n - at - n) * sizeof(*v->parts.v));
		v->parts.n -= n;
		v->at = at;
		/* The separator that the update had put there goes with it. */
		if (keeps && v->parts.n == 1 && !v->parts.v[0].n)
			v->parts.n = 0;
		break;
	}
	v->gone = !v->parts.n;
}

struct opam_strings
opam_env_apply(struct arena *a, struct opam_strings old, const struct opam_env_updates *reverted,
	       struct opam_env_updates updates)
{
	struct env env = {.a = a, .vars = map_new(a)};
	struct opam_strings out = {0};

	for (size_t i = 0; i < old.n; i++) {
		ptrdiff_t eq = str_chr(old.v[i], '=');
		struct str name = str_sub(old.v[i], 0, eq < 0 ? old.v[i].n : (size_t)eq);
		struct var *v;

		if (eq < 0 || map_has(&env.vars, name))
			continue;
		v = arena_new(a, struct var);
		v->name = name;
		v->value = str_sub(old.v[i], (size_t)eq + 1, old.v[i].n);
		map_set(&env.vars, name, v);
	}
	for (size_t i = reverted ? reverted->n : 0; i-- > 0;)
		revert(&env, &reverted->v[i]);
	for (size_t i = 0; i < updates.n; i++)
		apply(&env, &updates.v[i]);
	out.v = arena_array(a, struct str, env.vars.n);
	for (size_t i = 0; i < env.vars.n; i++) {
		struct var *v = env.vars.entries[i].value;

		if (!v->gone)
			out.v[out.n++] = str_printf(a, STR_FMT "=" STR_FMT, STR_ARG(v->name),
						    STR_ARG(v->open ? joined(&env, v) : v->value));
	}
	return out;
}
