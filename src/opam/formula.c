#include "opam/formula.h"

#include "base/vec.h"
#include "opam/range.h"
#include "opam/text.h"
#include "opam/twice.h"
#include "opam/version.h"

/* The dependency variables of the first pass and of the second. */
struct dep_scope {
	struct opam_scope scope;
	const struct opam_scope *others; /* in the first pass: where all other variables are */
	bool second;
	const struct opam_dep_flags *flags;
};

struct reader {
	struct arena *a;
	const struct opam_text *t;
	struct err *e;
	enum opam_formula_field field;
	struct opam_dep_flags flags;
	const struct opam_scope *scope;
};

static void
dep_get(const struct opam_scope *scope, struct arena *a, struct str package, struct str name,
	struct opam_var *out)
{
	const struct dep_scope *s = scope->ctx;
	const struct opam_dep_flags *f = s->flags;
	const struct {
		const char *name;
		bool value, late;
	} reserved[] = {
		{"build", f->build, true},
		{"post", f->post, true},
		{"with-test", f->with_test, false},
		{"with-doc", f->with_doc, false},
		{"with-dev-setup", f->with_dev_setup, false},
		{"dev", f->dev, false},
	};

	for (size_t i = 0; !package.n && i < COUNT_OF(reserved); i++) {
		if (!str_is(name, reserved[i].name))
			continue;
		if (!reserved[i].late || s->second)
			*out = VAR_IS_BOOL(reserved[i].value);
		return;
	}
	if (s->others && s->others->get)
		s->others->get(s->others, a, package, name, out);
}

/* Any text at all, so that what is left around it can be looked at. */
static void
dash_get(const struct opam_scope *scope, struct arena *a, struct str package, struct str name,
	 struct opam_var *out)
{
	(void)scope, (void)a, (void)package, (void)name;
	*out = VAR_IS_STR(STR("-"));
}

static int
check_version(struct reader *r, const struct opam_value *v)
{
	static const struct opam_scope dashes = {.get = dash_get};
	struct opam_passes p = {.a = r->a, .last = &dashes};
	struct str s;

	if (v->kind == OPAM_IDENT)
		return 0;
	if (v->kind != OPAM_STRING)
		return opam_err(r->e, r->t, v->at, "expected a version, as a string or a variable");
	if (!opam_expand_pass(&p, PASS_ALL, v->s, NULL, &s) || !opam_version_valid(s))
		return opam_err(r->e, r->t, v->at, "'%.*s' is not a version", SHOWN(v->s));
	return 0;
}

static int
check_condition(struct reader *r, const struct opam_value *v)
{
	switch (v->kind) {
	case OPAM_PREFIX_RELOP:
		return check_version(r, v->kids[0]);
	case OPAM_AND:
	case OPAM_OR:
		for (size_t i = 0; i < opam_chain(v); i++)
			if (check_condition(r, opam_operand(v, i)) < 0)
				return -1;
		return 0;
	case OPAM_GROUP:
	case OPAM_NOT:
		for (size_t i = 0; i < v->n; i++)
			if (check_condition(r, v->kids[i]) < 0)
				return -1;
		return 0;
	default:
		return opam_filter_check(r->t, v, r->e);
	}
}

static int
check_atom(struct reader *r, const struct opam_value *v)
{
	const struct opam_value *name = v->kind == OPAM_OPTION ? v->kids[0] : v;

	if (name->kind != OPAM_STRING)
		return opam_err(r->e, r->t, name->at, "expected a package name, as a string");
	if (!opam_name_valid(name->s))
		return opam_err(r->e, r->t, name->at, "'%.*s' is not a package name", SHOWN(name->s));
	if (v->kind == OPAM_OPTION)
		for (size_t i = 1; i < v->n; i++)
			if (check_condition(r, v->kids[i]) < 0)
				return -1;
	return 0;
}

static int
check(struct reader *r, const struct opam_value *v)
{
	switch (v->kind) {
	case OPAM_STRING:
	case OPAM_OPTION:
		return check_atom(r, v);
	case OPAM_AND:
	case OPAM_OR:
		for (size_t i = 0; i < opam_chain(v); i++)
			if (check(r, opam_operand(v, i)) < 0)
				return -1;
		return 0;
	case OPAM_GROUP:
		for (size_t i = 0; i < v->n; i++)
			if (check(r, v->kids[i]) < 0)
				return -1;
		return 0;
	default:
		return opam_err(r->e, r->t, v->at, "expected a package");
	}
}

/* What is left of a condition. */
struct condition {
	bool holds;                     /* false: what it belongs to goes */
	const struct opam_range *range; /* NULL: any version */
};

static struct condition
condition_of(bool truth)
{
	return (struct condition){.holds = truth};
}

/* Parts of a condition under one operator. */
struct parts {
	VEC(const struct opam_range *) ranges;
	bool any;    /* one holds whatever the version is */
	bool failed; /* one does not hold */
};

static void
add(struct reader *r, struct parts *parts, struct condition c)
{
	if (!c.holds)
		parts->failed = true;
	else if (!c.range)
		parts->any = true;
	else
		vec_push(r->a, &parts->ranges, c.range);
}

static struct condition
join(struct reader *r, struct parts *parts, bool conj)
{
	if (conj && parts->failed)
		return condition_of(false);
	if (!conj && parts->any)
		return condition_of(true);
	if (!parts->ranges.n)
		return condition_of(conj || !parts->failed);
	return (struct condition){
		.holds = true,
		.range = opam_range_join(r->a, conj, parts->ranges.v, parts->ranges.n),
	};
}

static const enum opam_op negated[] = {
	[OP_EQ] = OP_NE, [OP_NE] = OP_EQ, [OP_LT] = OP_GE, [OP_GE] = OP_LT, [OP_GT] = OP_LE, [OP_LE] = OP_GT,
};

/* A constraint whose version is not known, or no version, counts as an undefined filter: the dependency goes.
 * A conflict stays, with every version (opam does the same). */
static struct condition
constraint(struct reader *r, const struct opam_passes *p, const struct opam_value *v, bool negate)
{
	struct opam_var version = opam_filter_twice(p, v->kids[0]).all;
	struct str s = opam_var_text(r->a, version);
	enum opam_op op = (enum opam_op)v->op;

	if (version.kind == VAR_UNDEFINED || !opam_version_valid(s))
		return condition_of(r->field == FORMULA_CONFLICTS || r->flags.undefined_counts_as);
	return (struct condition){
		.holds = true,
		.range = opam_range_rel(r->a, negate ? negated[op] : op, s),
	};
}

/* Negation is carried down to constraints and filters. */
static struct condition
condition(struct reader *r, const struct opam_passes *p, const struct opam_value *v, bool negate)
{
	struct parts parts = {.any = false};
	struct opam_var value;
	int truth;

	switch (v->kind) {
	case OPAM_PREFIX_RELOP:
		return constraint(r, p, v, negate);
	case OPAM_AND:
	case OPAM_OR:
		for (size_t i = 0; i < opam_chain(v); i++)
			add(r, &parts, condition(r, p, opam_operand(v, i), negate));
		return join(r, &parts, (v->kind == OPAM_AND) != negate);
	case OPAM_GROUP:
		if (!v->n)
			return condition_of(true);
		for (size_t i = 0; i < v->n; i++)
			add(r, &parts, condition(r, p, v->kids[i], negate));
		return join(r, &parts, !negate);
	case OPAM_NOT:
		return condition(r, p, v->kids[0], !negate);
	default:
		value = opam_filter_twice(p, v).all;
		truth = opam_truth(value, true) + opam_truth(value, false); /* 1: undefined */
		if (truth == 1)
			return condition_of(r->flags.undefined_counts_as);
		return condition_of((truth == 2) != negate);
	}
}

/* The whole condition of an atom under the flags of r. */
static struct condition
braces(struct reader *r, const struct opam_value *v)
{
	struct dep_scope first = {{dep_get, &first}, r->scope, false, &r->flags};
	struct dep_scope last = {{dep_get, &last}, NULL, true, &r->flags};
	struct opam_passes p = {r->a, &first.scope, &last.scope};
	struct parts parts = {.any = false};

	for (size_t i = 1; i < v->n; i++)
		add(r, &parts, condition(r, &p, v->kids[i], false));
	return join(r, &parts, true);
}

enum { SEES_BUILD = 1, SEES_POST = 2, SEES_TEST = 4, SEES_DOC = 8, SEES_DEV_SETUP = 16 };

static void
see(void *ctx, struct str package, struct str name)
{
	unsigned *seen = ctx;

	if (package.n)
		return;
	*seen |= str_is(name, "build")            ? SEES_BUILD
		 : str_is(name, "post")           ? SEES_POST
		 : str_is(name, "with-test")      ? SEES_TEST
		 : str_is(name, "with-doc")       ? SEES_DOC
		 : str_is(name, "with-dev-setup") ? SEES_DEV_SETUP
						  : 0;
}

/* Whether the atom goes when one of the flags is off; it stays under those of r. */
static bool
goes_without(const struct reader *r, const struct opam_value *v, size_t flag_offset)
{
	struct reader other = *r;
	bool *flag = (bool *)((char *)&other.flags + flag_offset);

	if (!*flag)
		return false;
	*flag = false;
	return !braces(&other, v).holds;
}

static const struct opam_formula *
atom(struct reader *r, const struct opam_value *v)
{
	struct opam_formula *f;
	struct condition c = condition_of(true);
	unsigned seen = 0;

	if (v->kind == OPAM_OPTION)
		c = braces(r, v);
	if (!c.holds)
		return NULL;
	f = arena_new(r->a, struct opam_formula);
	f->kind = FORMULA_ATOM;
	f->name = v->kind == OPAM_OPTION ? v->kids[0]->s : v->s;
	f->range = c.range;
	f->at = v->at;
	if (v->kind != OPAM_OPTION)
		return f;
	for (size_t i = 1; i < v->n; i++)
		opam_filter_variables(v->kids[i], see, &seen);
	if (seen & SEES_BUILD)
		f->build = goes_without(r, v, offsetof(struct opam_dep_flags, build));
	if (seen & SEES_POST)
		f->post = goes_without(r, v, offsetof(struct opam_dep_flags, post));
	if (seen & SEES_TEST)
		f->test = goes_without(r, v, offsetof(struct opam_dep_flags, with_test));
	if (seen & SEES_DOC)
		f->doc = goes_without(r, v, offsetof(struct opam_dep_flags, with_doc));
	if (seen & SEES_DEV_SETUP)
		f->dev_setup = goes_without(r, v, offsetof(struct opam_dep_flags, with_dev_setup));
	return f;
}

static const struct opam_formula *
formula(struct reader *r, const struct opam_value *v)
{
	enum opam_formula_field field = r->field;
	struct opam_formula_list list = {.n = 0};
	/* An `&` in depopts or conflicts is read as `|`, as is what stands side by side. */
	bool conj = field == FORMULA_DEPENDS && v->kind != OPAM_OR;

	switch (v->kind) {
	case OPAM_AND:
	case OPAM_OR:
		for (size_t i = 0; i < opam_chain(v); i++)
			opam_formula_add(r->a, &list, conj, formula(r, opam_operand(v, i)));
		break;
	case OPAM_GROUP:
	case OPAM_LIST:
		for (size_t i = 0; i < v->n; i++)
			opam_formula_add(r->a, &list, conj, formula(r, v->kids[i]));
		break;
	default:
		return atom(r, v);
	}
	return opam_formula_join(r->a, &list, conj);
}

int
opam_formula_check(struct arena *a, const struct opam_text *t, const struct opam_value *value, struct err *e)
{
	struct reader r = {.a = a, .t = t, .e = e};

	if (!value)
		return 0;
	if (value->kind != OPAM_LIST)
		return check(&r, value);
	for (size_t i = 0; i < value->n; i++)
		if (check(&r, value->kids[i]) < 0)
			return -1;
	return 0;
}

int
opam_formula(struct arena *a, const struct opam_text *t, const struct opam_value *value,
	     enum opam_formula_field field, const struct opam_dep_flags *flags,
	     const struct opam_scope *scope, const struct opam_formula **out, struct err *e)
{
	static const struct opam_formula nothing = {.kind = FORMULA_TRUE};
	const struct opam_formula *f;
	struct reader r = {a, t, e, field, *flags, scope};

	if (opam_formula_check(a, t, value, e) < 0)
		return -1;
	f = value ? formula(&r, value) : NULL;
	*out = f ? f : &nothing;
	return 0;
}
