// Looks for patterns, one a line, in a file.  search lines|whole PATTERNS FILE
#include "re2/re2.h"
#include "re2/set.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace {

std::vector<std::string> lines_of(const std::string &text)
{
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line); )
        lines.push_back(line);
    return lines;
}

std::string text_of(const char *name)
{
    std::ifstream file(name, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
}

// Each pattern in each line, with what its groups matched.
size_t lines(const std::vector<std::string> &patterns, const std::string &text)
{
    const auto all = lines_of(text);
    size_t sum = 0;
    for (const auto &pattern : patterns) {
        const RE2 expression(pattern);
        if (!expression.ok())
            return 0;
        re2::StringPiece groups[5];
        const int count = std::min(5, 1 + expression.NumberOfCapturingGroups());
        for (const auto &line : all)
            if (expression.Match(line, 0, line.size(), RE2::UNANCHORED, groups, count))
                for (int i = 0; i < count; i++)
                    sum += groups[i].size() + 1;
    }
    return sum;
}

// All at once, the longest, one after the other in the whole text, and replaced.
size_t whole(const std::vector<std::string> &patterns, const std::string &text)
{
    RE2::Options options;
    options.set_longest_match(true);
    options.set_case_sensitive(false);
    RE2::Set set(options, RE2::UNANCHORED);
    for (const auto &pattern : patterns)
        if (set.Add(pattern, nullptr) < 0)
            return 0;
    set.Compile();
    size_t sum = 0;
    for (const auto &line : lines_of(text)) {
        std::vector<int> found;
        if (set.Match(line, &found))
            sum += found.size() + size_t(found.front());
    }
    for (const auto &pattern : patterns) {
        const RE2 expression("(" + pattern + ")", options);
        re2::StringPiece rest(text), found;
        while (RE2::FindAndConsume(&rest, expression, &found))
            sum += found.size() + (found.empty() ? 1 : 0);
        std::string changed = text;
        sum += size_t(RE2::GlobalReplace(&changed, expression, "<\\1>")) + changed.size();
        std::string from, to;
        expression.PossibleMatchRange(&from, &to, 10);
        sum += from.size() + to.size();
    }
    return sum;
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    const size_t sum = (std::strcmp(argv[1], "lines") == 0 ? lines : whole)(lines_of(text_of(argv[2])), text_of(argv[3]));
    std::printf("%zu\n", sum);
    return sum == 0;
}
