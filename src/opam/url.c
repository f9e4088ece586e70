#include "opam/url.h"

#include <string.h>

#include "base/path.h"
#include "opam/text.h"

/* Schemes, and prefixes before a `+`, with the way to fetch that they stand for. */
static const struct {
	const char *scheme;
	enum opam_backend backend;
	bool control; /* a version control system: may stand before a `+` */
} schemes[] = {
	{"http", URL_HTTP, false}, {"https", URL_HTTP, false}, {"ftp", URL_HTTP, false},
	{"wget", URL_HTTP, false}, {"curl", URL_HTTP, false},  {"file", URL_PATH, false},
	{"path", URL_PATH, false}, {"local", URL_PATH, false}, {"rsync", URL_PATH, false},
	{"ssh", URL_PATH, false},  {"scp", URL_PATH, false},   {"sftp", URL_PATH, false},
	{"git", URL_GIT, true},    {"hg", URL_HG, true},       {"darcs", URL_DARCS, true},
};

static bool
scheme_find(struct str s, bool control, enum opam_backend *backend)
{
	for (size_t i = 0; i < COUNT_OF(schemes); i++) {
		if (str_is(s, schemes[i].scheme) && (schemes[i].control || !control)) {
			*backend = schemes[i].backend;
			return true;
		}
	}
	return false;
}

static bool
has_control_bytes(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.s[i] < ' ' || s.s[i] == 0x7f)
			return true;
	return false;
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Letters, digits, `+ - .`; a letter first, so that no option can stand in its place. */
static bool
is_scheme(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_letter(s.s[i]) && (!i || (!(s.s[i] >= '0' && s.s[i] <= '9') && s.s[i] != '+' &&
						  s.s[i] != '-' && s.s[i] != '.')))
			return false;
	return s.n > 0;
}

/* `repo:PATH` and `apt:SOURCE/FILE`: no host, no ref, a path that leads nowhere else. */
static int
own_scheme(struct str text, struct opam_url *out, struct err *e)
{
	bool repo = str_starts(text, "repo:");
	struct str path = str_sub(text, repo ? 5 : 4, text.n), file = path, source;

	if (!path_is_plain(path) || str_chr(path, '#') >= 0 || path.s[0] == '-')
		return opam_bad_text(e, "'%.*s' does not name a file or folder by a relative path",
				     SHOWN(text));
	if (!repo) {
		str_cut(&file, '/', &source);
		if (!file.n || str_chr(file, '/') >= 0 || file.s[0] == '-')
			return opam_bad_text(e, "'%.*s' is not of the form apt:SOURCE/FILE", SHOWN(text));
	}
	*out = (struct opam_url){
		.backend = repo ? URL_REPO : URL_APT,
		.text = text,
		.transport = repo ? STR("repo") : STR("apt"),
		.path = path,
	};
	return 0;
}

/* Where the path of `user@host:path` starts, or -1: at least two bytes before the first `:`, none of
 * them a slash, and no port behind it. */
static ptrdiff_t
ssh_path(struct str s)
{
	ptrdiff_t colon = str_chr(s, ':'), slash = str_chr(s, '/');
	size_t from, digits;

	if (colon < 2 || (slash >= 0 && slash < colon))
		return -1;
	from = (size_t)colon + 1;
	from += from < s.n && s.s[from] == '/';
	for (digits = from; digits < s.n && s.s[digits] >= '0' && s.s[digits] <= '9'; digits++)
		;
	if (from < s.n && (digits == s.n || (digits > from && s.s[digits] == '/')))
		return -1;
	return (ptrdiff_t)from;
}

/* Cuts `[vc+]scheme://` off *rest. Both parts may stay empty. */
static void
cut_scheme(struct str *rest, struct str *control, struct str *scheme)
{
	const char *sep = rest->n ? memmem(rest->s, rest->n, "://", 3) : NULL;
	enum opam_backend ignored;
	ptrdiff_t plus;

	if (!sep || str_chr(str_sub(*rest, 0, (size_t)(sep - rest->s)), ':') >= 0)
		return;
	*scheme = str_sub(*rest, 0, (size_t)(sep - rest->s));
	*rest = str_sub(*rest, scheme->n + 3, rest->n);
	plus = str_chr(*scheme, '+');
	if (plus >= 0) {
		*control = str_sub(*scheme, 0, (size_t)plus);
		*scheme = str_sub(*scheme, (size_t)plus + 1, scheme->n);
	} else if (scheme_find(*scheme, true, &ignored) && rest->n) {
		/* git://https://host/x: the first scheme is meant as a prefix. */
		sep = memmem(rest->s, rest->n, "://", 3);
		if (!sep || !is_scheme(str_sub(*rest, 0, (size_t)(sep - rest->s))))
			return;
		*control = *scheme;
		*scheme = str_sub(*rest, 0, (size_t)(sep - rest->s));
		*rest = str_sub(*rest, scheme->n + 3, rest->n);
	}
}

/* Nothing in an address of git may be taken for an option by a program that is handed it. */
static int
check_git(const struct opam_url *u, struct err *e)
{
	ptrdiff_t at = str_chr(u->path, '@');

	if ((u->path.n && u->path.s[0] == '-') ||
	    (at >= 0 && (size_t)at + 1 < u->path.n && u->path.s[at + 1] == '-'))
		return opam_bad_text(e, "'%.*s': the address starts with '-'", SHOWN(u->text));
	if (u->has_ref && (u->ref.s[0] == '-' || str_chr(u->ref, ' ') >= 0))
		return opam_bad_text(e, "'%.*s': '%.*s' is no branch, tag or commit", SHOWN(u->text),
				     SHOWN(u->ref));
	return 0;
}

/* Transport and path, once the backend is known. */
static void
set_path(struct opam_url *u, struct str scheme, struct str path)
{
	bool bare = !scheme.n || str_is(scheme, "hg") || str_is(scheme, "darcs");

	u->transport = scheme;
	u->path = path;
	u->scp = (bare || str_is(scheme, "git")) && (scheme.n || u->backend != URL_HTTP) &&
		 ssh_path(path) >= 0;
	if (u->backend == URL_HTTP && !scheme.n)
		u->transport = STR("http");
	else if (u->scp)
		u->transport = STR("ssh");
	else if (bare)
		u->transport = STR("file");
}

/* The backend that an address itself asks for. */
static int
choose_backend(struct str control, struct str scheme, struct opam_url *u, struct err *e)
{
	if (control.n) {
		if (!scheme_find(control, true, &u->backend))
			return opam_bad_text(e, "'%.*s': unknown version control system '%.*s'",
					     SHOWN(u->text), SHOWN(control));
	} else if (!scheme.n) {
		u->backend = URL_PATH;
	} else if (!scheme_find(scheme, false, &u->backend)) {
		return opam_bad_text(e, "'%.*s': unknown scheme '%.*s'", SHOWN(u->text), SHOWN(scheme));
	}
	return 0;
}

static int
cut_url(struct str text, const enum opam_backend *forced, struct opam_url *out, struct err *e)
{
	struct opam_url u = {.text = text};
	struct str rest = text, control = {0}, scheme = {0};
	ptrdiff_t hash;

	if (has_control_bytes(text))
		return opam_bad_text(e, "'%.*s': an address holds no control bytes", SHOWN(text));
	if (!forced && (str_starts(text, "repo:") || str_starts(text, "apt:")))
		return own_scheme(text, out, e);
	cut_scheme(&rest, &control, &scheme);
	if (scheme.n && !is_scheme(scheme))
		return opam_bad_text(e, "'%.*s': '%.*s' is no scheme", SHOWN(text), SHOWN(scheme));
	if (forced)
		u.backend = *forced;
	else if (choose_backend(control, scheme, &u, e) < 0)
		return -1;
	hash = str_chr(rest, '#');
	if (hash >= 0) {
		u.ref = str_sub(rest, (size_t)hash + 1, rest.n);
		u.has_ref = u.ref.n > 0;
		rest = str_sub(rest, 0, (size_t)hash);
	}
	if (!rest.n && !scheme.n)
		return opam_bad_text(e, "an empty address");
	set_path(&u, scheme, rest);
	if (u.backend == URL_GIT && check_git(&u, e) < 0)
		return -1;
	*out = u;
	return 0;
}

int
opam_url(struct str text, struct opam_url *out, struct err *e)
{
	return cut_url(text, NULL, out, e);
}

int
opam_url_as(struct str text, enum opam_backend backend, struct opam_url *out, struct err *e)
{
	return cut_url(text, &backend, out, e);
}

struct str
opam_url_path(struct arena *a, const struct opam_url *url)
{
	ptrdiff_t colon = str_chr(url->path, ':'), from = ssh_path(url->path);
	struct str rest;

	if (!url->scp)
		return url->path;
	rest = str_sub(url->path, (size_t)from, url->path.n);
	return str_printf(a, STR_FMT "%s" STR_FMT, (int)colon, url->path.s, rest.n ? "/" : "", STR_ARG(rest));
}

struct str
opam_url_git(struct arena *a, const struct opam_url *url)
{
	struct str path = opam_url_path(a, url);

	if (str_is(url->transport, "file") || str_is(url->transport, "path"))
		return str_starts(path, "/") ? str_printf(a, "file://" STR_FMT, STR_ARG(path)) : path;
	return str_printf(a, STR_FMT "://" STR_FMT, STR_ARG(url->transport), STR_ARG(path));
}
