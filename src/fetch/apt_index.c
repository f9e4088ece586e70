/* apt_index.c - a private index of Debian sources, for files that are not where the pool's rule says. */
#include <fcntl.h>
#include <string.h>

#include "base/buf.h"
#include "base/fs.h"
#include "base/path.h"
#include "fetch/apt.h"

static struct str
source_lines(struct arena *a, const struct apt_sites *sites)
{
	struct buf b = buf_new(a);

	for (size_t i = 0; i < sites->n; i++)
		buf_printf(&b, "deb-src " STR_FMT " " STR_FMT " " STR_FMT "\n", STR_ARG(sites->v[i].uri),
			   STR_ARG(sites->v[i].suite), STR_ARG(sites->v[i].component));
	return buf_str(&b);
}

static void
add_folder(struct arena *a, struct opam_strings *folders, struct str folder)
{
	struct str *v;

	if (opam_strings_have(folders, folder))
		return;
	v = arena_array(a, struct str, folders->n + 1);
	for (size_t i = 0; i < folders->n; i++)
		v[i] = folders->v[i];
	v[folders->n++] = str_dup(a, folder);
	folders->v = v;
}

/* " <sha256> <size> <file>" of the field Checksums-Sha256. */
static bool
names_file(struct str line, struct str file, struct str sha256)
{
	struct str hex, size;

	line = str_trim(line);
	return str_cut(&line, ' ', &hex) && str_cut(&line, ' ', &size) && str_eq(hex, sha256) &&
	       str_eq(str_trim(line), file);
}

void
apt_parse_showsrc(struct arena *a, struct str text, struct str file, struct str sha256,
		  struct opam_strings *folders)
{
	static const char directory[] = "Directory:";
	struct str line, folder = {0};
	bool found = false, more = true;

	while (more) {
		more = str_cut(&text, '\n', &line);
		if (!more || !str_trim(line).n) {
			if (found && path_is_plain(folder))
				add_folder(a, folders, folder);
			found = false;
			folder = (struct str){0};
		} else if (str_starts(line, directory)) {
			folder = str_trim(str_sub(line, sizeof(directory) - 1, line.n));
		} else if (line.s[0] == ' ') {
			found |= names_file(line, file, sha256);
		}
	}
}

int
apt_index(const struct fetch *f, struct arena *a, const char *dir, const struct apt_sites *sites,
	  struct str source, struct str file, struct str sha256, struct opam_strings *folders, struct err *e)
{
	const char *list = path_join(a, dir, "sources.list");
	const char *own[] = {
		"-o", arena_printf(a, "Dir::Etc::sourcelist=%s", list),
		"-o", "Dir::Etc::sourceparts=/dev/null",
		"-o", arena_printf(a, "Dir::State=%s/state", dir),
		"-o", arena_printf(a, "Dir::State::lists=%s/lists", dir),
		"-o", "Dir::State::status=/dev/null",
	};
	const char *update[COUNT_OF(own) + 2] = {NULL}, *show[COUNT_OF(own) + 3] = {NULL};
	static const char *const folders_needed[] = {"cache/archives/partial", "lists/partial", "state"};
	struct str out;

	memcpy(update, own, sizeof(own));
	memcpy(show, own, sizeof(own));
	update[COUNT_OF(own)] = "update";
	show[COUNT_OF(own)] = "showsrc";
	show[COUNT_OF(own) + 1] = str_c(a, source);
	for (size_t i = 0; i < COUNT_OF(folders_needed); i++)
		if (fs_mkdirs(AT_FDCWD, path_join(a, dir, folders_needed[i]), 0755, e) < 0)
			return -1;
	if (fs_write(AT_FDCWD, list, source_lines(a, sites), 0644, false, e) < 0)
		return -1;
	if (apt_run(f, a, dir, "apt-get", update, &out, e) < 0 ||
	    apt_run(f, a, dir, "apt-cache", show, &out, e) < 0)
		return -1;
	apt_parse_showsrc(a, out, file, sha256, folders);
	return 0;
}
