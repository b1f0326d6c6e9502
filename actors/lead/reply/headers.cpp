#include "actors/lead/reply/headers.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "actors/lead/reply/words.hpp"

namespace heed::reply {

namespace {

using writer = header_reading::writer;

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() &&
         (text.back() == ' ' || text.back() == '\t' || text.back() == '\r' || text.back() == '\n'))
    text.remove_suffix(1);
  return text;
}

bool mailer_address(std::string_view from) {
  return contains(from, "mailer-daemon") || contains(from, "mail delivery sub") ||
         contains(from, "mail delivery system") || contains(from, "postmaster@");
}

struct finding {
  writer by;
  std::string_view rule;
};

/// What one header says; `value` is lower case.
finding read_one(std::string_view name, std::string_view value) {
  if (name == "content-type" && contains(value, "report-type")) {
    if (contains(value, "feedback-report")) return {writer::feedback_report, "header.feedback_report"};
    if (contains(value, "delivery-status")) return {writer::delivery_report, "header.delivery_status"};
    return {writer::machine, "header.report"};
  }
  if (name == "x-failed-recipients") return {writer::delivery_report, "header.failed_recipients"};
  if (name == "x-hmxmroriginalrecipient") return {writer::feedback_report, "header.original_recipient"};
  if (name == "from" && mailer_address(value)) return {writer::delivery_report, "header.mailer_daemon"};
  if (name == "auto-submitted" && !value.starts_with("no")) return {writer::machine, "header.auto_submitted"};
  if (name == "precedence" &&
      (value == "auto_reply" || value == "bulk" || value == "junk" || value == "list"))
    return {writer::machine, "header.precedence"};
  if (name == "return-path" && value == "<>") return {writer::machine, "header.null_return_path"};
  // Exchange writes this into what it sends by itself; people's mail carries it only when a rule put it
  // there.
  constexpr std::array<std::string_view, 6> marks{"x-autoreply",
                                                  "x-autorespond",
                                                  "x-autoresponder",
                                                  "x-auto-response-suppress",
                                                  "x-ms-exchange-generated-message-source",
                                                  "x-autoreply-from"};
  if (std::find(marks.begin(), marks.end(), name) != marks.end() && value != "no" && value != "none")
    return {writer::machine, "header.automatic"};
  return {writer::unknown, {}};
}

}  // namespace

header_reading read_headers(const std::vector<std::pair<std::string, std::string>>& headers) {
  header_reading best;
  for (const auto& [name, value] : headers) {
    const auto lower_name = folded(trimmed(name));
    const auto lower_value = folded(trimmed(std::string_view{value}.substr(0, 500)));
    const auto found = read_one(lower_name, lower_value);
    if (found.by <= best.by) continue;
    best.by = found.by;
    best.rule = found.rule;
    best.evidence =
        std::string{trimmed(name)} + ": " + std::string{trimmed(std::string_view{value}.substr(0, 120))};
  }
  return best;
}

}  // namespace heed::reply
