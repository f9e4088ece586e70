#include "nightly/night.h"

#include <unistd.h>

#include "base/buf.h"
#include "base/vec.h"

static const struct {
	const char *text, *meaning;
} states[] = {
#define NIGHT_ROW(id, text, meaning) {text, meaning},
	NIGHT_STATES(NIGHT_ROW)
#undef NIGHT_ROW
};

const char *
night_state_text(enum night_state s)
{
	return states[s].text;
}

const char *
night_state_meaning(enum night_state s)
{
	return states[s].meaning;
}

bool
night_state_of(struct str text, enum night_state *out)
{
	for (size_t i = 0; i < COUNT_OF(states); i++)
		if (str_is(text, states[i].text)) {
			*out = (enum night_state)i;
			return true;
		}
	return false;
}

int
night_open(struct night *n, struct err *e)
{
	struct apply *ap = n->ap;
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	ap->platform = n->base.platform;
	ap->builder = (struct builder){.root = ap->root,
				       .platform = &ap->platform,
				       .jobs = cores > (long)n->jobs ? (unsigned)cores / n->jobs : 1,
				       .timeout = ap->timeout,
				       .silence = ap->silence,
				       .report = ap->report,
				       .base = n->base.rootfs,
				       .base_digest = n->base.digest};
	if (builder_open(n->a, &ap->builder, ap->search_path, e) < 0)
		return -1;
	ap->builder_ready = true;
	n->by_signature = map_new(n->a);
	n->definitions = map_new(n->a);
	return 0;
}

int
night_job(struct store *store, struct night *n, struct night_node *node, struct build_job *out, struct err *e)
{
	for (size_t i = 0; i < node->need_count; i++) {
		struct night_node *need = node->needs[i];

		if (!need->has_output && oid_is(&need->output_id) &&
		    output_read(store, n->a, &need->output_id, &need->output, e) < 0)
			return -1;
		need->has_output = true;
		node->view[i].output = need->output;
	}
	*out = (struct build_job){.name = node->name,
				  .version = node->version,
				  .definition = node->definition,
				  .definition_id = node->definition_id,
				  .source = &node->step.source,
				  .extras = node->step.extras,
				  .extra_count = node->step.extra_count,
				  .deps = node->view,
				  .dep_count = node->need_count,
				  .depexts = node->depexts,
				  .dev = node->dev};
	return 0;
}

/* --- fates --- */

/* What failed beneath a node, each once: a blocked need stands for its own culprits. */
static void
find_culprits(struct arena *a, const struct night_node *node, struct opam_strings *out, size_t *room)
{
	for (size_t i = 0; i < node->need_count; i++) {
		const struct night_node *need = node->needs[i];
		struct str name;
		bool there = false;

		if (night_state_good(need->fate.state) || need->fate.state == NIGHT_BLOCKED)
			continue;
		name = str_printf(a, STR_FMT "." STR_FMT, STR_ARG(need->name), STR_ARG(need->version));
		for (size_t k = 0; k < out->n; k++)
			there |= str_eq(out->v[k], name);
		if (there)
			continue;
		if (out->n == *room)
			out->v = vec_grow(a, out->v, out->n, room, sizeof(*out->v));
		out->v[out->n++] = name;
	}
}

static void
block(struct arena *a, const struct night_node *node, struct night_fate *fate)
{
	struct buf b = buf_new(a);
	size_t room = 0;

	*fate = (struct night_fate){.state = NIGHT_BLOCKED};
	find_culprits(a, node, &fate->culprits, &room);
	buf_adds(&b, "needs ");
	for (size_t i = 0; i < fate->culprits.n; i++)
		buf_printf(&b, "%s" STR_FMT, i ? ", " : "", STR_ARG(fate->culprits.v[i]));
	fate->reason = buf_str(&b);
}

void
night_settle(struct night *n)
{
	for (size_t i = 0; i < n->nodes.n; i++) {
		struct night_node *node = n->nodes.v[i];

		/* Needs stand before it, so theirs are settled. */
		if (node->fate.state == NIGHT_BLOCKED)
			block(n->a, node, &node->fate);
	}
	for (size_t i = 0; i < n->package_count; i++)
		if (n->packages[i].node)
			n->packages[i].fate = n->packages[i].node->fate;
}
