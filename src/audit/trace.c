#include "audit/trace.h"

#include "audit/elfnote.h"
#include "base/digest.h"
#include "base/fs.h"
#include "base/map.h"
#include "solver/roles.h"

enum { IMAGE_MAX = 1 << 30 };

/* Depth first over the recorded dependencies: what stands below comes first. */
static void
add_package(struct trace *t, struct map *seen, const struct record *r)
{
	if (map_has(seen, r->name))
		return;
	map_set(seen, r->name, (void *)r);
	for (size_t i = 0; i < r->dep_count; i++) {
		const struct record *dep = state_record(&t->state, r->deps[i].name);

		if (dep && !(roles_of(r->deps[i].roles) & (EDGE_POST | EDGE_OWN)))
			add_package(t, seen, dep);
	}
	t->packages[t->package_count++] = r;
}

static int
not_found(const struct trace *t, const char *path, struct err *e)
{
	err_set(e, ERR_NOTFOUND, "no ledger of this root names %s", path);
	err_note(e, "sha256 %.*s", STR_ARG(t->sha256));
	if (t->note.name.n)
		err_note(e, "it claims to be %.*s %.*s, input id %.*s: not verified", STR_ARG(t->note.name),
			 STR_ARG(t->note.version), STR_ARG(t->note.input_id));
	return err_hint(e, "fetch the ledger it was built from, or try --root DIR");
}

int
trace_image(struct store *s, struct arena *a, const char *path, struct trace *out, struct err *e)
{
	struct map seen = map_new(a);
	const struct record *image;
	struct str bytes;
	struct err missing;

	*out = (struct trace){0};
	if (fs_read(a, AT_FDCWD, path, IMAGE_MAX, &bytes, e) < 0)
		return -1;
	out->sha256 = str_of(digest_hex(a, DIGEST_SHA256, bytes));
	out->size = (int64_t)bytes.n;
	elfnote_read(a, bytes, &out->note);
	if (ledger_find_image(s, a, out->sha256, &out->image, &missing) < 0)
		return missing.code == ERR_NOTFOUND ? not_found(out, path, e) : (*e = missing, -1);
	if (ledger_read(s, a, &out->image.commit, &out->state, e) < 0 ||
	    store_commit_read(s, a, &out->image.commit, &out->commit, e) < 0)
		return -1;
	image = state_record(&out->state, out->image.package);
	if (!image)
		return err_set(e, ERR_VERIFY, "ledger commit %s names the image, but not its package %.*s",
			       out->image.commit.hex, STR_ARG(out->image.package));
	out->packages = arena_array(a, const struct record *, out->state.record_count);
	add_package(out, &seen, image);
	out->note_agrees = out->note.input_id.n && str_eq(out->note.input_id, image->input_id);
	return 0;
}
