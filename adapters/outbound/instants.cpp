#include "adapters/outbound/instants.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <vector>

namespace heed::outbound {

namespace {

constexpr std::array<std::string_view, 7> day_names{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> month_names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::optional<int> number(std::string_view text) {
  int n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return n;
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const auto from = text.find_first_not_of(' ');
    if (from == std::string_view::npos) break;
    text.remove_prefix(from);
    const auto end = std::min(text.find(' '), text.size());
    out.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return out;
}

/// `+0130` as minutes.
std::optional<int> offset_minutes(std::string_view text) {
  if (text == "GMT" || text == "UT") return 0;
  if (text.size() != 5 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const auto hours = number(text.substr(1, 2)), minutes = number(text.substr(3, 2));
  if (!hours || !minutes) return std::nullopt;
  return (text[0] == '-' ? -1 : 1) * (*hours * 60 + *minutes);
}

std::optional<int> seconds_of_day(std::string_view text) {
  if (text.size() != 8 || text[2] != ':' || text[5] != ':') return std::nullopt;
  const auto h = number(text.substr(0, 2)), m = number(text.substr(3, 2)), s = number(text.substr(6, 2));
  if (!h || !m || !s || *h > 23 || *m > 59 || *s > 60) return std::nullopt;
  return *h * 3600 + *m * 60 + *s;
}

}  // namespace

std::string mail_date(time_point t) {
  using namespace std::chrono;
  const auto day = floor<days>(t);
  const year_month_day date{day};
  const hh_mm_ss clock{floor<seconds>(t - day)};
  std::array<char, 48> out{};
  const int n =
      std::snprintf(out.data(), out.size(), "%s, %02u %s %04d %02d:%02d:%02d +0000",
                    day_names[weekday{day}.c_encoding()].data(), static_cast<unsigned>(date.day()),
                    month_names[static_cast<unsigned>(date.month()) - 1].data(),
                    static_cast<int>(date.year()), static_cast<int>(clock.hours().count()),
                    static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
  return {out.data(), static_cast<std::size_t>(n)};
}

std::optional<time_point> parse_mail_date(std::string_view text) {
  using namespace std::chrono;
  auto parts = words(text);
  if (parts.size() == 6 && parts[0].ends_with(',')) parts.erase(parts.begin());
  if (parts.size() != 5) return std::nullopt;
  const auto month_name = std::find(month_names.begin(), month_names.end(), parts[1]);
  const auto d = number(parts[0]), y = number(parts[2]);
  const auto second = seconds_of_day(parts[3]);
  const auto offset = offset_minutes(parts[4]);
  if (month_name == month_names.end() || !d || !y || !second || !offset) return std::nullopt;
  const year_month_day date{year{*y}, month{static_cast<unsigned>(month_name - month_names.begin()) + 1},
                            day{static_cast<unsigned>(*d)}};
  if (!date.ok()) return std::nullopt;
  return time_point{sys_days{date}} + seconds{*second} - minutes{*offset};
}

}  // namespace heed::outbound
