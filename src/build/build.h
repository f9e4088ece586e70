/* build.h - one package: source tree + view -> output. */
#ifndef BUILD_BUILD_H
#define BUILD_BUILD_H

#include "ledger/record.h"
#include "repo/platform.h"
#include "switch/root.h"

/* What all builds of a command share. */
struct builder {
	const struct root *root;
	const struct platform *platform;
	struct opam_strings toolchain; /* "name=version=architecture"; of a base image its digest alone */
	const struct sandbox *sandbox; /* probed abilities */
	unsigned jobs;
	unsigned timeout, silence; /* seconds; 0: none */
	const struct report *report;
	/* An unpacked base image that builds see in place of this system, and the sha256 of its tar. */
	const char *base;
	struct str base_digest;
	/* Variables of the switch and of the root's configuration; NULL: none. */
	const struct opam_scope *variables;
	struct build_state *state; /* made by builder_open: what one build learns for the next */
};
/* Probes the sandbox and reads the toolchain; root, platform, jobs and so on are set before, and the
 * arena lives as long as the builder. ERR_SANDBOX when mount or network namespaces are missing.
 * bwrap is a program name or path; search_path is the PATH to look programs up in. */
int builder_open(struct arena *a, struct builder *b, const char *search_path, struct err *e);
/* "full", or "reduced: ..." */
struct str builder_level(const struct builder *b);

/* A package of the view: a dependency that this build sees. */
struct build_dep {
	struct str name, version;
	const struct opam_definition *definition;
	struct str input_id;
	struct output output;
	bool direct; /* named by the package's own formula: counts in the variable `depends` */
};

struct build_job {
	struct str name, version;
	const struct opam_definition *definition;
	struct oid definition_id;
	const struct fetched *source;
	const struct record_extra *extras; /* extra-sources and files/ of the definition's folder */
	size_t extra_count;
	const struct build_dep *deps; /* the transitive closure without `post`, dependencies first */
	size_t dep_count;
	struct opam_strings depexts; /* "name=version" of those that are installed */
	bool with_test, with_doc, dev, pinned;
};

struct build_ids {
	struct str input_id;
	struct str key; /* needs the outputs of all deps */
};
/* Both are pure functions of the job and the builder; no time, user, job count, host name or root. */
int build_ids(const struct builder *b, struct arena *a, const struct build_job *job, struct build_ids *out,
	      struct err *e);

struct build_result {
	struct output output;
	struct str level, log;
	bool reused;
	long ms;
	struct record_file *files;
	size_t file_count;
	struct record_library *libraries;
	size_t library_count;
	struct record_image *images;
	size_t image_count;
	bool tested;
};
/* Looks the key up in refs/pkg/builds first (unless with_test and it was not tested, or rebuild); builds
 * under the key's lock otherwise. A failed step: ERR_BUILD (ERR_TEST for run-test) with the command, its
 * status, the last lines and the path of the log; the scratch folder is kept only with keep. */
struct build_options {
	bool rebuild;                  /* build although the key is known */
	bool keep;                     /* keep the build folder of a failure, and say where */
	struct build_failure *failure; /* filled when a command fails; NULL: nobody asks */
};
/* The command that failed. */
struct build_failure {
	const char *step; /* "patch", "build", "test", "install" */
	struct str command;
	int status; /* 128 + signal */
	bool timed_out;
};
int build_package(const struct builder *b, struct arena *a, const struct build_job *job,
		  const struct build_ids *ids, const struct build_options *options, struct build_result *out,
		  struct err *e);
/* Adds the entries gathered since to refs/pkg/builds by compare-and-swap; once per transaction. */
int build_cache_flush(const struct builder *b, struct arena *a, struct err *e);
/* Only makes them durable and known to other processes, one of which will flush. */
int build_cache_save(const struct builder *b, struct arena *a, struct err *e);

/* The depexts of a definition that this machine has ("name=version"), and those that it lacks. */
int build_depexts(const struct builder *b, struct arena *a, const struct opam_definition *d, struct str name,
		  struct str version, struct opam_strings *have, struct opam_strings *missing, struct err *e);

/* "name=version" of those of the named system packages that are installed, in order of the names. */
void build_system_packages(const struct builder *b, struct arena *a, const struct opam_strings *names,
			   struct opam_strings *out);

/* The environment of a switch: setenv of its packages, PATH and so on, for `env` and `exec`. prefix is
 * the live path. Pairs NAME=VALUE that differ from `base`. */
int build_environment(struct arena *a, const struct build_dep *packages, size_t n, const char *prefix,
		      const char *switch_name, const char *const *base, struct opam_strings *out,
		      struct err *e);

#endif
