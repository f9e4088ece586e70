#include "cli/secret.h"

#include <ctype.h>
#include <string.h>

#include "base/str.h"

enum { KEY_MAX = 128 };

/* "ssh" of `--option=git+ssh://`: what stands before the `://`. */
static struct str
scheme_before(const char *text, const char *sep)
{
	const char *start = sep;

	while (start > text && (isalnum((unsigned char)start[-1]) || strchr(".-", start[-1])))
		start--;
	return (struct str){start, (size_t)(sep - start)};
}

/* Those whose user is no secret: servers of ssh need one, and `git://` may be the way of scp. */
static bool
user_is_public(struct str scheme)
{
	return str_is(scheme, "ssh") || str_is(scheme, "git") || str_is(scheme, "hg") ||
	       str_is(scheme, "darcs");
}

static int
hex_digit(char c)
{
	const char *digits = "0123456789abcdef", *at = c ? strchr(digits, tolower((unsigned char)c)) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* In lower case, with %XX decoded; cut when it is too long. */
static struct str
decoded(struct str text, char *room)
{
	size_t n = 0;

	for (size_t i = 0; i < text.n && n < KEY_MAX; i++) {
		char c = text.s[i];

		if (c == '%' && i + 2 < text.n && hex_digit(text.s[i + 1]) >= 0 &&
		    hex_digit(text.s[i + 2]) >= 0) {
			c = (char)(hex_digit(text.s[i + 1]) * 16 + hex_digit(text.s[i + 2]));
			i += 2;
		}
		room[n++] = (char)tolower((unsigned char)c);
	}
	return (struct str){room, n};
}

static bool
key_is_secret(struct str key)
{
	static const char *const parts[] = {"token",      "secret",     "passw",
					    "passphrase", "credential", "signature"};
	static const char *const ends[] = {"key", "auth", "pwd", "pass", "sig"};
	char room[KEY_MAX];

	key = decoded(key, room);
	for (size_t i = 0; key.n && i < COUNT_OF(parts); i++)
		if (memmem(key.s, key.n, parts[i], strlen(parts[i])))
			return true;
	for (size_t i = 0; i < COUNT_OF(ends); i++)
		if (str_ends(key, ends[i]))
			return true;
	return false;
}

/* Does a parameter behind `?` or `#` name a secret? */
static bool
query_is_secret(const char *rest)
{
	const char *at = rest + strcspn(rest, "?# \t\n");

	while (*at && !isspace((unsigned char)*at)) {
		const char *key = ++at;

		at += strcspn(at, "=&;?# \t\n");
		if (*at == '=' && key_is_secret((struct str){key, (size_t)(at - key)}))
			return true;
		at += strcspn(at, "&;?# \t\n");
	}
	return false;
}

static bool
has_colon(const char *s, size_t n)
{
	return memchr(s, ':', n) || memmem(s, n, "%3a", 3) || memmem(s, n, "%3A", 3);
}

/* `user:password@host:path`, the way of scp. */
static bool
scp_is_secret(const char *text)
{
	size_t user = strcspn(text, ":/@ "), password, host;

	if (!user || text[user] != ':')
		return false;
	text += user + 1;
	password = strcspn(text, "/@ ");
	if (!password || text[password] != '@')
		return false;
	text += password + 1;
	host = strcspn(text, ":/@ ");
	return host && text[host] == ':';
}

static bool
is_secret(const char *text)
{
	const char *sep = strstr(text, "://");

	if (!sep)
		return scp_is_secret(text);
	for (; sep; sep = strstr(sep, "://")) {
		struct str scheme = scheme_before(text, sep);
		const char *host = sep + strlen("://"), *at;
		size_t n = strcspn(host, "/ \t\n");

		at = memrchr(host, '@', n);
		if (at && !str_is(scheme, "file") &&
		    (!user_is_public(scheme) || has_colon(host, (size_t)(at - host))))
			return true;
		sep = host;
	}
	return query_is_secret(strstr(text, "://"));
}

int
secret_refuse(const char *address, struct err *e)
{
	if (!is_secret(address))
		return 0;
	err_set(e, ERR_USAGE,
		"the address holds a password or a token, which the ledger would keep for ever");
	return err_hint(e, "leave it out: git's credential helpers and ~/.netrc hold secrets");
}

const char *
secret_shown(const char *argument)
{
	return is_secret(argument) ? "[secret]" : argument;
}
