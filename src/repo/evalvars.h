/* evalvars.h - sys-ocaml-version, -arch, -cc, -libc: what the machine's own OCaml compiler says of itself.
 *
 * opam's init writes them to its config as eval-variables. Here ocamlc is run when the first of them is
 * asked for, once, and the answer is kept in a file until the compiler is another one.
 */
#ifndef REPO_EVALVARS_H
#define REPO_EVALVARS_H

#include "opam/filter.h"

/* Set once by cli: where ocamlc is looked for, a folder for derived files (NULL: none), and where the answers
 * live. All are borrowed. Without it, or with an arena of NULL, the variables are undefined. */
void evalvars_use(struct arena *a, const char *path, const char *cache_dir);
/* False when it is none of these variables. One that cannot be found out is left undefined. */
bool evalvars_get(struct str name, struct opam_var *out);

#endif
