#include "adapters/imap/response.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <utility>

namespace heed::imap {

namespace {

constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::string upper(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return out;
}

template <class Number>
std::optional<Number> number_at(std::string_view text) {
  Number n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc{} || end == text.data()) return std::nullopt;
  return n;
}

/// The `n` of a line that ends in `{n}`; none for any other line.
std::optional<std::size_t> literal_behind(std::string_view line) {
  if (!line.ends_with('}')) return std::nullopt;
  const auto open = line.rfind('{');
  if (open == std::string_view::npos || open + 2 >= line.size()) return std::nullopt;
  const auto digits = line.substr(open + 1, line.size() - open - 2);
  if (!std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; }) || digits.size() > 10)
    return std::nullopt;
  return number_at<std::size_t>(digits);
}

/// What follows `WORD ` in a response, in any case of letters.
std::optional<std::string_view> behind(std::string_view text, std::string_view word) {
  const auto at = upper(text).find(std::string(word) + " ");
  if (at == std::string::npos) return std::nullopt;
  return text.substr(at + word.size() + 1);
}

struct day_of_mail {
  std::chrono::year_month_day day;
  std::size_t length;
};

/// ` 1-Nov-2026` or `20-Nov-2026`.
std::optional<day_of_mail> day_at(std::string_view text) {
  const auto dash = text.find('-');
  if (dash == std::string_view::npos || dash + 9 > text.size() || text[dash + 4] != '-') return std::nullopt;
  auto digits = text.substr(0, dash);
  while (digits.starts_with(' '))
    digits.remove_prefix(1);
  const auto day = number_at<unsigned>(digits);
  const auto year = number_at<int>(text.substr(dash + 5, 4));
  const auto month = std::ranges::find(months, text.substr(dash + 1, 3));
  if (!day || !year || month == months.end()) return std::nullopt;
  const std::chrono::year_month_day out{std::chrono::year(*year),
                                        std::chrono::month(static_cast<unsigned>(month - months.begin()) + 1),
                                        std::chrono::day(*day)};
  if (!out.ok()) return std::nullopt;
  return day_of_mail{out, dash + 9};
}

}  // namespace

std::optional<response> response_reader::next() {
  while (!broken_) {
    if (in_literal_) {
      if (buffer_.size() < awaited_) return std::nullopt;
      open_.literals.push_back(buffer_.substr(0, awaited_));
      buffer_.erase(0, awaited_);
      in_literal_ = false;
    }
    const auto end = buffer_.find("\r\n");
    if (end == std::string::npos) {
      broken_ = buffer_.size() > longest_line;
      return std::nullopt;
    }
    const auto line = buffer_.substr(0, end);
    buffer_.erase(0, end + 2);
    open_.text += line;
    const auto literal = literal_behind(line);
    broken_ = open_.text.size() > longest_line || open_.literals.size() > 16 ||
              (literal && *literal > longest_literal_);
    if (broken_) return std::nullopt;
    if (!literal) return std::exchange(open_, {});
    awaited_ = *literal;
    in_literal_ = true;
  }
  return std::nullopt;
}

std::optional<std::uint32_t> code_number(std::string_view text, std::string_view word) {
  const auto found = behind(text, "[" + std::string(word));
  return found ? number_at<std::uint32_t>(*found) : std::nullopt;
}

std::vector<std::uint32_t> search_numbers(std::string_view text) {
  std::vector<std::uint32_t> out;
  if (!upper(text).starts_with("* SEARCH")) return out;
  text.remove_prefix(8);
  while (text.starts_with(' ')) {
    text.remove_prefix(1);
    const auto n = number_at<std::uint32_t>(text);
    if (!n || *n == 0) break;
    out.push_back(*n);
    text.remove_prefix(std::min(text.find(' '), text.size()));
  }
  return out;
}

std::optional<std::uint32_t> fetched_uid(std::string_view text) {
  // Behind `(` or a space, not at the end of another word.
  for (const char* word : {"(UID", " UID"})
    if (const auto found = behind(text, word)) return number_at<std::uint32_t>(*found);
  return std::nullopt;
}

std::optional<time_point> fetched_date(std::string_view text) {
  auto value = behind(text, "INTERNALDATE");
  if (!value || !value->starts_with('"')) return std::nullopt;
  value->remove_prefix(1);
  const auto day = day_at(*value);
  if (!day) return std::nullopt;
  value->remove_prefix(day->length);
  // ` 10:57:40 +0100`
  if (value->size() < 15 || (*value)[3] != ':' || (*value)[6] != ':') return std::nullopt;
  const auto part = [&](std::size_t at) { return number_at<int>(value->substr(at, 2)); };
  const auto hour = part(1), minute = part(4), second = part(7), zone_hour = part(11), zone_minute = part(13);
  const char sign = (*value)[10];
  if (!hour || !minute || !second || !zone_hour || !zone_minute || (sign != '+' && sign != '-'))
    return std::nullopt;
  if (*hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  const auto offset = std::chrono::hours(*zone_hour) + std::chrono::minutes(*zone_minute);
  const auto local = std::chrono::sys_days(day->day) + std::chrono::hours(*hour) +
                     std::chrono::minutes(*minute) + std::chrono::seconds(*second);
  return time_point(sign == '+' ? local - offset : local + offset);
}

std::string search_date(time_point t) {
  const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(t)};
  return std::to_string(static_cast<unsigned>(day.day())) + "-" +
         std::string(months[static_cast<unsigned>(day.month()) - 1]) + "-" +
         std::to_string(static_cast<int>(day.year()));
}

}  // namespace heed::imap
