#include "nightly/base.h"

#include <ctype.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/path.h"
#include "base/proc.h"
#include "build/sandbox.h"

#define FOLDER "bases"

enum { DIGEST_LEN = 64, SMALL = 1 << 16, UNPACK_SECONDS = 3600 };

static bool
is_digest(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!isxdigit((unsigned char)s.s[i]) || isupper((unsigned char)s.s[i]))
			return false;
	return s.n == DIGEST_LEN;
}

static int
name_ok(struct arena *a, struct str name, struct err *e)
{
	struct err why;

	if (switch_name_ok(str_c(a, name), &why) == 0 && !is_digest(name))
		return 0;
	return err_set(e, ERR_USAGE, "'" STR_FMT "' is no name for a base image", STR_ARG(name));
}

/* --- what it is --- */

static struct str
release_value(struct arena *a, struct str text, const char *key)
{
	struct str line, name;

	while (str_cut(&text, '\n', &line)) {
		struct buf b = buf_new(a);

		if (str_chr(line, '=') < 0)
			continue;
		str_cut(&line, '=', &name);
		if (!str_is(str_trim(name), key))
			continue;
		line = str_trim(line);
		if (line.n >= 2 && (line.s[0] == '"' || line.s[0] == '\''))
			line = str_sub(line, 1, line.n - 2);
		/* Of ID_LIKE the first word, as opam takes it. */
		for (size_t i = 0; i < line.n && line.s[i] != ' '; i++)
			buf_addc(&b, (char)tolower((unsigned char)line.s[i]));
		return buf_str(&b);
	}
	return STR("");
}

/* The kind of processor and kernel are the machine's, the distribution is the image's. */
static void
read_platform(const struct apply *ap, struct arena *a, struct base *b)
{
	AUTO_FD root = -1;
	struct err ignored;
	struct str text = STR(""), like;

	root = fs_open_dir(AT_FDCWD, b->rootfs, &ignored);
	if (root >= 0 && fs_read_beneath(a, root, "etc/os-release", SMALL, &text, &ignored) < 0 &&
	    fs_read_beneath(a, root, "usr/lib/os-release", SMALL, &text, &ignored) < 0)
		text = STR("");
	b->platform = (struct platform){.arch = ap->platform.arch, .os = ap->platform.os};
	b->platform.distribution = release_value(a, text, "ID");
	if (!b->platform.distribution.n)
		b->platform.distribution = STR("linux");
	like = release_value(a, text, "ID_LIKE");
	b->platform.family = like.n ? like : b->platform.distribution;
	b->platform.version = release_value(a, text, "VERSION_ID");
}

static bool
load(const struct apply *ap, struct arena *a, struct str name, struct str digest, struct base *out)
{
	const char *dir = arena_printf(a, FOLDER "/" STR_FMT, STR_ARG(digest));
	struct stat st;

	if (!fs_is_dir(ap->root->fd, arena_printf(a, "%s/rootfs", dir)))
		return false;
	*out = (struct base){.name = str_dup(a, name), .digest = str_dup(a, digest)};
	out->rootfs = arena_printf(a, "%s/%s/rootfs", ap->root->path, dir);
	if (fstatat(ap->root->fd, arena_printf(a, "%s/image.tar", dir), &st, 0) == 0)
		out->size = (uint64_t)st.st_size;
	read_platform(ap, a, out);
	return true;
}

static bool
read_name(const struct apply *ap, struct arena *a, const char *name, struct str *digest)
{
	struct err ignored;

	if (fs_read(a, ap->root->fd, arena_printf(a, FOLDER "/%s", name), SMALL, digest, &ignored) < 0)
		return false;
	*digest = str_trim(*digest);
	return is_digest(*digest);
}

int
base_list(const struct apply *ap, struct arena *a, struct bases *out, struct err *e)
{
	struct fs_entries entries;

	*out = (struct bases){0};
	if (fs_list(a, ap->root->fd, FOLDER, &entries, e) < 0)
		return -1;
	for (size_t i = 0; i < entries.n; i++) {
		struct base b;
		struct str digest;

		if (S_ISREG(entries.v[i].type) && read_name(ap, a, entries.v[i].name, &digest) &&
		    load(ap, a, str_of(entries.v[i].name), digest, &b))
			vec_push(a, out, b);
	}
	return 0;
}

int
base_find(const struct apply *ap, struct arena *a, struct str name, struct base *out, struct err *e)
{
	struct bases all;
	struct stat st;
	int64_t newest = -1;

	if (is_digest(name) && load(ap, a, STR(""), name, out))
		return 0;
	if (base_list(ap, a, &all, e) < 0)
		return -1;
	for (size_t i = 0; i < all.n; i++) {
		const char *file = arena_printf(a, FOLDER "/" STR_FMT, STR_ARG(all.v[i].name));

		if (name.n ? !str_eq(all.v[i].name, name) : fstatat(ap->root->fd, file, &st, 0) < 0)
			continue;
		if (!name.n && st.st_mtim.tv_sec <= newest)
			continue;
		newest = name.n ? 0 : st.st_mtim.tv_sec;
		*out = all.v[i];
	}
	if (newest >= 0)
		return 0;
	if (name.n)
		err_set(e, ERR_CONFIG, "there is no base image " STR_FMT, STR_ARG(name));
	else
		err_set(e, ERR_CONFIG, "there is no base image yet, and nightly builds run in one");
	for (size_t i = 0; i < all.n; i++)
		err_hint(e, "there is " STR_FMT, STR_ARG(all.v[i].name));
	return err_hint(e, "`pkg nightly base create debian12` makes one");
}

int
base_hold(const struct apply *ap, struct arena *a, const struct base *b, struct fs_lock *lock, struct err *e)
{
	const char *path = arena_printf(a, "locks/base-" STR_FMT, STR_ARG(b->digest));

	if (fs_lock(lock, ap->root->fd, path, false, LOCK_WAIT, NULL, NULL, e) < 0)
		return -1;
	if (fs_is_dir(AT_FDCWD, b->rootfs))
		return 0;
	fs_unlock(lock);
	return err_set(e, ERR_CONFIG, "the base image " STR_FMT " was removed meanwhile", STR_ARG(b->name));
}

int
base_remove(const struct apply *ap, struct arena *a, struct str name, struct err *e)
{
	struct fs_lock lock = {-1};
	struct bases all;
	struct base b = {0};
	int rc;

	if (base_find(ap, a, name, &b, e) < 0)
		return -1;
	if (b.name.n && fs_remove(ap->root->fd, arena_printf(a, FOLDER "/" STR_FMT, STR_ARG(b.name)), e) < 0)
		return -1;
	if (base_list(ap, a, &all, e) < 0)
		return -1;
	for (size_t i = 0; i < all.n; i++)
		if (str_eq(all.v[i].digest, b.digest))
			return 0;
	if (root_lock(ap->root, a, arena_printf(a, "base-" STR_FMT, STR_ARG(b.digest)), &lock, e) < 0)
		return -1;
	rc = fs_remove(ap->root->fd, arena_printf(a, FOLDER "/" STR_FMT, STR_ARG(b.digest)), e);
	fs_unlock(&lock);
	return rc;
}

/* --- making --- */

static int
in_child(void *ctx)
{
	(void)ctx;
	umask(022);
	return 0;
}

static int
run_tar(struct arena *a, const char *const *argv, struct err *e)
{
	static const char *const env[] = {"PATH=/usr/bin:/bin", "LC_ALL=C", NULL};
	struct proc p = {.argv = argv,
			 .env = env,
			 .err_to_out = 1,
			 .out = PROC_CAPTURE,
			 .in_child = in_child,
			 .timeout = UNPACK_SECONDS};
	struct proc_result r;

	if (proc_run(a, &p, &r, e) < 0)
		return -1;
	if (r.status == 0)
		return 0;
	err_set(e, ERR_PARSE, "tar failed with status %d", r.status);
	return err_note(e, STR_FMT, STR_ARG(str_trim(str_sub(r.out, 0, 500))));
}

/* Sorted, without owners and times: the same folder gives the same tar. */
static int
pack(struct arena *a, const char *folder, const char *tar, struct err *e)
{
	const char *argv[] = {"tar",
			      "-c",
			      "--format=gnu",
			      "--sort=name",
			      "--owner=0",
			      "--group=0",
			      "--numeric-owner",
			      "--mtime=@315532800",
			      "-C",
			      folder,
			      "-f",
			      tar,
			      ".",
			      NULL};

	return run_tar(a, argv, e);
}

static int
unpack(struct arena *a, const char *tar, const char *rootfs, struct err *e)
{
	const char *argv[] = {"tar",
			      "-x",
			      "-C",
			      rootfs,
			      "--no-same-owner",
			      "--no-same-permissions",
			      "--delay-directory-restore",
			      "--exclude=./dev/*",
			      "--exclude=dev/*",
			      "-f",
			      tar,
			      NULL};
	AUTO_FD fd = -1;

	if (fs_mkdirs(AT_FDCWD, rootfs, 0755, e) < 0 || run_tar(a, argv, e) < 0 ||
	    sandbox_base_prepare(a, rootfs, e) < 0)
		return -1;
	fd = fs_open_dir(AT_FDCWD, rootfs, e);
	if (fd < 0)
		return -1;
	if (!fs_exists(fd, "bin/sh") && !fs_exists(fd, "usr/bin/sh"))
		return err_set(e, ERR_PARSE, "there is no /bin/sh in it: this is no base image");
	return 0;
}

static int
name_it(const struct apply *ap, struct arena *a, struct str name, struct str digest, struct err *e)
{
	const char *path = arena_printf(a, FOLDER "/" STR_FMT, STR_ARG(name));

	return fs_write(ap->root->fd, path, str_printf(a, STR_FMT "\n", STR_ARG(digest)), 0644, true, e);
}

/* `tar` lies in the scratch folder, which holds the unpacked tree too until both are in place. */
static int
install(const struct apply *ap, struct arena *a, struct str name, const char *scratch, const char *tar,
	struct base *out, struct err *e)
{
	const char *hex, *folder = arena_printf(a, "%s/base", scratch), *to;
	AUTO_FD fd = open(tar, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_sys(e, "reading %s", tar);
	hex = digest_fd(a, DIGEST_SHA256, fd, e);
	if (!hex)
		return -1;
	to = arena_printf(a, "%s/" FOLDER "/%s", ap->root->path, hex);
	if (!load(ap, a, name, str_of(hex), out)) {
		if (fs_mkdirs(AT_FDCWD, folder, 0755, e) < 0 ||
		    unpack(a, tar, arena_printf(a, "%s/rootfs", folder), e) < 0 ||
		    fs_rename_new(AT_FDCWD, tar, arena_printf(a, "%s/image.tar", folder), e) < 0 ||
		    fs_remove(AT_FDCWD, to, e) < 0 || fs_rename_new(AT_FDCWD, folder, to, e) < 0)
			return -1;
	}
	if (name_it(ap, a, name, str_of(hex), e) < 0)
		return -1;
	if (!load(ap, a, name, str_of(hex), out))
		return err_set(e, ERR_BUG, "the base image is not where it was put");
	return 0;
}

int
base_adopt(const struct apply *ap, struct arena *a, struct str name, const char *tar, struct base *out,
	   struct err *e)
{
	struct scratch scratch;
	const char *own;
	int rc;

	if (name_ok(a, name, e) < 0 || root_scratch(ap->root, a, &scratch, e) < 0)
		return -1;
	own = arena_printf(a, "%s/image.tar", scratch.path);
	rc = fs_rename_new(AT_FDCWD, tar, own, e);
	if (rc == 0)
		rc = install(ap, a, name, scratch.path, own, out, e);
	root_scratch_end(ap->root, &scratch);
	return rc;
}

static int
copy_file(const char *from, const char *to, struct err *e)
{
	struct stat st;
	AUTO_FD in = fs_open_file(AT_FDCWD, from, &st, e);
	AUTO_FD copy = -1;

	if (in < 0)
		return -1;
	copy = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	return copy < 0 ? err_sys(e, "writing %s", to) : fs_copy_fd(in, copy, e);
}

int
base_import(const struct apply *ap, struct arena *a, struct str name, const char *path, struct base *out,
	    struct err *e)
{
	struct scratch scratch;
	const char *tar;
	int rc;

	if (name_ok(a, name, e) < 0 || root_scratch(ap->root, a, &scratch, e) < 0)
		return -1;
	tar = arena_printf(a, "%s/image.tar", scratch.path);
	rc = fs_is_dir(AT_FDCWD, path) ? pack(a, path, tar, e) : copy_file(path, tar, e);
	if (rc == 0)
		rc = install(ap, a, name, scratch.path, tar, out, e);
	root_scratch_end(ap->root, &scratch);
	if (rc < 0)
		return err_note(e, "while importing %s", path);
	return 0;
}
