/*
 * The model of the caches for instructions. It is simple on purpose, so that a figure can be traced to its cause:
 *
 *   instruction cache   32 KiB in 64 sets of 8 lines of 64 bytes
 *   instruction TLB     64 translations of 4 KiB pages in 8 sets of 8, and 8 of 2 MiB pages, which is how Linux
 *                       maps the text of its own image
 *
 * Both forget what was used least recently and fetch nothing ahead. User code and kernel code share them, and
 * nothing flushes them.
 */
#ifndef CACHES_H
#define CACHES_H

#include <stdint.h>

enum { CACHE_SETS = 64, CACHE_WAYS = 8, LINE_BITS = 6 };
enum { TLB_SETS = 8, TLB_WAYS = 8, PAGE_BITS = 12, LARGE_PAGE_BITS = 21 };

struct caches {
    uint64_t line[CACHE_SETS][CACHE_WAYS];      /* of each set, most recently used first */
    uint64_t page[TLB_SETS][TLB_WAYS];
    uint64_t large_page[TLB_WAYS];
    uint64_t last_line;
    uint64_t line_misses, page_misses;
};

/* Empty caches. */
void caches_init(struct caches *caches);

/* Fetches the code [start, end), and counts its misses only where asked. */
void caches_fetch(struct caches *caches, uint64_t start, uint64_t end, int counted);

#endif
