#include "apply/session.h"

#include <string.h>

/* live_recover() asks for states by commit; ctx is the store. */
static int
load_state(void *ctx, struct arena *a, const struct oid *commit, struct live_state *out, struct err *e)
{
	struct state state = {0};

	if (ledger_read(ctx, a, commit, &state, e) < 0)
		return -1;
	return session_live(ctx, a, commit, &state, out, e);
}

static int
read_head(struct session *s, struct arena *a, bool create, struct err *e)
{
	struct store *store = s->ap->root->store;
	struct err missing;

	if (create) {
		if (ledger_head(store, a, s->name, &s->head, &missing) == 0) {
			err_set(e, ERR_USAGE, "there is a switch %s already", s->name);
			return err_hint(e, "`pkg switch set %s` makes it the current one", s->name);
		}
		s->head = (struct oid){0};
		return missing.code == ERR_CONFIG ? 0 : (*e = missing, -1);
	}
	if (ledger_head(store, a, s->name, &s->head, e) < 0)
		return -1;
	return ledger_read(store, a, &s->head, &s->state, e);
}

/* The switch's own choice of repositories, as far as they are configured. */
static void
choose_repos(struct session *s, struct arena *a)
{
	struct opam_strings missing;

	repos_choose(a, &s->ap->repos, &s->state.chosen, &missing);
	for (size_t i = 0; i < missing.n; i++)
		report_text(
			s->ap->report, REPORT_WARN, (struct str){0},
			"the switch %s takes packages from the repository '%.*s', which is not configured",
			s->name, STR_ARG(missing.v[i]));
}

int
session_open(struct apply *ap, struct arena *a, const char *name, bool create, struct session *out,
	     struct err *e)
{
	if (switch_name_ok(name, e) < 0)
		return -1;
	*out = (struct session){.ap = ap, .name = name, .lock = {.fd = -1}};
	if (root_lock(ap->root, a, arena_printf(a, "switch-%s", name), &out->lock, e) < 0)
		return -1;
	if (live_recover(ap->root, a, name, load_state, ap->root->store, e) < 0 ||
	    root_sweep(ap->root, a, e) < 0 || read_head(out, a, create, e) < 0) {
		session_close(out);
		return -1;
	}
	choose_repos(out, a);
	return 0;
}

void
session_close(struct session *s)
{
	if (s->lock.fd >= 0)
		fs_unlock(&s->lock);
	s->lock.fd = -1;
}

void
session_installed(const struct session *s, struct arena *a, struct universe_installed **out, size_t *n)
{
	struct universe_installed *list =
		arena_array(a, struct universe_installed, s->state.record_count + 1);

	for (size_t i = 0; i < s->state.record_count; i++) {
		const struct record *record = &s->state.records[i];

		list[i] =
			(struct universe_installed){.name = record->name,
						    .version = record->version,
						    .definition_id = record->definition,
						    .root = opam_strings_have(&s->state.roots, record->name)};
	}
	*out = list;
	*n = s->state.record_count;
}

int
session_live(struct store *store, struct arena *a, const struct oid *commit, const struct state *state,
	     struct live_state *out, struct err *e)
{
	*out = (struct live_state){.commit = *commit,
				   .packages = arena_array(a, struct live_package, state->record_count + 1)};
	for (size_t i = 0; i < state->record_count; i++) {
		struct live_package *p = &out->packages[out->n++];

		p->name = state->records[i].name;
		if (oid_is(&state->records[i].output) &&
		    output_read(store, a, &state->records[i].output, &p->output, e) < 0)
			return err_note(e, "while reading the output of %.*s", STR_ARG(p->name));
	}
	return 0;
}

int
session_commit(struct session *s, struct arena *a, const struct state *next, const struct ledger_note *note,
	       struct oid *commit, struct err *e)
{
	const struct root *root = s->ap->root;
	struct live_state before = {0}, after;
	struct oid none = {0};

	if (ledger_write(root->store, a, next, oid_is(&s->head) ? &s->head : &none, note, commit, e) < 0)
		return -1;
	if (oid_is(&s->head) && session_live(root->store, a, &s->head, &s->state, &before, e) < 0)
		return -1;
	if (session_live(root->store, a, commit, next, &after, e) < 0 ||
	    live_prepare(root, a, s->name, &before, &after, e) < 0 ||
	    live_commit(root, a, s->name, &before, &after, str_c(a, note->subject), e) < 0)
		return -1;
	s->head = *commit;
	s->state = *next;
	report_event(s->ap->report, &(struct report_event){.kind = REPORT_COMMIT, .text = oid_str(commit)});
	return 0;
}

int
apply_builder(struct apply *ap, struct arena *a, struct err *e)
{
	if (ap->builder_ready)
		return 0;
	ap->builder = (struct builder){.root = ap->root,
				       .platform = &ap->platform,
				       .jobs = ap->jobs,
				       .timeout = ap->timeout,
				       .silence = ap->silence,
				       .report = ap->report};
	if (builder_open(a, &ap->builder, ap->search_path, e) < 0)
		return -1;
	ap->builder_ready = true;
	return 0;
}
