#include "adapters/inbound/automated.hpp"

#include <algorithm>
#include <array>

#include "adapters/inbound/text.hpp"

namespace heed::inbound {

namespace {

/// Their presence alone says so.
constexpr std::array<std::string_view, 5> marks{"x-autoreply", "x-autorespond", "x-failed-recipients",
                                                "list-id", "x-ms-exchange-generated-message-source"};
constexpr std::array<std::string_view, 4> bulk_precedence{"auto_reply", "bulk", "junk", "list"};

/// The first word of a value: parameters and comments may follow it.
std::string keyword(std::string_view value) {
  const auto text = lower_ascii(trimmed(value));
  return text.substr(0, text.find_first_of(" ;(\t"));
}

bool marks_machine(std::string_view name, std::string_view value) {
  if (name == "auto-submitted") return keyword(value) != "no";
  if (name == "precedence")
    return std::find(bulk_precedence.begin(), bulk_precedence.end(), keyword(value)) != bulk_precedence.end();
  if (name == "return-path") return trimmed(value) == "<>";
  return std::find(marks.begin(), marks.end(), name) != marks.end();
}

}  // namespace

bool automated_reply(const mail_headers& headers) {
  return std::any_of(headers.begin(), headers.end(), [](const auto& header) {
    return marks_machine(lower_ascii(trimmed(header.first)), header.second);
  });
}

}  // namespace heed::inbound
