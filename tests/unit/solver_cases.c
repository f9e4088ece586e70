/* Flat cases: every FILE.case of the folder given (default tests/solver).
 *
 *	repo NAME.VERSION FIELDS...        a definition, on one line
 *	installed NAME.VERSION [auto]      in the switch; auto: not asked for by the user
 *	invariant FORMULA-OF-ONE-ATOM
 *	pin NAME.VERSION
 *	do install|remove|upgrade|reinstall [--test] [--auto] ARGS...
 *	want install|upgrade|downgrade|reinstall|remove|root NAME.VERSION    all changes, in any order
 *	want nothing
 *	want error CODE                    unsat, notfound
 *	want says TEXT                     in message, notes or hints
 *	want order A B                     A before B in the plan
 */
#include "../solver/world.h"
#include "../tap.h"

struct run {
	struct world w;
	const char *file;
	unsigned line;
	const struct plan *plan;
	int rc;
	struct err e;
	VEC(struct str) changes; /* "install a.1", not wanted yet */
	bool done, checked;
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
			add_change(r, verbs[p->action], p->version->name, p->version->version);
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
	if (r->rc < 0)
		OK(r->checked, "%s:%u: " STR_FMT ": %s", r->file, r->line, STR_ARG(r->what), r->e.msg);
	else
		OK(!r->changes.n, "%s:%u: " STR_FMT ": nothing else (" STR_FMT ")", r->file, r->line,
		   STR_ARG(r->what), STR_ARG(r->changes.n ? r->changes.v[0] : STR("none")));
	if (r->rc == 0)
		world_apply(&r->w, r->plan);
	r->done = false;
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
	struct str word;

	finish(r);
	r->what = rest;
	str_cut(&rest, ' ', &word);
	for (size_t i = 0; i < COUNT_OF(verbs); i++)
		if (str_is(word, verbs[i].name))
			kind = verbs[i].kind;
	while (str_cut(&rest, ' ', &word)) {
		if (str_is(word, "--test"))
			flags |= WORLD_TEST;
		else if (str_is(word, "--auto"))
			flags |= WORLD_AUTO_REMOVE;
		else if (word.n)
			vec_push(&r->w.a, &args, word);
	}
	r->e = (struct err){0};
	r->rc = world_do(&r->w, kind, args.v, args.n, flags, &r->plan, &r->e);
	r->changes.n = 0;
	r->done = true;
	r->checked = false;
	if (r->rc == 0)
		collect(r);
}

static size_t
place(struct run *r, struct str name)
{
	for (size_t i = 0; r->rc == 0 && i < r->plan->n; i++)
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

	return r->rc < 0 &&
	       (strstr(r->e.msg, wanted) || strstr(r->e.note, wanted) || strstr(r->e.hint, wanted));
}

static bool
comes_before(struct run *r, struct str rest)
{
	struct str first;

	str_cut(&rest, ' ', &first);
	return place(r, first) < place(r, rest) && place(r, rest) != SIZE_MAX;
}

static bool
wanted(struct run *r, struct str line)
{
	struct str rest = line, verb;

	str_cut(&rest, ' ', &verb);
	if (str_is(verb, "nothing"))
		return r->rc == 0 && !r->changes.n;
	if (str_is(verb, "error")) {
		r->checked = true;
		return r->rc < 0 && strcasecmp(str_c(&r->w.a, rest), err_name(r->e.code)) == 0;
	}
	if (str_is(verb, "says"))
		return says(r, rest);
	if (str_is(verb, "order"))
		return comes_before(r, rest);
	return str_is(verb, "root") ? is_root(r, rest) : take_change(r, line);
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
		rc = opam_atom(&r->w.a, line, &r->w.invariant, &e);
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
