/* Nothing to export: the library is part of the program. */
#define CMARK_EXPORT
#define CMARK_NO_EXPORT
