#include "solver/passes.h"

#include <string.h>

#include "solver/guard.h"
#include "solver/order.h"
#include "solver/pick.h"

/* Of what is left until the deadline it may have half: then the exact search goes on. */
enum { LONGEST_MS = 10000 };

static void
add_wish(struct problem *p, struct attempt *attempt, struct wish wish)
{
	if (wish.n)
		vec_push(p->a, &attempt->wishes, wish);
}

/* Versions that only count when nothing else does: flagged, not installed, and no demand is left
 * without a choice by their absence. */
static struct wish
flagged(struct problem *p)
{
	uint32_t *set = arena_array(p->a, uint32_t, p->in.n);
	bool *needed = arena_array(p->a, bool, p->in.n);
	struct wish wish = {.kind = WISH_NONE_OF, .set = set};

	for (size_t i = 0; i < p->in.demands.n; i++) {
		const struct clause *c = p->in.demands.v[i];
		bool other = false;

		for (size_t k = 0; k < c->n; k++)
			other |= !p->candidates[c->set[k]].version->avoid || p->in.items[c->set[k]].installed;
		for (size_t k = 0; !other && k < c->n; k++)
			needed[c->set[k]] = true;
	}
	for (uint32_t i = 0; i < p->in.n; i++)
		if (p->in.items[i].eligible && !p->in.items[i].installed && !needed[i] &&
		    p->candidates[i].version->avoid)
			set[wish.n++] = i;
	return wish;
}

static struct wish
any_of(struct problem *p, size_t package)
{
	uint32_t first = p->first[package], next = p->first[package + 1];
	uint32_t *set = arena_array(p->a, uint32_t, next - first);
	struct wish wish = {.kind = WISH_ONE_OF, .set = set};

	for (uint32_t i = first; i < next; i++)
		if (p->in.items[i].eligible)
			set[wish.n++] = i;
	return wish;
}

/* Names that were installed and shall stay; with_present: also those whose version the engine knows. */
static void
keep_names(struct problem *p, struct attempt *attempt, bool with_present)
{
	for (size_t i = 0; i < p->u->n; i++)
		if (p->was_installed[i] && (with_present || p->installed[i] == NO_ITEM))
			add_wish(p, attempt, any_of(p, i));
}

/* Of a name to raise: what is newer than what is installed and admitted by the request. */
static struct wish
raised(struct problem *p, const struct demand *d, size_t package)
{
	uint32_t installed = p->installed[package];
	struct wish wish = {.kind = WISH_ONE_OF, .set = d->clause->set};

	while (wish.n < d->clause->n && d->clause->set[wish.n] < installed)
		wish.n++;
	return wish;
}

/* Each name by itself as far as the others leave room: one that cannot move does not fail. */
static void
raise_named(struct problem *p, struct engine *engine, struct attempt *attempt, struct choice *best)
{
	for (size_t i = 0; i < p->demands.n; i++) {
		const struct demand *d = &p->demands.v[i];
		const struct package *package = d->atom ? universe_package(p->u, d->atom->name) : NULL;
		struct wish wish;

		if (!package || p->installed[package->index] == NO_ITEM)
			continue;
		wish = raised(p, d, package->index);
		if (!wish.n)
			continue;
		vec_push(p->a, &attempt->wishes, wish);
		if (!engine_solve(engine, attempt, best))
			attempt->wishes.n--;
	}
}

static struct attempt
attempt_new(struct problem *p, bool uninstall, bool with_flagged)
{
	struct attempt attempt = {.allow_uninstall = uninstall};

	if (!with_flagged)
		add_wish(p, &attempt, flagged(p));
	if (!uninstall)
		keep_names(p, &attempt, false);
	for (size_t i = 0; p->r->kind == REQUEST_REINSTALL && i < p->demands.n; i++) {
		const struct demand *d = &p->demands.v[i];
		const struct package *package = d->atom ? universe_package(p->u, d->atom->name) : NULL;

		if (package && p->installed[package->index] != NO_ITEM)
			add_wish(p, &attempt, (struct wish){WISH_ONE_OF, &p->installed[package->index], 1});
	}
	return attempt;
}

/* What is installed stays; by and by more may be touched. */
static bool
run_keeping(struct problem *p, struct choice *out)
{
	struct engine *engine = engine_new(&p->in, true);
	bool found = false;

	for (unsigned i = 0; i < 4 && !found; i++) {
		bool uninstall = i & 2, with_flagged = i & 1;
		struct attempt attempt = attempt_new(p, uninstall, with_flagged);

		if ((uninstall && !p->r->installed_count) || !engine_solve(engine, &attempt, out))
			continue;
		found = true;
		if (p->r->kind == REQUEST_UPGRADE)
			raise_named(p, engine, &attempt, out);
	}
	engine_free(engine);
	return found;
}

/* A whole upgrade: libsolv's own, and all names solved anew; the better one. */
static bool
run_upgrade(struct problem *p, struct choice *out)
{
	struct engine *keeping = engine_new(&p->in, true), *anew = engine_new(&p->in, false);
	bool found = false;

	for (unsigned with_flagged = 0; with_flagged < 2 && !found; with_flagged++) {
		struct attempt update = attempt_new(p, false, with_flagged);
		struct attempt fresh = attempt_new(p, true, with_flagged);
		struct choice choice;

		update.update_all = true;
		keep_names(p, &fresh, true);
		found = engine_solve(keeping, &update, out);
		if (!engine_solve(anew, &fresh, &choice))
			continue;
		if (found) {
			struct rank was = pick_rank(p, *out), now = pick_rank(p, choice);

			if (pick_cmp(&now, &was) < 0)
				*out = choice;
		} else {
			*out = choice;
		}
		found = true;
	}
	engine_free(keeping);
	engine_free(anew);
	return found;
}

/* The demands alone; what is installed is only preferred. */
static bool
run_anew(struct problem *p, struct choice *out)
{
	struct engine *engine = engine_new(&p->in, false);
	struct attempt attempt = {0};
	bool found;

	for (size_t i = 0; i < p->u->n; i++)
		if (p->installed[i] != NO_ITEM)
			add_wish(p, &attempt, (struct wish){WISH_FAVOUR, &p->installed[i], 1});
	found = engine_solve(engine, &attempt, out);
	engine_free(engine);
	return found;
}

static void
run_all(void *ctx, struct buf *out)
{
	struct problem *p = ctx;
	struct choice choice;

	if ((p->r->kind == REQUEST_UPGRADE && !p->r->n && run_upgrade(p, &choice)) ||
	    run_keeping(p, &choice) || run_anew(p, &choice))
		buf_add(out, choice.of, p->u->n * sizeof(*choice.of));
}

bool
passes_run(struct problem *p, uint64_t deadline, struct choice *out)
{
	uint64_t now = guard_time(0), latest = guard_time(LONGEST_MS);
	struct str answer;

	if (deadline && now + (deadline - now) / 2 < latest)
		latest = now + (deadline - now) / 2;
	p->in.name_order = order_names(p);
	if ((deadline && now >= deadline) || !guard_run(p->a, latest, run_all, p, &answer) ||
	    answer.n != p->u->n * sizeof(*out->of))
		return false;
	out->of = arena_array(p->a, uint32_t, p->u->n);
	if (p->u->n)
		memcpy(out->of, answer.s, answer.n);
	return true;
}
