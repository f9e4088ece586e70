/* System packages that a definition asks for. Where the system has no package database that we know
 * nothing can be missed. */
#include "build/scope.h"
#include "build/state.h"

#include "base/vec.h"

int
build_depexts(const struct builder *b, struct arena *a, const struct opam_definition *d, struct str name,
	      struct str version, struct opam_strings *have, struct opam_strings *missing, struct err *e)
{
	struct build_job job = {.name = name, .version = version, .definition = d};
	struct scope_packages none = {0};
	struct build_scope *scope = scope_of_job(a, b, &job, &none, false);
	struct dpkg *dpkg = b->state->dpkg;
	VEC(struct str) found = {0}, lacking = {0};
	struct opam_strings wanted;

	*have = *missing = (struct opam_strings){0};
	if (!d->depext_count)
		return 0;
	if (opam_depexts(a, d, &scope->scope, &wanted, e) < 0)
		return -1;
	if (wanted.n && !dpkg_present(dpkg)) {
		report_text(b->report, REPORT_WARN,
			    str_printf(a, STR_FMT "." STR_FMT, STR_ARG(name), STR_ARG(version)),
			    "its system packages could not be checked: this system has no dpkg database");
		return 0;
	}
	for (size_t i = 0; i < wanted.n; i++) {
		const struct dpkg_package *package = dpkg_find(dpkg, wanted.v[i]);

		if (package)
			vec_push(a, &found,
				 str_printf(a, STR_FMT "=" STR_FMT, STR_ARG(package->name),
					    STR_ARG(package->version)));
		else
			vec_push(a, &lacking, wanted.v[i]);
	}
	*have = (struct opam_strings){found.v, found.n};
	*missing = (struct opam_strings){lacking.v, lacking.n};
	return 0;
}

void
build_system_packages(const struct builder *b, struct arena *a, const struct opam_strings *names,
		      struct opam_strings *out)
{
	*out = (struct opam_strings){arena_array(a, struct str, names->n + 1), 0};
	for (size_t i = 0; i < names->n; i++) {
		const struct dpkg_package *package = dpkg_find(b->state->dpkg, names->v[i]);

		if (package)
			out->v[out->n++] = str_printf(a, STR_FMT "=" STR_FMT, STR_ARG(package->name),
						      STR_ARG(package->version));
	}
}
