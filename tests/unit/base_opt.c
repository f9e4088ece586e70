/* Options. */
#include "base/opt.h"

#include "../tap.h"

static struct arena a;
static struct err e;

static struct {
	bool yes, verbose, pager, no_wait;
	const char *dir, *json;
	long jobs;
	struct opt_list for_;
	char *argv[16];
	int argc, operands, rest;
} o;

static const struct opt own[] = {
	{OPT_STRING, 'C', "dir", "DIR", "", &o.dir},
	{OPT_INT, 'j', "jobs", "N", "", &o.jobs},
	{OPT_LIST, 0, "for", "K=V", "", &o.for_},
	{OPT_FLAG, 0, "no-wait", NULL, "", &o.no_wait},
	{.name = NULL},
};
static const struct opt global[] = {
	{OPT_FLAG, 'y', "yes", NULL, "", &o.yes},
	{OPT_FLAG, 'v', "verbose", NULL, "", &o.verbose},
	{OPT_FLAG, 0, "pager", NULL, "", &o.pager},
	{OPT_OPTIONAL, 'J', "json", "FILE", "", &o.json},
	{OPT_FOREIGN, 'w', "working-dir", NULL, "`pkg pin add`", NULL},
	{.name = NULL},
};

/* Parses words separated by blanks; "_" stands for an empty argument. */
static int
parse(const char *line)
{
	struct str rest = str_of(line), word;

	memset(&o, 0, sizeof(o));
	o.pager = true;
	e = (struct err){0};
	while (str_cut(&rest, ' ', &word))
		o.argv[o.argc++] = str_is(word, "_") ? arena_strdup(&a, "") : str_c(&a, word);
	o.operands = opt_parse(&a, own, global, o.argc, o.argv, &o.rest, &e);
	return o.operands;
}

/* The operands, with a bar before those that followed `--`. */
static const char *
operands(void)
{
	struct str text = {0};

	for (int i = 0; i < o.operands; i++)
		text = str_printf(&a, "%.*s%s%s ", (int)text.n, text.s ? text.s : "", i == o.rest ? "|" : "",
				  o.argv[i]);
	return text.s ? text.s : "";
}

static void
test_operands(void)
{
	EQ_INT(parse("_"), 1, "an empty argument is an operand");
	EQ_INT(parse(""), 0, "no arguments");
	EQ_INT(parse("a --yes b -v c"), 3, "flags anywhere");
	OK(o.yes && o.verbose && o.rest == 3, "are set");
	EQ_STR(operands(), "a b c ", "operands keep their order");
	parse("--dir=x --dir y a");
	EQ_STR(operands(), "a ", "a value is no operand");
	parse("- -y -");
	EQ_STR(operands(), "- - ", "a dash is an operand");
	parse("a -y -- -v --nope b --");
	EQ_STR(operands(), "a |-v --nope b -- ", "what follows -- is as it is");
	OK(o.yes && !o.verbose, "and sets nothing");
	OK(parse("a --") == 1 && o.rest == 1, "nothing follows");
	EQ_INT(opt_parse(&a, own, NULL, 0, o.argv, NULL, &e), 0, "one table, no rest");
}

static void
test_flags(void)
{
	OK(parse("-yv") == 0 && o.yes && o.verbose, "letters together");
	OK(parse("--no-pager") == 0 && !o.pager, "a negation");
	OK(parse("--no-pager --pager") == 0 && o.pager, "taken back");
	OK(parse("--no-wait") == 0 && o.no_wait, "a name that begins with no-");
	OK(parse("--no-no-wait") == 0 && !o.no_wait, "and its negation");
}

static void
test_values(void)
{
	parse("--dir=x --dir y a");
	EQ_STR(o.dir, "y", "the last counts");
	parse("--dir= a");
	EQ_STR(o.dir, "", "an empty value");
	parse("--dir --yes");
	EQ_STR(o.dir, "--yes", "a value may look like an option");
	parse("-Cx=y");
	EQ_STR(o.dir, "x=y", "a value with an equals sign");
	OK(parse("-yj4") == 0 && o.yes && o.jobs == 4, "a value at the end of letters");
	OK(parse("-j 5") == 0 && o.jobs == 5, "or behind");
	OK(parse("--jobs=-3") == 0 && o.jobs == -3, "a negative number");
	parse("--json a");
	EQ_STR(o.json, "", "an optional value is not taken from behind");
	OK(o.operands == 1, "that is an operand");
	parse("--json=f -y");
	EQ_STR(o.json, "f", "but with =");
	OK(parse("--json=f --no-json") == 0 && !o.json, "and taken back");
	OK(parse("-Jy") == 0 && o.yes && strcmp(o.json, "") == 0, "nor after its letter");
	parse("--for=a=1,b=2 --for c,,d --for=");
	EQ_INT(o.for_.n, 4, "a list, by commas and repeated");
	OK(str_is(o.for_.v[0], "a=1") && str_is(o.for_.v[3], "d"), "in order");
}

/* Where the command's name stands among options. */
static void
test_word(void)
{
	static const struct {
		const char *line;
		int at;
	} lines[] = {
		{"list", 0},          {"-y list", 1},         {"-vj 4 list", 2},  {"-vj4 list", 1},
		{"--jobs 4 list", 2}, {"--jobs=4 list", 1},   {"--json list", 1}, {"--nope list", 1},
		{"-J list", 1},       {"-- list", 2},         {"- x", 0},         {"-C", 1},
		{"_ x", 0},           {"--working-dir x", 1}, {"-vw x", 1},
	};

	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		parse(lines[i].line);
		/* opt_parse moved the operands: the words again. */
		struct str rest = str_of(lines[i].line), word;

		for (o.argc = 0; str_cut(&rest, ' ', &word);)
			o.argv[o.argc++] = str_is(word, "_") ? arena_strdup(&a, "") : str_c(&a, word);
		EQ_INT(opt_word(own, global, o.argc, o.argv), lines[i].at, "the word of '%s'", lines[i].line);
	}
}

static const struct {
	const char *line, *message, *hint;
} bad[] = {
	{"--nope", "unknown option '--nope'", ""},
	{"--yess", "unknown option '--yess'", "did you mean '--yes'?"},
	{"--no-pagr", "unknown option '--no-pagr'", "did you mean '--no-pager'?"},
	{"--ye", "unknown option '--ye'", "did you mean '--yes'?"},
	{"--jbos=3", "unknown option '--jbos'", "did you mean '--jobs'?"},
	{"--no-jobs", "unknown option '--no-jobs'", ""},
	{"-yz", "unknown option '-z'", ""},
	{"-5", "unknown option '-5'", ""},
	{"--dir", "option '--dir' needs a value: DIR", ""},
	{"--dir -- x", "option '--dir' needs a value: DIR", ""},
	{"-yC", "option '-C' needs a value: DIR", ""},
	{"--yes=1", "option '--yes' takes no value", ""},
	{"--no-yes=1", "option '--no-yes' takes no value", ""},
	{"-y=1", "option '-y' takes no value here", ""},
	{"-J=f", "option '-J' takes no value here", ""},
	{"--jobs=x", "option '--jobs' takes a number, not 'x'", ""},
	{"--jobs=", "option '--jobs' takes a number, not ''", ""},
	{"-j4x", "option '-j' takes a number, not '4x'", ""},
	{"-j 99999999999999999999", "option '-j': the number 99999999999999999999 is out of range", ""},
	{"--Yes", "unknown option '--Yes'", "did you mean '--yes'?"},
	{"--=x", "unknown option '--'", ""},
	{"--a\tb\x01", "unknown option '--a\tb\\x01'", ""},
	{"-\x1b", "unknown option '-\\x1b'", ""},
	{"--working-dir", "opam's --working-dir is `pkg pin add` here", ""},
	{"-yw", "opam's -w is `pkg pin add` here", ""},
	{"--working-dri", "unknown option '--working-dri'", ""},
};

int
main(void)
{
	test_operands();
	test_flags();
	test_values();
	test_word();
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		OK(parse(bad[i].line) < 0 && e.code == ERR_USAGE, "refuses %s", bad[i].line);
		EQ_STR(e.msg, bad[i].message, "says why");
		EQ_STR(e.hint, bad[i].hint, "and what was meant");
	}
	arena_free(&a);
	return tap_done();
}
