/* source.h - the folder a build stands in: source, extra files, patches, templates. */
#ifndef BUILD_SOURCE_H
#define BUILD_SOURCE_H

#include "build/build.h"

struct build_run;
/* Fills run->source in opam's order. All times become the source's, those of patched and written
 * files one second more, so that what is made from them is made anew. */
int source_prepare(struct build_run *run, struct err *e);
/* SOURCE_DATE_EPOCH */
int64_t source_epoch(const struct build_job *job);
/* The template of a file of `substs`: `NAME.in` of the extra files, else of the source. */
int source_template(const struct builder *b, struct arena *a, const struct build_job *job, struct str name,
		    struct str *text, bool *there, struct err *e);

#endif
