#include "solver/whynot.h"

#include "base/buf.h"
#include "solver/ask.h"
#include "solver/guard.h"

static const struct version *
installed_version(const struct universe *u, const struct request *r, struct str name)
{
	for (size_t i = 0; i < r->installed_count; i++)
		if (str_eq(r->installed[i].name, name))
			return universe_version(u, name, r->installed[i].version);
	return NULL;
}

static const struct version *
planned(const struct plan *plan, struct str name)
{
	for (size_t i = 0; i < plan->n; i++)
		if (str_eq(plan->packages[i].version->name, name))
			return plan->packages[i].version;
	return NULL;
}

static const struct opam_formula *
newer_than(struct arena *a, const struct version *v)
{
	const struct opam_formula *f = NULL;
	struct err none;

	opam_atom(a, str_printf(a, STR_FMT ">" STR_FMT, STR_ARG(v->name), STR_ARG(v->version)), &f, &none);
	return f;
}

/* The newest that the atom admits: of those that can be had, else of all. */
static const struct version *
newest(const struct package *package, const struct opam_formula *atom)
{
	const struct version *refused = NULL;

	for (size_t i = 0; i < package->n; i++) {
		const struct version *v = package->versions[i];

		if (!opam_range_holds(atom->range, v->version))
			continue;
		if (v->available || v->installed)
			return v;
		if (!refused)
			refused = v;
	}
	return refused;
}

/* What needs no solver. True: out->answer is set. */
static bool
plain_answer(const struct package *package, struct why_not *out)
{
	if (!out->version) {
		/* Nothing is newer than what is installed, or what was asked for is not pinned. */
		out->answer = package->versions[0]->pinned ? WHY_NOT_PINNED : WHY_NOT_INSTALLED;
		out->version = package->versions[0];
		return true;
	}
	if (out->version == out->installed) {
		out->answer = WHY_NOT_INSTALLED;
		return true;
	}
	if (!out->version->available) {
		out->answer = WHY_NOT_UNAVAILABLE;
		return true;
	}
	return false;
}

int
why_not(struct arena *a, const struct universe *u, const struct request *r, const struct opam_formula *atom,
	struct why_not *out, struct err *e)
{
	struct request ask = *r;
	const struct package *package = universe_package(u, atom->name);

	*out = (struct why_not){.asked = atom};
	ask.kind = REQUEST_INSTALL;
	ask.atoms = &out->asked;
	ask.n = 1;
	ask.formula_count = 0;
	ask.best_effort = false;
	ask.explanation = &out->explanation;
	out->installed = installed_version(u, r, atom->name);
	if (out->installed && !atom->range)
		out->asked = newer_than(a, out->installed);
	out->version = package ? newest(package, out->asked) : NULL;
	if (!package || (!out->version && atom->range && !package->versions[0]->pinned))
		return ask_atom(a, u, &ask, atom, e) < 0 ? -1 : 0;
	if (plain_answer(package, out))
		return 0;
	if (solver_plan(a, u, &ask, &out->plan, &out->why) == 0) {
		out->answer = WHY_NOT_POSSIBLE;
		out->version = planned(out->plan, atom->name);
		return 0;
	}
	out->answer = WHY_NOT_UNSAT;
	return out->why.code == ERR_UNSAT ? 0 : (*e = out->why, -1);
}

/* --- upgrades --- */

/* "would remove a, b": what an answer that reaches further costs. */
static struct str
price(struct arena *a, const struct plan *plan)
{
	struct buf b = buf_new(a);

	for (size_t i = 0; i < plan->removal_count; i++)
		buf_printf(&b, "%s" STR_FMT, i ? ", " : "it would remove ", STR_ARG(plan->removals[i].name));
	if (!b.n)
		buf_adds(&b, plan->vector[1]
				     ? "it needs a version that is flagged avoid-version or deprecated"
				     : "what else was asked for would be older");
	return buf_str(&b);
}

/* Newer than what was chosen, within what was asked for. */
static const struct opam_formula *
newer_within(struct arena *a, const struct version *v, const struct opam_range *range)
{
	const struct opam_formula *newer = newer_than(a, v);
	struct opam_range *both = arena_new(a, struct opam_range);
	struct opam_formula *f = arena_new(a, struct opam_formula);

	if (!range)
		return newer;
	*both = (struct opam_range){.kind = RANGE_AND, .left = newer->range, .right = range};
	*f = *newer;
	f->range = both;
	return f;
}

/* One of them could be had. */
static bool
is_behind(const struct universe *u, const struct version *v, const struct opam_range *range)
{
	const struct package *package = universe_package(u, v->name);

	for (size_t i = 0; package && i < v->rank && i < package->n; i++) {
		const struct version *newer = package->versions[i];

		if (newer->available && !newer->avoid && opam_range_holds(range, newer->version))
			return true;
	}
	return false;
}

/* False: the deadline (0: none) has come. */
static bool
time_left(uint64_t deadline, struct request *r)
{
	uint64_t now = guard_time(0), ms = deadline > now ? (deadline - now) / 1000000 : 0;

	if (deadline)
		r->deadline_ms = (unsigned)ms;
	return !deadline || ms;
}

struct opam_strings
why_behind(struct arena *a, const struct universe *u, const struct request *r, const struct plan *plan,
	   uint64_t deadline)
{
	struct opam_strings lines = {arena_array(a, struct str, r->n + 1), 0};
	struct request quick = *r;

	for (size_t i = 0; i < r->n && time_left(deadline, &quick); i++) {
		const struct opam_range *range = r->atoms[i]->range;
		const struct version *v = planned(plan, r->atoms[i]->name);
		struct str first, line = {0};
		struct why_not why;
		struct err e;

		if (!v || !is_behind(u, v, range) ||
		    why_not(a, u, &quick, newer_within(a, v, range), &why, &e) < 0)
			continue;
		if (why.answer == WHY_NOT_POSSIBLE) {
			line = price(a, why.plan);
		} else if (why.answer == WHY_NOT_UNSAT) {
			first = str_of(why.why.note);
			str_cut(&first, '\n', &line);
		}
		lines.v[lines.n++] = str_printf(a, STR_FMT " stays at " STR_FMT ", not " STR_FMT ": " STR_FMT,
						STR_ARG(v->name), STR_ARG(v->version),
						STR_ARG(why.version->version), STR_ARG(line));
	}
	return lines;
}
