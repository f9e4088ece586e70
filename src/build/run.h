/* run.h - the steps of one build: its folders, its environment, its log. Private to this folder. */
#ifndef BUILD_RUN_H
#define BUILD_RUN_H

#include "base/buf.h"
#include "build/sandbox.h"
#include "build/scope.h"
#include "build/view.h"

enum step_kind { STEP_PATCH, STEP_BUILD, STEP_TEST, STEP_INSTALL };

struct build_run {
	const struct builder *b;
	struct arena *a;
	const struct build_job *job;
	const struct build_ids *ids;
	struct build_failure *failure; /* or NULL */
	struct str package;            /* "name.version" */
	struct scope_packages packages;
	struct build_scope *scope;
	const char *scratch; /* holds source/, tmp/, home/ and the view */
	int source;          /* the build folder, which stands at BUILD_DIR inside */
	struct view view;
	struct opam_strings env; /* NAME=VALUE */
	struct buf log;
};

/* The folders, the view and the environment. */
int run_open(struct build_run *run, struct err *e);
void run_close(struct build_run *run);
/* One command. A failure is ERR_BUILD (ERR_TEST for a test) with the command and the last lines. */
int run_command(struct build_run *run, enum step_kind kind, struct opam_strings args, struct err *e);
/* All commands of a field; *any says whether there were some. */
int run_field(struct build_run *run, enum step_kind kind, const struct opam_value *field, bool *any,
	      struct err *e);
/* `<name>.install` (install_files.c): its files go into the view. `<name>.config`: into *config. */
int run_install_files(struct build_run *run, struct err *e);
int run_config(struct build_run *run, struct opam_config *config, struct err *e);
/* Keeps the log as log/<key>.gz; returns its path. */
int run_keep_log(struct build_run *run, const char **path, struct err *e);

#endif
