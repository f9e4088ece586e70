/* apt_sites.c - the mirrors: from apt itself, or from its files where no lists were fetched yet. */
#include <fcntl.h>
#include <string.h>

#include "base/fs.h"
#include "base/path.h"
#include "fetch/apt.h"

enum { LIST_MAX = 1 << 20 };

/* Where `pool/` holds Debian's sources, or the archives that they share. */
static const char *const kin[] = {"Debian", "Ubuntu", "Raspbian", "Devuan", "Kali", "Pop", "Linux Mint"};

/* The next word, as apt cuts them: blanks and tabs. */
static bool
next_word(struct str *rest, struct str *word)
{
	size_t n = 0;

	*rest = str_trim(*rest);
	while (n < rest->n && !strchr(" \t\r\n", rest->s[n]))
		n++;
	*word = str_sub(*rest, 0, n);
	*rest = str_sub(*rest, n, rest->n);
	return n > 0;
}

static bool
is_usable(struct str uri)
{
	for (size_t i = 0; i < uri.n; i++)
		if ((unsigned char)uri.s[i] <= ' ' || uri.s[i] == 0x7f)
			return false;
	return str_chr(uri, ':') > 0 && !str_starts(uri, "cdrom:") && uri.s[0] != '-';
}

static void
add_site(struct arena *a, struct apt_sites *sites, struct apt_site site)
{
	while (str_ends(site.uri, "/"))
		site.uri.n--;
	if (!is_usable(site.uri) || !path_is_plain(site.component))
		return;
	for (size_t i = 0; i < sites->n; i++)
		if (str_eq(sites->v[i].uri, site.uri) && str_eq(sites->v[i].suite, site.suite) &&
		    str_eq(sites->v[i].component, site.component))
			return;
	site.uri = str_dup(a, site.uri);
	site.suite = str_dup(a, site.suite);
	site.component = str_dup(a, site.component);
	site.origin = str_dup(a, site.origin);
	vec_push(a, sites, site);
}

void
apt_parse_list(struct arena *a, struct str text, struct apt_sites *sites)
{
	struct str line, word;

	while (str_cut(&text, '\n', &line)) {
		struct apt_site site = {0};
		ptrdiff_t hash = str_chr(line, '#');

		line = str_trim(hash < 0 ? line : str_sub(line, 0, (size_t)hash));
		if (!next_word(&line, &word) || (!str_is(word, "deb") && !str_is(word, "deb-src")))
			continue;
		line = str_trim(line);
		if (str_starts(line, "[")) {
			ptrdiff_t end = str_chr(line, ']');

			if (end < 0)
				continue;
			line = str_sub(line, (size_t)end + 1, line.n);
		}
		if (!next_word(&line, &site.uri) || !next_word(&line, &site.suite))
			continue;
		while (next_word(&line, &site.component))
			add_site(a, sites, site);
	}
}

/* One paragraph of a *.sources file. */
struct paragraph {
	struct str types, uris, suites, components, enabled;
};

static void
add_paragraph(struct arena *a, const struct paragraph *p, struct apt_sites *sites)
{
	struct str uris = p->uris;
	struct apt_site site = {0};

	if (str_is(p->enabled, "no") || str_is(p->enabled, "false"))
		return;
	while (next_word(&uris, &site.uri)) {
		struct str suites = p->suites;

		while (next_word(&suites, &site.suite)) {
			struct str components = p->components;

			while (next_word(&components, &site.component))
				add_site(a, sites, site);
		}
	}
}

/* The field that a line sets, or NULL. */
static struct str *
field_of(struct paragraph *p, struct str name)
{
	struct {
		const char *name;
		struct str *field;
	} fields[] = {{"types", &p->types},
		      {"uris", &p->uris},
		      {"suites", &p->suites},
		      {"components", &p->components},
		      {"enabled", &p->enabled}};

	for (size_t i = 0; i < COUNT_OF(fields); i++)
		if (name.n == strlen(fields[i].name) && strncasecmp(name.s, fields[i].name, name.n) == 0)
			return fields[i].field;
	return NULL;
}

void
apt_parse_sources(struct arena *a, struct str text, struct apt_sites *sites)
{
	struct paragraph p = {0};
	struct str line, *field = NULL;

	while (str_cut(&text, '\n', &line)) {
		ptrdiff_t colon = str_chr(line, ':');

		if (str_starts(line, "#"))
			continue;
		if (!str_trim(line).n) {
			add_paragraph(a, &p, sites);
			p = (struct paragraph){0};
			field = NULL;
		} else if (line.s[0] == ' ' || line.s[0] == '\t') {
			if (field)
				*field = str_printf(a, STR_FMT " " STR_FMT, STR_ARG(*field),
						    STR_ARG(str_trim(line)));
		} else if (colon > 0) {
			field = field_of(&p, str_sub(line, 0, (size_t)colon));
			if (field)
				*field = str_trim(str_sub(line, (size_t)colon + 1, line.n));
		}
	}
	add_paragraph(a, &p, sites);
}

static void
read_file(struct arena *a, const char *path, struct apt_sites *sites)
{
	struct err ignored = {0};
	struct str text;

	if (fs_read(a, AT_FDCWD, path, LIST_MAX, &text, &ignored) < 0)
		return;
	if (str_ends(str_of(path), ".sources"))
		apt_parse_sources(a, text, sites);
	else
		apt_parse_list(a, text, sites);
}

static void
read_files(struct arena *a, struct apt_sites *sites)
{
	static const char dir[] = "/etc/apt/sources.list.d";
	struct fs_entries list = {0};
	struct err ignored = {0};

	read_file(a, "/etc/apt/sources.list", sites);
	if (fs_list(a, AT_FDCWD, dir, &list, &ignored) < 0)
		return;
	for (size_t i = 0; i < list.n; i++) {
		struct str name = str_of(list.v[i].name);

		if (str_ends(name, ".list") || str_ends(name, ".sources"))
			read_file(a, path_join(a, dir, list.v[i].name), sites);
	}
}

static int
ask_apt(const struct fetch *f, struct arena *a, const char *dir, struct apt_sites *sites, struct err *e)
{
	static const char *const words[] = {
		"indextargets",         "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT) $(ORIGIN)",
		"Created-By: Packages", NULL,
	};
	struct str out, line;

	if (apt_run(f, a, dir, "apt-get", words, &out, e) < 0)
		return -1;
	while (str_cut(&out, '\n', &line)) {
		struct apt_site site = {0};

		if (!next_word(&line, &site.uri) || !next_word(&line, &site.suite) ||
		    !next_word(&line, &site.component))
			continue;
		site.origin = str_trim(line);
		add_site(a, sites, site);
	}
	return 0;
}

static bool
is_kin(struct arena *a, const struct apt_site *site)
{
	for (size_t i = 0; i < COUNT_OF(kin); i++)
		if (site->origin.n ? str_starts(site->origin, kin[i])
				   : strcasestr(str_c(a, site->uri), kin[i]) != NULL)
			return true;
	return false;
}

int
apt_sites(const struct fetch *f, struct arena *a, const char *dir, struct apt_sites *sites, struct err *e)
{
	struct err why = {0};
	size_t n = 0;

	if (ask_apt(f, a, dir, sites, &why) < 0 && why.code != ERR_FETCH) {
		*e = why;
		return -1;
	}
	if (!sites->n)
		read_files(a, sites);
	for (size_t i = 0; i < sites->n; i++)
		if (is_kin(a, &sites->v[i]))
			sites->v[n++] = sites->v[i];
	if (n)
		sites->n = n;
	return 0;
}
