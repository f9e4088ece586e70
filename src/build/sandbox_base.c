/* An unpacked base image made ready to be the root of rooms. It came from outside: any name in it may be
 * a link that leads out, so folders are entered one by one and never through links. */
#include "build/sandbox.h"

#include <errno.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/path.h"
#include "build/scope.h"
#include "switch/prefix.h"

/* The folder of this name, in place of whatever was there under it. */
static int
enter(int dir, const char *name, struct err *e)
{
	int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	if (errno != ENOENT && fs_remove(dir, name, e) < 0)
		return -1;
	if (mkdirat(dir, name, 0755) < 0)
		return err_sys(e, "making the folder %s of the base image", name);
	return fs_open_dir(dir, name, e);
}

static int
enter_path(struct arena *a, int base, struct str path, struct err *e)
{
	int fd = dup(base);
	struct str word;

	while (fd >= 0 && str_cut(&path, '/', &word)) {
		int next;

		if (!word.n)
			continue;
		next = enter(fd, str_c(a, word), e);
		close(fd);
		fd = next;
	}
	return fd;
}

int
sandbox_base_prepare(struct arena *a, const char *base, struct err *e)
{
	static const char *const places[] = {
		"dev", "proc", "run", "tmp",
		/* NOLINTNEXTLINE(bugprone-suspicious-missing-comma): one path, in pieces */
		"etc", BUILD_DIR, SANDBOX_HOME, BUILD_PREFIX};
	AUTO_FD root = fs_open_dir(AT_FDCWD, base, e);

	if (root < 0)
		return -1;
	for (size_t i = 0; i < COUNT_OF(places); i++) {
		AUTO_FD fd = enter_path(a, root, str_of(places[i]), e);

		if (fd < 0)
			return -1;
	}
	for (size_t i = 0; i < SANDBOX_ETC_COUNT; i++) {
		struct str path = str_of(sandbox_etc[i].path);
		const char *name = str_c(a, path_base(path));
		AUTO_FD dir = enter_path(a, root, path_dir(path), e);

		if (dir < 0 || fs_remove(dir, name, e) < 0 ||
		    fs_write(dir, name, str_of(sandbox_etc[i].text), 0644, false, e) < 0)
			return -1;
	}
	return 0;
}
