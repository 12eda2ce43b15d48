/*
 * Writes a perf.data file (file mode, PERFILE2) of an AArch64 program: either
 * one event with branch stacks or an Arm SPE event with AUX data.  Not thread
 * safe: the caller serialises.
 */
#ifndef QSPE_RECORDING_H
#define QSPE_RECORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REC_MAX_DEPTH 64
#define REC_MAX_QUEUES 256

struct rec_branch { uint64_t from, to, flags; };

struct rec_config {
    const char *path;
    bool spe;
    bool per_thread;            /* SPE: --per-thread, no times            */
    uint64_t period;
    uint64_t config, config1;   /* of the event                           */
    uint64_t branch_types;      /* branch_sample_type                     */
    unsigned ncpus;
    unsigned metadata;          /* SPE: AUXTRACE_INFO version, 1 or 2     */
    uint64_t timer_hz;
    const char *event;
    const char *const *cmdline;
    unsigned ncmdline;
    int pid;
};

struct rec_task { int pid, tid; uint64_t time; unsigned cpu; };

struct rec;

struct rec *rec_open(const struct rec_config *);
/* synth: as perf itself writes before recording: a zeroed sample id. */
void rec_comm(struct rec *, const struct rec_task *, const char *comm, bool exec, bool synth);
void rec_mmap2(struct rec *, const struct rec_task *, uint64_t addr, uint64_t len, uint64_t pgoff,
               unsigned maj, unsigned min, uint64_t ino, unsigned prot, unsigned flags,
               const char *path);
void rec_fork(struct rec *, const struct rec_task *, int ppid, int ptid);
void rec_exit(struct rec *, const struct rec_task *, int ppid, int ptid);
void rec_switch(struct rec *, const struct rec_task *, bool out);
void rec_itrace_start(struct rec *, const struct rec_task *);
void rec_sample(struct rec *, const struct rec_task *, uint64_t ip, unsigned nr,
                const struct rec_branch *newest_first);
/* A piece of AUX data landed: the kernel's record. */
void rec_aux(struct rec *, const struct rec_task *, uint64_t offset, uint64_t size, uint64_t flags);
/* What perf then read of it; idx is the queue, tid and cpu -1 where not bound. */
void rec_auxtrace(struct rec *, unsigned idx, int tid, int cpu, uint64_t offset,
                  const uint8_t *data, size_t size);
void rec_finished_round(struct rec *);
void rec_finished_init(struct rec *);
void rec_buildid(struct rec *, const uint8_t *id, unsigned len, const char *path);
void rec_close(struct rec *);

/* Counter value of the generic timer at a time of the recording's clock. */
uint64_t rec_timer(const struct rec *, uint64_t time);

#endif
