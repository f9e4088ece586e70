/* secret.h - addresses that hold a password or a token, which the ledger would keep for ever. */
#ifndef CLI_SECRET_H
#define CLI_SECRET_H

#include "base/err.h"

/* ERR_USAGE for such an address: any user of http and the like, a password of ssh, a query or fragment
 * that names a token, key or password. */
int secret_refuse(const char *address, struct err *e);
/* The argument as a record may show it: "[secret]" for one that secret_refuse() refuses. */
const char *secret_shown(const char *argument);

#endif
