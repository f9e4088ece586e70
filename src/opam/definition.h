/* definition.h - a package definition (an `opam` file) with typed fields, from one table.
 *
 * A field of the wrong type, unknown or repeated is a finding: the field is dropped, the rest
 * stays usable. Only a syntax error or a wrong header refuses the file.
 */
#ifndef OPAM_DEFINITION_H
#define OPAM_DEFINITION_H

#include "base/vec.h"
#include "opam/formula.h"
#include "opam/url.h"

struct opam_strings {
	struct str *v;
	size_t n;
};
static inline bool
opam_strings_have(const struct opam_strings *list, struct str s)
{
	for (size_t i = 0; i < list->n; i++)
		if (str_eq(list->v[i], s))
			return true;
	return false;
}

/* A string or a relation, each with its filter (NULL: always). */
struct opam_filtered {
	struct str s;
	const struct opam_value *filter;
	struct opam_span at;
};
struct opam_filtereds {
	struct opam_filtered *v;
	size_t n;
};

struct opam_env_update {
	struct str name, value;
	enum opam_env_op op;
};
struct opam_env_updates {
	struct opam_env_update *v;
	size_t n;
};

struct opam_source {
	bool present;
	struct str file; /* extra-source: its name; else empty */
	struct opam_url src;
	struct opam_checksum *checksums;
	size_t checksum_count;
	struct opam_url *mirrors;
	size_t mirror_count;
	struct str subpath;
	struct opam_span at;
};

struct opam_extra_file {
	struct str name;
	struct opam_checksum checksum;
};

/* Where a dependency comes from when the package is pinned. */
struct opam_pin_depend {
	struct str name, version;
	struct opam_url url;
};

struct opam_depext {
	struct str *names;
	size_t n;
	const struct opam_value *filter;
};

enum opam_flag {
	FLAG_LIGHT_UNINSTALL = 1 << 0,
	FLAG_VERBOSE = 1 << 1,
	FLAG_PLUGIN = 1 << 2,
	FLAG_COMPILER = 1 << 3,
	FLAG_CONF = 1 << 4,
	FLAG_AVOID_VERSION = 1 << 5,
	FLAG_DEPRECATED = 1 << 6,
	FLAG_LAST = FLAG_DEPRECATED,
};

/* "compiler"; NULL for what is no flag. */
const char *opam_flag_name(enum opam_flag flag);
/* False when there is no such flag. */
bool opam_flag_add(unsigned *flags, struct str name);

/* A finding of reading or of lint. */
struct opam_finding {
	bool error;       /* else a warning */
	int id;           /* opam's number */
	struct str field; /* "depends", "url.checksum"; empty: the file */
	struct pos at;
	struct str text;
};
struct opam_findings {
	struct opam_finding *v;
	size_t n, room;
};

struct opam_definition {
	struct opam_text text;

	struct str opam_version, name, version;
	struct str synopsis, description, descr;
	struct opam_strings maintainer, authors, license, homepage, doc, bug_reports, tags;
	struct str dev_repo;

	/* Formulas and filters stay values: they are evaluated in a scope. NULL: absent. */
	const struct opam_value *depends, *depopts, *conflicts, *available;
	struct opam_strings conflict_class;
	unsigned flags; /* enum opam_flag, tags `flags:x` included */

	/* Command lists, for opam_commands(). NULL: absent. */
	const struct opam_value *build, *install, *remove, *run_test;
	struct opam_env_updates setenv, build_env;
	struct opam_strings substs;
	struct opam_filtereds patches, messages, post_messages;
	struct opam_depext *depexts;
	size_t depext_count;

	struct opam_source url;
	struct opam_source *extra_sources;
	size_t extra_source_count;
	struct opam_extra_file *extra_files;
	size_t extra_file_count;
	bool has_extra_files;
	struct opam_pin_depend *pin_depends;
	size_t pin_depend_count;

	struct str x_commit_hash;
	struct opam_strings x_images; /* files of the prefix that are deployable images */
	struct str x_subpath;
	struct str x_locked; /* suffix of the name of a lock file */

	struct opam_findings findings; /* dropped fields and doubts of reading, in order of place */
};

/* Reads a definition from its text, which is borrowed. -1: syntax error, or a format other than 2.0. */
int opam_definition(struct arena *a, const char *path, struct str text, struct opam_definition *out,
		    struct err *e);
/* The error for which a `url` or an extra-source was dropped, or NULL. Such a definition can be solved with;
 * but what would be built is not what was meant. */
const struct opam_finding *opam_source_dropped(const struct opam_definition *d);
/* The value of any top-level field as written, or NULL. */
const struct opam_value *opam_field(const struct opam_definition *d, const char *name);
/* Whether a definition may have a field of this name; an `x-` it may always. */
bool opam_field_known(struct str name);

/* One command: its words, expanded and filtered. */
struct opam_command {
	struct str *args;
	size_t n;
};
struct opam_commands {
	struct opam_command *v;
	size_t n;
};
/* The commands of a build-like field in a scope; value may be NULL. */
int opam_commands(struct arena *a, const struct opam_text *t, const struct opam_value *value,
		  const struct opam_scope *scope, struct opam_commands *out, struct err *e);
/* The strings whose filter holds, expanded. */
int opam_filtered_strings(struct arena *a, const struct opam_text *t, struct opam_filtereds list,
			  const struct opam_scope *scope, struct opam_strings *out, struct err *e);
/* The system packages that the machine must have. */
int opam_depexts(struct arena *a, const struct opam_definition *d, const struct opam_scope *scope,
		 struct opam_strings *out, struct err *e);

#endif
