#include "cli/request.h"

#include "cli/operand.h"
#include "cli/out.h"
#include "opam/version.h"

/* So long that nobody waits for it, and far from overflow. */
enum { EFFORT_MAX = 1000000, DEADLINE_MAX_MS = 24 * 3600 * 1000 };

int
request_use(const struct request_options *o, struct change *out, struct err *e)
{
	if (o->optimize < 0 || o->optimize > EFFORT_MAX)
		return err_set(e, ERR_USAGE, "--optimize: %ld is not between 1 and %d", o->optimize,
			       EFFORT_MAX);
	if (o->deadline < 0 || o->deadline > DEADLINE_MAX_MS)
		return err_set(e, ERR_USAGE, "--deadline: %ld ms is not between 1 and %d", o->deadline,
			       DEADLINE_MAX_MS);
	for (size_t i = 0; i < o->ignored.n; i++)
		if (!opam_name_valid(o->ignored.v[i]))
			return err_set(e, ERR_USAGE, "--ignore-constraints-on: '%.*s' is no package name",
				       STR_ARG(o->ignored.v[i]));
	out->effort = (unsigned)o->optimize;
	out->deadline_ms = (unsigned)o->deadline;
	out->ignored = (struct opam_strings){o->ignored.v, o->ignored.n};
	return 0;
}

struct reading {
	struct ctx *c;
	enum request_kind kind;
	VEC(const struct opam_formula *) atoms, formulas;
};

/* What all must hold is so many requests; what remains is an atom or a choice. */
static int
add(struct reading *r, const struct opam_formula *f, struct err *e)
{
	switch (f->kind) {
	case FORMULA_TRUE:
		return 0;
	case FORMULA_ATOM:
		vec_push(r->c->a, &r->atoms, f);
		return 0;
	case FORMULA_AND:
		for (size_t i = 0; i < f->n; i++)
			if (add(r, f->kids[i], e) < 0)
				return -1;
		return 0;
	case FORMULA_OR:
		break;
	}
	if (r->kind != REQUEST_INSTALL)
		return err_set(e, ERR_USAGE, "'%.*s' is a choice, which only an install can make",
			       STR_ARG(opam_formula_text(r->c->a, f)));
	vec_push(r->c->a, &r->formulas, f);
	return 0;
}

static int
read_one(struct reading *r, const char *text, struct err *e)
{
	const struct opam_formula *f;

	if (operand_is_place(text)) {
		err_set(e, ERR_USAGE, "'%s' is no package name", out_safe(r->c, str_of(text)));
		return err_hint(e, "`pkg install` takes packages from a folder or an address");
	}
	if (opam_request(r->c->a, str_of(text), &f, e) < 0) {
		e->code = ERR_USAGE; /* of the command line, not of a file */
		return err_hint(e, "NAME, NAME.VERSION, 'NAME>=1.2&<2', 'a | b' or '\"a\" {>= \"1.2\"}'");
	}
	if (f->kind == FORMULA_TRUE)
		return err_set(e, ERR_USAGE, "'%s' asks for nothing",
			       out_safe(r->c, str_sub(str_of(text), 0, 80)));
	return add(r, f, e);
}

int
request_read(struct ctx *c, char **args, int n, struct change *out, struct err *e)
{
	struct reading r = {.c = c, .kind = out->kind};

	if (operand_lists(c, &args, &n, e) < 0)
		return -1;
	for (int i = 0; i < n; i++)
		if (read_one(&r, args[i], e) < 0)
			return -1;
	out->atoms = r.atoms.v;
	out->n = r.atoms.n;
	out->formulas = r.formulas.v;
	out->formula_count = r.formulas.n;
	return 0;
}

static void
hint_names(struct ctx *c, const struct opam_strings *names, const struct opam_formula *f, struct err *e)
{
	struct opam_strings near;

	for (size_t i = 0; i < f->n; i++)
		hint_names(c, names, f->kids[i], e);
	if (f->kind != FORMULA_ATOM || opam_strings_have(names, f->name) ||
	    solver_similar(c->a, names, f->name, &near) < 0)
		return;
	for (size_t i = 0; i < near.n && i < 3; i++)
		err_hint(e, "did you mean %.*s?", STR_ARG(near.v[i]));
}

void
request_hint(struct ctx *c, const struct change *change, struct err *e)
{
	struct opam_strings names;
	struct err ignored;

	if (e->code == ERR_NOTFOUND && !c->apply.repos.n)
		err_hint(e, "there is no package repository: pkg repo add NAME ADDRESS");
	if (e->code != ERR_NOTFOUND || e->hint[0] ||
	    repo_names(c->root.store, c->a, &c->apply.repos, &names, &ignored) < 0)
		return;
	for (size_t i = 0; i < change->n; i++)
		hint_names(c, &names, change->atoms[i], e);
	for (size_t i = 0; i < change->formula_count; i++)
		hint_names(c, &names, change->formulas[i], e);
}
