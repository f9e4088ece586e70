#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "cli/ctx.h"
#include "cli/out.h"
#include "opam/parse.h"

struct lint {
	struct ctx *c;
	struct opam_findings findings;
	size_t files;
};

static void
add_finding(struct lint *l, struct opam_finding f)
{
	vec_push(l->c->a, &l->findings, f);
}

static int
lint_file(struct lint *l, int dirfd, const char *name, const char *path, struct err *e)
{
	struct arena *a = l->c->a;
	struct opam_definition d = {0};
	struct str text;
	struct err broken;

	if (fs_read(a, dirfd, name, OPAM_TEXT_MAX, &text, e) < 0)
		return err_note(e, "while reading %s", path);
	l->files++;
	if (opam_definition(a, arena_strdup(a, path), text, &d, &broken) < 0) {
		struct pos at = broken.at;

		at.file = arena_strdup(a, path);
		add_finding(l, (struct opam_finding){.error = true, .at = at, .text = str_of(arena_strdup(a, broken.msg))});
		return 0;
	}
	for (size_t i = 0; i < d.findings.n; i++)
		add_finding(l, d.findings.v[i]);
	return 0;
}

static int
visit(void *ctx, const char *path, const struct stat *st, int dirfd, const char *name, struct err *e)
{
	struct lint *l = ctx;

	if (S_ISDIR(st->st_mode))
		return strcmp(name, ".git") == 0;
	if (!S_ISREG(st->st_mode) || (strcmp(name, "opam") != 0 && !str_ends(str_of(name), ".opam")))
		return 0;
	return lint_file(l, dirfd, name, path, e);
}

static int
lint_path(struct lint *l, const char *path, struct err *e)
{
	struct opam_findings *f = &l->findings;
	size_t before = f->n;

	if (!fs_is_dir(AT_FDCWD, path))
		return lint_file(l, AT_FDCWD, path, path, e);
	if (fs_walk(AT_FDCWD, path, visit, l, e) < 0)
		return -1;
	for (size_t i = before; i < f->n; i++)
		f->v[i].at.file = path_join(l->c->a, path, f->v[i].at.file);
	return 0;
}

static size_t
show_findings(struct lint *l)
{
	struct ctx *c = l->c;
	size_t errors = 0;

	for (size_t i = 0; i < l->findings.n; i++) {
		const struct opam_finding *f = &l->findings.v[i];

		errors += f->error;
		if (!c->global.json)
			out("%s:%u:%u: %s: %s\n", out_safe(c, str_of(f->at.file)), f->at.line, f->at.col,
			    f->error ? "error" : "warning", out_safe(c, f->text));
	}
	if (!c->global.json)
		out_message(c, "%zu file%s, %zu error%s, %zu warning%s\n", l->files, l->files == 1 ? "" : "s", errors,
			    errors == 1 ? "" : "s", l->findings.n - errors, l->findings.n - errors == 1 ? "" : "s");
	return errors;
}

static void
json_findings(struct lint *l)
{
	struct json j = out_json_open(l->c);

	json_key_array(&j, "findings");
	for (size_t i = 0; i < l->findings.n; i++) {
		const struct opam_finding *f = &l->findings.v[i];

		json_object(&j);
		json_key_c(&j, "severity", f->error ? "error" : "warning");
		json_key_int(&j, "id", f->id);
		json_key_c(&j, "file", f->at.file);
		json_key_int(&j, "line", f->at.line);
		json_key_int(&j, "col", f->at.col);
		json_key_str(&j, "message", f->text);
		json_end(&j);
	}
	json_end(&j);
	out_json_close(l->c, &j, NULL);
}

int
cmd_lint(struct ctx *c, int argc, char **argv, struct err *e)
{
	struct lint l = {.c = c};
	int n;

	if (cmd_options(c, NULL, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (n == 0)
		return err_set(e, ERR_USAGE, "which files?"), err_hint(e, "pkg lint FILE|DIR...");
	for (int i = 0; i < n; i++)
		if (lint_path(&l, argv[i], e) < 0)
			return -1;
	if (c->global.json)
		json_findings(&l);
	return show_findings(&l) ? CMD_STATUS + ERR_PARSE : 0;
}
