/* bench-parse.c - how fast all definitions of a repository are read: `bench-parse REPOSITORY [ROUNDS]`.
 *
 * The repository is a bare clone of the data bundle. Its definitions are read into memory first; what
 * is measured is CPU time of this process, the best of the rounds, in three ways: every byte looked at
 * once (what no parser can beat), the tree, and the tree with typed fields.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "opam/definition.h"
#include "opam/parse.h"
#include "store/store.h"

/* What a hand-written parser of this format was measured to reach at most, in MB/s. */
enum { LIMIT_LOW = 270, LIMIT_HIGH = 280, WANTED = 200 };

struct corpus {
	struct store *store;
	struct arena a;
	VEC(struct str) texts;
	size_t bytes;
};

static int
add(void *ctx, const char *path, unsigned mode, const struct oid *id, struct err *e)
{
	struct corpus *c = ctx;
	const char *slash = strrchr(path, '/');
	struct str text;

	(void)mode;
	if (strcmp(slash ? slash + 1 : path, "opam") != 0)
		return 0;
	if (store_blob_read(c->store, &c->a, id, &text, e) < 0)
		return -1;
	vec_push(&c->a, &c->texts, text);
	c->bytes += text.n;
	return 0;
}

static int
load(struct corpus *c, const char *dir, struct err *e)
{
	static const char *const heads[] = {"refs/heads/master", "refs/heads/main"};
	struct store_commit commit;
	struct oid id = {0};

	c->store = store_open(dir, false, e);
	if (!c->store)
		return -1;
	for (size_t i = 0; i < COUNT_OF(heads) && !oid_is(&id); i++)
		if (store_ref_get(c->store, heads[i], &id, e) < 0)
			id = (struct oid){0};
	if (!oid_is(&id) || store_commit_read(c->store, &c->a, &id, &commit, e) < 0)
		return -1;
	return store_tree_walk(c->store, &commit.tree, add, c, e);
}

static double
cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Each gives something that depends on all it has read, so that nothing of it can be left out. */
typedef size_t reader(struct arena *a, struct str text);

static size_t
look(struct arena *a, struct str text)
{
	size_t sum = 0;

	(void)a;
	for (size_t i = 0; i < text.n; i++)
		sum = sum * 31 + (unsigned char)text.s[i];
	return sum;
}

static size_t
parse(struct arena *a, struct str text)
{
	struct opam_text t;
	struct err e;

	return opam_parse(a, "opam", text, &t, &e) < 0 ? 0 : t.n;
}

static size_t
typed(struct arena *a, struct str text)
{
	struct opam_definition d;
	struct err e;

	return opam_definition(a, "opam", text, &d, &e) < 0 ? 0 : d.text.n;
}

static volatile size_t sink;

static double
measure(const struct corpus *c, reader *read, int rounds)
{
	double best = 0;

	for (int round = 0; round < rounds; round++) {
		double from = cpu_ms(), took;

		for (size_t i = 0; i < c->texts.n; i++) {
			struct arena a = {0};

			sink = sink + read(&a, c->texts.v[i]);
			arena_free(&a);
		}
		took = cpu_ms() - from;
		if (!round || took < best)
			best = took;
	}
	return best;
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		reader *read;
	} ways[] = {{"look at each byte", look}, {"parse", parse}, {"parse and type", typed}};
	int rounds = argc > 2 ? atoi(argv[2]) : 5, status = 0;
	struct corpus c = {0};
	struct err e = {0};

	if (argc < 2 || rounds < 1) {
		fputs("usage: bench-parse REPOSITORY [ROUNDS]\n", stderr);
		return 2;
	}
	if (load(&c, argv[1], &e) < 0 || !c.bytes) {
		fprintf(stderr, "bench-parse: %s\n", *e.msg ? e.msg : "no definitions");
		return 1;
	}
	printf("%zu definitions, %zu bytes\n", c.texts.n, c.bytes);
	for (size_t i = 0; i < COUNT_OF(ways); i++) {
		double ms = measure(&c, ways[i].read, rounds);

		printf("%-18s %8.1f ms CPU  %11.0f bytes/s\n", ways[i].name, ms, (double)c.bytes / ms * 1e3);
		if (ways[i].read == parse && (double)c.bytes / ms < WANTED * 1e3)
			status = 1;
	}
	printf("wanted: %d MB/s; limit of a parser written by hand: %d to %d MB/s\n", WANTED, LIMIT_LOW,
	       LIMIT_HIGH);
	store_close(c.store);
	arena_free(&c.a);
	return status;
}
