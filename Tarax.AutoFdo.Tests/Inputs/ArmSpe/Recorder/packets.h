/* Writes Arm SPE records: packets into a byte buffer. */
#ifndef QSPE_PACKETS_H
#define QSPE_PACKETS_H

#include "a64.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum spe_event {
    SPE_EXCEPTION = 1 << 0, SPE_RETIRED = 1 << 1, SPE_L1D_ACCESS = 1 << 2, SPE_L1D_REFILL = 1 << 3,
    SPE_TLB_ACCESS = 1 << 4, SPE_TLB_WALK = 1 << 5, SPE_NOT_TAKEN = 1 << 6, SPE_MISPRED = 1 << 7,
    SPE_LLC_ACCESS = 1 << 8,
};

enum spe_class { SPE_OTHER, SPE_LDST, SPE_BRANCH };

/* A sampled operation. */
struct spe_op {
    uint64_t pc;
    uint64_t target;            /* branches                               */
    uint64_t previous;          /* previous branch target; 0: not known   */
    uint64_t address;           /* data address of loads, stores; 0: none */
    uint64_t timestamp;
    uint32_t context;
    uint16_t total, issue;      /* latencies                              */
    uint32_t events;
    uint8_t class, subclass;    /* operation packet: header's, payload    */
    uint8_t source;             /* data source of loads                   */
};

struct spe_layout {
    unsigned align;             /* records begin at multiples of this     */
    unsigned context_el;        /* 0: no context packet; 1, 2             */
    bool timestamps;            /* else an END packet                     */
    bool wide_events;           /* four bytes of events, else two         */
    bool extended;              /* addresses, counters: two-byte headers  */
};

#define SPE_MAX_RECORD 256

/* The payload of a branch's operation packet.  cr: with the call/return field. */
uint8_t spe_branch_subclass(enum a64_kind kind, bool cr);
/*
 * Writes one record, zeros after it, and returns its length.  order: 0 as a
 * Neoverse core has it, else the seed of another order.
 */
size_t spe_write(uint8_t out[SPE_MAX_RECORD], const struct spe_op *, const struct spe_layout *,
                 uint64_t order);

#endif
