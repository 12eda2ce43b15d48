/* What configure would find, without assembler, so that every processor runs the same code. */
#define PACKAGE_VERSION "1.4.2"
#define FLAC__NO_ASM
#define FLAC__HAS_OGG 0
#define FLAC__SYS_LINUX
#define ENABLE_64_BIT_WORDS 1
#define CPU_IS_BIG_ENDIAN 0
#define HAVE_BSWAP16
#define HAVE_BSWAP32
#define HAVE_BYTESWAP_H
#define HAVE_INTTYPES_H 1
#define HAVE_STDINT_H 1
#define HAVE_STRING_H 1
#define HAVE_FSEEKO 1
#define HAVE_LROUND 1
#define HAVE_SYS_IOCTL_H 1
#define HAVE_SYS_PARAM_H 1
#define HAVE_TERMIOS_H 1
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
