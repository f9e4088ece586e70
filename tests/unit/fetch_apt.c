/* apt: sources: reading apt's files and indexes, and the real mirrors when they can be reached. */
#include "fetch_help.h"

#include "fetch/apt.h"

static const char *
texts(const struct apt_sites *sites)
{
	struct buf b = buf_new(&a);

	for (size_t i = 0; i < sites->n; i++)
		buf_printf(&b, STR_FMT " " STR_FMT " " STR_FMT "\n", STR_ARG(sites->v[i].uri),
			   STR_ARG(sites->v[i].suite), STR_ARG(sites->v[i].component));
	return b.s;
}

static void
test_files(void)
{
	struct apt_sites list = {0}, sources = {0};

	apt_parse_list(
		&a,
		STR("# deb http://no/ x main\n"
		    "deb [arch=amd64 signed-by=/k] http://mirror.example/debian/ bookworm main  contrib # x\n"
		    "deb-src\thttp://mirror.example/debian bookworm main\n"
		    "deb http://flat/ ./\ndeb cdrom:[x]/ bookworm main\nrpm x y z\ndeb [x\ndeb\n"
		    "deb http://x/ s ../../etc\ndeb https://last/debian sid main"),
		&list);
	EQ_STR(texts(&list),
	       "http://mirror.example/debian bookworm main\nhttp://mirror.example/debian bookworm contrib\n"
	       "https://last/debian sid main\n",
	       "sources.list");
	apt_parse_sources(
		&a,
		STR("# a comment\nTypes: deb\n# another\nURIs: http://one/debian http://two/debian/\n"
		    "Suites: s1\n s2\nComponents: main\nSigned-By:\n -----BEGIN\n .\n x: y\n\n\n"
		    "Types: deb\nEnabled: no\nURIs: http://off/\nSuites: s\nComponents: main\n\n"
		    "uris: http://three/x-security\nsuites: s\ncomponents: main"),
		&sources);
	EQ_STR(texts(&sources),
	       "http://one/debian s1 main\nhttp://one/debian s2 main\nhttp://two/debian s1 main\n"
	       "http://two/debian s2 main\nhttp://three/x-security s main\n",
	       "a .sources file");
	EQ_STR(apt_pool_folder(&a, &list.v[0], STR("lwip")).s, "pool/main/l/lwip", "a folder of the pool");
	EQ_STR(apt_pool_folder(&a, &list.v[1], STR("libpng1.6")).s, "pool/contrib/libp/libpng1.6",
	       "of a library");
	EQ_STR(apt_pool_folder(&a, &list.v[0], STR("lib")).s, "pool/main/l/lib", "of one with a short name");
	EQ_STR(apt_pool_folder(&a, &sources.v[4], STR("lwip")).s, "pool/updates/main/l/lwip",
	       "of a security mirror");
}

static void
test_showsrc(void)
{
	static const char text[] =
		"Package: x\nDirectory: pool/main/x/x\nChecksums-Sha256:\n aa 10 x.tar\n bb 2 y.tar\n"
		"Homepage: h\n\nPackage: x\nChecksums-Sha256:\n cc 10 x.tar\nDirectory: pool/old/x\n\n"
		"Package: x\nDirectory: ../up\nChecksums-Sha256:\n cc 10 x.tar";
	struct opam_strings found = {0}, none = {0};

	apt_parse_showsrc(&a, str_of(text), STR("x.tar"), STR("cc"), &found);
	OK(found.n == 1 && str_is(found.v[0], "pool/old/x"), "the folder of a file in an index");
	apt_parse_showsrc(&a, str_of(text), STR("y.tar"), STR("cc"), &none);
	EQ_INT((long long)none.n, 0, "not with another sha256");
}

static void
test_real(void)
{
	static const char sum[] = "sha256=102a625bd8f6155260867a50c508df8d8c3f796985dd744df1a68e5cd1a79004";
	static const char url[] = "apt:bearssl/bearssl_0.6+dfsg.1.orig.tar.xz";
	struct opam_source *s;
	struct fetched out;
	struct err e = {0};
	char other[80];

	FAILS(get(source_of(url, "md5=0123456789abcdef0123456789abcdef", NULL), false, &out, &e), ERR_FETCH,
	      "sha256", "apt: needs a sha256");
	fetcher.offline = true;
	FAILS(get(source_of(url, sum, NULL), false, &out, &e), ERR_OFFLINE, "offline", "and the network");
	fetcher.offline = false;
	if (access("/usr/lib/apt/apt-helper", X_OK) < 0 || access(fetcher.worker, X_OK) < 0 ||
	    /* The machine's own mirror, whatever it is. */
	    sh("site=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | head -n 1) && "
	       "[ -n \"$site\" ] && /usr/lib/apt/apt-helper -o Acquire::Retries=0 -o "
	       "Acquire::http::Timeout=3 "
	       "download-file \"$site/dists/stable/Release\" Release") != 0) {
		printf("# no Debian mirror here: the rest is left out\n");
		return;
	}
	sh("ls -lR --time-style=full-iso /var/lib/apt /var/cache/apt | sha256sum >state");
	GOOD(get(source_of(url, sum, NULL), false, &out, &e), "from a Debian mirror");
	OK(out.class == SOURCE_ARCHIVE && strstr(str_c(&a, out.from), "/pool/main/b/bearssl/"),
	   "from: " STR_FMT, STR_ARG(out.from));
	OK(strstr(tree_text(&out.tree), "src/aead/ccm.c") != NULL, "the sources are there");
	snprintf(other, sizeof(other), "sha256=%064d", 1);
	s = source_of(url, other, NULL);
	FAILS(get(s, false, &out, &e), ERR_FETCH, "/pool/main/b/bearssl/",
	      "other bytes are refused, what was tried is told");
	get(s, false, &out, &e);
	OK(strstr(e.note, "index of sources: no such file") != NULL, "the index too");
	sh("ls -lR --time-style=full-iso /var/lib/apt /var/cache/apt | sha256sum | diff - state");
	EQ_STR(said(), "", "apt's own state is as it was");
}

int
main(void)
{
	fetch_begin();
	if (!store)
		return 99;
	test_files();
	test_showsrc();
	test_real();
	return fetch_end();
}
