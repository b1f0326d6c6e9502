#include "adapters/llm/answers.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "actors/lead/limits.hpp"

namespace heed::llm {

namespace {

using nlohmann::json;

constexpr std::size_t longest_reason = 500;
constexpr std::size_t learnings_max = 5;
constexpr std::size_t points_max = 4;
constexpr std::size_t longest_plan = 4'000;

tl::unexpected<bad_answer> bad(const char* where) { return tl::unexpected(bad_answer{where}); }

std::string text_of(const json& content, const char* name) { return content.at(name).get<std::string>(); }

/// Cut between characters, not within one.
std::string excerpt(std::string text, std::size_t most) {
  if (text.size() <= most) return text;
  auto end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
    --end;
  text.resize(end);
  return text;
}

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

std::string trimmed(const std::string& text) {
  const auto from = text.find_first_not_of(" \t\r\n");
  if (from == std::string::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
}

/// `{firstName}`, `{{x}}`, `[Your name]`: what somebody was to fill in before it is sent. A bracketed word in
/// lower case may be meant ("[sic]"); one in capitals or of several words is not.
bool has_placeholder(std::string_view text) {
  if (text.find("{{") != std::string_view::npos) return true;
  for (std::size_t at = 0; (at = text.find_first_of("{[", at)) != std::string_view::npos; ++at) {
    const auto close = text.find(text[at] == '{' ? '}' : ']', at);
    if (close == std::string_view::npos || close - at > 41 || close - at < 2) continue;
    // A link in Markdown has its address behind the bracket.
    if (text[at] == '[' && close + 1 < text.size() && text[close + 1] == '(') continue;
    const auto inner = text.substr(at + 1, close - at - 1);
    const bool words = std::ranges::all_of(inner, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ' ' || c == '\'';
    });
    const bool meant =
        text[at] == '[' && inner.find(' ') == std::string_view::npos && !(inner[0] >= 'A' && inner[0] <= 'Z');
    if (words && !meant) return true;
  }
  return false;
}

answer_of<std::string> sendable(const json& content, const char* name, const char* where) {
  auto text = trimmed(text_of(content, name));
  if (text.empty() || text.size() > limits::message_text || has_placeholder(text)) return bad(where);
  return text;
}

std::optional<draft::confidence> confidence_of(const json& content) {
  return draft::confidence::of(content.at("confidence").get<double>());
}

std::optional<std::chrono::year_month_day> day_of(std::string_view text) {
  int year = 0;
  unsigned month = 0, day = 0;
  const auto number = [&](std::size_t from, std::size_t count, auto& out) {
    const auto [end, error] = std::from_chars(text.data() + from, text.data() + from + count, out);
    return error == std::errc{} && end == text.data() + from + count;
  };
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  if (!number(0, 4, year) || !number(5, 2, month) || !number(8, 2, day)) return std::nullopt;
  const std::chrono::year_month_day out{std::chrono::year(year), std::chrono::month(month),
                                        std::chrono::day(day)};
  return out.ok() && year >= 1970 ? std::optional(out) : std::nullopt;
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

/// As written there, but for case and for how its lines were broken.
std::string comparable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (!blank)
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  }
  return lower(trimmed(out));
}

bool stands_in(std::string_view words, std::string_view text) {
  return comparable(text).find(comparable(words)) != std::string::npos;
}

}  // namespace

answer_of<draft::evaluated> read_evaluation(const json& content, draft::call_number call) {
  const auto sure = confidence_of(content);
  if (!sure) return bad("/confidence");
  const bool safe =
      content.at("safe_to_send").get<bool>() && !content.at("requires_human_review").get<bool>();
  return draft::evaluated{call, *sure, safe, excerpt(text_of(content, "reason"), longest_reason)};
}

answer_of<draft::context_selected> read_selection(const json& content, draft::call_number call,
                                                  std::span<const draft::learnt> offered) {
  const auto& chosen = content.at("learnings");
  if (chosen.size() > learnings_max) return bad("/learnings");
  draft::context_selected out{call, {}};
  for (const auto& id : chosen) {
    const auto found = std::ranges::find(offered, id.get<std::string>(), &draft::learnt::id);
    if (found == offered.end() || std::ranges::find(out.learnings, found->text) != out.learnings.end())
      return bad("/learnings");
    out.learnings.push_back(found->text);
  }
  return out;
}

answer_of<draft::revised> read_revision(const json& content, draft::call_number call) {
  auto text = sendable(content, "draft", "/draft");
  if (!text) return tl::unexpected(text.error());
  return draft::revised{call, std::move(*text)};
}

answer_of<strategy> read_strategy(const json& content) {
  strategy s;
  s.goal = text_of(content, "goal");
  s.tone = text_of(content, "tone");
  s.call_to_action = text_of(content, "call_to_action");
  s.offer_times = content.at("offer_times").get<bool>();
  for (const auto& p : content.at("points"))
    s.points.push_back(p.get<std::string>());
  if (is_blank(s.goal)) return bad("/goal");
  if (s.points.empty() || s.points.size() > points_max || std::ranges::any_of(s.points, is_blank))
    return bad("/points");
  if (to_text(s).size() > longest_plan) return bad("/");
  return s;
}

std::string to_text(const strategy& s) {
  std::string out = "Goal: " + s.goal + "\n";
  for (const auto& p : s.points)
    out += "- " + p + "\n";
  out += "Tone: " + s.tone + "\n";
  if (!s.call_to_action.empty()) out += "Ask: " + s.call_to_action + "\n";
  return out + (s.offer_times ? "Offer times." : "Offer no times.");
}

answer_of<generated> read_generated(const json& content) {
  auto body = sendable(content, "body", "/body");
  if (!body) return tl::unexpected(body.error());
  return generated{std::move(*body)};
}

answer_of<reply::refinement> read_refinement(const json& content, std::string_view subject,
                                             std::string_view text) {
  reply::refinement r;
  const auto kind = reply::parse_reply_class(text_of(content, "class"));
  if (!kind) return bad("/class");
  const auto sure = confidence_of(content);
  if (!sure) return bad("/confidence");
  r.kind = *kind;
  r.confidence_pct = sure->ppm() / 10'000;
  r.urgent = content.at("urgent").get<bool>();
  r.evidence = text_of(content, "evidence");
  if (is_blank(r.evidence) || !(stands_in(r.evidence, text) || stands_in(r.evidence, subject)))
    return bad("/evidence");
  r.evidence = excerpt(std::move(r.evidence), longest_reason);
  if (const auto& on = content.at("resume_on"); on.is_string()) {
    r.resume_on = day_of(on.get<std::string>());
    if (!r.resume_on) return bad("/resume_on");
  }
  if (const auto& who = content.at("referred_email"); who.is_string()) {
    r.referred_email = lower(who.get<std::string>());
    if (r.referred_email.find('@') == std::string::npos || !stands_in(r.referred_email, text))
      return bad("/referred_email");
  }
  return r;
}

}  // namespace heed::llm
