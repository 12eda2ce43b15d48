#define _GNU_SOURCE
#include "perfdata.h"
#include "addresses.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    BUFFER_SIZE = 1 << 20,
    NAME_MAXIMUM = 4000,
    ROUND_SIZE = 1 << 16,           /* about how much perf takes from its buffers at a time */
    NEAR_TAKEN = 0x20c4,            /* BR_INST_RETIRED.NEAR_TAKEN of Intel's processors     */
    RECORD_BUILD_ID = 67,           /* PERF_RECORD_HEADER_BUILD_ID                          */
    RECORD_FINISHED_ROUND = 68,     /* PERF_RECORD_FINISHED_ROUND                           */
    BUILD_ID_HAS_SIZE = 1 << 15,    /* PERF_RECORD_MISC_BUILD_ID_SIZE                       */
};

enum feature {                      /* HEADER_... of tools/perf/util/header.h */
    FEATURE_BUILD_ID = 2, FEATURE_OSRELEASE = 4, FEATURE_VERSION = 5, FEATURE_ARCH = 6, FEATURE_NRCPUS = 7,
    FEATURE_CMDLINE = 11, FEATURE_EVENT_DESC = 12, FEATURE_BRANCH_STACK = 15,
};

static const enum feature features[] = {
    FEATURE_BUILD_ID, FEATURE_OSRELEASE, FEATURE_VERSION, FEATURE_ARCH, FEATURE_NRCPUS,
    FEATURE_CMDLINE, FEATURE_EVENT_DESC, FEATURE_BRANCH_STACK,
};
enum { FEATURES = sizeof features / sizeof *features };

struct section {
    uint64_t offset, size;
};

struct header {                     /* struct perf_file_header */
    char magic[8];
    uint64_t size, attribute_size;
    struct section attributes, data, event_types;
    uint64_t features[4];
};

struct named_build_id {
    struct named_build_id *next;
    struct build_id id;
    int of_kernel;
    char path[];
};

struct perfdata {
    struct perfdata_description about;
    const char *path;
    int descriptor;
    int error;                      /* errno of the first write that failed */
    uint64_t size;                  /* of the file, with what is buffered   */
    uint64_t in_round;
    struct named_build_id *build_ids;
    size_t buffered;
    uint8_t buffer[BUFFER_SIZE];
};

/* ---- bytes ---- */

static void write_all(struct perfdata *file, const void *bytes, size_t size, off_t at)
{
    const uint8_t *rest = bytes;
    while (size > 0 && file->error == 0) {
        ssize_t written = pwrite(file->descriptor, rest, size, at);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0) {
            file->error = written < 0 ? errno : EIO;
            break;
        }
        rest += written;
        size -= (size_t)written;
        at += written;
    }
}

static void flush(struct perfdata *file)
{
    write_all(file, file->buffer, file->buffered, (off_t)(file->size - file->buffered));
    file->buffered = 0;
}

static void put(struct perfdata *file, const void *bytes, size_t size)
{
    if (file->buffered + size > BUFFER_SIZE)
        flush(file);
    memcpy(file->buffer + file->buffered, bytes, size);
    file->buffered += size;
    file->size += size;
}

static void put_u32(struct perfdata *file, uint32_t value)
{
    put(file, &value, sizeof value);
}

static void put_zeros(struct perfdata *file, size_t size)
{
    static const uint8_t zeros[64];
    for (; size > sizeof zeros; size -= sizeof zeros)
        put(file, zeros, sizeof zeros);
    put(file, zeros, size);
}

/* A string of the header: its size, it, zeros up to a multiple of 64. */
static void put_string(struct perfdata *file, const char *text)
{
    size_t size = strlen(text) + 1, room = (size + 63) & ~(size_t)63;
    put_u32(file, (uint32_t)room);
    put(file, text, size);
    put_zeros(file, room - size);
}

/* ---- the event ---- */

static struct perf_event_attr attribute(const struct perfdata_description *about)
{
    struct perf_event_attr attribute = {
        .type = PERF_TYPE_RAW,
        .size = sizeof attribute,
        .config = NEAR_TAKEN,
        .sample_period = about->period,
        .sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_CPU | PERF_SAMPLE_PERIOD
            | PERF_SAMPLE_BRANCH_STACK,
        .branch_sample_type = PERF_SAMPLE_BRANCH_ANY | (about->user ? PERF_SAMPLE_BRANCH_USER : 0)
            | (about->kernel ? PERF_SAMPLE_BRANCH_KERNEL : 0),
        .disabled = 1,
        .inherit = 1,
        .exclude_user = !about->user,
        .exclude_kernel = !about->kernel,
        .exclude_hv = 1,
        .exclude_guest = 1,
        .mmap = 1,
        .mmap2 = 1,
        .comm = 1,
        .task = 1,
        .sample_id_all = 1,
    };
    return attribute;
}

static void write_header(struct perfdata *file, struct section data, uint64_t present)
{
    struct header header = {
        .magic = {'P', 'E', 'R', 'F', 'I', 'L', 'E', '2'},
        .size = sizeof header,
        .attribute_size = sizeof(struct perf_event_attr) + sizeof(struct section),
        .attributes = {sizeof header, sizeof(struct perf_event_attr) + sizeof(struct section)},
        .data = data,
        .features = {present},
    };
    write_all(file, &header, sizeof header, 0);
}

static uint64_t data_offset(void)
{
    return sizeof(struct header) + sizeof(struct perf_event_attr) + sizeof(struct section);
}

struct perfdata *perfdata_create(const char *path, const struct perfdata_description *description)
{
    struct perfdata *file = calloc(1, sizeof *file);
    if (file == NULL || (file->descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) < 0) {
        fprintf(stderr, "collector: %s: %s\n", path, strerror(errno));
        free(file);
        return NULL;
    }
    file->path = path;
    file->about = *description;
    put_zeros(file, sizeof(struct header));
    struct perf_event_attr event = attribute(description);
    put(file, &event, sizeof event);
    put_zeros(file, sizeof(struct section));    /* one event: its samples need no ids */
    flush(file);
    write_header(file, (struct section){data_offset(), 0}, 0);
    return file;
}

/* ---- records ---- */

struct record {
    size_t size;
    uint8_t bytes[NAME_MAXIMUM + BRANCHES_MAXIMUM * sizeof(struct branch) + 256];
};

static void add(struct record *record, const void *bytes, size_t size)
{
    memcpy(record->bytes + record->size, bytes, size);
    record->size += size;
}

static void add_u32(struct record *record, uint32_t value)
{
    add(record, &value, sizeof value);
}

static void add_u64(struct record *record, uint64_t value)
{
    add(record, &value, sizeof value);
}

/* A name, and zeros up to a multiple of eight, at least one. */
static void add_name(struct record *record, const char *name)
{
    size_t size = strnlen(name, NAME_MAXIMUM);
    add(record, name, size);
    memset(record->bytes + record->size, 0, 8);
    record->size += 8 - size % 8;
}

static void begin(struct record *record, uint32_t type, int misc)
{
    struct perf_event_header header = {.type = type, .misc = (uint16_t)misc};
    record->size = 0;
    add(record, &header, sizeof header);
}

static void end(struct perfdata *file, struct record *record)
{
    uint16_t size = (uint16_t)record->size;
    memcpy(record->bytes + offsetof(struct perf_event_header, size), &size, sizeof size);
    put(file, record->bytes, record->size);
}

/* What sample_id_all adds to records that are no samples. */
static void end_with(struct perfdata *file, struct record *record, struct moment when)
{
    add_u32(record, when.process);
    add_u32(record, when.thread);
    add_u64(record, when.time);
    add_u64(record, when.cpu);
    end(file, record);
}

void perfdata_process(struct perfdata *file, struct moment when, const char *name)
{
    struct record record;
    char comm[16];
    snprintf(comm, sizeof comm, "%s", name);
    begin(&record, PERF_RECORD_COMM, PERF_RECORD_MISC_COMM_EXEC);
    add_u32(&record, when.process);
    add_u32(&record, when.thread);
    add_name(&record, comm);
    end_with(file, &record, when);
}

void perfdata_thread(struct perfdata *file, struct moment when, uint32_t parent_thread)
{
    struct record record;
    begin(&record, PERF_RECORD_FORK, 0);
    add_u32(&record, when.process);
    add_u32(&record, when.process);
    add_u32(&record, when.thread);
    add_u32(&record, parent_thread);
    add_u64(&record, when.time);
    end_with(file, &record, when);
}

void perfdata_mapping(
    struct perfdata *file, struct moment when, int of_kernel, uint64_t start, uint64_t size, uint64_t offset, const char *path)
{
    struct record record;
    begin(&record, of_kernel ? PERF_RECORD_MMAP : PERF_RECORD_MMAP2,
        of_kernel ? PERF_RECORD_MISC_KERNEL : PERF_RECORD_MISC_USER);
    add_u32(&record, of_kernel ? UINT32_MAX : when.process);
    add_u32(&record, of_kernel ? 0 : when.thread);
    add_u64(&record, start);
    add_u64(&record, size);
    add_u64(&record, offset);
    if (!of_kernel) {
        add_u64(&record, 0);        /* device   */
        add_u64(&record, 0);        /* inode    */
        add_u64(&record, 0);        /* and its generation */
        add_u32(&record, PROT_READ | PROT_EXEC);
        add_u32(&record, MAP_PRIVATE);
    }
    add_name(&record, path);
    end_with(file, &record, when);
}

void perfdata_build_id(struct perfdata *file, int of_kernel, const struct build_id *id, const char *path)
{
    struct named_build_id **last = &file->build_ids;
    for (; *last != NULL; last = &(*last)->next)
        if (strcmp((*last)->path, path) == 0)
            return;
    struct named_build_id *named = id->size > 0 ? calloc(1, sizeof *named + strlen(path) + 1) : NULL;
    if (named == NULL)
        return;
    named->id = *id;
    named->of_kernel = of_kernel;
    strcpy(named->path, path);
    *last = named;
}

void perfdata_sample(
    struct perfdata *file, struct moment when, uint64_t address, const struct branch *branches, unsigned count)
{
    struct record record;
    begin(&record, PERF_RECORD_SAMPLE, is_kernel(address) ? PERF_RECORD_MISC_KERNEL : PERF_RECORD_MISC_USER);
    add_u64(&record, address);
    add_u32(&record, when.process);
    add_u32(&record, when.thread);
    add_u64(&record, when.time);
    add_u64(&record, when.cpu);
    add_u64(&record, file->about.period);
    add_u64(&record, count);
    add(&record, branches, count * sizeof *branches);
    end(file, &record);

    file->in_round += record.size;
    if (file->in_round > ROUND_SIZE) {
        begin(&record, RECORD_FINISHED_ROUND, 0);
        end(file, &record);
        file->in_round = 0;
    }
}

/* ---- the end of the file ---- */

static void put_build_ids(struct perfdata *file)
{
    for (const struct named_build_id *named = file->build_ids; named != NULL; named = named->next) {
        struct record record;
        begin(&record, RECORD_BUILD_ID,
            BUILD_ID_HAS_SIZE | (named->of_kernel ? PERF_RECORD_MISC_KERNEL : PERF_RECORD_MISC_USER));
        add_u32(&record, UINT32_MAX);
        add(&record, named->id.bytes, BUILD_ID_MAXIMUM);
        add_u32(&record, (uint32_t)named->id.size);     /* one byte, and three of padding */
        add_name(&record, named->path);
        end(file, &record);
    }
}

static void put_event(struct perfdata *file)
{
    struct perf_event_attr event = attribute(&file->about);
    put_u32(file, 1);
    put_u32(file, sizeof event);
    put(file, &event, sizeof event);
    put_u32(file, 0);                                   /* ids */
    put_string(file, file->about.kernel && file->about.user ? "br_inst_retired.near_taken"
        : file->about.kernel ? "br_inst_retired.near_taken:k"
        : "br_inst_retired.near_taken:u");
}

static void put_command(struct perfdata *file)
{
    uint32_t count = 0;
    while (file->about.command[count] != NULL)
        count++;
    put_u32(file, count);
    for (uint32_t i = 0; i < count; i++)
        put_string(file, file->about.command[i]);
}

static void put_feature(struct perfdata *file, enum feature feature)
{
    switch (feature) {
    case FEATURE_BUILD_ID:
        put_build_ids(file);
        break;
    case FEATURE_OSRELEASE:
        put_string(file, file->about.release);
        break;
    case FEATURE_VERSION:
        put_string(file, "branch records by emulation");
        break;
    case FEATURE_ARCH:
        put_string(file, "x86_64");
        break;
    case FEATURE_NRCPUS:
        put_u32(file, file->about.cpus);                /* there    */
        put_u32(file, file->about.cpus);                /* at work  */
        break;
    case FEATURE_CMDLINE:
        put_command(file);
        break;
    case FEATURE_EVENT_DESC:
        put_event(file);
        break;
    case FEATURE_BRANCH_STACK:                          /* being there says it all */
        break;
    }
}

int perfdata_close(struct perfdata *file)
{
    struct section data = {data_offset(), file->size - data_offset()}, sections[FEATURES];
    uint64_t table = file->size, present = 0;
    put_zeros(file, sizeof sections);
    for (unsigned i = 0; i < FEATURES; i++) {
        sections[i].offset = file->size;
        put_feature(file, features[i]);
        sections[i].size = file->size - sections[i].offset;
        present |= UINT64_C(1) << features[i];
    }
    flush(file);
    write_all(file, sections, sizeof sections, (off_t)table);
    write_header(file, data, present);
    int error = file->error;
    if (close(file->descriptor) != 0 && error == 0)
        error = errno;
    if (error != 0)
        fprintf(stderr, "collector: %s: %s\n", file->path, strerror(error));
    free(file);
    return error == 0;
}
