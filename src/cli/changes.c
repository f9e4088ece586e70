#include "cli/changes.h"

#include "base/buf.h"
#include "cli/out.h"

enum { LISTED = 20 };

static const char *const words[] = {
	[CHANGE_NEW] = "new", [CHANGE_CHANGED] = "changed", [CHANGE_GONE] = "gone"};

static size_t
count(const struct repo_changes *changes, size_t kind)
{
	size_t n = 0;

	for (size_t i = 0; i < changes->n; i++)
		n += changes->v[i].kind == kind;
	return n;
}

static const char *
summary(struct ctx *c, const struct repo_changes *changes)
{
	struct buf b = buf_new(c->a);

	for (size_t kind = 0; kind < COUNT_OF(words); kind++)
		if (count(changes, kind))
			buf_printf(&b, "%s%zu %s", buf_str(&b).n ? ", " : "", count(changes, kind),
				   words[kind]);
	return buf_str(&b).n ? str_c(c->a, buf_str(&b)) : "no package is different";
}

void
changes_show(struct ctx *c, struct str name, const struct repo_changes *changes)
{
	if (!changes->moved) {
		out("%s: unchanged at %.12s\n", out_safe(c, name), changes->now.hex);
		return;
	}
	if (oid_is(&changes->was))
		out("%s: %.12s -> %.12s: %s\n", out_safe(c, name), changes->was.hex, changes->now.hex,
		    summary(c, changes));
	else
		out("%s: %.12s: %s\n", out_safe(c, name), changes->now.hex, summary(c, changes));
	for (size_t i = 0; i < changes->n && (i < LISTED || c->global.verbose); i++)
		out("  %-8s %s\n", words[changes->v[i].kind], out_safe(c, changes->v[i].package));
	if (changes->n > LISTED && !c->global.verbose)
		out("  ... and %zu more (-v lists all)\n", changes->n - LISTED);
}

void
changes_json(struct json *j, const struct repo *repo, const struct repo_changes *changes,
	     const struct err *error)
{
	json_object(j);
	json_key_str(j, "name", repo->name);
	json_key_str(j, "url", repo->url);
	json_key_c(j, "was", error ? repo->commit.hex : changes->was.hex);
	if (error) {
		json_key_object(j, "error");
		json_key_c(j, "id", err_name(error->code));
		json_key_int(j, "code", error->code);
		json_key_c(j, "message", error->msg);
		json_end(j);
		json_end(j);
		return;
	}
	json_key_c(j, "commit", changes->now.hex);
	json_key_bool(j, "moved", changes->moved);
	for (size_t kind = 0; kind < COUNT_OF(words); kind++) {
		struct opam_strings list = {arena_array(j->b.a, struct str, changes->n + 1), 0};

		for (size_t i = 0; i < changes->n; i++)
			if (changes->v[i].kind == kind)
				list.v[list.n++] = changes->v[i].package;
		out_json_strings(j, words[kind], &list);
	}
	json_end(j);
}
