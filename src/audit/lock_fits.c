#include "audit/lock.h"
#include "base/buf.h"

/* What a lock and this machine must have in common whatever is allowed. */
static const char *const fixed[] = {"arch", "os", "os-distribution", "os-version"};

static struct str
locked_variable(const struct state *s, const char *name)
{
	for (size_t i = 0; i < s->variable_count; i++)
		if (str_is(s->variables[i].name, name))
			return s->variables[i].value;
	return (struct str){0};
}

static int
check_platform(struct session *s, const struct lock *lock, struct err *e)
{
	const struct platform *p = &s->ap->platform;
	const struct str here[] = {p->arch, p->os, p->distribution, p->version};

	for (size_t i = 0; i < COUNT_OF(fixed); i++) {
		struct str locked = locked_variable(&lock->state, fixed[i]);

		if (str_eq(locked, here[i]))
			continue;
		err_set(e, ERR_STALE, "the lock is for another platform: %s is %.*s there and %.*s here",
			fixed[i], STR_ARG(locked), STR_ARG(here[i]));
		return err_hint(e, "make a lock on this platform: pkg lock");
	}
	return 0;
}

/* "gcc" of "gcc=12.2=amd64". */
static struct str
name_of(struct str entry)
{
	struct str name = {0};

	str_cut(&entry, '=', &name);
	return name;
}

static struct str
same_name(const struct opam_strings *list, struct str entry)
{
	for (size_t i = 0; i < list->n; i++)
		if (str_eq(name_of(list->v[i]), name_of(entry)))
			return list->v[i];
	return STR("nothing");
}

/* One line for each entry of the lock that this machine has otherwise. */
static void
add_differences(struct buf *b, const struct opam_strings *locked, const struct opam_strings *here)
{
	for (size_t i = 0; i < locked->n; i++)
		if (!opam_strings_have(here, locked->v[i]))
			buf_printf(b, "%.*s in the lock, %.*s here\n", STR_ARG(locked->v[i]),
				   STR_ARG(same_name(here, locked->v[i])));
	for (size_t i = 0; i < here->n; i++)
		if (str_is(same_name(locked, here->v[i]), "nothing"))
			buf_printf(b, "nothing in the lock, %.*s here\n", STR_ARG(here->v[i]));
}

/* The versions that this machine has of the system packages that the lock names. */
static void
system_here(struct session *s, struct arena *a, const struct lock *lock, struct opam_strings *out)
{
	struct opam_strings names = {arena_array(a, struct str, lock->system.n + 1), 0};

	for (size_t i = 0; i < lock->system.n; i++)
		names.v[names.n++] = name_of(lock->system.v[i]);
	build_system_packages(&s->ap->builder, a, &names, out);
}

int
lock_fits(struct session *s, struct arena *a, const struct lock *lock, bool allow_drift, struct err *e)
{
	struct buf differences = buf_new(a);
	struct opam_strings system = {0};
	struct str rest, line;

	if (check_platform(s, lock, e) < 0 || apply_builder(s->ap, a, e) < 0)
		return -1;
	system_here(s, a, lock, &system);
	if (lock->state.record_count)
		add_differences(&differences, &lock->state.toolchain, &s->ap->builder.toolchain);
	add_differences(&differences, &lock->system, &system);
	if (!differences.n)
		return 0;
	if (allow_drift) {
		rest = buf_str(&differences);
		while (str_cut(&rest, '\n', &line))
			report_text(s->ap->report, REPORT_WARN, (struct str){0}, "drift: %.*s",
				    STR_ARG(line));
		return 0;
	}
	err_set(e, ERR_STALE, "this machine has another toolchain or other system packages than the lock");
	err_note(e, "%s", differences.s);
	return err_hint(e, "--allow-drift installs all the same, and records the new input ids");
}
