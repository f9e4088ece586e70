/* Path texts. */
#include "base/path.h"
#include "../tap.h"

static const struct {
	const char *dir, *name, *want;
} joins[] = {
	{"a", "b", "a/b"},  {"a/", "b", "a/b"},
	{"a", "/b", "a/b"}, {"a//", "//b", "a/b"},
	{"", "b", "b"},     {"", "/b", "/b"},
	{"a", "", "a"},     {"/", "b", "/b"},
	{"", "", ""},       {"/a/b", "c/d", "/a/b/c/d"},
};

static const struct {
	const char *path, *base, *dir;
} splits[] = {
	{"a", "a", "."},         {"a/b", "b", "a"},  {"/a", "a", "/"},
	{"/a/b/c", "c", "/a/b"}, {"a//b", "b", "a"}, {"", "", "."},
};

static const struct {
	const char *path, *want; /* NULL: refused */
} normal[] = {
	{"a/./b//c/../d", "a/b/d"},
	{"a", "a"},
	{"a/..", "."},
	{".", "."},
	{"", "."},
	{"..", NULL},
	{"a/../..", NULL},
	{"/..", "/"},
	{"/a/../../b", "/b"},
	{"/a//b/", "/a/b"},
	{"a/b/", "a/b"},
	{"a/../../a", NULL},
	{"...", "..."},
	{"a/..b", "a/..b"},
	{"/", "/"},
};

static const struct {
	struct str path;
	bool plain;
} plains[] = {
	{STR("a"), true},       {STR("a/b"), true},    {STR(""), false},          {STR("/a"), false},
	{STR("a/"), false},     {STR("a//b"), false},  {STR("."), false},         {STR(".."), false},
	{STR("a/../b"), false}, {STR("a/./b"), false}, {STR("..a/b.."), true},    {STR("a\0b"), false},
	{STR("a\nb"), false},   {STR("a\x7f"), false}, {STR("\xc3\xa4/x"), true}, {STR("a/.."), false},
};

static const struct {
	const char *path, *dir;
	bool under;
} unders[] = {
	{"foo/bar", "foo", true},  {"foo/bar-baz", "foo/bar", false},
	{"foo", "foo", true},      {"foo", "foo/", true},
	{"foo/bar", "foo/", true}, {"/a", "/", true},
	{"foo", "foo/bar", false}, {"", "foo", false},
	{"foo", "", false},
};

int
main(void)
{
	struct arena a = {0};
	struct str out;

	for (size_t i = 0; i < COUNT_OF(joins); i++)
		EQ_STR(path_join(&a, joins[i].dir, joins[i].name), joins[i].want, "join '%s' and '%s'",
		       joins[i].dir, joins[i].name);
	for (size_t i = 0; i < COUNT_OF(splits); i++) {
		EQ_STR(str_c(&a, path_base(str_of(splits[i].path))), splits[i].base, "base of '%s'",
		       splits[i].path);
		EQ_STR(str_c(&a, path_dir(str_of(splits[i].path))), splits[i].dir, "dir of '%s'",
		       splits[i].path);
	}
	for (size_t i = 0; i < COUNT_OF(normal); i++) {
		bool good = path_normalise(&a, str_of(normal[i].path), &out);

		EQ_INT(good, normal[i].want != NULL, "'%s' can be normalised", normal[i].path);
		if (good && normal[i].want)
			EQ_STR(str_c(&a, out), normal[i].want, "'%s' normalised", normal[i].path);
	}
	for (size_t i = 0; i < COUNT_OF(plains); i++)
		EQ_INT(path_is_plain(plains[i].path), plains[i].plain, "plain path, case %zu", i);
	for (size_t i = 0; i < COUNT_OF(unders); i++)
		EQ_INT(path_under(str_of(unders[i].path), str_of(unders[i].dir)), unders[i].under,
		       "'%s' under '%s'", unders[i].path, unders[i].dir);
	arena_free(&a);
	return tap_done();
}
