/* err.h - one error on its way up to the only folder that prints.
 *
 * Every function that can fail returns int (0 good, -1 bad) or a pointer (NULL bad) and takes
 * `struct err *e` last. On failure it has set *e; on success it has not touched it.
 *
 *	if (!fd)
 *		return err_sys(e, "opening %s", path);
 *	if (parse(...) < 0)
 *		return err_note(e, "while reading package %s", name);
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdarg.h>
#include <stdint.h>

#include "base/macros.h"

/* The values are the exit codes of the program, and opam's where opam has one. */
#define ERR_CODES(X)                                                                                         \
	X(FALSE, 1, "the answer to a check is no")                                                           \
	X(USAGE, 2, "wrong command line")                                                                    \
	X(NOTFOUND, 5, "no such package, version or file")                                                   \
	X(ABORTED, 10, "stopped before anything was changed")                                                \
	X(LOCKED, 15, "a lock is held by somebody else")                                                     \
	X(UNSAT, 20, "the request has no solution")                                                          \
	X(STALE, 21, "a lock file no longer holds")                                                          \
	X(PARSE, 30, "a file or repository is malformed")                                                    \
	X(BUILD, 31, "a package failed to build or install")                                                 \
	X(VERIFY, 32, "a verification failed")                                                               \
	X(TEST, 33, "a package was built, but its tests failed")                                             \
	X(DEPEXT, 34, "a system package is missing")                                                         \
	X(FETCH, 40, "a source could not be fetched or verified")                                            \
	X(OFFLINE, 41, "offline, and something is missing")                                                  \
	X(CONFIG, 50, "no switch, or a wrong configuration")                                                 \
	X(SANDBOX, 51, "this machine cannot give the sandbox")                                               \
	X(SYSTEM, 52, "the system failed us: disk full, I/O error, no memory")                               \
	X(SOLVER, 60, "no answer in time")                                                                   \
	X(BUG, 99, "a bug in pkg")                                                                           \
	X(INTERRUPTED, 130, "interrupted")

enum err_code {
#define ERR_ENUM(name, value, text) ERR_##name = (value),
	ERR_CODES(ERR_ENUM)
#undef ERR_ENUM
};

/* Line and column count from 1; line 0: no position. */
struct pos {
	const char *file;
	uint32_t line, col;
};

struct err {
	enum err_code code;
	int sys; /* errno of the failed call, or 0 */
	struct pos at;
	char file[512];  /* keeps at.file, so the error outlives its arena */
	char line[256];  /* the source line at `at`, if known */
	char msg[2048];  /* what happened */
	char note[4096]; /* context, one line each, innermost first */
	char hint[1024]; /* what to do next, one line each */
};

/* All return -1, so that `return err_set(...)` is one statement. */
int err_set(struct err *e, enum err_code code, const char *fmt, ...) PRINTF(3, 4);
int err_at(struct err *e, enum err_code code, struct pos at, const char *fmt, ...) PRINTF(4, 5);
/* ERR_SYSTEM with the text of errno, which is kept in e->sys. */
int err_sys(struct err *e, const char *fmt, ...) PRINTF(2, 3);
/* Adds a line of context, or of advice, to an error that is set. */
int err_note(struct err *e, const char *fmt, ...) PRINTF(2, 3);
int err_hint(struct err *e, const char *fmt, ...) PRINTF(2, 3);
/* "FETCH" for ERR_FETCH: the stable id that JSON and the closing bracket of a message show. */
const char *err_name(enum err_code code);
/* What the code means, in a few words; NULL for a number that is no code. */
const char *err_meaning(int code);

#endif
