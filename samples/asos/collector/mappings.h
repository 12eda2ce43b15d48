/* Where a program's code lies, in QEMU's user mode. Callers take turns. */
#ifndef MAPPINGS_H
#define MAPPINGS_H

#include <stdint.h>

enum { PATH_MAXIMUM = 4096 };

struct mapping {
    uint64_t start, end, offset;    /* addresses of the program, offset in the file */
    char path[PATH_MAXIMUM];
};

/* The mapping of an address of the program, which QEMU has at an address of its own, where it is new; else null. */
const struct mapping *mapping_found(uint64_t address, const void *in_emulator);

/* The program has mapped something, or has unmapped it: what was found may be wrong now. */
void mapping_forget(void);

#endif
