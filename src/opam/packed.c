#include "opam/packed.h"

#include <string.h>

#include "opam/parse.h"

/* A value begins with its kind in the low four bits, and above them an operator or a truth. Then come
 * a number, a text, or a count (where the kind leaves it open) and the kids. */
enum { KIND_BITS = 4, KIND_MASK = (1 << KIND_BITS) - 1 };

static bool pack(struct buf *b, const struct opam_value *v, unsigned depth);

static bool
pack_kids(struct buf *b, struct opam_value *const *kids, size_t n, unsigned depth)
{
	for (size_t i = 0; i < n; i++)
		if (!pack(b, kids[i], depth))
			return false;
	return true;
}

static bool
pack_chain(struct buf *b, const struct opam_value *v, unsigned depth)
{
	pack_number(b, opam_chain(v));
	for (size_t i = 0; i < opam_chain(v); i++)
		if (!pack(b, opam_operand(v, i), depth))
			return false;
	return true;
}

/* The sign goes to the lowest bit, so that small numbers stay short. */
static uint64_t
fold(int64_t i)
{
	return (uint64_t)i << 1 ^ (i < 0 ? UINT64_MAX : 0);
}

static int64_t
unfold(uint64_t n)
{
	return (int64_t)(n >> 1 ^ (n & 1 ? UINT64_MAX : 0));
}

static bool
pack(struct buf *b, const struct opam_value *v, unsigned depth)
{
	unsigned detail = v->kind == OPAM_BOOL ? v->b : v->op;

	if (!depth)
		return false;
	buf_addc(b, (char)((unsigned)v->kind | detail << KIND_BITS));
	switch (v->kind) {
	case OPAM_BOOL:
		return true;
	case OPAM_INT:
		pack_number(b, fold(v->i));
		return true;
	case OPAM_STRING:
	case OPAM_IDENT:
		pack_str(b, v->s);
		return true;
	case OPAM_AND:
	case OPAM_OR:
		return pack_chain(b, v, depth - 1);
	case OPAM_LIST:
	case OPAM_GROUP:
	case OPAM_OPTION:
		pack_number(b, v->n);
		break;
	default:
		break;
	}
	return pack_kids(b, v->kids, v->n, depth - 1);
}

bool
opam_pack(struct buf *b, const struct opam_value *v)
{
	return pack(b, v, OPAM_DEPTH_MAX);
}

/* --- back --- */

struct reader {
	struct arena *a;
	struct str *rest;
	size_t left; /* values that may still come: each takes a byte, so nothing grows out of hand */
};

static bool unpack(struct reader *r, unsigned depth, struct opam_value **out);

static bool
unpack_kids(struct reader *r, struct opam_value *v, unsigned depth)
{
	if (v->n > r->left)
		return false;
	r->left -= v->n;
	v->kids = arena_array(r->a, struct opam_value *, v->n);
	for (size_t i = 0; i < v->n; i++)
		if (!unpack(r, depth, &v->kids[i]))
			return false;
	return true;
}

static bool
unpack_chain(struct reader *r, enum opam_kind kind, unsigned depth, struct opam_value **out)
{
	struct opam_value all = {.kind = OPAM_LIST};

	if (!unpack_count(r->rest, &all.n) || all.n < 2 || !unpack_kids(r, &all, depth))
		return false;
	*out = opam_chain_new(r->a, kind, (const struct opam_value *const *)all.kids, all.n);
	return true;
}

/* Of the kinds that always have as many kids. */
static const unsigned char kid_counts[KIND_MASK + 1] = {
	[OPAM_NOT] = 1, [OPAM_DEFINED] = 1, [OPAM_PREFIX_RELOP] = 1, [OPAM_RELOP] = 2, [OPAM_ENV] = 2};

/* Around a comparison or an update the grammar has atoms. */
static bool
unpack_operator(struct reader *r, struct opam_value *v, unsigned depth)
{
	bool relation = v->kind != OPAM_NOT && v->kind != OPAM_DEFINED;
	unsigned last = v->kind == OPAM_ENV ? (unsigned)ENV_APPEND_SEP : (unsigned)OP_GE;

	v->n = kid_counts[v->kind];
	if (!v->n || v->op > last || !unpack_kids(r, v, depth))
		return false;
	for (size_t i = 0; relation && i < v->n; i++)
		if (v->kids[i]->kind > OPAM_IDENT)
			return false;
	return true;
}

static bool
unpack_rest(struct reader *r, struct opam_value *v, unsigned depth)
{
	uint64_t number;

	switch (v->kind) {
	case OPAM_BOOL:
		v->b = v->op;
		v->op = 0;
		return true;
	case OPAM_INT:
		if (!unpack_number(r->rest, &number))
			return false;
		v->i = unfold(number);
		return true;
	case OPAM_STRING:
	case OPAM_IDENT:
		return unpack_str(r->rest, &v->s);
	case OPAM_LIST:
	case OPAM_GROUP:
	case OPAM_OPTION:
		return unpack_count(r->rest, &v->n) && v->n >= (v->kind == OPAM_OPTION) &&
		       unpack_kids(r, v, depth);
	default:
		return unpack_operator(r, v, depth);
	}
}

static bool
unpack(struct reader *r, unsigned depth, struct opam_value **out)
{
	struct str *rest = r->rest;
	struct opam_value *v;
	enum opam_kind kind;
	unsigned char first;

	if (!depth || !rest->n)
		return false;
	first = (unsigned char)rest->s[0];
	kind = (enum opam_kind)(first & KIND_MASK);
	*rest = (struct str){rest->s + 1, rest->n - 1};
	if (kind == OPAM_AND || kind == OPAM_OR)
		return unpack_chain(r, kind, depth - 1, out);
	v = *out = arena_new(r->a, struct opam_value);
	v->kind = kind;
	v->op = first >> KIND_BITS;
	return unpack_rest(r, v, depth - 1);
}

bool
opam_unpack(struct arena *a, struct str *rest, const struct opam_value **out)
{
	struct reader r = {a, rest, rest->n};
	struct opam_value *v;

	if (!unpack(&r, OPAM_DEPTH_MAX, &v))
		return false;
	*out = v;
	return true;
}
