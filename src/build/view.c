#include "build/view.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/debug.h"
#include "base/fs.h"
#include "base/proc.h"

/* The kernel takes 500 layers and one page of options. */
enum { LAYERS_MAX = 480, OPTIONS_MAX = 4000 };

static const char *const folders[] = {
	"bin", "sbin", "lib", "lib/stublibs", "lib/toplevel", "share", "etc", "doc", "man",
};

/* --- in the child: only async-signal-safe calls --- */

static int
say(const char *what)
{
	static const char head[] = "pkg: the view could not be mounted: ";
	const char *text = strerrordesc_np(errno);
	ssize_t n;

	n = write(2, head, sizeof(head) - 1);
	n += write(2, what, strlen(what));
	n += write(2, ": ", 2);
	if (text)
		n += write(2, text, strlen(text));
	n += write(2, "\n", 1);
	return n < 0 ? -2 : -1;
}

static int
put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = write(fd, text, strlen(text));
	close(fd);
	return n < 0 ? -1 : 0;
}

int
view_in_child(void *view)
{
	const struct view *v = view;

	if (v->copy)
		return 0;
	if (unshare(CLONE_NEWNS | (v->overlay.new_user ? CLONE_NEWUSER : 0)) < 0)
		return say("unshare");
	if (v->overlay.new_user) {
		/* Old kernels have no setgroups file; where it is missing nothing is to be denied. */
		if (put("/proc/self/setgroups", "deny") < 0 && errno != ENOENT)
			return say("setgroups");
		if (put("/proc/self/uid_map", v->uid_map) < 0 || put("/proc/self/gid_map", v->gid_map) < 0)
			return say("uid_map");
	}
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return say("private");
	if (chdir(v->links) < 0)
		return say(v->links);
	if (mount("overlay", v->merged, "overlay", 0, v->options) < 0)
		return say("overlay");
	return chdir("/") < 0 ? say("/") : 0;
}

/* --- finding out --- */

static bool
first_user_namespace(void)
{
	char text[64] = "";
	int fd = open("/proc/self/uid_map", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	return n > 0 && strstr(text, "4294967295");
}

static void
set_options(struct arena *a, struct view *v)
{
	struct buf b = buf_new(a);

	buf_adds(&b, "lowerdir=");
	for (size_t i = v->n; i-- > 0;)
		buf_printf(&b, "%zu%s", i, i ? ":" : "");
	buf_adds(&b, ",upperdir=u,workdir=w");
	if (v->overlay.userxattr)
		buf_adds(&b, ",userxattr");
	if (!v->overlay.plain)
		buf_adds(&b, ",redirect_dir=nofollow,metacopy=off");
	v->options = b.s;
}

static bool
mounts(struct arena *a, const struct view *v)
{
	static const char *const argv[] = {"/bin/sh", "-c", "exit 7", NULL};
	static const char *const env[] = {"PATH=/usr/bin:/bin", NULL};
	struct proc p = {.argv = argv,
			 .env = env,
			 .what = "the view",
			 .in_child = view_in_child,
			 .ctx = (void *)v,
			 .err = PROC_CAPTURE};
	struct proc_result r = {0};
	struct err failed = {0};

	if (proc_run(a, &p, &r, &failed) < 0)
		return false;
	if (r.status != 7)
		debug(DEBUG_BUILD, STR_FMT, STR_ARG(str_trim(r.err_text)));
	return r.status == 7;
}

/* An upper layer that cannot take attributes cannot hide folders. */
static bool
takes_attributes(const struct view *v)
{
	const char *name = v->overlay.userxattr ? "user.overlay.pkg" : "trusted.overlay.pkg";

	if (v->overlay.new_user && !v->overlay.userxattr)
		return false;
	if (setxattr(v->upper, name, "y", 1, 0) < 0)
		return false;
	return removexattr(v->upper, name) == 0;
}

static bool
find_overlay(struct arena *a, struct view *v, struct overlay *o)
{
	bool root = geteuid() == 0, first = first_user_namespace();

	for (int plain = 0; plain < 2; plain++)
		for (int new_user = !root; new_user < 2; new_user++) {
			v->overlay = (struct overlay){.state = OVERLAY_YES,
						      .new_user = new_user,
						      .userxattr = new_user || !first,
						      .plain = plain};
			set_options(a, v);
			if (takes_attributes(v) && mounts(a, v)) {
				*o = v->overlay;
				return true;
			}
		}
	o->state = OVERLAY_NO;
	return false;
}

/* --- preparing --- */

static int
make_folders(struct arena *a, struct view *v, struct err *e)
{
	static const char *const own[] = {"layers", "upper", "work", "merged"};

	for (size_t i = 0; i < COUNT_OF(own); i++)
		if (fs_mkdirs(AT_FDCWD, arena_printf(a, "%s/%s", v->scratch, own[i]), 0755, e) < 0)
			return -1;
	return 0;
}

int
view_skeleton(struct arena *a, const char *dir, struct err *e)
{
	for (size_t i = 0; i < COUNT_OF(folders); i++)
		if (fs_mkdirs(AT_FDCWD, arena_printf(a, "%s/%s", dir, folders[i]), 0755, e) < 0)
			return -1;
	return 0;
}

/* The options of a mount have one page: layers are named 0, 1, 2 ... in one folder. */
static int
make_links(struct arena *a, const struct view *v, struct err *e)
{
	for (size_t i = 0; i < v->n; i++) {
		const char *link = arena_printf(a, "%s/%zu", v->links, i);

		if (symlink(v->layers[i].path, link) < 0)
			return err_sys(e, "making the link %s", link);
	}
	if (symlink("../upper", arena_printf(a, "%s/u", v->links)) < 0 ||
	    symlink("../work", arena_printf(a, "%s/w", v->links)) < 0)
		return err_sys(e, "making links in %s", v->links);
	return 0;
}

int
view_prepare(struct arena *a, const char *scratch, const char *skeleton, const struct view_layer *layers,
	     size_t n, struct overlay *overlay, struct view *v, struct err *e)
{
	*v = (struct view){.scratch = scratch, .n = n + 1, .overlay = *overlay};
	v->layers = arena_array(a, struct view_layer, n + 1);
	v->layers[0].path = skeleton;
	for (size_t i = 0; i < n; i++)
		v->layers[i + 1] = layers[i];
	v->links = arena_printf(a, "%s/layers", scratch);
	v->merged = arena_printf(a, "%s/merged", scratch);
	v->upper = arena_printf(a, "%s/upper", scratch);
	v->uid_map = arena_printf(a, "0 %u 1", (unsigned)geteuid());
	v->gid_map = arena_printf(a, "0 %u 1", (unsigned)getegid());
	if (make_folders(a, v, e) < 0 || make_links(a, v, e) < 0)
		return -1;
	set_options(a, v);
	v->copy = v->n > LAYERS_MAX || strlen(v->options) > OPTIONS_MAX || overlay->state == OVERLAY_NO ||
		  (overlay->state == OVERLAY_UNKNOWN && !find_overlay(a, v, overlay));
	if (!v->copy)
		return 0;
	v->upper = v->merged;
	return view_copy(v, e);
}

/* --- what the kernel writes into an upper layer --- */

bool
view_is_whiteout(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == makedev(0, 0);
}

bool
view_is_opaque(int dirfd, const char *name)
{
	static const char *const names[] = {"user.overlay.opaque", "trusted.overlay.opaque"};
	AUTO_FD fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	char value[4];

	for (size_t i = 0; fd >= 0 && i < COUNT_OF(names); i++)
		if (fgetxattr(fd, names[i], value, sizeof(value)) == 1 && value[0] == 'y')
			return true;
	return false;
}
