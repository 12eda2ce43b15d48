/* Reads XML and writes its outline: which elements are in which, how often, with how many attributes and how much text.
   outline FILE BYTES-AT-A-TIME [n for namespaces, d for declarations, c for the rest] */
#include <expat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct node {
    struct node *parent, *first, *next;
    char *name;
    unsigned long count, attributes, text;
};

struct outline {
    struct node root, *at;
    unsigned long declarations, comments, instructions, sections, namespaces, hash;
    unsigned depth;
};

static unsigned long mix(unsigned long hash, const char *text)
{
    while (*text)
        hash = hash * 31 + (unsigned char) *text++;
    return hash;
}

static void XMLCALL start(void *data, const XML_Char *name, const XML_Char **attributes)
{
    struct outline *o = data;
    struct node **at = &o->at->first;
    while (*at && strcmp((*at)->name, name) != 0)
        at = &(*at)->next;
    if (!*at) {
        *at = calloc(1, sizeof **at);
        (*at)->name = malloc(strlen(name) + 1);
        strcpy((*at)->name, name);
        (*at)->parent = o->at;
    }
    o->at = *at;
    o->at->count++;
    for (; attributes[0]; attributes += 2) {
        o->at->attributes++;
        o->hash = mix(mix(o->hash, attributes[0]), attributes[1]);
    }
}

static void XMLCALL end(void *data, const XML_Char *name)
{
    struct outline *o = data;
    (void) name;
    o->at = o->at->parent;
}

static void XMLCALL text(void *data, const XML_Char *part, int length)
{
    struct outline *o = data;
    o->at->text += (unsigned) length;
    o->hash += (unsigned char) part[0];
}

static void XMLCALL comment(void *data, const XML_Char *part)
{
    struct outline *o = data;
    o->comments++;
    o->hash = mix(o->hash, part);
}

static void XMLCALL instruction(void *data, const XML_Char *target, const XML_Char *part)
{
    struct outline *o = data;
    o->instructions++;
    o->hash = mix(mix(o->hash, target), part);
}

static void XMLCALL section(void *data) { ((struct outline *) data)->sections++; }

static void XMLCALL space(void *data, const XML_Char *prefix, const XML_Char *uri)
{
    struct outline *o = data;
    o->namespaces++;
    o->hash = mix(mix(o->hash, prefix ? prefix : ""), uri ? uri : "");
}

static void XMLCALL element(void *data, const XML_Char *name, XML_Content *model)
{
    struct outline *o = data;
    o->declarations++;
    o->hash = mix(o->hash, name) + model->type + model->numchildren;
    free(model);
}

static void XMLCALL attribute(void *data, const XML_Char *name, const XML_Char *which, const XML_Char *type, const XML_Char *value, int required)
{
    struct outline *o = data;
    o->declarations++;
    o->hash = mix(mix(mix(o->hash, name), which), type) + (value ? strlen(value) : 0) + required;
}

static void XMLCALL entity(void *data, const XML_Char *name, int parameter, const XML_Char *value, int length, const XML_Char *base, const XML_Char *system,
    const XML_Char *public, const XML_Char *notation)
{
    struct outline *o = data;
    (void) value, (void) base, (void) system, (void) public, (void) notation;
    o->declarations++;
    o->hash = mix(o->hash, name) + parameter + length;
}

static void show(const struct node *node, int depth)
{
    for (; node; node = node->next) {
        printf("%*s%s %lu %lu %lu\n", 2 * depth, "", node->name, node->count, node->attributes, node->text);
        show(node->first, depth + 1);
    }
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    const char *mode = argc > 3 ? argv[3] : "";
    size_t size = strtoul(argv[2], NULL, 10);
    char *part = malloc(size);
    FILE *file = fopen(argv[1], "rb");
    if (!file || !part)
        return 2;
    struct outline o = { .at = NULL };
    o.at = &o.root;
    XML_Parser parser = strchr(mode, 'n') ? XML_ParserCreateNS(NULL, '|') : XML_ParserCreate(NULL);
    XML_SetHashSalt(parser, 12345);
    XML_SetUserData(parser, &o);
    XML_SetElementHandler(parser, start, end);
    XML_SetCharacterDataHandler(parser, text);
    if (strchr(mode, 'n'))
        XML_SetNamespaceDeclHandler(parser, space, NULL);
    if (strchr(mode, 'd')) {
        XML_SetElementDeclHandler(parser, element);
        XML_SetAttlistDeclHandler(parser, attribute);
        XML_SetEntityDeclHandler(parser, entity);
    }
    if (strchr(mode, 'c')) {
        XML_SetCommentHandler(parser, comment);
        XML_SetProcessingInstructionHandler(parser, instruction);
        XML_SetCdataSectionHandler(parser, section, NULL);
    }
    for (;;) {
        size_t length = fread(part, 1, size, file);
        if (XML_Parse(parser, part, (int) length, length < size) != XML_STATUS_OK) {
            fprintf(stderr, "line %lu: %s\n", (unsigned long) XML_GetCurrentLineNumber(parser), XML_ErrorString(XML_GetErrorCode(parser)));
            return 1;
        }
        if (length < size)
            break;
    }
    show(o.root.first, 0);
    printf("%lu declarations, %lu comments, %lu instructions, %lu sections, %lu namespaces, %lx\n", o.declarations, o.comments, o.instructions, o.sections, o.namespaces, o.hash);
    XML_ParserFree(parser);
    fclose(file);
    free(part);
    return 0;
}
