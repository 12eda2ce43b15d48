/*
 * What differs from one version of QEMU's plugin interface to another: 1 is that of QEMU 6.0 to 8.2, 2 to 5 are those
 * of 9.0 to 10.2, 7 is that of 11.1. (11.0 is not supported: from outside it looks like 11.1.)
 */
#ifndef EMULATOR_H
#define EMULATOR_H

#include "instruction.h"
#include "qemu.h"

/* To be called first. */
void emulator_open(const qemu_info_t *info);

/* Who is told what happens. */
struct watcher {
    void (*processor)(unsigned index);      /* begins                                             */
    void (*translation)(struct qemu_plugin_tb *translated);
    void (*system_call)(int64_t number);    /* has returned, to a program; NULL: is not asked for */
    void (*end)(void);
};
void emulator_watch(qemu_plugin_id_t id, const struct watcher *watcher);

/*
 * Whether it shows code that several processes map at different addresses at one of them only: since 8.0, machines
 * translate code once for all addresses that it is at. (Seen with 10.0 and 11.1, as processes that branch into each
 * other; 8.0 to 8.2 cannot be told from before.)
 */
bool emulator_shares_code(void);

/* Copies an instruction's bytes; `size`, of which there are as many, is at most INSTRUCTION_SIZE_MAXIMUM. */
void emulator_read(const struct qemu_plugin_insn *instruction, uint8_t *bytes, size_t size);

/* Whether the emulator can count what each processor begins without calling the plugin, which is much cheaper. */
bool emulator_counts(void);

/* From now on a processor's counter grows by one whenever it begins the instruction. */
void emulator_count(struct qemu_plugin_insn *instruction);

uint64_t emulator_counted(unsigned processor);

#endif
