#include "repo/platform.h"

#include <ctype.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/fs.h"
#include "opam/machine.h"
#include "repo/evalvars.h"

static struct str
lower(struct arena *a, struct str s)
{
	char *copy = str_c(a, s);

	for (size_t i = 0; i < s.n; i++)
		copy[i] = (char)tolower((unsigned char)copy[i]);
	return (struct str){copy, s.n};
}

static struct str
first_word(struct str s)
{
	size_t n = 0;

	s = str_trim(s);
	while (n < s.n && s.s[n] != ' ' && s.s[n] != '\t' && s.s[n] != '\n')
		n++;
	return str_sub(s, 0, n);
}

/* --- arch --- */

/* A 64-bit kernel may have a 32-bit user land. */
static struct str
arch_of(struct arena *a, struct str machine)
{
	struct str arch = opam_arch_name(a, machine);

	if (sizeof(long) == 8)
		return arch;
	if (str_is(arch, "x86_64"))
		return STR("x86_32");
	if (str_is(arch, "arm64"))
		return STR("arm32");
	return str_is(arch, "ppc64") ? STR("ppc32") : arch;
}

/* --- os-release --- */

static struct str
unquote(struct str s)
{
	s = str_trim(s);
	if (s.n >= 2 && (s.s[0] == '"' || s.s[0] == '\'') && s.s[s.n - 1] == s.s[0])
		return str_sub(s, 1, s.n - 2);
	return s;
}

static struct str
release_value(struct str text, const char *key)
{
	struct str line;

	while (str_cut(&text, '\n', &line)) {
		struct str name;

		if (str_chr(line, '=') < 0)
			continue;
		str_cut(&line, '=', &name);
		if (str_is(str_trim(name), key))
			return unquote(line);
	}
	return STR("");
}

/* Empty when it cannot be read: these files only refine what we know. */
static struct str
small_file(struct arena *a, const char *path)
{
	struct err ignored = {0};
	struct str text = STR("");

	if (fs_read(a, AT_FDCWD, path, 1 << 16, &text, &ignored) < 0)
		return STR("");
	return text;
}

static struct str
distribution_of(struct arena *a, struct str release)
{
	static const char *const files[] = {"/etc/redhat-release", "/etc/centos-release",
					    "/etc/gentoo-release", "/etc/issue"};
	struct str id = release_value(release, "ID");

	for (size_t i = 0; !id.n && i < COUNT_OF(files); i++)
		id = first_word(small_file(a, files[i]));
	return id.n ? lower(a, id) : STR("linux");
}

int
platform_detect(struct arena *a, struct platform *out, struct err *e)
{
	struct utsname name;
	struct str release, like;

	if (uname(&name) < 0)
		return err_sys(e, "asking for the kind of this machine");
	out->arch = arch_of(a, str_of(name.machine));
	out->os = opam_os_name(a, str_of(name.sysname));
	release = small_file(a, "/etc/os-release");
	if (!release.n)
		release = small_file(a, "/usr/lib/os-release");
	out->distribution = distribution_of(a, release);
	like = first_word(release_value(release, "ID_LIKE"));
	out->family = like.n ? lower(a, like) : out->distribution;
	/* opam asks lsb_release first; it answers from the same file, at the price of a process. */
	out->version = release_value(release, "VERSION_ID");
	return 0;
}

/* --- the scope --- */

static void
platform_get(const struct opam_scope *scope, struct arena *a, struct str package, struct str name,
	     struct opam_var *out)
{
	const struct platform *p = scope->ctx;
	const struct {
		const char *name;
		struct str value;
	} known[] = {
		{"arch", p->arch},
		{"os", p->os},
		{"os-distribution", p->distribution},
		{"os-family", p->family},
		{"os-version", p->version},
		{"opam-version", STR("2.5.2")},
		{"make", STR("make")},
		{"exe", STR("")},
	};

	if (package.n)
		return;
	for (size_t i = 0; i < COUNT_OF(known); i++)
		if (str_is(name, known[i].name)) {
			bool host = i < 5;

			if (known[i].value.n || !host)
				*out = VAR_IS_STR(known[i].value);
			return;
		}
	if (evalvars_get(name, out))
		return;
	if (str_is(name, "jobs")) {
		long cores = sysconf(_SC_NPROCESSORS_ONLN);

		*out = VAR_IS_STR(str_printf(a, "%ld", cores > 2 ? cores - 1 : 1));
	}
}

struct opam_scope
platform_scope(const struct platform *p)
{
	return (struct opam_scope){.get = platform_get, .ctx = (void *)p};
}
