#include "fetch/site.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/fs.h"
#include "base/path.h"
#include "fetch/import.h"
#include "fetch/worker_run.h"

static const char archive_name[] = "index.tar.gz";

static const char *
archive_url(struct arena *a, struct str url)
{
	while (str_ends(url, "/"))
		url.n--;
	return arena_printf(a, STR_FMT "/%s", STR_ARG(url), archive_name);
}

static int
import(const struct fetch *f, struct arena *a, const char *dir, const char *file, struct oid *commit,
       struct err *e)
{
	const char *root = path_join(a, dir, "tree"), *sha256;
	AUTO_FD fd = open(file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return err_sys(e, "%s", file);
	sha256 = digest_fd(a, DIGEST_SHA256, fd, e);
	if (!sha256 || fs_mkdirs(AT_FDCWD, root, 0755, e) < 0 || worker_unpack(f, a, file, root, e) < 0 ||
	    import_folder(f, a, root, str_of(sha256), commit, e) < 0)
		return -1;
	return store_flush(f->store, e);
}

static int
fetch_in(const struct fetch *f, struct arena *a, const char *dir, const char *url, struct fetch_site *site,
	 struct err *e)
{
	const char *file = path_join(a, dir, archive_name);
	struct worker_seen seen = {.etag = site->etag, .modified = site->modified};

	if (worker_download(f, a, url, file, &seen, e) < 0)
		return -1;
	site->same = seen.same;
	if (seen.same)
		return 0;
	site->etag = seen.etag;
	site->modified = seen.modified;
	return import(f, a, dir, file, &site->commit, e);
}

int
fetch_site(const struct fetch *f, struct arena *a, struct fetch_site *site, struct err *e)
{
	const char *url = archive_url(a, site->url), *dir;
	struct err ignored = {0};
	int rc;

	if (f->offline)
		return err_set(e, ERR_OFFLINE, "%s is not on this machine, and pkg is offline", url);
	dir = fs_mkdtemp(a, f->scratch, e);
	if (!dir)
		return -1;
	rc = fetch_in(f, a, dir, url, site, e);
	fs_remove(AT_FDCWD, dir, &ignored);
	return rc < 0 ? err_note(e, "while fetching %s", url) : 0;
}
