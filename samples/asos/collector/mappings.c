#define _GNU_SOURCE
#include "mappings.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* All mappings ever found; those that are certain are the ones found since something changed. */
static struct mapping *found;
static bool *is_certain;
static size_t count, capacity;

static bool holds(const struct mapping *mapping, uint64_t address)
{
    return address >= mapping->start && address < mapping->end;
}

/* Reads the line of /proc/self/maps that holds an address of the emulator. */
static bool read_mapping(uint64_t in_emulator, uint64_t shift, struct mapping *mapping)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    char *line = NULL;
    size_t room = 0;
    bool is_found = false;
    while (maps != NULL && !is_found && getline(&line, &room, maps) > 0) {
        int path = 0;
        if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %*s %" SCNx64 " %*s %*s %n", &mapping->start, &mapping->end, &mapping->offset, &path) < 3)
            continue;
        is_found = holds(mapping, in_emulator);
        line[strcspn(line, "\n")] = 0;
        snprintf(mapping->path, sizeof mapping->path, "%s", path > 0 && line[path] != 0 ? line + path : "//anon");
    }
    free(line);
    if (maps != NULL)
        fclose(maps);
    mapping->start -= shift;
    mapping->end -= shift;
    return is_found;
}

static bool is_same(const struct mapping *one, const struct mapping *other)
{
    return one->start == other->start && one->end == other->end && one->offset == other->offset
        && strcmp(one->path, other->path) == 0;
}

const struct mapping *mapping_found(uint64_t address, const void *in_emulator)
{
    for (size_t i = count; i-- > 0;)
        if (is_certain[i] && holds(&found[i], address))
            return NULL;

    struct mapping mapping;
    uint64_t there = (uint64_t)(uintptr_t)in_emulator;
    if (in_emulator == NULL || !read_mapping(there, there - address, &mapping))
        return NULL;

    /* The newest of those that hold the address is what is announced for it. */
    for (size_t i = count; i-- > 0;)
        if (holds(&found[i], address)) {
            if (!is_same(&found[i], &mapping))
                break;
            is_certain[i] = true;
            return NULL;
        }

    if (count == capacity) {
        capacity = capacity == 0 ? 16 : 2 * capacity;
        found = realloc(found, capacity * sizeof *found);
        is_certain = realloc(is_certain, capacity * sizeof *is_certain);
        if (found == NULL || is_certain == NULL)
            abort();
    }
    found[count] = mapping;
    is_certain[count] = true;
    return &found[count++];
}

void mapping_forget(void)
{
    if (count > 0)
        memset(is_certain, 0, count * sizeof *is_certain);
}
