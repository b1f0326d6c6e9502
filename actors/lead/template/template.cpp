#include "actors/lead/template/template.hpp"

#include <algorithm>
#include <array>

#include "actors/lead/check.hpp"

namespace heed {
namespace {

struct known_token {
  std::string_view name;
  token_source source;
};

constexpr std::array table{
    known_token{"firstName", token_source::lead},
    known_token{"lastName", token_source::lead},
    known_token{"email", token_source::lead},
    known_token{"phone", token_source::lead},
    known_token{"leadCompany", token_source::lead},
    known_token{"landingPage", token_source::lead},
    known_token{"senderName", token_source::workspace},
    known_token{"name", token_source::workspace},
    known_token{"signature", token_source::workspace},
    known_token{"companyName", token_source::workspace},
    known_token{"company", token_source::workspace},
    known_token{"targetResult", token_source::workspace},
    known_token{"result", token_source::workspace},
    known_token{"question1", token_source::workspace},
    known_token{"question2", token_source::workspace},
    known_token{"calendarLink", token_source::booking},
    known_token{"link", token_source::booking},
    known_token{"availability", token_source::availability},
    known_token{"time 1 day 1", token_source::availability},
    known_token{"time 2 day 2", token_source::availability},
    known_token{"x day x time", token_source::availability},
    known_token{"y day y time", token_source::availability},
};

constexpr std::string_view lead_family = "lead.";
constexpr std::string_view attribution_family = "attribution.";

bool is_member_of(std::string_view token, std::string_view family) {
  return token.size() > family.size() && token.starts_with(family) &&
         token.find_first_of("\r\n") == token.npos;
}

/// One stretch of a template. `text` of a token is its name; of a defect, what is written.
struct piece {
  enum class kind : std::uint8_t { literal, token, defect } what = kind::literal;
  std::string_view text;
};

/// `{{name}}` around a known variable: meant as a variable by everybody who writes it.
std::size_t doubled_token_size(std::string_view rest) {
  const auto end = rest.find_first_of("{}", 2);
  if (end == rest.npos || !rest.substr(end).starts_with("}}")) return 0;
  return source_of(rest.substr(2, end - 2)) == token_source::unknown ? 0 : end + 2;
}

/// Takes one piece off the front; an escaped brace is a literal of its own.
piece next_piece(std::string_view& rest) {
  using kind = piece::kind;
  const auto cut = [&](kind what, std::size_t size, std::string_view text) {
    rest.remove_prefix(size);
    return piece{what, text};
  };
  const auto brace = rest.find_first_of("{}");
  if (brace != 0) {
    const auto size = brace == rest.npos ? rest.size() : brace;
    return cut(kind::literal, size, rest.substr(0, size));
  }
  if (rest.starts_with("{{")) {
    if (const auto size = doubled_token_size(rest)) return cut(kind::defect, size, rest.substr(0, size));
    return cut(kind::literal, 2, rest.substr(0, 1));
  }
  if (rest.starts_with("}}")) return cut(kind::literal, 2, rest.substr(0, 1));
  const auto end = rest.find_first_of("{}", 1);
  if (rest.front() == '}' || end == rest.npos || rest[end] == '{')
    return cut(kind::defect, 1, rest.substr(0, 1));
  return cut(kind::token, end + 1, rest.substr(1, end - 1));
}

void add_once(std::vector<std::string>& list, std::string_view text) {
  if (std::ranges::find(list, text) == list.end()) list.emplace_back(text);
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view space = " \t\r\n\f\v";
  const auto from = text.find_first_not_of(space);
  return from == text.npos ? std::string_view{} : text.substr(from, text.find_last_not_of(space) - from + 1);
}

std::string_view field(const field_map* fields, std::string_view name) {
  if (fields == nullptr) return {};
  const auto found = fields->find(std::string(name));
  return found == fields->end() ? std::string_view{} : trimmed(found->second);
}

std::string_view lead_value(std::string_view token, const template_values& v) {
  if (token == "email") return trimmed(v.email);
  if (token == "phone") return trimmed(v.phone);
  if (token == "leadCompany") return field(v.fields, "company");
  if (token == "landingPage") return trimmed(v.landing_page);
  if (is_member_of(token, lead_family)) return field(v.fields, token.substr(lead_family.size()));
  if (is_member_of(token, attribution_family))
    return field(v.attribution, token.substr(attribution_family.size()));
  return field(v.fields, token);
}

std::string_view workspace_value(std::string_view token, const settings& s) {
  if (token == "senderName" || token == "name") return trimmed(s.sender_name);
  if (token == "signature") return trimmed(s.signature);
  if (token == "companyName" || token == "company") return trimmed(s.company_name);
  if (token == "targetResult" || token == "result") return trimmed(s.target_result);
  if (token == "question1") return trimmed(s.question_1);
  if (token == "question2") return trimmed(s.question_2);
  if (token == "calendarLink" || token == "link") return trimmed(s.calendar_link);
  return {};
}

/// Empty = there is no value. Availability has no source, so its variables never have one.
std::string_view value_of(std::string_view token, token_source source, const template_values& v) {
  if (source == token_source::lead) return lead_value(token, v);
  const bool set_up = source == token_source::workspace || source == token_source::booking;
  return set_up && v.workspace != nullptr ? workspace_value(token, *v.workspace) : std::string_view{};
}

std::vector<std::string>& list_of(missing_values& missing, token_source source) {
  switch (source) {
    case token_source::lead:
      return missing.lead;
    case token_source::booking:
      return missing.booking;
    case token_source::availability:
      return missing.availability;
    case token_source::workspace:
    case token_source::unknown:
      break;
  }
  return missing.workspace;
}

std::string fill(std::string_view text, const template_values& values, missing_values& missing) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const piece p = next_piece(text);
    if (p.what == piece::kind::literal) {
      out += p.text;
      continue;
    }
    const auto source = p.what == piece::kind::token ? source_of(p.text) : token_source::unknown;
    const auto value = value_of(p.text, source, values);
    if (value.empty()) add_once(list_of(missing, source), p.text);
    out += value;
  }
  return out;
}

/// A line break in a value must never become a second header.
std::string one_line(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return text;
}

}  // namespace

token_source source_of(std::string_view token) {
  const auto* found = std::ranges::find(table, token, &known_token::name);
  if (found != table.end()) return found->source;
  const bool family = is_member_of(token, lead_family) || is_member_of(token, attribution_family);
  return family ? token_source::lead : token_source::unknown;
}

std::vector<std::string> tokens_in(std::string_view text) {
  std::vector<std::string> found;
  while (!text.empty())
    if (const piece p = next_piece(text); p.what == piece::kind::token) add_once(found, p.text);
  return found;
}

std::vector<std::string> unknown_tokens(std::string_view text) {
  std::vector<std::string> found;
  while (!text.empty()) {
    const piece p = next_piece(text);
    if (p.what == piece::kind::defect) add_once(found, p.text);
    if (p.what == piece::kind::token && source_of(p.text) == token_source::unknown)
      add_once(found, "{" + std::string(p.text) + "}");
  }
  return found;
}

const std::vector<std::string>& known_tokens() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> out;
    for (const auto& t : table)
      out.emplace_back(t.name);
    return out;
  }();
  return names;
}

tl::expected<rendered_text, missing_values> render(const message_template& text,
                                                   const template_values& values) {
  missing_values missing;
  rendered_text out;
  out.subject = one_line(fill(text.subject, values, missing));
  out.body = fill(text.body, values, missing);
  for (const auto& [number, words] : text.content_variables)
    out.variables[number] = one_line(fill(words, values, missing));
  for (const auto& [name, words] : text.data)
    out.data[name] = fill(words, values, missing);
  if (missing != missing_values{}) return tl::unexpected(std::move(missing));
  return out;
}

std::string missing_reason(const missing_values& missing) {
  CHECK(missing != missing_values{});
  std::string reason = !missing.lead.empty()        ? "missing_lead_data"
                       : !missing.workspace.empty() ? "missing_workspace_setup"
                       : !missing.booking.empty()   ? "missing_booking_link"
                                                    : "missing_availability";
  std::string_view separator = ": ";
  for (const auto* list : {&missing.lead, &missing.workspace, &missing.booking, &missing.availability})
    for (const auto& token : *list) {
      reason.append(separator).append("{").append(token).append("}");
      separator = ", ";
    }
  return reason;
}

}  // namespace heed
