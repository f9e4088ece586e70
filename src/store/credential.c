/* Name and password for a server that asks, from the user's own helpers: `git credential fill`. */
#include <string.h>

#include "base/proc.h"
#include "store/private.h"

/* The helpers are in the user's configuration, so here it is read; nobody is prompted. */
static int
fill(struct store *s, struct arena *a, const char *url, struct str *answer)
{
	const char *path = s->env.path ? s->env.path : "/usr/bin:/bin";
	const char *argv[] = {proc_find(a, "git", path), "credential", "fill", NULL};
	const char *env[] = {
		arena_printf(a, "PATH=%s", path),
		"GIT_TERMINAL_PROMPT=0",
		arena_printf(a, "HOME=%s", s->env.home ? s->env.home : "/nonexistent"),
		NULL,
	};
	struct proc p = {.argv = argv, .env = env, .cwd = "/", .out = PROC_CAPTURE, .timeout = 60};
	struct proc_result r = {0};
	struct err ignored = {0};

	if (!argv[0])
		return -1;
	p.input = str_printf(a, "url=%s\n\n", url);
	if (proc_run(a, &p, &r, &ignored) < 0 || r.status != 0)
		return -1;
	*answer = r.out;
	return 0;
}

int
transport_credential(git_credential **out, const char *url, const char *user, unsigned allowed, void *ctx)
{
	struct transport_ask *ask = ctx;
	struct str answer, line, key, name = {0}, password = {0};
	SCRATCH a = {0};

	(void)user;
	/* A second question means that the answer was wrong. */
	if (!(allowed & GIT_CREDENTIAL_USERPASS_PLAINTEXT) || ask->asked)
		return GIT_EAUTH;
	ask->asked = true;
	if (fill(ask->s, &a, url, &answer) < 0)
		return GIT_EAUTH;
	while (str_cut(&answer, '\n', &line)) {
		if (!str_cut(&line, '=', &key))
			continue;
		if (str_is(key, "username"))
			name = line;
		else if (str_is(key, "password"))
			password = line;
	}
	if (!name.n)
		return GIT_EAUTH;
	return git_credential_userpass_plaintext_new(out, str_c(&a, name), str_c(&a, password));
}
