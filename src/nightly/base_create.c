/* A base image made by mmdebstrap from the mirrors that this machine's apt is configured with. */
#include "nightly/base.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/proc.h"
#include "fetch/apt.h"
#include "repo/index.h"

enum { CREATE_SECONDS = 3 * 3600, TAIL = 1500 };

static const struct {
	const char *name, *suite, *distribution, *family, *version;
} known[] = {
	{"debian11", "bullseye", "debian", "debian", "11"},
	{"debian12", "bookworm", "debian", "debian", "12"},
	{"debian13", "trixie", "debian", "debian", "13"},
	{"ubuntu2204", "jammy", "ubuntu", "debian", "22.04"},
	{"ubuntu2404", "noble", "ubuntu", "debian", "24.04"},
};

/* In the new root, before it is packed: what the distribution has is installed together, and one by one
 * where that does not go; no package ever replaces another. */
static const char hook[] =
	"set -eu; root=$1; shift\n"
	"inside() { chroot \"$root\" env DEBIAN_FRONTEND=noninteractive \"$@\" </dev/null; }\n"
	"put() { inside apt-get -qq -y --no-install-recommends --no-remove install \"$@\" >&2; }\n"
	"inside apt-cache dumpavail | sed -n 's/^Package: //p' | sort -u >\"$root/tmp/pkg-names\"\n"
	"some=\n"
	"for p in $PKG_DEPEXTS; do\n"
	"	if grep -qxF \"$p\" \"$root/tmp/pkg-names\"; then some=\"$some $p\"\n"
	"	elif ! put \"$p\"; then echo \"pkg-missing $p\" >&2; fi\n"
	"done\n"
	"rm -f \"$root/tmp/pkg-names\"\n"
	"[ -n \"$some\" ] || exit 0\n"
	"put $some || for p in $some; do put \"$p\" || echo \"pkg-missing $p\" >&2; done\n";

/* --- what is wanted --- */

/* It becomes a word of a shell: only what Debian allows in a name. */
static bool
is_package_name(struct str s)
{
	if (s.n < 2 || !isalnum((unsigned char)s.s[0]))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!islower((unsigned char)s.s[i]) && !isdigit((unsigned char)s.s[i]) &&
		    !strchr("+-.", s.s[i]))
			return false;
	return true;
}

static int
by_text(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static struct opam_strings
sorted_keys(struct arena *a, const struct map *m)
{
	struct opam_strings out = {arena_array(a, struct str, m->n + 1), m->n};

	for (size_t i = 0; i < m->n; i++)
		out.v[i] = m->entries[i].key;
	qsort(out.v, out.n, sizeof(*out.v), by_text);
	return out;
}

static void
depexts_of_name(struct apply *ap, struct arena *a, const struct repo_index *index, struct str name,
		const struct opam_scope *platform, struct map *out)
{
	struct arena tmp = {0};
	struct repo_packages found = {0};
	struct err ignored;

	if (repo_index_versions(ap->root->store, &tmp, index, name, &found, &ignored) < 0)
		found.n = 0;
	for (size_t i = 0; i < found.n; i++) {
		struct opam_definition d;
		struct opam_strings names = {0};

		if (repo_definition(ap->root->store, &tmp, &found.v[i], &d, &ignored) < 0 ||
		    opam_depexts(&tmp, &d, platform, &names, &ignored) < 0)
			continue; /* lint and the night tell of it */
		for (size_t k = 0; k < names.n; k++)
			if (is_package_name(names.v[k]) && !map_has(out, names.v[k]))
				map_set(out, str_dup(a, names.v[k]), out);
	}
	arena_free(&tmp);
}

/* Lines for the suite and what belongs to it, as this machine's apt has them. */
static void
find_sources(struct apply *ap, struct arena *a, struct base_recipe *r)
{
	struct apt_sites sites = {0};
	struct scratch scratch;
	struct err ignored;
	struct map lines = map_new(a);

	if (root_scratch(ap->root, a, &scratch, &ignored) < 0)
		return;
	if (apt_sites(&ap->fetch, a, scratch.path, &sites, &ignored) < 0)
		sites.n = 0;
	for (size_t i = 0; i < sites.n; i++) {
		const struct apt_site *s = &sites.v[i];

		if (str_eq(s->suite, r->suite) ||
		    (str_starts(s->suite, str_c(a, r->suite)) && s->suite.s[r->suite.n] == '-'))
			map_set(&lines,
				str_printf(a, "deb " STR_FMT " " STR_FMT " " STR_FMT, STR_ARG(s->uri),
					   STR_ARG(s->suite), STR_ARG(s->component)),
				r);
	}
	root_scratch_end(ap->root, &scratch);
	r->sources = sorted_keys(a, &lines);
}

int
base_recipe(struct apply *ap, struct arena *a, struct str name, const struct opt_list *with,
	    struct base_recipe *out, struct err *e)
{
	struct map depexts = map_new(a), beside = map_new(a);
	struct opam_scope platform;
	struct opam_strings names;
	struct repo_index index;

	*out = (struct base_recipe){.name = name, .mode_root = geteuid() == 0};
	out->platform = (struct platform){.arch = ap->platform.arch, .os = ap->platform.os};
	for (size_t i = 0; i < COUNT_OF(known); i++)
		if (str_is(name, known[i].name)) {
			out->suite = str_of(known[i].suite);
			out->platform.distribution = str_of(known[i].distribution);
			out->platform.family = str_of(known[i].family);
			out->platform.version = str_of(known[i].version);
		}
	if (!out->suite.n) {
		err_set(e, ERR_USAGE, "no recipe for the base image '" STR_FMT "' is known", STR_ARG(name));
		for (size_t i = 0; i < COUNT_OF(known); i++)
			err_hint(e, "`pkg nightly base create %s`: %s", known[i].name, known[i].suite);
		return err_hint(e, "`pkg nightly base import NAME FILE` takes any root file system");
	}
	for (size_t i = 0; i < with->n; i++) {
		if (!is_package_name(with->v[i]))
			return err_set(e, ERR_USAGE, "--with: '" STR_FMT "' is no name of a system package",
				       STR_ARG(with->v[i]));
		map_set(&beside, with->v[i], out);
	}
	if (repo_names(ap->root->store, a, &ap->repos, &names, e) < 0 ||
	    repo_index_open(ap->root->store, a, &ap->repos, &index, e) < 0)
		return -1;
	platform = platform_scope(&out->platform);
	for (size_t i = 0; i < names.n; i++)
		depexts_of_name(ap, a, &index, names.v[i], &platform, &depexts);
	map_set(&beside, STR("build-essential"), out);
	out->with = sorted_keys(a, &beside);
	out->depexts = sorted_keys(a, &depexts);
	find_sources(ap, a, out);
	return 0;
}

/* --- making it --- */

static struct str
joined(struct arena *a, const struct opam_strings *list, char between)
{
	struct buf b = buf_new(a);

	for (size_t i = 0; i < list->n; i++) {
		if (i)
			buf_addc(&b, between);
		buf_str_add(&b, list->v[i]);
	}
	return buf_str(&b);
}

static const char *const *
environment(struct apply *ap, struct arena *a, const struct base_recipe *r)
{
	const struct {
		const char *name;
		struct str value;
	} pairs[] = {
		{"PATH", str_printf(a, "%s:/usr/sbin:/sbin", ap->search_path)},
		{"LC_ALL", STR("C")},
		{"HOME", STR("/nonexistent")},
		/* mmdebstrap gives no file a later time, and so packs the same tar again. */
		{"SOURCE_DATE_EPOCH", STR("315532800")},
		{"PKG_DEPEXTS", joined(a, &r->depexts, ' ')},
		{"http_proxy", ap->fetch.http_proxy},
		{"https_proxy", ap->fetch.https_proxy},
		{"no_proxy", ap->fetch.no_proxy},
	};
	const char **env = arena_array(a, const char *, COUNT_OF(pairs) + 1);
	size_t n = 0;

	for (size_t i = 0; i < COUNT_OF(pairs); i++)
		if (pairs[i].value.n)
			env[n++] = arena_printf(a, "%s=" STR_FMT, pairs[i].name, STR_ARG(pairs[i].value));
	return env;
}

static const char *const *
arguments(struct arena *a, const struct base_recipe *r, const char *tar)
{
	const char **argv = arena_array(a, const char *, r->sources.n + 12);
	size_t n = 0;

	argv[n++] = "mmdebstrap";
	argv[n++] = r->mode_root ? "--mode=root" : "--mode=unshare";
	argv[n++] = "--variant=minbase";
	argv[n++] = "--format=tar";
	argv[n++] = arena_printf(a, "--include=" STR_FMT, STR_ARG(joined(a, &r->with, ',')));
	if (r->depexts.n)
		argv[n++] = arena_printf(a, "--customize-hook=%s", hook);
	argv[n++] = str_c(a, r->suite);
	argv[n++] = tar;
	for (size_t i = 0; i < r->sources.n; i++)
		argv[n++] = str_c(a, r->sources.v[i]);
	return argv;
}

static struct opam_strings
missing_in(struct arena *a, struct str text)
{
	static const char word[] = "pkg-missing ";
	struct map found = map_new(a);
	struct str line;

	while (str_cut(&text, '\n', &line))
		if (str_starts(line, word))
			map_set(&found, str_sub(line, sizeof(word) - 1, line.n), a);
	return sorted_keys(a, &found);
}

static int
bootstrap(struct apply *ap, struct arena *a, const struct base_recipe *r, const char *tar,
	  struct opam_strings *missing, struct err *e)
{
	struct proc p = {.argv = arguments(a, r, tar),
			 .env = environment(ap, a, r),
			 .err_to_out = 1,
			 .out = PROC_CAPTURE,
			 .timeout = CREATE_SECONDS};
	struct proc_result out;

	if (proc_run(a, &p, &out, e) < 0) {
		if (e->code == ERR_NOTFOUND)
			err_hint(e, "install it: apt install mmdebstrap");
		return -1;
	}
	if (out.status == 0) {
		*missing = missing_in(a, out.out);
		return 0;
	}
	err_set(e, ERR_FETCH, "mmdebstrap failed with status %d", out.status);
	err_note(e, STR_FMT, STR_ARG(str_sub(out.out, out.out.n > TAIL ? out.out.n - TAIL : 0, TAIL)));
	if (!r->mode_root)
		err_hint(e, "an ordinary user needs the package uidmap, a line in /etc/subuid and user "
			    "namespaces");
	return err_hint(e, "`pkg nightly base import NAME FILE` takes a tar that was made elsewhere");
}

int
base_create(struct apply *ap, struct arena *a, const struct base_recipe *r, struct base *out,
	    struct opam_strings *missing, struct err *e)
{
	struct scratch scratch;
	const char *tar;
	int rc;

	*missing = (struct opam_strings){0};
	if (ap->fetch.offline)
		return err_set(e, ERR_OFFLINE, "a base image is made of packages from a mirror");
	if (root_scratch(ap->root, a, &scratch, e) < 0)
		return -1;
	tar = arena_printf(a, "%s/new.tar", scratch.path);
	rc = bootstrap(ap, a, r, tar, missing, e);
	if (rc == 0)
		rc = base_adopt(ap, a, r->name, tar, out, e);
	root_scratch_end(ap->root, &scratch);
	if (rc < 0)
		return err_note(e, "while making the base image " STR_FMT, STR_ARG(r->name));
	return 0;
}
