/* Linux-user mode: which file each executed guest address came from. */
#ifndef QSPE_GUESTMAPS_H
#define QSPE_GUESTMAPS_H

#include <stdbool.h>
#include <stdint.h>

struct gmap {
    uint64_t lo, hi, pgoff;     /* guest addresses */
    unsigned maj, min;
    uint64_t ino;
    char path[1024];            /* "//anon" when not a file */
};

typedef void gmap_new(const struct gmap *);

/* Called with each executable mapping the first time it is seen. */
void gm_init(uint64_t guest_base, gmap_new *);
/* Make sure addr, where code is about to run, is in a known mapping. */
void gm_need(uint64_t addr);
/* The guest mapped file descriptor fd executable at addr. */
void gm_mapped(uint64_t addr, uint64_t len, int fd, uint64_t pgoff);
void gm_unmapped(uint64_t addr, uint64_t len);

#endif
