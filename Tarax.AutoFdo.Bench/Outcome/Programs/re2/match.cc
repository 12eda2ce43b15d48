// Counts the matches of each pattern of a file in a text.  match PATTERNS TEXT ROUNDS
#include <re2/re2.h>
#include <re2/set.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    std::vector<std::string> patterns;
    std::ifstream lines(argv[1]);
    for (std::string line; std::getline(lines, line);)
        patterns.push_back(line);
    std::ifstream file(argv[2]);
    std::stringstream buffer;
    buffer << file.rdbuf();
    const std::string text = buffer.str();
    unsigned long matches = 0;
    for (int round = 0; round < std::atoi(argv[3]); round++) {
        RE2::Set set(RE2::DefaultOptions, RE2::UNANCHORED);
        for (const auto &pattern : patterns) {
            RE2 expression(pattern);
            if (!expression.ok() || set.Add(pattern, nullptr) < 0)
                return 1;
            re2::StringPiece rest(text), word;
            while (expression.NumberOfCapturingGroups() > 0 ? RE2::FindAndConsume(&rest, expression, &word) : RE2::FindAndConsume(&rest, expression))
                matches += 1 + word.size();
        }
        set.Compile();
        std::istringstream texts(text);
        std::vector<int> which;
        for (std::string line; std::getline(texts, line);)
            if (set.Match(line, &which))
                matches += which.size();
    }
    std::printf("%lu\n", matches);
}
