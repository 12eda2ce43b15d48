#include "a64.h"

const char *const a64_kind_name[A64_KINDS] = {
    "none", "cond", "jmp", "call", "ind_jmp", "ind_call", "ret", "syscall", "exception", "eret",
};

/* Bits [lo, lo + n) of an instruction as a signed number of words. */
static int64_t offset(uint32_t insn, unsigned lo, unsigned n)
{
    return (int64_t)((uint64_t)insn << (64 - lo - n)) >> (64 - n) << 2;
}

enum a64_kind a64_classify(uint32_t insn, uint64_t pc, uint64_t *target)
{
    *target = 0;
    if ((insn & 0x7c000000) == 0x14000000) {            /* b, bl            */
        *target = pc + offset(insn, 0, 26);
        return insn >> 31 ? A64_CALL : A64_JMP;
    }
    if ((insn & 0xff000000) == 0x54000000 ||            /* b.cond, bc.cond  */
        (insn & 0x7e000000) == 0x34000000) {            /* cbz, cbnz        */
        *target = pc + offset(insn, 5, 19);
        return A64_COND;
    }
    if ((insn & 0x7e000000) == 0x36000000) {            /* tbz, tbnz        */
        *target = pc + offset(insn, 5, 14);
        return A64_COND;
    }
    if ((insn & 0xfe1f0000) == 0xd61f0000) {            /* to a register    */
        switch (insn >> 21 & 15) {
        case 0: case 8:
            return A64_IND_JMP;
        case 1: case 9:
            return A64_IND_CALL;
        case 2:
            return A64_RET;
        case 4: case 5:
            return A64_ERET;
        }
        return A64_NONE;
    }
    if ((insn & 0xff000000) == 0xd4000000)
        return (insn & 0x00e0001f) == 1 ? A64_SYSCALL : A64_EXCEPTION;
    return A64_NONE;
}

enum a64_op a64_operation(uint32_t insn)
{
    bool load;

    if ((insn >> 25 & 5) != 4)
        return A64_OP_OTHER;
    if ((insn & 0x3b000000) == 0x18000000)              /* literal          */
        return A64_OP_LOAD;
    if ((insn & 0x3a000000) == 0x28000000)              /* pair             */
        load = insn >> 22 & 1;
    else if ((insn & 0x3a000000) == 0x38000000) {       /* one register     */
        unsigned opc = insn >> 22 & 3;
        bool vector = insn >> 26 & 1;

        load = vector ? opc & 1 : opc != 0;
    } else
        load = insn >> 22 & 1;                          /* exclusive, SIMD  */
    return load ? A64_OP_LOAD : A64_OP_STORE;
}

bool a64_cond_select(uint32_t insn)
{
    return (insn & 0x1fe00000) == 0x1a800000 ||         /* csel ...         */
           (insn & 0x1fe00000) == 0x1a400000 ||         /* ccmp, ccmn       */
           (insn & 0xff200c00) == 0x1e200c00;           /* fcsel            */
}
