#include "opam/url.h"

#include "../tap.h"

static const struct {
	const char *text;
	int backend; /* -1: an error */
	const char *transport, *path, *ref, *git;
} cases[] = {
	{"https://x.org/a.tgz", URL_HTTP, "https", "x.org/a.tgz", "", "https://x.org/a.tgz"},
	{"git+https://x.org/r#v1#2", URL_GIT, "https", "x.org/r", "v1#2", "https://x.org/r"},
	{"git+ssh://git@x.org:22/r", URL_GIT, "ssh", "git@x.org:22/r", "", "ssh://git@x.org:22/r"},
	{"git://git@x.org:u/r", URL_GIT, "ssh", "git@x.org/u/r", "", "ssh://git@x.org/u/r"},
	{"git://x.org:9418/r", URL_GIT, "git", "x.org:9418/r", "", "git://x.org:9418/r"},
	{"git+file:///srv/r", URL_GIT, "file", "/srv/r", "", "file:///srv/r"},
	{"git://https://x.org/r", URL_GIT, "https", "x.org/r", "", "https://x.org/r"},
	{"../dir", URL_PATH, "file", "../dir", "", "../dir"},
	{"/srv/a:b/c", URL_PATH, "file", "/srv/a:b/c", "", "file:///srv/a:b/c"},
	{"host:path", URL_PATH, "ssh", "host/path", "", "ssh://host/path"},
	{"host:", URL_PATH, "ssh", "host", "", "ssh://host"},
	{"repo:packages/x/x.1/src", URL_REPO, "repo", "packages/x/x.1/src", "", "repo://packages/x/x.1/src"},
	{"apt:lwip/lwip_2.1.3+dfsg1.orig.tar.xz", URL_APT, "apt", "lwip/lwip_2.1.3+dfsg1.orig.tar.xz", "",
	 "apt://lwip/lwip_2.1.3+dfsg1.orig.tar.xz"},
	{"https://x.org/http://y.org/a", URL_HTTP, "https", "x.org/http://y.org/a", "",
	 "https://x.org/http://y.org/a"},
	{"https://x.org/a#", URL_HTTP, "https", "x.org/a", "", "https://x.org/a"},
	{"", -1, "", "", "", ""},
	{"#ref", -1, "", "", "", ""},
	{"gopher://x.org/a", -1, "", "", "", ""},
	{"svn+https://x.org/a", -1, "", "", "", ""},
	{"bzr://x.org/a", -1, "", "", "", ""},
	{"https://x.org/\n", -1, "", "", "", ""},
	{"git+https://x.org/r#-x", -1, "", "", "", ""},
	{"git+https://x.org/r#a b", -1, "", "", "", ""},
	{"git+ssh://-oProxyCommand=x/r", -1, "", "", "", ""},
	{"git://-T://", -1, "", "", "", ""},
	{"git+-T://x", -1, "", "", "", ""},
	{"git+ssh://git@-oProxyCommand=x/r", -1, "", "", "", ""},
	{"repo:", -1, "", "", "", ""},
	{"repo:../x", -1, "", "", "", ""},
	{"repo:/x", -1, "", "", "", ""},
	{"repo:a//b", -1, "", "", "", ""},
	{"repo:a#b", -1, "", "", "", ""},
	{"apt:lwip", -1, "", "", "", ""},
	{"apt:a/b/c", -1, "", "", "", ""},
	{"apt:a/../c", -1, "", "", "", ""},
	{"apt:-a/b", -1, "", "", "", ""},
};

static void
test_urls(void)
{
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct arena a = {0};
		struct opam_url u;
		struct err e;
		int rc = opam_url(str_of(cases[i].text), &u, &e);

		EQ_INT(rc == 0 ? (int)u.backend : -1, cases[i].backend, "backend of '%s'", cases[i].text);
		if (rc == 0) {
			EQ_STR(str_c(&a, u.transport), cases[i].transport, "transport");
			EQ_STR(str_c(&a, opam_url_path(&a, &u)), cases[i].path, "path");
			EQ_STR(str_c(&a, u.ref), cases[i].ref, "ref");
			EQ_INT(u.has_ref, *cases[i].ref != '\0', "whether there is a ref");
			EQ_STR(str_c(&a, opam_url_git(&a, &u)), cases[i].git, "what git is given");
		}
		arena_free(&a);
	}
}

static const struct {
	const char *text, *want;
} sums[] = {
	{"d41d8cd98f00b204e9800998ecf8427e", "md5=d41d8cd98f00b204e9800998ecf8427e"},
	{"MD5=D41D8CD98F00B204E9800998ECF8427E", "md5=d41d8cd98f00b204e9800998ecf8427e"},
	{"sha1=da39a3ee5e6b4b0d3255bfef95601890afd80709", NULL},
	{"sha256=d41d8cd98f00b204e9800998ecf8427e", NULL},
	{"md5=d41d8cd98f00b204e9800998ecf8427g", NULL},
	{"md5==41d8cd98f00b204e9800998ecf8427e", NULL},
	{"", NULL},
};

static void
test_checksums(void)
{
	for (size_t i = 0; i < COUNT_OF(sums); i++) {
		struct arena a = {0};
		struct opam_checksum c;
		struct err e;
		int rc = opam_checksum(&a, str_of(sums[i].text), &c, &e);

		EQ_INT(rc, sums[i].want ? 0 : -1, "'%s'", sums[i].text);
		if (rc == 0)
			EQ_STR(str_c(&a, opam_checksum_text(&a, c)), sums[i].want, "normal form");
		arena_free(&a);
	}
}

int
main(void)
{
	test_urls();
	test_checksums();
	return tap_done();
}
