/* git.c - a commit of a Git repository elsewhere. */
#include <string.h>

#include "base/buf.h"
#include "base/digest.h"
#include "fetch/backend.h"
#include "store/transport.h"

enum { URL_ID = 16 };

static bool
has_blank_or_control(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.s[i] <= ' ' || s.s[i] == 0x7f)
			return true;
	return false;
}

/* What a shell, ssh or Git would take for an option or for more than one word never gets that far. */
static int
check_url(const struct opam_url *url, struct err *e)
{
	struct str host = url->path;
	ptrdiff_t at;

	if (has_blank_or_control(url->path))
		return err_set(e, ERR_FETCH, "a blank or control character in the address");
	at = str_chr(host, '/');
	host = at < 0 ? host : str_sub(host, 0, (size_t)at);
	at = str_rchr(host, '@');
	if (str_starts(host, "-") || str_starts(str_sub(host, (size_t)(at + 1), host.n), "-"))
		return err_set(e, ERR_FETCH, "a host cannot begin with '-'");
	return 0;
}

/* Git's rules for names of refs, so that the name under which we keep it is one. */
static int
check_ref(const struct opam_url *url, struct err *e)
{
	static const char forbidden[] = "~^:?*[\\%";
	struct str ref = url->ref, rest = ref, part;
	bool good = ref.n > 0 && ref.n <= 200 && !has_blank_or_control(ref) && !str_starts(ref, "-") &&
		    !str_ends(ref, "/") && !str_ends(ref, ".");

	for (size_t i = 0; i < ref.n; i++) {
		good &= !strchr(forbidden, ref.s[i]);
		good &= !str_starts(str_sub(ref, i, 2), "..") && !str_starts(str_sub(ref, i, 2), "@{");
	}
	while (str_cut(&rest, '/', &part))
		good &= part.n > 0 && !str_starts(part, ".") && !str_ends(part, ".lock");
	if (!good)
		return err_set(e, ERR_FETCH, "'" STR_FMT "' is no name of a branch, tag or commit",
			       STR_ARG(ref));
	return 0;
}

/* refs/pkg/source/<url-id>/<ref>. A branch `a` may give way to a branch `a/b`: no slashes in the name. */
static const char *
keep_name(struct arena *a, struct str address, struct str ref)
{
	struct buf b = buf_new(a);

	buf_printf(&b, "refs/pkg/source/%.*s/", URL_ID, digest_hex(a, DIGEST_SHA256, address));
	for (size_t i = 0; i < ref.n; i++) {
		if (ref.s[i] == '/')
			buf_adds(&b, "%2F");
		else
			buf_addc(&b, ref.s[i]);
	}
	return b.s;
}

/* A commit named by its id is the same everywhere: when it is here, nobody is asked. */
static bool
is_here(const struct fetch *f, struct arena *a, struct str ref, struct oid *commit)
{
	struct store_commit c;
	struct err ignored = {0};

	return oid_of(ref, commit) && store_has(f->store, commit) &&
	       store_type(f->store, commit) == STORE_COMMIT &&
	       store_commit_read(f->store, a, commit, &c, &ignored) == 0 && store_has(f->store, &c.tree);
}

struct attempt {
	const struct fetch *f;
	struct arena *a;
	const struct fetch_request *r;
	struct fetched *out;
};

static int
take_last(const struct attempt *t, const char *keep, struct str ref, struct err *e)
{
	struct err missing = {0};

	if (store_ref_get(t->f->store, keep, &t->out->commit, &missing) < 0)
		return err_set(e, ERR_OFFLINE, "it is not in the store, and pkg is offline");
	report_text(t->f->report, REPORT_NOTE, t->r->package,
		    "offline: '" STR_FMT "' is taken as it was fetched last", STR_ARG(ref));
	return 0;
}

/* The commit that an address names, into the store. */
static int
bring(const struct attempt *t, const struct opam_url *url, struct err *e)
{
	struct str address = opam_url_git(t->a, url), ref = url->has_ref ? url->ref : STR("HEAD");
	const char *keep = keep_name(t->a, address, ref);
	bool local = str_is(url->transport, "file") || str_is(url->transport, "path");

	if (is_here(t->f, t->a, ref, &t->out->commit))
		return store_ref_set(t->f->store, keep, &t->out->commit, NULL, "fetch", e);
	if (t->f->offline && !local)
		return take_last(t, keep, ref, e);
	report_event(t->f->report, &(struct report_event){.kind = REPORT_FETCH,
							  .package = t->r->package,
							  .text = fetch_shown(t->a, url)});
	return store_remote_fetch(t->f->store, t->a, str_c(t->a, address),
				  url->has_ref ? str_c(t->a, ref) : NULL, keep, &t->out->commit, e);
}

static int
try_one(void *ctx, const struct opam_url *url, struct err *e)
{
	struct attempt *t = ctx;
	const struct fetch_scheme *scheme = fetch_scheme(url, e);

	if (!scheme)
		return -1;
	if (scheme->tree != git_tree)
		return err_set(e, ERR_FETCH, "it is no Git repository, as the first address is");
	if (check_url(url, e) < 0 || (url->has_ref && check_ref(url, e) < 0) || bring(t, url, e) < 0)
		return -1;
	if (url != &t->r->source->src)
		t->out->from = fetch_shown(t->a, url);
	return 0;
}

static void
warn_of_submodules(const struct fetch *f, struct arena *a, const struct fetch_request *r,
		   const struct oid *tree)
{
	struct store_entry entry;
	struct err none = {0};

	if (store_tree_find(f->store, a, tree, ".gitmodules", &entry, &none) == 0)
		report_text(f->report, REPORT_WARN, r->package, "its Git submodules are not fetched");
}

int
git_tree(const struct fetch *f, struct arena *a, const struct fetch_request *r, struct fetched *out,
	 struct err *e)
{
	struct attempt t = {f, a, r, out};
	struct store_commit c;

	/* Before anything is looked up: a checksum must never turn a Git source into some archive. */
	if (r->source->checksum_count)
		return err_set(e, ERR_FETCH, "a Git source cannot have a checksum: " STR_FMT,
			       STR_ARG(fetch_shown(a, &r->source->src)));
	if (fetch_each(f, a, r->package, r->source, try_one, &t, e) < 0 ||
	    store_commit_read(f->store, a, &out->commit, &c, e) < 0)
		return -1;
	out->class = SOURCE_COMMIT;
	out->tree = c.tree;
	out->epoch = c.committer.time;
	warn_of_submodules(f, a, r, &out->tree);
	return 0;
}
