#include "base/opt.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/term.h"

enum { NEAR = 2 };

struct parse {
	struct arena *a;
	const struct opt *own, *global;
	int argc, next;
	char **argv;
	struct err *e;
};

/* The row for a name or a letter: `match` says which. */
static const struct opt *
find_row(const struct parse *p, bool (*match)(const struct opt *row, struct str word), struct str word)
{
	const struct opt *tables[] = {p->own, p->global};

	for (size_t i = 0; i < COUNT_OF(tables); i++)
		for (const struct opt *row = tables[i]; row && row->name; row++)
			if (match(row, word))
				return row;
	return NULL;
}

static bool
by_name(const struct opt *row, struct str word)
{
	return str_is(word, row->name);
}

static bool
by_letter(const struct opt *row, struct str word)
{
	return row->letter && row->letter == word.s[0];
}

static bool
can_negate(const struct opt *row)
{
	return row->kind == OPT_FLAG || row->kind == OPT_OPTIONAL;
}

static void
negate(const struct opt *row)
{
	if (row->kind == OPT_FLAG)
		*(bool *)row->value = false;
	else
		*(const char **)row->value = NULL;
}

/* "no-NAME" of a flag. */
static bool
by_negation(const struct opt *row, struct str word)
{
	return can_negate(row) && str_starts(word, "no-") && str_is(str_sub(word, 3, word.n), row->name);
}

static void
keep_nearer(struct str word, const char *no, const char *name, unsigned *best, char *text, size_t size)
{
	char full[128];
	unsigned distance;

	snprintf(full, sizeof(full), "%s%s", no, name);
	distance = str_distance(word, str_of(full), NEAR);
	if (distance >= *best)
		return;
	*best = distance;
	snprintf(text, size, "--%s", full);
}

static int
unknown(const struct parse *p, struct str word)
{
	const struct opt *tables[] = {p->own, p->global};
	unsigned best = NEAR + 1;
	char text[160];

	err_set(p->e, ERR_USAGE, "unknown option '--" STR_FMT "'", STR_ARG(term_safe(p->a, word, false)));
	for (size_t i = 0; i < COUNT_OF(tables); i++)
		for (const struct opt *row = tables[i]; row && row->name; row++) {
			if (row->kind == OPT_FOREIGN)
				continue;
			keep_nearer(word, "", row->name, &best, text, sizeof(text));
			if (can_negate(row))
				keep_nearer(word, "no-", row->name, &best, text, sizeof(text));
		}
	return best <= NEAR ? err_hint(p->e, "did you mean '%s'?", text) : -1;
}

static int
set_int(const struct parse *p, const struct opt *row, const char *name, const char *text)
{
	const char *shown = str_c(p->a, term_safe(p->a, str_of(text), false));
	char *end;
	long value;

	errno = 0;
	value = strtol(text, &end, 10);
	if (end == text || *end || *text == ' ' || *text == '\t' || *text == '\n')
		return err_set(p->e, ERR_USAGE, "option '%s' takes a number, not '%s'", name, shown);
	if (errno == ERANGE)
		return err_set(p->e, ERR_USAGE, "option '%s': the number %s is out of range", name, shown);
	*(long *)row->value = value;
	return 0;
}

/* An empty list would read as if the option was not given. */
static int
add_items(const struct parse *p, struct opt_list *list, const char *name, const char *text)
{
	struct str rest = str_of(text), item;
	size_t before = list->n;

	while (str_cut(&rest, ',', &item))
		if (item.n)
			vec_push(p->a, list, item);
	return list->n > before ? 0
				: err_set(p->e, ERR_USAGE, "option '%s' needs a value, not nothing", name);
}

static int
set_value(const struct parse *p, const struct opt *row, const char *name, const char *text)
{
	switch (row->kind) {
	case OPT_FLAG:
		*(bool *)row->value = true;
		return 0;
	case OPT_STRING:
	case OPT_OPTIONAL:
		*(const char **)row->value = text;
		return 0;
	case OPT_INT:
		return set_int(p, row, name, text);
	case OPT_LIST:
		return add_items(p, row->value, name, text);
	case OPT_FOREIGN:
		return err_set(p->e, ERR_USAGE, "opam's %s is %s here", name, row->help);
	}
	return err_set(p->e, ERR_BUG, "option '%s' has no kind", name);
}

static bool
needs_value(const struct opt *row)
{
	return row->kind == OPT_STRING || row->kind == OPT_INT || row->kind == OPT_LIST;
}

/* The value is the next argument; `--` is none. */
static int
set_from_next(struct parse *p, const struct opt *row, const char *name)
{
	if (p->next == p->argc || strcmp(p->argv[p->next], "--") == 0)
		return err_set(p->e, ERR_USAGE, "option '%s' needs a value%s%s", name, row->arg ? ": " : "",
			       row->arg ? row->arg : "");
	return set_value(p, row, name, p->argv[p->next++]);
}

static int
parse_long(struct parse *p, const char *text)
{
	const char *equals = strchr(text, '=');
	struct str word = equals ? (struct str){text, (size_t)(equals - text)} : str_of(text);
	const struct opt *row = find_row(p, by_name, word);
	bool negated = false;
	const char *name;

	if (!row) {
		row = find_row(p, by_negation, word);
		if (!row)
			return unknown(p, word);
		negated = true;
	}
	name = arena_printf(p->a, "--" STR_FMT, STR_ARG(word));
	if (equals && (negated || row->kind == OPT_FLAG))
		return err_set(p->e, ERR_USAGE, "option '%s' takes no value", name);
	if (equals)
		return set_value(p, row, name, equals + 1);
	if (negated)
		return negate(row), 0;
	return needs_value(row) ? set_from_next(p, row, name) : set_value(p, row, name, "");
}

/* "yvj4": flags, and at the end perhaps one that takes a value. */
static int
parse_letters(struct parse *p, const char *letters)
{
	for (; *letters; letters++) {
		const struct opt *row = find_row(p, by_letter, (struct str){letters, 1});
		const char *name;

		if (!row)
			return err_set(p->e, ERR_USAGE, "unknown option '-" STR_FMT "'",
				       STR_ARG(term_safe(p->a, (struct str){letters, 1}, false)));
		name = arena_printf(p->a, "-%c", row->letter);
		if (needs_value(row))
			return letters[1] ? set_value(p, row, name, letters + 1)
					  : set_from_next(p, row, name);
		if (letters[1] == '=')
			return err_set(p->e, ERR_USAGE, "option '%s' takes no value here", name);
		if (set_value(p, row, name, "") < 0)
			return -1;
	}
	return 0;
}

int
opt_parse(struct arena *a, const struct opt *own, const struct opt *global, int argc, char **argv, int *rest,
	  struct err *e)
{
	struct parse p = {.a = a, .own = own, .global = global, .argc = argc, .argv = argv, .e = e};
	int operands = 0, after = -1;

	while (p.next < argc) {
		char *word = argv[p.next++];
		int rc = 0;

		if (after >= 0 || word[0] != '-' || !word[1])
			argv[operands++] = word;
		else if (strcmp(word, "--") == 0)
			after = operands;
		else if (word[1] == '-')
			rc = parse_long(&p, word + 2);
		else
			rc = parse_letters(&p, word + 1);
		if (rc < 0)
			return -1;
	}
	if (rest)
		*rest = after >= 0 ? after : operands;
	return operands;
}

/* The last of the letters takes the next argument: it needs a value, and nothing stands behind it. */
static bool
letters_take_next(const struct parse *p, const char *letters)
{
	for (; *letters; letters++) {
		const struct opt *row = find_row(p, by_letter, (struct str){letters, 1});

		if (row && needs_value(row))
			return !letters[1];
	}
	return false;
}

int
opt_word(const struct opt *own, const struct opt *global, int argc, char **argv)
{
	struct parse p = {.own = own, .global = global};

	for (int i = 0; i < argc; i++) {
		const char *word = argv[i];
		const struct opt *row;

		if (word[0] != '-' || !word[1])
			return i;
		if (strcmp(word, "--") == 0)
			break;
		if (word[1] == '-') {
			row = strchr(word, '=') ? NULL : find_row(&p, by_name, str_of(word + 2));
			i += row && needs_value(row);
		} else {
			i += letters_take_next(&p, word + 1);
		}
	}
	return argc;
}
