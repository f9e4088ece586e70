/* Random items against brute force: the clauses admit exactly the valid choices, the canonical one is the
 * one that the order says, and leaving out what cannot be reached loses none of the small ones. */
#include "solver/canonical.h"
#include "solver/encode.h"

#include "../tap.h"

enum { NAMES = 4, VERSIONS = 3, ITEMS = NAMES * VERSIONS, CHOICES = 256, ROUNDS = 300 };

static uint64_t state = 13;

static int
roll(int n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (int)(state % (uint64_t)n);
}

struct world {
	struct arena a;
	struct engine_input in;
	bool keep_all[ITEMS], kept[ITEMS], none[NAMES];
};

static const struct clause *
random_set(struct world *w, uint32_t other_than)
{
	uint32_t *set = arena_array(&w->a, uint32_t, ITEMS);
	struct clause *c = arena_new(&w->a, struct clause);

	*c = (struct clause){.set = set, .id = (uint32_t)w->in.clauses.n};
	for (uint32_t i = 0; i < ITEMS; i++)
		if (w->in.items[i].name != other_than && roll(3) == 0)
			set[c->n++] = i;
	vec_push(&w->a, &w->in.clauses, c);
	return c;
}

static void
generate(struct world *w)
{
	const struct clause *shared[3];
	struct clause *class;

	*w = (struct world){0};
	w->in = (struct engine_input){.a = &w->a, .n = ITEMS, .names = NAMES};
	w->in.items = arena_array(&w->a, struct item, ITEMS);
	for (uint32_t i = 0; i < ITEMS; i++) {
		w->in.items[i] = (struct item){.name = i / VERSIONS, .eligible = roll(8) != 0};
		w->keep_all[i] = w->in.items[i].eligible;
	}
	for (int i = 0; i < 3; i++)
		shared[i] = random_set(w, NAMES);
	for (uint32_t i = 0; i < ITEMS; i++) {
		if (roll(2))
			vec_push(&w->a, &w->in.items[i].requires, shared[roll(3)]);
		if (roll(3) == 0)
			vec_push(&w->a, &w->in.items[i].conflicts, random_set(w, i / VERSIONS));
	}
	class = (struct clause *)random_set(w, NAMES);
	class->conflict_class = STR("k");
	for (size_t i = 0; i < class->n; i++)
		vec_push(&w->a, &w->in.items[class->set[i]].conflicts, class);
	vec_push(&w->a, &w->in.demands, random_set(w, NAMES));
}

/* Choice number `code`: by name a place, or VERSIONS for none. */
static void
decode(int code, struct choice c)
{
	for (uint32_t i = 0; i < NAMES; i++, code /= VERSIONS + 1) {
		uint32_t place = (uint32_t)(code % (VERSIONS + 1));

		c.of[i] = place == VERSIONS ? NO_ITEM : i * VERSIONS + place;
	}
}

static bool
meets(struct choice c, const struct clause *clause, uint32_t except)
{
	for (size_t i = 0; i < clause->n; i++)
		if (clause->set[i] / VERSIONS != except && c.of[clause->set[i] / VERSIONS] == clause->set[i])
			return true;
	return false;
}

static bool
valid(const struct world *w, struct choice c)
{
	for (uint32_t i = 0; i < NAMES; i++) {
		const struct item *item = c.of[i] == NO_ITEM ? NULL : &w->in.items[c.of[i]];

		if (item && !item->eligible)
			return false;
		for (size_t k = 0; item && k < item->requires.n; k++)
			if (!meets(c, item->requires.v[k], NAMES))
				return false;
		for (size_t k = 0; item && k < item->conflicts.n; k++)
			if (meets(c, item->conflicts.v[k], i))
				return false;
	}
	return meets(c, w->in.demands.v[0], NAMES);
}

static int
size(struct choice c)
{
	int n = 0;

	for (uint32_t i = 0; i < NAMES; i++)
		n += c.of[i] != NO_ITEM;
	return n;
}

static void
encode(struct world *w, struct cnf *cnf, struct ladder *l, const bool *kept)
{
	ladder_new(l, cnf, &w->in, kept);
	encode_items(l);
	encode_demand(l, w->in.demands.v[0]);
}

static void
assume(struct ladder *l, struct choice c)
{
	for (uint32_t i = 0; i < ITEMS; i++) {
		struct run run = ladder_item(l, i);
		int literal;

		if (run.from == NO_PLACE)
			continue;
		literal = ladder_rung(l, run.name, run.from);
		sat_assume(l->cnf->sat,
			   c.of[run.name] != NO_ITEM && c.of[run.name] >= i ? literal : -literal);
	}
}

static int
admission_faults(struct world *w)
{
	AUTO_SAT sat = sat_new(64 << 20, 0);
	struct cnf cnf = cnf_new(&w->a, sat);
	struct ladder l;
	uint32_t of[NAMES], read[NAMES];
	struct choice c = {of}, back = {read};
	int faults = 0, least = NAMES + 1, kept_least = NAMES + 1;

	encode(w, &cnf, &l, w->keep_all);
	encode_reach(&w->a, &w->in, 0, w->none, w->kept);
	for (int code = 0; code < CHOICES; code++) {
		bool inside = true, kept = true;

		decode(code, c);
		for (uint32_t i = 0; i < NAMES; i++) {
			inside &= of[i] == NO_ITEM || w->keep_all[of[i]];
			kept &= of[i] == NO_ITEM || w->kept[of[i]];
		}
		if (!inside)
			continue;
		if (valid(w, c)) {
			least = size(c) < least ? size(c) : least;
			kept_least = kept && size(c) < kept_least ? size(c) : kept_least;
		}
		assume(&l, c);
		faults += (sat_solve(sat) == SAT_YES) != valid(w, c);
		if (valid(w, c)) {
			ladder_read(&l, back);
			faults += memcmp(of, read, sizeof(of)) != 0;
		}
	}
	return faults + (least != kept_least);
}

/* Candidate after candidate, as long as a valid choice has it. */
static bool
expected(const struct world *w, struct choice best)
{
	bool alive[CHOICES];
	uint32_t of[NAMES];
	struct choice c = {of};
	int left = 0;

	for (int code = 0; code < CHOICES; code++) {
		decode(code, c);
		alive[code] = valid(w, c);
		left += alive[code];
	}
	for (uint32_t item = 0; left && item < ITEMS; item++) {
		int with = 0;

		for (int code = 0; code < CHOICES; code++) {
			decode(code, c);
			with += alive[code] && of[item / VERSIONS] == item;
		}
		for (int code = 0; with && code < CHOICES; code++) {
			decode(code, c);
			alive[code] &= of[item / VERSIONS] == item;
		}
	}
	for (int code = 0; left && code < CHOICES; code++)
		if (alive[code]) {
			decode(code, best);
			return true;
		}
	return false;
}

static int
canonical_faults(struct world *w)
{
	AUTO_SAT sat = sat_new(64 << 20, 0);
	struct cnf cnf = cnf_new(&w->a, sat);
	uint32_t want[NAMES], got[NAMES];
	struct choice best = {got}, expect = {want};
	struct ladder l;
	bool any = expected(w, expect);

	encode(w, &cnf, &l, w->keep_all);
	if ((sat_solve(sat) == SAT_YES) != any)
		return 1;
	if (!any)
		return 0;
	ladder_read(&l, best);
	return !canonical_choice(&l, best) || memcmp(want, got, sizeof(want)) != 0;
}

int
main(void)
{
	int admission = 0, canonical = 0;

	for (int i = 0; i < ROUNDS; i++) {
		struct world w;

		generate(&w);
		admission += admission_faults(&w);
		canonical += canonical_faults(&w);
		arena_free(&w.a);
	}
	EQ_INT(admission, 0, "exactly the valid choices, and the smallest of the reachable");
	EQ_INT(canonical, 0, "one set of several");
	return tap_done();
}
