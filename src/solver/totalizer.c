#include "solver/totalizer.h"

struct totalizer {
	VEC(int) outputs;
	struct totalizer *left, *right; /* NULL: a leaf */
	size_t n;                       /* inputs beneath */
};

struct totalizer *
totalizer_new(struct cnf *c, const int *inputs, size_t n)
{
	struct totalizer *t = arena_new(c->a, struct totalizer);

	t->n = n;
	if (n == 1) {
		vec_push(c->a, &t->outputs, inputs[0]);
		return t;
	}
	t->left = totalizer_new(c, inputs, n / 2);
	t->right = totalizer_new(c, inputs + n / 2, n - n / 2);
	return t;
}

/* i true on the left and k - i on the right make k. */
static void
add_output(struct cnf *c, struct totalizer *t, size_t k)
{
	size_t first = k > t->right->n ? k - t->right->n : 0, last = k < t->left->n ? k : t->left->n;
	int output = cnf_var(c);

	if (t->outputs.n)
		cnf_implies(c, output, t->outputs.v[t->outputs.n - 1]);
	vec_push(c->a, &t->outputs, output);
	for (size_t i = first; i <= last; i++) {
		int left = i ? totalizer_output(c, t->left, i) : LIT_TRUE;
		int right = k - i ? totalizer_output(c, t->right, k - i) : LIT_TRUE;

		cnf_or(c, -left);
		cnf_or(c, -right);
		cnf_or(c, output);
		cnf_end(c);
	}
}

int
totalizer_output(struct cnf *c, struct totalizer *t, size_t k)
{
	if (k > t->n)
		return LIT_FALSE;
	while (t->outputs.n < k)
		add_output(c, t, t->outputs.n + 1);
	return t->outputs.v[k - 1];
}
