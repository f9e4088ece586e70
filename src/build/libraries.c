#include "build/libraries.h"

#include <limits.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/path.h"
#include "build/state.h"
#include "build/toolchain.h"

static bool
in_output(const struct changes *c, struct str soname)
{
	for (size_t i = 0; i < c->file_count; i++)
		if (str_eq(path_base(c->files[i].path), soname))
			return true;
	return false;
}

static bool
in_view(const struct build_run *run, struct str soname)
{
	static const char *const dirs[] = {"lib", "lib/stublibs"};

	for (size_t i = 1; i < run->view.n; i++)
		for (size_t k = 0; k < COUNT_OF(dirs); k++)
			if (fs_exists(AT_FDCWD,
				      arena_printf(run->a, "%s/%s/" STR_FMT, run->view.layers[i].path,
						   dirs[k], STR_ARG(soname))))
				return true;
	return false;
}

/* As realpath(), where `base` is the root of all names. */
static char *
real_in(struct arena *a, const char *base, const char *path)
{
	struct open_how how = {.flags = O_PATH | O_CLOEXEC,
			       .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
	AUTO_FD root = open(base, O_PATH | O_DIRECTORY | O_CLOEXEC);
	AUTO_FD fd = root < 0 ? -1 : (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
	struct err ignored;
	const char *real =
		fd < 0 ? NULL : fs_readlink(a, AT_FDCWD, arena_printf(a, "/proc/self/fd/%d", fd), &ignored);

	return real && str_starts(str_of(real), base) ? strdup(real + strlen(base)) : NULL;
}

/* The real path of a library of the system, or empty. */
static struct str
system_path(struct build_run *run, const struct opam_strings *dirs, struct str soname)
{
	for (size_t i = 0; i < dirs->n; i++) {
		const char *path =
			arena_printf(run->a, STR_FMT "/" STR_FMT, STR_ARG(dirs->v[i]), STR_ARG(soname));
		char *real = run->b->base ? real_in(run->a, run->b->base, path) : realpath(path, NULL);
		struct str copy;

		if (!real)
			continue;
		copy = str_of(arena_strdup(run->a, real));
		free(real);
		return copy;
	}
	return STR("");
}

/* What depexts and the toolchain bring, with all that those packages depend on. */
static void
find_declared(struct build_run *run, struct map *declared)
{
	const struct opam_strings *lists[] = {&run->job->depexts, &run->b->toolchain};

	for (size_t i = 0; i < COUNT_OF(lists); i++) {
		struct str *names = arena_array(run->a, struct str, lists[i]->n);

		for (size_t k = 0; k < lists[i]->n; k++) {
			struct str rest = lists[i]->v[k];

			str_cut(&rest, '=', &names[k]);
		}
		dpkg_closure(run->b->state->dpkg, names, lists[i]->n, declared);
	}
}

int
libraries_find(struct build_run *run, const struct changes *changes, struct record_library **out, size_t *n,
	       struct err *e)
{
	struct dpkg *dpkg = run->b->state->dpkg;
	struct record_library *list = arena_array(run->a, struct record_library, changes->needed.n);
	struct str *paths = arena_array(run->a, struct str, changes->needed.n);
	struct str *owners = arena_array(run->a, struct str, changes->needed.n);
	struct map declared = map_new(run->a);
	struct opam_strings dirs;

	*out = list;
	*n = 0;
	if (!changes->needed.n)
		return 0;
	toolchain_library_folders(run->a, run->b->base ? run->b->base : "", &dirs);
	for (size_t i = 0; i < changes->needed.n; i++) {
		struct str soname = changes->needed.v[i];

		if (!path_is_plain(soname) || in_output(changes, soname) || in_view(run, soname))
			continue;
		paths[*n] = system_path(run, &dirs, soname);
		list[(*n)++] = (struct record_library){.soname = soname};
	}
	if (dpkg_owners(dpkg, run->a, paths, *n, owners, e) < 0)
		return -1;
	if (*n)
		find_declared(run, &declared);
	for (size_t i = 0; i < *n; i++) {
		struct str rest = owners[i];

		str_cut(&rest, '=', &list[i].package);
		str_cut(&rest, '=', &list[i].version);
		/* All that a base image has is named by its digest. */
		list[i].declared = list[i].package.n && (run->b->base || map_has(&declared, list[i].package));
	}
	return 0;
}
