/* A translation block of QEMU: instructions that are executed one after the other, of which only the last can branch. */
#ifndef BLOCK_H
#define BLOCK_H

#include "instruction.h"

#include <stdbool.h>
#include <stdint.h>

struct block {
    struct block *next;         /* of the same hash                                         */
    uint64_t start, last, end;  /* last: where the last instruction begins                  */
    uint64_t target;            /* of a direct branch, else 0                               */
    uint32_t instructions;
    const uint8_t *sizes;       /* of each instruction, bytes                               */
    enum flow flow;             /* of the last instruction                                  */
    bool counted;               /* it is code of which counts and records are wanted        */
    bool handles_interrupts;    /* the processor comes here on its own                      */
    bool is_cut;                /* see arrival.c                                            */
    uint64_t runs;              /* how often it was begun                                   */
    uint64_t abandoned;         /* how often it was not seen through to its end             */
    uint64_t taken;             /* how often its direct branch was taken                    */
};

/* How control came to an address. */
enum arrival {
    ARRIVED_IN_LINE,                    /* no branch: the next instruction, or one that is tried again */
    ARRIVED_BY_BRANCH,                  /* of the block's last instruction                             */
    ARRIVED_BY_INTERRUPT,               /* of the instruction after the block's last                   */
    ARRIVED_BY_INTERRUPT_AT_TARGET,     /* of the instruction that the block branched to               */
    ARRIVED_SOMEHOW,                    /* it is not known where the program was                       */
};

/* What happened between a block, whose last instruction was begun or not, and the next one. */
enum arrival block_arrival(struct block *block, bool last_was_begun, const struct block *next);

/* How many of the block's instructions begin at this address or later. */
uint32_t block_instructions_from(const struct block *block, uint64_t address);

/* The block equal to this one, which is kept; a block that QEMU translates again is the same. The sizes are copied. Callers take turns. */
struct block *block_kept(const struct block *block);

/* Calls back for every block. */
void block_each(void (*callback)(struct block *block, void *data), void *data);

#endif
