/* Git repositories elsewhere: by path, by ssh (a program in its place), over HTTP when lighttpd is there. */
#include "store_help.h"

#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

#include "base/proc.h"

static struct store *s;
static struct arena a;
static struct oid first, second, side, tagged, unnamed;

static struct oid
rev(const char *what)
{
	struct oid id = {0};

	sh("git -C up rev-parse %s", what);
	oid_of(str_of(said()), &id);
	return id;
}

static void
make_upstream(void)
{
	OK(sh("git init -q up && cd up && mkdir d && echo 1 >a && echo x >d/x && git add -A && "
	      "git commit -qm first && git tag -a -m v1 v1 && echo 2 >a && git commit -qam second && "
	      "git checkout -qb side && echo 3 >b && git add b && git commit -qm side && "
	      "git checkout -q main && git checkout -q --detach && echo u >u && git add u && "
	      "git commit -qm unnamed && git update-ref refs/odd/place HEAD && git checkout -q main && "
	      "git branch v2 && git tag v2 side && ln -s refs/heads/main .git/sym") == 0,
	   "upstream: %s", said());
	first = rev("main~1");
	second = rev("main");
	side = rev("side");
	tagged = rev("v1");
	unnamed = rev("refs/odd/place");
	sh("cd up && git checkout -q --detach refs/odd/place && echo w >w && git add w && "
	   "git commit -qm deeper && git update-ref refs/odd/place HEAD && git checkout -q main");
}

static void
listed(const char *url, const char *how)
{
	struct err e = {0};
	struct store_refs refs;

	GOOD(store_remote_refs(s, &a, url, &refs, &e), "%s: list", how);
	OK(refs.n == 7 && str_is(refs.v[0].name, "HEAD") && oid_eq(&refs.v[0].id, &second),
	   "%s: HEAD first, %zu refs", how, refs.n);
	for (size_t i = 0; i < refs.n; i++)
		if (str_is(refs.v[i].name, "refs/tags/v1"))
			OK(oid_eq(&refs.v[i].id, &tagged), "%s: a tag is listed as it is", how);
}

static void
fetched(const char *url, const char *how)
{
	struct err e = {0};
	struct oid got, kept;
	struct store_entry entry;
	struct str text;

	store_close(s);
	sh("rm -rf s.git");
	s = store_open(in_dir("s.git"), true, &e);
	store_set_env(s, &(struct store_env){.path = arena_printf(&a, "%s/bin:%s", help_dir, getenv("PATH")),
					     .home = help_dir});
	GOOD(store_remote_fetch(s, &a, url, "v1", "refs/pkg/source/u/v1", &got, &e), "%s: a tag", how);
	OK(oid_eq(&got, &first), "%s: peeled to its commit", how);
	OK(store_ref_get(s, "refs/pkg/source/u/v1", &kept, &e) == 0 && oid_eq(&kept, &first),
	   "%s: kept as a ref", how);
	OK(!store_has(s, &second), "%s: nothing else came", how);
	GOOD(store_remote_fetch(s, &a, url, NULL, "refs/pkg/source/u/HEAD", &got, &e), "%s: HEAD", how);
	OK(oid_eq(&got, &second), "%s: its commit", how);
	GOOD(store_remote_fetch(s, &a, url, "side", "refs/pkg/source/u/side", &got, &e), "%s: a branch", how);
	OK(oid_eq(&got, &side), "%s: its commit", how);
	GOOD(store_tree_find(s, &a, &got, "b", &entry, &e) == 0 ? -1 : 0, "%s: a commit is no tree", how);
	e = (struct err){0};
	GOOD(store_remote_fetch(s, &a, url, "v2", "refs/pkg/source/u/v2", &got, &e), "%s: tag and branch",
	     how);
	OK(oid_eq(&got, &side), "%s: the tag goes first, as in git", how);
	GOOD(store_remote_fetch(s, &a, url, "refs/heads/v2", "refs/pkg/source/u/v2", &got, &e),
	     "%s: a full name", how);
	OK(oid_eq(&got, &second), "%s: names the branch", how);
	GOOD(store_remote_fetch(s, &a, url, unnamed.hex, "refs/pkg/source/u/c", &got, &e),
	     "%s: a commit that no ref names", how);
	OK(oid_eq(&got, &unnamed), "%s: that commit", how);
	GOOD(store_remote_fetch(s, &a, "file:///nowhere", unnamed.hex, "refs/pkg/source/u/c", &got, &e),
	     "%s: a commit that is here needs no server", how);
	FAILS(store_remote_fetch(s, &a, url, "nope", "refs/x", &got, &e), ERR_FETCH, "nope", "%s: no ref",
	      how);
	FAILS(store_remote_fetch(s, &a, url, "0123456789012345678901234567890123456789", "refs/x", &got, &e),
	      ERR_FETCH, "0123", "%s: no such commit", how);
	OK(store_ref_get(s, "refs/x", &kept, &e) < 0, "%s: no ref was made for it", how);
	e = (struct err){0};
	GOOD(store_peel(s, &side, STORE_TREE, &got, &e), "%s: the tree", how);
	GOOD(store_tree_find(s, &a, &got, "d/x", &entry, &e), "%s: a file", how);
	GOOD(store_blob_read(s, &a, &entry.id, &text, &e), "%s: its bytes", how);
	OK(str_is(text, "x\n"), "%s: are right", how);
	fsck_is_clean(in_dir("s.git"));
}

static void
refused(void)
{
	static const char *const urls[] = {
		"ext::sh -c touch% /tmp/x",
		"ftp://example.org/x",
		"hg+https://example.org/x",
		"ssh://-oProxyCommand=touch/x",
		"https://-x/y",
		"ssh://user@-oX/y",
		"-x:y",
		"host:-x",
		"https://exa\nmple.org/",
		"https://example.org/%0aHost:x",
		"git://h/x%00",
		"https:///x",
		"git+https://h/a b",
		"file:///tmp/a\tb",
	};
	struct err e = {0};
	struct store_refs refs;
	struct oid got;

	for (size_t i = 0; i < COUNT_OF(urls); i++)
		FAILS(store_remote_refs(s, &a, urls[i], &refs, &e), ERR_FETCH, "", "hostile address %zu", i);
	FAILS(store_remote_refs(s, &a, "https://me:secret@127.0.0.1:1/x", &refs, &e), ERR_FETCH, "127.0.0.1",
	      "nobody listens");
	OK(store_remote_refs(s, &a, "https://me:secret@127.0.0.1:1/x", &refs, &e) < 0 &&
		   !strstr(e.msg, "secret") && !strstr(e.note, "secret"),
	   "a password is not told: %s", e.msg);
	e = (struct err){0};
	FAILS(store_remote_refs(s, &a, in_dir("nothing"), &refs, &e), ERR_FETCH, "nothing", "no folder");
	sh("mkdir plain");
	FAILS(store_remote_refs(s, &a, in_dir("plain"), &refs, &e), ERR_FETCH, "no Git repository", "no Git");
	sh("git clone -q --depth 1 file://%s/up shallow", help_dir);
	FAILS(store_remote_fetch(s, &a, in_dir("shallow"), NULL, "refs/x", &got, &e), ERR_FETCH,
	      "shallow clone", "a shallow clone");
	FAILS(store_remote_fetch(s, &a, in_dir("up"), "--upload-pack=x", "refs/x", &got, &e), ERR_FETCH,
	      "no branch", "an option for a branch");
	if (geteuid() == 0) {
		sh("cp -a up theirs && chown -R 65534 theirs");
		FAILS(store_remote_fetch(s, &a, in_dir("theirs"), NULL, "refs/x", &got, &e), ERR_FETCH,
		      "another user", "a repository of another user");
	}
	FAILS(store_remote_fetch(s, &a, "localhost:nowhere", NULL, "refs/x", &got, &e), ERR_FETCH,
	      "does not appear", "ssh to what is not there");
}

/* More commits, or files, than libgit2 is let pack. */
static void
long_history(void)
{
	struct err e = {0};
	struct store_entry entry;
	struct store_commit c;
	struct oid got;

	OK(sh("git init -q --bare long.git && cd long.git && { i=0; while [ $i -lt 700 ]; do "
	      "echo commit refs/heads/main; echo \"committer C <c@x> $((1000000000+i)) +0000\"; "
	      "echo data 1; echo m; echo M 644 inline f; echo \"data ${#i}\"; echo $i; "
	      "i=$((i+1)); done; } | git fast-import --quiet") == 0,
	   "700 commits: %s", said());
	GOOD(store_remote_fetch(s, &a, arena_printf(&a, "file://%s/long.git", help_dir), "main",
				"refs/pkg/source/l/main", &got, &e),
	     "fetch");
	GOOD(store_commit_read(s, &a, &got, &c, &e), "read");
	EQ_INT(c.committer.time, 1000000699, "the last commit");
	OK(sh("git init -q --bare wide.git && cd wide.git && { echo commit refs/heads/main; "
	      "echo 'committer C <c@x> 1000000000 +0000'; echo data 1; echo m; i=10000; "
	      "while [ $i -lt 16000 ]; do echo M 644 inline f$i; echo data 5; echo $i; i=$((i+1)); done; } | "
	      "git fast-import --quiet") == 0,
	   "6000 files: %s", said());
	GOOD(store_remote_fetch(s, &a, in_dir("wide.git"), NULL, "refs/pkg/source/w/main", &got, &e),
	     "fetch");
	GOOD(store_commit_read(s, &a, &got, &c, &e), "read");
	GOOD(store_tree_find(s, &a, &c.tree, "f15999", &entry, &e), "the last file");
	GOOD(store_tree_find(s, &a, &c.tree, "f10000", &entry, &e), "the first, from memory");
	EQ_STR(entry.name.s, "f10000", "its name");
	FAILS(store_tree_find(s, &a, &c.tree, "f1", &entry, &e), ERR_NOTFOUND, "f1", "none of these");
	fsck_is_clean(in_dir("s.git"));
}

static void
add_ssh(void)
{
	sh("mkdir -p bin && printf '#!/bin/sh\\nfor last; do :; done\\nexec sh -c \"$last\"\\n' >bin/ssh && "
	   "chmod 755 bin/ssh");
}

static pid_t
serve(unsigned port)
{
	const char *config = in_dir("http.conf");
	pid_t pid;

	sh("cat >http.conf <<'END'\n"
	   "server.document-root = \"%s\"\nserver.port = %u\nserver.bind = \"127.0.0.1\"\n"
	   "server.modules = (\"mod_cgi\", \"mod_alias\", \"mod_setenv\", \"mod_redirect\")\n"
	   "alias.url = (\"/git\" => \"/usr/lib/git-core/git-http-backend\")\n"
	   "url.redirect = (\"^/moved/(.*)\" => \"/git/$1\")\n"
	   "cgi.assign = (\"\" => \"\")\n"
	   "setenv.add-environment = (\"GIT_PROJECT_ROOT\" => \"%s\", \"GIT_HTTP_EXPORT_ALL\" => \"1\")\n"
	   "END\n",
	   help_dir, port, help_dir);
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR | O_CLOEXEC);

		/* What it reports is no result of this test. */
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		execl("/usr/sbin/lighttpd", "lighttpd", "-D", "-f", config, (char *)NULL);
		_exit(127);
	}
	usleep(500000);
	return pid;
}

static void
http(void)
{
	unsigned port = 20000 + (unsigned)getpid() % 20000;
	pid_t pid;
	const char *url = arena_printf(&a, "http://127.0.0.1:%u/git/up/.git", port);

	if (access("/usr/sbin/lighttpd", X_OK) < 0 ||
	    access("/usr/lib/git-core/git-http-backend", X_OK) < 0) {
		printf("# no lighttpd or no git http-backend: HTTP is left out\n");
		return;
	}
	pid = serve(port);
	listed(url, "http");
	listed(arena_printf(&a, "git+http://127.0.0.1:%u/moved/up/.git", port), "redirected");
	fetched(url, "http");
	sh("git -C up config uploadpack.allowAnySHA1InWant true");
	fetched(url, "http, any commit");
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
}

static void
wake(int sig)
{
	(void)sig;
	proc_interrupted = 1;
}

/* A server that takes the connection and says nothing: Ctrl-C ends the wait. */
static void
silent_server(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct err e = {0};
	struct store_refs refs;

	OK(bind(fd, (struct sockaddr *)&address, n) == 0 && listen(fd, 5) == 0 &&
		   getsockname(fd, (struct sockaddr *)&address, &n) == 0,
	   "a silent server");
	signal(SIGALRM, wake);
	alarm(1);
	FAILS(store_remote_refs(s, &a, arena_printf(&a, "http://127.0.0.1:%u/x", ntohs(address.sin_port)),
				&refs, &e),
	      ERR_INTERRUPTED, "interrupted", "interrupted");
	proc_interrupted = 1;
	FAILS(store_remote_fetch(s, &a, in_dir("long.git"), "main", "refs/x", &(struct oid){0}, &e),
	      ERR_INTERRUPTED, "interrupted", "a local one too");
	proc_interrupted = 0;
	close(fd);
}

int
main(void)
{
	struct err e = {0};
	const char *up;

	help_begin();
	s = store_open(in_dir("s.git"), true, &e);
	OK(s, "open");
	make_upstream();
	add_ssh();
	up = in_dir("up");
	listed(up, "path");
	listed(arena_printf(&a, "git+file://%s", up), "file");
	fetched(up, "path");
	fetched(arena_printf(&a, "file://%s/.git", up), "file");
	fetched(arena_printf(&a, "localhost:%s", up), "ssh");
	listed(arena_printf(&a, "git+ssh://git@localhost%s", up), "ssh");
	refused();
	long_history();
	http();
	silent_server();
	store_close(s);
	arena_free(&a);
	return help_end();
}
