/* state.h - what one build of a command learns for the next; private to this folder. */
#ifndef BUILD_STATE_H
#define BUILD_STATE_H

#include "base/map.h"
#include "build/build.h"
#include "build/dpkg.h"
#include "build/view.h"

/* An output that is not in refs/pkg/builds yet. */
struct cache_pending {
	struct str key, level, text;
	struct oid output;
	bool journaled; /* a file of index/built/ names it for other processes */
};

struct build_state {
	struct arena *a; /* the builder's */
	struct overlay overlay;
	const char *skeleton; /* the lowest layer of all views */
	struct dpkg *dpkg;
	struct map trees;   /* output id -> path: each is checked once */
	struct map pending; /* key -> struct cache_pending * */
	struct oid builds;  /* commit of refs/pkg/builds as last read, and its tree */
	struct oid builds_tree;
	long unsaved_ms; /* of builds whose output is not on disk yet */
};

#endif
