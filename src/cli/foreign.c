#include "cli/foreign.h"

#define SAID(letter, name, here)                                                                             \
	{                                                                                                    \
		OPT_FOREIGN, letter, name, NULL, here, NULL                                                  \
	}

/* Sorted by name. The texts end a sentence: "opam's --bare is `pkg init` here". */
const struct opt foreign_options[] = {
	SAID(0, "assume-depexts", "the rule: system packages are looked for, never installed,"),
	SAID(0, "bare", "`pkg init`"),
	SAID(0, "build-doc", "`--with-doc`"),
	SAID(0, "build-test", "`--with-test`"),
	SAID(0, "criteria", "the fixed ranking of pkg-upgrade(1)"),
	SAID(0, "cudf", "without a counterpart"),
	SAID(0, "debug-level", "`--debug=SECTIONS`"),
	SAID(0, "deps-only", "without a counterpart"),
	SAID(0, "destdir", "`pkg switch create NAME`, a prefix of its own,"),
	SAID(0, "disable-sandboxing", "refused"),
	SAID(0, "download-only", "`pkg lock PACKAGE` and `pkg fetch --locked`"),
	SAID(0, "fake", "refused"),
	SAID(0, "git-version", "`--version`"),
	SAID(0, "ignore-pin-depends", "the rule: pin-depends are not followed"),
	SAID(0, "inplace-build", "`pkg pin add NAME DIR`"),
	SAID(0, "installed", "`pkg list`"),
	SAID('i', "installed-roots", "`pkg list`, which marks them,"),
	SAID(0, "kind", "the prefix of the address: git+https:, git+file:"),
	SAID(0, "no-checksums", "refused"),
	SAID(0, "no-depexts", "the rule: system packages are looked for, never installed,"),
	SAID(0, "no-setup", "the rule: shell files are never edited"),
	SAID(0, "reinit", "`pkg init`"),
	SAID(0, "require-checksums", "the rule: an archive without a checksum is refused"),
	SAID(0, "repos", "`pkg repo add NAME ADDRESS`"),
	SAID(0, "repositories", "`pkg repo add NAME ADDRESS`"),
	SAID(0, "set-root", "the rule: `pkg env` goes by --root"),
	SAID(0, "set-switch", "the rule: `pkg env` goes by --switch"),
	SAID(0, "shell-setup", "a line of your own, `eval \"$(pkg env)\"`,"),
	SAID(0, "skip-updates", "the rule: only `pkg update` looks at the repositories"),
	SAID(0, "solver", "built in"),
	SAID(0, "unlock-base", "`pkg switch set-invariant`"),
	SAID(0, "update-invariant", "`pkg switch set-invariant`"),
	SAID(0, "use-internal-solver", "built in"),
	SAID(0, "vars", "`pkg solve --for`"),
	SAID('w', "working-dir", "`pkg pin add NAME DIR`"),
};
const size_t foreign_count = COUNT_OF(foreign_options);

static const struct {
	const char *name, *here;
} commands[] = {
	{"clean", "not needed: trees, index and build may be deleted"},
	{"config", "the file `config` of the root"},
	{"option", "the file `config` of the root"},
	{"var", "`pkg env`"},
};

const char *
foreign_command(struct str name)
{
	for (size_t i = 0; i < COUNT_OF(commands); i++)
		if (str_is(name, commands[i].name))
			return commands[i].here;
	return NULL;
}
