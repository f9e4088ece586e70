#include "audit/lock.h"
#include "base/digest.h"
#include "repo/snapshot.h"
#include "store/transport.h"

/* Everything is looked for in the store first, then in the bundle, then where the lock says. */

static int
take_bundle(struct store *store, const struct lock *lock, struct err *e)
{
	for (size_t i = 0; i < lock->object_count; i++) {
		const struct lock_object *o = &lock->objects[i];
		struct oid id;

		if (store_has(store, &o->id))
			continue;
		if (store_raw_write(store, o->type, o->bytes, &id, e) < 0)
			return -1;
		if (!oid_eq(&id, &o->id))
			return err_set(e, ERR_STALE, "the object %s of the lock has another content",
				       o->id.hex);
	}
	return store_flush(store, e);
}

static int
gone(const struct state_repo *r, const struct err *why, struct err *e)
{
	err_set(e, ERR_FETCH, "the commit %s of the repository %.*s, which the lock names, is gone",
		r->commit.hex, STR_ARG(r->name));
	if (why)
		err_note(e, "%s", why->msg);
	return err_hint(e, "a lock made with --bundle needs no repository");
}

/* A folder or HTTP repository serves as long as its content is what the lock names. */
static int
fetch_folder(struct session *s, struct arena *a, const struct state_repo *r, struct err *e)
{
	struct repo repo = {.name = r->name, .url = r->url};
	struct repo_taken now;
	struct err why;

	if (repo_snapshot(&s->ap->fetch, a, &repo, &now, &why) < 0)
		return why.code == ERR_OFFLINE ? (*e = why, -1) : gone(r, &why, e);
	if (oid_eq(&now.commit, &r->commit))
		return 0;
	err_set(&why, ERR_FETCH, "%.*s is at %s now", STR_ARG(r->url), now.commit.hex);
	return gone(r, &why, e);
}

/* The repository's commit, for what only it has: definitions, and the folders of `repo:` sources. */
static int
fetch_repository(struct session *s, struct arena *a, const struct state *state, struct str name,
		 struct err *e)
{
	struct store *store = s->ap->root->store;
	const char *keep;

	for (size_t i = 0; i < state->repo_count; i++) {
		const struct state_repo *r = &state->repos[i];
		struct opam_url url;
		struct oid commit;
		struct err why;

		if (!str_eq(r->name, name))
			continue;
		if (store_has(store, &r->commit))
			return 0;
		if (opam_url(r->url, &url, e) < 0)
			return -1;
		if (url.backend != URL_GIT)
			return fetch_folder(s, a, r, e);
		if (s->ap->fetch.offline)
			return err_set(e, ERR_OFFLINE,
				       "the commit %s of the repository %.*s is not in the store",
				       r->commit.hex, STR_ARG(name));
		keep = arena_printf(a, "refs/pkg/keep/%s", r->commit.hex);
		if (store_remote_fetch(store, a, str_c(a, opam_url_git(a, &url)), r->commit.hex, keep,
				       &commit, &why) < 0)
			return gone(r, &why, e);
		return 0;
	}
	return err_set(e, ERR_STALE, "the lock names no repository %.*s", STR_ARG(name));
}

static int
need_blob(struct session *s, struct arena *a, const struct lock *lock, const struct record *r,
	  const struct oid *id, struct str sha256, const char *what, struct err *e)
{
	struct store *store = s->ap->root->store;
	struct str bytes;

	if (!store_has(store, id) && r->repo.n && fetch_repository(s, a, &lock->state, r->repo, e) < 0)
		return -1;
	if (!store_has(store, id))
		return err_set(e, ERR_FETCH, "%s of %.*s is neither in the store nor in its repository", what,
			       STR_ARG(r->name));
	if (store_blob_read(store, a, id, &bytes, e) < 0)
		return -1;
	if (!str_is(sha256, digest_hex(a, DIGEST_SHA256, bytes)))
		return err_set(e, ERR_STALE, "%s of %.*s has another sha256 than the lock says", what,
			       STR_ARG(r->name));
	return 0;
}

/* The url section that brings this source again: of a commit by its id, of an archive by its sums. */
static int
source_again(struct arena *a, const struct opam_definition *d, const struct fetched *f,
	     struct opam_source *out, struct err *e)
{
	struct str text = f->url;
	ptrdiff_t hash = str_chr(text, '#');

	*out = (struct opam_source){.present = true, .subpath = f->subpath};
	if (f->class == SOURCE_COMMIT)
		text = str_printf(a, "%.*s#%s", STR_ARG(hash < 0 ? text : str_sub(text, 0, (size_t)hash)),
				  f->commit.hex);
	if (opam_url(text, &out->src, e) < 0)
		return -1;
	out->checksums = f->class == SOURCE_COMMIT ? NULL : f->checksums;
	out->checksum_count = f->class == SOURCE_COMMIT ? 0 : f->checksum_count;
	if (f->class == SOURCE_REPO) {
		out->checksums = NULL;
		out->checksum_count = 0;
	}
	if (str_eq(d->url.src.text, f->url)) {
		out->mirrors = d->url.mirrors;
		out->mirror_count = d->url.mirror_count;
	}
	return 0;
}

static int
fetch_tree(struct session *s, struct arena *a, const struct lock *lock, const struct record *r,
	   const struct opam_definition *d, struct err *e)
{
	struct fetch_request want = {.package = r->name,
				     .x_commit_hash = r->source.declared,
				     .repo_commit = r->source.repo_commit,
				     .pinned = r->source.class == SOURCE_COMMIT};
	struct opam_source source;
	struct fetched got;

	if (r->source.class == SOURCE_REPO && fetch_repository(s, a, &lock->state, r->repo, e) < 0)
		return -1;
	if (source_again(a, d, &r->source, &source, e) < 0)
		return -1;
	want.source = &source;
	if (fetch_source(&s->ap->fetch, a, &want, &got, e) < 0)
		return -1;
	if (!oid_eq(&got.tree, &r->source.tree))
		return err_set(e, ERR_FETCH, "the source of %.*s has the tree %s; the lock says %s",
			       STR_ARG(r->name), got.tree.hex, r->source.tree.hex);
	return 0;
}

/* Objects that only prove: the raw commit and the trees on the way to `repo:` sources. */
static bool
proof_is_there(struct store *store, const struct fetched *f)
{
	const struct oid *commit = f->class == SOURCE_REPO ? &f->repo_commit : &f->commit;

	for (size_t i = 0; i < f->tree_chain_count; i++)
		if (!store_has(store, &f->tree_chain[i]))
			return false;
	return !oid_is(commit) || store_has(store, commit);
}

static int
need_source(struct session *s, struct arena *a, const struct lock *lock, const struct record *r,
	    const struct opam_definition *d, struct err *e)
{
	struct store *store = s->ap->root->store;
	const struct fetched *f = &r->source;
	char sha256[65];

	if (f->class == SOURCE_NONE)
		return 0;
	if ((!store_has(store, &f->tree) || !proof_is_there(store, f)) && fetch_tree(s, a, lock, r, d, e) < 0)
		return -1;
	if (store_tree_sha256(store, a, &f->tree, sha256, e) < 0)
		return -1;
	if (!str_is(str_of(sha256), f->tree_sha256))
		return err_set(e, ERR_STALE, "the source of %.*s has another sha256 than the lock says",
			       STR_ARG(r->name));
	return 0;
}

static int
need_extras(struct session *s, struct arena *a, const struct lock *lock, const struct record *r,
	    const struct opam_definition *d, struct err *e)
{
	for (size_t i = 0; i < r->extra_count; i++) {
		const struct record_extra *x = &r->extras[i];

		for (size_t j = 0; j < d->extra_source_count && !store_has(s->ap->root->store, &x->id); j++) {
			struct oid blob;

			if (str_eq(d->extra_sources[j].file, x->name) &&
			    fetch_file(&s->ap->fetch, a, r->name, &d->extra_sources[j], &blob, e) < 0)
				return -1;
		}
		if (need_blob(s, a, lock, r, &x->id, x->sha256, "an extra file", e) < 0)
			return -1;
	}
	return 0;
}

int
lock_fetch(struct session *s, struct arena *a, const struct lock *lock, struct err *e)
{
	if (take_bundle(s->ap->root->store, lock, e) < 0)
		return -1;
	for (size_t i = 0; i < lock->state.record_count; i++) {
		const struct record *r = &lock->state.records[i];
		struct opam_definition d = {0};
		struct str text;

		/* The definition of a pin may lie in its source alone. */
		if ((!r->repo.n && need_source(s, a, lock, r, &d, e) < 0) ||
		    need_blob(s, a, lock, r, &r->definition, r->definition_sha256, "the definition", e) < 0 ||
		    store_blob_read(s->ap->root->store, a, &r->definition, &text, e) < 0 ||
		    opam_definition(a, str_c(a, r->name), text, &d, e) < 0 ||
		    need_source(s, a, lock, r, &d, e) < 0 || need_extras(s, a, lock, r, &d, e) < 0)
			return err_note(e, "while fetching %.*s.%.*s", STR_ARG(r->name), STR_ARG(r->version));
	}
	return 0;
}
