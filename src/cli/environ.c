#include "cli/environ.h"

#include <unistd.h>

#include "cli/ctx.h"

int
environ_of(struct ctx *c, struct opam_strings *out, struct err *e)
{
	struct build_dep *packages;
	struct state state = {0};
	const char *name;
	struct oid head;

	if (ctx_state(c, &name, &head, &state, e) < 0)
		return -1;
	packages = arena_array(c->a, struct build_dep, state.record_count + 1);
	for (size_t i = 0; i < state.record_count; i++) {
		const struct record *r = &state.records[i];
		struct opam_definition *d = arena_new(c->a, struct opam_definition);
		struct str text;

		if (store_blob_read(c->root.store, c->a, &r->definition, &text, e) < 0 ||
		    opam_definition(c->a, arena_printf(c->a, "packages/%.*s/opam", STR_ARG(r->name)), text, d, e) < 0)
			return -1;
		packages[i] = (struct build_dep){.name = r->name, .version = r->version, .definition = d,
						 .input_id = r->input_id, .direct = true};
		if (oid_is(&r->output) && output_read(c->root.store, c->a, &r->output, &packages[i].output, e) < 0)
			return -1;
	}
	return build_environment(c->a, packages, state.record_count, switch_prefix(&c->root, c->a, name), name,
				 (const char *const *)environ, out, e);
}
