#include "caches.h"
#include "addresses.h"

#include <string.h>

void caches_init(struct caches *caches)
{
    memset(caches, 0xff, sizeof *caches);
    caches->line_misses = caches->page_misses = 0;
}

/* Makes a key the most recently used of its set. Returns 1 where it was not there. */
static int use(uint64_t *set, unsigned ways, uint64_t key)
{
    if (set[0] == key)
        return 0;
    unsigned way = 1;
    while (way < ways && set[way] != key)
        way++;
    int missed = way == ways;
    memmove(set + 1, set, (missed ? ways - 1 : way) * sizeof *set);
    set[0] = key;
    return missed;
}

static int use_page(struct caches *caches, uint64_t address)
{
    if (is_kernel_image(address))
        return use(caches->large_page, TLB_WAYS, address >> LARGE_PAGE_BITS);
    uint64_t page = address >> PAGE_BITS;
    return use(caches->page[page % TLB_SETS], TLB_WAYS, page);
}

void caches_fetch(struct caches *caches, uint64_t start, uint64_t end, int counted)
{
    for (uint64_t line = start >> LINE_BITS; line <= (end - 1) >> LINE_BITS; line++) {
        if (line == caches->last_line)
            continue;
        caches->last_line = line;
        int line_missed = use(caches->line[line % CACHE_SETS], CACHE_WAYS, line);
        int page_missed = use_page(caches, line << LINE_BITS);
        if (counted) {
            caches->line_misses += line_missed;
            caches->page_misses += page_missed;
        }
    }
}
