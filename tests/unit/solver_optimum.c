/* Whole requests in small random universes against brute force: the vector of every plan is the smallest
 * there is, for each kind of request, and is said to be proven. */
#include "../solver/world.h"
#include "../tap.h"

enum { NAMES = 5, VERSIONS = 3, ROUNDS = 250, SETS = 1024 };

struct atom {
	int name, op, version; /* op: 0 any, 1 =, 2 >=, 3 < */
};
/* x | y | z; inner: z is (z & (u | v)). */
struct choice_of {
	struct atom alternatives[3], u, v;
	int n;
	bool inner;
};
struct random_version {
	struct choice_of depends[2];
	int depend_count;
	struct atom conflict;
	bool conflicts, unavailable, avoid, in_class;
};
struct universe_of {
	int count[NAMES];
	struct random_version v[NAMES][VERSIONS + 1]; /* version 1 .. count */
	int installed[NAMES];                         /* 0: none */
	bool any_installed;
};
struct wanted {
	enum request_kind kind;
	struct atom atoms[2];
	int n;
};

static uint64_t state = 20260901;

static int
roll(int n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (int)(state % (uint64_t)n);
}

/* Mostly of later names, so that circles are rare. */
static struct atom
random_atom(int after)
{
	int name = after + 1 < NAMES && roll(6) ? after + 1 + roll(NAMES - after - 1) : roll(NAMES);

	return (struct atom){name, roll(4), 1 + roll(VERSIONS)};
}

static void
generate(struct universe_of *u)
{
	*u = (struct universe_of){0};
	for (int i = 0; i < NAMES; i++) {
		u->count[i] = 1 + roll(VERSIONS);
		for (int k = 1; k <= u->count[i]; k++) {
			struct random_version *v = &u->v[i][k];

			v->depend_count = roll(4) ? roll(2) : 2;
			for (int d = 0; d < v->depend_count; d++) {
				struct choice_of *c = &v->depends[d];

				c->n = 1 + roll(3);
				for (int x = 0; x < 3; x++)
					c->alternatives[x] = random_atom(i);
				c->inner = c->n == 3 && roll(2);
				c->u = random_atom(i);
				c->v = random_atom(i);
			}
			v->conflicts = roll(7) == 0;
			v->conflict = random_atom(i);
			v->unavailable = roll(16) == 0;
			v->avoid = roll(6) == 0;
			v->in_class = roll(6) == 0;
		}
	}
}

/* --- brute force --- */

static bool
matches(struct atom a, int version)
{
	return version && (a.op == 0 || (a.op == 1 && version == a.version) ||
			   (a.op == 2 && version >= a.version) || (a.op == 3 && version < a.version));
}

/* What alternatives may be met with: a set, its unchanged part, or anything there is. */
struct view {
	const struct universe_of *u;
	const int *set;
	enum { CHOSEN, UNCHANGED, POSSIBLE } kind;
};

static bool
met(const struct view *w, struct atom a)
{
	if (w->kind == POSSIBLE) {
		for (int k = 1; k <= w->u->count[a.name]; k++)
			if (matches(a, k) &&
			    (!w->u->v[a.name][k].unavailable || w->u->installed[a.name] == k))
				return true;
		return false;
	}
	if (w->kind == UNCHANGED && w->set[a.name] != w->u->installed[a.name])
		return false;
	return matches(a, w->set[a.name]);
}

static bool
part_holds(const struct view *w, const struct choice_of *c, int part)
{
	if (!met(w, c->alternatives[part]))
		return false;
	return !c->inner || part < 2 || met(w, c->u) || met(w, c->v);
}

static bool
any_holds(const struct view *w, const struct choice_of *c)
{
	for (int i = 0; i < c->n; i++)
		if (part_holds(w, c, i))
			return true;
	return false;
}

static int
place_cost(const struct universe_of *u, const int *set, const struct choice_of *c)
{
	struct view chosen = {u, set, CHOSEN}, same = {u, set, UNCHANGED}, possible = {u, set, POSSIBLE};
	int place = 0;

	if (any_holds(&same, c))
		return 0;
	for (int i = 0; i < c->n; i++) {
		if (part_holds(&chosen, c, i)) {
			bool free = met(&same, c->u) || met(&same, c->v);

			if (i == 2 && c->inner && !free && !met(&chosen, c->u))
				place += met(&possible, c->u);
			return place;
		}
		place += part_holds(&possible, c, i);
	}
	return place;
}

/* By name, a set of bits: on whom the chosen version depends. */
static unsigned
needs(const struct universe_of *u, const int *set, int name)
{
	const struct random_version *v = &u->v[name][set[name]];
	struct view chosen = {u, set, CHOSEN};
	unsigned bits = 0;

	for (int d = 0; d < v->depend_count; d++)
		for (int i = 0; i < v->depends[d].n; i++) {
			const struct choice_of *c = &v->depends[d];

			if (!part_holds(&chosen, c, i))
				continue;
			bits |= 1u << c->alternatives[i].name;
			if (!c->inner || i < 2)
				continue;
			bits |= met(&chosen, c->u) ? 1u << c->u.name : 0;
			bits |= met(&chosen, c->v) ? 1u << c->v.name : 0;
		}
	return bits & ~(1u << name);
}

/* They can be put in order: again and again one goes that needs none of those left. */
static bool
in_order(const struct universe_of *u, const int *set)
{
	unsigned left = 0, was;

	for (int i = 0; i < NAMES; i++)
		left |= set[i] ? 1u << i : 0;
	do {
		was = left;
		for (int i = 0; i < NAMES; i++)
			if (left & (1u << i) && !(needs(u, set, i) & left))
				left &= ~(1u << i);
	} while (left && left != was);
	return !left;
}

static bool
valid(const struct universe_of *u, const int *set)
{
	int in_class = 0;

	for (int i = 0; i < NAMES; i++) {
		const struct random_version *v = &u->v[i][set[i]];
		struct view chosen = {u, set, CHOSEN};

		if (!set[i])
			continue;
		if (v->unavailable && u->installed[i] != set[i])
			return false;
		for (int d = 0; d < v->depend_count; d++)
			if (!any_holds(&chosen, &v->depends[d]))
				return false;
		if (v->conflicts && v->conflict.name != i && matches(v->conflict, set[v->conflict.name]))
			return false;
		in_class += v->in_class;
	}
	return in_class <= 1 && in_order(u, set);
}

static int
lag(const struct universe_of *u, int name, int version)
{
	int n = 0;

	for (int k = version + 1; k <= u->count[name]; k++)
		n += !u->v[name][k].unavailable && !u->v[name][k].avoid;
	return n;
}

static bool
counts(const struct universe_of *u, const struct wanted *r, int name)
{
	bool named = false, all = true;

	for (int i = 0; i < r->n; i++)
		if (r->atoms[i].name == name) {
			named = true;
			all &= matches(r->atoms[i], u->installed[name]);
		}
	return named && (r->kind == REQUEST_UPGRADE || (r->kind == REQUEST_INSTALL && !all));
}

static void
vector_of(const struct universe_of *u, const struct wanted *r, const int *set, long *out)
{
	memset(out, 0, PLAN_LEVELS * sizeof(*out));
	for (int i = 0; i < NAMES; i++) {
		const struct random_version *v = &u->v[i][set[i]];

		out[0] += u->installed[i] && !set[i];
		if (!set[i])
			continue;
		out[5]++;
		out[2] += counts(u, r, i) ? lag(u, i, set[i]) : 0;
		if (r->kind == REQUEST_UPGRADE && !r->n)
			out[3] += lag(u, i, set[i]);
		else
			out[3] += u->installed[i] && set[i] != u->installed[i];
		if (set[i] == u->installed[i])
			continue;
		out[1] += v->avoid;
		out[4] += lag(u, i, set[i]);
		for (int d = 0; d < v->depend_count; d++)
			out[4] += place_cost(u, set, &v->depends[d]);
	}
}

static void
decode(const struct universe_of *u, int code, int *set, bool *inside)
{
	*inside = true;
	for (int i = 0; i < NAMES; i++, code /= VERSIONS + 1) {
		set[i] = code % (VERSIONS + 1);
		*inside &= set[i] <= u->count[i];
	}
}

static int
compare(const long *l, const long *r)
{
	for (int i = 0; i < PLAN_LEVELS; i++)
		if (l[i] != r[i])
			return l[i] < r[i] ? -1 : 1;
	return 0;
}

/* The smallest vector; with `same`, of those sets that keep what was named. False: no set. */
static bool
smallest(const struct universe_of *u, const struct wanted *r, bool same, long *best)
{
	bool any = false, inside;
	int set[NAMES];

	for (int code = 0; code < SETS; code++) {
		long now[PLAN_LEVELS];
		bool good;

		decode(u, code, set, &inside);
		good = inside && valid(u, set);
		for (int i = 0; i < r->n && good; i++)
			good = r->kind == REQUEST_REMOVE
				       ? !set[r->atoms[i].name]
				       : matches(r->atoms[i], set[r->atoms[i].name]) &&
						 (!same ||
						  set[r->atoms[i].name] == u->installed[r->atoms[i].name]);
		if (!good)
			continue;
		vector_of(u, r, set, now);
		if (any && compare(now, best) >= 0)
			continue;
		memcpy(best, now, sizeof(now));
		any = true;
	}
	return any;
}

/* --- to text --- */

static void
add_atom(struct buf *b, struct atom a)
{
	static const char *const ops[] = {"", "=", ">=", "<"};

	buf_printf(b, " \"n%d\"", a.name);
	if (a.op)
		buf_printf(b, " {%s \"%d\"}", ops[a.op], a.version);
}

static void
add_choice(struct buf *b, const struct choice_of *c)
{
	buf_adds(b, " (");
	for (int i = 0; i < c->n; i++) {
		buf_adds(b, i ? " |" : "");
		if (!c->inner || i < 2) {
			add_atom(b, c->alternatives[i]);
			continue;
		}
		buf_adds(b, " (");
		add_atom(b, c->alternatives[i]);
		buf_adds(b, " & (");
		add_atom(b, c->u);
		buf_adds(b, " |");
		add_atom(b, c->v);
		buf_adds(b, "))");
	}
	buf_adds(b, ")");
}

static void
write_version(struct world *w, const struct random_version *v, int name, int version)
{
	struct buf b = buf_new(&w->a);

	buf_adds(&b, "depends: [");
	for (int d = 0; d < v->depend_count; d++)
		add_choice(&b, &v->depends[d]);
	buf_adds(&b, " ]\n");
	if (v->conflicts) {
		buf_adds(&b, "conflicts: [ ");
		add_atom(&b, v->conflict);
		buf_adds(&b, " ]\n");
	}
	buf_adds(&b, v->unavailable ? "available: false\n" : "");
	buf_adds(&b, v->avoid ? "flags: avoid-version\n" : "");
	buf_adds(&b, v->in_class ? "conflict-class: \"k\"\n" : "");
	world_package(w, str_printf(&w->a, "n%d.%d", name, version), buf_str(&b));
}

static void
fill_world(struct world *w, const struct universe_of *u)
{
	struct err e = {0};

	for (int i = 0; i < NAMES; i++)
		for (int k = 1; k <= u->count[i]; k++)
			write_version(w, &u->v[i][k], i, k);
	for (int i = 0; i < NAMES; i++)
		if (u->installed[i] &&
		    world_install(w, str_printf(&w->a, "n%d.%d", i, u->installed[i]), roll(2), &e) < 0)
			OK(false, "%s", e.msg);
}

static void
install_some(struct universe_of *u)
{
	int skip = roll(40);
	bool inside;

	for (int code = 1; code < SETS; code++) {
		int set[NAMES];

		decode(u, code, set, &inside);
		if (!inside || !valid(u, set) || skip-- > 0)
			continue;
		memcpy(u->installed, set, sizeof(set));
		u->any_installed = true;
		return;
	}
}

static struct wanted
random_request(const struct universe_of *u)
{
	struct wanted r = {.kind = REQUEST_INSTALL};
	int at = roll(NAMES), kind = u->any_installed ? roll(8) : 0;

	while (u->any_installed && !u->installed[at])
		at = roll(NAMES);
	if (kind == 5)
		return (struct wanted){.kind = REQUEST_UPGRADE};
	if (kind >= 3) {
		r.kind = kind == 3 ? REQUEST_REINSTALL : kind == 4 ? REQUEST_UPGRADE : REQUEST_REMOVE;
		r.atoms[r.n++] = (struct atom){.name = at};
		return r;
	}
	r.n = 1 + roll(2);
	for (int i = 0; i < r.n; i++)
		r.atoms[i] = roll(3) ? (struct atom){.name = roll(NAMES)} : random_atom(-1);
	return r;
}

struct score {
	int wrong_verdict, wrong_vector, not_proven, other_set, answers[4], refusals;
};

static int
ask(struct world *w, const struct wanted *r, const struct plan **plan, struct err *e)
{
	static const char *const ops[] = {"", "=", ">=", "<"};
	struct str args[2];

	for (int i = 0; i < r->n; i++) {
		const struct atom *a = &r->atoms[i];

		args[i] = a->op ? str_printf(&w->a, "n%d%s%d", a->name, ops[a->op], a->version)
				: str_printf(&w->a, "n%d", a->name);
	}
	*e = (struct err){0};
	return world_do(w, r->kind, args, (size_t)r->n, 0, plan, e);
}

static void
round_once(struct score *score)
{
	const struct plan *plan = NULL, *again = NULL;
	long best[PLAN_LEVELS] = {0};
	struct universe_of u;
	struct wanted r;
	struct world w;
	struct err e;
	bool any;

	generate(&u);
	if (roll(3))
		install_some(&u);
	r = random_request(&u);
	any = (r.kind == REQUEST_REINSTALL && smallest(&u, &r, true, best)) || smallest(&u, &r, false, best);
	world_open(&w);
	fill_world(&w, &u);
	if (ask(&w, &r, &plan, &e) < 0) {
		score->refusals++;
		score->wrong_verdict += any;
	} else {
		score->answers[r.kind]++;
		score->wrong_verdict += !any;
		score->wrong_vector += any && compare(plan->vector, best) != 0;
		score->not_proven += !plan->proven || plan->proven_levels != PLAN_LEVELS;
		if (ask(&w, &r, &again, &e) < 0 || again->n != plan->n)
			score->other_set++;
		for (size_t i = 0; i < plan->n && again->n == plan->n; i++)
			score->other_set += !str_eq(plan->packages[i].version->version,
						    again->packages[i].version->version);
	}
	world_close(&w);
}

int
main(void)
{
	struct score score = {0};

	for (int i = 0; i < ROUNDS; i++)
		round_once(&score);
	EQ_INT(score.wrong_verdict, 0, "verdicts are those of brute force");
	EQ_INT(score.wrong_vector, 0, "no valid set is better");
	EQ_INT(score.not_proven, 0, "each is said to be proven");
	EQ_INT(score.other_set, 0, "the same request has the same answer");
	OK(score.answers[REQUEST_INSTALL] > ROUNDS / 5 && score.answers[REQUEST_UPGRADE] > ROUNDS / 20 &&
		   score.answers[REQUEST_REINSTALL] > ROUNDS / 40 &&
		   score.answers[REQUEST_REMOVE] > ROUNDS / 20 && score.refusals > ROUNDS / 20,
	   "all kinds occur (%d, %d, %d, %d; %d refused)", score.answers[REQUEST_INSTALL],
	   score.answers[REQUEST_UPGRADE], score.answers[REQUEST_REINSTALL], score.answers[REQUEST_REMOVE],
	   score.refusals);
	return tap_done();
}
