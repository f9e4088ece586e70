#include "build/toolchain.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/fs.h"
#include "base/map.h"
#include "base/path.h"
#include "base/proc.h"
#include "base/vec.h"
#include "build/sandbox.h"

static const char *const tools[] = {"cc", "c++", "cpp", "as", "ld", "ar", "make", "sh"};

struct parts {
	struct str *names, *paths; /* what it is asked as, and its real path */
	size_t n;
};

static void
add(struct arena *a, struct parts *p, const char *name, const char *path)
{
	char *real = realpath(path, NULL);

	if (!real)
		return;
	p->names[p->n] = str_of(name);
	p->paths[p->n++] = str_of(arena_strdup(a, real));
	free(real);
}

void
toolchain_library_folders(struct arena *a, const char *system, struct opam_strings *out)
{
	static const char *const plain[] = {"/usr/lib64", "/usr/lib", "/lib64", "/lib", "/usr/local/lib"};
	struct fs_entries entries = {0};
	VEC(struct str) dirs = {0};
	struct err ignored;

	if (fs_list(a, AT_FDCWD, arena_printf(a, "%s/usr/lib", system), &entries, &ignored) < 0)
		entries.n = 0;
	for (size_t i = 0; i < entries.n; i++)
		if (strstr(entries.v[i].name, "-linux-") && S_ISDIR(entries.v[i].type))
			vec_push(a, &dirs, str_printf(a, "/usr/lib/%s", entries.v[i].name));
	for (size_t i = 0; i < COUNT_OF(plain); i++)
		if (fs_is_dir(AT_FDCWD, arena_printf(a, "%s%s", system, plain[i])))
			vec_push(a, &dirs, str_of(plain[i]));
	*out = (struct opam_strings){dirs.v, dirs.n};
}

static void
find_parts(struct arena *a, struct parts *p)
{
	struct opam_strings dirs;

	p->names = arena_array(a, struct str, COUNT_OF(tools) + 2);
	p->paths = arena_array(a, struct str, COUNT_OF(tools) + 2);
	for (size_t i = 0; i < COUNT_OF(tools); i++) {
		const char *path = proc_find(a, tools[i], SANDBOX_PATH);

		if (path)
			add(a, p, tools[i], path);
	}
	toolchain_library_folders(a, "", &dirs);
	for (size_t i = 0; i < dirs.n; i++) {
		const char *path = path_join(a, dirs.v[i].s, "crt1.o");

		if (!fs_exists(AT_FDCWD, path))
			continue;
		add(a, p, "crt1.o", path);
		break;
	}
	add(a, p, "features.h", "/usr/include/features.h");
}

static int
by_text(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

int
toolchain_read(struct dpkg *d, struct arena *a, struct opam_strings *out, struct err *e)
{
	struct map seen = map_new(a);
	struct parts p = {0};
	struct str *owners;

	find_parts(a, &p);
	owners = arena_array(a, struct str, p.n);
	if (dpkg_owners(d, a, p.paths, p.n, owners, e) < 0)
		return err_note(e, "while asking which packages the compiler comes from");
	for (size_t i = 0; i < p.n; i++) {
		if (!owners[i].n) {
			AUTO_FD fd = open(p.paths[i].s, O_RDONLY | O_CLOEXEC);
			const char *hex = fd < 0 ? NULL : digest_fd(a, DIGEST_SHA256, fd, e);

			if (fd < 0)
				return err_sys(e, "reading " STR_FMT, STR_ARG(p.paths[i]));
			if (!hex)
				return -1;
			owners[i] = str_printf(a, STR_FMT "=sha256:%s", STR_ARG(p.names[i]), hex);
		}
		map_set(&seen, owners[i], d);
	}
	out->v = arena_array(a, struct str, seen.n);
	out->n = seen.n;
	for (size_t i = 0; i < seen.n; i++)
		out->v[i] = seen.entries[i].key;
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), by_text);
	return 0;
}
