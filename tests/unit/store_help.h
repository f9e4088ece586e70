/* store_help.h - what the tests of the store share: a scratch folder, the shell, and git's own verdict. */
#ifndef TESTS_STORE_HELP_H
#define TESTS_STORE_HELP_H

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "store/store.h"
#include "store/transport.h"
#include "store/tree.h"
#include "../tap.h"

static char help_dir[64];
static struct arena help_arena;

/* Runs a command of the shell in the scratch folder; its status. */
__attribute__((format(printf, 1, 2), unused)) static int
sh(const char *fmt, ...)
{
	char command[8192];
	va_list args;
	int n, status;

	n = snprintf(command, sizeof(command), "cd %s && { ", help_dir);
	va_start(args, fmt);
	n += vsnprintf(command + n, sizeof(command) - (size_t)n, fmt, args);
	va_end(args);
	if ((size_t)n > sizeof(command) - 16) {
		printf("# a command is too long: %s\n", fmt);
		return 255;
	}
	snprintf(command + n, sizeof(command) - (size_t)n, "\n} >out 2>&1");
	fflush(stdout);
	status = system(command);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

/* What the last sh() printed, trimmed. */
__attribute__((unused)) static const char *
said(void)
{
	struct err e = {0};
	struct str text = {0};

	if (fs_read(&help_arena, AT_FDCWD, arena_printf(&help_arena, "%s/out", help_dir), 0, &text, &e) < 0)
		return e.msg[0] ? arena_strdup(&help_arena, e.msg) : "?";
	return str_c(&help_arena, str_trim(text));
}

__attribute__((unused)) static const char *
in_dir(const char *name)
{
	return arena_printf(&help_arena, "%s/%s", help_dir, name);
}

__attribute__((unused)) static void
help_begin(void)
{
	strcpy(help_dir, "/tmp/store-test-XXXXXX");
	if (!mkdtemp(help_dir)) {
		perror(help_dir);
		exit(99);
	}
	/* Nothing of the caller's, and the same identity and times everywhere. */
	setenv("HOME", help_dir, 1);
	setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	setenv("GIT_AUTHOR_NAME", "A", 1);
	setenv("GIT_AUTHOR_EMAIL", "a@example.org", 1);
	setenv("GIT_COMMITTER_NAME", "C", 1);
	setenv("GIT_COMMITTER_EMAIL", "c@example.org", 1);
	setenv("GIT_AUTHOR_DATE", "1000000000 +0100", 1);
	setenv("GIT_COMMITTER_DATE", "1000000001 +0200", 1);
	unsetenv("GIT_DIR");
	sh("git config --global init.defaultBranch main; git config --global protocol.file.allow always");
}

__attribute__((unused)) static int
help_end(void)
{
	struct err e = {0};

	fs_remove(AT_FDCWD, help_dir, &e);
	arena_free(&help_arena);
	return tap_done();
}

#define GOOD(call, ...)                                                                                      \
	do {                                                                                                 \
		if (!tap_ok((call) == 0, __VA_ARGS__))                                                       \
			printf("# %s:%d: %s %s\n", __FILE__, __LINE__, e.msg, e.note);                       \
		e = (struct err){0};                                                                         \
	} while (0)

/* Fails with this code, and the message holds a word. */
#define FAILS(call, want, word, ...)                                                                         \
	do {                                                                                                 \
		int rc_ = (call);                                                                            \
		if (!tap_ok(rc_ < 0 && e.code == (want) && (strstr(e.msg, word) || strstr(e.note, word)),    \
			    __VA_ARGS__))                                                                    \
			printf("# %s:%d: %d code %d: %s\n", __FILE__, __LINE__, rc_, (int)e.code, e.msg);    \
		e = (struct err){0};                                                                         \
	} while (0)

__attribute__((unused)) static void
fsck_is_clean(const char *store)
{
	int status = sh("git --git-dir=%s fsck --strict --no-dangling", store);

	OK(status == 0, "git fsck --strict of %s", strrchr(store, '/') + 1);
	if (status)
		printf("# %s\n", said());
}

#endif
