/*
 * The part of QEMU's TCG plugin interface (version 1, as in QEMU 7.2) that
 * this plugin uses.  Debian ships no qemu-plugin.h, so the functions are
 * declared here; the symbols are resolved from the qemu binary at load time.
 */
#ifndef QSPE_QAPI_H
#define QSPE_QAPI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define QAPI_EXPORT __attribute__((visibility("default")))

typedef uint64_t qemu_plugin_id_t;

struct qemu_info_t {
    const char *target_name;
    struct { int min, cur; } version;
    bool system_emulation;
    struct { int smp_vcpus, max_vcpus; } system;
};
typedef struct qemu_info_t qemu_info_t;

struct qemu_plugin_tb;
struct qemu_plugin_insn;

enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_CB_R_REGS, QEMU_PLUGIN_CB_RW_REGS };
enum qemu_plugin_op { QEMU_PLUGIN_INLINE_ADD_U64 };

typedef void (*qapi_vcpu_cb)(qemu_plugin_id_t, unsigned vcpu);
typedef void (*qapi_vcpu_udata_cb)(unsigned vcpu, void *udata);
typedef void (*qapi_udata_cb)(qemu_plugin_id_t, void *udata);
typedef void (*qapi_trans_cb)(qemu_plugin_id_t, struct qemu_plugin_tb *);
typedef void (*qapi_syscall_cb)(qemu_plugin_id_t, unsigned vcpu, int64_t num,
                                uint64_t, uint64_t, uint64_t, uint64_t,
                                uint64_t, uint64_t, uint64_t, uint64_t);
typedef void (*qapi_syscall_ret_cb)(qemu_plugin_id_t, unsigned vcpu, int64_t num, int64_t ret);

void qemu_plugin_register_vcpu_init_cb(qemu_plugin_id_t, qapi_vcpu_cb);
void qemu_plugin_register_vcpu_exit_cb(qemu_plugin_id_t, qapi_vcpu_cb);
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t, qapi_trans_cb);
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *, qapi_vcpu_udata_cb,
                                          enum qemu_plugin_cb_flags, void *);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *, qapi_vcpu_udata_cb,
                                            enum qemu_plugin_cb_flags, void *);
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *, enum qemu_plugin_op,
                                                void *ptr, uint64_t imm);
void qemu_plugin_register_vcpu_syscall_cb(qemu_plugin_id_t, qapi_syscall_cb);
void qemu_plugin_register_vcpu_syscall_ret_cb(qemu_plugin_id_t, qapi_syscall_ret_cb);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t, qapi_udata_cb, void *);

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *, size_t);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *);
void *qemu_plugin_insn_haddr(const struct qemu_plugin_insn *);
const char *qemu_plugin_path_to_binary(void);
uint64_t qemu_plugin_start_code(void);
void qemu_plugin_outs(const char *);

#endif
