/* Where x86-64 Linux keeps what (Documentation/x86/x86_64/mm.rst). */
#ifndef ADDRESSES_H
#define ADDRESSES_H

#include <stdint.h>

/* The upper half of the address space is the kernel's. */
static inline int is_kernel(uint64_t address)
{
    return address >> 63;
}

/* The kernel's own image, which address randomization moves within this gigabyte; modules lie above it. */
static inline int is_kernel_image(uint64_t address)
{
    return address >= 0xffffffff80000000u && address < 0xffffffffc0000000u;
}

#endif
