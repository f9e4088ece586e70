/* elfnote.h - the notes of an ELF file: `.note.package` (owner FDO, JSON) and the build id. */
#ifndef AUDIT_ELFNOTE_H
#define AUDIT_ELFNOTE_H

#include "audit/trace.h"

/* Leaves empty what is not there; any bytes are fine. */
void elfnote_read(struct arena *a, struct str bytes, struct trace_note *out);

#endif
