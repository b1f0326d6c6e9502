#include "runtime/commands/timing_rows.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

namespace heed::commands {
namespace {

/// 1970 to 2100: minutes of it fit the evidence, and zones are known.
constexpr double last_millisecond = 4'102'444'800'000.0;
constexpr double latency_max_s = 7 * 86'400.0;

enum class field : std::uint8_t { other, lead, tz, segment, kind, at, from, to, latency_s };

field field_of(std::string_view name) {
  if (name == "lead") return field::lead;
  if (name == "tz") return field::tz;
  if (name == "segment") return field::segment;
  if (name == "kind") return field::kind;
  if (name == "at") return field::at;
  if (name == "from") return field::from;
  if (name == "to") return field::to;
  if (name == "latency_s") return field::latency_s;
  return field::other;
}

/// Takes values as they are read; no document is ever built.
class row_reader : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit row_reader(timing_row& row) : row_(row) {}
  [[nodiscard]] const std::string& problem() const { return problem_; }

  bool key(string_t& name) override {
    if (depth_ == 1) {
      field_ = field_of(name);
      name_ = name;
    }
    return true;
  }
  bool string(string_t& text) override {
    if (depth_ != 1) return in_nested();
    switch (field_) {
      case field::other:
        return true;
      case field::lead:
        row_.lead = text;
        return true;
      case field::tz:
        row_.tz = text;
        return true;
      case field::segment:
        row_.segment = text;
        return true;
      case field::kind:
        row_.kind = text;
        return true;
      case field::latency_s:
        return fail("a number is expected");
      default:
        break;
    }
    const auto t = parse_iso(text);
    return t && to_micros(*t) >= 0 ? set(*t) : fail("no instant: RFC 3339 or milliseconds since 1970 are");
  }
  bool number_integer(number_integer_t n) override { return number(static_cast<double>(n)); }
  bool number_unsigned(number_unsigned_t n) override { return number(static_cast<double>(n)); }
  bool number_float(number_float_t n, const string_t&) override { return number(n); }
  bool null() override { return depth_ > 0 || fail("an object is expected"); }
  bool boolean(bool) override {
    return depth_ != 1 || field_ == field::other ? in_nested() : fail("no truth value is expected");
  }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(); }
  bool start_array(std::size_t) override { return depth_ > 0 ? open() : fail("an object is expected"); }
  bool end_object() override { return --depth_, true; }
  bool end_array() override { return --depth_, true; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& e) override {
    problem_ = e.what();
    return false;
  }

 private:
  bool in_nested() { return depth_ > 0 || fail("an object is expected"); }
  bool open() {
    if (depth_ == 1 && field_ != field::other) return fail("a plain value is expected");
    ++depth_;
    return true;
  }
  bool number(double n) {
    if (depth_ != 1) return in_nested();
    switch (field_) {
      case field::other:
        return true;
      case field::lead:
        row_.lead = nlohmann::json(n).dump();
        return true;
      case field::latency_s:
        if (!(n >= 0 && n <= latency_max_s)) return fail("0 seconds to 7 days are possible");
        row_.latency_s = n;
        return true;
      case field::at:
      case field::from:
      case field::to:
        if (!(n >= 0 && n <= last_millisecond)) return fail("no milliseconds of 1970 to 2100");
        return set(from_micros(static_cast<std::int64_t>(std::llround(n * 1000))));
      default:
        return fail("a text is expected");
    }
  }
  bool set(time_point t) {
    if (field_ == field::at)
      row_.at = t;
    else if (field_ == field::from)
      row_.from = t;
    else
      row_.to = t;
    return true;
  }
  bool fail(std::string_view what) {
    problem_ = name_.empty() ? std::string(what) : name_ + ": " + std::string(what);
    return false;
  }

  timing_row& row_;
  std::string problem_;
  std::string name_;
  field field_ = field::other;
  int depth_ = 0;
};

}  // namespace

std::string read_timing_row(std::string_view line, timing_row& row) {
  row.lead.clear();
  row.tz.clear();
  row.segment.clear();
  row.kind.clear();
  row.at.reset();
  row.from.reset();
  row.to.reset();
  row.latency_s.reset();
  row_reader reader(row);
  if (nlohmann::json::sax_parse(line, &reader)) return {};
  return reader.problem().empty() ? "no JSON" : reader.problem();
}

}  // namespace heed::commands
