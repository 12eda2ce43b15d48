// Solves problems, one after the other, and shows of each how many steps it took.  solve plain|simplify FILE...
#include "minisat/core/Dimacs.h"
#include "minisat/simp/SimpSolver.h"

#include <cinttypes>
#include <cstdio>
#include <cstring>

using namespace Minisat;

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    for (int i = 2; i < argc; i++) {
        FILE *file = std::fopen(argv[i], "rb");
        if (!file)
            return 2;
        SimpSolver solver;
        if (std::strcmp(argv[1], "plain") == 0)
            solver.eliminate(true);
        parse_DIMACS(file, solver);
        std::fclose(file);
        solver.eliminate(true);
        const bool good = solver.okay() && solver.solve();
        unsigned hash = 0;
        for (int v = 0; good && v < solver.nVars(); v++)
            hash = hash * 31 + unsigned(toInt(solver.model[v]));
        std::printf("%s %d clauses, %" PRIu64 " conflicts, %" PRIu64 " decisions, %" PRIu64 " propagations, %08x\n",
            good ? "satisfiable" : "unsatisfiable", solver.nClauses(), solver.conflicts, solver.decisions, solver.propagations, hash);
    }
}
