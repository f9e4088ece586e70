#include "repo/slim.h"

/* A source that has no checksum and is no archive. */
static bool
is_moving(const struct opam_source *url)
{
	return url->present && !url->checksum_count && url->src.backend != URL_HTTP;
}

void
slim_of(const struct opam_definition *d, struct slim *out)
{
	*out = (struct slim){
		.flags = d->flags,
		.synopsis = d->synopsis,
		.tags = d->tags,
		.depends = d->depends,
		.depopts = d->depopts,
		.conflicts = d->conflicts,
		.available = d->available,
		.conflict_class = d->conflict_class,
		.moving = is_moving(&d->url),
		.text = d->text,
	};
}

int
repo_slim(struct store *s, struct arena *a, const struct repo_package *p, struct slim *out, struct err *e)
{
	struct opam_definition *d = arena_new(a, struct opam_definition);

	if (repo_definition(s, a, p, d, e) < 0)
		return -1;
	slim_of(d, out);
	return 0;
}

int
repo_about(struct store *s, struct arena *a, const struct repo_package *p, struct slim *out, struct err *e)
{
	return repo_slim(s, a, p, out, e);
}
