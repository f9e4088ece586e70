#include "apply/pins.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "opam/version.h"

int
pin_source(struct arena *a, struct str url, struct opam_source *out, struct err *e)
{
	*out = (struct opam_source){.present = true};
	if (opam_url(str_dup(a, url), &out->src, e) < 0)
		return -1;
	if (out->src.backend == URL_REPO || out->src.backend == URL_APT)
		return err_set(e, ERR_USAGE, "a pin is a Git address or a folder, not '%.*s'", STR_ARG(url));
	return 0;
}

/* The repository's newest definition for the name, or of the pinned version. */
static int
definition_of_repos(struct session *s, struct arena *a, struct pinned *p, struct opam_definition *d,
		    struct err *e)
{
	struct store *store = s->ap->root->store;
	struct repo_packages found = {0};
	const struct repo_package *best = NULL;

	if (repo_versions(store, a, &s->ap->repos, p->pin->name, &found, e) < 0)
		return -1;
	for (size_t i = 0; i < found.n && !best; i++)
		if (!p->pin->version.n || str_eq(found.v[i].version, p->pin->version))
			best = &found.v[i];
	if (!best && found.n)
		best = &found.v[0];
	if (!best) {
		err_set(e, ERR_NOTFOUND,
			"%.*s has no definition: neither its source nor a repository has one",
			STR_ARG(p->pin->name));
		return err_hint(e, "add a file %.*s.opam to the source", STR_ARG(p->pin->name));
	}
	if (repo_definition(store, a, best, d, e) < 0)
		return -1;
	p->universe.definition_id = best->definition;
	p->universe.folder = best->folder;
	p->universe.repo = best->repo;
	if (!p->universe.version.n)
		p->universe.version = best->version;
	return 0;
}

static int
definition_of_source(struct session *s, struct arena *a, struct pinned *p, struct opam_definition *d,
		     bool *found, struct err *e)
{
	struct str name = p->pin->name;
	const char *places[] = {arena_printf(a, "%.*s.opam", STR_ARG(name)),
				arena_printf(a, "opam/%.*s.opam", STR_ARG(name)), "opam", "opam/opam"};
	struct store *store = s->ap->root->store;

	*found = false;
	for (size_t i = 0; i < COUNT_OF(places); i++) {
		struct store_entry entry;
		struct err missing;
		struct str text;

		if (store_tree_find(store, a, &p->source.tree, places[i], &entry, &missing) < 0)
			continue;
		if (entry.mode != MODE_FILE && entry.mode != MODE_EXEC)
			continue;
		if (store_blob_read(store, a, &entry.id, &text, e) < 0)
			return -1;
		if (opam_definition(a, arena_printf(a, "%.*s:%s", STR_ARG(p->pin->url), places[i]), text, d,
				    e) < 0)
			return -1;
		p->universe.definition_id = entry.id;
		if (!p->universe.version.n)
			p->universe.version = d->version.n ? d->version : STR("dev");
		*found = true;
		return 0;
	}
	return 0;
}

int
pin_resolve(struct session *s, struct arena *a, const struct state_pin *pin, struct pinned *out,
	    struct err *e)
{
	struct opam_definition *d = arena_new(a, struct opam_definition);
	struct opam_source source;
	bool found;

	*out = (struct pinned){.pin = pin,
			       .universe = {.name = pin->name, .version = pin->version, .url = pin->url}};
	if (pin_source(a, pin->url, &source, e) < 0)
		return -1;
	if (fetch_source(&s->ap->fetch, a,
			 &(struct fetch_request){.package = pin->name, .source = &source, .pinned = true},
			 &out->source, e) < 0)
		return err_note(e, "while fetching the pin of %.*s", STR_ARG(pin->name));
	if (definition_of_source(s, a, out, d, &found, e) < 0 ||
	    (!found && definition_of_repos(s, a, out, d, e) < 0))
		return err_note(e, "while reading the definition of the pin of %.*s", STR_ARG(pin->name));
	out->universe.definition = d;
	return 0;
}

static int
pin_from_record(struct session *s, struct arena *a, const struct state_pin *pin, const struct record *record,
		struct pinned *out, struct err *e)
{
	struct opam_definition *d = arena_new(a, struct opam_definition);
	struct str text;

	if (store_blob_read(s->ap->root->store, a, &record->definition, &text, e) < 0 ||
	    opam_definition(a, arena_printf(a, "packages/%.*s/opam", STR_ARG(pin->name)), text, d, e) < 0)
		return -1;
	*out = (struct pinned){.pin = pin,
			       .universe = {.name = pin->name,
					    .version = record->version,
					    .url = pin->url,
					    .definition = d,
					    .definition_id = record->definition},
			       .source = record->source,
			       .from_record = true};
	return 0;
}

int
pins_resolve(struct session *s, struct arena *a, bool (*fresh)(const void *ctx, struct str name),
	     const void *ctx, bool may_fetch, struct pinned **out, size_t *n, struct err *e)
{
	struct pinned *list = arena_array(a, struct pinned, s->state.pin_count + 1);

	*n = 0;

	for (size_t i = 0; i < s->state.pin_count; i++) {
		const struct state_pin *pin = &s->state.pins[i];
		const struct record *record = state_record(&s->state, pin->name);
		bool same = record && str_eq(record->source.url, pin->url) &&
			    (!pin->version.n || str_eq(pin->version, record->version));

		if (same && !fresh(ctx, pin->name)) {
			if (pin_from_record(s, a, pin, record, &list[(*n)++], e) < 0)
				return -1;
		} else if (may_fetch && pin_resolve(s, a, pin, &list[(*n)++], e) < 0) {
			return err_hint(e, "`pkg pin remove %.*s` gives it up", STR_ARG(pin->name));
		}
	}
	*out = list;
	return 0;
}

/* --- the pins of a state --- */

static int
by_name(const void *a, const void *b)
{
	return str_cmp(((const struct state_pin *)a)->name, ((const struct state_pin *)b)->name);
}

void
pins_replace(struct arena *a, const struct state *s, struct str name, const struct state_pin *pin,
	     struct state *next)
{
	struct state_pin *pins = arena_array(a, struct state_pin, s->pin_count + 1);
	size_t n = 0;

	for (size_t i = 0; i < s->pin_count; i++)
		if (!str_eq(s->pins[i].name, name))
			pins[n++] = s->pins[i];
	if (pin)
		pins[n++] = *pin;
	qsort(pins, n, sizeof(*pins), by_name);
	*next = *s;
	next->pins = pins;
	next->pin_count = n;
}

/* --- what an address defines --- */

static int
by_text(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* "tool" of https://host/path/tool.git#main */
static struct str
last_part(struct str url)
{
	ptrdiff_t hash = str_chr(url, '#');

	if (hash >= 0)
		url.n = (size_t)hash;
	while (url.n && url.s[url.n - 1] == '/')
		url.n--;
	url = str_sub(url, (size_t)(str_rchr(url, '/') + 1), url.n);
	return str_ends(url, ".git") ? str_sub(url, 0, url.n - strlen(".git")) : url;
}

static int
definitions_in(struct store *store, struct arena *a, const struct oid *tree, struct str url,
	       struct opam_strings *out, struct err *e)
{
	struct store_entries entries = {0};

	if (store_tree_list(store, a, tree, &entries, e) < 0)
		return -1;
	out->v = arena_array(a, struct str, entries.n + 1);
	out->n = 0;
	for (size_t i = 0; i < entries.n; i++) {
		const struct store_entry *entry = &entries.v[i];
		struct str name = entry->name;

		if (entry->mode != MODE_FILE && entry->mode != MODE_EXEC)
			continue;
		if (str_is(name, "opam"))
			name = last_part(url);
		else if (str_ends(name, ".opam"))
			name.n -= strlen(".opam");
		else
			continue;
		if (opam_name_valid(name))
			out->v[out->n++] = name;
	}
	qsort(out->v, out->n, sizeof(*out->v), by_text);
	return 0;
}

int
pins_defined(struct apply *ap, struct arena *a, struct str url, struct opam_strings *out, struct err *e)
{
	struct store *store = ap->root->store;
	struct store_entry folder;
	struct opam_source source;
	struct fetched fetched;
	struct err none;

	if (pin_source(a, url, &source, e) < 0 ||
	    fetch_source(&ap->fetch, a,
			 &(struct fetch_request){.package = url, .source = &source, .pinned = true}, &fetched,
			 e) < 0)
		return -1;
	if (definitions_in(store, a, &fetched.tree, url, out, e) < 0)
		return -1;
	if (!out->n && store_tree_find(store, a, &fetched.tree, "opam", &folder, &none) == 0 &&
	    folder.mode == MODE_DIR && definitions_in(store, a, &folder.id, url, out, e) < 0)
		return -1;
	if (out->n)
		return 0;
	err_set(e, ERR_NOTFOUND, "there is no package definition in " STR_FMT, STR_ARG(url));
	if (fetched.untracked)
		err_hint(e, "files that Git does not track are left out: git add NAME.opam");
	return err_hint(e, "a file NAME.opam at its root defines the package NAME");
}
