#include "base/path.h"

#include <string.h>

#include "base/vec.h"

char *
path_join(struct arena *a, const char *dir, const char *name)
{
	size_t n = strlen(dir);

	if (!n || !*name)
		return arena_strdup(a, n ? dir : name);
	while (n && dir[n - 1] == '/')
		n--;
	while (*name == '/')
		name++;
	return arena_printf(a, "%.*s/%s", (int)n, dir, name);
}

struct str
path_base(struct str path)
{
	return str_sub(path, (size_t)(str_rchr(path, '/') + 1), path.n);
}

struct str
path_dir(struct str path)
{
	ptrdiff_t at = str_rchr(path, '/');

	if (at < 0)
		return STR(".");
	while (at > 0 && path.s[at - 1] == '/')
		at--;
	return at ? str_sub(path, 0, (size_t)at) : STR("/");
}

bool
path_normalise(struct arena *a, struct str path, struct str *out)
{
	VEC(struct str) parts = {0};
	bool absolute = str_starts(path, "/");
	struct str rest = path, part;
	char *text, *at;

	while (str_cut(&rest, '/', &part)) {
		if (!part.n || str_is(part, "."))
			continue;
		if (!str_is(part, ".."))
			vec_push(a, &parts, part);
		else if (parts.n)
			parts.n--;
		else if (!absolute)
			return false;
	}
	if (!parts.n) {
		*out = absolute ? STR("/") : STR(".");
		return true;
	}
	text = at = arena_alloc(a, path.n + 1);
	for (size_t i = 0; i < parts.n; i++) {
		if (i || absolute)
			*at++ = '/';
		memcpy(at, parts.v[i].s, parts.v[i].n);
		at += parts.v[i].n;
	}
	*out = (struct str){text, (size_t)(at - text)};
	return true;
}

bool
path_is_plain(struct str path)
{
	size_t start = 0;

	if (!path.n)
		return false;
	for (size_t i = 0; i <= path.n; i++) {
		struct str part;

		if (i < path.n && path.s[i] != '/') {
			if ((unsigned char)path.s[i] < 0x20 || path.s[i] == 0x7f)
				return false;
			continue;
		}
		part = str_sub(path, start, i - start);
		if (!part.n || str_is(part, ".") || str_is(part, ".."))
			return false;
		start = i + 1;
	}
	return true;
}

bool
path_under(struct str path, struct str dir)
{
	while (dir.n > 1 && dir.s[dir.n - 1] == '/')
		dir.n--;
	if (!dir.n || path.n < dir.n || memcmp(path.s, dir.s, dir.n) != 0)
		return false;
	return path.n == dir.n || path.s[dir.n] == '/' || str_is(dir, "/");
}
