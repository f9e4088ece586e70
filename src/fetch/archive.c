/* archive.c - from a verified archive to its import commit.
 *
 * The commit is a pure function of the archive, and refs named after the archive's checksums keep it:
 * that is the cache. A second fetch of the same checksums opens no socket.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/path.h"
#include "fetch/backend.h"
#include "fetch/import.h"
#include "fetch/worker_run.h"

/* The archive's root: opam's rule. NULL with *e set when there is none. */
static const char *
find_root(struct arena *a, const char *dir, struct err *e)
{
	struct fs_entries list = {0};
	const char *folder = NULL;
	size_t folders = 0, others = 0;

	if (fs_list(a, AT_FDCWD, dir, &list, e) < 0)
		return NULL;
	for (size_t i = 0; i < list.n; i++) {
		if (S_ISDIR(list.v[i].type)) {
			folder = list.v[i].name;
			folders++;
		} else if (strcmp(list.v[i].name, "pax_global_header") != 0) {
			others++;
		}
	}
	if (others)
		return dir;
	if (folders == 1)
		return path_join(a, dir, folder);
	err_set(e, ERR_FETCH,
		folders ? "its top level holds %zu folders and no file: which of them is the source?"
			: "the archive is empty (%zu entries)",
		folders);
	return NULL;
}

static int
unpack(const struct fetch *f, struct arena *a, const struct fetch_bytes *bytes, struct str sha256,
       struct oid *commit, struct err *e)
{
	const char *dir = path_join(a, bytes->dir, "tree"), *root;

	if (fs_mkdirs(AT_FDCWD, dir, 0755, e) < 0 || worker_unpack(f, a, bytes->file, dir, e) < 0)
		return -1;
	root = find_root(a, dir, e);
	return root ? import_folder(f, a, root, sha256, commit, e) : -1;
}

/* The checksums of the source hold for what is kept: they led to it. */
static void
adopt_checksums(struct arena *a, const struct opam_source *source, struct str sha256, struct fetched *out)
{
	bool has = false;

	out->checksums = arena_array(a, struct opam_checksum, source->checksum_count + 1);
	for (size_t i = 0; i < source->checksum_count; i++) {
		has |= source->checksums[i].hash == HASH_SHA256;
		out->checksums[out->checksum_count++] = source->checksums[i];
	}
	if (!has)
		out->checksums[out->checksum_count++] = (struct opam_checksum){HASH_SHA256, sha256};
}

static int
fetch_import(const struct fetch *f, struct arena *a, const struct fetch_request *r, struct fetched *out,
	     struct err *e)
{
	struct fetch_bytes bytes;
	struct str sha256 = {0};
	int rc;

	if (fetch_bytes(f, a, r->package, r->source, r->pinned, &bytes, e) < 0)
		return -1;
	for (size_t i = 0; i < bytes.checksum_count; i++)
		if (bytes.checksums[i].hash == HASH_SHA256)
			sha256 = bytes.checksums[i].hex;
	rc = unpack(f, a, &bytes, sha256, &out->commit, e);
	fetch_drop(&bytes);
	if (rc < 0)
		return err_note(e, "while unpacking " STR_FMT,
				STR_ARG(bytes.from.n ? bytes.from : fetch_shown(a, &r->source->src)));
	out->from = bytes.from;
	return fetch_keep(f, bytes.checksums, bytes.checksum_count, "import", &out->commit, e);
}

int
archive_tree(const struct fetch *f, struct arena *a, const struct fetch_request *r, struct fetched *out,
	     struct err *e)
{
	struct str sha256;

	if (!fetch_kept(f, r->source, "import", &out->commit) && fetch_import(f, a, r, out, e) < 0)
		return -1;
	if (import_read(f, a, out, &sha256, e) < 0)
		return -1;
	adopt_checksums(a, r->source, sha256, out);
	out->class = r->x_commit_hash.n ? SOURCE_DECLARED : SOURCE_ARCHIVE;
	out->declared = r->x_commit_hash;
	return 0;
}
