/* totalizer.h - counts true literals: output k is true when at least k of the inputs are.
 *
 * A balanced tree whose nodes count their leaves; outputs come into being when they are asked for.
 * (Bailleux, Boufkhad, "Efficient CNF encoding of Boolean cardinality constraints", 2003; growing it:
 * Martins, Joshi, Manquinho, Lynce, "Incremental cardinality constraints for MaxSAT", 2014.)
 */
#ifndef SOLVER_TOTALIZER_H
#define SOLVER_TOTALIZER_H

#include "solver/cnf.h"

struct totalizer;
struct totalizer *totalizer_new(struct cnf *c, const int *inputs, size_t n);
/* Output k, from 1; LIT_FALSE above the number of inputs. Inputs imply outputs, not the other way. */
int totalizer_output(struct cnf *c, struct totalizer *t, size_t k);

#endif
