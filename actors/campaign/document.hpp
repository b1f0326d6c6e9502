#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/campaign/campaign.hpp"
#include "actors/lead/time.hpp"

/// Reading documents that people wrote: every problem is collected with its place and its fix, nothing is
/// guessed.
namespace heed {

using problems = std::vector<problem>;

/// The JSON pointer of a member or an element.
[[nodiscard]] std::string pointer_to(std::string_view parent, std::string_view key);
[[nodiscard]] std::string pointer_to(std::string_view parent, std::size_t index);

/// The candidate within a few typing errors of the word; empty when none is near.
[[nodiscard]] std::string nearest_word(std::string_view word, const std::vector<std::string>& candidates);
/// ` (did you mean x?)`, or nothing.
[[nodiscard]] std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

/// `30d` or anything `parse_duration` reads; a day is 24 hours here, for lives and ages, never for delays of
/// steps.
[[nodiscard]] std::optional<duration> parse_span(std::string_view text);
/// In the largest whole unit, `36h`, `30d`.
[[nodiscard]] std::string span_text(duration d);

/// One object of a document. Members are asked for by name; `finish` refuses those nobody asked for. A member
/// that is null counts as absent.
class object_reader {
 public:
  /// Reports a problem, and answers everything with absence, when `value` is no object.
  object_reader(const nlohmann::json& value, std::string where, problems& out);

  [[nodiscard]] const nlohmann::json* any(std::string_view key);
  [[nodiscard]] const nlohmann::json* object(std::string_view key);
  [[nodiscard]] const nlohmann::json* array(std::string_view key);
  [[nodiscard]] std::optional<std::string> text(std::string_view key);
  [[nodiscard]] std::optional<bool> flag(std::string_view key);
  [[nodiscard]] std::optional<std::int64_t> number(std::string_view key, std::int64_t low, std::int64_t high);
  [[nodiscard]] std::optional<duration> span(std::string_view key, duration low, duration high);
  [[nodiscard]] std::vector<std::string> texts(std::string_view key);

  /// Sets `target` when the member is there and good; leaves it alone otherwise.
  void read(std::string_view key, std::string& target);
  void read(std::string_view key, bool& target);
  void read(std::string_view key, std::int32_t& target, std::int64_t low, std::int64_t high);
  void read(std::string_view key, std::uint32_t& target, std::int64_t low, std::int64_t high);
  void read(std::string_view key, duration& target, duration low, duration high);

  void report(std::string_view key, std::string detail);
  [[nodiscard]] std::string at(std::string_view key) const { return pointer_to(where_, key); }
  [[nodiscard]] const std::string& where() const { return where_; }
  /// Refuses the members nobody asked for.
  void finish();

 private:
  const nlohmann::json* value_;  ///< none when there is no object to read
  std::string where_;
  problems* out_;
  std::vector<std::string> asked_;
};

}  // namespace heed
