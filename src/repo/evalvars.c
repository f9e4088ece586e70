#include "repo/evalvars.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/proc.h"
#include "opam/parse.h"
#include "opam/print.h"

enum { SECONDS = 10, CACHE_MAX = 1 << 16 };
#define CACHE "ocaml"

enum variable { SYS_VERSION, SYS_ARCH, SYS_CC, SYS_LIBC, VARIABLES };
static const char *const names[VARIABLES] = {
	[SYS_VERSION] = "sys-ocaml-version",
	[SYS_ARCH] = "sys-ocaml-arch",
	[SYS_CC] = "sys-ocaml-cc",
	[SYS_LIBC] = "sys-ocaml-libc",
};

struct evalvars {
	struct arena *a;
	const char *path, *cache_dir;
	bool asked;
	struct str values[VARIABLES]; /* empty: undefined */
};
static struct evalvars machine;

void
evalvars_use(struct arena *a, const char *path, const char *cache_dir)
{
	machine = (struct evalvars){.a = a, .path = path, .cache_dir = cache_dir};
}

/* --- the cache --- */

/* What tells a compiler from another one. */
static bool
identify(struct evalvars *v, const char *program, struct str *out)
{
	char *real = realpath(program, NULL);
	struct stat st;
	bool found = real && stat(real, &st) == 0;

	if (found)
		*out = str_printf(v->a, "%s %lld %lld.%09ld %llu", real, (long long)st.st_size,
				  (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec,
				  (unsigned long long)st.st_ino);
	free(real);
	return found;
}

static struct str
text_field(const struct opam_text *t, const char *name)
{
	for (size_t i = 0; i < t->n; i++)
		if (str_is(t->items[i].name, name) && t->items[i].value &&
		    t->items[i].value->kind == OPAM_STRING)
			return t->items[i].value->s;
	return (struct str){0};
}

static bool
read_cache(struct evalvars *v, struct str compiler)
{
	struct opam_text t;
	struct str text;
	struct err ignored;
	const char *file;

	if (!v->cache_dir)
		return false;
	file = path_join(v->a, v->cache_dir, CACHE);
	if (fs_read(v->a, AT_FDCWD, file, CACHE_MAX, &text, &ignored) < 0 ||
	    opam_parse(v->a, file, text, &t, &ignored) < 0 || !str_eq(text_field(&t, "compiler"), compiler))
		return false;
	for (int i = 0; i < VARIABLES; i++)
		v->values[i] = text_field(&t, names[i]);
	return true;
}

/* A cache that cannot be written costs time only. */
static void
write_cache(struct evalvars *v, struct str compiler)
{
	struct buf b = buf_new(v->a);
	struct err ignored;

	if (!v->cache_dir)
		return;
	buf_printf(&b, "compiler: %.*s\n", STR_ARG(opam_quoted(v->a, compiler)));
	for (int i = 0; i < VARIABLES; i++)
		if (v->values[i].n)
			buf_printf(&b, "%s: %.*s\n", names[i], STR_ARG(opam_quoted(v->a, v->values[i])));
	fs_write(AT_FDCWD, path_join(v->a, v->cache_dir, CACHE), buf_str(&b), 0644, false, &ignored);
}

/* --- the compiler --- */

/* What it prints with an option; empty when it fails. */
static struct str
ask(struct evalvars *v, const char *program, const char *option)
{
	const char *argv[] = {program, option, NULL};
	struct proc p = {.argv = argv,
			 .out = PROC_CAPTURE,
			 .err = PROC_DISCARD,
			 .timeout = SECONDS,
			 .what = "ocamlc",
			 .capture_max = CACHE_MAX};
	struct proc_result r = {0};
	struct err e;

	if (proc_run(v->a, &p, &r, &e) < 0 || r.status != 0 || r.timed_out)
		return (struct str){0};
	return r.out;
}

/* The value behind `key: `. */
static struct str
config_value(struct str config, const char *key)
{
	struct str line, name;

	while (str_cut(&config, '\n', &line)) {
		if (str_chr(line, ':') < 0)
			continue;
		str_cut(&line, ':', &name);
		if (str_is(name, key))
			return str_trim(line);
	}
	return (struct str){0};
}

static void
compute(struct evalvars *v, const char *program)
{
	struct str config = ask(v, program, "-config"), arch = config_value(config, "architecture");
	struct str os = config_value(config, "os_type");

	v->values[SYS_VERSION] = str_trim(ask(v, program, "-vnum"));
	v->values[SYS_ARCH] = str_is(arch, "i386")    ? STR("i686")
			      : str_is(arch, "amd64") ? STR("x86_64")
						      : arch;
	v->values[SYS_CC] = config_value(config, "ccomp_type");
	if (os.n)
		v->values[SYS_LIBC] = str_is(os, "Win32") ? STR("msvc") : STR("libc");
}

static void
find_out(struct evalvars *v)
{
	const char *program = proc_find(v->a, "ocamlc", v->path);
	struct str compiler;

	v->asked = true;
	if (!program || !identify(v, program, &compiler) || read_cache(v, compiler))
		return;
	compute(v, program);
	if (!proc_interrupted)
		write_cache(v, compiler);
}

bool
evalvars_get(struct str name, struct opam_var *out)
{
	for (int i = 0; i < VARIABLES; i++) {
		if (!str_is(name, names[i]))
			continue;
		if (!machine.asked && machine.a)
			find_out(&machine);
		if (machine.values[i].n)
			*out = VAR_IS_STR(machine.values[i]);
		return true;
	}
	return false;
}
