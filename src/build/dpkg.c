#include "build/dpkg.h"

#include <string.h>

#include "base/buf.h"
#include "base/fs.h"
#include "base/map.h"

#define STATUS "/var/lib/dpkg/status"
#define LISTS "/var/lib/dpkg/info"
#define CACHE "index/owners"
#define CACHE_HEAD "pkg owners 1"

enum { STATUS_MAX = 256 << 20 };

struct dpkg {
	struct arena *a;
	int root_fd;
	const char *system; /* "", or where it lies unpacked */
	bool present, read, cached;
	struct str stamp; /* of the database */
	struct map packages, provided;
	struct map owners; /* path -> struct str * */
};

static struct dpkg *
open_at(struct arena *a, int root_fd, const char *system)
{
	struct dpkg *d = arena_new(a, struct dpkg);
	struct stat st;

	*d = (struct dpkg){.a = a, .root_fd = root_fd, .system = system};
	d->packages = map_new(a);
	d->provided = map_new(a);
	d->owners = map_new(a);
	if (stat(arena_printf(a, "%s" STATUS, system), &st) == 0 && S_ISREG(st.st_mode)) {
		d->present = true;
		d->stamp =
			str_printf(a, CACHE_HEAD " %lld.%09ld %lld %llu", (long long)st.st_mtim.tv_sec,
				   st.st_mtim.tv_nsec, (long long)st.st_size, (unsigned long long)st.st_ino);
	}
	return d;
}

struct dpkg *
dpkg_open(struct arena *a, int root_fd)
{
	return open_at(a, root_fd, "");
}

struct dpkg *
dpkg_open_in(struct arena *a, const char *system)
{
	return open_at(a, -1, system);
}

bool
dpkg_present(const struct dpkg *d)
{
	return d->present;
}

/* --- the database --- */

/* One package's lines. */
struct paragraph {
	struct dpkg_package package;
	struct str status, provides;
};

static void
take_line(struct paragraph *p, struct str line)
{
	const struct {
		const char *name;
		struct str *to;
	} fields[] = {
		{"Package:", &p->package.name},
		{"Version:", &p->package.version},
		{"Architecture:", &p->package.arch},
		{"Depends:", &p->package.depends},
		{"Status:", &p->status},
		{"Provides:", &p->provides},
	};

	for (size_t i = 0; i < COUNT_OF(fields); i++)
		if (str_starts(line, fields[i].name)) {
			size_t n = strlen(fields[i].name);

			*fields[i].to = str_trim(str_sub(line, n, line.n - n));
			return;
		}
}

/* The name in "libc6 (>= 2.36)", "libc6:any"; of alternatives the first. */
static struct str
relation_name(struct str text)
{
	size_t n = 0;

	text = str_trim(text);
	while (n < text.n && !strchr(" (:|[<", text.s[n]))
		n++;
	return str_sub(text, 0, n);
}

static void
keep(struct dpkg *d, const struct paragraph *p)
{
	struct str rest = p->provides, word;
	struct dpkg_package *package;

	if (!p->package.name.n || !str_ends(p->status, " installed"))
		return;
	package = map_get(&d->packages, p->package.name);
	/* The same name of a foreign architecture: the first stays, which is the native one by order. */
	if (package)
		return;
	package = arena_new(d->a, struct dpkg_package);
	*package = p->package;
	map_set(&d->packages, package->name, package);
	while (str_cut(&rest, ',', &word)) {
		struct str name = relation_name(word);

		if (name.n && !map_has(&d->provided, name))
			map_set(&d->provided, name, package);
	}
}

static void
read_status(struct dpkg *d)
{
	struct paragraph p = {0};
	struct err ignored;
	struct str text, line;

	if (d->read || !d->present)
		return;
	d->read = true;
	if (fs_read(d->a, AT_FDCWD, arena_printf(d->a, "%s" STATUS, d->system), STATUS_MAX, &text, &ignored) <
	    0)
		return;
	while (str_cut(&text, '\n', &line)) {
		if (!line.n) {
			keep(d, &p);
			p = (struct paragraph){0};
		} else if (line.s[0] >= 'A' && line.s[0] <= 'Z') {
			take_line(&p, line);
		}
	}
	keep(d, &p);
}

const struct dpkg_package *
dpkg_find(struct dpkg *d, struct str name)
{
	const struct dpkg_package *package;

	read_status(d);
	package = map_get(&d->packages, name);
	return package ? package : map_get(&d->provided, name);
}

void
dpkg_closure(struct dpkg *d, const struct str *names, size_t n, struct map *out)
{
	for (size_t i = 0; i < n; i++)
		if (!map_has(out, names[i]))
			map_set(out, names[i], d);
	/* The map grows while it is walked: what is added is looked at too. */
	for (size_t i = 0; i < out->n; i++) {
		const struct dpkg_package *package = dpkg_find(d, out->entries[i].key);
		struct str rest, word;

		if (!package)
			continue;
		rest = package->depends;
		while (str_cut(&rest, ',', &word)) {
			struct str name = relation_name(word);

			if (name.n && !map_has(out, name))
				map_set(out, name, d);
		}
	}
}

/* --- owners --- */

static void
remember(struct dpkg *d, struct str path, struct str owner)
{
	struct str *value = arena_new(d->a, struct str);

	*value = str_dup(d->a, owner);
	map_set(&d->owners, str_dup(d->a, path), value);
}

static void
read_cache(struct dpkg *d)
{
	struct err ignored;
	struct str text, line, path;

	if (d->cached)
		return;
	d->cached = true;
	if (d->root_fd < 0 || fs_read(d->a, d->root_fd, CACHE, STATUS_MAX, &text, &ignored) < 0)
		return;
	if (!str_cut(&text, '\n', &line) || !str_eq(line, d->stamp))
		return;
	while (str_cut(&text, '\n', &line))
		if (str_cut(&line, '\t', &path))
			remember(d, path, line);
}

/* Only a help for the next command: what cannot be kept is looked up again. */
static void
write_cache(struct dpkg *d)
{
	struct arena a = {0};
	struct buf b = buf_new(&a);
	struct err ignored;

	buf_printf(&b, STR_FMT "\n", STR_ARG(d->stamp));
	for (size_t i = 0; i < d->owners.n; i++) {
		const struct str *owner = d->owners.entries[i].value;

		buf_printf(&b, STR_FMT "\t" STR_FMT "\n", STR_ARG(d->owners.entries[i].key), STR_ARG(*owner));
	}
	if (d->root_fd >= 0)
		fs_write(d->root_fd, CACHE, buf_str(&b), 0644, false, &ignored);
	arena_free(&a);
}

/* Where /lib is a link to /usr/lib, dpkg may know a file by either name. */
static struct str
short_name(struct str path)
{
	return str_starts(path, "/usr/") ? str_sub(path, 4, path.n - 4) : (struct str){0};
}

static void
look_in_list(struct dpkg *d, struct str list, struct str text, const struct map *wanted)
{
	const struct dpkg_package *package = NULL;
	struct str name, line;

	while (str_cut(&text, '\n', &line)) {
		struct str *path = map_get(wanted, line);
		struct str rest = list;

		if (!path)
			continue;
		/* "gcc-12" or "libc6:amd64", then ".list" */
		rest.n -= sizeof(".list") - 1;
		str_cut(&rest, ':', &name);
		package = dpkg_find(d, name);
		if (package)
			remember(d, *path,
				 str_printf(d->a, STR_FMT "=" STR_FMT "=" STR_FMT, STR_ARG(name),
					    STR_ARG(package->version), STR_ARG(package->arch)));
	}
}

static int
look_in_lists(struct dpkg *d, const struct map *wanted, struct err *e)
{
	struct arena a = {0};
	struct fs_entries entries;
	AUTO_FD dir = fs_open_dir(AT_FDCWD, arena_printf(&a, "%s" LISTS, d->system), e);
	int rc = dir < 0 ? -1 : fs_list(&a, dir, ".", &entries, e);

	for (size_t i = 0; rc == 0 && i < entries.n; i++) {
		struct str name = str_of(entries.v[i].name), text;
		struct arena one = {0};
		struct err ignored;

		if (str_ends(name, ".list") && fs_read(&one, dir, name.s, STATUS_MAX, &text, &ignored) == 0)
			look_in_list(d, name, text, wanted);
		arena_free(&one);
	}
	arena_free(&a);
	return rc;
}

int
dpkg_owners(struct dpkg *d, struct arena *a, const struct str *paths, size_t n, struct str *out,
	    struct err *e)
{
	struct map wanted = map_new(a);
	bool any = false;

	read_cache(d);
	for (size_t i = 0; i < n; i++)
		if (d->present && !map_has(&d->owners, paths[i])) {
			struct str *path = arena_new(a, struct str);

			*path = paths[i];
			remember(d, paths[i], STR(""));
			map_set(&wanted, paths[i], path);
			if (short_name(paths[i]).n)
				map_set(&wanted, short_name(paths[i]), path);
			any = true;
		}
	if (any && look_in_lists(d, &wanted, e) < 0)
		return -1;
	if (any)
		write_cache(d);
	for (size_t i = 0; i < n; i++) {
		const struct str *owner = map_get(&d->owners, paths[i]);

		out[i] = owner ? str_dup(a, *owner) : STR("");
	}
	return 0;
}
