#include "block.h"

#include <stdlib.h>
#include <string.h>

static struct block **heads;        /* of the chains of one hash */
static uint64_t capacity, count;

static uint64_t hash(const struct block *block)
{
    uint64_t mixed = (block->start ^ block->end << 32) * UINT64_C(0x9e3779b97f4a7c15);
    return mixed ^ mixed >> 29;
}

static void push(struct block *block)
{
    struct block **head = &heads[hash(block) & (capacity - 1)];
    block->next = *head;
    *head = block;
}

static void grow(void)
{
    struct block **old = heads;
    uint64_t old_capacity = capacity;
    capacity = capacity == 0 ? 1 << 16 : 4 * capacity;
    heads = calloc(capacity, sizeof *heads);
    if (heads == NULL)
        abort();
    for (uint64_t i = 0; i < old_capacity; i++)
        for (struct block *block = old[i], *next; block != NULL; block = next) {
            next = block->next;
            push(block);
        }
    free(old);
}

struct block *block_kept(const struct block *block)
{
    if (count >= capacity)
        grow();
    struct block *kept = heads[hash(block) & (capacity - 1)];
    for (; kept != NULL; kept = kept->next)
        if (kept->start == block->start && kept->end == block->end && kept->last == block->last
            && kept->target == block->target && kept->flow == block->flow && kept->instructions == block->instructions)
            return kept;
    kept = malloc(sizeof *kept);
    uint8_t *sizes = malloc(block->instructions);
    if (kept == NULL || sizes == NULL)
        abort();
    *kept = *block;
    kept->sizes = memcpy(sizes, block->sizes, block->instructions);
    push(kept);
    count++;
    return kept;
}

uint32_t block_instructions_from(const struct block *block, uint64_t address)
{
    uint32_t before = 0;
    for (uint64_t at = block->start; before < block->instructions && at < address; before++)
        at += block->sizes[before];
    return block->instructions - before;
}

void block_each(void (*callback)(struct block *block, void *data), void *data)
{
    for (uint64_t i = 0; i < capacity; i++)
        for (struct block *block = heads[i]; block != NULL; block = block->next)
            callback(block, data);
}
