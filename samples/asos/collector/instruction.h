/* What the last instruction of a block does to the flow of control (Intel SDM, volume 2). */
#ifndef INSTRUCTION_H
#define INSTRUCTION_H

#include <stddef.h>
#include <stdint.h>

enum { INSTRUCTION_SIZE_MAXIMUM = 15 };

enum flow {
    FLOW_ON,            /* to the next instruction                                  */
    FLOW_REPEAT,        /* a string instruction with a REP prefix: itself, or on    */
    FLOW_CONDITIONAL,   /* jcc, loop, jcxz: to the target, or on                    */
    FLOW_JUMP,          /* to the target                                            */
    FLOW_CALL,
    FLOW_INDIRECT_JUMP, /* to wherever it goes                                      */
    FLOW_INDIRECT_CALL,
    FLOW_RETURN,
    FLOW_FAR,           /* system calls, interrupts, their returns, far jumps       */
};

/* Reads one instruction; *target is set where the instruction itself says where it goes, else 0. */
enum flow instruction_flow(const uint8_t *bytes, size_t size, uint64_t address, uint64_t *target);

#endif
