/* fields.h - the one table of the fields of a definition; internal to opam/.
 *
 * A new field is a member of struct opam_definition and a row here.
 */
#ifndef OPAM_FIELDS_H
#define OPAM_FIELDS_H

#include "opam/typed.h"

enum opam_field_type {
	FIELD_HEADER, /* opam-version: looked at before all others */
	FIELD_STRING, /* as written */
	FIELD_LINE,   /* a string without the blanks around it */
	FIELD_NAME,
	FIELD_VERSION,
	FIELD_STRINGS,
	FIELD_NAMES,   /* package names */
	FIELD_ADDRESS, /* a url, kept as text */
	FIELD_PATH,    /* relative, leads nowhere else; a wrong one refuses the file */
	FIELD_FORMULA,
	FIELD_ALTERNATIVES, /* a formula that ought to be a disjunction */
	FIELD_FILTER,
	FIELD_FLAGS,
	FIELD_COMMANDS,
	FIELD_ENV,
	FIELD_FILTERED,
	FIELD_MESSAGES,
	FIELD_DEPEXTS,
	FIELD_EXTRA_FILES,
	FIELD_PIN_DEPENDS,
	FIELD_FEATURES,
	FIELD_LOOSE,    /* x-locked, x-commit-hash: a string, anything else is ignored with a word */
	FIELD_REWRITES, /* x-env-path-rewrite */
	FIELD_OS,       /* old: and-ed into available */
	FIELD_OCAML,    /* old: the same */
	FIELD_OLD_SOURCES,
	FIELD_IGNORED,
};

struct opam_field_row {
	const char *name;
	enum opam_field_type type;
	size_t offset; /* in struct opam_definition; NOWHERE: only the type is checked */
};
enum { NOWHERE = -1 };

extern const struct opam_field_row opam_fields[];
extern const size_t opam_field_count;

/* Reads a value into its place in d. -1: the type is wrong; e says where and why. */
int opam_field_read(struct arena *a, const struct opam_field_row *row, const struct opam_value *v,
		    struct opam_definition *d, struct err *e);

/* How a type is read; out is the place in d, or one of its size. */
typedef int opam_field_reader(struct arena *a, const struct opam_field_row *row, const struct opam_value *v,
			      struct opam_definition *d, void *out, struct err *e);
/* The rarer types. */
opam_field_reader opam_depexts_read, opam_extra_files_read, opam_pin_depends_read, opam_features_read,
	opam_loose_read, opam_rewrites_read, opam_old_sources_read;
/* The filter that an `os:` or `ocaml-version:` stands for. */
int opam_old_filter(struct arena *a, const struct opam_text *t, const struct opam_value *v,
		    const char *variable, const struct opam_value **out, struct err *e);

/* opam's number for a field that does not have its form, and those of two doubts. */
enum { FINDING_FIELD = 3, FINDING_FLAG = 28, FINDING_DEPOPTS = 30, FINDING_CONFLICTS = 43 };

/* A field that is dropped; the place comes from e. More than OPAM_FINDINGS_MAX are not kept. */
enum { OPAM_FINDINGS_MAX = 200 };
void opam_find(struct arena *a, struct opam_definition *d, struct str field, const struct err *e);
/* The same with its own text. */
void opam_find_at(struct arena *a, struct opam_definition *d, struct str field, struct opam_span at,
		  const char *fmt, ...) PRINTF(5, 6);
/* Something that is read, but hardly as it was meant. */
void opam_doubt_at(struct arena *a, struct opam_definition *d, int id, struct str field, struct opam_span at,
		   const char *fmt, ...) PRINTF(6, 7);
/* By place; those of one place keep their order. */
void opam_findings_sort(struct opam_findings *list);

/* The two steps of opam_definition() behind the parser. */
int opam_header_read(struct opam_definition *d, struct err *e);
int opam_fields_read(struct arena *a, struct opam_definition *d, struct err *e);

/* A section `url` or `extra-source`; false when it is dropped. */
bool opam_source_read(struct arena *a, struct opam_definition *d, const struct opam_item *item,
		      struct opam_source *out);

#endif
