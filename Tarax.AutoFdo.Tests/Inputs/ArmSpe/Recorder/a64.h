/* What kind of control transfer an A64 instruction is. */
#ifndef QSPE_A64_H
#define QSPE_A64_H

#include <stdbool.h>
#include <stdint.h>

enum a64_kind {
    A64_NONE,       /* falls through                                     */
    A64_COND,       /* b.cond, bc.cond, cbz, cbnz, tbz, tbnz             */
    A64_JMP,        /* b                                                 */
    A64_CALL,       /* bl                                                */
    A64_IND_JMP,    /* br, braa ...                                      */
    A64_IND_CALL,   /* blr, blraa ...                                    */
    A64_RET,        /* ret, retaa ...                                    */
    A64_SYSCALL,    /* svc                                               */
    A64_EXCEPTION,  /* brk, hlt, hvc, smc                                */
    A64_ERET,       /* eret, eretaa ..., drps                            */
    A64_KINDS
};

enum a64_op { A64_OP_OTHER, A64_OP_LOAD, A64_OP_STORE };

extern const char *const a64_kind_name[A64_KINDS];

/* target is set for the direct kinds, else 0 */
enum a64_kind a64_classify(uint32_t insn, uint64_t pc, uint64_t *target);
/* Of an instruction that is no branch. */
enum a64_op a64_operation(uint32_t insn);
/* conditional select, compare */
bool a64_cond_select(uint32_t insn);

static inline bool a64_is_branch(enum a64_kind k)
{
    return k >= A64_COND && k <= A64_RET;
}

static inline bool a64_is_indirect(enum a64_kind k)
{
    return k >= A64_IND_JMP && k <= A64_RET;
}

#endif
