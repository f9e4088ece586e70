/* layout.h - where packages lie in the tree of a repository: packages/NAME/NAME.VERSION/opam, or flat,
 * packages/NAME.VERSION/opam; both may stand side by side.
 */
#ifndef REPO_LAYOUT_H
#define REPO_LAYOUT_H

#include "base/map.h"
#include "store/store.h"

/* A folder beneath packages/: of a name, or (flat) of one version. */
struct layout_place {
	struct str name, version; /* version empty: the folder of the name */
	struct oid folder;
	struct layout_place *next; /* of the same name; flat ones first */
};
struct layout {
	struct map names; /* first struct layout_place of each */
};
int layout_read(struct store *s, struct arena *a, const struct oid *tree, struct layout *out, struct err *e);

struct layout_version {
	struct str version;
	struct oid folder;     /* tree that holds opam and files/ */
	struct oid definition; /* blob of `opam` */
	bool flat;
};
struct layout_versions {
	struct layout_version *v;
	size_t n, room;
};
/* Fills in folder->definition; false in *found when the folder holds no file `opam`. */
int layout_definition(struct store *s, struct layout_version *v, bool *found, struct err *e);
/* The folders of versions in a place, their definitions not looked for yet; added to out. */
int layout_folders(struct store *s, struct arena *a, const struct layout_place *place,
		   struct layout_versions *out, struct err *e);
/* Newest first; of the same text twice the flat one counts. */
void layout_sort(struct layout_versions *list);
/* "packages/zlib/zlib.1.3", or what the layout has. */
struct str layout_path(struct arena *a, struct str name, struct str version, bool flat);

#endif
