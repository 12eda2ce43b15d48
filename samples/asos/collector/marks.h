/*
 * How a guest speaks to the collector: by instructions that do nothing. A seven-byte NOP has a displacement of
 * four bytes that nobody reads; the upper two say that it is meant for the collector, the lower two what is said.
 * So it takes no device, no privilege and no support of the kernel, works in programs and in whole machines, and
 * does nothing where nobody listens.
 */
#ifndef MARKS_H
#define MARKS_H

#define MARK_SIZE   7           /* bytes of the instruction                             */
#define MARK_PREFIX 0x54a5      /* upper half of the displacement                          */
#define MARK_START  0x0100      /* count and record from here                              */
#define MARK_STOP   0x0101      /* until here                                              */
                                /* 0x00 to 0xff: a byte of a line of text, see collector.c */

#endif
