#define _GNU_SOURCE
#include "recording.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    REC_COMM = 3, REC_EXIT = 4, REC_FORK = 7, REC_SAMPLE = 9, REC_MMAP2 = 10, REC_AUX = 11,
    REC_ITRACE_START = 12, REC_SWITCH = 14,
    REC_HEADER_BUILD_ID = 67, REC_FINISHED_ROUND = 68, REC_ID_INDEX = 69, REC_AUXTRACE_INFO = 70,
    REC_AUXTRACE = 71, REC_THREAD_MAP = 73, REC_CPU_MAP = 74, REC_TIME_CONV = 79,
    REC_FINISHED_INIT = 82,
};

enum {
    MISC_USER = 2, MISC_COMM_EXEC = 1 << 13, MISC_SWITCH_OUT = 1 << 13, MISC_BUILD_ID_SIZE = 1 << 15,
};

enum {      /* sample_type */
    ST_IP = 1 << 0, ST_TID = 1 << 1, ST_TIME = 1 << 2, ST_CPU = 1 << 7, ST_PERIOD = 1 << 8,
    ST_BRANCH_STACK = 1 << 11, ST_DATA_SRC = 1 << 15, ST_IDENTIFIER = 1 << 16,
};

enum {      /* bits of the attribute's flag word */
    AF_DISABLED = 0, AF_INHERIT = 1, AF_EXCLUDE_KERNEL = 5, AF_EXCLUDE_HV = 6, AF_MMAP = 8,
    AF_COMM = 9, AF_ENABLE_ON_EXEC = 12, AF_TASK = 13, AF_SAMPLE_ID_ALL = 18, AF_EXCLUDE_GUEST = 20,
    AF_MMAP2 = 23, AF_COMM_EXEC = 24, AF_CONTEXT_SWITCH = 26, AF_KSYMBOL = 29, AF_BPF_EVENT = 30,
};

enum {      /* header feature bits */
    FEAT_BUILD_ID = 2, FEAT_HOSTNAME = 3, FEAT_OSRELEASE = 4, FEAT_VERSION = 5, FEAT_ARCH = 6,
    FEAT_NRCPUS = 7, FEAT_CPUDESC = 8, FEAT_CPUID = 9, FEAT_CMDLINE = 11, FEAT_EVENT_DESC = 12,
    FEAT_BRANCH_STACK = 15, FEAT_PMU_MAPPINGS = 16, FEAT_AUXTRACE = 18, FEAT_SAMPLE_TIME = 21,
    FEAT_BITS = 256,
};

#define HEADER_SIZE 104
#define ATTR_SIZE 128       /* PERF_ATTR_SIZE_VER7, what perf 6.1 writes */
#define BUF_SIZE (1u << 20)
#define SPE_PMU_TYPE 9
#define AUXTRACE_ARM_SPE 4
#define NEOVERSE_N2 0x410fd493ULL
#define TIMER_SHIFT 24
#define TIMER_ZERO 987654321ULL

struct buildid {
    struct buildid *next;
    uint8_t id[20];
    unsigned len;
    char path[];
};

struct rec {
    struct rec_config cfg;
    int fd;
    uint64_t off;               /* file offset of the end of what is buffered */
    uint8_t *buf;
    size_t used;
    unsigned nevents, nids;
    uint64_t ids_off, attrs_off, data_off;
    uint64_t first_time, last_time, since_round;
    uint64_t timer_mult;
    uint64_t *index;            /* file offsets of AUXTRACE records           */
    size_t nindex, cap_index;
    struct buildid *ids;
    bool failed;
};

/* --- output ----------------------------------------------------------- */

static void flush(struct rec *p)
{
    size_t done = 0;

    while (done < p->used && !p->failed) {
        ssize_t n = write(p->fd, p->buf + done, p->used - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            fprintf(stderr, "qemu-spe: write %s: %s\n", p->cfg.path, strerror(errno));
            p->failed = true;
        } else {
            done += n;
        }
    }
    p->used = 0;
}

static void put(struct rec *p, const void *data, size_t n)
{
    while (n) {
        size_t part = BUF_SIZE - p->used < n ? BUF_SIZE - p->used : n;

        memcpy(p->buf + p->used, data, part);
        p->used += part;
        p->off += part;
        data = (const uint8_t *)data + part;
        n -= part;
        if (p->used == BUF_SIZE)
            flush(p);
    }
}

/* A record under construction. */
struct one {
    size_t n;
    uint8_t b[8 + 4096 + 256 + REC_MAX_DEPTH * 24];
};

static void r_u16(struct one *r, uint16_t v) { memcpy(r->b + r->n, &v, 2); r->n += 2; }
static void r_u32(struct one *r, uint32_t v) { memcpy(r->b + r->n, &v, 4); r->n += 4; }
static void r_u64(struct one *r, uint64_t v) { memcpy(r->b + r->n, &v, 8); r->n += 8; }

static void r_pad(struct one *r, size_t n)
{
    memset(r->b + r->n, 0, n);
    r->n += n;
}

/* A name, its NUL, and zeros up to a multiple of eight. */
static void r_name(struct one *r, const char *s)
{
    size_t n = strlen(s);

    if (n > 4000)
        n = 4000;
    memcpy(r->b + r->n, s, n);
    r->n += n;
    r_pad(r, 8 - n % 8);
}

static void r_begin(struct one *r, uint32_t type, uint16_t misc)
{
    r->n = 0;
    r_u32(r, type);
    r_u16(r, misc);
    r_u16(r, 0);
}

static bool timed(const struct rec *p)
{
    return !(p->cfg.spe && p->cfg.per_thread);
}

/* Event 0 is the profiling one; with SPE event 1 is the dummy that tracks. */
static uint64_t event_id(const struct rec *p, unsigned event, unsigned cpu)
{
    return 1001 + event * p->nids + cpu % p->nids;
}

static void r_sample_id(struct rec *p, struct one *r, const struct rec_task *t, unsigned event,
                        bool synth)
{
    if (synth) {
        r_pad(r, timed(p) ? 32 : 16);
        return;
    }
    r_u32(r, t->pid);
    r_u32(r, t->tid);
    if (timed(p)) {
        r_u64(r, t->time);
        r_u32(r, t->cpu);
        r_u32(r, 0);
        if (!p->first_time)
            p->first_time = t->time;
        p->last_time = t->time;
    }
    r_u64(r, event_id(p, event, t->cpu));
}

static void r_end(struct rec *p, struct one *r)
{
    uint16_t size = r->n;

    memcpy(r->b + 6, &size, 2);
    put(p, r->b, r->n);
}

/* The event that side-band records belong to. */
static unsigned tracking(const struct rec *p)
{
    return p->nevents - 1;
}

/* --- header pieces ---------------------------------------------------- */

static void make_attr(const struct rec *p, unsigned event, uint8_t out[ATTR_SIZE])
{
    const struct rec_config *c = &p->cfg;
    const uint64_t track = 1ULL << AF_MMAP | 1ULL << AF_COMM | 1ULL << AF_TASK | 1ULL << AF_MMAP2 |
                           1ULL << AF_COMM_EXEC | 1ULL << AF_KSYMBOL | 1ULL << AF_BPF_EVENT;
    uint64_t flags = 1ULL << AF_DISABLED | 1ULL << AF_EXCLUDE_KERNEL | 1ULL << AF_EXCLUDE_HV |
                     1ULL << AF_ENABLE_ON_EXEC | 1ULL << AF_SAMPLE_ID_ALL;
    uint64_t types = ST_IP | ST_TID | ST_IDENTIFIER | (timed(p) ? ST_TIME | ST_CPU : 0);
    uint32_t type = 4;                      /* PERF_TYPE_RAW              */
    uint64_t config = c->config, config1 = 0, period = c->period;
    struct one r = { .n = 0 };

    if (!c->per_thread)
        flags |= 1ULL << AF_INHERIT;
    if (!c->spe) {
        types |= ST_PERIOD | ST_BRANCH_STACK;
        flags |= track | 1ULL << AF_EXCLUDE_GUEST;
    } else if (event == 0) {
        type = SPE_PMU_TYPE;
        config1 = c->config1;
        types |= ST_DATA_SRC;
    } else {                                /* dummy:u                    */
        type = 1;
        config = 9;
        period = 1;
        flags |= track | (timed(p) ? 1ULL << AF_CONTEXT_SWITCH : 0);
    }
    r_u32(&r, type);
    r_u32(&r, ATTR_SIZE);
    r_u64(&r, config);
    r_u64(&r, period);
    r_u64(&r, types);
    r_u64(&r, 1 << 2 | 1 << 4);             /* read_format: ID | LOST     */
    r_u64(&r, flags);
    r_u64(&r, 0);                           /* wakeup, bp_type            */
    r_u64(&r, config1);
    r_u64(&r, 0);                           /* config2                    */
    r_u64(&r, c->spe ? 0 : c->branch_types);
    r_pad(&r, ATTR_SIZE - r.n);
    memcpy(out, r.b, ATTR_SIZE);
}

static void write_header(struct rec *p, uint64_t data_size, uint64_t features)
{
    struct one r = { .n = 0 };

    memcpy(r.b, "PERFILE2", 8);
    r.n = 8;
    r_u64(&r, HEADER_SIZE);
    r_u64(&r, ATTR_SIZE + 16);
    r_u64(&r, p->attrs_off);
    r_u64(&r, p->nevents * (ATTR_SIZE + 16));
    r_u64(&r, p->data_off);
    r_u64(&r, data_size);
    r_u64(&r, 0);                           /* event_types: unused        */
    r_u64(&r, 0);
    r_u64(&r, features);
    r_pad(&r, FEAT_BITS / 8 - 8);
    put(p, r.b, r.n);
}

static void write_time_conv(struct rec *p)
{
    struct one r;

    r_begin(&r, REC_TIME_CONV, 0);
    r_u64(&r, TIMER_SHIFT);
    r_u64(&r, p->timer_mult);
    r_u64(&r, TIMER_ZERO);
    r_u64(&r, 0);                           /* time_cycles                */
    r_u64(&r, (1ULL << 56) - 1);            /* time_mask                  */
    r_u64(&r, 0x0101);                      /* cap_user_time_zero, _short */
    r_end(p, &r);
}

static void write_auxtrace_info(struct rec *p)
{
    struct one r;
    unsigned i;

    r_begin(&r, REC_AUXTRACE_INFO, 0);
    r_u32(&r, AUXTRACE_ARM_SPE);
    r_u32(&r, 0);
    if (p->cfg.metadata == 1) {
        r_u64(&r, SPE_PMU_TYPE);
        r_u64(&r, 0);
    } else {
        r_u64(&r, 2);                       /* version                    */
        r_u64(&r, 4);                       /* words of this header       */
        r_u64(&r, SPE_PMU_TYPE);
        r_u64(&r, p->cfg.ncpus);
        for (i = 0; i < p->cfg.ncpus; i++) {
            r_u64(&r, 0x1010101010101010ULL);
            r_u64(&r, i);
            r_u64(&r, 3);                   /* words that follow          */
            r_u64(&r, NEOVERSE_N2);
            r_u64(&r, SPE_PMU_TYPE);
            r_u64(&r, 1024);                /* minimum interval           */
        }
    }
    r_end(p, &r);
}

static void write_maps(struct rec *p)
{
    struct one r;
    unsigned e, i, n = p->cfg.ncpus;

    r_begin(&r, REC_ID_INDEX, 0);
    r_u64(&r, p->nevents * p->nids);
    for (e = 0; e < p->nevents; e++)
        for (i = 0; i < p->nids; i++) {
            r_u64(&r, event_id(p, e, i));
            r_u64(&r, i);
            r_u64(&r, p->cfg.per_thread ? ~0ULL : i);
            r_u64(&r, p->cfg.pid);
        }
    r_end(p, &r);
    r_begin(&r, REC_THREAD_MAP, 0);
    r_u64(&r, 1);
    r_u64(&r, p->cfg.pid);
    r_pad(&r, 16);
    r_end(p, &r);
    if (p->cfg.per_thread)
        return;
    r_begin(&r, REC_CPU_MAP, 0);
    r_u16(&r, 0);                           /* a list of CPU numbers      */
    r_u16(&r, n);
    for (i = 0; i < n; i++)
        r_u16(&r, i);
    r_pad(&r, -r.n & 7);
    r_end(p, &r);
}

struct rec *rec_open(const struct rec_config *cfg)
{
    struct rec *p = calloc(1, sizeof *p);
    uint8_t attr[ATTR_SIZE];
    struct one r;
    unsigned e, i;

    p->cfg = *cfg;
    p->nevents = cfg->spe ? 2 : 1;
    p->nids = cfg->per_thread ? 1 : cfg->ncpus;
    p->timer_mult = cfg->timer_hz ? (1000000000ULL << TIMER_SHIFT) / cfg->timer_hz : 0;
    p->buf = malloc(BUF_SIZE);
    p->fd = open(cfg->path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (p->fd < 0) {
        fprintf(stderr, "qemu-spe: %s: %s\n", cfg->path, strerror(errno));
        free(p->buf);
        free(p);
        return NULL;
    }
    p->ids_off = HEADER_SIZE;
    p->attrs_off = p->ids_off + 8 * p->nids * p->nevents;
    p->data_off = p->attrs_off + p->nevents * (ATTR_SIZE + 16);
    write_header(p, 0, 0);
    for (e = 0; e < p->nevents; e++)
        for (i = 0; i < p->nids; i++) {
            uint64_t id = event_id(p, e, i);
            put(p, &id, 8);
        }
    for (e = 0; e < p->nevents; e++) {
        make_attr(p, e, attr);
        put(p, attr, ATTR_SIZE);
        r.n = 0;
        r_u64(&r, p->ids_off + 8 * e * p->nids);
        r_u64(&r, 8 * p->nids);
        put(p, r.b, r.n);
    }
    if (cfg->spe) {
        write_time_conv(p);
        write_auxtrace_info(p);
    }
    write_maps(p);
    return p;
}

/* --- records ---------------------------------------------------------- */

uint64_t rec_timer(const struct rec *p, uint64_t time)
{
    return ((unsigned __int128)(time - TIMER_ZERO) << TIMER_SHIFT) / p->timer_mult;
}

void rec_comm(struct rec *p, const struct rec_task *t, const char *comm, bool exec, bool synth)
{
    struct one r;
    char name[16];

    snprintf(name, sizeof name, "%s", comm);
    r_begin(&r, REC_COMM, exec ? MISC_COMM_EXEC : 0);
    r_u32(&r, t->pid);
    r_u32(&r, t->tid);
    r_name(&r, name);
    r_sample_id(p, &r, t, tracking(p), synth);
    r_end(p, &r);
}

void rec_mmap2(struct rec *p, const struct rec_task *t, uint64_t addr, uint64_t len, uint64_t pgoff,
               unsigned maj, unsigned min, uint64_t ino, unsigned prot, unsigned flags,
               const char *path)
{
    struct one r;

    r_begin(&r, REC_MMAP2, MISC_USER);
    r_u32(&r, t->pid);
    r_u32(&r, t->tid);
    r_u64(&r, addr);
    r_u64(&r, len);
    r_u64(&r, pgoff);
    r_u32(&r, maj);
    r_u32(&r, min);
    r_u64(&r, ino);
    r_u64(&r, 0);                           /* inode generation           */
    r_u32(&r, prot);
    r_u32(&r, flags);
    r_name(&r, path);
    r_sample_id(p, &r, t, tracking(p), false);
    r_end(p, &r);
}

static void task_record(struct rec *p, uint32_t type, const struct rec_task *t, int ppid, int ptid)
{
    struct one r;

    r_begin(&r, type, 0);
    r_u32(&r, t->pid);
    r_u32(&r, ppid);
    r_u32(&r, t->tid);
    r_u32(&r, ptid);
    r_u64(&r, t->time);
    r_sample_id(p, &r, t, tracking(p), false);
    r_end(p, &r);
}

void rec_fork(struct rec *p, const struct rec_task *t, int ppid, int ptid)
{
    task_record(p, REC_FORK, t, ppid, ptid);
}

void rec_exit(struct rec *p, const struct rec_task *t, int ppid, int ptid)
{
    task_record(p, REC_EXIT, t, ppid, ptid);
}

void rec_switch(struct rec *p, const struct rec_task *t, bool out)
{
    struct one r;

    if (!timed(p) || !p->cfg.spe)
        return;
    r_begin(&r, REC_SWITCH, out ? MISC_SWITCH_OUT : 0);
    r_sample_id(p, &r, t, tracking(p), false);
    r_end(p, &r);
}

void rec_itrace_start(struct rec *p, const struct rec_task *t)
{
    struct one r;

    r_begin(&r, REC_ITRACE_START, 0);
    r_u32(&r, t->pid);
    r_u32(&r, t->tid);
    r_sample_id(p, &r, t, 0, false);
    r_end(p, &r);
}

void rec_sample(struct rec *p, const struct rec_task *t, uint64_t ip, unsigned nr,
                const struct rec_branch *b)
{
    struct one r;

    r_begin(&r, REC_SAMPLE, MISC_USER);
    r_u64(&r, event_id(p, 0, t->cpu));      /* IDENTIFIER                 */
    r_u64(&r, ip);
    r_u32(&r, t->pid);
    r_u32(&r, t->tid);
    r_u64(&r, t->time);
    r_u32(&r, t->cpu);
    r_u32(&r, 0);
    r_u64(&r, p->cfg.period);
    r_u64(&r, nr);
    memcpy(r.b + r.n, b, nr * sizeof *b);
    r.n += nr * sizeof *b;
    r_end(p, &r);
    if (!p->first_time)
        p->first_time = t->time;
    p->last_time = t->time;
    /* perf drains its ring buffers every so often; about 64 KiB here. */
    p->since_round += r.n;
    if (p->since_round > 65536)
        rec_finished_round(p);
}

void rec_aux(struct rec *p, const struct rec_task *t, uint64_t offset, uint64_t size, uint64_t flags)
{
    struct one r;

    r_begin(&r, REC_AUX, 0);
    r_u64(&r, offset);
    r_u64(&r, size);
    r_u64(&r, flags);
    r_sample_id(p, &r, t, 0, false);
    r_end(p, &r);
}

void rec_auxtrace(struct rec *p, unsigned idx, int tid, int cpu, uint64_t offset,
                  const uint8_t *data, size_t size)
{
    static const uint8_t zeros[8];
    size_t padding = -size & 7;
    struct one r;

    if (p->nindex == p->cap_index) {
        p->cap_index = p->cap_index ? 2 * p->cap_index : 64;
        p->index = realloc(p->index, p->cap_index * sizeof *p->index);
    }
    p->index[p->nindex++] = p->off;
    r_begin(&r, REC_AUXTRACE, 0);
    r_u64(&r, size + padding);
    r_u64(&r, offset);
    r_u64(&r, (offset + 0x9e3779b97f4a7c15ULL) * 0xd6e8feb86659fd93ULL >> 32);   /* reference */
    r_u32(&r, idx);
    r_u32(&r, tid);
    r_u32(&r, cpu);
    r_u32(&r, 0);
    r_end(p, &r);
    put(p, data, size);
    put(p, zeros, padding);
}

void rec_finished_init(struct rec *p)
{
    struct one r;

    r_begin(&r, REC_FINISHED_INIT, 0);
    r_end(p, &r);
}

void rec_finished_round(struct rec *p)
{
    struct one r;

    r_begin(&r, REC_FINISHED_ROUND, 0);
    r_end(p, &r);
    p->since_round = 0;
}

void rec_buildid(struct rec *p, const uint8_t *id, unsigned len, const char *path)
{
    struct buildid *b, **tail = &p->ids;

    for (; *tail; tail = &(*tail)->next)
        if (!strcmp((*tail)->path, path))
            return;
    b = calloc(1, sizeof *b + strlen(path) + 1);
    b->len = len > 20 ? 20 : len;
    memcpy(b->id, id, b->len);
    strcpy(b->path, path);
    *tail = b;
}

/* --- features --------------------------------------------------------- */

static void f_u32(struct rec *p, uint32_t v) { put(p, &v, 4); }
static void f_u64(struct rec *p, uint64_t v) { put(p, &v, 8); }

static void f_string(struct rec *p, const char *s)
{
    static const char zeros[64];
    size_t n = strlen(s) + 1, room = (n + 63) & ~(size_t)63;

    f_u32(p, room);
    put(p, s, n);
    put(p, zeros, room - n);
}

static void f_build_ids(struct rec *p)
{
    struct buildid *b;

    for (b = p->ids; b; b = b->next) {
        struct one r;

        r_begin(&r, REC_HEADER_BUILD_ID, MISC_USER | MISC_BUILD_ID_SIZE);
        r_u32(&r, -1);
        memcpy(r.b + r.n, b->id, 20);
        r.b[r.n + 20] = b->len;
        memset(r.b + r.n + 21, 0, 3);
        r.n += 24;
        /* perf pads the name to a multiple of 64 here */
        memset(r.b + r.n, 0, 64 + strlen(b->path));
        memcpy(r.b + r.n, b->path, strlen(b->path));
        r.n += (strlen(b->path) + 1 + 63) & ~63u;
        r_end(p, &r);
    }
}

static void f_events(struct rec *p)
{
    uint8_t attr[ATTR_SIZE];
    unsigned e, i;

    f_u32(p, p->nevents);
    f_u32(p, ATTR_SIZE);
    for (e = 0; e < p->nevents; e++) {
        make_attr(p, e, attr);
        put(p, attr, ATTR_SIZE);
        f_u32(p, p->nids);
        f_string(p, e ? "dummy:u" : p->cfg.event);
        for (i = 0; i < p->nids; i++)
            f_u64(p, event_id(p, e, i));
    }
}

static void feature(struct rec *p, int bit)
{
    const struct rec_config *c = &p->cfg;
    size_t i;

    switch (bit) {
    case FEAT_BUILD_ID:
        f_build_ids(p);
        break;
    case FEAT_HOSTNAME:
        f_string(p, "qemu-spe");
        break;
    case FEAT_OSRELEASE:
        f_string(p, "6.1.0-qemu-spe");
        break;
    case FEAT_VERSION:
        f_string(p, "6.1.qemu-spe");
        break;
    case FEAT_ARCH:
        f_string(p, "aarch64");
        break;
    case FEAT_NRCPUS:
        f_u32(p, c->ncpus);
        f_u32(p, c->ncpus);
        break;
    case FEAT_CPUDESC:
        f_string(p, "QEMU TCG, records by the qemu-spe plugin");
        break;
    case FEAT_CPUID:
        f_string(p, "0x00000000410fd490");
        break;
    case FEAT_CMDLINE:
        f_u32(p, c->ncmdline);
        for (i = 0; i < c->ncmdline; i++)
            f_string(p, c->cmdline[i]);
        break;
    case FEAT_EVENT_DESC:
        f_events(p);
        break;
    case FEAT_PMU_MAPPINGS:
        f_u32(p, 3);
        f_u32(p, 1);
        f_string(p, "software");
        f_u32(p, 8);
        f_string(p, "armv8_pmuv3_0");
        f_u32(p, SPE_PMU_TYPE);
        f_string(p, "arm_spe_0");
        break;
    case FEAT_AUXTRACE:
        f_u64(p, p->nindex);
        for (i = 0; i < p->nindex; i++) {
            f_u64(p, p->index[i]);
            f_u64(p, 48);
        }
        break;
    case FEAT_BRANCH_STACK:
        break;                              /* its presence says it all   */
    case FEAT_SAMPLE_TIME:
        f_u64(p, p->first_time);
        f_u64(p, p->last_time);
        break;
    }
}

static bool wanted(const struct rec *p, int bit)
{
    switch (bit) {
    case FEAT_BUILD_ID: return p->ids;
    case FEAT_AUXTRACE: return p->cfg.spe;
    case FEAT_BRANCH_STACK: return !p->cfg.spe;
    case FEAT_SAMPLE_TIME: return timed(p);
    }
    return true;
}

void rec_close(struct rec *p)
{
    static const int bits[] = {
        FEAT_BUILD_ID, FEAT_HOSTNAME, FEAT_OSRELEASE, FEAT_VERSION, FEAT_ARCH, FEAT_NRCPUS,
        FEAT_CPUDESC, FEAT_CPUID, FEAT_CMDLINE, FEAT_EVENT_DESC, FEAT_BRANCH_STACK,
        FEAT_PMU_MAPPINGS, FEAT_AUXTRACE, FEAT_SAMPLE_TIME,
    };
    enum { N = sizeof bits / sizeof *bits };
    uint64_t data_size = p->off - p->data_off, table = p->off, mask = 0;
    struct { uint64_t off, size; } sec[N];
    struct buildid *b;
    unsigned i, n = 0;

    memset(sec, 0, sizeof sec);
    for (i = 0; i < N; i++)
        n += wanted(p, bits[i]);
    put(p, sec, n * sizeof *sec);           /* the table, filled in below */
    n = 0;
    for (i = 0; i < N; i++) {
        if (!wanted(p, bits[i]))
            continue;
        mask |= 1ULL << bits[i];
        sec[n].off = p->off;
        feature(p, bits[i]);
        sec[n].size = p->off - sec[n].off;
        n++;
    }
    flush(p);
    if (lseek(p->fd, table, SEEK_SET) >= 0) {
        put(p, sec, n * sizeof *sec);
        flush(p);
    }
    if (lseek(p->fd, 0, SEEK_SET) >= 0) {
        write_header(p, data_size, mask);
        flush(p);
    }
    close(p->fd);
    while ((b = p->ids)) {
        p->ids = b->next;
        free(b);
    }
    free(p->index);
    free(p->buf);
    free(p);
}
