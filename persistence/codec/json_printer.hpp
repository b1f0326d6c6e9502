#pragma once

#include <nlohmann/json.hpp>

#include "persistence/codec/tags.hpp"
#include "persistence/codec/traits.hpp"

namespace heed::codec {

/// Prints values by name. Every field of a struct appears, so that readers can rely on it: none and an
/// instant that was never set are null.
class json_printer {
 public:
  static constexpr bool reads = false;

  template <class T>
  void field(std::uint64_t /*id*/, const char* name, const T& x) {
    object_[name] = print(x);
  }

  template <class T>
  [[nodiscard]] static nlohmann::json print(const T& x) {
    if constexpr (std::same_as<T, pause_set>)
      return print_flags(x);
    else if constexpr (std::same_as<T, time_point>)
      return x == time_point{} ? nlohmann::json() : nlohmann::json(to_iso(x));
    else if constexpr (std::same_as<T, std::chrono::year_month_day>)
      return to_iso(time_point(std::chrono::sys_days(x))).substr(0, 10);
    else if constexpr (std::same_as<T, timing::evidence>)
      return x.size();
    else if constexpr (enumeration<T>)
      return std::string(name_of(x));
    else if constexpr (text_id<T>)
      return x.value;
    else if constexpr (optional_value<T>)
      return x ? print(*x) : nlohmann::json();
    else if constexpr (shared_value<T>)
      return x ? print(*x) : nlohmann::json();
    else if constexpr (sequence_of<T>)
      return print_all(x);
    else if constexpr (dictionary<T>)
      return print_map(x);
    else if constexpr (alternatives<T>)
      return std::visit([](const auto& each) { return print_alternative(each); }, x);
    else if constexpr (structure<T>)
      return print_struct(x);
    else
      return x;
  }

 private:
  template <class T>
  static nlohmann::json print_struct(const T& x) {
    json_printer p;
    fields(p, x);
    return std::move(p.object_);
  }
  template <class T>
  static nlohmann::json print_alternative(const T& x) {
    auto printed = print_struct(x);
    printed["kind"] = std::string(tag_of<T>.name);
    return printed;
  }
  template <class T>
  static nlohmann::json print_all(const T& x) {
    auto all = nlohmann::json::array();
    for (const auto& each : x)
      all.push_back(print(each));
    return all;
  }
  template <class T>
  static nlohmann::json print_map(const T& x) {
    auto all = nlohmann::json::object();
    for (const auto& [key, each] : x) {
      if constexpr (enumeration<typename T::key_type>)
        all[std::string(name_of(key))] = print(each);
      else
        all[key] = print(each);
    }
    return all;
  }
  static nlohmann::json print_flags(const pause_set& flags) {
    auto all = nlohmann::json::array();
    for (std::uint64_t i = 0; i <= last_of<pause_flag>; ++i)
      if (flags.has(static_cast<pause_flag>(i)))
        all.push_back(std::string(name_of(static_cast<pause_flag>(i))));
    return all;
  }

  template <class E>
  static std::string_view name_of(E e) {
    if constexpr (std::same_as<E, consent_status>)
      return e == consent_status::granted ? "granted" : "withdrawn";
    else if constexpr (std::same_as<E, timing::engagement_kind>)
      return e == timing::engagement_kind::open ? "open" : e == timing::engagement_kind::click ? "click" : "reply";
    else if constexpr (std::same_as<E, arrival>)
      return e == arrival::live ? "live" : "backfill";
    else if constexpr (std::same_as<E, origin>)
      return e == origin::step ? "step" : e == origin::auto_reply ? "auto_reply" : "human";
    else if constexpr (std::same_as<E, touch_state>)
      return e == touch_state::planned ? "planned" : e == touch_state::unknown ? "unknown" : "returned";
    else
      return to_string(e);
  }

  nlohmann::json object_ = nlohmann::json::object();
};

}  // namespace heed::codec
