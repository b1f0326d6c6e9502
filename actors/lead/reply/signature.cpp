#include "actors/lead/reply/signature.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "actors/lead/reply/stripping.hpp"

namespace heed::reply {

namespace {

constexpr std::size_t longest = 5'000;
constexpr std::size_t most_lines = 10, most_scheduling = 5, most_other = 10;
constexpr std::array<std::string_view, 14> calendars{
    "calendly.com", "cal.com", "meetings.hubspot.com", "hubspot.com/meetings", "chilipiper.com", "savvycal.com", "zcal.co",
    "tidycal.com",  "calendar.app.google", "calendar.google.com", "outlook.office.com/bookwithme", "outlook.office365.com/owa/calendar",
    "doodle.com",   "acuityscheduling.com"};

std::string_view last_of(std::string_view text) {
  if (text.size() <= longest) return text;
  auto from = text.size() - longest;
  while (from < text.size() && (static_cast<unsigned char>(text[from]) & 0xC0u) == 0x80u) ++from;
  return text.substr(from);
}

std::string_view trimmed(std::string_view line) {
  const auto from = line.find_first_not_of(" \t\r*|_-");
  if (from == line.npos) return {};
  return line.substr(from, line.find_last_not_of(" \t\r*|_") - from + 1);
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

bool is_calendar(const std::string& url) {
  const auto low = lower(url);
  return std::ranges::any_of(calendars, [&](auto host) {
    const auto at = low.find(host);
    return at != low.npos && (low[at - 1] == '/' || low[at - 1] == '.');
  });
}

void keep(std::vector<std::string>& all, std::string one, std::size_t most) {
  if (all.size() < most && std::ranges::find(all, one) == all.end()) all.push_back(std::move(one));
}

void find_links(std::string_view text, signature_context& out) {
  for (auto at = text.find("http"); at != text.npos; at = text.find("http", at + 4)) {
    auto url = text.substr(at, text.find_first_of(" \t\r\n<>\"'()[]{}|", at) - at);
    while (!url.empty() && std::string_view(".,;:!?").find(url.back()) != std::string_view::npos) url.remove_suffix(1);
    if (!url.starts_with("http://") && !url.starts_with("https://")) continue;
    if (url.size() < 12) continue;
    std::string found(url);
    const bool calendar = is_calendar(found);
    keep(calendar ? out.scheduling_links : out.other_links, std::move(found), calendar ? most_scheduling : most_other);
  }
}

bool has_letters(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (static_cast<unsigned char>(c) & 0x80u) != 0; });
}

std::vector<text_range> in_order(std::vector<text_range> all) {
  std::ranges::sort(all, {}, &text_range::begin);
  return all;
}

void add(std::string& out, std::string_view title, const std::vector<std::string>& all) {
  if (all.empty()) return;
  out += std::string(out.empty() ? "" : "\n") + std::string(title) + ":";
  for (const auto& each : all) out += "\n- " + each;
}

}  // namespace

signature_context signature_context_of(std::string_view message) {
  const auto text = last_of(message);
  const auto own = strip(text);
  signature_context out;
  const auto words = [&](const text_range& r) { return text.substr(r.begin, r.end - r.begin); };
  auto who = own.signature;
  // A number on a line of its own talks to nobody.
  std::ranges::copy_if(own.tail, std::back_inserter(who), [&](const text_range& r) { return !has_letters(words(r)); });
  for (const auto& r : in_order(std::move(who)))
    if (const auto line = trimmed(words(r)); !line.empty()) keep(out.lines, std::string(line), most_lines);
  // Lines that are a link and nothing else are no words of the lead's, yet they are how a calendar is usually given.
  auto all = own.body;
  for (const auto* more : {&own.tail, &own.signature, &own.links}) all.insert(all.end(), more->begin(), more->end());
  for (const auto& r : in_order(std::move(all))) find_links(words(r), out);
  return out;
}

bool claims_missing_link(std::string_view text) {
  constexpr std::array<std::string_view, 8> links{"link", "calend", "kalender", "lien", "enlace", "collegamento", "agenda", "url"};
  constexpr std::array<std::string_view, 24> missing{
      "missing",      "not see",     "didn't see", "don't see",      "not find",     "couldn't find", "can't find",  "cannot find",
      "no link",      "without a",   "forgot",     "come through",   "not included", "wasn't include", "not attached", "fehlt",
      "nicht gefunden", "kein link", "manque",     "pas de lien",    "falta",        "no encuentro",  "non trovo",   "ontbreekt"};
  const auto low = lower(text);
  std::string_view rest = low;
  while (!rest.empty()) {
    const auto end = std::min(rest.find_first_of(".!?\n"), rest.size());
    const auto sentence = rest.substr(0, end);
    const auto says = [&](auto word) { return sentence.find(word) != sentence.npos; };
    if (std::ranges::any_of(links, says) && std::ranges::any_of(missing, says)) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

std::string to_text(const signature_context& s) {
  std::string out;
  add(out, "Signature", s.lines);
  add(out, "Calendar links the lead gave", s.scheduling_links);
  add(out, "Other links the lead gave", s.other_links);
  return out;
}

}  // namespace heed::reply
