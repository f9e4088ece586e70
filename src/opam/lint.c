#include "opam/lint.h"

#include <stdio.h>
#include <string.h>

#include "base/vec.h"
#include "opam/fields.h"
#include "opam/rules.h"
#include "opam/version.h"

/* Numbers and meanings are opam's. Missing are those that opam has given up, those about OCaml alone, and
 * those that ask the network. opam calls 23, 29, 42, 52 and 57 errors, too; they stand in published packages
 * that work, and pkg has nothing to refuse there. */
const struct opam_lint_rule opam_lint_rules[] = {
	{LINT_SYNTAX, true, "the file does not follow the grammar", NULL},
	{LINT_FORMAT, true, "the file is for no format, or for another one than 2.0", NULL},
	{FINDING_FIELD, true, "a field is unknown, repeated or of the wrong form", NULL},
	{4, false, "name or version is not that of the folder", opam_lint_name},
	{20, false, "opam-version names a patch release", opam_lint_patch},
	{21, true, "opam-version is not 2.0", opam_lint_version},
	{22, true, "a field is there, but empty", opam_lint_empty},
	{23, false, "no maintainer", opam_lint_maintainer},
	{25, false, "no authors", opam_lint_authors},
	{26, false, "remove without install: build seems to install", opam_lint_no_install},
	{FINDING_FLAG, true, "unknown flag", NULL},
	{29, false, "a dependency or conflict depends on a variable of a package", opam_lint_local_depends},
	{FINDING_DEPOPTS, false, "depopts is not a plain list of alternatives", NULL},
	{31, true, "a package is in depends and in depopts", opam_lint_both},
	{32, true, "ocaml-version is a thing of the past: depend on the package ocaml", opam_lint_ocaml},
	{33, true, "os: is a thing of the past: use the variable os in available", opam_lint_os},
	{34, true, "available depends on a variable of a package", opam_lint_local_available},
	{35, false, "no homepage", opam_lint_homepage},
	{36, false, "no bug-reports", opam_lint_bugs},
	{37, false, "a source, but no dev-repo", opam_lint_repo},
	{39, true, "make is called by its name: use the variable make", opam_lint_make},
	{41, false, "variables of a package that is no dependency", opam_lint_undeclared},
	{42, false, "dev-repo is not under version control", opam_lint_dev_repo},
	{FINDING_CONFLICTS, true, "'&' in conflicts, where only '|' has a meaning", NULL},
	{44, false, "a plugin whose name does not begin with opam-", opam_lint_plugin},
	{45, true, "%{ without }%", opam_lint_unclosed},
	{46, true, "flag conf, but there is a source, install or remove", opam_lint_conf},
	{47, false, "synopsis should begin with a capital and not end with a dot", opam_lint_synopsis},
	{48, false, "build-test and build-doc are of the past: use with-test, with-doc, run-test",
	 opam_lint_old_builds},
	{49, false, "an address that looks like version control, but is not used so", opam_lint_suffix},
	{50, false, "post has no meaning with build or in depopts", opam_lint_post},
	{51, true, "build or post negated: what that means is not defined", opam_lint_negated},
	{52, false, "flag light-uninstall, but no remove", opam_lint_light},
	{LINT_EXTRA_FILES, true, "extra-files does not agree with the folder files", NULL},
	{54, false, "the name of a system package is empty or has a blank", opam_lint_spaces},
	{55, true, "the name of a system or architecture is not in its normal form", opam_lint_normal},
	{57, false, "no synopsis", opam_lint_no_synopsis},
	{58, false, "the variables are with-test and with-doc", opam_lint_old_tests},
	{59, false, "a source without a checksum", opam_lint_no_checksum},
	{61, false, "with-test has no meaning in run-test", opam_lint_run_test},
	{62, false, "license is not an SPDX expression", opam_lint_license},
	{65, true, "the address of a local source is not absolute", opam_lint_relative},
	{66, false, "a text that is neither true nor false as a filter", opam_lint_text_filters},
	{67, true, "a checksum for a source under version control", opam_lint_needless_checksum},
	{68, false, "no license", opam_lint_no_license},
	{70, true, "extra-files has a file twice", opam_lint_twice},
	{71, true, "url has a checksum twice", opam_lint_url_twice},
	{72, true, "extra-source has a checksum twice", opam_lint_extra_twice},
};
const size_t opam_lint_rule_count = COUNT_OF(opam_lint_rules);

PRINTF(3, 0)
static void
found(struct opam_lint *l, struct opam_span at, const char *fmt, va_list args)
{
	struct opam_finding f = {
		.error = l->rule->error,
		.id = l->rule->id,
		.text = str_of(l->rule->text),
	};
	char detail[512];

	if (l->out->n >= OPAM_FINDINGS_MAX)
		return;
	f.at = opam_pos(&l->d->text, at.off);
	if (fmt) {
		vsnprintf(detail, sizeof(detail), fmt, args);
		f.text = str_printf(l->a, "%s: %s", l->rule->text, detail);
	}
	vec_push(l->a, l->out, f);
}

void
opam_lint_found_at(struct opam_lint *l, struct opam_span at, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	found(l, at, fmt, args);
	va_end(args);
}

void
opam_lint_found(struct opam_lint *l, const char *field, const char *fmt, ...)
{
	struct opam_span at = {0};
	va_list args;

	for (size_t i = 0; field && i < l->d->text.n; i++) {
		if (!str_is(l->d->text.items[i].name, field))
			continue;
		at = l->d->text.items[i].at;
		break;
	}
	va_start(args, fmt);
	found(l, at, fmt, args);
	va_end(args);
}

/* NAME.VERSION/opam */
static void
look_at_path(struct opam_lint *l, const char *path)
{
	struct str dir = str_of(path);
	ptrdiff_t slash;

	if (!str_ends(dir, "/opam"))
		return;
	dir.n -= sizeof("/opam") - 1;
	slash = str_rchr(dir, '/');
	if (!opam_name_version_cut(str_sub(dir, (size_t)(slash + 1), dir.n), &l->name, &l->version))
		l->name = l->version = (struct str){0};
}

/* What reading finds doubtful may be an error by opam's table. */
static void
take_findings(struct arena *a, const struct opam_findings *from, struct opam_findings *out)
{
	for (size_t i = 0; i < from->n; i++) {
		struct opam_finding f = from->v[i];

		for (size_t j = 0; f.id != FINDING_FIELD && j < opam_lint_rule_count; j++)
			if (opam_lint_rules[j].id == f.id)
				f.error = opam_lint_rules[j].error;
		vec_push(a, out, f);
	}
}

static void
add_error(struct arena *a, struct opam_findings *out, int id, const char *path, const struct err *e)
{
	struct opam_finding f = {
		.error = true,
		.id = id,
		.at = {path, e->at.line, e->at.col},
		.text = str_printf(a, "%s%s%s", e->msg, *e->hint ? "; " : "", e->hint),
	};

	vec_push(a, out, f);
}

static void
check_rules(struct opam_lint *l)
{
	/* What is missing may be what could not be read. */
	if (l->out->n && l->out->v[0].id == LINT_SYNTAX)
		return;
	for (size_t i = 0; i < opam_lint_rule_count; i++) {
		l->rule = &opam_lint_rules[i];
		if (l->rule->check)
			l->rule->check(l);
	}
}

void
opam_lint(struct arena *a, const char *path, struct str text, struct opam_findings *out,
	  struct opam_definition *d)
{
	struct opam_findings own = {0};
	struct opam_definition local = {0};
	struct opam_lint l = {.a = a, .out = &own};
	struct err e = {0};

	if (!d)
		d = &local;
	*d = (struct opam_definition){.text.path = path};
	d->text = opam_recover(a, path, text, &own);
	l.d = d;
	if (opam_header_read(d, &e) < 0) {
		/* It may stand where nothing can be read. */
		if (d->opam_version.n || !own.n)
			add_error(a, &own, LINT_FORMAT, path, &e);
		d->opam_version = (struct str){0};
	} else if (opam_fields_read(a, d, &e) < 0) {
		take_findings(a, &d->findings, &own);
		add_error(a, &own, FINDING_FIELD, path, &e);
	} else {
		take_findings(a, &d->findings, &own);
		look_at_path(&l, path);
		check_rules(&l);
	}
	opam_findings_sort(&own);
	for (size_t i = 0; i < own.n; i++)
		vec_push(a, out, own.v[i]);
}
