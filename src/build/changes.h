/* changes.h - what a build has left in its view becomes an output.
 *
 * New files, links and empty folders are the output. Files of dependencies must be as they were: a
 * copy with the same bytes is no change, a deletion or another content fails the package. Modes are
 * normalised to 0644 and 0755; setuid, devices, FIFOs and sockets are refused.
 */
#ifndef BUILD_CHANGES_H
#define BUILD_CHANGES_H

#include "build/view.h"
#include "ledger/record.h"
#include "switch/output.h"

struct changes {
	struct output output;      /* files, empty_dirs, held; not written yet */
	struct record_file *files; /* sorted by path */
	size_t file_count;
	struct record_image *images;
	size_t image_count;
	struct opam_strings needed; /* sonames of all ELF files, sorted, each once */
};
/* package: "name.version"; images: paths of x-images. */
int changes_read(struct store *s, struct arena *a, const struct view *v, struct str package,
		 struct opam_strings images, struct changes *out, struct err *e);

#endif
