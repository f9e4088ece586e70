/* Finding the build prefix in bytes, and writing the live path in its place. */
#include "switch/prefix.h"

#include <string.h>

#include "base/vec.h"

enum {
	GRAM = 4,        /* no run of so many bytes occurs twice in the prefix */
	PIECE = 8,       /* a run of so many bytes outside a whole prefix cannot be moved */
	SLOTS = 1 << 12, /* of the lookup from four bytes to their place */
};

static const char prefix[] = BUILD_PREFIX;

/* From four bytes to the one place in the prefix where they can stand. */
struct grams {
	uint8_t place[SLOTS]; /* place + 1; 0 is free */
};

static uint32_t
gram_at(const char *at)
{
	uint32_t gram;

	memcpy(&gram, at, sizeof(gram));
	return gram;
}

static size_t
gram_slot(uint32_t gram)
{
	return gram * 0x9e3779b1U >> 20;
}

static void
grams_fill(struct grams *g)
{
	memset(g, 0, sizeof(*g));
	for (size_t i = 0; i + GRAM <= BUILD_PREFIX_LEN; i++) {
		size_t slot = gram_slot(gram_at(prefix + i));

		while (g->place[slot])
			slot = (slot + 1) % SLOTS;
		g->place[slot] = (uint8_t)(i + 1);
	}
}

/* Place of the four bytes in the prefix, or -1. */
static int
grams_find(const struct grams *g, const char *at)
{
	uint32_t gram = gram_at(at);

	for (size_t slot = gram_slot(gram); g->place[slot]; slot = (slot + 1) % SLOTS)
		if (gram_at(prefix + g->place[slot] - 1) == gram)
			return g->place[slot] - 1;
	return -1;
}

/* The longest run around `at` that equals the prefix when byte `at` is its byte `place`. */
static size_t
run_around(struct str bytes, size_t at, size_t place, size_t *start)
{
	size_t back = 0, ahead = GRAM;

	while (back < at && back < place && bytes.s[at - back - 1] == prefix[place - back - 1])
		back++;
	while (at + ahead < bytes.n && place + ahead < BUILD_PREFIX_LEN &&
	       bytes.s[at + ahead] == prefix[place + ahead])
		ahead++;
	*start = at - back;
	return back + ahead;
}

/* A run of eight bytes holds four at each multiple of four, so only those places are looked at; the
 * bytes around a place that fits tell the rest. Each byte is read a bounded number of times. */
int
prefix_scan(struct arena *a, struct str bytes, struct prefix_hits *out)
{
	VEC(uint64_t) hits = {0};
	struct grams grams;
	size_t at = 0;

	*out = (struct prefix_hits){0};
	grams_fill(&grams);
	while (at + GRAM <= bytes.n) {
		int place = grams_find(&grams, bytes.s + at);
		size_t start, n;

		if (place < 0) {
			at += GRAM;
			continue;
		}
		n = run_around(bytes, at, (size_t)place, &start);
		if (n == BUILD_PREFIX_LEN) {
			vec_push(a, &hits, start);
		} else if (n >= PIECE && !out->unmovable) {
			out->unmovable = true;
			out->piece = start;
		}
		at = (start + n) / GRAM * GRAM;
	}
	out->offsets = hits.v;
	out->n = hits.n;
	out->binary = bytes.n && memchr(bytes.s, '\0', bytes.n) != NULL;
	return 0;
}

int
prefix_live_ok(const char *live, struct err *e)
{
	size_t n = strlen(live);

	if (live[0] != '/' || n < 2 || live[n - 1] == '/')
		return err_set(e, ERR_CONFIG,
			       "'%s' cannot be the prefix of a switch: it is not the absolute path "
			       "of a folder",
			       live);
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)live[i] < 0x20 || live[i] == 0x7f)
			return err_set(e, ERR_CONFIG,
				       "the path of the switch has a control character at byte %zu", i + 1);
	if (n > BUILD_PREFIX_LEN) {
		err_set(e, ERR_CONFIG, "the path of the switch has %zu bytes, and %d are the most: %s", n,
			BUILD_PREFIX_LEN, live);
		return err_hint(e, "choose a shorter root with --root or PKGROOT, or a shorter name");
	}
	return 0;
}

/* The live path with slashes added before its last part, so that it has the length of the prefix. */
static void
stretch(const char *live, char out[BUILD_PREFIX_LEN + 1])
{
	size_t n = strlen(live), head = (size_t)(strrchr(live, '/') - live), tail = n - head;

	memcpy(out, live, head);
	memset(out + head, '/', BUILD_PREFIX_LEN - n);
	memcpy(out + BUILD_PREFIX_LEN - tail, live + head, tail);
	out[BUILD_PREFIX_LEN] = '\0';
}

/* Whether the stored bytes before an offset end in a number, as a length would: `96:` or `96`. */
static bool
after_number(const char *stored, uint64_t offset)
{
	if (offset > 1 && stored[offset - 1] == ':')
		offset--;
	return offset > 0 && stored[offset - 1] >= '0' && stored[offset - 1] <= '9';
}

struct str
prefix_to_live(struct arena *a, struct str stored, const uint64_t *offsets, size_t n, bool binary,
	       const char *live)
{
	char wide[BUILD_PREFIX_LEN + 1];
	size_t live_n = strlen(live), from = 0, to = 0;
	char *out = arena_alloc(a, stored.n + 1);

	stretch(live, wide);
	for (size_t i = 0; i < n; i++) {
		bool keep = binary || after_number(stored.s, offsets[i]);
		size_t before = offsets[i] - from;

		memcpy(out + to, stored.s + from, before);
		to += before;
		memcpy(out + to, keep ? wide : live, keep ? BUILD_PREFIX_LEN : live_n);
		to += keep ? BUILD_PREFIX_LEN : live_n;
		from = offsets[i] + BUILD_PREFIX_LEN;
	}
	memcpy(out + to, stored.s + from, stored.n - from);
	return (struct str){out, to + stored.n - from};
}

int
prefix_to_stored(struct arena *a, struct str live_bytes, const uint64_t *offsets, size_t n, bool binary,
		 const char *live, struct str *out, struct err *e)
{
	char wide[BUILD_PREFIX_LEN + 1], *stored;
	size_t live_n = strlen(live), from = 0, to = 0;

	if (n > live_bytes.n)
		return err_set(e, ERR_VERIFY,
			       "the file was changed: it no longer holds the path of its switch");
	stretch(live, wide);
	stored = arena_alloc(a, live_bytes.n + n * BUILD_PREFIX_LEN + 1);
	for (size_t i = 0; i < n; i++) {
		size_t before = offsets[i] - to, want_n;
		bool keep;

		if (offsets[i] < to || before > live_bytes.n - from)
			return err_set(e, ERR_VERIFY, "the file was changed: it ends before byte %llu",
				       (unsigned long long)offsets[i]);
		memcpy(stored + to, live_bytes.s + from, before);
		from += before;
		/* Decided by the stored bytes, as on the way there. */
		keep = binary || after_number(stored, offsets[i]);
		want_n = keep ? BUILD_PREFIX_LEN : live_n;
		if (want_n > live_bytes.n - from ||
		    memcmp(live_bytes.s + from, keep ? wide : live, want_n) != 0)
			return err_set(e, ERR_VERIFY,
				       "the file was changed: the path of its switch is not at byte %zu",
				       from);
		from += want_n;
		memcpy(stored + offsets[i], prefix, BUILD_PREFIX_LEN);
		to = offsets[i] + BUILD_PREFIX_LEN;
	}
	memcpy(stored + to, live_bytes.s + from, live_bytes.n - from);
	*out = (struct str){stored, to + live_bytes.n - from};
	return 0;
}
