#include "adapters/inbound/request_file.hpp"

#include "adapters/inbound/problem.hpp"
#include "adapters/inbound/text.hpp"

namespace heed::inbound {

std::optional<hook_problem> read_header_file(std::istream& in, hook_request& request) {
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    const auto text = trimmed(line);
    if (text.empty()) continue;
    const auto colon = text.find(':', 1);
    if (colon == std::string_view::npos)
      return unprocessable("line " + std::to_string(number), "is not a header; write `name: value`");
    const auto name = lower_ascii(trimmed(text.substr(0, colon)));
    const std::string value{trimmed(text.substr(colon + 1))};
    if (name == ":method")
      request.method = value;
    else if (name == ":url")
      request.url = value;
    else if (!name.starts_with(':'))
      request.headers.emplace_back(name, value);
  }
  return std::nullopt;
}

}  // namespace heed::inbound
