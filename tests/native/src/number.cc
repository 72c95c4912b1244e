// An exception that is thrown and caught in the C++ library's code, a string, and memory.
#include <stdexcept>
#include <string>

extern "C" long long native_number(const char *text, unsigned long size, long long otherwise) {
    try {
        return std::stoll(std::string(text, size));
    } catch (const std::invalid_argument &) {
        return otherwise;
    }
}
