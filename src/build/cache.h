/* cache.h - outputs that were built before, by build key: refs/pkg/builds.
 *
 * One commit without parent, whose tree is `<level>/<2 hex>/<2 hex>/<key>` -> output, and beside it
 * `<key>.json` with what is known of the build. build_cache_flush() is in build.h; until then other
 * processes find long builds through files of root/index/built/.
 */
#ifndef BUILD_CACHE_H
#define BUILD_CACHE_H

#include "build/build.h"

/* Fills out when an output of the key is there at this machine's level or a higher one. */
int cache_find(const struct builder *b, struct arena *a, struct str key, bool *found,
	       struct build_result *out, struct err *e);
int cache_add(const struct builder *b, struct arena *a, struct str key, const struct build_result *r,
	      struct err *e);
/* entry.c: the text beside an output, and back. */
struct str cache_entry_text(struct arena *a, const struct build_result *r);
int cache_entry_read(struct arena *a, struct str text, struct oid *output, struct build_result *out,
		     struct err *e);

#endif
