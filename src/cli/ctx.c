#include "cli/ctx.h"

#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/path.h"
#include "base/proc.h"
#include "repo/evalvars.h"
#include "repo/history.h"
#include "repo/index.h"
#include "store/overlay.h"

const char *
ctx_env(const char *name, const char *otherwise)
{
	const char *value = getenv(name);

	return value && *value ? value : otherwise;
}

int
ctx_operand(struct err *e)
{
	if (e->code == ERR_SYSTEM && (e->sys == ENOENT || e->sys == ENOTDIR || e->sys == ENAMETOOLONG))
		e->code = ERR_NOTFOUND;
	return -1;
}

const char *
ctx_address(struct ctx *c, const char *address)
{
	char real[PATH_MAX];

	if (!strstr(address, "://") && realpath(address, real))
		return arena_strdup(c->a, real);
	return address;
}

const char *
ctx_root_path(struct ctx *c, struct err *e)
{
	const char *home;

	if (c->global.root)
		return c->global.root;
	if (ctx_env("PKGROOT", NULL))
		return getenv("PKGROOT");
	if (ctx_env("XDG_DATA_HOME", NULL))
		return path_join(c->a, getenv("XDG_DATA_HOME"), "pkg");
	home = ctx_env("HOME", NULL);
	if (!home) {
		err_set(e, ERR_CONFIG, "no root: neither --root nor PKGROOT nor HOME is set");
		return NULL;
	}
	return path_join(c->a, home, ".local/share/pkg");
}

/* pkg-fetch stands beside pkg, or in ../libexec. */
static const char *
worker_path(struct ctx *c)
{
	struct str dir = path_dir(str_of(c->program));
	const char *beside = arena_printf(c->a, "%.*s/pkg-fetch", STR_ARG(dir));

	if (access(beside, X_OK) == 0)
		return beside;
	return arena_printf(c->a, "%.*s/../libexec/pkg-fetch", STR_ARG(dir));
}

static struct str
env_str(const char *name)
{
	return str_of(ctx_env(name, ""));
}

static void
fill_fetch(struct ctx *c)
{
	c->apply.fetch = (struct fetch){.store = c->root.store,
					.scratch = path_join(c->a, c->root.path, "build"),
					.worker = worker_path(c),
					.offline = c->global.offline,
					.http_proxy = env_str("http_proxy"),
					.https_proxy = env_str("https_proxy"),
					.no_proxy = env_str("no_proxy"),
					.ca_file = env_str("SSL_CERT_FILE"),
					.report = &c->report};
}

int
ctx_open(struct ctx *c, unsigned needs, struct err *e)
{
	const char *path;
	long online = sysconf(_SC_NPROCESSORS_ONLN);

	if (!needs)
		return 0;
	path = ctx_root_path(c, e);
	if (!path ||
	    root_open(c->a, path, (needs & NEED_CREATE) && !c->global.dry_run, &c->report, &c->root, e) < 0)
		return -1;
	c->have_root = true;
	/* What has to be fetched to know a plan goes when it is told. */
	if (c->global.dry_run)
		store_overlay(c->root.store, ctx_env("TMPDIR", "/tmp"));
	c->root.lock_how = c->global.no_wait ? LOCK_TRY : LOCK_WAIT;
	store_set_env(c->root.store,
		      &(struct store_env){getenv("PATH"), getenv("HOME"), getenv("SSH_AUTH_SOCK"),
					  ctx_env("SSL_CERT_FILE", NULL)});
	c->apply.root = &c->root;
	c->apply.report = &c->report;
	c->apply.jobs = c->global.jobs > 0 ? (unsigned)c->global.jobs : online > 0 ? (unsigned)online : 1;
	c->apply.timeout = (unsigned)c->global.timeout;
	c->apply.search_path = ctx_env("PATH", "/usr/local/bin:/usr/bin:/bin");
	evalvars_use(c->a, c->apply.search_path, path_join(c->a, c->root.path, "index"));
	fill_fetch(c);
	if (platform_detect(c->a, &c->apply.platform, e) < 0)
		return -1;
	if (repos_load(c->root.store, c->a, c->root.path, &c->apply.repos, e) < 0)
		return -1;
	if (!c->global.at)
		return 0;
	return repos_at(c->root.store, c->a, str_of(c->global.at), time(NULL), &c->apply.repos, e);
}

int
ctx_now(struct ctx *c, struct err *e)
{
	if (!c->global.at)
		return 0;
	err_set(e, ERR_USAGE,
		"--at has no meaning here: it changes what is read, and this changes repositories");
	return err_hint(e, "`pkg repo log NAME` lists what a repository was");
}

void
ctx_close(struct ctx *c)
{
	if (c->have_root)
		root_close(&c->root);
	c->have_root = false;
}

int
ctx_switch(struct ctx *c, const char **name, struct err *e)
{
	struct oid commit;
	struct str head;
	struct err missing;

	*name = c->global.switch_name ? c->global.switch_name : ctx_env("PKGSWITCH", NULL);
	if (*name)
		return switch_name_ok(*name, e);
	if (store_head_get(c->root.store, c->a, &head, e) < 0)
		return -1;
	if (!str_starts(head, "refs/heads/") ||
	    store_ref_get(c->root.store, str_c(c->a, head), &commit, &missing) < 0) {
		err_set(e, ERR_CONFIG, "there is no current switch");
		return err_hint(e, "`pkg switch create NAME` makes one, `pkg switch set NAME` chooses one");
	}
	*name = str_c(c->a, str_sub(head, strlen("refs/heads/"), head.n));
	return 0;
}

int
ctx_state(struct ctx *c, const char **name, struct oid *head, struct state *state, struct err *e)
{
	struct opam_strings missing;

	if (ctx_switch(c, name, e) < 0 || ledger_head(c->root.store, c->a, *name, head, e) < 0 ||
	    ledger_read(c->root.store, c->a, head, state, e) < 0)
		return -1;
	/* One that is not configured any more is said when the switch is changed. */
	repos_choose(c->a, &c->apply.repos, &state->chosen, &missing);
	return 0;
}

int
ctx_online(struct ctx *c, const char *address, struct err *e)
{
	struct opam_url url;

	if (!c->global.offline || opam_url(str_of(address), &url, e) < 0)
		return c->global.offline ? -1 : 0;
	if (url.backend == URL_PATH || str_is(url.transport, "file"))
		return 0;
	err_set(e, ERR_OFFLINE, "%s is not on this machine, and --offline opens no socket", address);
	return err_hint(e, "try again without --offline");
}

int
ctx_lock(struct ctx *c, struct fs_lock *lock, struct err *e)
{
	if (root_lock(&c->root, c->a, "root", lock, e) < 0)
		return -1;
	if (repos_load(c->root.store, c->a, c->root.path, &c->apply.repos, e) == 0)
		return 0;
	fs_unlock(lock);
	return -1;
}

int
ctx_index(struct ctx *c, struct err *e)
{
	if (repos_load(c->root.store, c->a, c->root.path, &c->apply.repos, e) < 0)
		return -1;
	return repo_index_refresh(c->root.store, c->a, &c->apply.repos, e);
}

void
ctx_maintain(struct ctx *c)
{
	struct fs_lock lock;
	struct err e;

	if (c->global.dry_run || fs_lock(&lock, c->root.fd, "locks/root", true, LOCK_TRY, NULL, NULL, &e) < 0)
		return;
	if (store_unlock_refs(c->root.store, &e) < 0 || store_maintain(c->root.store, &e) < 0)
		report_text(&c->report, REPORT_WARN, (struct str){0}, "tidying the store: %s", e.msg);
	fs_unlock(&lock);
}

/* What `git config` of the user says, or empty. */
static struct str
git_config(struct ctx *c, const char *key)
{
	const char *argv[] = {"git", "config", "--get", key, NULL};
	struct proc p = {.argv = argv, .out = PROC_CAPTURE};
	struct proc_result r = {0};
	struct err e;

	if (proc_run(c->a, &p, &r, &e) < 0 || r.status != 0)
		return (struct str){0};
	return str_trim(r.out);
}

struct ledger_note
ctx_note(struct ctx *c, const char *fmt, ...)
{
	struct ledger_note note = {.reason = str_of(c->global.message ? c->global.message : ""),
				   .command = c->command_line,
				   .time = time(NULL)};
	const struct passwd *user = getpwuid(getuid());
	const char *login = user ? user->pw_name : "pkg";
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	note.subject = str_dup(c->a, str_of(text));
	note.user_name = git_config(c, "user.name");
	note.user_email = git_config(c, "user.email");
	if (!note.user_name.n)
		note.user_name = str_of(arena_strdup(c->a, login));
	if (!note.user_email.n)
		note.user_email = str_printf(c->a, "%s@localhost", login);
	return note;
}
