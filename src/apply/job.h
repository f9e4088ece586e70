/* job.h - a step of a plan made ready to build: its source, extra files, view and system packages. */
#ifndef APPLY_JOB_H
#define APPLY_JOB_H

#include "apply/change.h"

/* Fetches what is not known yet: the step's source, its extra sources and files. */
int job_fetch(struct session *s, struct arena *a, struct step *step, struct err *e);
/* The view of step `at`: the transitive closure of its edges without `post`; the records of earlier steps
 * are filled in. Dependencies first. */
int job_view(struct session *s, struct arena *a, const struct steps *steps, size_t at,
	     struct build_dep **deps, size_t *n, struct err *e);
/* The job of step `at`, whose sources are fetched; installed system packages are looked up. */
int job_of(struct session *s, struct arena *a, const struct steps *steps, size_t at, bool with_test,
	   bool with_doc, struct build_job *out, struct err *e);
/* The record of a step as far as it is known before anything is built. */
int job_record(struct session *s, struct arena *a, const struct steps *steps, size_t at,
	       const struct build_job *job, struct str input_id, struct record *out, struct err *e);
/* ERR_DEPEXT naming every missing system package of the touched steps, and the command that installs them. */
int job_depexts(struct session *s, struct arena *a, const struct steps *steps, struct err *e);

#endif
