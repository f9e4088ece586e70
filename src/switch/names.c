/* Names of switches: they are names of folders, of Git branches and words of command lines. */
#include <ctype.h>
#include <string.h>

#include "base/buf.h"
#include "base/path.h"
#include "store/store.h"
#include "switch/live.h"

enum { NAME_MAX_LENGTH = 100 };

static bool
name_char(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("._+-", c));
}

static bool
valid(const char *name)
{
	struct str s = str_of(name);

	if (!s.n || s.n > NAME_MAX_LENGTH || !isalnum((unsigned char)name[0]) || strstr(name, "..") ||
	    name[s.n - 1] == '.' || str_ends(s, ".lock") || str_is(s, "HEAD"))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!name_char(name[i]))
			return false;
	return true;
}

/* The valid name that has the most of it. */
static const char *
nearest(struct arena *a, const char *name)
{
	struct buf b = buf_new(a);

	for (const char *c = name; *c && b.n < NAME_MAX_LENGTH; c++) {
		bool first = b.n == 0;

		if (first && !isalnum((unsigned char)*c))
			continue;
		if (*c == '.' && b.s[b.n - 1] == '.')
			continue;
		/* One dash for a run of what is not allowed. */
		if (name_char(*c))
			buf_addc(&b, *c);
		else if (b.s[b.n - 1] != '-')
			buf_addc(&b, '-');
	}
	while (b.n && (b.s[b.n - 1] == '.' || b.s[b.n - 1] == '-'))
		buf_cut(&b, b.n - 1);
	if (str_ends(buf_str(&b), ".lock"))
		b.s[b.n - 5] = '-';
	return !b.n || str_is(buf_str(&b), "HEAD") ? "default" : b.s;
}

int
switch_name_ok(const char *name, struct err *e)
{
	struct arena a = {0};

	if (valid(name))
		return 0;
	err_set(e, ERR_USAGE, "'%.200s' cannot be the name of a switch", name);
	err_hint(e, "a name has letters, digits and ._+- and begins with a letter or digit: '%s'",
		 nearest(&a, name));
	arena_free(&a);
	return -1;
}

char *
switch_prefix(const struct root *r, struct arena *a, const char *name)
{
	return arena_printf(a, "%s/switches/%s", r->path, name);
}

int
live_names(const struct root *r, struct arena *a, struct opam_strings *out, struct err *e)
{
	static const char heads[] = "refs/heads/";
	struct store_refs refs = {0};

	*out = (struct opam_strings){0};
	if (store_refs(r->store, a, heads, &refs, e) < 0)
		return -1;
	out->v = arena_array(a, struct str, refs.n);
	for (size_t i = 0; i < refs.n; i++)
		out->v[out->n++] = str_sub(refs.v[i].name, sizeof(heads) - 1, refs.v[i].name.n);
	return 0;
}
