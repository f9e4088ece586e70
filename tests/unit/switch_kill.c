/* kill -9 before each system call that changes something: after recovery the live prefix is exactly
 * the old or the new one and equals the ref, and git finds nothing wrong. Of the many calls that only
 * fill the next prefix every seventh is tried; all of them with KILL_ALL=1 in the environment. */
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

#include "base/buf.h"
#include "base/digest.h"
#include "switch_help.h"

#define P BUILD_PREFIX

static const struct item first[] = {
	{"bin/a", MODE_EXEC, "#!" P "/bin/sh\n1\n", 0},
	{"lib/a.so", MODE_FILE, "ELF\0" P "\0", 4 + 96 + 1},
	{"etc/a.conf", MODE_FILE, "a=1\n", 0},
	{"share/a/doc", MODE_FILE, "doc 1\n", 0},
	{0},
};
static const struct item second[] = {
	{"bin/a", MODE_EXEC, "#!" P "/bin/sh\n2\n", 0},
	{"bin/b", MODE_LINK, "a", 0},
	{"etc/a.conf", MODE_FILE, "a=2\n", 0},
	{"share/b/doc", MODE_FILE, "doc 2\n", 0},
	{0},
};
static const struct item steady[] = {
	{"bin/steady", MODE_EXEC, "steady\n", 0},
	{0},
};
static const char *const names[] = {"a", "steady"};
static const struct live_state none;

/* --- a child that is stopped before its Nth change --- */

static bool
changes(unsigned long call, const unsigned long *args)
{
	switch (call) {
	case SYS_openat:
		return args[2] & (O_CREAT | O_TRUNC);
	case SYS_open:
		return args[1] & (O_CREAT | O_TRUNC);
	case SYS_write:
	case SYS_pwrite64:
	case SYS_copy_file_range:
	case SYS_ftruncate:
	case SYS_rename:
	case SYS_renameat:
	case SYS_renameat2:
	case SYS_link:
	case SYS_linkat:
	case SYS_symlink:
	case SYS_symlinkat:
	case SYS_unlink:
	case SYS_unlinkat:
	case SYS_rmdir:
	case SYS_mkdir:
	case SYS_mkdirat:
	case SYS_fchmod:
	case SYS_fchmodat:
	case SYS_utimensat:
	case SYS_fsync:
	case SYS_fdatasync:
	case SYS_syncfs:
		return true;
	}
	return false;
}

/* Runs work in a child and kills it before its change number `at` (0: never). Returns how many there
 * were. */
static unsigned
run_and_kill(int (*work)(void), unsigned at)
{
	unsigned seen = 0;
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		status = work() < 0;
		fflush(stdout);
		_exit(status);
	}
	waitpid(pid, &status, 0);
	ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
	for (;;) {
		struct __ptrace_syscall_info info = {0};

		ptrace(PTRACE_SYSCALL, pid, NULL, NULL);
		waitpid(pid, &status, 0);
		if (WIFEXITED(status) || WIFSIGNALED(status))
			break;
		if (!WIFSTOPPED(status) || WSTOPSIG(status) != (SIGTRAP | 0x80))
			continue;
		if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) <= 0 ||
		    info.op != PTRACE_SYSCALL_INFO_ENTRY)
			continue;
		if (changes(info.entry.nr, (const unsigned long *)info.entry.args) && ++seen == at) {
			kill(pid, SIGKILL);
			waitpid(pid, &status, 0);
			return seen;
		}
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		printf("# the child ended with status %d\n", status);
	return seen;
}

/* --- what a prefix shows --- */

static int
add_entry(void *ctx, const char *path, const struct stat *st, int dirfd, const char *name, struct err *e)
{
	struct buf *b = ctx;
	struct str text = {0};

	/* Marks and inodes are of this machine. */
	if (strcmp(path, ".pkg/files") == 0 || strcmp(path, ".pkg/watch") == 0)
		return 0;
	if (S_ISREG(st->st_mode) && fs_read(A, dirfd, name, 0, &text, e) < 0)
		return -1;
	if (S_ISLNK(st->st_mode))
		text = str_of(fs_readlink(A, dirfd, name, e));
	buf_printf(b, "%s %o ", path, st->st_mode);
	buf_str_add(b, text);
	return 0;
}

static const char *
shape(const char *prefix)
{
	struct buf b = buf_new(A);
	struct err e = {0};

	if (!fs_exists(root.fd, prefix))
		return "(none)";
	if (fs_walk(root.fd, prefix, add_entry, &b, &e) < 0)
		return arena_printf(A, "(%s)", e.msg);
	return digest_hex(A, DIGEST_SHA256, buf_str(&b));
}

/* --- the sweep --- */

static struct live_state old, new;

static int
reopen(void)
{
	struct err e = {0};

	root_close(&root);
	return root_open(A, in_dir("root"), false, &help_report, &root, &e);
}

static int
do_change(void)
{
	struct err e = {0};

	if (reopen() < 0 || live_recover(&root, A, "x", load_state, NULL, &e) < 0 ||
	    change("x", &old, &new, &e) < 0) {
		printf("# %s %s\n", e.msg, e.note);
		return -1;
	}
	return 0;
}

static int
do_create(void)
{
	struct err e = {0};

	if (reopen() < 0 || live_recover(&root, A, "x", load_state, NULL, &e) < 0 ||
	    change("x", &none, &old, &e) < 0) {
		printf("# %s %s\n", e.msg, e.note);
		return -1;
	}
	return 0;
}

static int
do_remove(void)
{
	struct err e = {0};

	if (reopen() < 0 || live_recover(&root, A, "x", load_state, NULL, &e) < 0 ||
	    live_remove(&root, A, "x", &e) < 0) {
		printf("# %s %s\n", e.msg, e.note);
		return -1;
	}
	return 0;
}

static int
do_recover(void)
{
	struct err e = {0};

	return reopen() < 0 || live_recover(&root, A, "x", load_state, NULL, &e) < 0 ? -1 : 0;
}

struct sweep {
	const char *what;
	const char *before; /* copy of the root that each round begins with */
	const char
		*copy; /* options of cp: -al keeps inodes, as on a living system, -a is a restored backup */
	int (*work)(void);
	const char *shapes[2]; /* of the old and the new state; without the new: it stays the old */
	struct oid commits[2];
};

/* Everything that must hold after recovery; the reason why not, or NULL. */
static const char *
verdict(const struct sweep *s, int *outcome)
{
	struct fs_entries entries;
	struct str head;
	struct oid ref = {0};
	struct err e = {0};
	const char *is;

	if (reopen() < 0)
		return "the root does not open";
	if (live_recover(&root, A, "x", load_state, NULL, &e) < 0)
		return arena_printf(A, "recovery: %s %s", e.msg, e.note);
	store_ref_get(root.store, "refs/heads/x", &ref, &e);
	*outcome = oid_eq(&ref, &s->commits[1]);
	if (!oid_eq(&ref, &s->commits[*outcome]))
		return "the ref is neither old nor new";
	is = shape("switches/x");
	if (strcmp(is, s->shapes[*outcome]) != 0)
		return arena_printf(A, "the prefix is not what the ref says (%d)", *outcome);
	if (store_head_get(root.store, A, &head, &e) < 0 ||
	    !str_is(head, oid_is(&ref) ? "refs/heads/x" : "refs/heads/default"))
		return "HEAD is wrong";
	if (fs_list(A, root.fd, "switches", &entries, &e) < 0)
		return "switches/ cannot be listed";
	for (size_t i = 0; i < entries.n; i++)
		if (strcmp(entries.v[i].name, "x") != 0 && strcmp(entries.v[i].name, ".x.prev") != 0)
			return arena_printf(A, "%s is left", entries.v[i].name);
	return NULL;
}

/* Then the same command must succeed. */
static const char *
again(const struct sweep *s, int outcome)
{
	int seen;

	const char *why;

	if (outcome)
		return NULL;
	if (s->work() < 0)
		return "it cannot be done again";
	why = verdict(s, &seen);
	return why || seen == (s->shapes[1] != NULL) ? why : "it was not done";
}

static const char *
one_round(const struct sweep *s, unsigned at, unsigned *n, unsigned counts[2])
{
	const char *why;
	int outcome = 0;

	root_close(&root);
	sh("rm -rf root && cp %s %s root", s->copy, s->before);
	if (reopen() < 0)
		return "the copy does not open";
	*n = run_and_kill(s->work, at);
	why = verdict(s, &outcome);
	counts[outcome]++;
	if (!why && at % 8 == 0)
		why = sh("git --git-dir=root/store.git fsck --strict --no-dangling") ? said() : NULL;
	return why ? why : again(s, outcome);
}

static void
sweep(const struct sweep *s)
{
	unsigned counts[2] = {0}, all, n, bad = 0, rounds = 0;
	const char *why = one_round(s, 0, &all, counts);
	bool thorough = getenv("KILL_ALL") != NULL;

	if (why)
		printf("# not killed: %s\n", why);
	for (unsigned at = 1; at <= all && bad < 5; at += thorough || at + 45 > all ? 1 : 7) {
		rounds++;
		why = one_round(s, at, &n, counts);
		if (!why)
			continue;
		printf("# killed before %u of %u: %s\n", at, all, why);
		bad++;
	}
	OK(bad == 0 && counts[0] && !counts[1] == !s->shapes[1],
	   "%s: %u kills at %u places, %u old and %u new after recovery", s->what, rounds, all, counts[0],
	   counts[1]);
}

/* The states as they look when nothing is in the way. */
static const char *
settle(const char *copy)
{
	root_close(&root);
	sh("rm -rf %s && cp -a root %s", copy, copy);
	if (reopen() < 0)
		printf("# the root does not open\n");
	return shape("switches/x");
}

/* An empty root becomes one with a switch, and another state of it. */
static void
sweep_creation(void)
{
	struct sweep s = {.what = "creation", .before = "empty", .copy = "-al", .work = do_create};
	struct err e = {0};

	s.shapes[0] = settle("empty");
	GOOD(change("x", &none, &old, &e), "the first state");
	put_text("switches/x/bin/mine", "mine\n");
	append("switches/x/etc/a.conf", "mine\n");
	settle("made");
	sh("rm -rf root && cp -al empty root");
	OK(reopen() == 0 && change("x", &none, &old, &e) == 0, "the same without changes of a user");
	s.shapes[1] = shape("switches/x");
	s.commits[1] = old.commit;
	sweep(&s);
}

static void
sweep_change(void)
{
	struct sweep s = {.what = "change", .before = "made", .copy = "-al", .work = do_change};
	struct err e = {0};

	sh("rm -rf root && cp -al made root");
	OK(reopen() == 0, "the first state");
	s.shapes[0] = shape("switches/x");
	s.commits[0] = old.commit;
	GOOD(change("x", &old, &new, &e), "the second state");
	s.shapes[1] = settle("changed");
	s.commits[1] = new.commit;
	sweep(&s);
}

/* Made from the base that the change before has left. */
static void
sweep_next(const struct live_state *third, const char *copy)
{
	struct sweep s = {.what = "next change", .before = "changed", .copy = copy, .work = do_change};
	struct live_state was = old, is = new;
	struct err e = {0};

	sh("rm -rf root && cp %s changed root", copy);
	OK(reopen() == 0, "the second state");
	s.shapes[0] = shape("switches/x");
	s.commits[0] = new.commit;
	GOOD(change("x", &new, third, &e), "the third state (cp %s)", copy);
	s.shapes[1] = shape("switches/x");
	s.commits[1] = third->commit;
	old = new;
	new = *third;
	sweep(&s);
	old = was;
	new = is;
}

static void
sweep_removal(void)
{
	struct sweep s = {.what = "removal", .before = "changed", .copy = "-al", .work = do_remove};

	sh("rm -rf root && cp -al changed root");
	OK(reopen() == 0, "the second state");
	s.shapes[0] = shape("switches/x");
	s.commits[0] = new.commit;
	s.shapes[1] = "(none)";
	sweep(&s);
}

/* Recovery may be killed too: of a change that got as far as the exchange, and of a lost prefix. */
static void
sweep_recovery(const struct live_state *third)
{
	struct sweep s = {.before = "broken", .copy = "-al", .work = do_recover};
	struct err e = {0};

	sh("rm -rf root && cp -al changed root");
	OK(reopen() == 0, "the second state");
	s.shapes[0] = shape("switches/x");
	s.commits[0] = new.commit;
	GOOD(live_prepare(&root, A, "x", &new, third, &e), "a third state, exchanged");
	GOOD(fs_exchange(root.fd, "switches/x", "switches/.x.prev", &e), "by hand");
	put_text("switches/.x.intent",
		 arena_printf(A, "old %s\nnew %s\n", new.commit.hex, third->commit.hex));
	settle("broken");
	s.what = "recovery of a change";
	sweep(&s);

	sh("rm -rf root && cp -al changed root && rm -rf root/switches/.x.prev root/switches/x/lib &&"
	   "rm root/switches/x/.pkg/generation root/switches/x/etc/a.conf");
	OK(reopen() == 0, "a prefix without sense");
	settle("broken");
	s.what = "recovery of a prefix";
	sweep(&s);
}

int
main(void)
{
	struct output o1[2], o2[2];
	struct live_state a, b, c;

	root_begin(true);
	o1[0] = output_of(first);
	o2[0] = output_of(second);
	o1[1] = o2[1] = output_of(steady);
	old = a = state_of(NULL, 2, names, o1);
	new = b = state_of(&a, 2, names, o2);
	c = state_of(&b, 2, names, o1);
	sweep_creation();
	sweep_change();
	sweep_next(&c, "-al");
	sweep_next(&c, "-a");
	sweep_removal();
	sweep_recovery(&c);
	return root_finish();
}
