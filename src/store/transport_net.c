/* http, https and git:// by libgit2. */
#include <stdlib.h>
#include <string.h>

#include "base/proc.h"
#include "store/private.h"

/* Nobody's history is as large; a server that never ends is. */
static const uint64_t RECEIVED_MAX = 16ULL << 30;

static int
on_received(const git_indexer_progress *stats, void *ctx)
{
	(void)ctx;
	if (stats->received_bytes > RECEIVED_MAX) {
		git_error_set_str(GIT_ERROR_NET, "the server sends without end");
		return GIT_EUSER;
	}
	return proc_interrupted ? GIT_EUSER : 0;
}

static int
on_text(const char *text, int n, void *ctx)
{
	(void)text;
	(void)n;
	(void)ctx;
	return proc_interrupted ? GIT_EUSER : 0;
}

static git_remote_callbacks
callbacks(struct transport_ask *ask)
{
	git_remote_callbacks cb;

	git_remote_init_callbacks(&cb, GIT_REMOTE_CALLBACKS_VERSION);
	cb.transfer_progress = on_received;
	cb.sideband_progress = on_text;
	cb.credentials = transport_credential;
	cb.payload = ask;
	/* No certificate_check: what the library finds wrong with a certificate stays wrong. */
	return cb;
}

static int
connect_to(struct store *s, const struct transport *t, struct transport_ask *ask, git_remote **out,
	   struct err *e)
{
	git_remote_connect_options options;
	git_remote_create_options create;
	int rc;

	*ask = (struct transport_ask){.s = s};
	git_remote_connect_options_init(&options, GIT_REMOTE_CONNECT_OPTIONS_VERSION);
	options.callbacks = callbacks(ask);
	options.follow_redirects = GIT_REMOTE_REDIRECT_INITIAL;
	options.proxy_opts.type = GIT_PROXY_AUTO;
	git_remote_create_options_init(&create, GIT_REMOTE_CREATE_OPTIONS_VERSION);
	create.repository = s->git;
	/* To look for url.*.insteadOf costs 20 KiB that libgit2 1.5 never frees, for each line of the
	 * configuration. */
	create.flags = GIT_REMOTE_CREATE_SKIP_INSTEADOF | GIT_REMOTE_CREATE_SKIP_DEFAULT_FETCHSPEC;
	if (strncmp(t->url, "http", 4) == 0 && store_certificates(s->env.ca_file, e) < 0)
		return -1;
	rc = git_remote_create_with_opts(out, t->url, &create);
	if (rc == 0)
		rc = git_remote_connect_ext(*out, GIT_DIRECTION_FETCH, &options);
	return rc < 0 ? transport_fail(e, rc, "connecting to %s", t->shown) : 0;
}

int
transport_net_refs(struct store *s, struct arena *a, const struct transport *t, struct store_refs *out,
		   struct err *e)
{
	AUTO(git_remote) remote = NULL;
	const git_remote_head **heads;
	struct transport_ask ask;
	size_t n;
	int rc;

	*out = (struct store_refs){0};
	if (connect_to(s, t, &ask, &remote, e) < 0)
		return -1;
	rc = git_remote_ls(&heads, &n, remote);
	if (rc < 0)
		return transport_fail(e, rc, "listing %s", t->shown);
	for (size_t i = 0; i < n; i++) {
		struct store_ref ref = {str_of(arena_strdup(a, heads[i]->name)),
					oid_from_git(&heads[i]->oid)};

		vec_push(a, out, ref);
	}
	git_remote_disconnect(remote);
	return 0;
}

int
transport_net_fetch(struct store *s, struct arena *a, const struct transport *t, const char *const *names,
		    size_t count, struct err *e)
{
	AUTO(git_remote) remote = NULL;
	struct transport_ask ask;
	git_strarray specs = {arena_array(a, char *, count), count};
	git_fetch_options options;
	int rc;

	for (size_t i = 0; i < count; i++)
		specs.strings[i] = arena_strdup(a, names[i]);
	if (connect_to(s, t, &ask, &remote, e) < 0)
		return -1;
	git_fetch_options_init(&options, GIT_FETCH_OPTIONS_VERSION);
	options.callbacks = callbacks(&ask);
	options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
	options.follow_redirects = GIT_REMOTE_REDIRECT_INITIAL;
	options.proxy_opts.type = GIT_PROXY_AUTO;
	options.update_fetchhead = 0;
	rc = git_remote_download(remote, &specs, &options);
	if (rc < 0)
		return transport_fail(e, rc, "fetching from %s", t->shown);
	git_remote_disconnect(remote);
	rc = git_odb_refresh(s->odb);
	return rc < 0 ? git_fail(e, rc, "reading the packs of %s again", s->dir) : 0;
}
