#define _GNU_SOURCE
#include "executable.h"

#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* A piece of the file, or null where it is not all there. */
static const void *at(const struct executable *file, uint64_t offset, uint64_t size)
{
    return offset <= file->size && size <= file->size - offset ? file->bytes + offset : NULL;
}

int executable_open(struct executable *file, const char *path)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (descriptor < 0)
        return 0;
    void *bytes = fstat(descriptor, &status) == 0 && status.st_size >= (off_t)sizeof(Elf64_Ehdr)
        ? mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0)
        : MAP_FAILED;
    close(descriptor);
    if (bytes == MAP_FAILED)
        return 0;
    file->bytes = bytes;
    file->size = (size_t)status.st_size;
    if (memcmp(bytes, ELFMAG, SELFMAG) == 0 && file->bytes[EI_CLASS] == ELFCLASS64)
        return 1;
    executable_close(file);
    return 0;
}

void executable_close(struct executable *file)
{
    munmap((void *)file->bytes, file->size);
    file->bytes = NULL;
}

static const Elf64_Phdr *segment(const struct executable *file, unsigned index)
{
    const Elf64_Ehdr *header = at(file, 0, sizeof *header);
    return index < header->e_phnum ? at(file, header->e_phoff + (uint64_t)index * header->e_phentsize, sizeof(Elf64_Phdr)) : NULL;
}

static const Elf64_Shdr *section(const struct executable *file, unsigned index)
{
    const Elf64_Ehdr *header = at(file, 0, sizeof *header);
    return index < header->e_shnum ? at(file, header->e_shoff + (uint64_t)index * header->e_shentsize, sizeof(Elf64_Shdr)) : NULL;
}

static size_t padded(size_t size)
{
    return (size + 3) & ~(size_t)3;
}

static struct build_id in_notes(const uint8_t *notes, size_t size)
{
    struct build_id id = {.size = 0};
    while (size >= sizeof(Elf64_Nhdr)) {
        Elf64_Nhdr note;
        memcpy(&note, notes, sizeof note);
        notes += sizeof note;
        size -= sizeof note;
        if (note.n_namesz > size || note.n_descsz > size || padded(note.n_namesz) + padded(note.n_descsz) > size)
            break;
        const uint8_t *description = notes + padded(note.n_namesz);
        if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && memcmp(notes, "GNU", 4) == 0
            && note.n_descsz <= BUILD_ID_MAXIMUM) {
            memcpy(id.bytes, description, note.n_descsz);
            id.size = note.n_descsz;
            break;
        }
        size -= padded(note.n_namesz) + padded(note.n_descsz);
        notes = description + padded(note.n_descsz);
    }
    return id;
}

struct build_id executable_build_id(const struct executable *file)
{
    struct build_id id = {.size = 0};
    const Elf64_Phdr *found;
    for (unsigned i = 0; id.size == 0 && (found = segment(file, i)) != NULL; i++) {
        const uint8_t *notes = found->p_type == PT_NOTE ? at(file, found->p_offset, found->p_filesz) : NULL;
        if (notes != NULL)
            id = in_notes(notes, found->p_filesz);
    }
    return id;
}

uint64_t executable_offset(const struct executable *file, uint64_t address)
{
    const Elf64_Phdr *found;
    for (unsigned i = 0; (found = segment(file, i)) != NULL; i++)
        if (found->p_type == PT_LOAD && (found->p_flags & PF_X) != 0 && address - found->p_vaddr < found->p_filesz)
            return address - found->p_vaddr + found->p_offset;
    return 0;
}

uint64_t executable_address(const struct executable *file, uint64_t offset)
{
    const Elf64_Phdr *found;
    for (unsigned i = 0; (found = segment(file, i)) != NULL; i++)
        if (found->p_type == PT_LOAD && (found->p_flags & PF_X) != 0 && offset - found->p_offset < found->p_filesz)
            return offset - found->p_offset + found->p_vaddr;
    return 0;
}

void executable_symbols(
    const struct executable *file, void (*callback)(const char *name, uint64_t address, void *data), void *data)
{
    const Elf64_Shdr *table;
    for (unsigned i = 0; (table = section(file, i)) != NULL; i++) {
        const Elf64_Shdr *names = table->sh_type == SHT_SYMTAB ? section(file, table->sh_link) : NULL;
        const Elf64_Sym *symbols = names ? at(file, table->sh_offset, table->sh_size) : NULL;
        const char *strings = names ? at(file, names->sh_offset, names->sh_size) : NULL;
        if (symbols == NULL || strings == NULL || names->sh_size == 0 || strings[names->sh_size - 1] != 0)
            continue;
        for (size_t s = 0; s < table->sh_size / sizeof *symbols; s++)
            if (symbols[s].st_name < names->sh_size)
                callback(strings + symbols[s].st_name, symbols[s].st_value, data);
    }
}
