/* What check.sh records: sorts, counts words and walks a list, between the marks. */
#include "marks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT(x) #x
#define VALUE(x) TEXT(x)
#define MARK(what) __asm__ volatile(".byte 0x0f, 0x1f, 0x80; .short " VALUE(what) ", " VALUE(MARK_PREFIX))

struct node {
    struct node *next;
    unsigned value;
};

static unsigned state = 1;

static unsigned next_random(void)
{
    state = state * 1664525 + 1013904223;
    return state >> 8;
}

__attribute__((noinline)) static struct node *merge(struct node *one, struct node *other)
{
    struct node head, *last = &head;
    while (one != NULL && other != NULL) {
        struct node **least = one->value <= other->value ? &one : &other;
        last = last->next = *least;
        *least = last->next;
    }
    last->next = one != NULL ? one : other;
    return head.next;
}

static struct node *sorted(struct node *list)
{
    if (list == NULL || list->next == NULL)
        return list;
    struct node *middle = list;
    for (struct node *end = list->next; end != NULL && end->next != NULL; end = end->next->next)
        middle = middle->next;
    struct node *half = middle->next;
    middle->next = NULL;
    return merge(sorted(list), sorted(half));
}

__attribute__((noinline)) static unsigned digits(unsigned value)
{
    unsigned sum = 0;
    for (; value > 0; value /= 10)
        if (value % 10 > 2)
            sum += value % 10;
    return sum;
}

int main(void)
{
    enum { NODES = 20000 };
    struct node *nodes = calloc(NODES, sizeof *nodes);
    unsigned long sum = 0;
    MARK(MARK_START);
    for (int round = 0; round < 10; round++) {
        for (int i = 0; i < NODES; i++)
            nodes[i] = (struct node){i + 1 < NODES ? &nodes[i + 1] : NULL, next_random()};
        for (struct node *node = sorted(nodes); node != NULL; node = node->next)
            sum += digits(node->value);
    }
    MARK(MARK_STOP);
    printf("%lu\n", sum);
    free(nodes);
    return 0;
}
