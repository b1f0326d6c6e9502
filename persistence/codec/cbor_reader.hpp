#pragma once

#include <algorithm>
#include <limits>
#include <utility>

#include "persistence/codec/cbor_tokens.hpp"
#include "persistence/codec/tags.hpp"
#include "persistence/codec/traits.hpp"

namespace heed::codec {

/// Fills values from CBOR in one pass: field ids ascend in the bytes as they do in `fields`, an id that
/// nobody asks for is passed over (a newer release wrote it), an absent one leaves zero. Never trusts a
/// length or a number.
class cbor_reader {
 public:
  static constexpr bool reads = true;

  explicit cbor_reader(std::string_view data) : in_(data) {}

  [[nodiscard]] bool good() const { return in_.good(); }
  [[nodiscard]] std::string problem() const { return in_.problem(); }
  void expect_end() {
    if (!in_.at_end()) in_.break_off("bytes after the value");
  }

  template <class T>
  void field(std::uint64_t id, const char* /*name*/, T& x) {
    while (key_ < id) {
      in_.skip();
      next_key();
    }
    if (key_ == id && good()) {
      value(x);
      next_key();
    } else {
      set_absent(x);
    }
  }

  template <structure T>
  void value(T& x) {
    const auto outer_key = key_;
    const auto outer_left = left_;
    left_ = expect(token::kind::map).number;
    first_ = true;
    next_key();
    fields(*this, x);
    while (key_ != no_key && good()) {
      in_.skip();
      next_key();
    }
    key_ = outer_key;
    left_ = outer_left;
    first_ = false;
  }
  template <number T>
  void value(T& x) {
    const auto t = in_.next();
    constexpr auto max = static_cast<std::uint64_t>(std::numeric_limits<T>::max());
    const bool negative = t.what == token::kind::negative;
    if ((t.what != token::kind::positive && !(negative && std::is_signed_v<T>)) || t.number > max) {
      in_.break_off("number expected");
      return;
    }
    x = static_cast<T>(t.number);
    if constexpr (std::is_signed_v<T>)
      if (negative) x = static_cast<T>(-1 - x);
  }
  template <enumeration T>
  void value(T& x) {
    const auto t = expect(token::kind::positive);
    if (is_known<T>(t.number))
      x = static_cast<T>(t.number);
    else
      in_.break_off("unknown enumerator");
  }
  void value(bool& x) { x = expect(token::kind::boolean).number != 0; }
  void value(time_point& x) {
    std::int64_t us = 0;
    value(us);
    x = from_micros(us);
  }
  void value(std::chrono::year_month_day& x) {
    std::int32_t days = 0;
    value(days);
    x = std::chrono::sys_days(std::chrono::days(days));
    if (!x.ok()) in_.break_off("a day outside the calendar");
  }
  void value(std::string& x) { x.assign(expect(token::kind::text).text); }
  void value(timing::evidence& x) {
    auto known = timing::evidence::decode(expect(token::kind::bytes).text);
    if (known)
      x = std::move(*known);
    else
      in_.break_off("evidence of another version");
  }
  template <text_id T>
  void value(T& x) {
    value(x.value);
  }
  template <optional_value T>
  void value(T& x) {
    value(x.emplace());
  }
  template <class T>
  void value(std::shared_ptr<const T>& x) {
    auto made = std::make_shared<T>();
    value(*made);
    x = std::move(made);
  }
  template <class T>
  void value(std::vector<T>& x) {
    const auto n = expect(token::kind::array).number;
    x.clear();
    x.reserve(std::min<std::size_t>(n, 64));
    for (std::uint64_t i = 0; i < n && good(); ++i)
      value(x.emplace_back());
  }
  template <class T>
  void value(std::set<T>& x) {
    const auto n = expect(token::kind::array).number;
    x.clear();
    for (std::uint64_t i = 0; i < n && good(); ++i) {
      T each{};
      value(each);
      if (!x.empty() && !(*x.rbegin() < each)) in_.break_off("members out of order");
      x.insert(x.end(), std::move(each));
    }
  }
  template <class Key, class T>
  void value(std::map<Key, T>& x) {
    const auto n = expect(token::kind::map).number;
    x.clear();
    for (std::uint64_t i = 0; i < n && good(); ++i) {
      Key key{};
      value(key);
      if (!x.empty() && !(x.rbegin()->first < key)) in_.break_off("keys out of order");
      value(x.emplace_hint(x.end(), std::move(key), T{})->second);
    }
  }
  template <class... Each>
  void value(std::variant<Each...>& x) {
    if (expect(token::kind::array).number != 2) in_.break_off("variant expected");
    const auto number = expect(token::kind::positive).number;
    const bool known =
        ((tag_of<Each>.number == number ? (value(x.template emplace<Each>()), true) : false) || ...);
    if (!known) in_.break_off("unknown alternative");
  }

 private:
  static constexpr auto no_key = std::numeric_limits<std::uint64_t>::max();

  token expect(token::kind what) {
    const auto t = in_.next();
    if (t.what == what) return t;
    in_.break_off("another type expected");
    return {};
  }

  void next_key() {
    if (left_ == 0 || !good()) {
      key_ = no_key;
      return;
    }
    --left_;
    const auto previous = key_;
    key_ = expect(token::kind::positive).number;
    if (!std::exchange(first_, false) && key_ <= previous) in_.break_off("fields out of order");
    if (key_ == no_key) in_.break_off("no such field");
    if (!good()) key_ = no_key;
  }

  /// Zero, not the struct's initialiser: see cbor_writer.
  template <class T>
  void set_absent(T& x) {
    if constexpr (alternatives<T>) {
      in_.break_off("a variant is missing");
    } else if constexpr (enumeration<T>) {
      if (!is_known<T>(0)) in_.break_off("an enumerator is missing");
      x = T{};
    } else if constexpr (structure<T>) {
      const auto key = std::exchange(key_, no_key);
      fields(*this, x);
      key_ = key;
    } else {
      x = T{};
    }
  }

  cbor_tokens in_;
  std::uint64_t key_ = no_key;
  std::uint64_t left_ = 0;
  bool first_ = false;
};

}  // namespace heed::codec
