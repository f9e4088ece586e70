#include "cli/operand.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apply/pins.h"
#include "base/path.h"
#include "base/vec.h"
#include "cli/ctx.h"
#include "cli/out.h"
#include "cli/secret.h"
#include "opam/version.h"

enum { LIST_MAX = 4 << 20 };

struct words {
	char **v;
	size_t n, room;
};

/* With a NULL behind, as argv has it. */
static void
take(struct ctx *c, struct words *words, char ***args, int *n)
{
	vec_push(c->a, words, NULL);
	*args = words->v;
	*n = (int)words->n - 1;
}

/* --- lists --- */

int
operand_file(struct ctx *c, const char *path, struct str *text, struct err *e)
{
	AUTO_FD fd = -1;

	if (strcmp(path, "-") == 0)
		return fs_read_fd(c->a, STDIN_FILENO, LIST_MAX, text, e);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0) {
		err_sys(e, "opening %s", out_safe(c, str_of(path)));
		return ctx_operand(e);
	}
	return fs_read_fd(c->a, fd, LIST_MAX, text, e);
}

static int
read_list(struct ctx *c, const char *path, struct words *out, struct err *e)
{
	struct str text, line;

	if (operand_file(c, path, &text, e) < 0)
		return err_note(e, "while reading the list of packages %s", out_safe(c, str_of(path)));
	while (str_cut(&text, '\n', &line)) {
		line = str_trim(line);
		if (line.n && line.s[0] != '#')
			vec_push(c->a, out, str_c(c->a, line));
	}
	return 0;
}

int
operand_lists(struct ctx *c, char ***args, int *n, struct err *e)
{
	struct words words = {0};

	for (int i = 0; i < *n; i++) {
		if ((*args)[i][0] != '@')
			vec_push(c->a, &words, (*args)[i]);
		else if (read_list(c, (*args)[i] + 1, &words, e) < 0)
			return -1;
	}
	/* Without arguments commands mean all packages: not what an empty list says. */
	if (*n && !words.n)
		return err_set(e, ERR_USAGE, "%s names no package", out_safe(c, str_of((*args)[0])));
	take(c, &words, args, n);
	return 0;
}

/* --- places --- */

bool
operand_is_place(const char *arg)
{
	return strchr(arg, '/') || strcmp(arg, ".") == 0 || strcmp(arg, "..") == 0 ||
	       (str_ends(str_of(arg), ".opam") && access(arg, F_OK) == 0);
}

/* A definition file stands for its folder and its own name, "" for the folder's. */
static int
local_place(struct ctx *c, const char *arg, struct str *url, struct str *only, struct err *e)
{
	char real[PATH_MAX];
	struct str path;

	if (!realpath(arg, real)) {
		err_sys(e, "looking at %s", out_safe(c, str_of(arg)));
		return ctx_operand(e);
	}
	path = str_of(arena_strdup(c->a, real));
	*url = path;
	if (fs_is_dir(AT_FDCWD, real))
		return 0;
	*url = str_dup(c->a, path_dir(path));
	path = path_base(path);
	if (str_is(path, "opam"))
		return 0;
	if (!str_ends(path, ".opam"))
		return err_set(e, ERR_USAGE, "%s is no package definition: its name does not end in .opam",
			       out_safe(c, str_of(arg)));
	*only = str_sub(path, 0, path.n - strlen(".opam"));
	return 0;
}

static int
read_place(struct ctx *c, const char *arg, struct words *words, struct act *act, struct err *e)
{
	struct str url = str_of(arg), only = {0};
	struct opam_strings names = {0};
	struct state_pin *pins;

	if (secret_refuse(arg, e) < 0 || (!strstr(arg, "://") && local_place(c, arg, &url, &only, e) < 0))
		return -1;
	if (pins_defined(&c->apply, c->a, url, &names, e) < 0)
		return -1;
	pins = arena_array(c->a, struct state_pin, act->pin_count + names.n);
	if (act->pin_count)
		memcpy(pins, act->pins, act->pin_count * sizeof(*pins));
	act->pins = pins;
	for (size_t i = 0; i < names.n; i++) {
		if (only.n && !str_eq(names.v[i], only))
			continue;
		pins[act->pin_count++] = (struct state_pin){.name = names.v[i], .url = url};
		vec_push(c->a, words, str_c(c->a, names.v[i]));
	}
	return 0;
}

int
operand_places(struct ctx *c, char ***args, int *n, struct act *act, struct err *e)
{
	struct words words = {0};

	for (int i = 0; i < *n; i++) {
		size_t before = words.n;

		if (!operand_is_place((*args)[i])) {
			vec_push(c->a, &words, (*args)[i]);
			continue;
		}
		if (read_place(c, (*args)[i], &words, act, e) < 0)
			return -1;
		if (words.n == before)
			return err_set(e, ERR_NOTFOUND, "%s is not among the files that Git tracks there",
				       out_safe(c, str_of((*args)[i])));
	}
	take(c, &words, args, n);
	return 0;
}
