/* config.h - the root's `config` file in opam syntax: which repositories there are, in which order.
 *
 * Reading takes what it knows; writing replaces the value of one field and keeps every other byte.
 */
#ifndef REPO_CONFIG_H
#define REPO_CONFIG_H

#include "repo/repo.h"

/* Names and urls only; no file: none. */
int repo_config_read(struct arena *a, const char *root, struct repos *out, struct err *e);
/* Replaces the field `repositories`. */
int repo_config_write(struct arena *a, const char *root, const struct repos *repos, struct err *e);

#endif
