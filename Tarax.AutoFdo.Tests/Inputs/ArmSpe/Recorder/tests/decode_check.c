/* Reads lines "ADDRESS WORD" (hexadecimal) and writes what a64_classify says. */
#include "../a64.h"

#include <stdio.h>

int main(void)
{
    unsigned long pc;
    uint64_t target;
    unsigned word;

    while (scanf("%lx %x", &pc, &word) == 2) {
        enum a64_kind k = a64_classify(word, pc, &target);

        printf("%lx %s %lx\n", pc, a64_kind_name[k], (unsigned long)target);
    }
}
