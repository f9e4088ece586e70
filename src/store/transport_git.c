/* ssh, and long local histories, by `git fetch`: the user's own ssh with its agent, keys and hosts. */
#include <string.h>

#include "base/proc.h"
#include "store/private.h"

/* ssh, or a repository on this machine; nothing that a server could send us on to. */
static const char *const options[] = {
	"-c", "protocol.allow=never",       "-c", "protocol.ssh.allow=always",
	"-c", "protocol.file.allow=always", "-c", "fetch.unpackLimit=1",
	"-c", "transfer.bundleURI=false",   "-c", "fetch.recurseSubmodules=false",
};

static int
run(struct store *s, struct arena *a, const struct transport *t, const char *const *words, size_t word_count,
    const char *const *names, size_t count, struct str *out, struct err *e)
{
	const char **argv = arena_array(a, const char *, COUNT_OF(options) + word_count + count + 3);
	struct str complaint;
	size_t n = 0;
	int status;

	for (size_t i = 0; i < COUNT_OF(options); i++)
		argv[n++] = options[i];
	for (size_t i = 0; i < word_count; i++)
		argv[n++] = words[i];
	argv[n++] = "--";
	argv[n++] = t->path ? t->path : t->url;
	for (size_t i = 0; i < count; i++)
		argv[n++] = names[i];
	if (store_git(s, a, argv, out, &status, &complaint, e) < 0)
		return -1;
	if (status != 0)
		return err_set(e, ERR_FETCH, "git could not fetch from %s: " STR_FMT, t->shown,
			       STR_ARG(complaint));
	return 0;
}

int
transport_git_refs(struct store *s, struct arena *a, const struct transport *t, struct store_refs *out,
		   struct err *e)
{
	static const char *const words[] = {"ls-remote", "--quiet"};
	struct str text, line, id;
	struct store_ref ref;

	*out = (struct store_refs){0};
	if (run(s, a, t, words, COUNT_OF(words), NULL, 0, &text, e) < 0)
		return -1;
	while (str_cut(&text, '\n', &line)) {
		if (!str_cut(&line, '\t', &id) || !oid_of(id, &ref.id) || !line.n)
			return err_set(e, ERR_FETCH, "%s gave a list of refs that is none", t->shown);
		ref.name = line;
		vec_push(a, out, ref);
	}
	return 0;
}

int
transport_git_fetch(struct store *s, struct arena *a, const struct transport *t, const char *const *names,
		    size_t count, struct err *e)
{
	static const char *const words[] = {"fetch", "--quiet", "--no-tags", "--no-write-fetch-head",
					    "--no-auto-maintenance"};
	int rc;

	if (run(s, a, t, words, COUNT_OF(words), names, count, NULL, e) < 0)
		return -1;
	rc = git_odb_refresh(s->odb);
	return rc < 0 ? git_fail(e, rc, "reading the packs of %s again", s->dir) : 0;
}
