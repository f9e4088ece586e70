/* Which names a tree may hold: what `git fsck` refuses, and control bytes, for every file system. */
#include "store/private.h"

#include <string.h>
#include <strings.h>

enum { NAME_LENGTH_MAX = 255 };

/* Code points that HFS+ leaves out of a name, so that `.g<ZWNJ>it` is `.git` there. Returns the length
 * of the one at s, or 0. */
static size_t
hfs_ignored(struct str s)
{
	unsigned c;

	if (s.n < 3 || ((unsigned char)s.s[0] & 0xf0) != 0xe0)
		return 0;
	c = ((unsigned)s.s[0] & 15) << 12 | ((unsigned)s.s[1] & 63) << 6 | ((unsigned)s.s[2] & 63);
	return (c >= 0x200c && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) || (c >= 0x206a && c <= 0x206f) ||
			       c == 0xfeff
		       ? 3
		       : 0;
}

static bool
is_hfs_git(struct str name)
{
	char plain[8];
	size_t n = 0, skip;

	for (size_t i = 0; i < name.n; i += skip) {
		skip = hfs_ignored(str_sub(name, i, 3));
		if (skip)
			continue;
		if (n == sizeof(plain))
			return false;
		plain[n++] = name.s[i];
		skip = 1;
	}
	return n == 4 && strncasecmp(plain, ".git", 4) == 0;
}

/* NTFS drops blanks and dots at the end, takes `:` for the name of a stream, and calls .git also
 * GIT~1; a backslash separates folders there. */
static bool
is_ntfs_git(struct str name)
{
	size_t n;

	if (name.n >= 4 && strncasecmp(name.s, ".git", 4) == 0)
		n = 4;
	else if (name.n >= 5 && strncasecmp(name.s, "git~1", 5) == 0)
		n = 5;
	else
		return false;
	while (n < name.n && (name.s[n] == ' ' || name.s[n] == '.'))
		n++;
	return n == name.n || name.s[n] == ':' || name.s[n] == '\\';
}

static bool
is_git(struct str name)
{
	ptrdiff_t slash;

	if (is_hfs_git(name))
		return true;
	for (;;) {
		if (is_ntfs_git(name))
			return true;
		slash = str_chr(name, '\\');
		if (slash < 0)
			return false;
		name = str_sub(name, (size_t)slash + 1, name.n);
	}
}

const char *
store_name_fault(struct str name)
{
	if (!name.n)
		return "an empty name";
	if (name.n > NAME_LENGTH_MAX)
		return "a name of more than 255 bytes";
	if (str_is(name, ".") || str_is(name, ".."))
		return "a name that means another folder";
	for (size_t i = 0; i < name.n; i++) {
		unsigned char c = (unsigned char)name.s[i];

		if (c == '/')
			return "a slash in a name";
		if (c < 0x20 || c == 0x7f)
			return "a control byte in a name";
	}
	return is_git(name) ? "a name that Git takes for its own folder" : NULL;
}
