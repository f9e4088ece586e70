#include <string.h>

#include "base/map.h"
#include "base/vec.h"
#include "opam/rules.h"
#include "opam/text.h"

struct address {
	const struct opam_url *url;
	const char *field;
};
struct addresses {
	struct address *v;
	size_t n, room;
};

static void
add_source(struct opam_lint *l, struct addresses *list, const struct opam_source *s, const char *field)
{
	if (!s->present)
		return;
	vec_push(l->a, list, ((struct address){&s->src, field}));
	for (size_t i = 0; i < s->mirror_count; i++)
		vec_push(l->a, list, ((struct address){&s->mirrors[i], field}));
}

/* Every address of the definition. */
static struct addresses
addresses(struct opam_lint *l)
{
	const struct opam_definition *d = l->d;
	struct opam_url *repo = arena_new(l->a, struct opam_url);
	struct addresses list = {0};
	struct err ignored;

	add_source(l, &list, &d->url, "url");
	for (size_t i = 0; i < d->extra_source_count; i++)
		add_source(l, &list, &d->extra_sources[i], "extra-source");
	if (d->dev_repo.n && opam_url(d->dev_repo, repo, &ignored) == 0)
		vec_push(l->a, &list, ((struct address){repo, "dev-repo"}));
	for (size_t i = 0; i < d->pin_depend_count; i++)
		vec_push(l->a, &list, ((struct address){&d->pin_depends[i].url, "pin-depends"}));
	return list;
}

static bool
is_control(const struct opam_url *url)
{
	return url->backend == URL_GIT || url->backend == URL_HG || url->backend == URL_DARCS;
}

void
opam_lint_dev_repo(struct opam_lint *l)
{
	struct opam_url url;
	struct err ignored;

	if (l->d->dev_repo.n && opam_url(l->d->dev_repo, &url, &ignored) == 0 && !is_control(&url))
		opam_lint_found(l, "dev-repo", NULL);
}

void
opam_lint_suffix(struct opam_lint *l)
{
	struct addresses list = addresses(l);

	for (size_t i = 0; i < list.n; i++) {
		const struct opam_url *url = list.v[i].url;

		if ((url->backend == URL_HTTP || url->backend == URL_PATH) &&
		    (str_ends(url->path, ".git") || str_ends(url->path, ".hg")))
			opam_lint_found(l, list.v[i].field, "%.*s", SHOWN(url->text));
	}
}

void
opam_lint_no_checksum(struct opam_lint *l)
{
	const struct opam_source *s = &l->d->url;

	if (s->present && s->src.backend == URL_HTTP && !s->checksum_count && !(l->d->flags & FLAG_CONF))
		opam_lint_found_at(l, s->at, NULL);
}

static bool
is_relative(const struct opam_url *url)
{
	static const char *const local[] = {"file", "path", "local", "rsync"};
	bool here = false;

	for (size_t i = 0; i < COUNT_OF(local); i++)
		here |= str_is(url->transport, local[i]);
	return here && (is_control(url) || url->backend == URL_PATH) &&
	       (!str_starts(url->path, "/") || str_ends(url->path, "/..") ||
		memmem(url->path.s, url->path.n, "/../", 4));
}

void
opam_lint_relative(struct opam_lint *l)
{
	struct addresses list = addresses(l);

	for (size_t i = 0; i < list.n; i++)
		if (is_relative(list.v[i].url))
			opam_lint_found(l, list.v[i].field, "%.*s", SHOWN(list.v[i].url->text));
}

void
opam_lint_needless_checksum(struct opam_lint *l)
{
	if (l->d->url.present && is_control(&l->d->url.src) && l->d->url.checksum_count)
		opam_lint_found_at(l, l->d->url.at, "%.*s", SHOWN(l->d->url.src.text));
}

static void
checksums_twice(struct opam_lint *l, const struct opam_source *s)
{
	struct map seen = map_new(l->a);

	for (size_t i = 0; i < s->checksum_count; i++) {
		struct str text = opam_checksum_text(l->a, s->checksums[i]);

		if (map_has(&seen, text))
			opam_lint_found_at(l, s->at, "%.*s", SHOWN(text));
		map_set(&seen, text, l);
	}
}

void
opam_lint_url_twice(struct opam_lint *l)
{
	checksums_twice(l, &l->d->url);
}

void
opam_lint_extra_twice(struct opam_lint *l)
{
	for (size_t i = 0; i < l->d->extra_source_count; i++)
		checksums_twice(l, &l->d->extra_sources[i]);
}
