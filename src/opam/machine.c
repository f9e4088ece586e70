#include "opam/machine.h"

#include <ctype.h>

#include "base/macros.h"

static struct str
lower(struct arena *a, struct str s)
{
	char *copy = str_c(a, s);

	for (size_t i = 0; i < s.n; i++)
		copy[i] = (char)tolower((unsigned char)copy[i]);
	return (struct str){copy, s.n};
}

/* A machine name of uname; a final `*` stands for anything. */
static const struct {
	const char *machine, *arch;
} machines[] = {
	{"x86", "x86_32"},       {"i386", "x86_32"},   {"i486", "x86_32"},   {"i586", "x86_32"},
	{"i686", "x86_32"},      {"x86_64", "x86_64"}, {"amd64", "x86_64"},  {"powerpc", "ppc32"},
	{"ppc", "ppc32"},        {"ppcle", "ppc32"},   {"ppc64", "ppc64"},   {"ppc64le", "ppc64"},
	{"aarch64", "arm64"},    {"arm64", "arm64"},   {"armv5*", "arm32"},  {"armv6*", "arm32"},
	{"aarch64_be", "arm64"}, {"armv7*", "arm32"},  {"earmv6*", "arm32"}, {"earmv7*", "arm32"},
	{"armv8b", "arm32"},     {"armv8l", "arm32"},
};

static bool
machine_is(struct str machine, struct str pattern)
{
	if (!str_ends(pattern, "*"))
		return str_eq(machine, pattern);
	return machine.n >= pattern.n - 1 &&
	       str_eq(str_sub(machine, 0, pattern.n - 1), str_sub(pattern, 0, pattern.n - 1));
}

struct str
opam_arch_name(struct arena *a, struct str machine)
{
	machine = lower(a, machine);
	for (size_t i = 0; i < COUNT_OF(machines); i++)
		if (machine_is(machine, str_of(machines[i].machine)))
			return str_of(machines[i].arch);
	return machine;
}

struct str
opam_os_name(struct arena *a, struct str os)
{
	os = lower(a, os);
	return str_is(os, "darwin") || str_is(os, "osx") ? STR("macos") : os;
}
