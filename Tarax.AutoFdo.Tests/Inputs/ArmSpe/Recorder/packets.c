#include "packets.h"

#include <string.h>

/* Address packet indices. */
enum { PC, TGT, VA, PA, PBT };

struct packet { uint8_t n, b[12]; };

static void payload(struct packet *p, uint64_t v, unsigned n)
{
    memcpy(p->b + p->n, &v, n);
    p->n += n;
}

static struct packet plain(uint8_t header, uint64_t v, unsigned n)
{
    struct packet p = { 1, { header } };

    payload(&p, v, n);
    return p;
}

/* An address or counter packet. */
static struct packet indexed(uint8_t base, unsigned index, uint64_t v, unsigned n, bool extended)
{
    struct packet p = { 0, { 0 } };

    if (extended)
        p.b[p.n++] = 0x20 | index >> 3;
    p.b[p.n++] = base | (index & 7);
    payload(&p, v, n);
    return p;
}

/* Of EL0, non-secure. */
static uint64_t code(uint64_t address)
{
    return (address & 0x00ffffffffffffffULL) | 1ULL << 63;
}

uint8_t spe_branch_subclass(enum a64_kind kind, bool cr)
{
    uint8_t v = kind == A64_COND ? 1 : a64_is_indirect(kind) ? 2 : 0;

    if (cr)
        v |= (kind == A64_CALL || kind == A64_IND_CALL ? 1 : kind == A64_RET ? 2 : 3) << 3;
    return v;
}

size_t spe_write(uint8_t out[SPE_MAX_RECORD], const struct spe_op *o, const struct spe_layout *l,
                 uint64_t order)
{
    struct packet p[12];
    unsigned n = 0, i;
    size_t len = 0;

    p[n++] = indexed(0xb0, PC, code(o->pc), 8, l->extended);
    if (l->context_el)
        p[n++] = plain(0x63 + l->context_el, o->context, 4);
    p[n++] = plain(0x48 | o->class, o->subclass, 1);
    p[n++] = l->wide_events ? plain(0x62, o->events, 4) : plain(0x52, o->events, 2);
    if (o->class == SPE_BRANCH) {
        p[n++] = indexed(0xb0, TGT, code(o->target), 8, l->extended);
        if (o->previous)
            p[n++] = indexed(0xb0, PBT, code(o->previous), 8, l->extended);
    } else if (o->address) {
        p[n++] = indexed(0xb0, VA, o->address, 8, l->extended);
    }
    p[n++] = indexed(0x98, 1, o->issue, 2, l->extended);
    p[n++] = indexed(0x98, 0, o->total, 2, l->extended);
    if (o->class == SPE_LDST && !(o->subclass & 1))
        p[n++] = plain(0x43, o->source, 1);
    for (i = n; order && i > 1; i--) {          /* shuffle */
        unsigned j;
        struct packet t = p[i - 1];

        order = order * 6364136223846793005ULL + 1442695040888963407ULL;
        j = (order >> 33) % i;
        p[i - 1] = p[j];
        p[j] = t;
    }
    p[n++] = l->timestamps ? plain(0x71, o->timestamp, 8) : (struct packet){ 1, { 0x01 } };
    for (i = 0; i < n; i++) {
        memcpy(out + len, p[i].b, p[i].n);
        len += p[i].n;
    }
    memset(out + len, 0, SPE_MAX_RECORD - len);
    return len;
}
