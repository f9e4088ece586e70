#include "opam/fields.h"

#include <string.h>

#include "base/path.h"
#include "opam/text.h"
#include "opam/version.h"

#define AT(member) offsetof(struct opam_definition, member)

const struct opam_field_row opam_fields[] = {
	{"opam-version", FIELD_HEADER, AT(opam_version)},
	{"name", FIELD_NAME, AT(name)},
	{"version", FIELD_VERSION, AT(version)},
	{"synopsis", FIELD_LINE, AT(synopsis)},
	{"description", FIELD_LINE, AT(description)},
	{"descr", FIELD_LINE, AT(descr)},
	{"maintainer", FIELD_STRINGS, AT(maintainer)},
	{"authors", FIELD_STRINGS, AT(authors)},
	{"author", FIELD_STRINGS, AT(authors)},
	{"license", FIELD_STRINGS, AT(license)},
	{"homepage", FIELD_STRINGS, AT(homepage)},
	{"doc", FIELD_STRINGS, AT(doc)},
	{"bug-reports", FIELD_STRINGS, AT(bug_reports)},
	{"tags", FIELD_STRINGS, AT(tags)},
	{"dev-repo", FIELD_ADDRESS, AT(dev_repo)},
	{"depends", FIELD_FORMULA, AT(depends)},
	{"depopts", FIELD_ALTERNATIVES, AT(depopts)},
	{"conflicts", FIELD_ALTERNATIVES, AT(conflicts)},
	{"conflict-class", FIELD_NAMES, AT(conflict_class)},
	{"available", FIELD_FILTER, AT(available)},
	{"flags", FIELD_FLAGS, AT(flags)},
	{"build", FIELD_COMMANDS, AT(build)},
	{"run-test", FIELD_COMMANDS, AT(run_test)},
	{"install", FIELD_COMMANDS, AT(install)},
	{"remove", FIELD_COMMANDS, AT(remove)},
	{"setenv", FIELD_ENV, AT(setenv)},
	{"build-env", FIELD_ENV, AT(build_env)},
	{"substs", FIELD_STRINGS, AT(substs)},
	{"patches", FIELD_FILTERED, AT(patches)},
	{"messages", FIELD_MESSAGES, AT(messages)},
	{"post-messages", FIELD_MESSAGES, AT(post_messages)},
	{"depexts", FIELD_DEPEXTS, AT(depexts)},
	{"extra-files", FIELD_EXTRA_FILES, AT(extra_files)},
	{"pin-depends", FIELD_PIN_DEPENDS, AT(pin_depends)},
	{"features", FIELD_FEATURES, NOWHERE},
	{"x-commit-hash", FIELD_LOOSE, AT(x_commit_hash)},
	{"x-images", FIELD_STRINGS, AT(x_images)},
	{"x-subpath", FIELD_PATH, AT(x_subpath)},
	{"x-locked", FIELD_LOOSE, AT(x_locked)},
	{"x-env-path-rewrite", FIELD_REWRITES, NOWHERE},
	/* Of older formats. */
	{"os", FIELD_OS, AT(available)},
	{"ocaml-version", FIELD_OCAML, AT(available)},
	{"extra-sources", FIELD_OLD_SOURCES, NOWHERE},
	{"build-test", FIELD_COMMANDS, NOWHERE},
	{"build-doc", FIELD_COMMANDS, NOWHERE},
	{"libraries", FIELD_FILTERED, NOWHERE},
	{"syntax", FIELD_FILTERED, NOWHERE},
	{"configure-style", FIELD_IGNORED, NOWHERE},
};
const size_t opam_field_count = COUNT_OF(opam_fields);

static const struct {
	const char *name;
	enum opam_flag flag;
} flag_names[] = {
	{"light-uninstall", FLAG_LIGHT_UNINSTALL},
	{"verbose", FLAG_VERBOSE},
	{"plugin", FLAG_PLUGIN},
	{"compiler", FLAG_COMPILER},
	{"conf", FLAG_CONF},
	{"avoid-version", FLAG_AVOID_VERSION},
	{"deprecated", FLAG_DEPRECATED},
};

/* Where a value goes when its row has no place. */
union place {
	struct str s;
	struct opam_strings strings;
	struct opam_filtereds filtereds;
	struct opam_env_updates updates;
	const struct opam_value *value;
};

const char *
opam_flag_name(enum opam_flag flag)
{
	for (size_t i = 0; i < COUNT_OF(flag_names); i++)
		if (flag_names[i].flag == flag)
			return flag_names[i].name;
	return NULL;
}

bool
opam_flag_add(unsigned *flags, struct str name)
{
	for (size_t i = 0; i < COUNT_OF(flag_names); i++) {
		if (str_is(name, flag_names[i].name)) {
			*flags |= flag_names[i].flag;
			return true;
		}
	}
	return false;
}

/* An unknown flag is doubtful, no error. */
static void
read_flag(struct arena *a, struct opam_definition *d, const char *field, struct str name, struct opam_span at)
{
	if (!opam_flag_add(&d->flags, name))
		opam_doubt_at(a, d, FINDING_FLAG, str_of(field), at, "unknown flag '%.*s' is ignored",
			      SHOWN(name));
}

static int
read_flags(struct arena *a, const struct opam_field_row *row UNUSED, const struct opam_value *v,
	   struct opam_definition *d, void *out UNUSED, struct err *e)
{
	struct opam_seq seq;

	if (opam_elements(&d->text, &v, 1, &seq, NULL, e) < 0)
		return -1;
	for (size_t i = 0; i < seq.n; i++)
		if (seq.v[i]->kind != OPAM_IDENT)
			return opam_err(e, &d->text, seq.v[i]->at, "expected a flag, as an identifier");
	for (size_t i = 0; i < seq.n; i++)
		read_flag(a, d, "flags", seq.v[i]->s, seq.v[i]->at);
	return 0;
}

static int
read_strings(struct arena *a, const struct opam_field_row *row, const struct opam_value *v,
	     struct opam_definition *d, void *out, struct err *e)
{
	struct opam_strings list, *place = out;

	if (opam_string_list(a, &d->text, v, &list, e) < 0)
		return -1;
	if (row->offset == AT(authors) && place->n)
		return opam_err(e, &d->text, v->at, "the authors are given twice");
	if (row->offset == AT(tags))
		for (size_t i = 0; i < list.n; i++)
			if (str_starts(list.v[i], "flags:"))
				read_flag(a, d, "tags", str_sub(list.v[i], 6, list.v[i].n), v->at);
	for (size_t i = 0; row->type == FIELD_NAMES && i < list.n; i++)
		if (!opam_name_valid(list.v[i]))
			return opam_err(e, &d->text, v->at, "'%.*s' is not a package name", SHOWN(list.v[i]));
	*place = list;
	return 0;
}

/* The types that are a single string of some form. */
static int
read_string(struct arena *a UNUSED, const struct opam_field_row *row, const struct opam_value *v,
	    struct opam_definition *d, void *out, struct err *e)
{
	struct opam_url url;
	struct str s;

	if (opam_string(&d->text, v, &s, e) < 0)
		return -1;
	if (row->type == FIELD_LINE || row->type == FIELD_VERSION)
		s = str_trim(s);
	if (row->type == FIELD_NAME && !opam_name_valid(s))
		return opam_err(e, &d->text, v->at, "'%.*s' is not a package name", SHOWN(s));
	if (row->type == FIELD_VERSION && !opam_version_valid(s))
		return opam_err(e, &d->text, v->at, "'%.*s' is not a version", SHOWN(s));
	if (row->type == FIELD_PATH && str_starts(s, "./"))
		s = str_sub(s, 2, s.n);
	if (row->type == FIELD_PATH && !path_is_plain(s))
		return opam_err(e, &d->text, v->at, "'%.*s' does not lead to a folder of the source",
				SHOWN(s));
	if (row->type == FIELD_ADDRESS && s.n && opam_url(s, &url, e) < 0)
		return opam_err_place(e, &d->text, v->at);
	*(struct str *)out = s;
	return 0;
}

static int
read_available(struct arena *a UNUSED, const struct opam_field_row *row UNUSED, const struct opam_value *v,
	       struct opam_definition *d, void *out, struct err *e)
{
	struct opam_seq seq;

	if (opam_elements(&d->text, &v, 1, &seq, NULL, e) < 0)
		return -1;
	if (seq.n > 1)
		return opam_err(e, &d->text, seq.v[1]->at, "expected a single filter; join them by '&'");
	if (!seq.n)
		return 0;
	if (opam_filter_check(&d->text, seq.v[0], e) < 0)
		return -1;
	*(const struct opam_value **)out = seq.v[0];
	return 0;
}

static bool
is_disjunction(const struct opam_value *v)
{
	switch (v->kind) {
	case OPAM_AND:
		return false;
	case OPAM_OR:
		for (size_t i = 0; i < opam_chain(v); i++)
			if (!is_disjunction(opam_operand(v, i)))
				return false;
		return true;
	case OPAM_LIST:
	case OPAM_GROUP:
		for (size_t i = 0; i < v->n; i++)
			if (!is_disjunction(v->kids[i]))
				return false;
		return true;
	default:
		return true;
	}
}

static int
read_formula(struct arena *a, const struct opam_field_row *row, const struct opam_value *v,
	     struct opam_definition *d, void *out, struct err *e)
{
	if (opam_formula_check(a, &d->text, v, e) < 0)
		return -1;
	*(const struct opam_value **)out = v;
	if (row->type == FIELD_ALTERNATIVES && !is_disjunction(v))
		opam_doubt_at(a, d, row->offset == AT(conflicts) ? FINDING_CONFLICTS : FINDING_DEPOPTS,
			      str_of(row->name), v->at, "'&' has no meaning in %s and is read as '|'",
			      row->name);
	return 0;
}

static int
read_old_filter(struct arena *a, const struct opam_field_row *row, const struct opam_value *v,
		struct opam_definition *d, void *out, struct err *e)
{
	const struct opam_value *both[2], **place = out;

	if (opam_old_filter(a, &d->text, v, row->name, &both[0], e) < 0)
		return -1;
	both[1] = *place;
	*place = opam_chain_new(a, OPAM_AND, both, both[1] ? 2 : 1);
	return 0;
}

static int
read_commands(struct arena *a UNUSED, const struct opam_field_row *row UNUSED, const struct opam_value *v,
	      struct opam_definition *d, void *out, struct err *e)
{
	if (opam_commands_check(&d->text, v, e) < 0)
		return -1;
	*(const struct opam_value **)out = v;
	return 0;
}

static int
read_env(struct arena *a, const struct opam_field_row *row UNUSED, const struct opam_value *v,
	 struct opam_definition *d, void *out, struct err *e)
{
	return opam_env_list(a, &d->text, v, out, e);
}

static int
read_filtered(struct arena *a, const struct opam_field_row *row, const struct opam_value *v,
	      struct opam_definition *d, void *out, struct err *e)
{
	return opam_filtered_list(a, &d->text, v, row->type == FIELD_MESSAGES, out, e);
}

static opam_field_reader *const readers[] = {
	[FIELD_HEADER] = NULL,
	[FIELD_STRING] = read_string,
	[FIELD_LINE] = read_string,
	[FIELD_NAME] = read_string,
	[FIELD_VERSION] = read_string,
	[FIELD_STRINGS] = read_strings,
	[FIELD_NAMES] = read_strings,
	[FIELD_ADDRESS] = read_string,
	[FIELD_PATH] = read_string,
	[FIELD_FORMULA] = read_formula,
	[FIELD_ALTERNATIVES] = read_formula,
	[FIELD_FILTER] = read_available,
	[FIELD_FLAGS] = read_flags,
	[FIELD_COMMANDS] = read_commands,
	[FIELD_ENV] = read_env,
	[FIELD_FILTERED] = read_filtered,
	[FIELD_MESSAGES] = read_filtered,
	[FIELD_DEPEXTS] = opam_depexts_read,
	[FIELD_EXTRA_FILES] = opam_extra_files_read,
	[FIELD_PIN_DEPENDS] = opam_pin_depends_read,
	[FIELD_FEATURES] = opam_features_read,
	[FIELD_LOOSE] = opam_loose_read,
	[FIELD_REWRITES] = opam_rewrites_read,
	[FIELD_OS] = read_old_filter,
	[FIELD_OCAML] = read_old_filter,
	[FIELD_OLD_SOURCES] = opam_old_sources_read,
	[FIELD_IGNORED] = NULL,
};

int
opam_field_read(struct arena *a, const struct opam_field_row *row, const struct opam_value *v,
		struct opam_definition *d, struct err *e)
{
	union place nowhere = {0};
	void *out = row->offset == (size_t)NOWHERE ? (void *)&nowhere : (char *)d + row->offset;

	return readers[row->type] ? readers[row->type](a, row, v, d, out, e) : 0;
}
