#include "block.h"

/*
 * QEMU 7.2 ends a block before an instruction that crosses into the next page, but shows it to the plugin as the
 * block's last, with the bytes of it that are in this page. It is executed as a block of its own. (Seen as blocks
 * whose last instruction was never begun, and that were followed by it, always at the end of a page.)
 */
static bool ends_in_part_of_an_instruction(const struct block *block)
{
    enum { PAGE = 4096, LONGEST_INSTRUCTION = 15 };
    return block->instructions > 1 && (block->last & (PAGE - 1)) > PAGE - LONGEST_INSTRUCTION - 1;
}

static enum arrival after_last(const struct block *block, const struct block *next)
{
    uint64_t to = next->start;
    switch (block->flow) {
    case FLOW_ON:
        return to == block->end || to == block->last ? ARRIVED_IN_LINE : ARRIVED_BY_INTERRUPT;
    case FLOW_REPEAT:
        return to == block->end || to == block->last ? ARRIVED_IN_LINE : ARRIVED_SOMEHOW;
    case FLOW_CONDITIONAL:
        return to == block->end ? ARRIVED_IN_LINE : to == block->target ? ARRIVED_BY_BRANCH : ARRIVED_SOMEHOW;
    case FLOW_JUMP:
    case FLOW_CALL:
        return to == block->target ? ARRIVED_BY_BRANCH
            : to == block->last ? ARRIVED_IN_LINE
            : ARRIVED_BY_INTERRUPT_AT_TARGET;
    case FLOW_INDIRECT_JUMP:
    case FLOW_INDIRECT_CALL:
    case FLOW_RETURN:
        return to == block->last ? ARRIVED_IN_LINE : next->handles_interrupts ? ARRIVED_SOMEHOW : ARRIVED_BY_BRANCH;
    case FLOW_FAR:
        return to == block->last || to == block->end ? ARRIVED_IN_LINE : ARRIVED_BY_BRANCH;
    }
    return ARRIVED_SOMEHOW;
}

enum arrival block_arrival(struct block *block, bool last_was_begun, const struct block *next)
{
    if (last_was_begun)
        return after_last(block, next);
    if (next->start == block->last && ends_in_part_of_an_instruction(block)) {
        block->is_cut = true;
        return ARRIVED_IN_LINE;
    }
    /* QEMU stops blocks half-way, where an instruction speaks to a device, and goes on with the rest. */
    return next->start >= block->start && next->start < block->end ? ARRIVED_IN_LINE : ARRIVED_SOMEHOW;
}
