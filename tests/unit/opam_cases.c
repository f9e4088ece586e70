/* Flat cases: every NAME.opam of the folder given (default tests/opam) is read, and what was read of it must
 * be the text of NAME.want: `refused` with the error, or the typed fields, evaluated on Debian 12, x86_64;
 * then what lint finds. WANT=1 in the environment writes the .want files anew.
 */
#include <stdlib.h>

#include "base/buf.h"
#include "base/fs.h"
#include "base/path.h"
#include "opam/lint.h"
#include "opam/parse.h"
#include "opam/print.h"
#include "../tap.h"

struct dump {
	struct arena *a;
	struct buf b;
	const struct opam_definition *d;
	struct opam_scope scope;
};

static void
get(const struct opam_scope *scope, struct arena *a, struct str package, struct str name,
    struct opam_var *out)
{
	static const char *const known[][2] = {
		{"os", "linux"},         {"os-distribution", "debian"},
		{"os-family", "debian"}, {"os-version", "12"},
		{"arch", "x86_64"},      {"make", "make"},
		{"prefix", "/p"},        {"bin", "/p/bin"},
		{"name", "case"},        {"version", "1.0"},
		{"jobs", "4"},
	};

	(void)a;
	if (package.n && !str_is(package, "_")) {
		if (str_is(name, "installed"))
			*out = VAR_IS_BOOL(str_is(package, "here"));
		return;
	}
	for (size_t i = 0; i < COUNT_OF(known); i++)
		if (str_is(name, known[i][0]))
			*out = VAR_IS_STR(str_of(known[i][1]));
	if (scope->ctx && str_is(name, "with-test"))
		*out = VAR_IS_BOOL(true);
}

static void
line(struct dump *u, const char *name, struct str text)
{
	if (text.n)
		buf_printf(&u->b, "%s: %.*s\n", name, STR_ARG(opam_quoted(u->a, text)));
}

static void
lines(struct dump *u, const char *name, struct opam_strings list)
{
	for (size_t i = 0; i < list.n; i++)
		buf_printf(&u->b, "%s: %.*s\n", name, STR_ARG(opam_quoted(u->a, list.v[i])));
}

static void
formula(struct dump *u, const char *name, const struct opam_value *v, enum opam_formula_field field)
{
	struct opam_dep_flags flags = {.build = true, .post = true};
	const struct opam_formula *f;
	struct err e;

	if (!v)
		return;
	if (opam_formula(u->a, &u->d->text, v, field, &flags, &u->scope, &f, &e) < 0)
		buf_printf(&u->b, "%s: refused: %s\n", name, e.msg);
	else
		buf_printf(&u->b, "%s: %.*s\n", name, STR_ARG(opam_formula_text(u->a, f)));
}

static void
commands(struct dump *u, const char *name, const struct opam_value *v)
{
	struct opam_commands list;
	struct err e;

	if (opam_commands(u->a, &u->d->text, v, &u->scope, &list, &e) < 0) {
		buf_printf(&u->b, "%s: refused: %s\n", name, e.msg);
		return;
	}
	for (size_t i = 0; i < list.n; i++) {
		buf_printf(&u->b, "%s:", name);
		for (size_t j = 0; j < list.v[i].n; j++)
			buf_printf(&u->b, " %.*s", STR_ARG(opam_quoted(u->a, list.v[i].args[j])));
		buf_addc(&u->b, '\n');
	}
}

static void
filtered(struct dump *u, const char *name, struct opam_filtereds list)
{
	struct opam_strings strings;
	struct err e;

	if (opam_filtered_strings(u->a, &u->d->text, list, &u->scope, &strings, &e) < 0)
		buf_printf(&u->b, "%s: refused: %s\n", name, e.msg);
	else
		lines(u, name, strings);
}

static void
updates(struct dump *u, const char *name, struct opam_env_updates list)
{
	for (size_t i = 0; i < list.n; i++)
		buf_printf(&u->b, "%s: %.*s %s %.*s\n", name, STR_ARG(list.v[i].name),
			   opam_env_op_text(list.v[i].op),
			   STR_ARG(opam_quoted(u->a, opam_expand(u->a, list.v[i].value, &u->scope))));
}

static void
source(struct dump *u, const char *name, const struct opam_source *s)
{
	static const char *const backends[] = {
		[URL_HTTP] = "http", [URL_GIT] = "git",   [URL_HG] = "hg",  [URL_DARCS] = "darcs",
		[URL_PATH] = "path", [URL_REPO] = "repo", [URL_APT] = "apt"};

	if (!s->present)
		return;
	buf_printf(&u->b, "%s: %s %.*s\n", name, backends[s->src.backend],
		   STR_ARG(opam_quoted(u->a, s->src.text)));
	line(u, "  file", s->file);
	line(u, "  ref", s->src.ref);
	line(u, "  subpath", s->subpath);
	for (size_t i = 0; i < s->checksum_count; i++)
		line(u, "  checksum", opam_checksum_text(u->a, s->checksums[i]));
	for (size_t i = 0; i < s->mirror_count; i++)
		line(u, "  mirror", s->mirrors[i].text);
}

static void
flags(struct dump *u)
{
	static const char *const names[] = {"light-uninstall", "verbose",   "plugin", "compiler", "conf",
					    "avoid-version",   "deprecated"};

	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (u->d->flags & 1u << i)
			buf_printf(&u->b, "flag: %s\n", names[i]);
}

static void
texts(struct dump *u)
{
	const struct opam_definition *d = u->d;

	line(u, "name", d->name);
	line(u, "version", d->version);
	line(u, "synopsis", d->synopsis);
	line(u, "description", d->description);
	line(u, "descr", d->descr);
	lines(u, "maintainer", d->maintainer);
	lines(u, "author", d->authors);
	lines(u, "license", d->license);
	lines(u, "tag", d->tags);
	line(u, "dev-repo", d->dev_repo);
	flags(u);
	lines(u, "conflict-class", d->conflict_class);
	lines(u, "subst", d->substs);
	line(u, "x-locked", d->x_locked);
	line(u, "x-commit-hash", d->x_commit_hash);
}

static void
dump(struct dump *u)
{
	const struct opam_definition *d = u->d;
	struct opam_strings strings;
	struct opam_var available;
	struct err e;

	texts(u);
	formula(u, "depends", d->depends, FORMULA_DEPENDS);
	formula(u, "depopts", d->depopts, FORMULA_DEPOPTS);
	formula(u, "conflicts", d->conflicts, FORMULA_CONFLICTS);
	if (d->available && opam_filter(u->a, &d->text, d->available, &u->scope, &available, &e) == 0)
		buf_printf(&u->b, "available: %s\n", opam_truth(available, false) ? "yes" : "no");
	commands(u, "build", d->build);
	commands(u, "run-test", d->run_test);
	commands(u, "install", d->install);
	commands(u, "remove", d->remove);
	updates(u, "setenv", d->setenv);
	updates(u, "build-env", d->build_env);
	filtered(u, "patch", d->patches);
	filtered(u, "message", d->messages);
	filtered(u, "post-message", d->post_messages);
	if (opam_depexts(u->a, d, &u->scope, &strings, &e) == 0)
		lines(u, "depext", strings);
	source(u, "url", &d->url);
	for (size_t i = 0; i < d->extra_source_count; i++)
		source(u, "extra-source", &d->extra_sources[i]);
	for (size_t i = 0; i < d->extra_file_count; i++)
		line(u, "extra-file", d->extra_files[i].name);
	for (size_t i = 0; i < d->pin_depend_count; i++)
		buf_printf(&u->b, "pin-depends: %.*s %.*s %.*s\n", STR_ARG(d->pin_depends[i].name),
			   STR_ARG(d->pin_depends[i].version), STR_ARG(d->pin_depends[i].url.text));
}

static struct str
dump_text(struct arena *a, const char *path, struct str text)
{
	struct dump u = {.a = a, .b = buf_new(a), .scope = {.get = get}};
	struct opam_findings found = {0};
	struct opam_definition d;
	struct err e = {0};

	u.d = &d;
	if (opam_definition(a, path, text, &d, &e) < 0) {
		buf_printf(&u.b, "refused: %u:%u: %s\n", e.at.line, e.at.col, e.msg);
		if (*e.hint)
			buf_printf(&u.b, "hint: %s\n", e.hint);
	} else {
		OK(str_eq(opam_print(a, &d.text), text), "%s prints back", path);
		dump(&u);
	}
	opam_lint(a, path, text, &found, NULL);
	for (size_t i = 0; i < found.n; i++)
		buf_printf(&u.b, "%s %d: %u:%u: %.*s\n", found.v[i].error ? "error" : "warning",
			   found.v[i].id, found.v[i].at.line, found.v[i].at.col, STR_ARG(found.v[i].text));
	return buf_str(&u.b);
}

static void
run_case(const char *dir, const char *file)
{
	struct arena a = {0};
	struct str name = str_of(file), text, want = {0}, got;
	const char *path = path_join(&a, dir, file), *want_path;
	struct err e = {0};

	name.n -= sizeof(".opam") - 1;
	want_path = path_join(&a, dir, arena_printf(&a, "%.*s.want", STR_ARG(name)));
	if (fs_read(&a, AT_FDCWD, path, OPAM_TEXT_MAX, &text, &e) < 0) {
		OK(false, "%s: %s", file, e.msg);
		return;
	}
	got = dump_text(&a, arena_strdup(&a, file), text);
	if (getenv("WANT"))
		fs_write(AT_FDCWD, want_path, got, 0644, false, &e);
	if (fs_read(&a, AT_FDCWD, want_path, 0, &want, &e) < 0)
		OK(false, "%s: %s", want_path, e.msg);
	EQ_STR(str_c(&a, got), str_c(&a, want), "%s", file);
	arena_free(&a);
}

int
main(int argc, char **argv)
{
	const char *dir = argc > 1 ? argv[1] : "tests/opam";
	struct fs_entries entries = {0};
	struct arena a = {0};
	struct err e;
	int cases = 0;

	if (fs_list(&a, AT_FDCWD, dir, &entries, &e) < 0)
		OK(false, "%s", e.msg);
	for (size_t i = 0; i < entries.n; i++)
		if (str_ends(str_of(entries.v[i].name), ".opam")) {
			run_case(dir, entries.v[i].name);
			cases++;
		}
	OK(cases > 0, "%d cases", cases);
	arena_free(&a);
	return tap_done();
}
