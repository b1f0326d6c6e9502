#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/inbound/normalizer.hpp"

/// How a normalizer says no: every refusal names the field or header at fault and what to do about it, and
/// never repeats a value, which may be an address or a secret.
namespace heed::inbound {

/// 401: nothing was believed, nothing is stored. The detail goes on from the header's name.
[[nodiscard]] hook_problem unauthorized(std::string_view header, std::string_view detail);
/// 422: believed, but not understood. The detail goes on from the field's name.
[[nodiscard]] hook_problem unprocessable(std::string_view field, std::string_view detail);

/// `parent/name` with the escapes of RFC 6901; a stranger's name is cut to a readable length.
[[nodiscard]] std::string pointer(std::string_view parent, std::string_view name);

/// Keeps the first problem met, so that a reader can go on and stay a straight line.
class fault {
 public:
  void add(std::string_view field, std::string_view detail) {
    if (!first_) first_ = unprocessable(field, detail);
  }
  [[nodiscard]] explicit operator bool() const { return first_.has_value(); }
  [[nodiscard]] const hook_problem& problem() const { return *first_; }

 private:
  std::optional<hook_problem> first_;
};

/// Typed reads of one JSON object. A missing or null member is empty; one of the wrong type or length is a
/// fault that names it.
class object_reader {
 public:
  object_reader(const nlohmann::json& object, std::string where, fault& faults);

  /// Refuses every member not listed, by name: a misspelt field must not be lost in silence.
  void only(std::initializer_list<std::string_view> names) const;
  [[nodiscard]] bool has(std::string_view name) const;
  /// The member itself; a JSON null when it is missing.
  [[nodiscard]] const nlohmann::json& at(std::string_view name) const;
  [[nodiscard]] const std::string& where() const { return where_; }
  [[nodiscard]] std::string path(std::string_view name) const { return pointer(where_, name); }

  /// One clean line; a longer one than `limits::field_length` is a fault.
  [[nodiscard]] std::string line(std::string_view name) const;
  /// One clean line, cut to that length: for what a provider wrote and nobody can correct.
  [[nodiscard]] std::string excerpt(std::string_view name) const;
  /// Any length, uncleaned.
  [[nodiscard]] std::string raw(std::string_view name) const;
  /// An id: no control characters, at most `id_length` bytes.
  [[nodiscard]] std::string identifier(std::string_view name) const;
  [[nodiscard]] std::string required_identifier(std::string_view name, std::string_view fix) const;
  [[nodiscard]] bool flag(std::string_view name) const;
  /// RFC 3339.
  [[nodiscard]] std::optional<time_point> instant(std::string_view name) const;
  /// A nested object; an empty one when it is missing.
  [[nodiscard]] object_reader object(std::string_view name) const;
  /// An object of strings, numbers and booleans, as strings; nulls are left out.
  [[nodiscard]] field_map scalars(std::string_view name) const;

 private:
  const nlohmann::json& object_;
  std::string where_;
  fault& faults_;
};

/// Bytes of an id or key taken at the door.
inline constexpr std::size_t id_length = 255;

/// A string, number or boolean as text; nullopt for anything else.
[[nodiscard]] std::optional<std::string> scalar_text(const nlohmann::json& value);

/// Decision time of a request: what `received_at` of its stimuli is, and what no event may lie beyond.
[[nodiscard]] time_point decision_time(const hook_request& request);

}  // namespace heed::inbound
