#include "cli/help.h"

#include <stdio.h>
#include <unistd.h>

#include "base/path.h"
#include "base/proc.h"
#include "cli/ctx.h"
#include "cli/out.h"

int
help_version(void)
{
	char git2[32];

	store_library_version(git2);
	out("pkg %s\nlibgit2 %s\n", PKG_VERSION, git2);
	return 0;
}

int
help_overview(struct ctx *c, bool wrong_usage, struct err *e)
{
	FILE *to = wrong_usage ? stderr : stdout;

	fprintf(to, "usage: pkg [OPTIONS] COMMAND [ARGUMENTS]\n\n");
	for (size_t i = 0; i < cmd_count; i++)
		fprintf(to, "  %-10s %-28s %s\n", cmds[i].name, cmds[i].args, cmds[i].help);
	fprintf(to, "\noptions of every command:\n");
	for (const struct opt *o = global_options(c); o->name; o++) {
		char letter[] = {'-', o->letter, ',', ' ', '\0'};

		fprintf(to, "  %s--%s%s%s\n      %s\n", o->letter ? letter : "    ", o->name,
			o->arg ? "=" : "", o->arg ? o->arg : "", o->help);
	}
	fprintf(to, "\n`pkg help COMMAND` prints the manual page of a command.\n");
	if (wrong_usage)
		return err_set(e, ERR_USAGE, "no command given");
	return 0;
}

const char *
help_find(struct ctx *c, const char *const *places, size_t n)
{
	struct str dir = path_dir(str_of(c->program));

	for (size_t i = 0; i < n; i++) {
		const char *path = arena_printf(c->a, "%.*s/%s", STR_ARG(dir), places[i]);

		if (access(path, R_OK) == 0)
			return path;
	}
	return NULL;
}

static const char *
page_path(struct ctx *c, const char *page)
{
	const char *const places[] = {
		arena_printf(c->a, "../man/%s", page),
		arena_printf(c->a, "../../man/%s", page),
		arena_printf(c->a, "../../../man/%s", page),
		arena_printf(c->a, "../share/man/man1/%s", page),
	};

	return help_find(c, places, COUNT_OF(places));
}

int
help_page(struct ctx *c, const char *command, struct err *e)
{
	const char *page = command ? arena_printf(c->a, "pkg-%s.1", command) : "pkg.1";
	const char *path = page_path(c, page);
	const char *formatter = proc_find(c->a, "man", ctx_env("PATH", "/usr/bin:/bin"));
	const char *const man[] = {"man", "-l", path, NULL};
	const char *const mandoc[] = {"mandoc", path, NULL};
	struct proc p = {.argv = formatter ? man : mandoc, .out = PROC_INHERIT, .err = PROC_INHERIT};
	struct proc_result r;
	struct str text;

	if (!path)
		return err_set(e, ERR_NOTFOUND, "the manual page %s is not installed", page);
	if (formatter || proc_find(c->a, "mandoc", ctx_env("PATH", "/usr/bin:/bin")))
		return proc_run(c->a, &p, &r, e) < 0 ? -1 : r.status == 0 ? 0 : CMD_STATUS + r.status;
	if (fs_read(c->a, AT_FDCWD, path, 1 << 20, &text, e) < 0)
		return -1;
	out_bytes(c, text);
	return 0;
}
