#include "repo/target.h"

#include "base/vec.h"

/* The variables that a platform must have; all others are undefined unless they are set. */
static const struct {
	const char *name, *value;
} defaults[] = {
	{"arch", "x86_64"},      {"os", "linux"},      {"os-distribution", "debian"},
	{"os-family", "debian"}, {"os-version", "12"}, {"opam-version", "2.5.2"},
	{"make", "make"},        {"jobs", "1"},        {"exe", ""},
};

static void
default_get(const struct opam_scope *scope, struct arena *a, struct str package, struct str name,
	    struct opam_var *out)
{
	(void)scope, (void)a;
	for (size_t i = 0; !package.n && i < COUNT_OF(defaults); i++)
		if (str_is(name, defaults[i].name))
			*out = VAR_IS_STR(str_of(defaults[i].value));
}

void
target_new(struct target *t)
{
	*t = (struct target){.platform = {.get = default_get}};
}

void
target_of(struct target *t, const struct platform *p)
{
	*t = (struct target){.platform = platform_scope(p)};
}

static bool
is_name(struct str s)
{
	bool letter = false;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.s[i];
		bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

		if (!is_letter && !(c >= '0' && c <= '9') && c != '-' && c != '_')
			return false;
		letter |= is_letter;
	}
	return letter;
}

/* Options and the solver itself give these their values. */
static bool
is_reserved(struct str name)
{
	static const char *const names[] = {"with-test", "with-doc", "with-dev-setup", "build",
					    "post",      "dev",      "name",           "version"};

	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (str_is(name, names[i]))
			return true;
	return false;
}

int
target_set(struct arena *a, struct target *t, struct str text, struct err *e)
{
	ptrdiff_t equals = str_chr(text, '=');
	struct target_var var;

	if (equals < 0) {
		err_set(e, ERR_USAGE, "'%.*s' has no =VALUE", (int)(text.n < 80 ? text.n : 80), text.s);
		return err_hint(e, "--for os=linux,arch=x86_64,os-distribution=debian");
	}
	if (!is_name(str_trim(str_sub(text, 0, (size_t)equals)))) {
		err_set(e, ERR_USAGE, "'%.*s' sets no variable", (int)(text.n < 80 ? text.n : 80), text.s);
		return err_hint(e, "--for os=linux,arch=x86_64,os-distribution=debian");
	}
	var.name = str_dup(a, str_trim(str_sub(text, 0, (size_t)equals)));
	var.value = str_dup(a, str_trim(str_sub(text, (size_t)equals + 1, text.n)));
	if (is_reserved(var.name))
		return err_set(e, ERR_USAGE, "%.*s is no variable of a platform", STR_ARG(var.name));
	for (size_t i = 0; i < t->set.n; i++)
		if (str_eq(t->set.v[i].name, var.name))
			return err_set(e, ERR_USAGE, "%.*s is set twice", STR_ARG(var.name));
	vec_push(a, &t->set, var);
	return 0;
}

static void
target_get(const struct opam_scope *scope, struct arena *a, struct str package, struct str name,
	   struct opam_var *out)
{
	const struct target *t = scope->ctx;

	for (size_t i = 0; !package.n && i < t->set.n; i++)
		if (str_eq(name, t->set.v[i].name)) {
			if (t->set.v[i].value.n)
				*out = VAR_IS_STR(t->set.v[i].value);
			return;
		}
	t->platform.get(&t->platform, a, package, name, out);
}

struct opam_scope
target_scope(const struct target *t)
{
	return (struct opam_scope){.get = target_get, .ctx = (void *)t};
}
