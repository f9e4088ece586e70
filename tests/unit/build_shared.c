/* Two processes over one root; and what is asked of the system's packages. */
#include "build_help.h"

#include "build/toolchain.h"

static struct err e;

/* In a process of its own, with its own handles. 0: built, 7: reused. */
static int
other_process(struct package *p)
{
	pid_t pid;
	int status;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		bool good = open_root("root", &e) == 0 && build(p, &e) == 0 &&
			    build_cache_flush(&help_builder, &help_arena, &e) == 0;

		_exit(!good ? 1 : p->result.reused ? 7 : 0);
	}
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
one_builds(void)
{
	struct package slow = {.name = "slow",
			       .opam = "build: [\"sleep\" \"1.5\"]\ninstall: [\"touch\" \"%{lib}%/s\"]"};
	struct package same = slow, small = {.name = "small", .opam = "install: [\"touch\" \"%{lib}%/m\"]"};
	pid_t pid;
	int status;

	help_events[0] = '\0';
	fflush(stdout);
	pid = fork();
	if (pid == 0)
		_exit(open_root("root", &e) == 0 && build(&slow, &e) == 0 ? slow.result.reused : 9);
	sh("for i in 1 2 3 4 5 6 7 8 9 10; do ls root/locks/key-* && exit 0; sleep 0.2; done");
	GOOD(build(&same, &e), "a second process asks for the same package");
	OK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0,
	   "the first has built it");
	OK(same.result.reused, "the second has waited and reuses it");
	OK(strstr(help_events, "held by"), "and said for whom it waited");
	EQ_INT(other_process(&small), 0, "another process builds and keeps another package");
	GOOD(build_cache_flush(&help_builder, &help_arena, &e), "ours is kept too");
	OK(sh("test -z \"$(ls root/index/built)\"") == 0, "the journal is empty");
	EQ_INT(other_process(&same), 7, "both are there");
	EQ_INT(other_process(&small), 7, "for a third process");
}

static void
system_packages(void)
{
	struct opam_strings first, second, have, missing;
	struct opam_definition d;
	struct dpkg *dpkg = dpkg_open(&help_arena, help_root.fd);

	GOOD(toolchain_read(dpkg, &help_arena, &first, &e), "the toolchain");
	OK(first.n > 0, "has parts: " STR_FMT, STR_ARG(first.n ? first.v[0] : STR("none")));
	for (size_t i = 1; i < first.n; i++)
		if (str_cmp(first.v[i - 1], first.v[i]) >= 0)
			OK(false, "not sorted");
	dpkg = dpkg_open(&help_arena, help_root.fd);
	GOOD(toolchain_read(dpkg, &help_arena, &second, &e), "the toolchain again");
	OK(first.n == second.n && (!first.n || str_eq(first.v[0], second.v[0])),
	   "is the same from the index");
	if (!dpkg_present(dpkg))
		return;
	OK(opam_definition(&help_arena, "opam",
			   STR("opam-version: \"2.0\"\ndepexts: [[\"dpkg\" \"no-such-package\"]"
			       " {os = \"linux\"} [\"other\"] {os = \"macos\"}]\n"),
			   &d, &e) == 0,
	   "a definition with depexts");
	GOOD(build_depexts(&help_builder, &help_arena, &d, STR("x"), STR("1"), &have, &missing, &e),
	     "its depexts");
	EQ_INT(have.n, 1, "one is there");
	OK(have.n && str_starts(have.v[0], "dpkg=1"), "with its version");
	EQ_INT(missing.n, 1, "one is missing");
	OK(missing.n && str_is(missing.v[0], "no-such-package"), "by name");
}

static void
environment(void)
{
	static const char *const base[] = {"PATH=/usr/bin", "OTHER=x", "BASE=old", NULL};
	struct package p = {.name = "envy",
			    .opam = "setenv: [[BASE = \"%{lib}%/x\"] [PKG_PATH += \"%{envy:share}%\"]]"};
	struct opam_strings out;
	struct buf b = buf_new(&help_arena);
	const char **applied;

	GOOD(build(&p, &e), "a package with setenv");
	GOOD(build_environment(&help_arena, &p.dep, 1, "/live/p", "xen", base, &out, &e),
	     "the environment of a switch");
	for (size_t i = 0; i < out.n; i++)
		buf_printf(&b, STR_FMT "\n", STR_ARG(out.v[i]));
	EQ_STR(b.s,
	       "BASE=/live/p/lib/x\nMANPATH=:/live/p/man\nOPAMSWITCH=xen\nOPAM_SWITCH_PREFIX=/live/p\n"
	       "PATH=/live/p/bin:/usr/bin\nPKG_PATH=/live/p/share/envy\n",
	       "has the live path, and only what differs");
	applied = arena_array(&help_arena, const char *, out.n + 2);
	for (size_t i = 0; i < out.n; i++)
		applied[i] = out.v[i].s;
	applied[out.n] = "OTHER=x";
	GOOD(build_environment(&help_arena, &p.dep, 1, "/live/p", "xen", applied, &out, &e),
	     "applied once more");
	EQ_INT(out.n, 0, "it changes nothing");
}

int
main(void)
{
	if (!help_begin(&e))
		return help_skip(&e);
	one_builds();
	system_packages();
	environment();
	return help_end();
}
