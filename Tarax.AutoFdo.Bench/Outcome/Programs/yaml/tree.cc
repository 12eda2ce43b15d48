// Reads documents, counts what is in them, changes them, and writes them in two ways.  tree FILE ROUNDS
#include "yaml-cpp/yaml.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

namespace {

struct Sum {
    size_t scalars = 0, characters = 0, nodes = 0, tags = 0;
    double numbers = 0;
};

void count(const YAML::Node &node, Sum &sum)
{
    sum.nodes++;
    sum.tags += node.Tag().size() > 1;
    switch (node.Type()) {
    case YAML::NodeType::Scalar: {
        sum.scalars++;
        sum.characters += node.Scalar().size();
        const char first = node.Scalar().empty() ? 0 : node.Scalar()[0];
        if (first >= '0' && first <= '9')
            sum.numbers += node.as<double>(0.5);
        break;
    }
    case YAML::NodeType::Sequence:
        for (const auto &item : node)
            count(item, sum);
        break;
    case YAML::NodeType::Map:
        for (const auto &pair : node) {
            count(pair.first, sum);
            count(pair.second, sum);
        }
        break;
    default:
        break;
    }
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    std::ifstream file(argv[1], std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    Sum sum;
    size_t written = 0;
    for (int round = 0; round < std::atoi(argv[2]); round++) {
        for (YAML::Node &document : YAML::LoadAll(text)) {
            count(document, sum);
            if (document.IsMap()) {
                document["round"] = round;
                document["added"]["by"] = "the program";
                document.remove("name");
            } else if (document.IsSequence()) {
                document.push_back(round);
            }
            YAML::Emitter plain;
            plain << document;
            YAML::Emitter dense;
            dense.SetMapFormat(YAML::Flow);
            dense.SetSeqFormat(YAML::Flow);
            dense.SetStringFormat(YAML::DoubleQuoted);
            dense << document;
            written += plain.size() + 3 * dense.size();
        }
    }
    std::printf("%zu %zu %zu %zu %.6g %zu\n", sum.scalars, sum.characters, sum.nodes, sum.tags, sum.numbers, written);
}
