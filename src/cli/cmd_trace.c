#include "audit/trace.h"
#include "cli/ctx.h"
#include "cli/out.h"

/* The exact identity of a source, in the words of its class. */
static void
show_source(struct ctx *c, const struct fetched *f)
{
	switch (f->class) {
	case SOURCE_COMMIT:
		out("    commit    %s\n", f->commit.hex);
		break;
	case SOURCE_REPO:
		out("    snapshot  %s\n", f->repo_commit.hex);
		break;
	case SOURCE_DECLARED:
		out("    declared  %s (not verified)\n", out_safe(c, f->declared));
		break;
	case SOURCE_PROVED:
	case SOURCE_ARCHIVE:
	case SOURCE_LOCAL:
	case SOURCE_NONE:
		break;
	}
	for (size_t i = 0; i < f->checksum_count; i++)
		out("    checksum  %s\n", out_safe(c, opam_checksum_text(c->a, f->checksums[i])));
	if (f->class != SOURCE_NONE)
		out("    tree      %s\n", f->tree.hex);
	if (f->url.n)
		out("    from      %s\n", out_safe(c, f->url));
}

static void
show_repo(struct ctx *c, const struct state *s, const struct record *r)
{
	for (size_t i = 0; i < s->repo_count; i++) {
		const struct state_repo *repo = &s->repos[i];

		if (!str_eq(repo->name, r->repo))
			continue;
		out("    defined   in %s at %s%s\n", out_safe(c, repo->name), repo->commit.hex,
		    repo->dirty ? " (with uncommitted changes)" : "");
		if (oid_is(&repo->upstream))
			out("    upstream  %s:%s\n", repo->upstream.hex, out_safe(c, repo->upstream_path));
	}
}

static void
show_text(struct ctx *c, const struct trace *t)
{
	out("image     %s %s, %s\n", out_safe(c, t->image.package), out_safe(c, t->image.version),
	    out_safe(c, t->image.path));
	out("sha256    %s\n", out_safe(c, t->sha256));
	if (t->note.build_id.n)
		out("build id  %s\n", out_safe(c, t->note.build_id));
	if (t->note.input_id.n)
		out("input id  %s (%s)\n", out_safe(c, t->note.input_id),
		    t->note_agrees ? "note and record agree" : "the record has another");
	out("ledger    %s%s, commit %s\n", out_safe(c, t->image.ledger.name),
	    t->image.ledger.removed ? " (removed)" : "", t->image.commit.hex);
	for (size_t i = 0; i < t->package_count; i++) {
		const struct record *r = t->packages[i];

		out("\n%s %s  %s\n", out_safe(c, r->name), out_safe(c, r->version),
		    source_class_text(r->source.class));
		show_source(c, &r->source);
		show_repo(c, &t->state, r);
	}
}

static void
json_package(struct ctx *c, struct json *j, const struct record *r)
{
	const struct fetched *f = &r->source;
	struct opam_strings checksums = {arena_array(c->a, struct str, f->checksum_count + 1), 0};

	json_object(j);
	json_key_str(j, "name", r->name);
	json_key_str(j, "version", r->version);
	json_key_c(j, "source", source_class_text(f->class));
	json_key_str(j, "url", f->url);
	json_key_c(j, "commit", f->commit.hex);
	json_key_c(j, "tree", f->tree.hex);
	out_json_sha256(j, "tree_sha256", str_of(f->tree_sha256));
	json_key_str(j, "declared", f->declared);
	json_key_c(j, "snapshot", f->repo_commit.hex);
	for (size_t i = 0; i < f->checksum_count; i++)
		checksums.v[checksums.n++] =
			str_printf(c->a, "%s:" STR_FMT, opam_hash_name(f->checksums[i].hash),
				   STR_ARG(f->checksums[i].hex));
	out_json_strings(j, "checksums", &checksums);
	json_key_str(j, "repository", r->repo);
	out_json_sha256(j, "definition_sha256", r->definition_sha256);
	out_json_sha256(j, "input_id", r->input_id);
	out_json_sha256(j, "build_key", r->build_key);
	json_key_c(j, "output", r->output.hex);
	json_key_str(j, "sandbox", r->sandbox);
	json_end(j);
}

static void
show_json(struct ctx *c, const struct trace *t)
{
	struct json *j = out_data(c);

	json_key_object(j, "image");
	json_key_str(j, "package", t->image.package);
	json_key_str(j, "version", t->image.version);
	json_key_str(j, "path", t->image.path);
	out_json_sha256(j, "sha256", t->sha256);
	json_key_int(j, "size", t->size);
	json_key_str(j, "build_id", t->note.build_id);
	out_json_sha256(j, "input_id", t->note.input_id);
	json_key_bool(j, "note_agrees", t->note_agrees);
	json_end(j);
	json_key_str(j, "switch", t->image.ledger.name);
	json_key_bool(j, "removed", t->image.ledger.removed);
	json_key_c(j, "commit", t->image.commit.hex);
	json_key_array(j, "packages");
	for (size_t i = 0; i < t->package_count; i++)
		json_package(c, j, t->packages[i]);
	json_end(j);
}

int
cmd_trace(struct ctx *c, int argc, char **argv, struct err *e)
{
	struct trace t;
	int n;

	if (cmd_options(c, NULL, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (n != 1)
		return err_set(e, ERR_USAGE, "usage: pkg trace IMAGE");
	if (trace_image(c->root.store, c->a, argv[0], &t, e) < 0)
		return ctx_operand(e);
	show_json(c, &t);
	show_text(c, &t);
	return 0;
}
