/* The build prefix: found, replaced, and restored to the byte. */
#include "switch/prefix.h"

#include <stdlib.h>

#include "../tap.h"

static const char prefix[] = BUILD_PREFIX;
static uint64_t seed = 1;

static unsigned
roll(unsigned n)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (unsigned)(seed >> 33) % n;
}

/* Live paths of 2, 10, 23, 95 and 96 bytes. */
static const char *const lives[] = {
	"/x",
	"/opt/xen/1",
	"/home/me/.pkg/switch/x9",
	"/home/somebody/with/a/long/name/and/a/long/way/down/local/share/pkg/switches/the-switch-of-95-b",
	"/home/somebody/with/a/long/name/and/a/long/way/down/local/share/pkg/switches/the-switch-of-96-by",
};

/* Pieces of the prefix, whole ones, numbers before them, bytes that are like it. */
static struct str
random_file(struct arena *a, bool binary, bool pieces)
{
	char *s = arena_alloc(a, 4096);
	size_t n = 0;

	for (unsigned parts = roll(12); parts; parts--) {
		unsigned from, length;

		switch (roll(pieces ? 7 : 5)) {
		case 0:
		case 1:
			memcpy(s + n, BUILD_PREFIX, BUILD_PREFIX_LEN);
			n += BUILD_PREFIX_LEN;
			break;
		case 2:
			n += (size_t)sprintf(s + n, "%u%s", roll(200), roll(2) ? ":" : "");
			break;
		case 3:
			for (unsigned i = roll(9); i; i--)
				s[n++] = binary && !roll(3) ? '\0' : (char)(32 + roll(90));
			break;
		case 4: /* up to seven bytes of it are nothing */
			length = roll(8);
			from = roll(BUILD_PREFIX_LEN - length);
			memcpy(s + n, &prefix[from], length);
			n += length;
			s[n++] = '#';
			break;
		default:
			length = 8 + roll(80);
			from = roll(BUILD_PREFIX_LEN - length);
			memcpy(s + n, &prefix[from], length);
			n += length;
		}
	}
	return (struct str){s, n};
}

static bool
at_prefix(struct str b, size_t i)
{
	return b.n - i >= BUILD_PREFIX_LEN && memcmp(b.s + i, BUILD_PREFIX, BUILD_PREFIX_LEN) == 0;
}

/* The same by trying every place. */
static bool
piece_by_hand(struct str b)
{
	for (size_t i = 0; i + 8 <= b.n; i++)
		for (size_t j = 0; j + 8 <= BUILD_PREFIX_LEN; j++)
			if (memcmp(b.s + i, &prefix[j], 8) == 0 && !(i >= j && at_prefix(b, i - j)))
				return true;
	return false;
}

static bool
hits_by_hand(struct str b, const struct prefix_hits *hits)
{
	size_t n = 0;

	for (size_t i = 0; i < b.n; i++)
		if (at_prefix(b, i) && (n >= hits->n || hits->offsets[n++] != i))
			return false;
	return n == hits->n;
}

static void
test_scan(void)
{
	struct arena a = {0};
	bool hits_good = true, pieces_good = true;
	unsigned with_piece = 0;
	struct prefix_hits h;

	for (unsigned i = 0; i < 20000; i++) {
		struct str b = random_file(&a, i % 2, i % 3 == 0);
		struct prefix_hits hits;

		prefix_scan(&a, b, &hits);
		hits_good &= hits_by_hand(b, &hits);
		pieces_good &= hits.unmovable == piece_by_hand(b);
		with_piece += hits.unmovable;
		if (i % 100 == 99)
			arena_free(&a);
	}
	OK(hits_good, "the whole ones in 20,000 files, as by hand");
	OK(pieces_good && with_piece > 1000, "the pieces, as by hand (%u)", with_piece);

	prefix_scan(&a, STR("nothing here"), &h);
	OK(h.n == 0 && !h.unmovable && !h.binary, "a file without it");
	prefix_scan(&a, STR(""), &h);
	OK(h.n == 0 && !h.unmovable && !h.binary, "an empty file");
	prefix_scan(&a, (struct str){"a" BUILD_PREFIX "/lib\0" BUILD_PREFIX, 2 * 96 + 6}, &h);
	OK(h.n == 2 && h.offsets[0] == 1 && h.offsets[1] == 102 && h.binary && !h.unmovable,
	   "two of them, and a NUL");
	prefix_scan(&a, str_sub(STR("xyz" BUILD_PREFIX), 0, 98), &h);
	OK(h.n == 0 && h.unmovable && h.piece == 3, "all but the last byte: a piece, and its place");
	prefix_scan(&a, str_sub(STR(BUILD_PREFIX), 89, 7), &h);
	OK(!h.unmovable, "seven bytes are no piece");
	prefix_scan(&a, str_sub(STR(BUILD_PREFIX BUILD_PREFIX), 0, 192), &h);
	OK(h.n == 2 && !h.unmovable, "one directly after the other");
	arena_free(&a);
}

static void
test_way_back(const char *live)
{
	struct arena a = {0};
	bool exact = true, kept = true, gone = true, refused = true;

	for (unsigned i = 0; i < 4000; i++) {
		struct str stored = random_file(&a, i % 2, false), there, back = {0};
		struct prefix_hits h;
		struct err e;

		prefix_scan(&a, stored, &h);
		there = prefix_to_live(&a, stored, h.offsets, h.n, h.binary, live);
		kept &= !h.binary || there.n == stored.n;
		gone &= !memmem(there.s, there.n, BUILD_PREFIX, BUILD_PREFIX_LEN);
		exact &= prefix_to_stored(&a, there, h.offsets, h.n, h.binary, live, &back, &e) == 0 &&
			 str_eq(back, stored);
		if (h.n) {
			struct str cut = str_sub(there, 0, there.n - 1 - roll((unsigned)there.n));

			/* A shortened file either is refused or does not come back as the stored one. */
			refused &= prefix_to_stored(&a, cut, h.offsets, h.n, h.binary, live, &back, &e) < 0 ||
				   !str_eq(back, stored);
		}
		if (i % 100 == 99)
			arena_free(&a);
	}
	OK(exact, "4,000 files come back exactly from %s", live);
	OK(kept, "files with NUL keep their length");
	OK(gone, "no build prefix is left");
	OK(refused, "a changed file is not taken for the stored one");
	arena_free(&a);
}

static struct str
live_of(struct arena *a, struct str stored, const char *live)
{
	struct prefix_hits h;

	prefix_scan(a, stored, &h);
	return prefix_to_live(a, stored, h.offsets, h.n, h.binary, live);
}

static void
test_forms(void)
{
	struct arena a = {0};
	struct str got;

	got = live_of(&a, STR("#!" BUILD_PREFIX "/bin/sh\n"), "/opt/xen");
	EQ_STR(str_c(&a, got), "#!/opt/xen/bin/sh\n", "text gets the plain path");
	got = live_of(&a, STR("(103:" BUILD_PREFIX "/lib/ml)"), "/opt/xen");
	EQ_INT(got.n, 5 + 96 + 8, "after a number the length stays");
	OK(str_starts(got, "(103:/opt////////") && str_ends(got, "///xen/lib/ml)"),
	   "by slashes before the last name");
	got = live_of(&a, STR("x7" BUILD_PREFIX), "/opt/xen");
	EQ_INT(got.n, 98, "a number without colon counts too");
	got = live_of(&a, STR("PATH=/bin:" BUILD_PREFIX "/bin"), "/opt/xen");
	EQ_STR(str_c(&a, got), "PATH=/bin:/opt/xen/bin", "a colon without number does not");
	got = live_of(&a, STR("9:" BUILD_PREFIX BUILD_PREFIX), "/opt/x9");
	EQ_INT(got.n, 2 + 96 + 7, "the end of a live path is no number before the next");
	arena_free(&a);
}

static void
test_live_ok(void)
{
	char path[99] = "/";
	struct err e;

	memset(path + 1, 'a', 95);
	OK(prefix_live_ok(path, &e) == 0, "96 bytes are fine");
	path[96] = 'a';
	OK(prefix_live_ok(path, &e) < 0 && e.code == ERR_CONFIG, "97 are not");
	OK(prefix_live_ok("relative", &e) < 0, "it must be absolute");
	OK(prefix_live_ok("/", &e) < 0 && prefix_live_ok("/a/", &e) < 0 && prefix_live_ok("", &e) < 0,
	   "and name a folder");
	OK(prefix_live_ok("/a\nb", &e) < 0, "without line ends");
}

int
main(void)
{
	test_scan();
	for (size_t i = 0; i < COUNT_OF(lives); i++)
		test_way_back(lives[i]);
	test_forms();
	test_live_ok();
	EQ_INT(strlen(lives[1]), 10, "a live path of 10 bytes");
	EQ_INT(strlen(lives[2]), 23, "of 23");
	EQ_INT(strlen(lives[3]), 95, "of 95");
	EQ_INT(strlen(lives[4]), 96, "of 96");
	return tap_done();
}
