#include "cli/ctx.h"
#include "cli/listing.h"
#include "cli/out.h"
#include "repo/search.h"

static int
add_json(struct listing *l, const struct search_hits *hits, size_t limit, struct err *e)
{
	struct json *j = out_data(l->c);

	json_key_array(j, "packages");
	for (size_t i = 0; i < hits->n && i < limit; i++) {
		json_object(j);
		if (listing_json(l, j, hits->v[i].version, e) < 0)
			return -1;
		json_key_int(j, "score", hits->v[i].score);
		json_key_bool(j, "typo", hits->v[i].typo);
		json_end(j);
	}
	json_end(j);
	json_key_int(j, "found", (int64_t)hits->n);
	return 0;
}

static int
show_text(struct listing *l, const struct search_hits *hits, size_t limit, bool shortly, struct err *e)
{
	static struct str columns[] = {{"name", 4}, {"version", 7}, {"state", 5}, {"synopsis", 8}};
	struct selected list = {0};

	for (size_t i = 0; i < hits->n && i < limit; i++)
		vec_push(l->c->a, &list, hits->v[i].version);
	l->columns = (struct opam_strings){columns, shortly ? 1 : COUNT_OF(columns)};
	if (listing_rows(l, &list, e) < 0)
		return -1;
	if (!hits->n)
		out_message(l->c, "nothing is found\n");
	else if (hits->v[0].typo)
		out_message(l->c, "note: no package has a word spelt like this; these are near it\n");
	if (hits->n > limit)
		out_message(l->c, "note: %zu more (--limit=N)\n", hits->n - limit);
	return 0;
}

static int
run(struct ctx *c, const struct opam_strings *words, size_t limit, bool shortly, struct err *e)
{
	struct search_hits hits;
	struct listing l;

	if (listing_new(c, LISTING_BOTH, &l, e) < 0 || catalog_open(&l.catalog, NULL, NULL, e) < 0 ||
	    search_words(&l.catalog, words, &hits, e) < 0)
		return -1;
	if (c->global.json && add_json(&l, &hits, limit, e) < 0)
		return -1;
	return show_text(&l, &hits, limit, shortly, e);
}

int
cmd_search(struct ctx *c, int argc, char **argv, struct err *e)
{
	bool shortly = false;
	long limit = 0;
	const struct opt options[] = {
		{OPT_FLAG, 's', "short", NULL, "names only, one a line", &shortly},
		{OPT_INT, 0, "limit", "N", "the best N; 0: all", &limit},
		{.name = NULL},
	};
	struct opam_strings words = {0};
	int n;

	if (cmd_options(c, options, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	words.v = arena_array(c->a, struct str, (size_t)n + 1);
	for (int i = 0; i < n; i++)
		if (*argv[i])
			words.v[words.n++] = str_of(argv[i]);
	if (!words.n)
		return err_set(e, ERR_USAGE, "which words?"), err_hint(e, "pkg search WORD...");
	if (limit < 0)
		return err_set(e, ERR_USAGE, "--limit: %ld is no number of packages", limit);
	return run(c, &words, limit ? (size_t)limit : SIZE_MAX, shortly, e);
}
