/* The independent checker: a good plan passes, and a fault of each kind, planted into it, is found. */
#include "../solver/world.h"
#include "../tap.h"

static struct world w;
static struct request request;
static const struct plan *good;

/* A copy to be spoilt: packages, edges and removals are its own. */
static struct plan *
copy(void)
{
	struct plan *p = arena_new(&w.a, struct plan);

	*p = *good;
	p->packages = arena_array(&w.a, struct plan_package, good->n + 1);
	p->removals = arena_array(&w.a, struct plan_removal, good->removal_count + 2);
	for (size_t i = 0; i < good->n; i++) {
		struct plan_edge *edges =
			arena_array(&w.a, struct plan_edge, good->packages[i].edge_count + 1);

		p->packages[i] = good->packages[i];
		for (size_t k = 0; k < p->packages[i].edge_count; k++)
			edges[k] = good->packages[i].edges[k];
		p->packages[i].edges = edges;
	}
	for (size_t i = 0; i < good->removal_count; i++)
		p->removals[i] = good->removals[i];
	return p;
}

static struct plan_package *
package(struct plan *p, const char *name)
{
	for (size_t i = 0; i < p->n; i++)
		if (str_is(p->packages[i].version->name, name))
			return &p->packages[i];
	printf("Bail out! no %s in the plan\n", name);
	exit(1);
}

static const struct version *
version(const char *name, const char *of)
{
	const struct version *v = universe_version(w.universe, str_of(name), str_of(of));

	if (v)
		return v;
	printf("Bail out! no %s.%s in the universe\n", name, of);
	exit(1);
}

static void
found(const struct plan *p, const struct request *r, const char *says, const char *what)
{
	struct err e = {0};
	int rc = solver_check(&w.a, w.universe, r, p, &e);

	OK(rc < 0 && e.code == ERR_BUG, "%s is found", what);
	OK(strstr(e.msg, says) != NULL, "... and said: %s (%s)", says, e.msg);
}

/* --- faults in the set --- */

static void
plant_versions(void)
{
	struct plan *p = copy();
	struct version foreign = *version("low", "2");

	package(p, "low")->version = version("low", "1");
	package(p, "low")->action = PLAN_KEEP;
	found(p, &request, "mid.1 lacks", "a version that a dependency does not admit");
	p = copy();
	package(p, "low")->version = &foreign;
	found(p, &request, "no candidate", "a version that is none of the universe's");
	p = copy();
	package(p, "free")->version = version("free", "2");
	found(p, &request, "is not available", "a version that is not available");
	p = copy();
	p->packages[p->n] = *package(p, "free");
	p->n++;
	p->vector[5]++;
	found(p, &request, "is there twice", "a name that is there twice");
	p = copy();
	for (struct plan_package *at = package(p, "low"); at + 1 < p->packages + p->n; at++)
		*at = at[1];
	p->n--;
	found(p, &request, "mid.1 lacks", "a missing dependency");
}

static void
plant_conflicts(void)
{
	struct plan *p = copy();

	package(p, "free")->version = version("free", "3");
	found(p, &request, "conflicts with", "a conflict");
	p = copy();
	package(p, "free")->version = version("free", "4");
	found(p, &request, "conflict class", "two of one conflict class");
}

/* --- faults in the order --- */

static void
plant_order(void)
{
	struct plan *p = copy();
	struct plan_package *mid = package(p, "mid"), *low = package(p, "low"), other = *mid;
	struct plan_edge *edges = (struct plan_edge *)package(p, "mid")->edges;

	*mid = *low;
	*low = other;
	found(p, &request, "", "a package before what it needs");
	p = copy();
	edges = (struct plan_edge *)package(p, "mid")->edges;
	edges[0].to = p->n + 5;
	found(p, &request, "comes before what it needs", "an edge that leads nowhere");
	p = copy();
	package(p, "mid")->edge_count = 0;
	found(p, &request, "mid.1 would be built without low", "an edge that is missing");
	p = copy();
	edges = (struct plan_edge *)package(p, "mid")->edges;
	edges[0].roles |= EDGE_POST;
	found(p, &request, "would be built without low", "an edge that gives no order, but should");
}

/* --- faults in what is said --- */

static void
plant_actions(void)
{
	struct plan *p = copy();

	package(p, "low")->action = PLAN_INSTALL;
	found(p, &request, "wrong step", "an installation of what is installed");
	p = copy();
	package(p, "low")->action = PLAN_DOWNGRADE;
	found(p, &request, "wrong step", "a change in the wrong direction");
	p = copy();
	package(p, "mid")->action = PLAN_KEEP;
	found(p, &request, "wrong step", "something kept that is not there");
	p = copy();
	p->removals[0].name = STR("elsewhere");
	found(p, &request, "elsewhere, which is not there", "a removal of what is not installed");
	p = copy();
	p->removal_count = 0;
	found(p, &request, "loses sight of gone", "an installed package that is not spoken of");
	p = copy();
	p->removals[p->removal_count++] = p->removals[0];
	found(p, &request, "loses sight of gone", "a removal that is said twice");
	p = copy();
	p->vector[0] = 0;
	found(p, &request, "ranking", "a removal that the ranking does not count");
	p = copy();
	p->vector[5]++;
	found(p, &request, "ranking", "a wrong number of packages");
}

/* --- faults against what was asked --- */

static const struct opam_formula *
formula(const char *text)
{
	const struct opam_formula *f = NULL;
	struct err e;

	opam_request(&w.a, str_of(text), &f, &e);
	return f;
}

static void
plant_wishes(void)
{
	struct request other = request;
	const struct opam_formula *atoms[] = {formula("mid"), formula("low < 2")};
	const struct opam_formula *choice = formula("gone | free > 1");

	other.atoms = atoms;
	other.n = 2;
	found(good, &other, "asked for low", "an atom that does not hold");
	other = request;
	other.formulas = &choice;
	other.formula_count = 1;
	found(good, &other, "asked for", "a choice of which nothing is there");
	other = request;
	other.invariant = formula("gone");
	found(good, &other, "invariant", "a broken invariant");
	other = request;
	other.kind = REQUEST_REMOVE;
	found(good, &other, "asked for mid", "something to be removed that is there");
}

int
main(void)
{
	static const char *const repo[][2] = {
		{"low.1", ""},
		{"low.2", ""},
		{"mid.1", "depends: \"low\" {>= \"2\"} conflicts: \"gone\""},
		{"free.1", ""},
		{"free.2", "available: false"},
		{"free.3", "conflicts: \"mid\""},
		{"free.4", "conflict-class: \"k\""},
		{"kind.1", "depends: \"free\" conflict-class: \"k\""},
		{"gone.1", ""},
	};
	static const struct str installed[] = {STR("low.1"), STR("gone.1")};
	static const struct str asked[] = {STR("mid"), STR("free.1"), STR("kind")};
	struct err e = {0};
	const struct opam_formula **atoms;

	world_open(&w);
	for (size_t i = 0; i < COUNT_OF(repo); i++)
		world_package(&w, str_of(repo[i][0]), str_of(repo[i][1]));
	for (size_t i = 0; i < COUNT_OF(installed); i++)
		world_install(&w, installed[i], true, &e);
	OK(world_do(&w, REQUEST_INSTALL, asked, 3, 0, &good, &e) == 0, "a plan: %s", e.msg);
	atoms = arena_array(&w.a, const struct opam_formula *, 3);
	atoms[0] = formula("mid");
	atoms[1] = formula("kind");
	request = (struct request){.kind = REQUEST_INSTALL,
				   .atoms = atoms,
				   .n = 2,
				   .installed = w.installed.v,
				   .installed_count = w.installed.n};
	OK(good && good->removal_count == 1 && solver_check(&w.a, w.universe, &request, good, &e) == 0,
	   "which passes: %s", e.msg);
	plant_versions();
	plant_conflicts();
	plant_order();
	plant_actions();
	plant_wishes();
	world_close(&w);
	return tap_done();
}
