#include "apply/undo.h"
#include "cli/ctx.h"
#include "cli/dry.h"
#include "cli/out.h"

int
cmd_undo(struct ctx *c, int argc, char **argv, struct err *e)
{
	struct ledger_note note;
	struct session s;
	const char *name;
	struct oid commit;
	int n, rc = 0;

	if (cmd_options(c, NULL, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (n > 0)
		return err_set(e, ERR_USAGE, "undo takes no argument");
	if (ctx_switch(c, &name, e) < 0 || session_open(&c->apply, c->a, name, false, &s, e) < 0)
		return -1;
	note = ctx_note(c, "undo %.12s", s.head.hex);
	json_key_c(out_data(c), "switch", name);
	json_key_c(out_data(c), "undone", s.head.hex);
	if (c->global.dry_run)
		rc = dry_would(c, "undo %.12s", s.head.hex);
	else
		rc = undo_last(&s, c->a, &note, &commit, e);
	if (rc == 0 && !c->global.dry_run) {
		json_key_c(out_data(c), "commit", commit.hex);
		json_key_int(out_data(c), "packages", (int64_t)s.state.record_count);
	}
	if (rc == 0 && !c->global.dry_run && !c->global.quiet)
		out("%s: %zu package%s; ledger %.12s\n", name, s.state.record_count,
		    s.state.record_count == 1 ? "" : "s", commit.hex);
	session_close(&s);
	return rc;
}
