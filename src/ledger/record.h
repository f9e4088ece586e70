/* record.h - what is known of one installed package: packages/<name>/ in a ledger commit. */
#ifndef LEDGER_RECORD_H
#define LEDGER_RECORD_H

#include "fetch/fetch.h"

struct record_file {
	struct str path;   /* relative to the prefix */
	unsigned mode;     /* MODE_FILE, MODE_EXEC, MODE_LINK */
	struct str sha256; /* of the stored form; of a link: of its target */
	int64_t size;
};
struct record_dep {
	struct str name, version;
	struct str roles; /* "", "build", "post", "test", "opt": words separated by blanks */
};
struct record_extra {
	struct str name; /* path under files/ */
	struct oid id;
	struct str sha256;
	bool patch; /* named in `patches` and applied */
};
/* A system library that an installed ELF file needs, with the system package that owns it. */
struct record_library {
	struct str soname, package, version;
	bool declared; /* by a depext or the toolchain */
};
struct record_image {
	struct str path; /* relative to the prefix */
	struct str sha256, build_id;
	int64_t size;
};

struct record {
	struct str name, version;
	struct str repo;       /* repository that its definition came from; empty: a pin's own */
	struct oid definition; /* blob, exactly as used */
	struct str definition_sha256;
	struct fetched source;
	struct record_extra *extras;
	size_t extra_count;
	struct str input_id, build_key; /* sha256 hex */
	struct oid output;
	struct str sandbox; /* "full", or "reduced: pid, ipc" */
	struct record_file *files;
	size_t file_count;
	struct record_dep *deps;
	size_t dep_count;
	struct record_library *libraries;
	size_t library_count;
	struct record_image *images;
	size_t image_count;
	struct str *depexts; /* "name=version" */
	size_t depext_count;
	struct str log;    /* log id: log/<log>.gz */
	bool tested;       /* built with its test dependencies; run-test ran and passed */
	bool documented;   /* built with its documentation dependencies */
	struct oid folder; /* tree of packages/<name>; set by reading, none for a new record */
};

#endif
