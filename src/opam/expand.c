#include "opam/expand.h"

#include <string.h>

#include "base/buf.h"
#include "opam/version.h"

static bool
cut_last(struct str s, char c, struct str *before, struct str *after)
{
	ptrdiff_t at = str_rchr(s, c);

	if (at < 0)
		return false;
	*before = str_sub(s, 0, (size_t)at);
	*after = str_sub(s, (size_t)at + 1, s.n);
	return true;
}

/* Drops empty names where no more than one is left; sets bad. */
static void
check_packages(struct opam_ref *ref)
{
	struct str rest = ref->packages, name, last = {0};
	size_t count = 0;

	if (ref->whole) {
		ref->bad = !opam_name_valid(ref->packages);
		return;
	}
	while (str_cut(&rest, '+', &name)) {
		if (!name.n)
			continue;
		count++;
		last = name;
		if (!str_is(name, "_") && !opam_name_valid(name))
			ref->bad = true;
	}
	if (count < 2)
		ref->packages = last;
}

struct opam_ref
opam_ref_cut(struct str text, bool interpolated)
{
	struct opam_ref ref = {.name = text};
	struct str head, tail, left, yes;

	if (!cut_last(text, ':', &head, &tail))
		return ref;
	if (!cut_last(head, '?', &left, &yes)) {
		ref.packages = head;
		ref.name = tail;
	} else if (interpolated && !left.n) {
		/* `?g++:var:`, the form for package names that contain a `+`. */
		ref.name = tail;
		ref.whole = cut_last(yes, ':', &ref.packages, &tail);
		if (!ref.whole)
			return ref;
		ref.name = tail;
	} else {
		ref.converted = true;
		ref.yes = yes;
		ref.no = tail;
		ref.name = left;
		if (cut_last(left, ':', &head, &tail)) {
			ref.packages = head;
			ref.name = tail;
		}
	}
	check_packages(&ref);
	return ref;
}

/* `p:enable` stands for `p:installed?enable:disable`. */
static struct opam_ref
desugar(const struct opam_ref *ref)
{
	struct opam_ref r = *ref;

	if (r.packages.n && !r.converted && str_is(r.name, "enable")) {
		r.name = STR("installed");
		r.converted = true;
		r.yes = STR("enable");
		r.no = STR("disable");
	}
	return r;
}

void
opam_ref_each(const struct opam_ref *ref, void (*found)(void *ctx, struct str package, struct str name),
	      void *ctx)
{
	struct opam_ref r = desugar(ref);
	struct str rest = r.packages, name;

	if (r.bad)
		return;
	if (!r.packages.n || r.whole) {
		found(ctx, r.packages, r.name);
		return;
	}
	while (str_cut(&rest, '+', &name))
		if (name.n)
			found(ctx, name, r.name);
}

/* 1, 0, or -1 when the value is no boolean. */
static int
as_bool(struct opam_var v)
{
	struct str s = v.s;

	if (v.kind == VAR_BOOL)
		return v.b;
	if (v.kind == VAR_LIST && v.n == 1)
		s = v.list[0];
	else if (v.kind != VAR_STRING)
		return -1;
	return str_is(s, "true") ? 1 : str_is(s, "false") ? 0 : -1;
}

static struct opam_var
get(struct arena *a, const struct opam_scope *scope, struct str package, struct str name)
{
	struct opam_var v = {.kind = VAR_UNDEFINED};

	if (scope && scope->get)
		scope->get(scope, a, package, name, &v);
	return v;
}

/* `a+b:v`: the conjunction, as opam folds it: false stays; else the last that is not the boolean
 * true decides, so a string that is no boolean makes it undefined. */
static struct opam_var
get_all(struct arena *a, const struct opam_scope *scope, struct str packages, struct str name)
{
	struct str package;
	int all = 1;

	while (all != 0 && str_cut(&packages, '+', &package)) {
		struct opam_var v;

		if (!package.n)
			continue;
		v = get(a, scope, package, name);
		if (v.kind != VAR_BOOL || !v.b)
			all = as_bool(v);
	}
	if (all < 0)
		return (struct opam_var){.kind = VAR_UNDEFINED};
	return VAR_IS_BOOL(all == 1);
}

static struct opam_var
value_in(struct arena *a, const struct opam_scope *scope, const struct opam_ref *ref, bool strict)
{
	struct opam_ref r = desugar(ref);
	struct opam_var v;
	int truth;

	if (r.bad)
		return (struct opam_var){.kind = VAR_UNDEFINED};
	if (r.packages.n && !r.whole && str_chr(r.packages, '+') >= 0)
		v = get_all(a, scope, r.packages, r.name);
	else
		v = get(a, scope, r.packages, r.name);
	if (!r.converted)
		return v;
	truth = as_bool(v);
	if (truth < 0 && strict)
		return v;
	return VAR_IS_STR(truth == 1 ? r.yes : r.no);
}

struct opam_var
opam_ref_value(const struct opam_passes *p, enum opam_pass pass, const struct opam_ref *ref)
{
	struct opam_var v = {.kind = VAR_UNDEFINED};

	if (p->first)
		v = value_in(p->a, p->first, ref, true);
	if (v.kind != VAR_UNDEFINED || (pass == PASS_FIRST && p->first))
		return v;
	return value_in(p->a, p->last, ref, false);
}

struct str
opam_var_text(struct arena *a, struct opam_var v)
{
	struct buf b;

	switch (v.kind) {
	case VAR_UNDEFINED:
		break;
	case VAR_BOOL:
		return v.b ? STR("true") : STR("false");
	case VAR_STRING:
		return v.s;
	case VAR_LIST:
		b = buf_new(a);
		for (size_t i = 0; i < v.n; i++) {
			if (i)
				buf_addc(&b, ' ');
			buf_str_add(&b, v.list[i]);
		}
		return buf_str(&b);
	}
	return STR("");
}

/* A part of a text: plain, `%%`, or a reference. */
enum part { PART_END, PART_PLAIN, PART_PERCENT, PART_REF };

/* The length of what follows `%{` up to its `}%`; -1 when it is not closed. Then *skip is how far the
 * search went: that stays text, also where a new `%{` stands in it. A `}` takes the byte behind it
 * along, so in `%{a}}% b` the first `}%` is none. */
static ptrdiff_t
reference_length(struct str s, size_t *skip)
{
	size_t i = 0;

	while (i < s.n && s.s[i] != '\n') {
		if (s.s[i] != '}' || i + 1 == s.n) {
			i++;
		} else if (s.s[i + 1] == '%') {
			*skip = i + 2;
			return (ptrdiff_t)i;
		} else if (s.s[i + 1] == '\n') {
			break;
		} else {
			i += 2;
		}
	}
	*skip = i;
	if (i >= 2 && s.s[i - 2] == '}' && s.s[i - 1] == '%')
		return (ptrdiff_t)i - 2;
	return -1;
}

static enum part
next_part(struct str *rest, struct str *part)
{
	ptrdiff_t at = str_chr(*rest, '%'), n;
	size_t skip;

	*part = (struct str){0};
	if (!rest->n)
		return PART_END;
	if (at != 0) {
		*part = str_sub(*rest, 0, at < 0 ? rest->n : (size_t)at);
		*rest = str_sub(*rest, part->n, rest->n);
		return PART_PLAIN;
	}
	if (rest->n > 1 && rest->s[1] == '%') {
		*rest = str_sub(*rest, 2, rest->n);
		return PART_PERCENT;
	}
	if (rest->n < 2 || rest->s[1] != '{') {
		*part = str_sub(*rest, 0, 1);
		*rest = str_sub(*rest, 1, rest->n);
		return PART_PLAIN;
	}
	n = reference_length(str_sub(*rest, 2, rest->n), &skip);
	*part = n < 0 ? str_sub(*rest, 0, skip + 2) : str_sub(*rest, 2, (size_t)n);
	*rest = str_sub(*rest, skip + 2, rest->n);
	return n < 0 ? PART_PLAIN : PART_REF;
}

bool
opam_expand_pass(const struct opam_passes *p, enum opam_pass pass, struct str text,
		 struct str (*escape)(struct arena *a, struct str s), struct str *out)
{
	struct str rest = text, part, value;
	struct opam_var v;
	struct opam_ref ref;
	enum part kind;
	bool good = true;
	struct buf b;

	*out = text;
	if (str_chr(text, '%') < 0)
		return true;
	b = buf_new(p->a);
	while ((kind = next_part(&rest, &part)) != PART_END) {
		if (kind == PART_PERCENT) {
			buf_addc(&b, '%');
		} else if (kind == PART_PLAIN) {
			buf_str_add(&b, part);
		} else {
			ref = opam_ref_cut(part, true);
			v = opam_ref_value(p, pass, &ref);
			good = good && !ref.bad && (v.kind != VAR_UNDEFINED || pass == PASS_ALL || !p->first);
			value = opam_var_text(p->a, v);
			buf_str_add(&b, escape ? escape(p->a, value) : value);
		}
	}
	*out = buf_str(&b);
	return good;
}

struct str
opam_expand(struct arena *a, struct str text, const struct opam_scope *scope)
{
	struct opam_passes p = {.a = a, .last = scope};
	struct str out;

	opam_expand_pass(&p, PASS_ALL, text, NULL, &out);
	return out;
}

void
opam_text_variables(struct str text, void (*found)(void *ctx, struct str package, struct str name), void *ctx)
{
	struct str part;
	struct opam_ref ref;
	enum part kind;

	while ((kind = next_part(&text, &part)) != PART_END) {
		if (kind != PART_REF)
			continue;
		ref = opam_ref_cut(part, true);
		opam_ref_each(&ref, found, ctx);
	}
}
