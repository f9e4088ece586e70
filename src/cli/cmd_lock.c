#include <string.h>

#include "cli/act.h"
#include "cli/ctx.h"
#include "cli/dry.h"
#include "cli/operand.h"
#include "cli/out.h"
#include "cli/request.h"

/* A session of the switch meant; without one, of a switch that is not there, so that nothing restricts. */
static int
open_session(struct ctx *c, struct session *s, struct err *e)
{
	const char *name;
	struct err none;

	if (ctx_switch(c, &name, &none) == 0)
		return session_open(&c->apply, c->a, name, false, s, e);
	if (none.code != ERR_CONFIG)
		return *e = none, -1;
	*s = (struct session){.ap = &c->apply, .name = "default", .lock = {.fd = -1}};
	return 0;
}

static int
make_lock(struct ctx *c, struct session *s, char **args, int n, bool bundle, struct lock *lock, struct err *e)
{
	struct change change = {.kind = REQUEST_INSTALL, .explanation = &c->explanation};
	struct opam_strings request = {arena_array(c->a, struct str, (size_t)n + 1), 0};

	for (int i = 0; i < n; i++)
		request.v[request.n++] = str_of(args[i]);
	if (n == 0 && !oid_is(&s->head)) {
		err_set(e, ERR_CONFIG, "there is no switch whose state could be locked");
		return err_hint(e, "pkg lock PACKAGE...");
	}
	if (n ? request_read(c, args, n, &change, e) < 0 ||
			    lock_of_request(s, c->a, &change, &request, lock, e) < 0
	      : lock_of_state(s, c->a, lock, e) < 0)
		return -1;
	return bundle ? lock_bundle(c->root.store, c->a, lock, e) : 0;
}

static struct str
line_at(struct str text, uint32_t wanted)
{
	struct str line = {0};

	for (uint32_t i = 0; i < wanted; i++)
		if (!str_cut(&text, '\n', &line))
			return (struct str){0};
	return str_trim(line);
}

/* The lock is made again from its own request and compared, line by line. */
static int
check_lock(struct ctx *c, struct session *s, const char *path, struct err *e)
{
	struct lock old, now;
	struct str before, after;
	char **args;
	int n = 0;
	uint32_t line = 1;

	if (act_lock(c, path, &old, e) < 0)
		return -1;
	args = arena_array(c->a, char *, old.request.n + 1);
	for (size_t i = 0; i < old.request.n; i++)
		args[n++] = str_c(c->a, old.request.v[i]);
	if (make_lock(c, s, args, n, false, &now, e) < 0)
		return err_note(e, "while checking %s", path);
	old.object_count = 0;
	if (lock_text(c->a, &old, &before, e) < 0 || lock_text(c->a, &now, &after, e) < 0)
		return -1;
	json_key_c(out_data(c), "path", path);
	json_key_bool(out_data(c), "holds", str_eq(before, after));
	if (str_eq(before, after)) {
		out_message(c, "%s holds\n", out_safe(c, str_of(path)));
		return 0;
	}
	for (size_t i = 0; i < before.n && i < after.n && before.s[i] == after.s[i]; i++)
		line += before.s[i] == '\n';
	err_at(e, ERR_STALE, (struct pos){path, line, 1}, "the lock no longer holds");
	err_note(e, "it says  %.*s", STR_ARG(line_at(before, line)));
	err_note(e, "it is    %.*s", STR_ARG(line_at(after, line)));
	return err_hint(e, "`pkg lock` makes it again");
}

static void
json_lock(struct ctx *c, const struct lock *lock)
{
	struct json *j = out_data(c);

	json_key_array(j, "packages");
	for (size_t i = 0; i < lock->state.record_count; i++) {
		json_object(j);
		json_key_str(j, "name", lock->state.records[i].name);
		json_key_str(j, "version", lock->state.records[i].version);
		out_json_sha256(j, "input_id", lock->state.records[i].input_id);
		json_end(j);
	}
	json_end(j);
}

static int
write_lock(struct ctx *c, const struct lock *lock, const char *path, struct err *e)
{
	struct str text;

	if (lock_text(c->a, lock, &text, e) < 0)
		return -1;
	json_lock(c, lock);
	if (strcmp(path, "-") == 0) {
		json_key_str(out_data(c), "lock", text);
		if (c->global.dry_run)
			json_key_bool(out_data(c), "dry_run", true);
		out_bytes(c, text);
		return 0;
	}
	json_key_c(out_data(c), "path", path);
	if (c->global.dry_run)
		return dry_would(c, "write %s: %zu package%s", path, lock->state.record_count,
				 lock->state.record_count == 1 ? "" : "s");
	if (fs_write(AT_FDCWD, path, text, 0644, true, e) < 0)
		return ctx_operand(e);
	out_message(c, "%s: %zu package%s\n", out_safe(c, str_of(path)), lock->state.record_count,
		    lock->state.record_count == 1 ? "" : "s");
	return 0;
}

int
cmd_lock(struct ctx *c, int argc, char **argv, struct err *e)
{
	const char *output = "pkg.lock";
	bool check = false, bundle = false;
	const struct opt options[] = {
		{OPT_STRING, 'o', "output", "FILE", "where to write it; - is the standard output", &output},
		{OPT_FLAG, 0, "bundle", NULL, "with all that cannot be fetched by what the lock says",
		 &bundle},
		{OPT_FLAG, 0, "check", NULL, "say whether the lock still holds", &check},
		{.name = NULL},
	};
	struct session s;
	struct lock lock = {0};
	int n, rc;

	if (cmd_options(c, options, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (check && n > 1)
		return err_set(e, ERR_USAGE, "--check takes one file");
	if (operand_lists(c, &argv, &n, e) < 0 || open_session(c, &s, e) < 0)
		return -1;
	if (check)
		rc = check_lock(c, &s, n ? argv[0] : output, e);
	else if ((rc = make_lock(c, &s, argv, n, bundle, &lock, e)) == 0)
		rc = write_lock(c, &lock, output, e);
	session_close(&s);
	return rc;
}
