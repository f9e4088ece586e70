#include "apply/question.h"

#include "apply/outlived.h"
#include "base/map.h"
#include "base/vec.h"
#include "opam/version.h"

typedef VEC(struct str) name_list;

bool
change_names(const struct change *c, struct str name)
{
	for (size_t i = 0; i < c->n; i++)
		if (opam_formula_names(c->atoms[i], name))
			return true;
	for (size_t i = 0; i < c->formula_count; i++)
		if (opam_formula_names(c->formulas[i], name))
			return true;
	return false;
}

static void
add_names(struct arena *a, name_list *out, const struct opam_formula *f)
{
	if (f->kind == FORMULA_ATOM)
		vec_push(a, out, f->name);
	for (size_t i = 0; i < f->n; i++)
		add_names(a, out, f->kids[i]);
}

/* What the universe has to reach: the names of the request first, then the roots. */
static struct opam_strings
names_of(struct arena *a, const struct session *s, const struct change *c, size_t *requested)
{
	name_list names = {0};

	for (size_t i = 0; i < c->n; i++)
		add_names(a, &names, c->atoms[i]);
	for (size_t i = 0; i < c->formula_count; i++)
		add_names(a, &names, c->formulas[i]);
	*requested = names.n;
	for (size_t i = 0; i < s->state.roots.n; i++)
		vec_push(a, &names, s->state.roots.v[i]);
	return (struct opam_strings){names.v, names.n};
}

static int
read_invariant(struct arena *a, struct str text, const struct opam_formula **out, struct err *e)
{
	*out = NULL;
	if (!str_trim(text).n)
		return 0;
	if (opam_request(a, text, out, e) < 0)
		return err_note(e, "in the invariant '" STR_FMT "'", STR_ARG(text));
	return 0;
}

/* That of the switch, or its successor, and what must hold besides. */
static int
invariant_of(struct arena *a, const struct session *s, const struct change *c,
	     const struct opam_formula **out, struct err *e)
{
	const struct opam_formula **both = arena_array(a, const struct opam_formula *, 2);
	struct opam_formula *joined;

	if (read_invariant(a, c->invariant.n ? c->invariant : s->state.invariant, &both[0], e) < 0 ||
	    read_invariant(a, c->besides, &both[1], e) < 0)
		return -1;
	*out = both[0] ? both[0] : both[1];
	if (!both[0] || !both[1])
		return 0;
	joined = arena_new(a, struct opam_formula);
	*joined = (struct opam_formula){.kind = FORMULA_AND, .kids = both, .n = 2};
	*out = joined;
	return 0;
}

static bool
never(const void *change, struct str name)
{
	(void)change, (void)name;
	return false;
}

/* --- a state that is only assumed --- */

int
assumed_read(struct arena *a, const char *path, struct str text, struct universe_installed **out, size_t *n,
	     struct err *e)
{
	VEC(struct universe_installed) list = {0};
	struct map seen = map_new(a);
	struct pos at = {path, 0, 1};
	struct str line;

	while (str_cut(&text, '\n', &line)) {
		struct universe_installed in = {.root = true};

		at.line++;
		str_cut(&line, '#', &in.name); /* what stands before a comment */
		line = str_trim(in.name);
		if (!line.n)
			continue;
		if (!opam_name_version_cut(line, &in.name, &in.version))
			return err_at(e, ERR_USAGE, at, "'%.*s' is not of the form name.version",
				      (int)(line.n < 80 ? line.n : 80), line.s);
		if (map_has(&seen, in.name))
			return err_at(e, ERR_USAGE, at, STR_FMT " stands here twice",
				      STR_ARG(str_sub(in.name, 0, 80)));
		map_set(&seen, in.name, a);
		vec_push(a, &list, in);
	}
	*out = list.v;
	*n = list.n;
	return 0;
}

/* What no repository has is known by name alone. True: there is some. */
static bool
fill_lost(struct arena *a, const struct universe *u, struct universe_installed *v, size_t n,
	  struct opam_strings *lost)
{
	struct str nothing = STR("opam-version: \"2.0\"\n");

	lost->v = arena_array(a, struct str, n + 1);
	for (size_t i = 0; i < n; i++) {
		struct opam_definition *d;
		struct err none;

		if (universe_version(u, v[i].name, v[i].version))
			continue;
		d = arena_new(a, struct opam_definition);
		if (opam_definition(a, "nothing", nothing, d, &none) < 0)
			continue;
		v[i].definition = d;
		lost->v[lost->n++] =
			str_printf(a, STR_FMT "." STR_FMT, STR_ARG(v[i].name), STR_ARG(v[i].version));
	}
	return lost->n > 0;
}

/* --- the whole --- */

static struct request
request_of(const struct change *c)
{
	return (struct request){.kind = c->kind,
				.atoms = c->atoms,
				.n = c->n,
				.formulas = c->formulas,
				.formula_count = c->formula_count,
				.with_test = c->with_test,
				.with_doc = c->with_doc,
				.auto_remove = c->auto_remove,
				.best_effort = c->best_effort,
				.effort = c->effort,
				.deadline_ms = c->deadline_ms,
				.explanation = c->explanation};
}

static void
find_installed(struct arena *a, const struct asking *ask, struct universe_installed **out, size_t *n)
{
	*out = ask->assumed;
	*n = ask->assumed_count;
	if (!ask->assume)
		session_installed(ask->s, a, out, n);
}

int
question_make(struct arena *a, const struct asking *ask, struct question *out, struct err *e)
{
	const struct change *c = ask->change;
	struct session *s = ask->s;
	struct universe_request want = {0};
	struct universe_installed *installed;
	struct universe_pin *pins;
	struct opam_strings names, requested;
	size_t n;

	names = names_of(a, s, c, &n);
	requested = (struct opam_strings){names.v, n};
	*out = (struct question){.r = request_of(c)};
	if (pins_resolve(s, a, ask->look_again ? ask->look_again : never, c, c->kind != REQUEST_REMOVE,
			 &out->pins, &out->pin_count, e) < 0 ||
	    invariant_of(a, s, c, &out->r.invariant, e) < 0)
		return -1;
	find_installed(a, ask, &installed, &out->r.installed_count);
	out->r.installed = installed;
	if (!ask->assume && outlived_left(s, a, c, &out->r, e) < 0)
		return -1;
	pins = arena_array(a, struct universe_pin, out->pin_count + 1);
	for (size_t i = 0; i < out->pin_count; i++)
		pins[i] = out->pins[i].universe;
	want = (struct universe_request){.names = &names,
					 .installed = installed,
					 .installed_count = out->r.installed_count,
					 .pins = pins,
					 .pin_count = out->pin_count,
					 .invariant = out->r.invariant,
					 .test_names = c->with_test ? &requested : NULL,
					 .doc_names = c->with_doc ? &requested : NULL,
					 .dev_setup_names = c->with_dev_setup ? &requested : NULL};
	do {
		if (universe_load(s->ap->root->store, a, &s->ap->repos, ask->platform, &want, &out->u, e) < 0)
			return -1;
	} while (ask->assume && !out->lost.v &&
		 fill_lost(a, out->u, installed, out->r.installed_count, &out->lost));
	solver_ignore_constraints(a, out->u, &c->ignored);
	return 0;
}
