#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/vec.h"
#include "cli/ctx.h"
#include "cli/environ.h"
#include "cli/out.h"

/* How a shell writes it; in single quotes. */
struct dialect {
	const char *shell;
	const char *set, *equals, *unset;
	const char *quote, *backslash; /* the two, inside of quotes */
};
static const struct dialect dialects[] = {
	{"sh", "export ", "=", "unset ", "'\\''", "\\"},
	{"bash", "export ", "=", "unset ", "'\\''", "\\"},
	{"zsh", "export ", "=", "unset ", "'\\''", "\\"},
	{"fish", "set -gx ", " ", "set -eg ", "\\'", "\\\\"},
};

struct setting {
	struct str name, value;
	bool set;
};
struct settings {
	struct setting *v;
	size_t n, room;
};

/* The variables of this process, each as it is now. */
static struct opam_strings
snapshot(struct arena *a)
{
	struct opam_strings list = {0};
	size_t n = 0;

	while (environ[n])
		n++;
	list.v = arena_array(a, struct str, n + 1);
	while (list.n < n) {
		list.v[list.n] = str_of(arena_strdup(a, environ[list.n]));
		list.n++;
	}
	return list;
}

static bool
is_named(const struct settings *list, struct str name)
{
	for (size_t i = 0; i < list->n; i++)
		if (str_eq(list->v[i].name, name))
			return true;
	return false;
}

/* All that the switch sets, and then what else is no longer as it was. */
static void
collect(struct arena *a, const struct opam_strings *was, const struct opam_strings *variables,
	struct settings *out)
{
	for (size_t i = 0; i < variables->n; i++) {
		struct setting s = {.value = variables->v[i], .set = true};

		str_cut(&s.value, '=', &s.name);
		setenv(str_c(a, s.name), str_c(a, s.value), 1);
		vec_push(a, out, s);
	}
	for (size_t i = 0; i < was->n; i++) {
		struct str value = was->v[i];
		struct setting s = {0};
		const char *now;

		str_cut(&value, '=', &s.name);
		if (!environ_name_ok(s.name) || is_named(out, s.name))
			continue;
		now = getenv(str_c(a, s.name));
		s.set = now != NULL;
		s.value = str_of(now);
		if (!s.set || !str_eq(value, s.value))
			vec_push(a, out, s);
	}
}

static void
print_setting(struct ctx *c, const struct dialect *d, const struct setting *s)
{
	struct buf b = buf_new(c->a);

	buf_printf(&b, "%s%.*s", s->set ? d->set : d->unset, STR_ARG(s->name));
	if (s->set) {
		buf_printf(&b, "%s'", d->equals);
		for (size_t i = 0; i < s->value.n; i++)
			if (s->value.s[i] == '\'')
				buf_adds(&b, d->quote);
			else if (s->value.s[i] == '\\')
				buf_adds(&b, d->backslash);
			else
				buf_addc(&b, s->value.s[i]);
		buf_addc(&b, '\'');
	}
	buf_adds(&b, ";\n");
	out_bytes(c, buf_str(&b));
}

static int
by_name(const void *a, const void *b)
{
	return str_cmp(((const struct setting *)a)->name, ((const struct setting *)b)->name);
}

/* Sorted; the text keeps its order. */
static void
json_settings(struct ctx *c, const struct settings *list)
{
	struct setting *sorted = arena_array(c->a, struct setting, list->n + 1);
	struct json *j = out_data(c);

	if (list->n)
		memcpy(sorted, list->v, list->n * sizeof(*sorted));
	qsort(sorted, list->n, sizeof(*sorted), by_name);
	json_key_array(j, "variables");
	for (size_t i = 0; i < list->n; i++) {
		if (!sorted[i].set)
			continue;
		json_object(j);
		json_key_str(j, "name", sorted[i].name);
		json_key_str(j, "value", sorted[i].value);
		json_end(j);
	}
	json_end(j);
	json_key_array(j, "unset");
	for (size_t i = 0; i < list->n; i++)
		if (!sorted[i].set)
			json_add_str(j, sorted[i].name);
	json_end(j);
}

int
cmd_env(struct ctx *c, int argc, char **argv, struct err *e)
{
	const char *shell = "sh";
	bool revert = false;
	const struct opt options[] = {
		{OPT_STRING, 0, "shell", "sh|bash|zsh|fish", "for this shell", &shell},
		{OPT_FLAG, 0, "revert", NULL, "leave the switch that was entered", &revert},
		{.name = NULL},
	};
	const struct dialect *dialect = NULL;
	struct opam_strings was, variables = {0};
	struct settings list = {0};
	int n;

	if (cmd_options(c, options, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (n > 0)
		return err_set(e, ERR_USAGE, "env takes no argument"), err_hint(e, "eval \"$(pkg env)\"");
	for (size_t i = 0; i < COUNT_OF(dialects); i++)
		if (strcmp(dialects[i].shell, shell) == 0)
			dialect = &dialects[i];
	if (!dialect)
		return err_set(e, ERR_USAGE, "--shell: '%s' is none of sh, bash, zsh, fish",
			       out_safe(c, str_of(shell)));
	was = snapshot(c->a);
	if (revert)
		environ_leave(c);
	else if (ctx_open(c, NEED_ROOT, e) < 0 || environ_of(c, &variables, e) < 0)
		return -1;
	collect(c->a, &was, &variables, &list);
	json_settings(c, &list);
	for (size_t i = 0; i < list.n; i++)
		print_setting(c, dialect, &list.v[i]);
	return 0;
}
