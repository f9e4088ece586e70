/* sys-ocaml-*: from a compiler that is a script, asked once, again when it is another one. */
#include <stdlib.h>

#include "base/buf.h"
#include "base/fs.h"
#include "repo/evalvars.h"
#include "repo/platform.h"
#include "../tap.h"

struct world {
	struct arena a;
	char *dir;
	struct err e;
};

/* A compiler that writes down that it ran. */
static void
compiler(struct world *w, const char *version, const char *os, int status)
{
	struct str text = str_printf(
		&w->a,
		"#!/bin/sh\necho >>%s/ran\ncase $1 in\n-vnum) echo %s;;\n"
		"*) printf 'architecture: amd64\\nccomp_type: cc\\nos_type: %s\\n';;\nesac\nexit %d\n",
		w->dir, version, os, status);

	fs_write(AT_FDCWD, arena_printf(&w->a, "%s/ocamlc", w->dir), text, 0755, false, &w->e);
}

static size_t
runs(struct world *w)
{
	struct str text;

	if (fs_read(&w->a, AT_FDCWD, arena_printf(&w->a, "%s/ran", w->dir), 0, &text, &w->e) < 0)
		return 0;
	return text.n;
}

static const char *
value(struct world *w, const struct platform *p, const char *name)
{
	struct opam_scope scope = platform_scope(p);
	struct opam_var v = {.kind = VAR_UNDEFINED};

	scope.get(&scope, &w->a, STR(""), str_of(name), &v);
	return v.kind == VAR_UNDEFINED ? "undefined" : str_c(&w->a, v.s);
}

int
main(void)
{
	struct world w = {0};
	struct platform p = {.os = STR("linux")};

	w.dir = fs_mkdtemp(&w.a, getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp", &w.e);
	if (!w.dir)
		return tap_skip_all(w.e.msg);
	EQ_STR(value(&w, &p, "sys-ocaml-version"), "undefined", "where nobody may ask");
	evalvars_use(&w.a, w.dir, w.dir);
	EQ_STR(value(&w, &p, "sys-ocaml-cc"), "undefined", "without a compiler");

	compiler(&w, "5.3.0", "Unix", 0);
	evalvars_use(&w.a, w.dir, w.dir);
	EQ_STR(value(&w, &p, "os"), "linux", "another variable");
	EQ_INT(runs(&w), 0, "runs nothing");
	EQ_STR(value(&w, &p, "sys-ocaml-version"), "5.3.0", "version");
	EQ_STR(value(&w, &p, "sys-ocaml-arch"), "x86_64", "architecture");
	EQ_STR(value(&w, &p, "sys-ocaml-cc"), "cc", "C compiler");
	EQ_STR(value(&w, &p, "sys-ocaml-libc"), "libc", "C library");
	EQ_INT(runs(&w), 2, "from two runs");
	evalvars_use(&w.a, w.dir, w.dir);
	EQ_STR(value(&w, &p, "sys-ocaml-arch"), "x86_64", "another process");
	EQ_INT(runs(&w), 2, "runs nothing again");

	compiler(&w, "5.4.0~beta", "Win32", 0);
	evalvars_use(&w.a, w.dir, w.dir);
	EQ_STR(value(&w, &p, "sys-ocaml-version"), "5.4.0~beta", "another compiler");
	EQ_STR(value(&w, &p, "sys-ocaml-libc"), "msvc", "for another system");
	compiler(&w, "x", "Unix", 1);
	evalvars_use(&w.a, w.dir, w.dir);
	EQ_STR(value(&w, &p, "sys-ocaml-version"), "undefined", "one that fails");
	EQ_STR(value(&w, &p, "sys-ocaml-libc"), "undefined", "in all it is asked");
	fs_remove(AT_FDCWD, w.dir, &w.e);
	arena_free(&w.a);
	return tap_done();
}
