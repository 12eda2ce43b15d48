// Reads an XML file some times, asks it questions and writes it.  tree FILE XPATH ROUNDS
#include "../src/pugixml.hpp"

#include <cstdio>
#include <cstdlib>
#include <sstream>

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    unsigned long sum = 0;
    for (int round = 0; round < std::atoi(argv[3]); round++) {
        pugi::xml_document document;
        if (!document.load_file(argv[1], pugi::parse_full))
            return 1;
        for (const auto &found : document.select_nodes(argv[2])) {
            sum += std::char_traits<char>::length(found.node().name());
            found.node().append_attribute("round") = round;
            found.node().append_child("mark").text() = round * 3.5;
        }
        std::ostringstream out;
        document.save(out, " ");
        sum += out.str().size();
    }
    std::printf("%lu\n", sum);
}
