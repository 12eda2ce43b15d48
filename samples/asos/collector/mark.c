/*
 * Runs in the guest. `mark start` and `mark stop` begin and end what is counted and recorded; `mark tell` sends
 * its standard input to the collector, which has to know where the kernel and its modules are:
 *
 *   text ADDRESS                               of _text, from /proc/kallsyms
 *   module NAME ADDRESS SIZE BUILD-ID          from /proc/modules and /sys/module/NAME/notes/.note.gnu.build-id
 *
 * Without arguments it says how it is used.
 */
#include "marks.h"

#include <stdio.h>
#include <string.h>

#define TEXT(x) #x
#define VALUE(x) TEXT(x)

/* nopl DISPLACEMENT(%rax); ret */
#define MARK(name, what)                                                                          \
    __asm__(".text\n" name ": .byte 0x0f, 0x1f, 0x80; .short " VALUE(what) ", " VALUE(MARK_PREFIX) "; ret\n")

MARK("mark_start", MARK_START);
MARK("mark_stop", MARK_STOP);
/* One such function of eight bytes for every value of a byte. */
__asm__(".balign 8\nmark_bytes:\n.set value, 0\n.rept 256\n"
        ".byte 0x0f, 0x1f, 0x80; .short value, " VALUE(MARK_PREFIX) "; ret\n.set value, value + 1\n.endr\n");

void mark_start(void);
void mark_stop(void);
extern const char mark_bytes[256][8];

int main(int count, char **arguments)
{
    const char *what = count == 2 ? arguments[1] : "";
    if (!strcmp(what, "start")) {
        mark_start();
    } else if (!strcmp(what, "stop")) {
        mark_stop();
    } else if (!strcmp(what, "tell")) {
        for (int byte; (byte = getchar()) != EOF;)
            ((void (*)(void))(const void *)mark_bytes[byte])();
    } else {
        fprintf(stderr, "usage: mark start|stop|tell\n");
        return 2;
    }
    return 0;
}
