#include "cli/envelope.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/out.h"

/* --- where it goes --- */

/* The number of a descriptor, or -1. */
static int
number_of(const char *where)
{
	for (const char *p = where; *p; p++)
		if (!isdigit((unsigned char)*p))
			return -1;
	return !*where ? STDOUT_FILENO : strlen(where) > 6 ? -1 : atoi(where);
}

/* The only writer of stdout from here on. */
static int
take_stdout(struct ctx *c, struct err *e)
{
	int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

	c->answer.fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (nowhere < 0 || c->answer.fd < 0 || dup2(nowhere, STDOUT_FILENO) < 0)
		return err_sys(e, "taking the standard output for JSON");
	close(nowhere);
	return c->answer.alone = true, 0;
}

int
envelope_open(struct ctx *c, struct err *e)
{
	const char *where = c->global.json;
	int fd, mode;

	if (!where || c->answer.opened)
		return 0;
	fd = strcmp(where, "-") == 0 ? STDOUT_FILENO : number_of(where);
	if (fd == STDOUT_FILENO) {
		if (take_stdout(c, e) < 0)
			return -1;
	} else if (fd >= 0) {
		mode = fcntl(fd, F_GETFL);
		if (mode < 0 || (mode & O_ACCMODE) == O_RDONLY)
			return err_set(e, ERR_USAGE, "--json=%s: the descriptor is not open for writing",
				       where);
		fcntl(fd, F_SETFD, FD_CLOEXEC);
		c->answer.fd = fd;
	} else {
		c->answer.fd = open(where, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0644);
		if (c->answer.fd < 0)
			return err_set(e, ERR_USAGE, "--json: %s cannot be written: %s",
				       out_safe(c, str_of(where)), strerror(errno));
	}
	c->answer.opened = true;
	return 0;
}

void
envelope_guess(struct ctx *c, int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], "--json") == 0 ||
		    (strcmp(argv[i], "--format=json") == 0 && !c->global.json))
			c->global.json = "";
		else if (strncmp(argv[i], "--json=", 7) == 0)
			c->global.json = argv[i] + 7;
		else if (strcmp(argv[i], "--no-json") == 0 || strcmp(argv[i], "--format=text") == 0)
			c->global.json = NULL;
	}
}

/* --- what stands in it --- */

static int
by_name(const void *a, const void *b)
{
	return str_cmp((*(const struct repo *const *)a)->name, (*(const struct repo *const *)b)->name);
}

static void
add_repos(struct ctx *c, struct json *j)
{
	const struct repos *repos = &c->apply.repos;
	const struct repo **sorted = arena_array(c->a, const struct repo *, repos->n + 1);

	for (size_t i = 0; i < repos->n; i++)
		sorted[i] = &repos->v[i];
	qsort(sorted, repos->n, sizeof(const struct repo *), by_name);
	json_key_array(j, "repo");
	for (size_t i = 0; i < repos->n; i++) {
		json_object(j);
		json_key_str(j, "name", sorted[i]->name);
		json_key_c(j, "commit", sorted[i]->commit.hex);
		json_end(j);
	}
	json_end(j);
}

struct json *
out_data(struct ctx *c)
{
	struct json *j = &c->answer.json;

	if (c->answer.begun)
		return j;
	c->answer.begun = true;
	*j = json_new(c->a);
	json_object(j);
	json_key_str(j, "schema", str_printf(c->a, "pkg/1/%s", c->command ? c->command : "pkg"));
	json_key_c(j, "tool", PKG_VERSION);
	if (c->have_root)
		json_key_c(j, "root", c->root.path);
	add_repos(c, j);
	json_key_object(j, "data");
	return j;
}

void
out_json_sha256(struct json *j, const char *key, struct str hex)
{
	if (hex.n)
		json_key_str(j, key, str_printf(j->b.a, "sha256:" STR_FMT, STR_ARG(hex)));
}

static int
by_bytes(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

void
out_json_strings(struct json *j, const char *key, const struct opam_strings *list)
{
	struct str *sorted = arena_array(j->b.a, struct str, list->n + 1);

	if (list->n)
		memcpy(sorted, list->v, list->n * sizeof(*sorted));
	qsort(sorted, list->n, sizeof(*sorted), by_bytes);
	json_key_array(j, key);
	for (size_t i = 0; i < list->n; i++)
		json_add_str(j, sorted[i]);
	json_end(j);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void
out_json_args(struct json *j, const char *key, char **args, int n)
{
	qsort(args, (size_t)n, sizeof(*args), by_text);
	json_key_array(j, key);
	for (int i = 0; i < n; i++)
		json_add_str(j, str_of(args[i]));
	json_end(j);
}

static void
add_lines(struct json *j, const char *key, const char *text)
{
	struct str rest = str_of(text), line;

	json_key_array(j, key);
	while (str_cut(&rest, '\n', &line))
		json_add_str(j, line);
	json_end(j);
}

static void
add_error(struct json *j, int status, const struct err *e)
{
	const char *meaning = err_meaning(status);

	json_key_object(j, "error");
	json_key_c(j, "id", err_name((enum err_code)status));
	json_key_int(j, "code", status);
	json_key_c(j, "message", e ? e->msg : meaning ? meaning : "the command ended with this status");
	if (e && e->at.line) {
		json_key_c(j, "file", e->file);
		json_key_int(j, "line", e->at.line);
		json_key_int(j, "col", e->at.col);
	}
	if (e && e->note[0])
		add_lines(j, "notes", e->note);
	add_lines(j, "hints", e ? e->hint : "");
	json_end(j);
}

/* Data that was left half-written by an error is none. */
static struct json *
whole_data(struct ctx *c)
{
	enum { IN_DATA = 2 };

	if (c->answer.begun && c->answer.json.depth != IN_DATA)
		c->answer.begun = false;
	return out_data(c);
}

int
envelope_end(struct ctx *c, int status, const struct err *failed, struct err *e)
{
	struct json *j;
	struct str text;

	if (!c->answer.opened)
		return 0;
	j = whole_data(c);
	json_end(j);
	json_key_array(j, "warnings");
	for (size_t i = 0; i < c->warnings.n; i++)
		json_add_str(j, c->warnings.v[i]);
	json_end(j);
	if (status) {
		add_error(j, status, failed);
	} else {
		json_name(j, "error");
		json_add_null(j);
	}
	json_end(j);
	text = json_done(j);
	if (fs_write_all(c->answer.fd, text.s, text.n, e) == 0)
		return 0;
	c->unread |= e->sys == EPIPE;
	return err_note(e, "while writing the JSON answer");
}
