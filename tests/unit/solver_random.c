/* Small random universes against brute force: the same verdict, and nothing removed without need. That a
 * plan is valid is seen by the brute force's own eyes too. */
#include "../solver/world.h"
#include "../tap.h"

enum { NAMES = 5, VERSIONS = 3, ROUNDS = 400 };

struct atom {
	int name, op, version; /* op: 0 any, 1 =, 2 >=, 3 < */
};
struct random_version {
	int dep_count, dep_size[3], conflict_count;
	struct atom deps[3][2], conflicts[1];
	bool unavailable, avoid, in_class;
};
struct random_universe {
	int count[NAMES];
	struct random_version v[NAMES][VERSIONS + 1]; /* version 1 .. count */
	int installed[NAMES];                         /* 0: none */
	struct atom request[2], invariant;
	int request_count;
	bool has_invariant;
};

static uint64_t state;

static int
roll(int n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (int)(state % (uint64_t)n);
}

static struct atom
random_atom(void)
{
	return (struct atom){roll(NAMES), roll(4), 1 + roll(VERSIONS)};
}

static bool
matches(struct atom a, int version)
{
	if (!version)
		return false;
	return a.op == 0 || (a.op == 1 && version == a.version) || (a.op == 2 && version >= a.version) ||
	       (a.op == 3 && version < a.version);
}

static void
generate(struct random_universe *u)
{
	*u = (struct random_universe){0};
	for (int i = 0; i < NAMES; i++) {
		u->count[i] = 1 + roll(VERSIONS);
		for (int k = 1; k <= u->count[i]; k++) {
			struct random_version *v = &u->v[i][k];

			v->dep_count = roll(3);
			for (int d = 0; d < v->dep_count; d++) {
				v->dep_size[d] = 1 + roll(2);
				for (int x = 0; x < v->dep_size[d]; x++)
					v->deps[d][x] = random_atom();
			}
			v->conflict_count = roll(3) == 0;
			v->conflicts[0] = random_atom();
			v->unavailable = roll(8) == 0;
			v->avoid = roll(6) == 0;
			v->in_class = roll(5) == 0;
		}
	}
	u->request_count = 1 + roll(2);
	for (int i = 0; i < u->request_count; i++)
		u->request[i] = random_atom();
	u->has_invariant = roll(4) == 0;
	u->invariant = random_atom();
}

/* --- brute force --- */

static bool
version_holds(const struct random_universe *u, const int *set, int name)
{
	const struct random_version *v = &u->v[name][set[name]];

	if (v->unavailable && u->installed[name] != set[name])
		return false;
	for (int d = 0; d < v->dep_count; d++) {
		bool any = false;

		for (int x = 0; x < v->dep_size[d]; x++)
			any |= matches(v->deps[d][x], set[v->deps[d][x].name]);
		if (!any)
			return false;
	}
	for (int c = 0; c < v->conflict_count; c++)
		if (v->conflicts[c].name != name && matches(v->conflicts[c], set[v->conflicts[c].name]))
			return false;
	return true;
}

static bool
valid(const struct random_universe *u, const int *set)
{
	int in_class = 0;

	for (int i = 0; i < NAMES; i++)
		if (set[i]) {
			if (!version_holds(u, set, i))
				return false;
			in_class += u->v[i][set[i]].in_class;
		}
	return in_class <= 1;
}

/* A post-less cycle is refused though the set is valid: the verdicts may then differ. */
static bool
reaches(const struct random_universe *u, const int *set, int from, int to, int depth)
{
	const struct random_version *v = &u->v[from][set[from]];

	for (int d = 0; depth < NAMES && d < v->dep_count; d++)
		for (int x = 0; x < v->dep_size[d]; x++) {
			struct atom a = v->deps[d][x];

			if (a.name != from && matches(a, set[a.name]) &&
			    (a.name == to || reaches(u, set, a.name, to, depth + 1)))
				return true;
		}
	return false;
}

static bool
cyclic(const struct random_universe *u, const int *set)
{
	for (int i = 0; i < NAMES; i++)
		if (set[i] && reaches(u, set, i, i, 0))
			return true;
	return false;
}

static bool
next(const struct random_universe *u, int *set)
{
	for (int i = 0; i < NAMES; i++) {
		if (++set[i] <= u->count[i])
			return true;
		set[i] = 0;
	}
	return false;
}

static bool
answers(const struct random_universe *u, const int *set)
{
	for (int i = 0; i < u->request_count; i++)
		if (!matches(u->request[i], set[u->request[i].name]))
			return false;
	return (!u->has_invariant || matches(u->invariant, set[u->invariant.name])) && valid(u, set);
}

/* Fewest removals of a valid answer; -1: there is none. */
static int
fewest_removals(const struct random_universe *u)
{
	int set[NAMES] = {0}, best = -1;

	do {
		int removed = 0;

		if (!answers(u, set))
			continue;
		for (int i = 0; i < NAMES; i++)
			removed += u->installed[i] && !set[i];
		if (best < 0 || removed < best)
			best = removed;
	} while (next(u, set));
	return best;
}

/* Whether a valid answer can be put in order. */
static bool
possible(const struct random_universe *u)
{
	int set[NAMES] = {0};

	do
		if (answers(u, set) && !cyclic(u, set))
			return true;
	while (next(u, set));
	return false;
}

/* Some valid set without a cycle becomes the switch. */
static void
install_some(struct random_universe *u)
{
	int set[NAMES] = {0}, skip = roll(12);

	do {
		if (!valid(u, set) || cyclic(u, set) || skip-- > 0)
			continue;
		memcpy(u->installed, set, sizeof(set));
		return;
	} while (next(u, set));
}

/* --- to text --- */

static void
add_atom(struct buf *b, struct atom a)
{
	static const char *const ops[] = {"", "=", ">=", "<"};

	buf_printf(b, "\"n%d\"", a.name);
	if (a.op)
		buf_printf(b, " {%s \"%d\"}", ops[a.op], a.version);
}

static void
write_version(struct world *w, const struct random_version *v, int name, int version)
{
	struct buf b = buf_new(&w->a);

	buf_adds(&b, "depends: [");
	for (int d = 0; d < v->dep_count; d++) {
		buf_adds(&b, " (");
		for (int x = 0; x < v->dep_size[d]; x++) {
			buf_adds(&b, x ? " | " : "");
			add_atom(&b, v->deps[d][x]);
		}
		buf_adds(&b, ")");
	}
	buf_adds(&b, " ]\n");
	if (v->conflict_count) {
		buf_adds(&b, "conflicts: [ ");
		add_atom(&b, v->conflicts[0]);
		buf_adds(&b, " ]\n");
	}
	if (v->unavailable)
		buf_adds(&b, "available: false\n");
	if (v->avoid)
		buf_adds(&b, "flags: avoid-version\n");
	if (v->in_class)
		buf_adds(&b, "conflict-class: \"k\"\n");
	world_package(w, str_printf(&w->a, "n%d.%d", name, version), buf_str(&b));
}

static struct str
request_text(struct world *w, struct atom a)
{
	static const char *const ops[] = {"", "=", ">=", "<"};

	return a.op ? str_printf(&w->a, "n%d%s%d", a.name, ops[a.op], a.version)
		    : str_printf(&w->a, "n%d", a.name);
}

struct score {
	int wrong_verdict, invalid, bugs, needless, silent, upgrades, sat, unsat, cycles;
	int left_wrongly, suggested, wrong_suggestions;
};

static bool
plan_is_valid(const struct random_universe *u, const struct plan *plan)
{
	int set[NAMES] = {0};

	for (size_t i = 0; i < plan->n; i++) /* "n3", "2" */
		set[plan->packages[i].version->name.s[1] - '0'] =
			plan->packages[i].version->version.s[0] - '0';
	return answers(u, set);
}

/* From a valid switch an upgrade finds something, at worst what is there. */
static void
upgrade(struct world *w, struct random_universe *u, const struct plan *plan, struct score *score)
{
	struct err e = {0};

	for (size_t i = 0; i < plan->n; i++)
		u->installed[plan->packages[i].version->name.s[1] - '0'] =
			plan->packages[i].version->version.s[0] - '0';
	for (size_t i = 0; i < plan->removal_count; i++)
		u->installed[plan->removals[i].name.s[1] - '0'] = 0;
	world_apply(w, plan);
	u->request_count = 0;
	if (world_do(w, REQUEST_UPGRADE, NULL, 0, 0, &plan, &e) < 0)
		score->upgrades += !strstr(e.msg, "circle");
	else
		score->upgrades += !plan_is_valid(u, plan) || plan->removal_count;
}

static void
fill_world(struct world *w, const struct random_universe *u, struct score *score)
{
	struct err e = {0};

	for (int i = 0; i < NAMES; i++)
		for (int k = 1; k <= u->count[i]; k++)
			write_version(w, &u->v[i][k], i, k);
	for (int i = 0; i < NAMES; i++)
		if (u->installed[i] &&
		    world_install(w, str_printf(&w->a, "n%d.%d", i, u->installed[i]), roll(2), &e) < 0)
			score->bugs++;
	if (u->has_invariant)
		opam_atom(&w->a, request_text(w, u->invariant), &w->invariant, &e);
}

static void
judge_refusal(struct score *score, const struct err *e, int fewest)
{
	score->unsat++;
	if (strstr(e->msg, "circle"))
		score->cycles++;
	else if (e->code != ERR_UNSAT && e->code != ERR_NOTFOUND)
		score->bugs++;
	else if (fewest >= 0)
		score->wrong_verdict++;
	else if (!*e->msg || (e->code == ERR_UNSAT && !*e->note))
		score->silent++;
}

/* Of two wishes that do not go together one is met, the first if it can be. */
static void
judge_effort(struct world *w, const struct random_universe *u, const struct str *args, struct score *score)
{
	struct random_universe first = *u, second = *u;
	const struct plan *plan = NULL;
	struct err e = {0};
	bool one, other;

	first.request_count = second.request_count = 1;
	second.request[0] = u->request[1];
	one = possible(&first);
	other = possible(&second);
	if (world_do(w, REQUEST_INSTALL, args, 2, WORLD_BEST_EFFORT, &plan, &e) < 0)
		score->left_wrongly += one || other;
	else
		score->left_wrongly +=
			plan->left_out_count != 1 || !plan_is_valid(one ? &first : &second, plan);
}

/* What is suggested can be: by brute force. */
static void
judge_suggestions(const struct random_universe *u, const struct explanation *x, struct score *score)
{
	for (size_t i = 0; i < x->suggestions.n; i++) {
		const struct suggestion *s = &x->suggestions.v[i];
		struct random_universe other = *u;
		int kept = 0;

		for (int k = 0; s->atom && k < u->request_count; k++) {
			bool meant = s->atom->name.s[1] - '0' == u->request[k].name;

			if (meant && s->kind == SUGGEST_WITHOUT)
				continue;
			other.request[kept] = u->request[k];
			if (meant)
				other.request[kept].op = 0;
			kept++;
		}
		if (s->atom)
			other.request_count = kept;
		else
			other.has_invariant = false;
		score->suggested++;
		score->wrong_suggestions += fewest_removals(&other) < 0;
	}
}

static void
round_once(struct score *score)
{
	struct random_universe u;
	struct str args[2];
	const struct plan *plan = NULL;
	struct explanation x = {.invariant = false};
	struct err e = {0};
	struct world w;
	int fewest;

	generate(&u);
	if (roll(2))
		install_some(&u);
	world_open(&w);
	fill_world(&w, &u, score);
	for (int i = 0; i < u.request_count; i++)
		args[i] = request_text(&w, u.request[i]);
	fewest = fewest_removals(&u);
	w.explanation = &x;
	if (world_do(&w, REQUEST_INSTALL, args, (size_t)u.request_count, 0, &plan, &e) < 0) {
		judge_refusal(score, &e, fewest);
		score->wrong_verdict += fewest >= 0 && strstr(e.msg, "circle") && possible(&u);
		judge_suggestions(&u, &x, score);
		w.explanation = NULL;
		if (u.request_count == 2 && !possible(&u) && u.request[0].name != u.request[1].name)
			judge_effort(&w, &u, args, score);
	} else {
		score->sat++;
		score->wrong_verdict += fewest < 0;
		score->invalid += !plan_is_valid(&u, plan);
		score->needless += fewest == 0 && plan->removal_count;
		upgrade(&w, &u, plan, score);
	}
	world_close(&w);
}

int
main(void)
{
	struct score score = {0};

	state = 20260822;
	for (int i = 0; i < ROUNDS; i++)
		round_once(&score);
	EQ_INT(score.wrong_verdict, 0, "satisfiable or not: as by brute force");
	EQ_INT(score.invalid, 0, "every plan is valid");
	EQ_INT(score.bugs, 0, "no plan failed its own checker");
	EQ_INT(score.needless, 0, "nothing is removed where nothing needs to be");
	EQ_INT(score.silent, 0, "every refusal is explained");
	EQ_INT(score.upgrades, 0, "upgrades succeed and remove nothing");
	EQ_INT(score.left_wrongly, 0, "best effort leaves out what has to be");
	EQ_INT(score.wrong_suggestions, 0, "what is suggested can be (%d suggestions)", score.suggested);
	OK(score.sat > ROUNDS / 5 && score.unsat > ROUNDS / 5, "both answers occur (%d, %d; %d circles)",
	   score.sat, score.unsat, score.cycles);
	return tap_done();
}
