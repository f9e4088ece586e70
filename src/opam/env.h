/* env.h - updates of environment variables, as `setenv` and `build-env` give them.
 *
 *	env = opam_env_apply(a, env, &earlier, d->setenv);
 */
#ifndef OPAM_ENV_H
#define OPAM_ENV_H

#include "opam/definition.h"

/* env holds texts NAME=VALUE. The updates, whose values are expanded already, are applied in order:
 *
 *	=	the value
 *	+= =+	before, behind what is there, joined by a colon; alone where nothing is there
 *	:= =:	the same, with the colon also where nothing is there
 *	=+=	where the same value stood before it was reverted, else as +=
 *
 * An empty value is ignored, except by `=`. `reverted` (may be NULL) is what an earlier call has
 * applied: it is undone first. A variable that is left with nothing by that goes away. */
struct opam_strings opam_env_apply(struct arena *a, struct opam_strings env,
				   const struct opam_env_updates *reverted, struct opam_env_updates updates);

#endif
