/*
 * A plugin for QEMU's emulator that does what branch records of a processor do: it remembers the last branches
 * that each processor took, and writes them to a perf.data file every so many of them. Besides it counts exactly.
 * README.md says how it is used.
 */
#define _GNU_SOURCE
#include "addresses.h"
#include "block.h"
#include "caches.h"
#include "emulator.h"
#include "executable.h"
#include "mappings.h"
#include "marks.h"
#include "perfdata.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PROCESSORS_MAXIMUM = 1024 };

/* Nothing is timed: a clock of four instructions a nanosecond. */
enum { INSTRUCTIONS_PER_NANOSECOND = 4 };

struct processor {
    struct block *block;                    /* that it is in                                      */
    bool last_was_begun;                    /* the last instruction of that block                 */
    uint64_t begun;                         /* what the emulator had counted when it was entered  */
    uint32_t thread;
    struct branch ring[BRANCHES_MAXIMUM];   /* the newest before `newest`                         */
    unsigned newest, remembered;
    uint64_t until_sample;
    uint64_t clock;                         /* instructions of all code                           */
    uint64_t instructions, taken, samples, interrupted, abandoned;  /* while counting, of what is wanted */
    struct caches caches;
};

static struct {
    const char *out, *statistics, *counts, *kernel, *release;
    uint64_t period, depth;
    unsigned cpus;
    bool user, wants_kernel, marked, is_system;
} options = {.period = 1009, .depth = 32, .release = "emulated"};

static struct processor *processors[PROCESSORS_MAXIMUM];
static unsigned processor_count;
static bool counting;                       /* between the marks */
static pid_t owner;                         /* the process that writes the file, not one that it forked */

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;    /* for everything below, and the blocks */
static struct perfdata *file;
static uint64_t last_time;
static const char *program;                 /* user mode: what is run                             */
static uint64_t program_shift;              /* and from where it was linked to where it is        */
static bool program_is_found;
static struct executable kernel;
static uint64_t kernel_text, kernel_text_linked, kernel_end_linked;     /* _text, where it is; _text and _end in the file */
static bool kernel_is_mapped;               /* in the file */
static char line[512];                      /* that the guest is telling */
static size_t line_size;

/* ---- recording ---- */

static bool is_wanted(uint64_t address)
{
    return is_kernel(address) ? options.wants_kernel : options.user;
}

/* Later than any before. */
static struct moment now(const struct processor *processor, unsigned index)
{
    uint64_t time = UINT64_C(1000000000) + (processor != NULL ? processor->clock / INSTRUCTIONS_PER_NANOSECOND : 0);
    last_time = time > last_time ? time : last_time + 1;
    return (struct moment){
        .process = options.is_system ? 0 : (uint32_t)owner,
        .thread = options.is_system || processor == NULL ? (options.is_system ? 0 : (uint32_t)owner) : processor->thread,
        .cpu = options.is_system ? index : 0,
        .time = last_time,
    };
}

/* As perf does: the kernel's mapping is named after the symbol at which it begins. */
static void write_kernel_mapping(void)
{
    static const char name[] = "[kernel.kallsyms]_text";
    if (file == NULL || kernel.bytes == NULL || kernel_is_mapped)
        return;
    kernel_is_mapped = true;
    kernel_text = kernel_text != 0 ? kernel_text : kernel_text_linked;
    struct build_id id = executable_build_id(&kernel);
    perfdata_mapping(file, now(NULL, 0), true, kernel_text, kernel_end_linked - kernel_text_linked, kernel_text, name);
    perfdata_build_id(file, true, &id, "[kernel.kallsyms]");
}

static void write_sample(struct processor *processor, unsigned index, uint64_t address)
{
    struct branch branches[BRANCHES_MAXIMUM];
    unsigned count = processor->remembered < options.depth ? processor->remembered : (unsigned)options.depth;
    for (unsigned i = 0; i < count; i++)
        branches[i] = processor->ring[(processor->newest - 1 - i) % BRANCHES_MAXIMUM];
    pthread_mutex_lock(&turn);
    if (file != NULL && getpid() == owner) {
        write_kernel_mapping();             /* where the guest has told nothing */
        processor->samples++;
        perfdata_sample(file, now(processor, index), address, branches, count);
    }
    pthread_mutex_unlock(&turn);
}

static void forget_branches(struct processor *processor)
{
    processor->remembered = 0;
}

/* As processors filter: a branch into code that is wanted is remembered, from wherever it came. */
static void remember_branch(struct processor *processor, uint64_t from, uint64_t to)
{
    if (!is_wanted(to))
        return;
    processor->ring[processor->newest] = (struct branch){from, to, 0};
    processor->newest = (processor->newest + 1) % BRANCHES_MAXIMUM;
    processor->remembered += processor->remembered < BRANCHES_MAXIMUM;
}

/* BR_INST_RETIRED.NEAR_TAKEN happened, which counts everything but far branches. */
static void count_branch(struct processor *processor, unsigned index, const struct block *block, uint64_t to)
{
    if (!block->counted)
        return;
    processor->taken++;
    if (--processor->until_sample == 0) {
        processor->until_sample = options.period;
        if (options.out != NULL)
            write_sample(processor, index, to);
    }
}

static void interrupt(struct processor *processor, uint64_t at, struct block *handler)
{
    processor->interrupted++;
    if (!options.is_system) {       /* a signal: the program's own branches begin anew */
        forget_branches(processor);
        return;
    }
    handler->handles_interrupts = true;
    remember_branch(processor, at, handler->start);
}

/* Control has come from a block to the next one. */
static void follow(struct processor *processor, unsigned index, struct block *block, struct block *next)
{
    enum arrival arrival = block_arrival(block, processor->last_was_begun, next);
    if (!counting)
        return;
    bool is_abandoned = !processor->last_was_begun && !block->is_cut;
    block->abandoned += is_abandoned;
    switch (arrival) {
    case ARRIVED_IN_LINE:
        if (is_abandoned && block->counted)     /* what is left of it is counted as the next block */
            processor->instructions -= block_instructions_from(block, next->start);
        break;
    case ARRIVED_BY_BRANCH:
    case ARRIVED_BY_INTERRUPT_AT_TARGET:
        if (block->flow == FLOW_FAR && !options.is_system) {
            forget_branches(processor);         /* a system call that ended elsewhere */
            break;
        }
        block->taken++;
        uint64_t to = arrival == ARRIVED_BY_BRANCH ? next->start : block->target;
        remember_branch(processor, block->last, to);
        if (block->flow != FLOW_FAR)
            count_branch(processor, index, block, to);
        if (arrival == ARRIVED_BY_INTERRUPT_AT_TARGET)
            interrupt(processor, block->target, next);
        break;
    case ARRIVED_BY_INTERRUPT:
        interrupt(processor, block->end, next);
        break;
    case ARRIVED_SOMEHOW:
        processor->interrupted++;
        processor->abandoned += is_abandoned && block->counted;
        forget_branches(processor);
        break;
    }
}

/* A processor's first block. In user mode it is a thread, which only now has its own number. */
static void begin(struct processor *processor, unsigned index)
{
    processor->thread = (uint32_t)syscall(SYS_gettid);
    if (options.is_system || index == 0 || getpid() != owner)
        return;
    pthread_mutex_lock(&turn);
    if (file != NULL)
        perfdata_thread(file, now(processor, index), (uint32_t)owner);
    pthread_mutex_unlock(&turn);
}

static void on_block(unsigned index, void *data)
{
    struct processor *processor = processors[index];
    struct block *next = data, *block = processor->block;
    if (emulator_counts()) {
        uint64_t begun = emulator_counted(index);
        processor->last_was_begun = begun != processor->begun;
        processor->begun = begun;
    }

    bool is_again = false;          /* QEMU makes every round of a REP instruction a block; it is one instruction */
    if (block != NULL) {
        follow(processor, index, block, next);
        is_again = block->flow == FLOW_REPEAT && next->start == block->last && processor->last_was_begun;
    } else {
        begin(processor, index);
    }
    processor->block = next;
    processor->last_was_begun = false;
    if (is_again)
        return;

    processor->clock += next->instructions;
    if (!counting)
        return;
    caches_fetch(&processor->caches, next->start, next->end, next->counted);
    if (next->counted) {
        next->runs++;
        processor->instructions += next->instructions - next->is_cut;
    }
}

static void on_last(unsigned index, void *data)
{
    (void)data;
    processors[index]->last_was_begun = true;
}

/* ---- where the kernel is ---- */

static void note_kernel_symbol(const char *name, uint64_t address, void *data)
{
    (void)data;
    if (strcmp(name, "_text") == 0)
        kernel_text_linked = address;
    else if (strcmp(name, "_end") == 0)
        kernel_end_linked = address;
}

static struct build_id build_id_of(const char *digits)
{
    struct build_id id = {.size = 0};
    for (unsigned byte; id.size < BUILD_ID_MAXIMUM && sscanf(digits, "%2x", &byte) == 1 && digits[1] != 0; digits += 2)
        id.bytes[id.size++] = (uint8_t)byte;
    return id;
}

/* The guest has told a line; see mark.c. */
static void hear(const char *told)
{
    char name[256], digits[64] = "";
    uint64_t address, size;
    if (sscanf(told, "text %" SCNx64, &address) == 1) {
        kernel_text = kernel_is_mapped ? kernel_text : address;
        write_kernel_mapping();
    } else if (sscanf(told, "module %200s %" SCNx64 " %" SCNu64 " %60s", name + 1, &address, &size, digits) >= 3) {
        name[0] = '[';
        strcat(name, "]");
        if (file == NULL)
            return;
        struct build_id id = build_id_of(digits);
        perfdata_mapping(file, now(NULL, 0), true, address, size, 0, name);
        perfdata_build_id(file, true, &id, name);
    } else {
        fprintf(stderr, "collector: the guest told what is not understood: %s\n", told);
    }
}

static void on_mark(unsigned index, void *data)
{
    (void)index;
    unsigned what = (unsigned)(uintptr_t)data;
    pthread_mutex_lock(&turn);
    if (what == MARK_START || what == MARK_STOP) {
        counting = options.marked ? what == MARK_START : counting;
        for (unsigned i = 0; i < processor_count; i++)
            forget_branches(processors[i]);
    } else if (what == '\n' || line_size == sizeof line - 1) {
        line[line_size] = 0;
        line_size = 0;
        hear(line);
    } else {
        line[line_size++] = (char)what;
    }
    pthread_mutex_unlock(&turn);
}

/* ---- translation ---- */

/* Returns false, with a message, where the file is wanted and cannot be made. */
static bool open_recording(const char *of)
{
    static const char *command[] = {"perf", "record", "-b", NULL, NULL};
    if (options.out == NULL)
        return true;
    command[3] = of;
    struct perfdata_description description = {
        .period = options.period,
        .user = options.user,
        .kernel = options.wants_kernel,
        .cpus = options.cpus,
        .release = options.release,
        .command = command,
    };
    file = perfdata_create(options.out, &description);
    return file != NULL;
}

/* User mode: QEMU 7.2 does not know the program's name before it runs. */
static void open_recording_of_program(void)
{
    static bool is_open;
    if (is_open)
        return;
    is_open = true;
    program = realpath(qemu_plugin_path_to_binary(), NULL);
    if (program == NULL || !open_recording(program))
        _exit(1);
    if (file != NULL)
        perfdata_process(file, now(NULL, 0), strrchr(program, '/') + 1);
}

static void find_mark(struct qemu_plugin_insn *instruction)
{
    uint8_t bytes[MARK_SIZE];
    if (qemu_plugin_insn_size(instruction) != MARK_SIZE)
        return;
    emulator_read(instruction, bytes, MARK_SIZE);
    if (bytes[0] != 0x0f || bytes[1] != 0x1f || bytes[2] != 0x80
        || (bytes[5] | bytes[6] << 8) != MARK_PREFIX)
        return;
    uintptr_t what = (uintptr_t)(bytes[3] | bytes[4] << 8);
    if (what <= MARK_STOP)
        qemu_plugin_register_vcpu_insn_exec_cb(instruction, on_mark, QEMU_PLUGIN_CB_NO_REGS, (void *)what);
}

/* Announces the file that an instruction of a program is of, where that is new. */
static void find_mapping(const struct qemu_plugin_insn *instruction)
{
    uint64_t address = qemu_plugin_insn_vaddr(instruction);
    const struct mapping *mapping = mapping_found(address, qemu_plugin_insn_haddr(instruction));
    struct executable mapped;
    if (mapping == NULL)
        return;
    if (file != NULL)
        perfdata_mapping(file, now(NULL, 0), false, mapping->start, mapping->end - mapping->start, mapping->offset, mapping->path);
    if (!executable_open(&mapped, mapping->path))
        return;
    if (file != NULL) {
        struct build_id id = executable_build_id(&mapped);
        perfdata_build_id(file, false, &id, mapping->path);
    }
    if (!program_is_found && program != NULL && strcmp(program, mapping->path) == 0) {
        program_is_found = true;
        program_shift = address - executable_address(&mapped, address - mapping->start + mapping->offset);
    }
    executable_close(&mapped);
}

static void on_translation(struct qemu_plugin_tb *translated)
{
    size_t count = qemu_plugin_tb_n_insns(translated);
    if (count == 0 || (!options.is_system && getpid() != owner))
        return;
    struct qemu_plugin_insn *first = qemu_plugin_tb_get_insn(translated, 0);
    struct qemu_plugin_insn *last = qemu_plugin_tb_get_insn(translated, count - 1);
    size_t size = qemu_plugin_insn_size(last);
    struct block block = {
        .start = qemu_plugin_insn_vaddr(first),
        .last = qemu_plugin_insn_vaddr(last),
        .end = qemu_plugin_insn_vaddr(last) + size,
        .instructions = (uint32_t)count,
        .counted = is_wanted(qemu_plugin_insn_vaddr(first)),
    };
    uint8_t sizes[count];                   /* QEMU: 512 at most */
    for (size_t i = 0; i < count; i++)
        sizes[i] = (uint8_t)qemu_plugin_insn_size(qemu_plugin_tb_get_insn(translated, i));
    block.sizes = sizes;
    uint8_t bytes[INSTRUCTION_SIZE_MAXIMUM];
    size = size <= sizeof bytes ? size : sizeof bytes;
    emulator_read(last, bytes, size);
    block.flow = instruction_flow(bytes, size, block.last, &block.target);

    pthread_mutex_lock(&turn);
    struct block *kept = block_kept(&block);
    if (!options.is_system) {
        open_recording_of_program();
        find_mapping(first);
        find_mapping(last);
    }
    pthread_mutex_unlock(&turn);

    qemu_plugin_register_vcpu_tb_exec_cb(translated, on_block, QEMU_PLUGIN_CB_NO_REGS, kept);
    for (size_t i = 0; i < count; i++)
        find_mark(qemu_plugin_tb_get_insn(translated, i));
    if (emulator_counts())
        emulator_count(last);
    else
        qemu_plugin_register_vcpu_insn_exec_cb(last, on_last, QEMU_PLUGIN_CB_NO_REGS, NULL);
}

/* ---- processors (threads, in user mode) ---- */

static void on_processor(unsigned index)
{
    if (index >= PROCESSORS_MAXIMUM) {
        fprintf(stderr, "collector: more than %d processors or threads\n", PROCESSORS_MAXIMUM);
        abort();
    }
    pthread_mutex_lock(&turn);
    if (processors[index] == NULL) {
        processors[index] = calloc(1, sizeof *processors[index]);
        if (processors[index] == NULL)
            abort();
        caches_init(&processors[index]->caches);
        processors[index]->until_sample = options.period;
        processor_count = index + 1 > processor_count ? index + 1 : processor_count;
    }
    struct processor *processor = processors[index];    /* a new thread may have the number of one that is gone */
    processor->block = NULL;
    processor->clock = processors[0]->clock;
    forget_branches(processor);
    pthread_mutex_unlock(&turn);
}

static void on_system_call(int64_t number)
{
    enum { MMAP = 9, MUNMAP = 11, MREMAP = 25 };
    if (number != MMAP && number != MUNMAP && number != MREMAP)
        return;
    pthread_mutex_lock(&turn);
    mapping_forget();
    pthread_mutex_unlock(&turn);
}

/* ---- the end ---- */

struct footprint {
    uint64_t *lines;
    size_t count, capacity;
};

static void add_lines(struct block *block, void *data)
{
    struct footprint *footprint = data;
    for (uint64_t address = block->start >> LINE_BITS; block->runs > 0 && address <= (block->end - 1) >> LINE_BITS; address++) {
        if (footprint->count == footprint->capacity) {
            footprint->capacity = footprint->capacity == 0 ? 1 << 14 : 2 * footprint->capacity;
            footprint->lines = realloc(footprint->lines, footprint->capacity * sizeof *footprint->lines);
            if (footprint->lines == NULL)
                abort();
        }
        footprint->lines[footprint->count++] = address;
    }
}

static int in_order(const void *one, const void *other)
{
    uint64_t a = *(const uint64_t *)one, b = *(const uint64_t *)other;
    return (a > b) - (a < b);
}

/* How many different lines and pages of code were executed. */
static void measure_footprint(uint64_t *lines, uint64_t *pages)
{
    struct footprint footprint = {NULL, 0, 0};
    block_each(add_lines, &footprint);
    if (footprint.count > 0)
        qsort(footprint.lines, footprint.count, sizeof *footprint.lines, in_order);
    *lines = *pages = 0;
    for (size_t i = 0; i < footprint.count; i++) {
        uint64_t address = footprint.lines[i], before = i > 0 ? footprint.lines[i - 1] : UINT64_MAX;
        *lines += address != before;
        *pages += address >> (PAGE_BITS - LINE_BITS) != before >> (PAGE_BITS - LINE_BITS);
    }
    free(footprint.lines);
}

static void write_statistics(FILE *to)
{
    uint64_t instructions = 0, taken = 0, samples = 0, interrupted = 0, abandoned = 0, line_misses = 0, page_misses = 0, lines, pages;
    for (unsigned i = 0; i < processor_count; i++) {
        instructions += processors[i]->instructions;
        taken += processors[i]->taken;
        samples += processors[i]->samples;
        interrupted += processors[i]->interrupted;
        abandoned += processors[i]->abandoned;
        line_misses += processors[i]->caches.line_misses;
        page_misses += processors[i]->caches.page_misses;
    }
    measure_footprint(&lines, &pages);
    fprintf(to, "instructions %" PRIu64 "\n", instructions);
    fprintf(to, "taken_branches %" PRIu64 "\n", taken);
    fprintf(to, "icache_misses %" PRIu64 "\n", line_misses);
    fprintf(to, "itlb_misses %" PRIu64 "\n", page_misses);
    fprintf(to, "code_lines %" PRIu64 "\n", lines);
    fprintf(to, "code_pages %" PRIu64 "\n", pages);
    fprintf(to, "interruptions %" PRIu64 "\n", interrupted);
    fprintf(to, "abandoned_blocks %" PRIu64 "\n", abandoned);
    fprintf(to, "samples %" PRIu64 "\n", samples);
}

/* Exact counts, as addresses of the file that `tarax convert --profiler text` takes them in. */
struct counts {
    FILE *to;
    const struct executable *file;
    uint64_t shift;                 /* from where it ran to where it was linked */
    bool is_of_branches;
    uint64_t written;
};

static void write_count(struct block *block, void *data)
{
    struct counts *counts = data;
    uint64_t last = block->is_cut ? block->last - 1 : block->last;
    uint64_t from = executable_offset(counts->file, block->start - counts->shift);
    uint64_t to = executable_offset(counts->file, (counts->is_of_branches ? block->target : last) - counts->shift);
    uint64_t count = counts->is_of_branches ? block->taken : block->runs - block->abandoned;
    if (block->runs < block->abandoned || count == 0 || from == 0 || to == 0 || (counts->is_of_branches && block->target == 0))
        return;
    counts->written++;
    if (counts->to == NULL)
        return;
    if (counts->is_of_branches)
        fprintf(counts->to, "%" PRIx64 "->%" PRIx64 ":%" PRIu64 "\n", executable_offset(counts->file, last - counts->shift), to, count);
    else
        fprintf(counts->to, "%" PRIx64 "-%" PRIx64 ":%" PRIu64 "\n", from, to, count);
}

static void write_counts(FILE *to)
{
    struct executable opened = {NULL, 0};
    if (!options.is_system && program_is_found && !executable_open(&opened, program))
        return;
    struct counts counts = {
        .file = opened.bytes != NULL ? &opened : &kernel,
        .shift = !options.is_system ? program_shift : kernel_text - kernel_text_linked,
    };
    if (counts.file->bytes == NULL)
        return;
    for (int branches = 0; branches <= 1; branches++) {
        counts.is_of_branches = branches;
        counts.written = 0;
        counts.to = NULL;
        block_each(write_count, &counts);
        fprintf(to, branches ? "0\n%" PRIu64 "\n" : "%" PRIu64 "\n", counts.written);
        counts.to = to;
        block_each(write_count, &counts);
    }
    if (opened.bytes != NULL)
        executable_close(&opened);
}

/* Returns false, with a message, where not all could be written. */
static bool write_to(const char *path, void (*write)(FILE *))
{
    FILE *to = path == NULL ? stderr : fopen(path, "we");
    if (to != NULL)
        write(to);
    bool is_whole = to != NULL && !ferror(to) && (path == NULL || fclose(to) == 0);
    if (!is_whole)
        perror(path != NULL ? path : "collector");
    return is_whole;
}

static void on_end(void)
{
    if (getpid() != owner)
        return;
    pthread_mutex_lock(&turn);
    counting = false;
    bool is_whole = file == NULL || perfdata_close(file);
    file = NULL;
    pthread_mutex_unlock(&turn);
    is_whole &= write_to(options.statistics, write_statistics);
    if (options.counts != NULL)
        is_whole &= write_to(options.counts, write_counts);
    if (!is_whole)
        _exit(1);
}

/* ---- the beginning ---- */

static bool read_number(const char *text, uint64_t maximum, uint64_t *number)
{
    char *end;
    *number = strtoull(text, &end, 10);
    return *text >= '0' && *text <= '9' && *end == 0 && *number >= 1 && *number <= maximum;
}

static bool read_option(const char *option)
{
    const char *value = strchr(option, '=');
    size_t size = value != NULL ? (size_t)(value++ - option) : 0;
#define IS(name) (size == sizeof name - 1 && memcmp(option, name, size) == 0)
    if (IS("out"))
        options.out = value;
    else if (IS("statistics"))
        options.statistics = value;
    else if (IS("counts"))
        options.counts = value;
    else if (IS("kernel"))
        options.kernel = value;
    else if (IS("release"))
        options.release = value;
    else if (IS("period"))
        return read_number(value, UINT32_MAX, &options.period);
    else if (IS("depth"))
        return read_number(value, BRANCHES_MAXIMUM, &options.depth);
    else if (IS("marked"))
        options.marked = strcmp(value, "on") == 0;
    else if (IS("code")) {
        options.user = strcmp(value, "kernel") != 0;
        options.wants_kernel = strcmp(value, "user") != 0;
        return strcmp(value, "kernel") == 0 || strcmp(value, "user") == 0 || strcmp(value, "all") == 0;
    } else
        return false;
    return true;
#undef IS
}

static bool open_kernel(void)
{
    if (options.kernel == NULL)
        return true;
    if (!executable_open(&kernel, options.kernel)) {
        fprintf(stderr, "collector: %s is no ELF-64 file that can be read\n", options.kernel);
        return false;
    }
    executable_symbols(&kernel, note_kernel_symbol, NULL);
    return true;
}

__attribute__((visibility("default"))) int qemu_plugin_install(
    qemu_plugin_id_t id, const qemu_info_t *info, int count, char **arguments)
{
    for (int i = 0; i < count; i++)
        if (!read_option(arguments[i])) {
            fprintf(stderr, "collector: not an option: %s\n", arguments[i]);
            return 1;
        }
    if (strcmp(info->target_name, "x86_64") != 0) {
        fprintf(stderr, "collector: it reads the instructions of x86-64 only\n");
        return 1;
    }
    emulator_open(info);
    owner = getpid();
    options.is_system = info->system_emulation;
    if (!options.user && !options.wants_kernel) {
        options.user = !options.is_system;
        options.wants_kernel = options.is_system;
    }
    options.cpus = options.is_system ? (unsigned)info->system.max_vcpus : 1;
    if (options.user && emulator_shares_code())
        fprintf(stderr, "collector: in machines this QEMU shows user code that processes share at the address of one of them; only the kernel's addresses are right\n");
    if (!open_kernel() || (options.is_system && !open_recording("-a")))
        return 1;
    counting = !options.marked;
    const struct watcher watcher = {
        .processor = on_processor,
        .translation = on_translation,
        .system_call = options.is_system ? NULL : on_system_call,
        .end = on_end,
    };
    emulator_watch(id, &watcher);
    return 0;
}
