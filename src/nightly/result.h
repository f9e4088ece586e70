/* result.h - nights in the store: one commit per run in refs/pkg/nightly/<name>.
 *
 *	summary.json			base, platform, repositories, what was selected, counts
 *	packages/<name>.json		state, version, key, input id, reason, dependencies
 *	failed/<2 hex>/<key>.json	what failed with which key: it is not built again to fail again
 *
 * Trees are canonical and hold no time, so equal nights have equal trees; durations stand in the
 * commit's message.
 */
#ifndef NIGHTLY_RESULT_H
#define NIGHTLY_RESULT_H

#include "nightly/night.h"

struct night_cost {
	long wall_ms, cpu_ms;
};
int night_commit(struct night *n, const struct ledger_note *note, struct night_cost cost, struct oid *out,
		 struct err *e);
/* Fills n->failures from the night before. */
int night_remember(struct night *n, struct err *e);

/* A package of a night as it is in the store. */
struct night_row {
	struct str name, version, key, input_id;
	struct night_fate fate;
	struct opam_strings deps;
};
struct night_result {
	struct oid commit;
	struct str name; /* of the night */
	struct str base, digest, selection;
	struct str distribution, version;
	struct state_repo *repos;
	size_t repo_count;
	size_t counts[NIGHT_STATE_COUNT];
	struct night_row *rows; /* sorted by name */
	size_t row_count;
	int64_t time;
	struct night_cost cost;
	struct oid parent; /* the night before, or none */
};
int night_read(struct store *s, struct arena *a, struct str name, const struct oid *commit,
	       struct night_result *out, struct err *e);
const struct night_row *night_row(const struct night_result *r, struct str name);

/* NAME, NAME~N (N runs before the last) or a commit; "" is the night that ran last. ERR_NOTFOUND. */
int night_find(struct store *s, struct arena *a, struct str text, struct str *name, struct oid *commit,
	       struct err *e);

/* A package whose state is another in B than in A. */
struct night_difference {
	struct str name;
	const struct night_row *was, *now; /* either may be NULL */
	enum { DIFF_BROKEN, DIFF_MENDED, DIFF_CHANGED, DIFF_NEW, DIFF_GONE } kind;
};
void night_diff(struct arena *a, const struct night_result *was, const struct night_result *now,
		struct night_difference **out, size_t *n);

/* report.c: a site of plain HTML in a folder, which is made: index.html, style.css, p/<name>.html. */
int night_report(const struct root *root, struct arena *a, const struct night_result *now, const char *dir,
		 struct err *e);

/* since.c: the names whose definition, or whose source in a repository's own folder, is another now
 * than at a revision: a commit or any name that Git has for one. Sorted. */
int night_since(struct apply *ap, struct arena *a, const char *revision, struct opam_strings *out,
		struct err *e);

#endif
