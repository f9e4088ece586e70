#include "apply/pins.h"
#include "cli/act.h"
#include "cli/ctx.h"
#include "cli/dry.h"
#include "cli/out.h"
#include "cli/secret.h"
#include "opam/version.h"

static void
json_pin(struct json *j, const struct state_pin *pin)
{
	json_key_str(j, "name", pin->name);
	json_key_str(j, "version", pin->version);
	json_key_str(j, "url", pin->url);
}

static int
pin_list(struct ctx *c, int argc, char **argv, struct err *e)
{
	struct opam_strings rows = {0};
	struct state state = {0};
	struct json *j;
	const char *name;
	struct oid head;
	int n;

	if (cmd_options(c, NULL, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (n > 0)
		return err_set(e, ERR_USAGE, "pin list takes no argument");
	if (ctx_state(c, &name, &head, &state, e) < 0)
		return -1;
	j = out_data(c);
	json_key_c(j, "switch", name);
	json_key_array(j, "pins");
	rows.v = arena_array(c->a, struct str, state.pin_count + 1);
	for (size_t i = 0; i < state.pin_count; i++) {
		const struct state_pin *pin = &state.pins[i];

		json_object(j);
		json_pin(j, pin);
		json_end(j);
		rows.v[rows.n++] = str_printf(c->a, "%.*s\t%.*s\t%.*s", STR_ARG(pin->name),
					      STR_ARG(pin->version), STR_ARG(pin->url));
	}
	json_end(j);
	out_table(c, &rows);
	return 0;
}

/* Carries `next` over as a transaction that touches no package. */
static int
commit_pins(struct ctx *c, struct session *s, struct state *next, struct str subject, struct err *e)
{
	struct ledger_note note = ctx_note(c, "%.*s", STR_ARG(subject));
	struct oid commit;

	if (c->global.dry_run)
		return 0;
	return session_commit(s, c->a, next, &note, &commit, e);
}

static int
add_to_session(struct ctx *c, struct session *s, const struct state_pin *pin, struct str subject,
	       struct err *e)
{
	struct pinned resolved;
	struct state next;

	/* Fetched now: an address that does not work is told here, not at the next install. */
	if (pin_resolve(s, c->a, pin, &resolved, e) < 0)
		return -1;
	pins_replace(c->a, &s->state, pin->name, pin, &next);
	if (commit_pins(c, s, &next, subject, e) < 0)
		return -1;
	json_key_c(out_data(c), "switch", s->name);
	json_pin(out_data(c), pin);
	json_key_c(out_data(c), "source", source_class_text(resolved.source.class));
	json_key_c(out_data(c), "commit", resolved.source.commit.hex);
	json_key_c(out_data(c), "tree", resolved.source.tree.hex);
	if (c->global.dry_run)
		return dry_would(c, "pin %.*s to %.*s", STR_ARG(pin->name), STR_ARG(pin->url));
	out("%s is pinned to %s", out_safe(c, pin->name), out_safe(c, pin->url));
	if (resolved.source.class == SOURCE_COMMIT)
		out(", now at %s", resolved.source.commit.hex);
	out("\n");
	out_message(c, "%s `pkg install %s` builds it\n", out_label(c, LABEL_HINT), out_safe(c, pin->name));
	return 0;
}

static int
pin_add(struct ctx *c, int argc, char **argv, struct err *e)
{
	struct state_pin pin = {0};
	struct session s;
	const char *name;
	int n, rc;

	if (cmd_options(c, NULL, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (n != 2)
		return err_set(e, ERR_USAGE, "usage: pkg pin add NAME[.VERSION] ADDRESS");
	if (secret_refuse(argv[1], e) < 0)
		return -1;
	pin.name = str_of(argv[0]);
	if (!opam_name_valid(pin.name) && !opam_name_version_cut(str_of(argv[0]), &pin.name, &pin.version))
		return err_set(e, ERR_USAGE, "'%s' is no package name", out_safe(c, str_of(argv[0])));
	pin.url = str_of(ctx_address(c, argv[1]));
	if (ctx_switch(c, &name, e) < 0 || session_open(&c->apply, c->a, name, false, &s, e) < 0)
		return -1;
	rc = add_to_session(c, &s, &pin, act_subject(c, "pin add", argv, n), e);
	session_close(&s);
	return rc;
}

static int
pin_remove(struct ctx *c, int argc, char **argv, struct err *e)
{
	struct session s;
	struct state next;
	const char *name;
	int n, rc = 0;

	if (cmd_options(c, NULL, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (n == 0)
		return err_set(e, ERR_USAGE, "usage: pkg pin remove NAME...");
	if (ctx_switch(c, &name, e) < 0 || session_open(&c->apply, c->a, name, false, &s, e) < 0)
		return -1;
	next = s.state;
	for (int i = 0; i < n && rc == 0; i++) {
		size_t before = next.pin_count;
		struct state fewer;

		pins_replace(c->a, &next, str_of(argv[i]), NULL, &fewer);
		if (fewer.pin_count == before)
			rc = err_set(e, ERR_NOTFOUND, "%s is not pinned in %s", out_safe(c, str_of(argv[i])),
				     name);
		next = fewer;
	}
	if (rc == 0)
		rc = commit_pins(c, &s, &next, act_subject(c, "pin remove", argv, n), e);
	session_close(&s);
	if (rc < 0)
		return -1;
	json_key_c(out_data(c), "switch", name);
	out_json_args(out_data(c), "removed", argv, n);
	if (c->global.dry_run)
		return dry_would(c, "%s", str_c(c->a, act_subject(c, "remove the pin of", argv, n)));
	for (int i = 0; i < n; i++)
		out_message(c, "%s `pkg install %s` takes what the repositories have\n",
			    out_label(c, LABEL_HINT), out_safe(c, str_of(argv[i])));
	return 0;
}

int
cmd_pin(struct ctx *c, int argc, char **argv, struct err *e)
{
	static const struct subcmd table[] = {{"list", pin_list}, {"add", pin_add}, {"remove", pin_remove}};

	return cmd_sub(c, table, COUNT_OF(table), argc, argv, e);
}
