/* switch_help.h - what the tests of switch share: a root, outputs made from a few lines, states. */
#ifndef TESTS_SWITCH_HELP_H
#define TESTS_SWITCH_HELP_H

#include <signal.h>

#include "store_help.h"
#include "switch/live.h"

static struct arena *const A = &help_arena;
static struct root root;
static char events[8192]; /* what was reported, a line each */

__attribute__((unused)) static void
note_event(void *ctx, const struct report_event *event)
{
	size_t n = strlen(events);

	(void)ctx;
	snprintf(events + n, sizeof(events) - n, STR_FMT "\n", STR_ARG(event->text));
}

static const struct report help_report = {.event = note_event};

/* memory: in /dev/shm when there is one, where a sync costs nothing. */
__attribute__((unused)) static void
root_begin(bool memory)
{
	char shm[] = "/dev/shm/switch-test-XXXXXX";
	struct err e = {0};

	help_begin();
	if (memory && mkdtemp(shm)) {
		fs_remove(AT_FDCWD, help_dir, &e);
		strcpy(help_dir, shm);
		setenv("HOME", help_dir, 1);
	}
	if (root_open(A, in_dir("root"), true, &help_report, &root, &e) < 0) {
		printf("Bail out! %s\n", e.msg);
		exit(1);
	}
}

__attribute__((unused)) static int
root_finish(void)
{
	root_close(&root);
	return help_end();
}

/* One installed file: mode MODE_DIR stands for an empty folder. */
struct item {
	const char *path;
	unsigned mode;
	const char *text;
	size_t n; /* 0: strlen */
};

__attribute__((unused)) static void
die(const struct err *e)
{
	printf("Bail out! %s %s\n", e->msg, e->note);
	exit(1);
}

/* An output with these files; the list ends with a row without path. */
__attribute__((unused)) static struct output
output_of(const struct item *items)
{
	struct store_builder *b = store_builder_new(root.store, A, NULL);
	VEC(struct output_held) held = {0};
	VEC(struct str) dirs = {0};
	struct output o = {0};
	struct err e = {0};

	for (; items->path; items++) {
		struct str text = {items->text, items->n ? items->n : items->text ? strlen(items->text) : 0};
		struct output_held h = {.path = str_of(items->path)};
		struct prefix_hits hits;
		struct oid blob;

		if (items->mode == MODE_DIR) {
			vec_push(A, &dirs, h.path);
			continue;
		}
		prefix_scan(A, text, &hits);
		h.binary = hits.binary;
		h.offsets = hits.offsets;
		h.n = hits.n;
		if (h.n)
			vec_push(A, &held, h);
		if (store_blob_write(root.store, text, &blob, &e) < 0)
			die(&e);
		store_builder_put(b, items->path, items->mode, &blob);
	}
	if (store_builder_write(b, &o.files, &e) < 0)
		die(&e);
	o.held = held.v;
	o.held_count = held.n;
	o.empty_dirs = dirs.v;
	o.empty_dir_count = dirs.n;
	if (output_write(root.store, A, &o, &e) < 0 || store_flush(root.store, &e) < 0)
		die(&e);
	return o;
}

/* A state: n packages, and a commit of the ledger that lists their outputs. */
__attribute__((unused)) static struct live_state
state_of(const struct live_state *parent, size_t n, const char *const *names, const struct output *outputs)
{
	struct store_builder *b = store_builder_new(root.store, A, NULL);
	struct live_state s = {.packages = arena_array(A, struct live_package, n), .n = n};
	struct store_commit c = {.message = STR("change\n")};
	static int64_t now = 1700000000;
	struct oid above;
	struct err e = {0};

	for (size_t i = 0; i < n; i++) {
		s.packages[i] = (struct live_package){str_of(names[i]), outputs[i]};
		store_builder_put_text(b, arena_printf(A, "packages/%s", names[i]), oid_str(&outputs[i].id),
				       &e);
	}
	c.author = (struct store_sign){STR("t"), STR("t@example.org"), now++, 0};
	c.committer = c.author;
	if (parent && oid_is(&parent->commit)) {
		above = parent->commit;
		c.parents = &above;
		c.parent_count = 1;
	}
	if (store_builder_write(b, &c.tree, &e) < 0 ||
	    store_commit_write(root.store, &c, &s.commit, &e) < 0 || store_flush(root.store, &e) < 0)
		die(&e);
	return s;
}

/* The state of such a commit, for live_recover(). */
__attribute__((unused)) static int
load_state(void *ctx, struct arena *a, const struct oid *commit, struct live_state *out, struct err *e)
{
	struct store_entries list = {0};
	struct store_entry packages;
	struct store_commit c;

	(void)ctx;
	*out = (struct live_state){.commit = *commit};
	if (store_commit_read(root.store, a, commit, &c, e) < 0)
		return -1;
	if (store_tree_find(root.store, a, &c.tree, "packages", &packages, &(struct err){0}) == 0 &&
	    store_tree_list(root.store, a, &packages.id, &list, e) < 0)
		return -1;
	out->packages = arena_array(a, struct live_package, list.n);
	for (size_t i = 0; i < list.n; i++) {
		struct live_package *p = &out->packages[out->n++];
		struct str hex;
		struct oid id;

		p->name = list.v[i].name;
		if (store_blob_read(root.store, a, &list.v[i].id, &hex, e) < 0 || !oid_of(hex, &id) ||
		    output_read(root.store, a, &id, &p->output, e) < 0)
			return -1;
	}
	return 0;
}

__attribute__((unused)) static int
change(const char *name, const struct live_state *now, const struct live_state *next, struct err *e)
{
	events[0] = '\0';
	if (live_prepare(&root, A, name, now, next, e) < 0)
		return -1;
	return live_commit(&root, A, name, now, next, "test", e);
}

/* Contents of a file of the root, or "(none)". */
__attribute__((unused)) static const char *
text_of(const char *path)
{
	struct str text;
	struct err e;

	return fs_read(A, root.fd, path, 0, &text, &e) < 0 ? "(none)" : str_c(A, text);
}

__attribute__((unused)) static void
put_text(const char *path, const char *text)
{
	struct err e;

	if (fs_write(root.fd, path, str_of(text), 0644, false, &e) < 0)
		die(&e);
}

/* Writes into the file itself, as an editor in place. */
__attribute__((unused)) static void
append(const char *path, const char *text)
{
	int fd = openat(root.fd, path, O_WRONLY | O_APPEND | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		perror(path);
	close(fd);
}

__attribute__((unused)) static uint64_t
inode(const char *path)
{
	struct stat st;

	return fstatat(root.fd, path, &st, AT_SYMLINK_NOFOLLOW) < 0 ? 0 : st.st_ino;
}

#endif
