#include <string.h>

#include "cli/ctx.h"
#include "cli/help.h"
#include "cli/out.h"

/* The scripts of shell/, and where `make install` puts them. */
static const struct {
	const char *shell, *source, *installed;
} scripts[] = {
	{"bash", "pkg.bash", "bash-completion/completions/pkg"},
	{"zsh", "_pkg", "zsh/site-functions/_pkg"},
	{"fish", "pkg.fish", "fish/vendor_completions.d/pkg.fish"},
};

static int
print_script(struct ctx *c, const char *source, const char *installed, struct err *e)
{
	const char *const places[] = {
		arena_printf(c->a, "../shell/%s", source),
		arena_printf(c->a, "../../shell/%s", source),
		arena_printf(c->a, "../../../shell/%s", source),
		arena_printf(c->a, "../share/%s", installed),
	};
	const char *path = help_find(c, places, COUNT_OF(places));
	struct str text;

	if (!path)
		return err_set(e, ERR_NOTFOUND, "the script %s is not installed", installed);
	if (fs_read(c->a, AT_FDCWD, path, 1 << 20, &text, e) < 0)
		return -1;
	json_key_str(out_data(c), "script", text);
	out_bytes(c, text);
	return 0;
}

int
cmd_completion(struct ctx *c, int argc, char **argv, struct err *e)
{
	int n;

	if (cmd_options(c, NULL, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	for (size_t i = 0; n == 1 && i < COUNT_OF(scripts); i++)
		if (strcmp(argv[0], scripts[i].shell) == 0)
			return print_script(c, scripts[i].source, scripts[i].installed, e);
	return err_set(e, ERR_USAGE, "usage: pkg completion bash|zsh|fish");
}
