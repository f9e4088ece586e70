#include "repo/search.h"

#include <stdlib.h>
#include <strings.h>

/* What a word is worth by where it stands, and a package by how many need it. */
enum {
	NAME_IS = 1000,
	NAME_PART = 600, /* one of the parts between - _ . + */
	NAME_STARTS = 500,
	NAME_PART_STARTS = 350,
	NAME_HOLDS = 300,
	TAG_IS = 200,
	SYNOPSIS_WORD = 100,
	TAG_HOLDS = 60,
	SYNOPSIS_HOLDS = 40,
	NEAR = 200,     /* less by distance */
	USERS = 60,     /* for each doubling of those that depend on it */
	SHORT_WORD = 3, /* whatever is one letter off is another word */
	LONG_WORD = 6,  /* two letters may be wrong */
};

/* --- texts without regard to case --- */

static bool
same(struct str a, struct str b)
{
	return a.n == b.n && strncasecmp(a.s, b.s, a.n) == 0;
}

static bool
starts(struct str text, struct str word)
{
	return text.n >= word.n && strncasecmp(text.s, word.s, word.n) == 0;
}

static bool
is_part_end(char c)
{
	return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c & 0x80));
}

static bool
next_part(struct str *rest, struct str *part)
{
	size_t n = 0;

	while (rest->n && is_part_end(rest->s[0]))
		*rest = str_sub(*rest, 1, rest->n);
	while (n < rest->n && !is_part_end(rest->s[n]))
		n++;
	*part = str_sub(*rest, 0, n);
	*rest = str_sub(*rest, n, rest->n);
	return n > 0;
}

enum where { NOWHERE, HOLDS, PART_STARTS, STARTS, PART, IS };

/* The best way in which a text has a word. */
static enum where
find(struct str text, struct str word)
{
	enum where best = NOWHERE;
	struct str rest = text, part;

	if (same(text, word))
		return IS;
	while (next_part(&rest, &part)) {
		if (same(part, word))
			return PART;
		if (starts(part, word))
			best = PART_STARTS;
	}
	if (starts(text, word))
		return STARTS;
	for (size_t i = 0; !best && i + word.n <= text.n; i++)
		if (strncasecmp(text.s + i, word.s, word.n) == 0)
			best = HOLDS;
	return best;
}

/* --- one word, one package --- */

static unsigned
more(unsigned score, unsigned other)
{
	return score > other ? score : other;
}

static unsigned
score_word(const struct catalog_version *v, struct str word)
{
	static const unsigned names[] = {[HOLDS] = NAME_HOLDS,
					 [PART_STARTS] = NAME_PART_STARTS,
					 [STARTS] = NAME_STARTS,
					 [PART] = NAME_PART,
					 [IS] = NAME_IS};
	enum where where = find(v->slim->synopsis, word);
	unsigned score = names[find(v->name, word)];

	for (size_t i = 0; i < v->slim->tags.n; i++) {
		enum where tag = find(v->slim->tags.v[i], word);

		score = more(score, tag >= PART ? TAG_IS : tag ? TAG_HOLDS : 0);
	}
	return more(score, where >= PART ? SYNOPSIS_WORD : where ? SYNOPSIS_HOLDS : 0);
}

static unsigned
limit_of(struct str word)
{
	return word.n <= SHORT_WORD ? 0 : word.n < LONG_WORD ? 1 : 2;
}

/* The distance from a name, or from one of its parts. */
static unsigned
near_word(const struct catalog_version *v, struct str word)
{
	unsigned limit = limit_of(word), whole = str_distance(v->name, word, limit);
	unsigned best = whole <= limit ? whole : limit + 2;
	struct str rest = v->name, part;

	while (next_part(&rest, &part)) {
		unsigned distance = str_distance(part, word, limit);

		if (distance <= limit && distance + 1 < best)
			best = distance + 1; /* the whole name fits better than a part */
	}
	return best <= limit + 1 ? NEAR / (best + 1) : 0;
}

/* --- how many depend on it --- */

/* Names stand where no condition is. */
static void
count_names(const struct catalog *c, const struct opam_value *value, unsigned *users)
{
	const struct catalog_name *name;

	if (!value)
		return;
	name = value->kind == OPAM_STRING ? catalog_find(c, value->s) : NULL;
	if (name)
		users[name - c->names]++;
	for (size_t i = 0; i < value->n && (i < 1 || value->kind != OPAM_OPTION); i++)
		count_names(c, value->kids[i], users);
}

static unsigned
bonus(unsigned users)
{
	unsigned n = 0;

	for (; users; users >>= 1)
		n += USERS;
	return n;
}

/* --- all --- */

struct words {
	const struct opam_strings *list;
	bool *found; /* somewhere, as written */
};

static void
mark_found(struct catalog *c, struct catalog_version *const *best, struct words *w)
{
	for (size_t i = 0; i < w->list->n; i++)
		for (size_t j = 0; j < c->n && !w->found[i]; j++)
			w->found[i] = score_word(best[j], w->list->v[i]) > 0;
}

/* 0: not every word is there. */
static unsigned
score_all(const struct catalog_version *v, const struct words *w, bool *typo)
{
	unsigned sum = 0;

	*typo = false;
	for (size_t i = 0; i < w->list->n; i++) {
		unsigned score = w->found[i] ? score_word(v, w->list->v[i]) : near_word(v, w->list->v[i]);

		if (!score)
			return 0;
		*typo |= !w->found[i];
		sum += score;
	}
	return sum;
}

static int
by_score(const void *left, const void *right)
{
	const struct search_hit *l = left, *r = right;

	if (l->score != r->score)
		return l->score > r->score ? -1 : 1;
	if (l->version->installed != r->version->installed)
		return l->version->installed ? -1 : 1;
	if (l->version->name.n != r->version->name.n)
		return l->version->name.n < r->version->name.n ? -1 : 1;
	return str_cmp(l->version->name, r->version->name);
}

/* One version of each name: what it is called and said to be hardly differs between versions. */
static int
choose(struct catalog *c, struct catalog_version **best, struct err *e)
{
	for (size_t i = 0; i < c->n; i++)
		if (catalog_best(c, &c->names[i], NULL, NULL, &best[i], e) < 0 ||
		    catalog_slim(c, best[i], e) < 0)
			return -1;
	return 0;
}

int
search_words(struct catalog *c, const struct opam_strings *words, struct search_hits *out, struct err *e)
{
	struct catalog_version **best = arena_array(c->a, struct catalog_version *, c->n + 1);
	unsigned *users = arena_array(c->a, unsigned, c->n + 1);
	struct words w = {words, arena_array(c->a, bool, words->n + 1)};

	*out = (struct search_hits){0};
	if (choose(c, best, e) < 0)
		return -1;
	mark_found(c, best, &w);
	for (size_t i = 0; i < c->n; i++)
		count_names(c, best[i]->slim->depends, users);
	for (size_t i = 0; i < c->n; i++) {
		struct search_hit hit = {.version = best[i]};

		hit.score = score_all(best[i], &w, &hit.typo);
		if (!hit.score)
			continue;
		hit.score += bonus(users[i]);
		vec_push(c->a, out, hit);
	}
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), by_score);
	return 0;
}
