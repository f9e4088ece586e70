#include <string.h>

#include "base/digest.h"
#include "base/path.h"
#include "cli/ctx.h"
#include "cli/out.h"
#include "opam/lint.h"
#include "opam/parse.h"
#include "opam/repofile.h"

struct lint {
	struct ctx *c;
	const char *dir; /* the folder that is walked */
	struct opam_findings findings;
	size_t files;
};

/* One that outlives the arena of its file. */
static void
keep(struct lint *l, const char *path, struct opam_finding f)
{
	f.at.file = path;
	f.text = str_dup(l->c->a, f.text);
	f.field = (struct str){0};
	vec_push(l->c->a, &l->findings, f);
}

/* --- extra-files --- */

static void
extra_file(struct lint *l, const char *path, struct pos at, const char *what, struct str name)
{
	struct opam_finding f = {.error = true, .id = LINT_EXTRA_FILES, .at = at};

	f.text = str_printf(l->c->a, "extra-files: %.*s %s", STR_ARG(name), what);
	keep(l, path, f);
}

static struct pos
place_of(const struct opam_definition *d, const char *field)
{
	for (size_t i = 0; i < d->text.n; i++)
		if (str_is(d->text.items[i].name, field))
			return opam_pos(&d->text, d->text.items[i].at.off);
	return opam_pos(&d->text, 0);
}

static bool
is_listed(const struct opam_definition *d, const char *name)
{
	for (size_t i = 0; i < d->extra_file_count; i++)
		if (str_is(d->extra_files[i].name, name))
			return true;
	return false;
}

/* The folder `files` beside the definition against what is listed of it. */
static void
lint_extra_files(struct lint *l, struct arena *a, int dirfd, const char *files, const char *path,
		 const struct opam_definition *d)
{
	static const enum digest_kind kinds[] = {
		[HASH_MD5] = DIGEST_MD5, [HASH_SHA256] = DIGEST_SHA256, [HASH_SHA512] = DIGEST_SHA512};
	struct pos at = place_of(d, "extra-files");
	struct fs_entries entries = {0};
	struct str bytes;
	struct err e;

	if (!d->has_extra_files)
		return;
	for (size_t i = 0; i < d->extra_file_count; i++) {
		const struct opam_extra_file *f = &d->extra_files[i];

		if (!path_is_plain(f->name))
			extra_file(l, path, at, "leads out of its folder", f->name);
		else if (fs_read(a, dirfd, path_join(a, files, str_c(a, f->name)), 0, &bytes, &e) < 0)
			extra_file(l, path, at, "is not in the folder files", f->name);
		else if (!str_is(f->checksum.hex, digest_hex(a, kinds[f->checksum.hash], bytes)))
			extra_file(l, path, at, "has another checksum", f->name);
	}
	if (!fs_is_dir(dirfd, files) || fs_list(a, dirfd, files, &entries, &e) < 0)
		return;
	for (size_t i = 0; i < entries.n; i++)
		if (entries.v[i].type == S_IFREG && !is_listed(d, entries.v[i].name))
			extra_file(l, path, at, "is in the folder files only", str_of(entries.v[i].name));
}

/* --- files and folders --- */

static int
lint_file(struct lint *l, int dirfd, const char *name, const char *path, struct err *e)
{
	struct opam_findings found = {0};
	struct opam_definition d;
	struct arena a = {0};
	struct str text;
	int rc = fs_read(&a, dirfd, name, 0, &text, e);

	if (rc < 0) {
		err_note(e, "while reading %s", out_safe(l->c, str_of(path)));
	} else {
		l->files++;
		path = arena_strdup(l->c->a, path);
		opam_lint(&a, path, text, &found, &d);
		for (size_t i = 0; i < found.n; i++)
			keep(l, path, found.v[i]);
		if (d.opam_version.n)
			lint_extra_files(l, &a, dirfd,
					 path_join(&a, str_c(&a, path_dir(str_of(name))), "files"), path, &d);
	}
	arena_free(&a);
	return rc;
}

static int
visit(void *ctx, const char *path, const struct stat *st, int dirfd, const char *name, struct err *e)
{
	struct lint *l = ctx;

	if (S_ISDIR(st->st_mode))
		return strcmp(name, ".git") == 0 || (strcmp(name, "files") == 0 && fs_exists(dirfd, "opam"));
	if (!S_ISREG(st->st_mode) || (strcmp(name, "opam") != 0 && !str_ends(str_of(name), ".opam")))
		return 0;
	return lint_file(l, dirfd, name, path_join(l->c->a, l->dir, path), e);
}

/* The file `repo` at the root of a repository. */
static int
lint_repo(struct lint *l, const char *path, struct err *e)
{
	struct opam_finding f = {.error = true, .id = LINT_SYNTAX};
	struct arena *a = l->c->a;
	struct opam_repofile repo;
	struct err broken;
	struct str text;

	if (fs_read(a, AT_FDCWD, path, 0, &text, e) < 0)
		return err_note(e, "while reading %s", out_safe(l->c, str_of(path)));
	if (opam_repofile(a, path, text, &repo, &broken) == 0)
		return 0;
	f.at = broken.at;
	f.text = str_of(broken.msg);
	keep(l, path, f);
	return 0;
}

static int
lint_path(struct lint *l, const char *path, struct err *e)
{
	const char *repo = path_join(l->c->a, path, "repo");

	if (!fs_is_dir(AT_FDCWD, path))
		return lint_file(l, AT_FDCWD, path, path, e);
	if (fs_exists(AT_FDCWD, repo) && fs_is_dir(AT_FDCWD, path_join(l->c->a, path, "packages")) &&
	    !fs_is_dir(AT_FDCWD, repo) && lint_repo(l, repo, e) < 0)
		return -1;
	l->dir = path;
	return fs_walk(AT_FDCWD, path, visit, l, e);
}

/* --- what is said --- */

static const char *
severity(bool error)
{
	return error ? "error" : "warning";
}

static int
tell(struct lint *l, struct err *e)
{
	struct json *j = out_data(l->c);
	struct ctx *c = l->c;
	size_t errors = 0, warnings;

	json_key_int(j, "files", (int64_t)l->files);
	json_key_array(j, "findings");
	for (size_t i = 0; i < l->findings.n; i++) {
		const struct opam_finding *f = &l->findings.v[i];

		errors += f->error;
		json_object(j);
		json_key_c(j, "severity", severity(f->error));
		json_key_int(j, "id", f->id);
		json_key_c(j, "file", f->at.file);
		json_key_int(j, "line", f->at.line);
		json_key_int(j, "col", f->at.col);
		json_key_str(j, "message", f->text);
		json_end(j);
		out("%s%s %d: %s\n", out_place(c, &f->at), severity(f->error), f->id, out_safe(c, f->text));
	}
	json_end(j);
	warnings = l->findings.n - errors;
	out_message(c, "%zu file%s, %zu error%s, %zu warning%s\n", l->files, l->files == 1 ? "" : "s", errors,
		    errors == 1 ? "" : "s", warnings, warnings == 1 ? "" : "s");
	if (!errors)
		return 0;
	return err_set(e, ERR_PARSE, "%zu error%s in %zu file%s", errors, errors == 1 ? "" : "s", l->files,
		       l->files == 1 ? "" : "s");
}

static int
list_rules(struct ctx *c)
{
	struct json *j = out_data(c);

	json_key_array(j, "rules");
	for (size_t i = 0; i < opam_lint_rule_count; i++) {
		json_object(j);
		json_key_int(j, "id", opam_lint_rules[i].id);
		json_key_c(j, "severity", severity(opam_lint_rules[i].error));
		json_key_c(j, "message", opam_lint_rules[i].text);
		json_end(j);
		out("%2d %-7s %s\n", opam_lint_rules[i].id, severity(opam_lint_rules[i].error),
		    opam_lint_rules[i].text);
	}
	json_end(j);
	return 0;
}

int
cmd_lint(struct ctx *c, int argc, char **argv, struct err *e)
{
	bool list = false;
	const struct opt options[] = {
		{OPT_FLAG, 0, "list", NULL, "list what is looked for, with its numbers", &list},
		{.name = NULL},
	};
	struct lint l = {.c = c};
	int n;

	if (cmd_options(c, options, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (list)
		return list_rules(c);
	if (n == 0)
		return err_set(e, ERR_USAGE, "which files?"), err_hint(e, "pkg lint FILE|DIR...");
	for (int i = 0; i < n; i++)
		if (lint_path(&l, argv[i], e) < 0)
			return ctx_operand(e);
	return tell(&l, e);
}
