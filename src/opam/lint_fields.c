#include "base/map.h"
#include "opam/header.h"
#include "opam/rules.h"
#include "opam/text.h"
#include "opam/typed.h"
#include "opam/version.h"

void
opam_lint_name(struct opam_lint *l)
{
	const struct opam_definition *d = l->d;

	if (l->name.n && d->name.n && !str_eq(l->name, d->name))
		opam_lint_found(l, "name", "%.*s, the folder says %.*s", STR_ARG(d->name), STR_ARG(l->name));
	if (l->version.n && d->version.n && !str_eq(l->version, d->version))
		opam_lint_found(l, "version", "%.*s, the folder says %.*s", STR_ARG(d->version),
				STR_ARG(l->version));
}

void
opam_lint_patch(struct opam_lint *l)
{
	if (!str_eq(opam_version_nopatch(l->d->opam_version), l->d->opam_version))
		opam_lint_found(l, "opam-version", NULL);
}

void
opam_lint_version(struct opam_lint *l)
{
	if (opam_version_cmp(l->d->opam_version, STR("2.0")) != 0)
		opam_lint_found(l, "opam-version", NULL);
}

void
opam_lint_empty(struct opam_lint *l)
{
	const struct opam_definition *d = l->d;
	const struct {
		const char *name;
		struct opam_strings list;
	} fields[] = {
		{"maintainer", d->maintainer},   {"homepage", d->homepage}, {"authors", d->authors},
		{"license", d->license},         {"doc", d->doc},           {"tags", d->tags},
		{"bug-reports", d->bug_reports},
	};

	for (size_t i = 0; i < COUNT_OF(fields); i++)
		if (fields[i].list.n == 1 && !fields[i].list.v[0].n)
			opam_lint_found(l, fields[i].name, "%s", fields[i].name);
}

/* --- what is missing --- */

void
opam_lint_maintainer(struct opam_lint *l)
{
	if (!l->d->maintainer.n)
		opam_lint_found(l, NULL, NULL);
}

void
opam_lint_authors(struct opam_lint *l)
{
	if (!l->d->authors.n)
		opam_lint_found(l, NULL, NULL);
}

void
opam_lint_homepage(struct opam_lint *l)
{
	if (!l->d->homepage.n)
		opam_lint_found(l, NULL, NULL);
}

void
opam_lint_bugs(struct opam_lint *l)
{
	if (!l->d->bug_reports.n)
		opam_lint_found(l, NULL, NULL);
}

void
opam_lint_repo(struct opam_lint *l)
{
	if (!l->d->dev_repo.n && l->d->url.present)
		opam_lint_found(l, "url", NULL);
}

void
opam_lint_no_license(struct opam_lint *l)
{
	if (!l->d->license.n)
		opam_lint_found(l, NULL, NULL);
}

/* --- synopsis --- */

/* The first line of an old `descr` is one, too. */
static struct str
synopsis(const struct opam_definition *d)
{
	struct str rest = d->descr, line = {0};

	if (d->synopsis.n)
		return d->synopsis;
	str_cut(&rest, '\n', &line);
	return str_trim(line);
}

void
opam_lint_no_synopsis(struct opam_lint *l)
{
	if (!synopsis(l->d).n)
		opam_lint_found(l, "synopsis", NULL);
}

void
opam_lint_synopsis(struct opam_lint *l)
{
	struct str s = synopsis(l->d);

	if (s.n && (s.n == 1 || (s.s[0] >= 'a' && s.s[0] <= 'z') || s.s[s.n - 1] == '.'))
		opam_lint_found(l, "synopsis", NULL);
}

/* --- commands --- */

static bool
has_commands(const struct opam_value *v)
{
	return v && (v->kind != OPAM_LIST || v->n);
}

void
opam_lint_no_install(struct opam_lint *l)
{
	const struct opam_definition *d = l->d;

	if (!has_commands(d->install) && has_commands(d->build) && has_commands(d->remove))
		opam_lint_found(l, "remove", NULL);
}

static const char *const command_fields[] = {"build", "install", "remove", "run-test", "build-doc"};

/* The first word of a command, without its filter. */
static const struct opam_value *
first_word(const struct opam_value *command)
{
	if (command->kind == OPAM_OPTION)
		command = command->kids[0];
	if (command->kind == OPAM_LIST) {
		if (!command->n)
			return NULL;
		command = command->kids[0];
	}
	return command->kind == OPAM_OPTION ? command->kids[0] : command;
}

void
opam_lint_make(struct opam_lint *l)
{
	struct opam_seq seq;
	struct err ignored;

	for (size_t i = 0; i < COUNT_OF(command_fields); i++) {
		const struct opam_value *v = opam_field(l->d, command_fields[i]);

		if (!v || opam_commands_check(&l->d->text, v, &ignored) < 0 ||
		    opam_elements(&l->d->text, &v, 2, &seq, NULL, &ignored) < 0)
			continue;
		for (size_t j = 0; j < seq.n; j++) {
			const struct opam_value *word = first_word(seq.v[j]);

			if (word && word->kind == OPAM_STRING && str_is(word->s, "make"))
				opam_lint_found_at(l, word->at, NULL);
		}
	}
}

void
opam_lint_old_builds(struct opam_lint *l)
{
	static const char *const names[] = {"build-test", "build-doc"};

	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (has_commands(opam_field(l->d, names[i])))
			opam_lint_found(l, names[i], NULL);
}

static void
note_test(void *ctx, struct str package, struct str name)
{
	if (!package.n && str_is(name, "with-test"))
		*(bool *)ctx = true;
}

void
opam_lint_run_test(struct opam_lint *l)
{
	bool asked = false;

	opam_filter_variables(l->d->run_test, note_test, &asked);
	if (asked)
		opam_lint_found(l, "run-test", NULL);
}

/* --- interpolation --- */

/* The offset of a `%{` that is not closed on its line, or -1. */
static ptrdiff_t
unclosed(struct str s)
{
	for (size_t i = 0; i + 1 < s.n; i++) {
		size_t end = i + 2;

		if (s.s[i] != '%')
			continue;
		if (s.s[i + 1] == '%') {
			i++;
			continue;
		}
		if (s.s[i + 1] != '{')
			continue;
		while (end + 1 < s.n && s.s[end] != '\n' && (s.s[end] != '}' || s.s[end + 1] != '%'))
			end++;
		if (end + 1 >= s.n || s.s[end] == '\n')
			return (ptrdiff_t)i;
		i = end + 1;
	}
	return -1;
}

static void
look_for_unclosed(struct opam_lint *l, const struct opam_value *v)
{
	ptrdiff_t at;

	if (v->kind == OPAM_STRING) {
		at = unclosed(v->s);
		if (at >= 0)
			opam_lint_found_at(l, v->at, "%.*s",
					   (int)(v->s.n - (size_t)at < 40 ? v->s.n - (size_t)at : 40),
					   v->s.s + at);
		return;
	}
	if (opam_chain(v) > 1) {
		for (size_t i = 0; i < opam_chain(v); i++)
			look_for_unclosed(l, opam_operand(v, i));
		return;
	}
	for (size_t i = 0; i < v->n; i++)
		look_for_unclosed(l, v->kids[i]);
}

void
opam_lint_unclosed(struct opam_lint *l)
{
	static const char *const names[] = {"build",         "install", "remove",   "run-test",  "build-doc",
					    "messages",      "patches", "depexts",  "available", "depends",
					    "post-messages", "depopts", "conflicts"};

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		const struct opam_value *v = opam_field(l->d, names[i]);

		if (v)
			look_for_unclosed(l, v);
	}
}

/* --- flags --- */

void
opam_lint_plugin(struct opam_lint *l)
{
	struct str name = l->name.n ? l->name : l->d->name;

	if ((l->d->flags & FLAG_PLUGIN) && name.n && !str_starts(name, "opam-"))
		opam_lint_found(l, "flags", NULL);
}

void
opam_lint_conf(struct opam_lint *l)
{
	const struct opam_definition *d = l->d;

	if ((d->flags & FLAG_CONF) &&
	    (has_commands(d->install) || has_commands(d->remove) || d->url.present || d->extra_source_count))
		opam_lint_found(l, "flags", NULL);
}

void
opam_lint_light(struct opam_lint *l)
{
	if ((l->d->flags & FLAG_LIGHT_UNINSTALL) && !has_commands(l->d->remove))
		opam_lint_found(l, "flags", NULL);
}

/* --- others --- */

void
opam_lint_os(struct opam_lint *l)
{
	if (opam_field(l->d, "os"))
		opam_lint_found(l, "os", NULL);
}

void
opam_lint_spaces(struct opam_lint *l)
{
	for (size_t i = 0; i < l->d->depext_count; i++)
		for (size_t j = 0; j < l->d->depexts[i].n; j++) {
			struct str name = l->d->depexts[i].names[j];

			if (!name.n || str_chr(name, ' ') >= 0)
				opam_lint_found(l, "depexts", "'%.*s'", SHOWN(name));
		}
}

void
opam_lint_license(struct opam_lint *l)
{
	enum { LICENSES_MAX = 100 };

	for (size_t i = 0; i < l->d->license.n && i < LICENSES_MAX; i++)
		if (!opam_spdx(l->d->license.v[i]))
			opam_lint_found(l, "license", "'%.*s'", SHOWN(l->d->license.v[i]));
}

void
opam_lint_twice(struct opam_lint *l)
{
	const struct opam_definition *d = l->d;
	struct map seen = map_new(l->a);

	for (size_t i = 0; i < d->extra_file_count; i++) {
		if (map_has(&seen, d->extra_files[i].name))
			opam_lint_found(l, "extra-files", "%.*s", SHOWN(d->extra_files[i].name));
		map_set(&seen, d->extra_files[i].name, l);
	}
}
