#include "adapters/api/one_click.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "adapters/inbound/text.hpp"
#include "adapters/inbound/urlencoded.hpp"

namespace heed::api {

namespace {

constexpr std::string_view field = "list-unsubscribe";
constexpr std::string_view word = "one-click";
constexpr std::size_t body_max = 16 * 1024;

bool is_the_field(std::string_view name, std::string_view value) {
  return inbound::lower_ascii(inbound::trimmed(name)) == field &&
         inbound::lower_ascii(inbound::trimmed(value)) == word;
}

/// A parameter of a header's value: `boundary=x1`, `name="a"`.
std::string parameter(std::string_view header, std::string_view name) {
  const auto lower = inbound::lower_ascii(header);
  const auto wanted = std::string(name) + "=";
  for (auto at = lower.find(wanted); at != std::string::npos; at = lower.find(wanted, at + 1)) {
    if (at > 0 && std::string_view("; \t").find(lower[at - 1]) == std::string_view::npos) continue;
    auto value = header.substr(at + wanted.size());
    if (!value.starts_with('"')) return std::string(inbound::trimmed(value.substr(0, value.find(';'))));
    value.remove_prefix(1);
    return std::string(value.substr(0, value.find('"')));
  }
  return {};
}

bool urlencoded_says_so(std::string_view body) {
  const auto all = inbound::parse_urlencoded(inbound::trimmed(body));
  return all && std::ranges::any_of(*all, [](const auto& p) { return is_the_field(p.first, p.second); });
}

/// The end of a part's head and the length of the empty line behind it; line ends may be bare.
std::optional<std::pair<std::size_t, std::size_t>> end_of_head(std::string_view part) {
  const auto crlf = part.find("\r\n\r\n");
  const auto lf = part.find("\n\n");
  if (crlf == std::string_view::npos && lf == std::string_view::npos) return std::nullopt;
  return crlf < lf ? std::pair{crlf, std::size_t{4}} : std::pair{lf, std::size_t{2}};
}

bool part_says_so(std::string_view part) {
  const auto end = end_of_head(part);
  if (!end) return false;
  auto head = part.substr(0, end->first);
  const auto value = part.substr(end->first + end->second);
  while (!head.empty()) {
    const auto line = head.substr(0, head.find('\n'));
    head.remove_prefix(std::min(line.size() + 1, head.size()));
    if (inbound::lower_ascii(line).starts_with("content-disposition:") &&
        is_the_field(parameter(line, "name"), value))
      return true;
  }
  return false;
}

bool multipart_says_so(std::string_view body, const std::string& boundary) {
  if (boundary.empty()) return false;
  const auto mark = "--" + boundary;
  for (auto at = body.find(mark); at != std::string_view::npos;) {
    const auto from = at + mark.size();
    const auto next = body.find(mark, from);
    if (next == std::string_view::npos) return false;
    if (part_says_so(body.substr(from, next - from))) return true;
    at = next;
  }
  return false;
}

}  // namespace

bool is_one_click(const http::request& r) {
  if (r.body.size() > body_max) return false;
  const auto header = r.header("content-type");
  const auto type = inbound::lower_ascii(inbound::trimmed(header.substr(0, header.find(';'))));
  if (type == "multipart/form-data") return multipart_says_so(r.body, parameter(header, "boundary"));
  return (type.empty() || type == "application/x-www-form-urlencoded") && urlencoded_says_so(r.body);
}

}  // namespace heed::api
