/* The few things needed of an ELF64 file: build id, executable segments,
 * symbols, and file bytes by link-time address. */
#ifndef QSPE_ELFINFO_H
#define QSPE_ELFINFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct elf {
    const uint8_t *data;
    size_t size;
};

bool elf_open(struct elf *, const char *path);
void elf_close(struct elf *);
unsigned elf_build_id(const struct elf *, uint8_t id[20]);

struct elf_segment { uint64_t vaddr, off, filesz, memsz; uint32_t flags; };
/* The i-th PT_LOAD; false when there is none. */
bool elf_load_segment(const struct elf *, unsigned i, struct elf_segment *);
bool elf_is_pie(const struct elf *);

struct elf_symbol { uint64_t value, size; const char *name; };
/* Iterate .symtab (or .dynsym when there is no .symtab); *pos starts at 0. */
bool elf_next_symbol(const struct elf *, size_t *pos, struct elf_symbol *);
bool elf_find_symbol(const struct elf *, const char *name, struct elf_symbol *);

/* n bytes of file contents at a link-time address inside a segment, or NULL. */
const uint8_t *elf_bytes(const struct elf *, uint64_t vaddr, size_t n);

#endif
