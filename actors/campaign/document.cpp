#include "actors/campaign/document.hpp"

#include <algorithm>

#include "actors/lead/limits.hpp"

namespace heed {
namespace {

/// Typing errors between two words: insertions, deletions, exchanges, and swaps of neighbours as two.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j)
    row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const auto exchanged = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({exchanged, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

/// Words longer than any name of ours are not compared: their distance costs time and helps nobody.
constexpr std::size_t longest_word = 64;

}  // namespace

std::string pointer_to(std::string_view parent, std::string_view key) {
  std::string out(parent);
  out += '/';
  for (const char c : key) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
  return out;
}

std::string pointer_to(std::string_view parent, std::size_t index) {
  return pointer_to(parent, std::to_string(index));
}

std::string nearest_word(std::string_view word, const std::vector<std::string>& candidates) {
  if (word.size() > longest_word) return {};
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(1, (word.size() + 1) / 3) + 1;
  for (const auto& candidate : candidates)
    if (const auto d = distance(lower(word), lower(candidate)); d < best_distance) {
      best = candidate;
      best_distance = d;
    }
  return best;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  const auto near = nearest_word(word, candidates);
  return near.empty() ? near : " (did you mean " + near + "?)";
}

std::optional<duration> parse_span(std::string_view text) {
  if (!text.ends_with('d')) return parse_duration(text);
  const auto days = parse_delay(text);
  if (!days || days->in != delay_rule::unit::days) return std::nullopt;
  return std::chrono::hours(24 * days->amount);
}

std::string span_text(duration d) {
  constexpr duration day = std::chrono::hours(24);
  if (d != duration::zero() && d % day == duration::zero()) return std::to_string(d / day) + "d";
  return to_string(delay_rule{delay_rule::base::previous, delay_rule::unit::elapsed, d.count()});
}

object_reader::object_reader(const nlohmann::json& value, std::string where, problems& out)
    : value_(value.is_object() ? &value : nullptr), where_(std::move(where)), out_(&out) {
  if (value_ == nullptr) out_->push_back({where_, "must be an object"});
}

const nlohmann::json* object_reader::any(std::string_view key) {
  asked_.emplace_back(key);
  if (value_ == nullptr) return nullptr;
  const auto found = value_->find(std::string(key));
  return found == value_->end() || found->is_null() ? nullptr : &*found;
}

const nlohmann::json* object_reader::object(std::string_view key) {
  const auto* found = any(key);
  if (found == nullptr || found->is_object()) return found;
  report(key, "must be an object");
  return nullptr;
}

const nlohmann::json* object_reader::array(std::string_view key) {
  const auto* found = any(key);
  if (found == nullptr || found->is_array()) return found;
  report(key, "must be a list");
  return nullptr;
}

std::optional<std::string> object_reader::text(std::string_view key) {
  const auto* found = any(key);
  if (found == nullptr) return std::nullopt;
  if (found->is_string()) return found->get<std::string>();
  report(key, "must be a text; put it in quotes");
  return std::nullopt;
}

std::optional<bool> object_reader::flag(std::string_view key) {
  const auto* found = any(key);
  if (found == nullptr) return std::nullopt;
  if (found->is_boolean()) return found->get<bool>();
  report(key, "must be true or false");
  return std::nullopt;
}

std::optional<std::int64_t> object_reader::number(std::string_view key, std::int64_t low, std::int64_t high) {
  const auto* found = any(key);
  if (found == nullptr) return std::nullopt;
  const bool fits = found->is_number_integer() &&
                    (!found->is_number_unsigned() || found->get<std::uint64_t>() <= std::uint64_t{1} << 62);
  if (fits && found->get<std::int64_t>() >= low && found->get<std::int64_t>() <= high)
    return found->get<std::int64_t>();
  report(key, "must be a whole number from " + std::to_string(low) + " to " + std::to_string(high));
  return std::nullopt;
}

std::optional<duration> object_reader::span(std::string_view key, duration low, duration high) {
  const auto* found = any(key);
  if (found == nullptr) return std::nullopt;
  const auto parsed = found->is_string() ? parse_span(found->get_ref<const std::string&>()) : std::nullopt;
  if (parsed && *parsed >= low && *parsed <= high) return parsed;
  report(key,
         "must be a duration like 90s, 5m, 24h or 30d, from " + span_text(low) + " to " + span_text(high));
  return std::nullopt;
}

std::vector<std::string> object_reader::texts(std::string_view key) {
  std::vector<std::string> out;
  const auto* list = array(key);
  if (list == nullptr) return out;
  for (std::size_t i = 0; i < list->size(); ++i) {
    if ((*list)[i].is_string())
      out.push_back((*list)[i].get<std::string>());
    else
      out_->push_back({pointer_to(at(key), i), "must be a text; put it in quotes"});
  }
  return out;
}

void object_reader::read(std::string_view key, std::string& target) {
  if (auto found = text(key)) target = std::move(*found);
}
void object_reader::read(std::string_view key, bool& target) {
  if (const auto found = flag(key)) target = *found;
}
void object_reader::read(std::string_view key, std::int32_t& target, std::int64_t low, std::int64_t high) {
  if (const auto found = number(key, low, high)) target = static_cast<std::int32_t>(*found);
}
void object_reader::read(std::string_view key, std::uint32_t& target, std::int64_t low, std::int64_t high) {
  if (const auto found = number(key, low, high)) target = static_cast<std::uint32_t>(*found);
}
void object_reader::read(std::string_view key, duration& target, duration low, duration high) {
  if (const auto found = span(key, low, high)) target = *found;
}

void object_reader::report(std::string_view key, std::string detail) {
  out_->push_back({at(key), std::move(detail)});
}

void object_reader::finish() {
  if (value_ == nullptr) return;
  for (const auto& [key, unused] : value_->items())
    if (std::ranges::find(asked_, key) == asked_.end())
      report(key, "is not known here" + did_you_mean(key, asked_));
}

}  // namespace heed
