/* output.h - what a build adds to the prefix, as a tree in the store: `files/` and `meta.json`. */
#ifndef SWITCH_OUTPUT_H
#define SWITCH_OUTPUT_H

#include "opam/install.h"
#include "store/store.h"
#include "switch/prefix.h"

/* A file or link whose stored form holds the build prefix. */
struct output_held {
	struct str path; /* relative to the prefix */
	bool binary;
	uint64_t *offsets;
	size_t n;
};
struct output {
	struct oid id;    /* of the tree {files/, meta.json} */
	struct oid files; /* of files/; none when it has no files */
	struct str *empty_dirs;
	size_t empty_dir_count;
	struct output_held *held; /* sorted by path */
	size_t held_count;
	struct opam_config config; /* variables and file-depends of its `.config`, in stored form */
};
/* Writes meta.json and the tree from the other fields, and sets id. Canonical. */
int output_write(struct store *s, struct arena *a, struct output *o, struct err *e);
int output_read(struct store *s, struct arena *a, const struct oid *id, struct output *out, struct err *e);
const struct output_held *output_held(const struct output *o, struct str path);

#endif
