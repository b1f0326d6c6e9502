#pragma once

#include <string>

#include "persistence/codec/decision_fields.hpp"
#include "persistence/codec/fact_fields.hpp"
#include "persistence/codec/state_fields.hpp"
#include "persistence/codec/stimulus_fields.hpp"
#include "persistence/codec/tags.hpp"

namespace heed::codec {

/// An archive that gives every field of a value a content of its own, none of them zero: what the golden
/// files hold and the round trips carry. A field that is forgotten in a field list stays at its initial value
/// and shows.
class filler {
 public:
  static constexpr bool reads = true;

  template <class T>
  void field(std::uint64_t id, const char* name, T& x) {
    path_ = name;
    value(x, id);
  }

  template <class T>
  void value(T& x, std::uint64_t id) {
    if constexpr (std::same_as<T, bool>)
      x = true;
    else if constexpr (enumeration<T>)
      x = static_cast<T>(1);
    else if constexpr (number<T>)
      x = static_cast<T>(std::is_signed_v<T> && id % 2 == 0 ? -40 - static_cast<int>(id)
                                                            : 40 + static_cast<int>(id));
    else if constexpr (std::same_as<T, time_point>)
      x = from_micros(1'795'000'000'000'000 + static_cast<std::int64_t>(id));
    else if constexpr (std::same_as<T, std::chrono::year_month_day>)
      x = std::chrono::sys_days(std::chrono::days(20'700 + static_cast<int>(id)));
    else if constexpr (std::same_as<T, std::string>)
      x = path_ + "-" + std::to_string(id);
    else if constexpr (text_id<T>)
      value(x.value, id);
    else if constexpr (std::same_as<T, timing::evidence>)
      x.add({1'000 + static_cast<timing::local_minute>(id), timing::engagement_kind::click});
    else if constexpr (optional_value<T>)
      value(x.emplace(), id);
    else if constexpr (shared_value<T>)
      share(x);
    else
      many(x, id);
  }

 private:
  /// A state within a state: full ones would never end.
  void share(std::shared_ptr<const lead_state>& x) {
    auto made = std::make_shared<lead_state>();
    made->id = lead_id("inner-lead");
    made->keys = {{key_kind::email, "", "inner@example.com"}};
    made->seq = 7;
    x = std::move(made);
  }
  template <structure T>
  void many(T& x, std::uint64_t) {
    const auto outer = path_;
    fields(*this, x);
    path_ = outer;
  }
  template <class T>
  void many(std::vector<T>& x, std::uint64_t id) {
    for (std::uint64_t i = 0; i < 2; ++i)
      value(x.emplace_back(), id + i);
  }
  template <class T>
  void many(std::set<T>& x, std::uint64_t id) {
    for (std::uint64_t i = 0; i < 2; ++i) {
      T each{};
      value(each, id + i);
      x.insert(each);
    }
  }
  template <class Key, class T>
  void many(std::map<Key, T>& x, std::uint64_t id) {
    Key key{};
    value(key, id);
    value(x[key], id);
  }
  template <class... Each>
  void many(std::variant<Each...>& x, std::uint64_t) {
    if (x.index() == 0) many(std::get<0>(x), 0);
  }

  std::string path_;
};

template <class T>
T filled() {
  T x{};
  filler().value(x, 1);
  return x;
}

}  // namespace heed::codec
