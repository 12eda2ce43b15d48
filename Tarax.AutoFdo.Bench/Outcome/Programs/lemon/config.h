/* What CMake would find, without solvers of linear programs. */
#define LEMON_VERSION "1.3.1"
#define LEMON_HAVE_LONG_LONG 1
