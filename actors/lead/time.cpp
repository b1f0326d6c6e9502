#include "actors/lead/time.hpp"

#include <cstdio>

#include "actors/lead/limits.hpp"

namespace heed {
namespace {

/// Reads fixed-width fields off the front of a text; every failure leaves it failed.
class scanner {
 public:
  explicit scanner(std::string_view text) : rest_(text) {}

  [[nodiscard]] std::optional<int> digits(std::size_t width) {
    if (rest_.size() < width) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < width; ++i) {
      if (rest_[i] < '0' || rest_[i] > '9') return std::nullopt;
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(width);
    return value;
  }
  [[nodiscard]] bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  [[nodiscard]] bool done() const { return rest_.empty(); }
  [[nodiscard]] bool at_digit() const {
    return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9';
  }

 private:
  std::string_view rest_;
};

std::optional<std::chrono::sys_days> scan_date(scanner& in) {
  const auto y = in.digits(4);
  if (!y || !in.take('-')) return std::nullopt;
  const auto m = in.digits(2);
  if (!m || !in.take('-')) return std::nullopt;
  const auto d = in.digits(2);
  if (!d) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*y}, std::chrono::month{static_cast<unsigned>(*m)},
                                         std::chrono::day{static_cast<unsigned>(*d)}};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days{date};
}

std::optional<duration> scan_clock(scanner& in) {
  const auto h = in.digits(2);
  if (!h || !in.take(':')) return std::nullopt;
  const auto m = in.digits(2);
  if (!m || !in.take(':')) return std::nullopt;
  const auto s = in.digits(2);
  // A leap second (60) counts as the last second of its minute: our time line has none.
  if (!s || *h > 23 || *m > 59 || *s > 60) return std::nullopt;
  return std::chrono::hours(*h) + std::chrono::minutes(*m) + std::chrono::seconds(*s == 60 ? 59 : *s);
}

/// One to nine digits; what is finer than a microsecond is cut.
std::optional<duration> scan_fraction(scanner& in) {
  std::int64_t micros = 0;
  int count = 0;
  for (; in.at_digit() && count < 10; ++count) {
    const auto digit = in.digits(1);
    if (count < 6) micros = micros * 10 + *digit;
  }
  if (count == 0 || count > 9) return std::nullopt;
  for (int i = count; i < 6; ++i)
    micros *= 10;
  return duration{micros};
}

std::optional<duration> scan_offset(scanner& in) {
  if (in.take('Z') || in.take('z')) return duration::zero();
  const bool east = in.take('+');
  if (!east && !in.take('-')) return std::nullopt;
  const auto h = in.digits(2);
  if (!h || !in.take(':')) return std::nullopt;
  const auto m = in.digits(2);
  if (!m || *h > 23 || *m > 59) return std::nullopt;
  const duration offset = std::chrono::hours(*h) + std::chrono::minutes(*m);
  return east ? offset : -offset;
}

}  // namespace

std::string to_iso(time_point t) {
  const auto day = std::chrono::floor<std::chrono::days>(t);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{t - day};
  char text[48];
  const int size =
      std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                    static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                    static_cast<int>(clock.seconds().count()));
  std::string out(text, static_cast<std::size_t>(size));
  if (const auto micros = clock.subseconds().count(); micros != 0) {
    std::snprintf(text, sizeof text, ".%06d", static_cast<int>(micros));
    out += text;
    while (out.back() == '0')
      out.pop_back();
  }
  return out + 'Z';
}

std::optional<time_point> parse_iso(std::string_view text) {
  scanner in(text);
  const auto day = scan_date(in);
  if (!day || !(in.take('T') || in.take('t') || in.take(' '))) return std::nullopt;
  const auto clock = scan_clock(in);
  if (!clock) return std::nullopt;
  duration fraction{};
  if (in.take('.')) {
    const auto scanned = scan_fraction(in);
    if (!scanned) return std::nullopt;
    fraction = *scanned;
  }
  const auto offset = scan_offset(in);
  if (!offset || !in.done()) return std::nullopt;
  return time_point{*day} + *clock + fraction - *offset;
}

std::optional<duration> parse_duration(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  const char unit = text.back();
  const std::int64_t unit_seconds = unit == 's' ? 1 : unit == 'm' ? 60 : unit == 'h' ? 3600 : 0;
  text.remove_suffix(1);
  if (unit_seconds == 0 || text.size() > 9) return std::nullopt;
  std::int64_t amount = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    amount = amount * 10 + (c - '0');
  }
  const auto seconds = std::chrono::seconds(amount * unit_seconds);
  if (seconds > limits::longest_delay) return std::nullopt;
  return seconds;
}

}  // namespace heed
