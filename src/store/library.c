/* libgit2 itself: how it is started, and what it may know of this machine. */
#include "store/private.h"

#include <dlfcn.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

/* With mbedTLS, libgit2 reads every certificate of the machine when it starts: 5 ms, as much as most
 * commands take for all the rest, and only a connection needs them. It asks nobody, but goes on without
 * when the file cannot be opened; so meanwhile this process may open none. */
static int
start(void)
{
	bool eager = dlsym(RTLD_DEFAULT, "mbedtls_x509_crt_parse_file") != NULL;
	struct rlimit limit, none;
	int count;

	if (!eager || getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return git_libgit2_init();
	none = limit;
	none.rlim_cur = 0;
	setrlimit(RLIMIT_NOFILE, &none);
	count = git_libgit2_init();
	setrlimit(RLIMIT_NOFILE, &limit);
	return count;
}

static bool
trust(const char *file)
{
	return access(file, R_OK) == 0 && git_libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS, file, NULL) == 0;
}

int
store_certificates(const char *ca_file, struct err *e)
{
	static const char *const files[] = {"/etc/ssl/certs/ca-certificates.crt",
					    "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
					    "/etc/ssl/cert.pem"};
	static bool done;

	if (ca_file && !done) {
		done = trust(ca_file);
		if (!done)
			return err_set(e, ERR_CONFIG, "SSL_CERT_FILE: %s holds no certificates", ca_file);
	}
	/* Where it fails, the library has found its own, or a connection will say what is missing. */
	for (size_t i = 0; i < COUNT_OF(files) && !done; i++)
		done = trust(files[i]);
	return 0;
}

/* An fsync when a ref or pack is written; no configuration but the repository's own; objects are hashed
 * again as they are read; no cache, since we read each object about once. */
static int
set_options(void)
{
	static const int levels[] = {GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM,
				     GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL};
	int rc = git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);

	for (size_t i = 0; rc == 0 && i < COUNT_OF(levels); i++)
		rc = git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, levels[i], "");
	if (rc == 0)
		rc = git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 1);
	if (rc == 0)
		rc = git_libgit2_opts(GIT_OPT_ENABLE_CACHING, 0);
	if (rc == 0)
		rc = git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 1);
	return rc < 0 ? rc : transport_sockets();
}

int
store_library(struct err *e)
{
	int count = start();

	if (count < 0)
		return git_fail(e, count, "starting libgit2");
	if (count > 1)
		return 0;
	if (set_options() == 0)
		return 0;
	git_fail(e, -1, "setting up libgit2");
	git_libgit2_shutdown();
	return -1;
}

void
store_library_version(char out[32])
{
	int major = 0, minor = 0, revision = 0;

	git_libgit2_version(&major, &minor, &revision);
	snprintf(out, 32, "%d.%d.%d", major, minor, revision);
}
