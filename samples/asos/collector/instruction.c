#include "instruction.h"

/* The operand that ends the instruction, sign-extended. Its width follows from the instruction's length. */
static int64_t last_operand(const uint8_t *bytes, size_t from, size_t size)
{
    uint64_t value = 0;
    unsigned bits = 0;
    for (size_t i = from; i < size && bits < 64; i++, bits += 8)
        value |= (uint64_t)bytes[i] << bits;
    if (bits == 0 || bits == 64)
        return (int64_t)value;
    return (int64_t)(value << (64 - bits)) >> (64 - bits);
}

static int is_legacy_prefix(uint8_t byte)
{
    switch (byte) {
    case 0x26: case 0x2e: case 0x36: case 0x3e: case 0x64: case 0x65:   /* segments (and notrack, branch hints) */
    case 0x66: case 0x67: case 0xf0: case 0xf2: case 0xf3:              /* sizes, lock, repetition              */
        return 1;
    default:
        return 0;
    }
}

static enum flow two_byte_flow(const uint8_t *bytes, size_t at, size_t size)
{
    if (at >= size)
        return FLOW_ON;
    if ((bytes[at] & 0xf0) == 0x80)
        return FLOW_CONDITIONAL;
    switch (bytes[at]) {
    case 0x05: case 0x07: case 0x34: case 0x35:     /* syscall, sysret, sysenter, sysexit */
        return FLOW_FAR;
    default:
        return FLOW_ON;
    }
}

static enum flow group_five_flow(const uint8_t *bytes, size_t at, size_t size)
{
    switch (at < size ? (bytes[at] >> 3) & 7 : 0) {
    case 2: return FLOW_INDIRECT_CALL;
    case 4: return FLOW_INDIRECT_JUMP;
    case 3: case 5: return FLOW_FAR;
    default: return FLOW_ON;
    }
}

static enum flow one_byte_flow(uint8_t opcode, int repeated)
{
    if ((opcode & 0xf0) == 0x70 || (opcode >= 0xe0 && opcode <= 0xe3))
        return FLOW_CONDITIONAL;
    switch (opcode) {
    case 0xe8:
        return FLOW_CALL;
    case 0xe9: case 0xeb:
        return FLOW_JUMP;
    case 0xc2: case 0xc3:
        return FLOW_RETURN;
    case 0xca: case 0xcb: case 0xcc: case 0xcd: case 0xcf: case 0xf1:   /* far ret, int3, int n, iret, int1 */
        return FLOW_FAR;
    case 0x6c: case 0x6d: case 0x6e: case 0x6f: case 0xa4: case 0xa5: case 0xa6: case 0xa7:
    case 0xaa: case 0xab: case 0xac: case 0xad: case 0xae: case 0xaf:
        return repeated ? FLOW_REPEAT : FLOW_ON;
    default:
        return FLOW_ON;
    }
}

enum flow instruction_flow(const uint8_t *bytes, size_t size, uint64_t address, uint64_t *target)
{
    size_t at = 0;
    int repeated = 0;
    *target = 0;
    for (; at < size && is_legacy_prefix(bytes[at]); at++)
        repeated |= bytes[at] >= 0xf2;    /* REPNE, REP; all other prefixes are smaller */
    if (at < size && (bytes[at] & 0xf0) == 0x40)    /* REX */
        at++;
    if (at >= size)
        return FLOW_ON;

    uint8_t opcode = bytes[at++];
    enum flow flow;
    if (opcode == 0x0f)
        flow = two_byte_flow(bytes, at++, size);
    else if (opcode == 0xff)
        flow = group_five_flow(bytes, at, size);
    else
        flow = one_byte_flow(opcode, repeated);

    if (flow == FLOW_CONDITIONAL || flow == FLOW_JUMP || flow == FLOW_CALL)
        *target = address + size + (uint64_t)last_operand(bytes, at, size);
    return flow;
}
