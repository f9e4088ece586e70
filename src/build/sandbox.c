#include "build/sandbox.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/debug.h"
#include "base/fs.h"
#include "base/vec.h"

static const char *const ability_names[] = {
#define SANDBOX_NAME(id, text) text,
	SANDBOX_ABILITIES(SANDBOX_NAME)
#undef SANDBOX_NAME
};

struct words {
	const char **v;
	size_t n, room;
};

const struct sandbox_file sandbox_etc[SANDBOX_ETC_COUNT] = {
	{"/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n" SANDBOX_USER_NAME ":x:1000:1000:pkg:" SANDBOX_HOME
			":/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n"},
	{"/etc/group", "root:x:0:\n" SANDBOX_USER_NAME ":x:1000:\nnogroup:x:65534:\n"},
	{"/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n"},
	{"/etc/hosts", "127.0.0.1 localhost\n::1 localhost\n"},
};
enum { ETC_COUNT = SANDBOX_ETC_COUNT, FD_COUNT = ETC_COUNT + 1 };

/* --- the argv --- */

static void
add(struct arena *a, struct words *w, const char *word)
{
	vec_push(a, w, word);
}

static void
add_all(struct arena *a, struct words *w, const char *const *list)
{
	for (; *list; list++)
		add(a, w, *list);
}
#define ADD(a, w, ...) add_all((a), (w), (const char *const[]){__VA_ARGS__, NULL})

/* /bin, /lib and so on are links into /usr on most systems and folders on a few. */
static void
find_host(struct arena *a, struct words *w)
{
	static const char *const paths[] = {"/bin",
					    "/sbin",
					    "/lib",
					    "/lib32",
					    "/lib64",
					    "/libx32",
					    "/etc/os-release",
					    "/etc/alternatives",
					    "/etc/ld.so.cache",
					    "/etc/ld.so.conf",
					    "/etc/ld.so.conf.d"};
	struct err ignored;
	struct stat st;

	ADD(a, w, "--perms", "0755", "--dir", "/etc", "--ro-bind", "/usr", "/usr");
	for (size_t i = 0; i < COUNT_OF(paths); i++) {
		const char *target;

		if (lstat(paths[i], &st) < 0)
			continue;
		if (!S_ISLNK(st.st_mode)) {
			ADD(a, w, "--ro-bind", paths[i], paths[i]);
			continue;
		}
		target = fs_readlink(a, AT_FDCWD, paths[i], &ignored);
		if (target)
			ADD(a, w, "--symlink", target, paths[i]);
	}
}

static void
add_namespaces(struct arena *a, const struct sandbox *s, struct words *w)
{
	if (s->has[SANDBOX_USER])
		ADD(a, w, "--unshare-user", "--uid", "1000", "--gid", "1000");
	if (s->disable_userns && s->has[SANDBOX_USER])
		add(a, w, "--disable-userns");
	if (s->has[SANDBOX_PID])
		add(a, w, "--unshare-pid");
	if (s->net)
		add(a, w, "--unshare-net");
	if (s->has[SANDBOX_IPC])
		add(a, w, "--unshare-ipc");
	if (s->has[SANDBOX_UTS])
		ADD(a, w, "--unshare-uts", "--hostname", "localhost");
	ADD(a, w, "--unshare-cgroup-try", "--die-with-parent", "--new-session", "--cap-drop", "ALL",
	    "--clearenv");
}

/* Empty folders of its own, where nothing is bound in their place. */
static void
add_private(struct arena *a, const struct sandbox_run *run, struct words *w)
{
	static const char *const folders[] = {"/tmp", SANDBOX_HOME};

	for (size_t i = 0; i < COUNT_OF(folders); i++) {
		bool bound = false;

		for (size_t k = 0; k < run->bind_count; k++)
			bound |= strcmp(run->binds[k].to, folders[i]) == 0;
		if (!bound)
			ADD(a, w, "--tmpfs", folders[i]);
	}
}

/* fds: the files of /etc, then the seccomp program. */
static const char *const *
sandbox_argv(struct arena *a, const struct sandbox *s, const struct sandbox_run *run, const int *fds)
{
	struct words w = {0};

	add(a, &w, s->bwrap);
	add_namespaces(a, s, &w);
	for (size_t i = 0; i < s->host_count; i++)
		add(a, &w, s->host[i]);
	for (size_t i = 0; !s->base && i < ETC_COUNT; i++)
		ADD(a, &w, "--perms", "0644", "--file", arena_printf(a, "%d", fds[i]), sandbox_etc[i].path);
	if (s->has[SANDBOX_PROC])
		ADD(a, &w, "--proc", "/proc");
	else
		ADD(a, &w, "--ro-bind", "/proc", "/proc");
	ADD(a, &w, "--dev", "/dev", "--tmpfs", "/run");
	add_private(a, run, &w);
	for (size_t i = 0; i < run->bind_count; i++)
		ADD(a, &w, run->binds[i].writable ? "--bind" : "--ro-bind", run->binds[i].from,
		    run->binds[i].to);
	/* Folders made for the mounts above stand in a root of memory: nothing is written there. */
	ADD(a, &w, "--remount-ro", "/", "--chdir", run->cwd);
	if (s->has[SANDBOX_SECCOMP])
		ADD(a, &w, "--seccomp", arena_printf(a, "%d", fds[ETC_COUNT]));
	for (const char *const *env = run->env; *env; env++) {
		const char *eq = strchr(*env, '=');

		if (eq)
			ADD(a, &w, "--setenv", arena_strndup(a, *env, (size_t)(eq - *env)), eq + 1);
	}
	add(a, &w, "--");
	add_all(a, &w, run->argv);
	add(a, &w, NULL);
	return w.v;
}

/* --- running --- */

static int
memory_file(struct str text, int *fd, struct err *e)
{
	*fd = memfd_create("sandbox", MFD_CLOEXEC);
	if (*fd < 0)
		return err_sys(e, "preparing the sandbox");
	if (fs_write_all(*fd, text.s, text.n, e) < 0)
		return -1;
	return lseek(*fd, 0, SEEK_SET) < 0 ? err_sys(e, "preparing the sandbox") : 0;
}

/* The same limits for whoever runs it, as far as he may set them. */
static int
in_child(void *ctx)
{
	const struct sandbox_run *run = ctx;
	struct rlimit files, none = {0, 0};

	umask(022);
	setrlimit(RLIMIT_CORE, &none);
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max < 4096 ? files.rlim_max : 4096;
		files.rlim_max = files.rlim_cur;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	return run->in_child ? run->in_child(run->ctx) : 0;
}

static void
pass_output(void *ctx, struct str piece)
{
	const struct sandbox_run *run = ctx;

	run->on_output(run->output_ctx, piece);
}

int
sandbox_run(struct arena *a, const struct sandbox *s, const struct sandbox_run *run, struct proc_result *r,
	    struct err *e)
{
	static const char *const env[] = {"PATH=" SANDBOX_PATH, "LC_ALL=C", NULL};
	int fds[FD_COUNT], rc = 0;
	struct proc p = {.env = env,
			 .what = "bubblewrap",
			 .out = PROC_CAPTURE,
			 .err_to_out = 1,
			 .keep = fds,
			 .keep_count = FD_COUNT,
			 .timeout = run->timeout,
			 .silence = run->silence,
			 .in_child = in_child,
			 .ctx = (void *)run};

	if (run->on_output) {
		p.on_output = pass_output;
		p.capture_max = 1;
	}
	for (size_t i = 0; i < FD_COUNT; i++)
		fds[i] = -1;
	for (size_t i = 0; rc == 0 && i < ETC_COUNT; i++)
		rc = memory_file(str_of(sandbox_etc[i].text), &fds[i], e);
	if (rc == 0)
		rc = memory_file(s->filter, &fds[ETC_COUNT], e);
	if (rc == 0) {
		p.argv = sandbox_argv(a, s, run, fds);
		rc = proc_run(a, &p, r, e);
	}
	for (size_t i = 0; i < FD_COUNT; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	return rc;
}

/* --- probing --- */

/* Whether it starts at all with these abilities; what bwrap says stays in *said. */
static bool
starts(struct arena *a, const struct sandbox *s, struct str *said)
{
	static const char *const argv[] = {"/bin/sh", "-c", "exit 7", NULL};
	static const char *const env[] = {"PATH=" SANDBOX_PATH, NULL};
	struct sandbox_run run = {.argv = argv, .env = env, .cwd = "/", .timeout = 60};
	struct proc_result r = {0};
	struct err failed = {0};

	if (sandbox_run(a, s, &run, &r, &failed) < 0) {
		*said = str_printf(a, "%s", failed.msg);
		return false;
	}
	*said = str_trim(r.out);
	return r.status == 7;
}

static bool
is_zero(const char *path)
{
	struct arena a = {0};
	struct err ignored = {0};
	struct str text = STR("");
	bool zero;

	zero = fs_read(&a, AT_FDCWD, path, 64, &text, &ignored) == 0 && str_is(str_trim(text), "0");
	arena_free(&a);
	return zero;
}

static void
give_advice(struct err *e)
{
	const char *restricted = "/proc/sys/kernel/apparmor_restrict_unprivileged_userns";

	if (is_zero("/proc/sys/kernel/unprivileged_userns_clone"))
		err_hint(e, "allow user namespaces: sysctl -w kernel.unprivileged_userns_clone=1");
	if (is_zero("/proc/sys/user/max_user_namespaces"))
		err_hint(e, "allow user namespaces: sysctl -w user.max_user_namespaces=15000");
	if (fs_exists(AT_FDCWD, restricted) && !is_zero(restricted))
		err_hint(e, "allow user namespaces: sysctl -w "
			    "kernel.apparmor_restrict_unprivileged_userns=0");
	if (!e->hint[0])
		err_hint(e, "inside a container, start it with more rights (docker: --privileged, or "
			    "--cap-add SYS_ADMIN with --security-opt seccomp=unconfined)");
}

/* From nothing upwards: what still starts with an ability has it. */
static int
find_abilities(struct arena *a, struct sandbox *s, struct err *e)
{
	struct str said;

	memset(s->has, 0, sizeof(s->has));
	s->disable_userns = false;
	if (!starts(a, s, &said)) {
		s->has[SANDBOX_USER] = true;
		if (!starts(a, s, &said)) {
			struct str ignored;

			s->net = false;
			err_set(e, ERR_SANDBOX, "this machine does not give a %s namespace to the sandbox",
				starts(a, s, &ignored) ? "network" : "mount");
			err_note(e, STR_FMT, STR_ARG(said));
			give_advice(e);
			return -1;
		}
	}
	for (size_t i = 0; i < SANDBOX_ABILITY_COUNT; i++) {
		if (i == SANDBOX_SECCOMP && !s->filter.n)
			continue;
		s->has[i] = true;
		if (!starts(a, s, &said))
			s->has[i] = false;
	}
	s->disable_userns = true;
	if (!s->has[SANDBOX_USER] || !starts(a, s, &said))
		s->disable_userns = false;
	return 0;
}

static struct str
level_text(struct arena *a, const struct sandbox *s)
{
	struct buf b = buf_new(a);

	for (size_t i = 0; i < SANDBOX_ABILITY_COUNT; i++)
		if (!s->has[i])
			buf_printf(&b, "%s%s", b.n ? ", " : "reduced: ", ability_names[i]);
	return b.n ? buf_str(&b) : STR("full");
}

int
sandbox_probe(struct arena *a, const char *search_path, struct sandbox *out, struct err *e)
{
	return sandbox_probe_base(a, search_path, NULL, out, e);
}

int
sandbox_probe_base(struct arena *a, const char *search_path, const char *base, struct sandbox *out,
		   struct err *e)
{
	struct words host = {0};
	struct str said;

	*out = (struct sandbox){.net = true, .disable_userns = true, .base = base};
	out->bwrap = proc_find(a, "bwrap", search_path);
	if (!out->bwrap) {
		err_set(e, ERR_SANDBOX, "bubblewrap is missing: there is no program bwrap");
		return err_hint(e, "install it: apt install bubblewrap");
	}
	if (sandbox_filter(a, &out->filter, e) < 0)
		return -1;
	if (base)
		ADD(a, &host, "--ro-bind", base, "/");
	else
		find_host(a, &host);
	out->host = host.v;
	out->host_count = host.n;
	for (size_t i = 0; i < SANDBOX_ABILITY_COUNT; i++)
		out->has[i] = i != SANDBOX_SECCOMP || out->filter.n;
	if (!starts(a, out, &said)) {
		debug(DEBUG_BUILD, "sandbox: " STR_FMT, STR_ARG(said));
		if (find_abilities(a, out, e) < 0)
			return -1;
	}
	out->level = level_text(a, out);
	return 0;
}
