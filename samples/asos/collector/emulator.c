#include "emulator.h"

#include <dlfcn.h>
#include <string.h>

enum { ADD_U64 = 0 };
enum { FROM_COUNTERS_FOR_EACH = 2, FROM_COPIES = 3, FROM_USER_DATA = 7 };     /* versions since which it is so */

/* An instruction's bytes, once and since version 3. */
typedef const void *data_at(const struct qemu_plugin_insn *);
typedef size_t data_copied(const struct qemu_plugin_insn *, void *to, size_t size);

/* A counter for all processors, or since version 2 one for each, in what QEMU calls a scoreboard. */
struct counter {
    void *scoreboard;
    size_t offset;
};
typedef void count_for_all(struct qemu_plugin_insn *, int operation, void *counter, uint64_t add);
typedef void count_for_each(struct qemu_plugin_insn *, int operation, struct counter, uint64_t add);
typedef void *scoreboard_new(size_t element_size);
typedef void *scoreboard_find(void *scoreboard, unsigned processor);

/* All registrations were `(id, callback)` but for that of the end; since version 7 all are `(id, callback, data)`. */
typedef void registration(qemu_plugin_id_t, void *callback, void *data);

/* The version that the emulator takes the plugin for, which it reads after loading it. */
__attribute__((visibility("default"))) int qemu_plugin_version;

static int version;                         /* the emulator's own                       */
static void *data, *count, *find;           /* functions of it, of the types above      */
static struct counter begun;
static uint64_t begun_by_the_only_processor;
static bool can_count, shares_code;
static struct watcher watching;

static void *found(const char *function) { return dlsym(RTLD_DEFAULT, function); }

/*
 * Runs while the plugin is loaded, before the emulator asks which version it is for and refuses what it no longer
 * or not yet knows. Nothing but what functions it has tells which it is itself.
 */
__attribute__((constructor)) static void choose_version(void)
{
    bool counts_for_each = found("qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu") != NULL;
    bool filters_system_calls = found("qemu_plugin_register_vcpu_syscall_filter_cb") != NULL;
    qemu_plugin_version = filters_system_calls ? FROM_USER_DATA : counts_for_each ? FROM_COUNTERS_FOR_EACH : 1;
}

void emulator_open(const qemu_info_t *info)
{
    version = info->version.cur;
    data = found("qemu_plugin_insn_data");
    if (version < FROM_COUNTERS_FOR_EACH) {
        count = found("qemu_plugin_register_vcpu_insn_exec_inline");
        can_count = info->system_emulation && info->system.max_vcpus == 1;
    } else if (info->system_emulation) {
        shares_code = true;
        count = found("qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu");
        find = found("qemu_plugin_scoreboard_find");
        scoreboard_new *new = (scoreboard_new *)found("qemu_plugin_scoreboard_new");
        begun.scoreboard = new(sizeof(uint64_t));
        can_count = true;
    }
}

/* ---- what happens ---- */

static void on_processor_of(qemu_plugin_id_t id, unsigned index) { (void)id, watching.processor(index); }

static void on_processor(unsigned index, void *unused) { (void)unused, watching.processor(index); }

static void on_translation_of(qemu_plugin_id_t id, struct qemu_plugin_tb *translated) { (void)id, watching.translation(translated); }

static void on_translation(struct qemu_plugin_tb *translated, void *unused) { (void)unused, watching.translation(translated); }

static void on_system_call_of(qemu_plugin_id_t id, unsigned index, int64_t number, int64_t result)
{
    (void)id, (void)index, (void)result;
    watching.system_call(number);
}

static void on_system_call(unsigned index, int64_t number, int64_t result, void *unused)
{
    (void)index, (void)result, (void)unused;
    watching.system_call(number);
}

static void on_end_of(qemu_plugin_id_t id, void *unused) { (void)id, (void)unused, watching.end(); }

static void on_end(void *unused) { (void)unused, watching.end(); }

static void register_for(qemu_plugin_id_t id, const char *function, void *callback_of, void *callback)
{
    ((registration *)found(function))(id, version < FROM_USER_DATA ? callback_of : callback, NULL);
}

void emulator_watch(qemu_plugin_id_t id, const struct watcher *watcher)
{
    watching = *watcher;
    register_for(id, "qemu_plugin_register_vcpu_init_cb", on_processor_of, on_processor);
    register_for(id, "qemu_plugin_register_vcpu_tb_trans_cb", on_translation_of, on_translation);
    if (watching.system_call != NULL)
        register_for(id, "qemu_plugin_register_vcpu_syscall_ret_cb", on_system_call_of, on_system_call);
    register_for(id, "qemu_plugin_register_atexit_cb", on_end_of, on_end);
}

/* ---- instructions ---- */

bool emulator_shares_code(void) { return shares_code; }

void emulator_read(const struct qemu_plugin_insn *instruction, uint8_t *bytes, size_t size)
{
    if (version < FROM_COPIES)
        memcpy(bytes, ((data_at *)data)(instruction), size);
    else
        ((data_copied *)data)(instruction, bytes, size);
}

bool emulator_counts(void) { return can_count; }

void emulator_count(struct qemu_plugin_insn *instruction)
{
    if (version < FROM_COUNTERS_FOR_EACH)
        ((count_for_all *)count)(instruction, ADD_U64, &begun_by_the_only_processor, 1);
    else
        ((count_for_each *)count)(instruction, ADD_U64, begun, 1);
}

uint64_t emulator_counted(unsigned processor)
{
    if (version < FROM_COUNTERS_FOR_EACH)
        return begun_by_the_only_processor;
    return *(uint64_t *)((scoreboard_find *)find)(begun.scoreboard, processor);
}
