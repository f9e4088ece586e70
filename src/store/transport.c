/* Addresses, and the choice of what to fetch; how is in transport_{local,net,git}.c. */
#include "store/transport.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/proc.h"
#include "store/private.h"

/* The length of a scheme that libgit2 serves; 0: none. */
static size_t
net_scheme(const char *url)
{
	static const char *const schemes[] = {"https://", "http://", "git://"};

	for (size_t i = 0; i < COUNT_OF(schemes); i++)
		if (strncmp(url, schemes[i], strlen(schemes[i])) == 0)
			return strlen(schemes[i]);
	return 0;
}

/* `host:path` without a scheme, as scp has it. */
static const char *
scp_path(const char *url)
{
	const char *colon = strchr(url, ':'), *slash = strchr(url, '/');

	return colon && colon > url && !strstr(url, "://") && (!slash || colon < slash) ? colon + 1 : NULL;
}

static const char *
without_user(struct arena *a, const char *url, size_t scheme)
{
	size_t host = strcspn(url + scheme, "/");
	const char *at = memrchr(url + scheme, '@', host);

	return at ? arena_printf(a, "%.*s%s", (int)scheme, url, at + 1) : url;
}

static unsigned
hex_digit(char c)
{
	return c >= '0' && c <= '9' ? (unsigned)(c - '0') : ((unsigned)c | 0x20) - 'a' + 10;
}

static bool
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* %XX undone; a byte that is none in a path stays, so that the check after it finds it. */
static char *
unescape(struct arena *a, const char *s)
{
	char *out = arena_strdup(a, s), *to = out;

	for (; *s; s++)
		if (s[0] == '%' && is_hex(s[1]) && is_hex(s[2]) && (s[1] != '0' || s[2] != '0')) {
			*to++ = (char)(hex_digit(s[1]) << 4 | hex_digit(s[2]));
			s += 2;
		} else {
			*to++ = *s;
		}
	*to = '\0';
	return out;
}

static bool
has_control(const char *s, bool blank_too)
{
	for (; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f || (*s == ' ' && blank_too))
			return true;
	return false;
}

/* A user, host or path with a dash in front would be read as an option by some program on the way. */
static const char *
fault_of(struct arena *a, const struct transport *t, const char *host, const char *path)
{
	const char *user_end = host ? strchr(host, '@') : NULL;
	const char *const begins[] = {t->url, host, path, user_end ? user_end + 1 : NULL};

	if (has_control(unescape(a, t->url), t->kind != TRANSPORT_LOCAL))
		return "a blank or control byte in it";
	if (strstr(t->url, "%00"))
		return "a NUL byte in it";
	for (size_t i = 0; i < COUNT_OF(begins); i++)
		if (begins[i] && begins[i][0] == '-')
			return "a dash where a name begins";
	if (host && (host[0] == '/' || !host[0]))
		return "no host in it";
	return NULL;
}

int
transport_parse(struct arena *a, const char *url, struct transport *out, struct err *e)
{
	const char *host = NULL, *path = NULL, *fault;
	size_t scheme;

	if (strncmp(url, "git+", 4) == 0)
		url += 4;
	*out = (struct transport){.url = url, .shown = url};
	scheme = net_scheme(url);
	if (scheme) {
		out->kind = TRANSPORT_NET;
		host = url + scheme;
		out->shown = without_user(a, url, scheme);
	} else if (strncmp(url, "ssh://", 6) == 0) {
		out->kind = TRANSPORT_SSH;
		host = url + 6;
		out->shown = without_user(a, url, 6);
	} else if (strncmp(url, "file://", 7) == 0) {
		out->path = unescape(a, url + (strncmp(url, "file://localhost/", 17) == 0 ? 16 : 7));
		path = out->path;
	} else if (scp_path(url)) {
		out->kind = TRANSPORT_SSH;
		host = url;
		path = scp_path(url);
	} else if (strstr(url, "://")) {
		return err_set(e, ERR_FETCH, "no Git transport for %s", url);
	} else {
		out->path = url;
	}
	fault = fault_of(a, out, host, path);
	return fault ? err_set(e, ERR_FETCH, "the address %s is refused: %s", out->shown, fault) : 0;
}

int
transport_fail(struct err *e, int rc, const char *fmt, ...)
{
	char what[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	git_fail(e, rc, "%s", what);
	if (e->code == ERR_SYSTEM &&
	    (e->sys == ENOSPC || e->sys == EDQUOT || e->sys == EROFS || e->sys == EIO || e->sys == EMFILE))
		return -1;
	if (e->code != ERR_INTERRUPTED)
		e->code = ERR_FETCH;
	return -1;
}

int
transport_progress(const git_indexer_progress *stats, void *ctx)
{
	(void)stats;
	(void)ctx;
	return proc_interrupted ? GIT_EUSER : 0;
}

static const struct store_ref *
named(const struct store_refs *refs, const char *prefix, const char *name)
{
	size_t n = strlen(prefix);

	for (size_t i = 0; i < refs->n; i++)
		if (str_starts(refs->v[i].name, prefix) &&
		    str_is(str_sub(refs->v[i].name, n, refs->v[i].name.n), name))
			return &refs->v[i];
	return NULL;
}

const struct store_ref *
transport_pick(const struct store_refs *refs, const char *want)
{
	static const char *const prefixes[] = {"", "refs/", "refs/tags/", "refs/heads/"};
	const struct store_ref *found = NULL;

	for (size_t i = 0; !found && i < COUNT_OF(prefixes); i++)
		found = named(refs, prefixes[i], want ? want : "HEAD");
	return found;
}

static bool
is_peeled(struct str name)
{
	return str_ends(name, "^{}");
}

static int
list(struct store *s, struct arena *a, const struct transport *t, struct store_refs *out, struct err *e)
{
	switch (t->kind) {
	case TRANSPORT_LOCAL:
		return transport_local_refs(s, a, t, out, e);
	case TRANSPORT_SSH:
		return transport_git_refs(s, a, t, out, e);
	default:
		return transport_net_refs(s, a, t, out, e);
	}
}

int
store_remote_refs(struct store *s, struct arena *a, const char *url, struct store_refs *out, struct err *e)
{
	struct store_refs all;
	struct transport t;

	*out = (struct store_refs){0};
	if (transport_parse(a, url, &t, e) < 0 || list(s, a, &t, &all, e) < 0)
		return -1;
	for (size_t i = 0; i < all.n; i++)
		if (str_is(all.v[i].name, "HEAD"))
			vec_push(a, out, all.v[i]);
	for (size_t i = 0; i < all.n; i++)
		if (!str_is(all.v[i].name, "HEAD") && !is_peeled(all.v[i].name))
			vec_push(a, out, all.v[i]);
	return 0;
}

static int
bring(struct store *s, struct arena *a, const struct transport *t, const char *const *names, size_t count,
      struct err *e)
{
	if (t->kind == TRANSPORT_SSH)
		return transport_git_fetch(s, a, t, names, count, e);
	return transport_net_fetch(s, a, t, names, count, e);
}

/* All refs, or only branches and tags. */
static int
bring_all(struct store *s, struct arena *a, const struct transport *t, const struct store_refs *refs,
	  bool only_usual, struct err *e)
{
	const char **names = arena_array(a, const char *, refs->n);
	size_t n = 0;

	for (size_t i = 0; i < refs->n; i++) {
		struct str name = refs->v[i].name;
		bool usual = str_starts(name, "refs/heads/") || str_starts(name, "refs/tags/");

		if (!is_peeled(name) && str_starts(name, "refs/") && usual == only_usual)
			names[n++] = str_c(a, name);
	}
	return n ? bring(s, a, t, names, n, e) : 0;
}

/* Some servers give any commit that is asked for; of others all refs must be looked through. */
static int
bring_commit(struct store *s, struct arena *a, const struct transport *t, const struct store_refs *refs,
	     const struct oid *id, struct err *e)
{
	const char *name = id->hex;
	struct err refused = {0};

	for (size_t i = 0; i < refs->n; i++)
		if (oid_eq(&refs->v[i].id, id) && !is_peeled(refs->v[i].name)) {
			name = str_c(a, refs->v[i].name);
			return bring(s, a, t, &name, 1, e);
		}
	if (bring(s, a, t, &name, 1, &refused) == 0 && store_has(s, id))
		return 0;
	if (refused.code == ERR_INTERRUPTED || refused.code == ERR_SYSTEM) {
		*e = refused;
		return -1;
	}
	if (bring_all(s, a, t, refs, true, e) < 0)
		return -1;
	return store_has(s, id) ? 0 : bring_all(s, a, t, refs, false, e);
}

static int
fetch(struct store *s, struct arena *a, const struct transport *t, const char *want, struct oid *id,
      struct err *e)
{
	const struct store_ref *ref;
	struct store_refs refs;
	const char *name;
	bool by_id = want && oid_of(str_of(want), id);

	if (by_id && store_has(s, id))
		return 0;
	if (list(s, a, t, &refs, e) < 0)
		return -1;
	ref = transport_pick(&refs, want);
	if (!by_id) {
		if (!ref)
			return err_set(e, ERR_FETCH, "%s has no branch or tag '%s'", t->shown,
				       want ? want : "HEAD");
		*id = ref->id;
	}
	if (store_has(s, id))
		return 0;
	if (store_before_write(s, e) < 0)
		return -1;
	if (t->kind == TRANSPORT_LOCAL)
		return transport_local_fetch(s, a, t, id, e);
	if (by_id || !ref)
		return bring_commit(s, a, t, &refs, id, e);
	name = str_c(a, ref->name);
	return bring(s, a, t, &name, 1, e);
}

int
store_remote_fetch(struct store *s, struct arena *a, const char *url, const char *want, const char *keep_ref,
		   struct oid *commit, struct err *e)
{
	struct transport t;
	struct oid id = {0};

	*commit = (struct oid){0};
	if (transport_parse(a, url, &t, e) < 0 || store_flush(s, e) < 0)
		return -1;
	if (want && (want[0] == '-' || !want[0]))
		return err_set(e, ERR_FETCH, "'%s' is no branch, tag or commit", want);
	if (fetch(s, a, &t, want, &id, e) < 0)
		return -1;
	/* A branch that moved between the list and the fetch: what was listed did not come. */
	if (!store_has(s, &id))
		return err_set(e, ERR_FETCH, "%s did not give %s", t.shown, want ? want : id.hex);
	if (store_sync_objects(s, e) < 0 || store_peel(s, &id, STORE_COMMIT, commit, e) < 0)
		return err_note(e, "fetching %s from %s", want ? want : "HEAD", t.shown);
	if (keep_ref && store_ref_set(s, keep_ref, commit, NULL, "fetch", e) < 0)
		return -1;
	return 0;
}
