// Reads a JSON file some times, changes it, and writes it in two ways.  json FILE ROUNDS
#include <json/json.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

namespace {

double total(const Json::Value &value)
{
    double sum = 0;
    if (value.isArray())
        for (const auto &item : value)
            sum += total(item);
    else if (value.isObject())
        for (const auto &name : value.getMemberNames())
            sum += double(name.size()) + total(value[name]);
    else if (value.isNumeric())
        sum += value.asDouble();
    else if (value.isString())
        sum += double(value.asString().size());
    return sum;
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    std::ifstream file(argv[1]);
    std::stringstream buffer;
    buffer << file.rdbuf();
    const std::string text = buffer.str();
    double sum = 0;
    for (int round = 0; round < std::atoi(argv[2]); round++) {
        Json::Value root;
        std::string errors;
        Json::CharReaderBuilder readers;
        std::unique_ptr<Json::CharReader> reader(readers.newCharReader());
        if (!reader->parse(text.data(), text.data() + text.size(), &root, &errors))
            return 1;
        root["round"] = round;
        root["copy"] = root["items"];
        sum += total(root);
        Json::StreamWriterBuilder writers;
        sum += double(Json::writeString(writers, root).size());
        writers["indentation"] = "";
        sum += double(Json::writeString(writers, root).size());
    }
    std::printf("%.6g\n", sum);
}
