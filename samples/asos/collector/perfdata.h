/*
 * Writes the file that `perf record -b` would have written (tools/perf/Documentation/perf.data-file-format.txt,
 * include/uapi/linux/perf_event.h): one event, a branch stack with every sample. Callers take turns.
 */
#ifndef PERFDATA_H
#define PERFDATA_H

#include "executable.h"

#include <stddef.h>
#include <stdint.h>

enum { BRANCHES_MAXIMUM = 64 };

/* struct perf_branch_entry. The flags stay 0, which is how perf says that a processor does not tell what was predicted, or how long it took. */
struct branch {
    uint64_t from, to, flags;
};

/* Who did something, where and when (nanoseconds). */
struct moment {
    uint32_t process, thread, cpu;
    uint64_t time;
};

struct perfdata_description {
    uint64_t period;            /* taken branches between two samples                  */
    int user, kernel;           /* of which code                                       */
    unsigned cpus;
    const char *release;        /* of the kernel, or of what stands for it             */
    const char *const *command; /* ends with a null                                    */
};

struct perfdata;

/* Null, with a message, where the file cannot be made. */
struct perfdata *perfdata_create(const char *path, const struct perfdata_description *description);

void perfdata_process(struct perfdata *file, struct moment when, const char *name);
void perfdata_thread(struct perfdata *file, struct moment when, uint32_t parent_thread);
void perfdata_mapping(
    struct perfdata *file, struct moment when, int of_kernel, uint64_t start, uint64_t size, uint64_t offset, const char *path);

/* Belongs to the path of a mapping; twice the same path is said once. */
void perfdata_build_id(struct perfdata *file, int of_kernel, const struct build_id *id, const char *path);

/* The branches are the newest first. */
void perfdata_sample(
    struct perfdata *file, struct moment when, uint64_t address, const struct branch *branches, unsigned count);

/* Completes the file. Returns 0, with a message, where not all of it could be written. */
int perfdata_close(struct perfdata *file);

#endif
