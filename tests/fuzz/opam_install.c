#include "base/path.h"
#include "fuzz.h"
#include "opam/install.h"
#include "opam/repofile.h"

/* Nothing that is accepted leads out of its folder. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {(const char *)data, size};
	struct opam_install list;
	struct opam_config config;
	struct opam_repofile repo;
	struct arena a = {0};
	struct err e;

	if (opam_install(&a, "fuzz", text, STR("pkg"), &list, &e) == 0) {
		for (size_t i = 0; i < list.n; i++) {
			LAW(path_is_plain(list.v[i].src));
			LAW(path_is_plain(list.v[i].dst));
			LAW(!path_under(list.v[i].dst, STR(".opam-switch")));
		}
	}
	if (opam_config(&a, "fuzz", text, &config, &e) == 0)
		for (size_t i = 0; i < config.file_depend_count; i++)
			LAW(str_starts(config.file_depends[i].path, "/"));
	opam_repofile(&a, "fuzz", text, &repo, &e);
	arena_free(&a);
	return 0;
}
