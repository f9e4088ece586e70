/* value.h - the tree of an opam-format text: what the grammar says, before any field is typed.
 *
 * Positions are offsets into the text; opam_pos() turns one into line and column when it is printed.
 */
#ifndef OPAM_VALUE_H
#define OPAM_VALUE_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct opam_span {
	uint32_t off, len;
};

enum opam_kind {
	OPAM_BOOL,
	OPAM_INT,
	OPAM_STRING,
	OPAM_IDENT,
	OPAM_LIST,         /* kids: the elements */
	OPAM_GROUP,        /* kids: the elements */
	OPAM_OPTION,       /* kids[0]: the value; the rest: what stands in braces */
	OPAM_RELOP,        /* op, kids[0], kids[1] */
	OPAM_PREFIX_RELOP, /* op, kids[0] */
	OPAM_AND,          /* kids[0], kids[1] */
	OPAM_OR,
	OPAM_NOT, /* kids[0] */
	OPAM_DEFINED,
	OPAM_ENV, /* op, kids[0]: the name, kids[1]: the value */
};

enum opam_op { OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE };
enum opam_env_op {
	ENV_SET,         /* =   (only where the field is known to hold updates) */
	ENV_PREPEND,     /* +=  */
	ENV_APPEND,      /* =+  */
	ENV_SWAP,        /* =+= */
	ENV_PREPEND_SEP, /* :=  keeps a separator also when empty */
	ENV_APPEND_SEP,  /* =:  */
};

struct opam_value {
	enum opam_kind kind;
	unsigned op; /* enum opam_op or enum opam_env_op */
	bool b;
	int64_t i;    /* the integer; of AND and OR: how many links of its chain lie before it (opam_chain) */
	struct str s; /* unescaped text of a string, or the identifier */
	struct opam_value **kids;
	size_t n;
	struct opam_span at;
};

struct opam_item {
	struct str name;
	struct opam_span at;      /* of the name */
	struct opam_span whole;   /* from the name to the end of the value or section */
	struct opam_value *value; /* NULL: a section */
	bool has_title;
	struct str title;
	struct opam_item *items;
	size_t n;
};

/* A whole file. The text is borrowed and must outlive it. */
struct opam_text {
	const char *path; /* as shown in errors */
	struct str text;
	struct opam_item *items;
	size_t n;
};

/* The operands of `a & b & c`, a chain of one operator. The links of a chain lie side by side, so a
 * long one is walked, not recursed into.
 *
 *	for (size_t i = 0; i < opam_chain(v); i++) use(opam_operand(v, i));
 */
size_t opam_chain(const struct opam_value *v);
const struct opam_value *opam_operand(const struct opam_value *v, size_t i);
/* A chain over n >= 1 operands; one alone is itself. kind is OPAM_AND or OPAM_OR. */
struct opam_value *opam_chain_new(struct arena *a, enum opam_kind kind,
				  const struct opam_value *const *operands, size_t n);

/* Line and column, counted from 1, of an offset. */
struct pos opam_pos(const struct opam_text *t, uint32_t off);
/* err_at() with the source line of the place filled in. */
int opam_err(struct err *e, const struct opam_text *t, struct opam_span at, const char *fmt, ...)
	PRINTF(4, 5);

#endif
