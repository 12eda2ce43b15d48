/* The few things that are needed of an ELF file (ELF-64 object file format 1.5): its build-id, where its code lies in the file, its symbols. */
#ifndef EXECUTABLE_H
#define EXECUTABLE_H

#include <stddef.h>
#include <stdint.h>

enum { BUILD_ID_MAXIMUM = 20 };

struct build_id {
    uint8_t bytes[BUILD_ID_MAXIMUM];
    size_t size;                        /* 0: the file has none */
};

struct executable {
    const uint8_t *bytes;
    size_t size;
};

/* Maps a file. Returns 0 where it cannot be read or is no ELF-64 file. */
int executable_open(struct executable *file, const char *path);
void executable_close(struct executable *file);

struct build_id executable_build_id(const struct executable *file);

/* The offset in the file of a virtual address inside of an executable segment; 0 where there is none. */
uint64_t executable_offset(const struct executable *file, uint64_t address);

/* The other way round. */
uint64_t executable_address(const struct executable *file, uint64_t offset);

/* Calls back for each symbol of .symtab. */
void executable_symbols(
    const struct executable *file, void (*callback)(const char *name, uint64_t address, void *data), void *data);

#endif
