/* Flat cases: every FILE.case of the folder given (default tests/solver).
 *
 *	repo NAME.VERSION FIELDS...        a definition, on one line
 *	installed NAME.VERSION [auto]      in the switch; auto: not asked for by the user
 *	invariant FORMULA
 *	pin NAME.VERSION
 *	set VARIABLE=VALUE                 of the platform
 *	do install|remove|upgrade|reinstall [OPTION...] ARGS...
 *	do why-not ARG                     asks only
 *	   options: --test --doc --dev-setup --auto --best-effort --ignore=NAME,...
 *	   an argument with blanks stands in single quotes
 *	want install|upgrade|downgrade|reinstall|rebuild|remove|root NAME.VERSION
 *	                                   all changes, in any order; rebuild: only because of one below
 *	want nothing
 *	want error CODE                    unsat, notfound
 *	want answer ANSWER                 of why-not: installed possible pinned unavailable unsatisfiable
 *	want says TEXT                     in message, notes or hints, or why something is left out
 *	want silent TEXT                   nowhere there
 *	want lines N                       of explanation, at most
 *	want out ATOM                      is left out by --best-effort
 *	want order A B                     A before B in the plan
 *	want edge A B ROLES                A depends on B, so
 *	want vector N N N N N N            the ranking; proven
 */
#include "../solver/world.h"
#include "../tap.h"
#include "solver/roles.h"
#include "solver/whynot.h"

struct run {
	struct world w;
	const char *file;
	unsigned line;
	const struct plan *plan;
	int rc;
	struct err e;
	VEC(struct str) changes; /* "install a.1", not wanted yet */
	struct explanation explanation;
	struct why_not why; /* of the last why-not */
	bool done, checked, asked;
	struct str what;
};

static void
add_change(struct run *r, const char *verb, struct str name, struct str version)
{
	vec_push(&r->w.a, &r->changes,
		 str_printf(&r->w.a, "%s " STR_FMT "." STR_FMT, verb, STR_ARG(name), STR_ARG(version)));
}

static void
collect(struct run *r)
{
	static const char *const verbs[] = {[PLAN_INSTALL] = "install",
					    [PLAN_UPGRADE] = "upgrade",
					    [PLAN_DOWNGRADE] = "downgrade",
					    [PLAN_REINSTALL] = "reinstall"};

	r->changes.n = 0;
	for (size_t i = 0; i < r->plan->n; i++) {
		const struct plan_package *p = &r->plan->packages[i];

		if (p->action != PLAN_KEEP)
			add_change(r, p->follows ? "rebuild" : verbs[p->action], p->version->name,
				   p->version->version);
		if (p->action != PLAN_KEEP && (!p->cause || !*p->cause))
			add_change(r, "no cause for", p->version->name, p->version->version);
	}
	for (size_t i = 0; i < r->plan->removal_count; i++)
		add_change(r, "remove", r->plan->removals[i].name, r->plan->removals[i].version);
}

/* What the last `do` did and no `want` named. */
static void
finish(struct run *r)
{
	if (!r->done)
		return;
	if (r->asked)
		OK(r->checked, "%s:%u: " STR_FMT ": answered", r->file, r->line, STR_ARG(r->what));
	else if (r->rc < 0)
		OK(r->checked, "%s:%u: " STR_FMT ": %s", r->file, r->line, STR_ARG(r->what), r->e.msg);
	else
		OK(!r->changes.n, "%s:%u: " STR_FMT ": nothing else (" STR_FMT ")", r->file, r->line,
		   STR_ARG(r->what), STR_ARG(r->changes.n ? r->changes.v[0] : STR("none")));
	if (r->rc == 0 && !r->asked)
		world_apply(&r->w, r->plan);
	r->done = r->asked = false;
}

/* The next word, or what stands between quotes. */
static bool
next_word(struct str *rest, struct str *word)
{
	*rest = str_trim(*rest);
	if (rest->n && *rest->s == '\'') {
		*rest = str_sub(*rest, 1, rest->n);
		return str_cut(rest, '\'', word);
	}
	return str_cut(rest, ' ', word);
}

static bool
take_option(struct run *r, struct str word, unsigned *flags)
{
	static const struct {
		const char *name;
		unsigned flag;
	} options[] = {{"--test", WORLD_TEST},
		       {"--doc", WORLD_DOC},
		       {"--dev-setup", WORLD_DEV_SETUP},
		       {"--auto", WORLD_AUTO_REMOVE},
		       {"--best-effort", WORLD_BEST_EFFORT}};
	struct str name;

	for (size_t i = 0; i < COUNT_OF(options); i++)
		if (str_is(word, options[i].name))
			return *flags |= options[i].flag, true;
	if (!str_starts(word, "--ignore="))
		return false;
	word = str_sub(word, strlen("--ignore="), word.n);
	while (str_cut(&word, ',', &name))
		r->w.ignored.v[r->w.ignored.n++] = name;
	return true;
}

static void
ask_why_not(struct run *r, const struct str *args, size_t n, unsigned flags)
{
	struct request q;

	r->asked = true;
	r->rc = world_request(&r->w, REQUEST_INSTALL, args, n, flags, &q, &r->e);
	if (r->rc == 0)
		r->rc = why_not(&r->w.a, r->w.universe, &q, q.atoms[0], &r->why, &r->e);
	if (r->rc == 0 && r->why.answer == WHY_NOT_UNSAT)
		r->e = r->why.why;
	if (r->rc == 0 && r->why.answer == WHY_NOT_UNAVAILABLE)
		err_set(&r->e, ERR_NOTFOUND, STR_FMT, STR_ARG(r->why.version->unavailable));
}

static void
do_line(struct run *r, struct str rest)
{
	static const struct {
		const char *name;
		enum request_kind kind;
	} verbs[] = {{"install", REQUEST_INSTALL},
		     {"remove", REQUEST_REMOVE},
		     {"upgrade", REQUEST_UPGRADE},
		     {"reinstall", REQUEST_REINSTALL}};
	enum request_kind kind = REQUEST_INSTALL;
	VEC(struct str) args = {0};
	unsigned flags = 0;
	struct str word, verb;

	finish(r);
	r->what = rest;
	str_cut(&rest, ' ', &verb);
	for (size_t i = 0; i < COUNT_OF(verbs); i++)
		if (str_is(verb, verbs[i].name))
			kind = verbs[i].kind;
	r->w.ignored = (struct opam_strings){arena_array(&r->w.a, struct str, 16), 0};
	r->w.explanation = &r->explanation;
	while (next_word(&rest, &word))
		if (word.n && !take_option(r, word, &flags))
			vec_push(&r->w.a, &args, word);
	r->e = (struct err){0};
	r->explanation = (struct explanation){0};
	r->plan = NULL;
	r->changes.n = 0;
	r->done = true;
	r->checked = false;
	if (str_is(verb, "why-not")) {
		ask_why_not(r, args.v, args.n, flags);
		return;
	}
	r->rc = world_do(&r->w, kind, args.v, args.n, flags, &r->plan, &r->e);
	if (r->rc == 0)
		collect(r);
}

static size_t
place(struct run *r, struct str name)
{
	for (size_t i = 0; r->plan && i < r->plan->n; i++)
		if (str_eq(r->plan->packages[i].version->name, name))
			return i;
	return SIZE_MAX;
}

static bool
is_root(struct run *r, struct str name_version)
{
	struct str name, version;
	size_t at;

	opam_name_version_cut(name_version, &name, &version);
	at = place(r, name);
	return at != SIZE_MAX && r->plan->packages[at].root;
}

/* The change as it stands there; each is wanted once. */
static bool
take_change(struct run *r, struct str line)
{
	for (size_t i = 0; i < r->changes.n; i++)
		if (str_eq(r->changes.v[i], line)) {
			r->changes.v[i] = r->changes.v[--r->changes.n];
			return true;
		}
	return false;
}

static bool
says(struct run *r, struct str text)
{
	const char *wanted = str_c(&r->w.a, text);

	for (size_t i = 0; r->plan && i < r->plan->left_out_count; i++)
		if (strstr(r->plan->left_out[i].why, wanted))
			return true;
	return strstr(r->e.msg, wanted) || strstr(r->e.note, wanted) || strstr(r->e.hint, wanted);
}

static bool
leaves_out(struct run *r, struct str atom)
{
	for (size_t i = 0; r->plan && i < r->plan->left_out_count; i++)
		if (str_eq(opam_formula_text(&r->w.a, r->plan->left_out[i].atom), atom))
			return true;
	return false;
}

static bool
at_most(struct run *r, struct str number)
{
	long lines = 0;

	for (const char *s = r->e.note; *s; s++)
		lines += *s == '\n';
	return r->e.note[0] && lines <= strtol(str_c(&r->w.a, number), NULL, 10);
}

static bool
has_edge(struct run *r, struct str rest)
{
	struct str from, to;
	size_t at;

	str_cut(&rest, ' ', &from);
	str_cut(&rest, ' ', &to);
	at = place(r, from);
	for (size_t i = 0; at != SIZE_MAX && i < r->plan->packages[at].edge_count; i++)
		if (r->plan->packages[at].edges[i].to == place(r, to))
			return r->plan->packages[at].edges[i].roles == roles_of(rest);
	return false;
}

static bool
has_vector(struct run *r, struct str rest)
{
	struct str word;

	for (int i = 0; i < PLAN_LEVELS; i++)
		if (!r->plan || !str_cut(&rest, ' ', &word) ||
		    strtol(str_c(&r->w.a, word), NULL, 10) != r->plan->vector[i])
			return false;
	return r->plan->proven;
}

static bool
answers(struct run *r, struct str word)
{
	static const char *const names[] = {[WHY_NOT_INSTALLED] = "installed",
					    [WHY_NOT_POSSIBLE] = "possible",
					    [WHY_NOT_PINNED] = "pinned",
					    [WHY_NOT_UNAVAILABLE] = "unavailable",
					    [WHY_NOT_UNSAT] = "unsatisfiable"};

	r->checked = true;
	return r->asked && r->rc == 0 && str_is(word, names[r->why.answer]);
}

static bool
comes_before(struct run *r, struct str rest)
{
	struct str first;

	str_cut(&rest, ' ', &first);
	return place(r, first) < place(r, rest) && place(r, rest) != SIZE_MAX;
}

static bool
is_error(struct run *r, struct str code)
{
	r->checked = true;
	return r->rc < 0 && strcasecmp(str_c(&r->w.a, code), err_name(r->e.code)) == 0;
}

static bool
is_nothing(struct run *r, struct str rest)
{
	(void)rest;
	return r->rc == 0 && !r->changes.n;
}

static bool
is_silent(struct run *r, struct str text)
{
	return !says(r, text);
}

static bool
wanted(struct run *r, struct str line)
{
	static const struct {
		const char *verb;
		bool (*holds)(struct run *r, struct str rest);
	} checks[] = {{"nothing", is_nothing}, {"error", is_error},     {"says", says},
		      {"silent", is_silent},   {"order", comes_before}, {"root", is_root},
		      {"lines", at_most},      {"out", leaves_out},     {"edge", has_edge},
		      {"vector", has_vector},  {"answer", answers}};
	struct str rest = line, verb;

	str_cut(&rest, ' ', &verb);
	for (size_t i = 0; i < COUNT_OF(checks); i++)
		if (str_is(verb, checks[i].verb))
			return checks[i].holds(r, rest);
	return take_change(r, line);
}

static void
want_line(struct run *r, struct str line)
{
	bool found = wanted(r, line);

	OK(found, "%s:%u: " STR_FMT ": " STR_FMT, r->file, r->line, STR_ARG(r->what), STR_ARG(line));
	if (!found)
		printf("# rc %d, %s\n# %s\n# %s\n", r->rc, r->e.msg, r->e.note, r->e.hint);
	for (size_t i = 0; !found && i < r->changes.n; i++)
		printf("#   " STR_FMT "\n", STR_ARG(r->changes.v[i]));
}

static void
one_line(struct run *r, struct str line)
{
	struct str word, arg;
	struct err e = {0};
	int rc = 0;

	line = str_trim(line);
	if (!line.n || line.s[0] == '#')
		return;
	str_cut(&line, ' ', &word);
	line = str_trim(line);
	if (str_is(word, "do")) {
		do_line(r, line);
	} else if (str_is(word, "want")) {
		want_line(r, line);
	} else if (str_is(word, "invariant")) {
		rc = opam_request(&r->w.a, line, &r->w.invariant, &e);
	} else if (str_is(word, "set")) {
		rc = target_set(&r->w.a, &r->w.target, line, &e);
	} else if (str_is(word, "repo")) {
		str_cut(&line, ' ', &arg);
		rc = world_package(&r->w, arg, line);
	} else if (str_is(word, "installed")) {
		str_cut(&line, ' ', &arg);
		rc = world_install(&r->w, arg, !str_is(str_trim(line), "auto"), &e);
	} else if (str_is(word, "pin")) {
		struct universe_pin pin = {0};

		opam_name_version_cut(line, &pin.name, &pin.version);
		vec_push(&r->w.a, &r->w.pins, pin);
	} else {
		rc = -1;
	}
	if (rc < 0)
		OK(false, "%s:%u: cannot be read: %s", r->file, r->line, e.msg);
}

static void
run_file(const char *dir, const char *name)
{
	struct run r = {.file = name};
	struct err e = {0};
	struct str text, line;

	world_open(&r.w);
	if (fs_read(&r.w.a, AT_FDCWD, arena_printf(&r.w.a, "%s/%s", dir, name), 0, &text, &e) < 0) {
		OK(false, "%s: %s", name, e.msg);
	} else {
		while (text.n) {
			str_cut(&text, '\n', &line);
			r.line++;
			one_line(&r, line);
		}
		finish(&r);
	}
	world_close(&r.w);
}

int
main(int argc, char **argv)
{
	const char *dir = argc > 1 ? argv[1] : "tests/solver";
	struct arena a = {0};
	struct fs_entries entries = {0};
	struct err e = {0};

	if (fs_list(&a, AT_FDCWD, dir, &entries, &e) < 0) {
		fprintf(stderr, "%s\n", e.msg);
		return 1;
	}
	for (size_t i = 0; i < entries.n; i++)
		if (str_ends(str_of(entries.v[i].name), ".case"))
			run_file(dir, entries.v[i].name);
	arena_free(&a);
	return tap_done();
}
