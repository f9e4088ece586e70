#include "solver/ask.h"

#include "base/buf.h"

static void
hint_similar(struct arena *a, const struct universe *u, struct str name, struct err *e)
{
	struct opam_strings names = {arena_array(a, struct str, u->n), u->n}, near;
	struct buf b = buf_new(a);

	for (size_t i = 0; i < u->n; i++)
		names.v[i] = u->packages[i]->name;
	solver_similar(a, &names, name, &near);
	for (size_t i = 0; i < near.n; i++)
		buf_printf(&b, "%s" STR_FMT, i ? ", " : "", STR_ARG(near.v[i]));
	if (near.n)
		err_hint(e, "did you mean " STR_FMT "?", STR_ARG(buf_str(&b)));
}

static int
no_version(struct arena *a, const struct package *package, const struct opam_formula *atom, struct err *e)
{
	struct buf b = buf_new(a);

	if (atom->range->kind == RANGE_REL && atom->range->op == OP_EQ)
		err_set(e, ERR_NOTFOUND, STR_FMT " has no version " STR_FMT, STR_ARG(package->name),
			STR_ARG(atom->range->version));
	else
		err_set(e, ERR_NOTFOUND, STR_FMT " has no version " STR_FMT, STR_ARG(package->name),
			STR_ARG(opam_range_text(a, atom->range)));
	for (size_t i = 0; i < package->n && i < 8; i++)
		buf_printf(&b, "%s" STR_FMT, i ? ", " : "", STR_ARG(package->versions[i]->version));
	return err_hint(e, "versions: " STR_FMT "%s", STR_ARG(buf_str(&b)), package->n > 8 ? ", ..." : "");
}

/* An atom of an install: some version of it can be had. */
static int
check_wanted(struct arena *a, const struct package *package, const struct opam_formula *atom, struct err *e)
{
	const struct version *refused = NULL;
	size_t refused_count = 0;

	for (size_t i = 0; i < package->n; i++) {
		const struct version *v = package->versions[i];

		if (!opam_range_holds(atom->range, v->version))
			continue;
		if (v->available || v->installed)
			return 0;
		if (!refused_count++)
			refused = v;
	}
	if (!refused)
		return no_version(a, package, atom, e);
	if (refused_count > 1)
		err_set(e, ERR_NOTFOUND, "no version of " STR_FMT " is available on this platform",
			STR_ARG(opam_formula_text(a, atom)));
	else
		err_set(e, ERR_NOTFOUND, STR_FMT "." STR_FMT " is not available on this platform",
			STR_ARG(refused->name), STR_ARG(refused->version));
	return err_note(e, STR_FMT "." STR_FMT " has " STR_FMT, STR_ARG(refused->name),
			STR_ARG(refused->version), STR_ARG(refused->unavailable));
}

/* An atom of a removal or reinstallation: it is installed. */
static int
check_installed(struct arena *a, const struct request *r, const struct opam_formula *atom, struct err *e)
{
	for (size_t i = 0; i < r->installed_count; i++) {
		if (!str_eq(r->installed[i].name, atom->name))
			continue;
		if (opam_range_holds(atom->range, r->installed[i].version))
			return 0;
		return err_set(e, ERR_NOTFOUND, STR_FMT " is not installed, but " STR_FMT "." STR_FMT,
			       STR_ARG(opam_formula_text(a, atom)), STR_ARG(atom->name),
			       STR_ARG(r->installed[i].version));
	}
	return err_set(e, ERR_NOTFOUND, STR_FMT " is not installed", STR_ARG(atom->name));
}

static bool
is_installed(const struct request *r, struct str name)
{
	for (size_t i = 0; i < r->installed_count; i++)
		if (str_eq(r->installed[i].name, name))
			return true;
	return false;
}

int
ask_atom(struct arena *a, const struct universe *u, const struct request *r, const struct opam_formula *atom,
	 struct err *e)
{
	const struct package *package = universe_package(u, atom->name);

	if (!package) {
		err_set(e, ERR_NOTFOUND, "there is no package '" STR_FMT "'", STR_ARG(atom->name));
		hint_similar(a, u, atom->name, e);
		return -1;
	}
	/* To remove what is not there is done already. */
	if (r->kind == REQUEST_REMOVE && !is_installed(r, atom->name))
		return 0;
	return r->kind == REQUEST_REMOVE || r->kind == REQUEST_REINSTALL ? check_installed(a, r, atom, e)
									 : check_wanted(a, package, atom, e);
}

int
ask_formula(struct arena *a, const struct universe *u, const struct request *r, const struct opam_formula *f,
	    struct err *e)
{
	struct err later;

	if (f->kind == FORMULA_ATOM)
		return ask_atom(a, u, r, f, e);
	for (size_t i = 0; i < f->n; i++) {
		int rc = ask_formula(a, u, r, f->kids[i], i ? &later : e);

		if (f->kind == FORMULA_AND && rc < 0)
			return i ? (*e = later, -1) : -1;
		if (f->kind == FORMULA_OR && rc == 0)
			return 0;
	}
	return f->kind == FORMULA_OR ? -1 : 0;
}

int
ask_request(struct arena *a, const struct universe *u, const struct request *r, struct err *e)
{
	for (size_t i = 0; i < r->n; i++)
		if (ask_atom(a, u, r, r->atoms[i], e) < 0)
			return -1;
	for (size_t i = 0; i < r->formula_count; i++)
		if (ask_formula(a, u, r, r->formulas[i], e) < 0)
			return -1;
	return 0;
}
