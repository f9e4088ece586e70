/* opt.h - options from a table: the same rows give parsing, --help and completion. */
#ifndef BASE_OPT_H
#define BASE_OPT_H

#include "base/err.h"
#include "base/str.h"
#include "base/vec.h"

struct opt_list {
	struct str *v;
	size_t n, room;
};

enum opt_kind {
	OPT_FLAG,     /* bool *; `--no-NAME` negates */
	OPT_STRING,   /* const char ** ; value required */
	OPT_OPTIONAL, /* const char ** ; value only with `=`; "" without; `--no-NAME`: NULL */
	OPT_INT,      /* long * */
	OPT_LIST,     /* struct opt_list *: repeatable, commas split */
	OPT_FOREIGN,  /* of another program: an error, `help` says what it is here */
};

struct opt {
	enum opt_kind kind;
	char letter; /* 0: none */
	const char *name;
	const char *arg; /* "DIR", for the help */
	const char *help;
	void *value;
};

/* Reads options of either table (both end with a row without name; global may be NULL) from
 * argv[0 .. argc), anywhere before `--`, and moves the operands to the front. Returns their number,
 * or -1. What follows `--` are operands; *rest, when not NULL, is the index of the first of them. */
int opt_parse(struct arena *a, const struct opt *own, const struct opt *global, int argc, char **argv,
	      int *rest, struct err *e);
/* Index of the first operand before `--`, or argc: where a command's name or word stands. */
int opt_word(const struct opt *own, const struct opt *global, int argc, char **argv);

#endif
