/* What a Git work tree says of a folder in it. */
#include "store_help.h"

static struct arena a;

static const char *
list(const struct store_worktree *w)
{
	char *text = arena_strdup(&a, "");

	for (size_t i = 0; i < w->file_count; i++)
		text = arena_printf(&a, "%s%s%.*s", text, i ? " " : "", STR_ARG(w->files[i]));
	return text;
}

int
main(void)
{
	struct store_worktree w;
	struct err e = {0};
	struct oid head, sub;

	help_begin();
	FAILS(store_worktree(&a, help_dir, true, &w, &e), ERR_NOTFOUND, "no Git work tree", "a plain folder");
	sh("git init -q w && mkdir w/sub");
	GOOD(store_worktree(&a, in_dir("w"), true, &w, &e), "an unborn repository");
	OK(!oid_is(&w.head) && !oid_is(&w.subtree) && w.file_count == 0, "has no HEAD and no files");
	OK(sh("cd w && echo '*.o' >.gitignore && mkdir -p sub/deep && echo 1 >sub/a && echo 2 >sub/deep/b && "
	      "echo 3 >top && echo 4 >sub/dropped && printf '* text eol=crlf filter=bad\\n' >.gitattributes "
	      "&& "
	      "git config filter.bad.clean false && git config filter.bad.required false && "
	      "git -c filter.bad.clean=cat add -A && git -c filter.bad.clean=cat commit -qm one && "
	      "touch x.o sub/x.o sub/new new && mkdir sub/n && touch sub/n/1 && rm sub/dropped && "
	      "git init -q sub/inner && touch sub/inner/x") == 0,
	   "a work tree: %s", said());
	GOOD(store_worktree(&a, in_dir("w"), true, &w, &e), "the top");
	EQ_STR(list(&w), ".gitattributes .gitignore new sub/a sub/deep/b sub/n/1 sub/new top",
	       "tracked and untracked, without what is ignored, deleted or another repository");
	EQ_INT(w.untracked, 3, "untracked");
	EQ_INT(w.head_time, 1000000001, "committer time");
	OK(!w.prefix.n && str_is(w.top, in_dir("w")), "top and prefix");
	sh("git -C w rev-parse HEAD");
	OK(oid_of(str_of(said()), &head) && oid_eq(&head, &w.head), "HEAD");
	sh("git -C w rev-parse HEAD:");
	OK(oid_of(str_of(said()), &sub) && oid_eq(&sub, &w.subtree), "its tree");
	GOOD(store_worktree(&a, in_dir("w/sub"), false, &w, &e), "a folder in it");
	EQ_STR(list(&w), "a deep/b", "tracked files, relative to it");
	EQ_INT(w.untracked, 2, "untracked ones are counted");
	EQ_STR(str_c(&a, w.prefix), "sub", "prefix");
	sh("git -C w rev-parse HEAD:sub");
	OK(oid_of(str_of(said()), &sub) && oid_eq(&sub, &w.subtree), "subtree");
	GOOD(store_worktree(&a, in_dir("w/sub/n"), true, &w, &e), "a folder that HEAD has not");
	OK(!oid_is(&w.subtree) && w.file_count == 1 && str_is(w.files[0], "1"), "no subtree, one file");
	sh("ln -s w/sub link");
	GOOD(store_worktree(&a, in_dir("link"), false, &w, &e), "through a link");
	EQ_STR(list(&w), "a deep/b", "the same files");
	sh("git -C w worktree add -q ../linked -b other");
	GOOD(store_worktree(&a, in_dir("linked"), false, &w, &e), "a linked work tree");
	OK(oid_eq(&w.head, &head) && w.file_count == 6, "with its own files: %s", list(&w));
	sh("git init -q --bare b.git");
	FAILS(store_worktree(&a, in_dir("b.git"), true, &w, &e), ERR_NOTFOUND, "without a work tree", "bare");
	if (geteuid() == 0) {
		sh("chown -R 65534 w");
		FAILS(store_worktree(&a, in_dir("w/sub"), true, &w, &e), ERR_NOTFOUND, "another user",
		      "a work tree of another user is a plain folder");
	}
	arena_free(&a);
	return help_end();
}
