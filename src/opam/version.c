#include "opam/version.h"

#include <string.h>

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The rank of a byte outside numbers; the end of a part and the start of a number rank 0. */
static int
rank(const char *p, const char *end)
{
	if (p == end || is_digit(*p))
		return 0;
	if (*p == '~')
		return -1;
	return is_letter(*p) ? (unsigned char)*p : (unsigned char)*p + 256;
}

/* Two numbers of any length; both pointers are moved behind them. */
static int
number_cmp(const char **a, const char *a_end, const char **b, const char *b_end)
{
	const char *p = *a, *q = *b;
	size_t n, m;

	while (p < a_end && *p == '0')
		p++;
	while (q < b_end && *q == '0')
		q++;
	for (*a = p; *a < a_end && is_digit(**a); ++*a)
		;
	for (*b = q; *b < b_end && is_digit(**b); ++*b)
		;
	n = (size_t)(*a - p);
	m = (size_t)(*b - q);
	if (n != m)
		return n < m ? -1 : 1;
	return n ? memcmp(p, q, n) : 0;
}

static int
part_cmp(struct str a, struct str b)
{
	const char *p = a.s, *p_end = a.n ? a.s + a.n : p;
	const char *q = b.s, *q_end = b.n ? b.s + b.n : q;

	while (p < p_end || q < q_end) {
		int order;

		while ((p < p_end && !is_digit(*p)) || (q < q_end && !is_digit(*q))) {
			order = p < p_end && q < q_end && *p == *q ? 0 : rank(p, p_end) - rank(q, q_end);
			if (order)
				return order;
			p++;
			q++;
		}
		order = number_cmp(&p, p_end, &q, q_end);
		if (order)
			return order;
	}
	return 0;
}

int
opam_version_cmp(struct str a, struct str b)
{
	ptrdiff_t a_cut = str_rchr(a, '-'), b_cut = str_rchr(b, '-');
	size_t a_n = a_cut < 0 ? a.n : (size_t)a_cut, b_n = b_cut < 0 ? b.n : (size_t)b_cut;
	int order;

	order = part_cmp(str_sub(a, 0, a_n), str_sub(b, 0, b_n));
	if (order)
		return order;
	return part_cmp(str_sub(a, a_n + 1, a.n), str_sub(b, b_n + 1, b.n));
}

bool
opam_version_holds(struct str a, enum opam_op op, struct str b)
{
	int order = opam_version_cmp(a, b);

	switch (op) {
	case OP_EQ:
		return order == 0;
	case OP_NE:
		return order != 0;
	case OP_LT:
		return order < 0;
	case OP_LE:
		return order <= 0;
	case OP_GT:
		return order > 0;
	case OP_GE:
		return order >= 0;
	}
	return false;
}

bool
opam_version_valid(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_letter(s.s[i]) && !is_digit(s.s[i]) && (!s.s[i] || !strchr("-_+.~", s.s[i])))
			return false;
	return s.n > 0;
}

bool
opam_name_valid(struct str s)
{
	bool letter = false;

	for (size_t i = 0; i < s.n; i++) {
		letter = letter || is_letter(s.s[i]);
		if (!is_letter(s.s[i]) && !is_digit(s.s[i]) && (!s.s[i] || !strchr("-_+", s.s[i])))
			return false;
	}
	return letter;
}

bool
opam_name_version_cut(struct str s, struct str *name, struct str *version)
{
	ptrdiff_t dot = str_chr(s, '.');

	if (dot < 0)
		return false;
	*name = str_sub(s, 0, (size_t)dot);
	*version = str_sub(s, (size_t)dot + 1, s.n);
	return opam_name_valid(*name) && opam_version_valid(*version);
}

const char *
opam_op_text(enum opam_op op)
{
	static const char *const texts[] = {
		[OP_EQ] = "=", [OP_NE] = "!=", [OP_LT] = "<", [OP_LE] = "<=", [OP_GT] = ">", [OP_GE] = ">=",
	};

	return texts[op];
}
