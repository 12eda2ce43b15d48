/*
 * A QEMU TCG plugin for qemu-aarch64 that watches what a program executes and
 * writes what an Arm core would have recorded of it: branch stacks (BRBE) or
 * sampled operations (SPE).  See README.md for the arguments.
 */
#define _GNU_SOURCE
#include "a64.h"
#include "elfinfo.h"
#include "guestmaps.h"
#include "packets.h"
#include "qapi.h"
#include "recording.h"

#include <libgen.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

QAPI_EXPORT int qemu_plugin_version = 1;

#define MAX_VCPUS 1024
#define RING      64                /* power of two >= any depth */

enum { BRANCH_ANY = 1 << 3, BRANCH_USER = 1 << 0 };
enum { AUX_TRUNCATED = 1, AUX_PARTIAL = 4, AUX_COLLISION = 8 };

/* Where a branch that has no one target went, and how often. */
struct edge { uint64_t to, n; };

/* A translation block: a run of instructions that ends at a possible branch. */
struct block {
    struct block *next;
    uint64_t start, last, end;      /* last: address of the last instruction */
    uint64_t target;                /* of a direct branch                    */
    uint32_t insns;
    uint32_t *words;                /* the instructions                      */
    uint8_t kind;                   /* enum a64_kind of the last instruction */
    uint64_t runs, taken, not_taken;
    uint64_t lost;                  /* runs not seen through to the end      */
    struct edge *edges;             /* of an indirect branch                 */
    unsigned nedges, cap_edges, recent;
};

struct vcpu {
    struct block *prev;
    bool done;                      /* prev began its last instruction       */
    bool exited, announced;
    unsigned index, cpu, queue;
    int pid, tid;

    struct rec_branch ring[RING];
    unsigned head, filled;
    int64_t countdown;              /* taken branches (BRBE), operations (SPE) */
    uint64_t previous;              /* target of the last taken branch       */
    uint64_t rng;

    uint64_t insns;                 /* every instruction: the clock          */
    uint64_t clock0;                /* instructions on the clock at birth    */
    uint64_t insns_at_branch;

    uint64_t st_kind[A64_KINDS], st_not_taken, st_async, st_samples, st_recorded, st_short,
             st_filtered, st_wrong_path, st_cut;
};

/* AUX data that the kernel has, and how much of it perf has read. */
struct queue {
    int tid, cpu;
    uint8_t *data;
    size_t used, piece;             /* piece: where the open AUX piece begins */
    size_t last, last_len;          /* the newest record, without its padding */
    uint64_t head;                  /* bytes ever written before data        */
    unsigned pieces;
    uint64_t total_pieces;
};

static struct {
    const char *out, *counts, *edges, *records, *binary, *event, *statsfile;
    uint64_t period, jitter, seed, timer;
    unsigned depth, ncpus, metadata, piece, collide, cut;
    bool spe, per_thread, pbt, cr, all, save, empty;
    uint64_t shuffle;
    double mispredict, ipc, wrong_path, quirk;
    struct spe_layout layout;
} opt = {
    .period = 0, .depth = 32, .seed = 1, .ncpus = 2, .metadata = 1, .piece = 32768,
    .timer = 100000000, .mispredict = 0.02, .ipc = 2.0, .empty = true, .jitter = UINT64_MAX,
    .layout = { .align = 64, .timestamps = true, .context_el = 2 },
};

static struct vcpu *vcpus[MAX_VCPUS];
static unsigned nvcpus;
static struct queue queues[REC_MAX_QUEUES];
static unsigned nqueues;
static struct rec *rec;
static FILE *records;
static pthread_mutex_t out_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t block_lock = PTHREAD_MUTEX_INITIALIZER;
static struct block **blocks;
static uint64_t nblocks, cap_blocks;
static int owner;                   /* pid that writes the file              */
static bool located;
static uint64_t slide;              /* run-time minus link-time address      */
static uint64_t last_time;
static uint64_t insns_gone;
static struct elf image;
static bool image_open;

/* --- time, random numbers ---------------------------------------------- */

static uint64_t rnd(struct vcpu *v)
{
    v->rng ^= v->rng << 13;
    v->rng ^= v->rng >> 7;
    v->rng ^= v->rng << 17;
    return v->rng;
}

static bool chance(struct vcpu *v, double p)
{
    return p > 0 && (rnd(v) >> 11) * 0x1p-53 < p;
}

/* Nanoseconds on a clock that counts instructions; never goes back.
 * Under out_lock. */
static uint64_t now(const struct vcpu *v)
{
    uint64_t t = 1000000000000ULL + (v ? (v->clock0 + v->insns) * 2 / 5 : 0);

    if (t <= last_time)
        t = last_time + 1;
    return last_time = t;
}

static struct rec_task task(const struct vcpu *v)
{
    struct rec_task t = { owner, owner, now(v), v ? v->cpu : 0 };

    if (v) {
        t.pid = v->pid;
        t.tid = v->tid;
    }
    return t;
}

/* --- SPE: AUX data ------------------------------------------------------- */

/* perf reads the queue. */
static void drain(unsigned index)
{
    struct queue *q = &queues[index];

    if (!q->used)
        return;
    rec_auxtrace(rec, index, q->tid, q->cpu, q->head, q->data, q->used);
    rec_finished_round(rec);
    q->head += q->used;
    q->used = q->piece = 0;
    q->pieces = 0;
}

/* The kernel hands over the piece that the hardware has filled. */
static void end_piece(struct vcpu *v, unsigned index)
{
    struct queue *q = &queues[index];
    struct rec_task t = task(v);
    uint64_t flags = 0;

    if (q->used == q->piece)
        return;
    q->total_pieces++;
    if (opt.collide && q->total_pieces % opt.collide == 0)
        flags |= AUX_COLLISION;
    if (opt.cut && q->total_pieces % opt.cut == 0) {
        /* data was lost: the last record stops short */
        flags |= AUX_TRUNCATED | AUX_PARTIAL;
        q->used = q->last + 1 + rnd(v) % (q->last_len - 1);
        v->st_cut++;
        if (records)
            fprintf(records, "cut %u\n", index);
    }
    rec_aux(rec, &t, q->head + q->piece, q->used - q->piece, flags);
    while (q->used % opt.layout.align)  /* the driver fills up with padding */
        q->data[q->used++] = 0;
    q->piece = q->used;
    if (++q->pieces == 4)
        drain(index);
}

static const char *class_name[] = { "other", "ldst", "branch" };

static void emit_operation(struct vcpu *v, struct spe_op *o, enum a64_kind kind)
{
    uint8_t b[SPE_MAX_RECORD];
    struct queue *q = &queues[v->queue];
    size_t n, len;

    if (getpid() != owner)              /* a forked child */
        return;
    o->issue = 1 + rnd(v) % 12;
    o->total = o->issue + 1 + rnd(v) % 9 + (o->events & SPE_MISPRED ? 12 : 0);
    pthread_mutex_lock(&out_lock);
    if (rec) {
        o->timestamp = opt.layout.timestamps ? rec_timer(rec, now(v)) : 0;
        o->context = v->tid;
        len = spe_write(b, o, &opt.layout, opt.shuffle ? rnd(v) | 1 : 0);
        n = (len + opt.layout.align - 1) & ~(size_t)(opt.layout.align - 1);
        if (q->used - q->piece + n > opt.piece)
            end_piece(v, v->queue);
        memcpy(q->data + q->used, b, n);
        q->last = q->used;
        q->last_len = len;
        q->used += n;
        v->st_samples++;
        if (records)
            fprintf(records, "%u %d %lx %s %s %02x %x %lx %lx %lu %u\n", v->queue,
                    opt.layout.context_el ? v->tid : -1, o->pc, class_name[o->class],
                    a64_kind_name[kind], o->subclass, o->events, o->target, o->previous,
                    o->timestamp, o->total);
    }
    pthread_mutex_unlock(&out_lock);
}

/* Instruction i of block p was sampled; `to`: what ran after the block. */
static void sample_operation(struct vcpu *v, struct block *p, unsigned i, uint64_t to)
{
    struct spe_op o = { .pc = p->start + 4 * (uint64_t)i, .events = SPE_RETIRED };
    enum a64_kind kind = i == p->insns - 1 ? p->kind : A64_NONE;
    uint32_t word = p->words[i];

    if (opt.pbt)
        o.previous = v->previous;
    if (a64_is_branch(kind)) {
        bool not_taken = kind == A64_COND && to == p->end && to != p->target;

        o.class = SPE_BRANCH;
        o.subclass = spe_branch_subclass(kind, opt.cr);
        if (kind == A64_COND && chance(v, opt.wrong_path)) {
            struct spe_op w = o;        /* fetched, never retired */

            w.target = not_taken ? p->target : p->end;
            w.events = not_taken ? 0 : SPE_NOT_TAKEN;
            v->st_wrong_path++;
            emit_operation(v, &w, kind);
        }
        o.target = to;
        if (not_taken || (kind != A64_COND && chance(v, opt.quirk)))
            o.events |= SPE_NOT_TAKEN;
        if (kind != A64_JMP && kind != A64_CALL && chance(v, opt.mispredict))
            o.events |= SPE_MISPRED;
    } else if (!opt.all) {
        v->st_filtered++;
        return;
    } else if (kind != A64_NONE) {
        o.class = SPE_OTHER;
        o.events |= SPE_EXCEPTION;
        o.previous = 0;
    } else {
        enum a64_op op = a64_operation(word);

        o.class = op == A64_OP_OTHER ? SPE_OTHER : SPE_LDST;
        o.previous = 0;
        if (op == A64_OP_OTHER) {
            o.subclass = a64_cond_select(word);
        } else {
            o.subclass = (word >> 26 & 1 ? 4 : 0) | (op == A64_OP_STORE);
            o.events |= SPE_L1D_ACCESS | SPE_TLB_ACCESS;
            if (chance(v, 0.03))
                o.events |= SPE_L1D_REFILL | SPE_LLC_ACCESS;
            o.address = 0x5500000000ULL + (rnd(v) & 0xfffff8);
        }
    }
    emit_operation(v, &o, kind);
}

/* The block p ran to its end and `to` ran next: do samples fall into it? */
static void count_operations(struct vcpu *v, struct block *p, uint64_t to)
{
    if (!opt.spe || !opt.out || !located)
        return;
    while (v->countdown <= p->insns) {
        sample_operation(v, p, v->countdown - 1, to);
        v->countdown += opt.period - opt.jitter / 2;
        if (opt.jitter)
            v->countdown += rnd(v) % opt.jitter;
    }
    v->countdown -= p->insns;
}

/* --- BRBE: the branch ring ------------------------------------------------ */

static void emit_stack(struct vcpu *v, uint64_t ip)
{
    struct rec_branch b[RING];
    unsigned n = v->filled < opt.depth ? v->filled : opt.depth, i;
    struct rec_task t;

    if (getpid() != owner)
        return;
    for (i = 0; i < n; i++)
        b[i] = v->ring[(v->head - 1 - i) & (RING - 1)];
    v->st_samples++;
    v->st_recorded += n;
    if (n < opt.depth)
        v->st_short++;
    pthread_mutex_lock(&out_lock);
    if (rec) {
        t = task(v);
        rec_sample(rec, &t, ip, n, b);
    }
    pthread_mutex_unlock(&out_lock);
    if (opt.empty)                      /* the driver empties the buffer */
        v->filled = 0;
}

static void clear_ring(struct vcpu *v)
{
    v->filled = 0;
    v->previous = 0;
    v->insns_at_branch = v->insns;
}

/* enum perf_branch_type: PERF_BR_COND ... */
static unsigned branch_type(enum a64_kind kind)
{
    static const uint8_t type[A64_KINDS] = {
        [A64_COND] = 1, [A64_JMP] = 2, [A64_IND_JMP] = 3, [A64_CALL] = 4, [A64_IND_CALL] = 5,
        [A64_RET] = 6,
    };
    return type[kind];
}

static void push_branch(struct vcpu *v, uint64_t from, uint64_t to, enum a64_kind kind)
{
    struct rec_branch *b = &v->ring[v->head];
    bool miss = kind != A64_JMP && kind != A64_CALL && chance(v, opt.mispredict);
    uint64_t cycles = 1 + (uint64_t)((v->insns - v->insns_at_branch) / opt.ipc) + rnd(v) % 3 +
                      (miss ? 15 + rnd(v) % 8 : 0);

    v->insns_at_branch = v->insns;
    v->head = (v->head + 1) & (RING - 1);
    if (v->filled < RING)
        v->filled++;
    b->from = from;
    b->to = to;
    b->flags = (miss ? 1 : 2) | (cycles > 65535 ? 65535 : cycles) << 4 |
               (uint64_t)branch_type(kind) << 20 | 1ULL << 30;  /* priv: user */
    if (opt.out && --v->countdown <= 0) {
        v->countdown = opt.period;
        if (opt.jitter)
            v->countdown += (int64_t)(rnd(v) % (2 * opt.jitter + 1)) - (int64_t)opt.jitter;
        emit_stack(v, to);
    }
}

/* A branch was taken. */
static void branch(struct vcpu *v, struct block *p, uint64_t to)
{
    if (!located)
        return;
    v->st_kind[p->kind]++;
    if (!opt.spe)
        push_branch(v, p->last, to, p->kind);
    v->previous = to;
}

/* Where an indirect branch goes.  Exact with one thread. */
static void count_edge(struct block *p, uint64_t to)
{
    unsigned i;

    if (p->recent < p->nedges && p->edges[p->recent].to == to) {
        p->edges[p->recent].n++;
        return;
    }
    for (i = 0; i < p->nedges; i++)
        if (p->edges[i].to == to) {
            p->edges[i].n++;
            p->recent = i;
            return;
        }
    pthread_mutex_lock(&block_lock);
    if (p->nedges == p->cap_edges) {
        unsigned cap = p->cap_edges ? 2 * p->cap_edges : 4;
        struct edge *e = malloc(cap * sizeof *e);   /* readers may still hold the old one */

        memcpy(e, p->edges, p->nedges * sizeof *e);
        p->edges = e;
        p->cap_edges = cap;
    }
    p->edges[p->nedges] = (struct edge){ to, 1 };
    p->recent = p->nedges++;
    pthread_mutex_unlock(&block_lock);
}

/* --- what ran -------------------------------------------------------------- */

/* The block p was followed by the block that starts at `to`. */
static void step(struct vcpu *v, struct block *p, uint64_t to)
{
    if (!v->done) {                     /* a fault or a signal stopped it       */
        p->lost++;
        if (to < p->start || to >= p->end)
            v->st_async++;
        clear_ring(v);
        return;
    }
    switch (p->kind) {
    case A64_COND:
        if (to == p->target || to == p->end) {
            count_operations(v, p, to);
            if (to == p->target) {
                p->taken++;
                branch(v, p, to);
            } else {
                p->not_taken++;
                v->st_not_taken++;
            }
            return;
        }
        break;
    case A64_JMP:
    case A64_CALL:
        if (to == p->target) {
            count_operations(v, p, to);
            p->taken++;
            branch(v, p, to);
            return;
        }
        break;
    case A64_IND_JMP:
    case A64_IND_CALL:
    case A64_RET:
        count_operations(v, p, to);
        p->taken++;
        count_edge(p, to);
        branch(v, p, to);
        return;
    case A64_SYSCALL:
        if (to == p->end) {
            count_operations(v, p, to);
            v->previous = to;           /* ERET went there                      */
            return;
        }
        break;
    default:
        if (to == p->end) {
            count_operations(v, p, to);
            return;
        }
        if (to == p->last)              /* being retried                        */
            return;
        break;
    }
    p->lost++;                          /* a signal handler began, or returned  */
    v->st_async++;
    clear_ring(v);
}

static void announce(struct vcpu *v)
{
    struct rec_task t;

    v->announced = true;
    if (!v->tid)
        v->tid = syscall(SYS_gettid);
    if (getpid() != owner)
        return;
    pthread_mutex_lock(&out_lock);
    if (opt.spe && opt.per_thread) {
        if (nqueues == REC_MAX_QUEUES) {
            fprintf(stderr, "qemu-spe: too many threads\n");
            abort();
        }
        v->queue = nqueues++;
        queues[v->queue] = (struct queue){ .tid = v->tid, .cpu = -1,
                                           .data = malloc(5 * opt.piece + SPE_MAX_RECORD) };
    } else {
        v->queue = v->cpu;
    }
    if (rec && opt.spe) {
        t = task(v);
        rec_itrace_start(rec, &t);
        rec_switch(rec, &t, false);
    }
    pthread_mutex_unlock(&out_lock);
}

static void on_block(unsigned index, void *udata)
{
    struct vcpu *v = vcpus[index];
    struct block *b = udata;

    if (v->prev)
        step(v, v->prev, b->start);
    else if (!v->announced)
        announce(v);
    v->prev = b;
    v->done = false;
    v->insns += b->insns;
    b->runs++;
}

static void on_last(unsigned index, void *udata)
{
    vcpus[index]->done = true;
}

/* --- locating the program ------------------------------------------------ */

static void user_map(const struct gmap *m)
{
    struct rec_task t;
    struct elf e;
    uint8_t id[20];
    unsigned n;

    if (!rec)
        return;
    t = task(vcpus[0]);
    t.pid = t.tid = owner;
    rec_mmap2(rec, &t, m->lo, m->hi - m->lo, m->pgoff, m->maj, m->min, m->ino, 5,
              2 /* MAP_PRIVATE */, m->path);
    if (m->path[0] == '/' && m->path[1] != '/' && elf_open(&e, m->path)) {
        if ((n = elf_build_id(&e, id)))
            rec_buildid(rec, id, n, m->path);
        elf_close(&e);
    }
}

/* The guest's own command line, from that of the emulator. */
static unsigned guest_cmdline(const char **out, unsigned room)
{
    static char buf[65536];
    FILE *f = fopen("/proc/self/cmdline", "re");
    size_t n = f ? fread(buf, 1, sizeof buf - 1, f) : 0, i;
    char *want = realpath(opt.binary, NULL);
    bool on = false;
    unsigned k = 0;

    if (f)
        fclose(f);
    for (i = 0; i < n && want; i += strlen(buf + i) + 1) {
        if (!on && i) {
            char *have = realpath(buf + i, NULL);
            on = have && !strcmp(have, want);
            free(have);
        }
        if (on && k < room)
            out[k++] = buf + i;
    }
    free(want);
    return k;
}

static bool open_output(void)
{
    static char period[32], event[96];
    static const char *cmd[256];
    struct rec_config c = { 0 };
    unsigned n = 0, i;

    if (!opt.out)
        return true;
    snprintf(period, sizeof period, "%lu", opt.period);
    cmd[n++] = "/usr/bin/perf";
    cmd[n++] = "record";
    if (opt.spe) {
        snprintf(event, sizeof event, "arm_spe_0/%s%sjitter=%d/u", opt.all ? "" : "branch_filter=1,",
                 opt.layout.timestamps ? "ts_enable=1," : "", opt.jitter != 0);
        if (opt.per_thread)
            cmd[n++] = "--per-thread";
        c.config = (opt.all ? 0 : 1ULL << 32) | (opt.jitter ? 1 << 16 : 0) | opt.layout.timestamps;
    } else {
        snprintf(event, sizeof event, "r21:u");      /* BR_RETIRED */
        cmd[n++] = "-j";
        cmd[n++] = opt.save ? "any,u,save_type" : "any,u";
        c.config = 0x21;
        c.branch_types = BRANCH_ANY | BRANCH_USER | (opt.save ? 1 << 16 : 0);
    }
    cmd[n++] = "-e";
    cmd[n++] = event;
    cmd[n++] = "-c";
    cmd[n++] = period;
    cmd[n++] = "-o";
    cmd[n++] = opt.out;
    cmd[n++] = "--";
    n += guest_cmdline(cmd + n, sizeof cmd / sizeof *cmd - n);
    c.path = opt.out;
    c.spe = opt.spe;
    c.per_thread = opt.spe && opt.per_thread;
    c.period = opt.period;
    c.ncpus = opt.ncpus;
    c.metadata = opt.metadata;
    c.timer_hz = opt.timer;
    c.event = opt.event ? opt.event : event;
    c.cmdline = cmd;
    c.ncmdline = n;
    c.pid = owner;
    if (!opt.per_thread) {
        nqueues = opt.ncpus;
        for (i = 0; i < nqueues; i++)
            queues[i] = (struct queue){ .tid = -1, .cpu = i,
                                        .data = malloc(5 * opt.piece + SPE_MAX_RECORD) };
    }
    if (opt.records && !(records = fopen(opt.records, "we")))
        fprintf(stderr, "qemu-spe: cannot write %s\n", opt.records);
    if (records)
        fprintf(records, "# queue context pc class kind subclass events target previous timestamp latency\n");
    return (rec = rec_open(&c)) != NULL;
}

/* The first block is being translated. */
static void program_located(struct qemu_plugin_tb *tb)
{
    struct qemu_plugin_insn *in = qemu_plugin_tb_get_insn(tb, 0);
    uint64_t guest_base = (uint64_t)(uintptr_t)qemu_plugin_insn_haddr(in) -
                          qemu_plugin_insn_vaddr(in);
    struct elf_segment seg;
    struct rec_task t;
    uint64_t code;
    unsigned i;
    char *copy;

    if (!opt.binary)            /* not known yet when the plugin was installed */
        opt.binary = qemu_plugin_path_to_binary();
    image_open = elf_open(&image, opt.binary);
    if (!open_output())
        exit(1);
    copy = strdup(opt.binary);
    if (rec) {
        t = task(vcpus[0]);
        t.pid = t.tid = owner;
        rec_comm(rec, &t, "perf-exec", false, true);
        rec_finished_init(rec);
        t = task(vcpus[0]);
        t.pid = t.tid = owner;
        rec_comm(rec, &t, basename(copy), true, false);
    }
    free(copy);
    gm_init(guest_base, user_map);
    code = qemu_plugin_start_code();
    gm_need(code);              /* the program first, as the kernel does on exec */
    for (i = 0; image_open && elf_is_pie(&image) && elf_load_segment(&image, i, &seg); i++)
        if (seg.flags & 1) {
            slide = (code - seg.vaddr) & ~4095ULL;
            break;
        }
    located = true;
}

/* --- translation ---------------------------------------------------------- */

static uint64_t block_hash(const struct block *b)
{
    uint64_t h = b->start * 0x9e3779b97f4a7c15ULL ^ b->end * 0xc2b2ae3d27d4eb4fULL ^
                 b->target * 0x165667b19e3779f9ULL ^ b->kind;

    h ^= h >> 32;
    h *= 0xd6e8feb86659fd93ULL;
    return h ^ h >> 32;
}

/* The one block equal to b: retranslations share it.  Under block_lock. */
static struct block *intern(const struct block *b)
{
    uint64_t i;
    struct block *x;

    if (nblocks >= cap_blocks) {
        uint64_t cap = cap_blocks ? 4 * cap_blocks : 1 << 16;
        struct block **t = calloc(cap, sizeof *t);

        for (i = 0; i < cap_blocks; i++)
            while ((x = blocks[i])) {
                uint64_t h = block_hash(x) & (cap - 1);
                blocks[i] = x->next;
                x->next = t[h];
                t[h] = x;
            }
        free(blocks);
        blocks = t;
        cap_blocks = cap;
    }
    i = block_hash(b) & (cap_blocks - 1);
    for (x = blocks[i]; x; x = x->next)
        if (x->start == b->start && x->insns == b->insns &&
            !memcmp(x->words, b->words, 4 * b->insns)) {
            free(b->words);
            return x;
        }
    x = malloc(sizeof *x);
    *x = *b;
    x->next = blocks[i];
    blocks[i] = x;
    nblocks++;
    return x;
}

static void on_translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    size_t n = qemu_plugin_tb_n_insns(tb), i;
    struct qemu_plugin_insn *last;
    struct block b, *kept;

    if (n == 0)
        return;
    last = qemu_plugin_tb_get_insn(tb, n - 1);
    memset(&b, 0, sizeof b);
    b.start = qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(tb, 0));
    b.last = qemu_plugin_insn_vaddr(last);
    b.end = b.last + 4;
    b.insns = n;
    b.words = malloc(4 * n);
    for (i = 0; i < n; i++)
        memcpy(&b.words[i], qemu_plugin_insn_data(qemu_plugin_tb_get_insn(tb, i)), 4);
    b.kind = a64_classify(b.words[n - 1], b.last, &b.target);

    if (getpid() == owner) {
        pthread_mutex_lock(&out_lock);
        if (!located)
            program_located(tb);
        gm_need(b.start);
        gm_need(b.last);
        pthread_mutex_unlock(&out_lock);
    }
    pthread_mutex_lock(&block_lock);
    kept = intern(&b);
    pthread_mutex_unlock(&block_lock);
    qemu_plugin_register_vcpu_tb_exec_cb(tb, on_block, QEMU_PLUGIN_CB_NO_REGS, kept);
    qemu_plugin_register_vcpu_insn_exec_cb(last, on_last, QEMU_PLUGIN_CB_NO_REGS, NULL);
}

/* --- virtual CPUs, system calls ------------------------------------------- */

static void on_vcpu_init(qemu_plugin_id_t id, unsigned index)
{
    struct vcpu *v = calloc(1, sizeof *v), *parent = nvcpus ? vcpus[0] : NULL;
    unsigned k;

    if (index >= MAX_VCPUS) {
        fprintf(stderr, "qemu-spe: too many virtual CPUs\n");
        abort();
    }
    v->index = index;
    v->cpu = index % opt.ncpus;
    v->pid = owner;
    v->rng = (opt.seed + 0x9e3779b97f4a7c15ULL) * (2 * index + 1) | 1;
    v->countdown = opt.spe ? 1 + rnd(v) % opt.period : opt.period;
    if (index == 0)
        v->tid = owner;
    pthread_mutex_lock(&out_lock);
    if (parent)
        v->clock0 = parent->clock0 + parent->insns;
    if (vcpus[index]) {         /* the number of a thread that has ended: keep its totals */
        struct vcpu *o = vcpus[index];

        insns_gone += o->insns;
        for (k = 0; k < A64_KINDS; k++)
            v->st_kind[k] = o->st_kind[k];
        v->st_not_taken = o->st_not_taken;
        v->st_async = o->st_async;
        v->st_samples = o->st_samples;
        v->st_recorded = o->st_recorded;
        v->st_short = o->st_short;
        v->st_filtered = o->st_filtered;
        v->st_wrong_path = o->st_wrong_path;
        v->st_cut = o->st_cut;
    }
    vcpus[index] = v;
    if (index >= nvcpus)
        nvcpus = index + 1;
    pthread_mutex_unlock(&out_lock);
}

/* Under out_lock. */
static void finish_thread(struct vcpu *v)
{
    struct rec_task t;

    if (!rec || v->exited)
        return;
    v->exited = true;
    if (opt.spe) {
        if (queues[v->queue].data)
            end_piece(v, v->queue);
        t = task(v);
        rec_switch(rec, &t, true);
    }
    t = task(v);
    rec_exit(rec, &t, owner, owner);
}

static void on_vcpu_exit(qemu_plugin_id_t id, unsigned index)
{
    struct vcpu *v = vcpus[index];

    if (!v || getpid() != owner)
        return;
    v->prev = NULL;
    pthread_mutex_lock(&out_lock);
    if (index && v->announced)
        finish_thread(v);
    pthread_mutex_unlock(&out_lock);
}

enum { SYS_GUEST_MUNMAP = 215, SYS_GUEST_CLONE = 220, SYS_GUEST_MMAP = 222 };

static uint64_t sc_arg[MAX_VCPUS][6];   /* of the system call under way */

static void on_syscall(qemu_plugin_id_t id, unsigned index, int64_t num, uint64_t a1, uint64_t a2,
                       uint64_t a3, uint64_t a4, uint64_t a5, uint64_t a6, uint64_t a7, uint64_t a8)
{
    uint64_t *a = sc_arg[index];

    a[0] = a1;
    a[1] = a2;
    a[2] = a3;
    a[3] = a4;
    a[4] = a5;
    a[5] = a6;
}

static void on_syscall_ret(qemu_plugin_id_t id, unsigned index, int64_t num, int64_t ret)
{
    struct vcpu *v = vcpus[index];
    const uint64_t *a = sc_arg[index];
    struct rec_task t;

    if (ret < 0 || !located || getpid() != owner)
        return;
    pthread_mutex_lock(&out_lock);
    if (num == SYS_GUEST_MMAP) {
        gm_unmapped(ret, a[1]);
        if ((a[2] & 4) && (int)a[4] >= 0)
            gm_mapped(ret, a[1], (int)a[4], a[5]);
    } else if (num == SYS_GUEST_MUNMAP) {
        gm_unmapped(a[0], (a[1] + 4095) & ~4095ULL);
    } else if (num == SYS_GUEST_CLONE && (a[0] & 0x10000) && rec) {     /* CLONE_THREAD */
        t = task(v);
        t.tid = ret;
        rec_fork(rec, &t, owner, v->tid);
    }
    pthread_mutex_unlock(&out_lock);
}

/* --- the end ---------------------------------------------------------------- */

static void print_stats(FILE *f)
{
    uint64_t kind[A64_KINDS] = { 0 }, taken = 0, all = insns_gone, not_taken = 0, async_n = 0,
             samples = 0, recorded = 0, shorts = 0, filtered = 0, wrong = 0, cut = 0;
    unsigned i, k;

    for (i = 0; i < nvcpus; i++) {
        struct vcpu *v = vcpus[i];

        if (!v)
            continue;
        all += v->insns;
        for (k = 0; k < A64_KINDS; k++) {
            kind[k] += v->st_kind[k];
            taken += v->st_kind[k];
        }
        not_taken += v->st_not_taken;
        async_n += v->st_async;
        samples += v->st_samples;
        recorded += v->st_recorded;
        shorts += v->st_short;
        filtered += v->st_filtered;
        wrong += v->st_wrong_path;
        cut += v->st_cut;
    }
    fprintf(f, "insns %lu\ntaken %lu\n", all, taken);
    for (k = 0; k < A64_KINDS; k++)
        if (kind[k])
            fprintf(f, "taken.%s %lu\n", a64_kind_name[k], kind[k]);
    fprintf(f, "not_taken %lu\nasync %lu\nsamples %lu\n", not_taken, async_n, samples);
    if (opt.spe)
        fprintf(f, "sampled_but_filtered %lu\nwrong_path %lu\ncut_pieces %lu\n", filtered, wrong, cut);
    else
        fprintf(f, "branches_in_samples %lu\nshort_samples %lu\n", recorded, shorts);
}

/* The exact execution counts, to judge sampled profiles by. */
static void write_counts(void)
{
    FILE *f = fopen(opt.counts, "we");
    uint64_t i;
    const struct block *b;

    if (!f) {
        fprintf(stderr, "qemu-spe: cannot write %s\n", opt.counts);
        return;
    }
    fprintf(f, "# slide %#lx\n# start end last kind target insns runs taken lost\n", slide);
    for (i = 0; i < cap_blocks; i++)
        for (b = blocks[i]; b; b = b->next)
            if (b->runs)
                fprintf(f, "%lx %lx %lx %s %lx %u %lu %lu %lu\n", b->start, b->end, b->last,
                        a64_kind_name[b->kind], b->target, b->insns, b->runs, b->taken, b->lost);
    fclose(f);
}

struct out_edge { uint64_t from, to, n; uint8_t kind; bool taken; };

static int by_address(const void *a, const void *b)
{
    const struct out_edge *x = a, *y = b;

    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    if (x->to != y->to)
        return x->to < y->to ? -1 : 1;
    return y->taken - x->taken;
}

/* How often every branch went where; blocks that overlap are added up. */
static void write_edges(void)
{
    FILE *f = fopen(opt.edges, "we");
    struct out_edge *e = NULL;
    size_t n = 0, cap = 0, i, j;
    const struct block *b;
    unsigned k;

    if (!f) {
        fprintf(stderr, "qemu-spe: cannot write %s\n", opt.edges);
        return;
    }
    fprintf(f, "# slide %#lx\n# from to kind taken|not count\n", slide);
    for (i = 0; i < cap_blocks; i++)
        for (b = blocks[i]; b; b = b->next) {
            if (!a64_is_branch(b->kind))
                continue;
            if (n + b->nedges + 2 > cap) {
                cap = 2 * cap + b->nedges + 1024;
                e = realloc(e, cap * sizeof *e);
            }
            if (a64_is_indirect(b->kind)) {
                for (k = 0; k < b->nedges; k++)
                    e[n++] = (struct out_edge){ b->last, b->edges[k].to, b->edges[k].n, b->kind, true };
            } else if (b->taken) {
                e[n++] = (struct out_edge){ b->last, b->target, b->taken, b->kind, true };
            }
            if (b->not_taken)
                e[n++] = (struct out_edge){ b->last, b->end, b->not_taken, b->kind, false };
        }
    if (n)
        qsort(e, n, sizeof *e, by_address);
    for (i = 0; i < n; i = j) {
        uint64_t sum = 0;

        for (j = i; j < n && !by_address(&e[i], &e[j]); j++)
            sum += e[j].n;
        fprintf(f, "%lx %lx %s %s %lu\n", e[i].from, e[i].to, a64_kind_name[e[i].kind],
                e[i].taken ? "taken" : "not", sum);
    }
    free(e);
    fclose(f);
}

static void on_exit_all(qemu_plugin_id_t id, void *udata)
{
    FILE *f = stderr;
    unsigned i;

    if (getpid() != owner)
        return;
    pthread_mutex_lock(&out_lock);
    if (rec) {
        for (i = 0; i < nqueues && opt.spe; i++)
            end_piece(vcpus[0], i);
        if (vcpus[0] && vcpus[0]->announced)
            finish_thread(vcpus[0]);
        for (i = 0; i < nqueues && opt.spe; i++)
            drain(i);
        rec_finished_round(rec);
        rec_close(rec);
        rec = NULL;
    }
    if (records)
        fclose(records);
    records = NULL;
    pthread_mutex_unlock(&out_lock);
    if (opt.statsfile && !(f = fopen(opt.statsfile, "we")))
        f = stderr;
    print_stats(f);
    if (f != stderr)
        fclose(f);
    if (opt.counts)
        write_counts();
    if (opt.edges)
        write_edges();
}

/* --- start -------------------------------------------------------------------- */

static bool on(const char *v)
{
    return !strcmp(v, "1") || !strcmp(v, "on") || !strcmp(v, "yes");
}

static bool parse_arg(const char *arg)
{
    const char *v = strchr(arg, '=');
    size_t n;

    if (!v)
        return false;
    n = v++ - arg;
#define IS(name) (n == sizeof name - 1 && !memcmp(arg, name, n))
    if (IS("mode")) {
        opt.spe = !strcmp(v, "spe");
        return opt.spe || !strcmp(v, "brbe");
    }
    if (IS("mmaps")) {
        opt.per_thread = !strcmp(v, "thread");
        return opt.per_thread || !strcmp(v, "cpu");
    }
    if (IS("filter")) {
        opt.all = !strcmp(v, "all");
        return opt.all || !strcmp(v, "branch");
    }
    if (IS("out")) opt.out = v;
    else if (IS("period")) opt.period = strtoull(v, NULL, 0);
    else if (IS("jitter")) opt.jitter = strtoull(v, NULL, 0);
    else if (IS("depth")) opt.depth = strtoul(v, NULL, 0);
    else if (IS("seed")) opt.seed = strtoull(v, NULL, 0);
    else if (IS("ncpus")) opt.ncpus = strtoul(v, NULL, 0);
    else if (IS("binary")) opt.binary = v;
    else if (IS("event")) opt.event = v;
    else if (IS("mispredict")) opt.mispredict = strtod(v, NULL);
    else if (IS("ipc")) opt.ipc = strtod(v, NULL);
    else if (IS("counts")) opt.counts = v;
    else if (IS("edges")) opt.edges = v;
    else if (IS("records")) opt.records = v;
    else if (IS("statsfile")) opt.statsfile = v;
    else if (IS("metadata")) opt.metadata = strtoul(v, NULL, 0);
    else if (IS("piece")) opt.piece = strtoul(v, NULL, 0);
    else if (IS("timer")) opt.timer = strtoull(v, NULL, 0);
    else if (IS("collide")) opt.collide = strtoul(v, NULL, 0);
    else if (IS("cut")) opt.cut = strtoul(v, NULL, 0);
    else if (IS("pbt")) opt.pbt = on(v);
    else if (IS("cr")) opt.cr = on(v);
    else if (IS("save")) opt.save = on(v);
    else if (IS("empty")) opt.empty = on(v);
    else if (IS("shuffle")) opt.shuffle = on(v);
    else if (IS("wrongpath")) opt.wrong_path = strtod(v, NULL);
    else if (IS("quirk")) opt.quirk = strtod(v, NULL);
    else if (IS("align")) opt.layout.align = strtoul(v, NULL, 0);
    else if (IS("context")) opt.layout.context_el = strtoul(v, NULL, 0);
    else if (IS("ts")) opt.layout.timestamps = on(v);
    else if (IS("wide")) opt.layout.wide_events = on(v);
    else if (IS("extended")) opt.layout.extended = on(v);
    else return false;
#undef IS
    return true;
}

static const char *check_options(void)
{
    if (!opt.period)
        opt.period = opt.spe ? 1024 : 1009;
    if (opt.jitter == UINT64_MAX)
        opt.jitter = !opt.spe ? 0 : opt.period < 512 ? opt.period / 2 : 256;
    if (opt.depth < 1 || opt.depth > RING)
        return "depth: 1 to 64";
    if (opt.jitter >= opt.period)
        return "jitter: below the period";
    if (!opt.ncpus || opt.ncpus > REC_MAX_QUEUES)
        return "ncpus: 1 to 256";
    if (opt.layout.align < 1 || opt.layout.align > 2048 || (opt.layout.align & (opt.layout.align - 1)))
        return "align: a power of two up to 2048";
    if (opt.layout.align > SPE_MAX_RECORD)
        return "align: at most 256";
    if (opt.layout.context_el > 2)
        return "context: 0, 1 or 2";
    if (opt.piece < 1024 || opt.piece % opt.layout.align)
        return "piece: at least 1024, a multiple of align";
    if (opt.metadata < 1 || opt.metadata > 2)
        return "metadata: 1 or 2";
    if (opt.timer < 1000000 || opt.timer > 1000000000)
        return "timer: 1000000 to 1000000000";
    return NULL;
}

QAPI_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc,
                                    char **argv)
{
    const char *wrong;
    int i;

    for (i = 0; i < argc; i++)
        if (!parse_arg(argv[i])) {
            fprintf(stderr, "qemu-spe: bad argument %s\n", argv[i]);
            return 1;
        }
    if (strcmp(info->target_name, "aarch64") || info->system_emulation) {
        fprintf(stderr, "qemu-spe: only for qemu-aarch64\n");
        return 1;
    }
    if ((wrong = check_options())) {
        fprintf(stderr, "qemu-spe: %s\n", wrong);
        return 1;
    }
    owner = getpid();
    qemu_plugin_register_vcpu_init_cb(id, on_vcpu_init);
    qemu_plugin_register_vcpu_exit_cb(id, on_vcpu_exit);
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
    qemu_plugin_register_vcpu_syscall_cb(id, on_syscall);
    qemu_plugin_register_vcpu_syscall_ret_cb(id, on_syscall_ret);
    qemu_plugin_register_atexit_cb(id, on_exit_all, NULL);
    return 0;
}
