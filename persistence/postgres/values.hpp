#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "actors/lead/ids.hpp"
#include "actors/lead/time.hpp"

/// How our values look on the wire. Parameters go in the binary format (libpqxx hands them on byte by byte),
/// so that nothing is escaped and no text ends at a zero byte.
namespace heed::postgres {

/// Opaque bytes, told apart from text by type.
struct blob {
  std::string_view data;
};

/// The server's numbers of the types we send; fixed for ever.
enum class type_oid : std::uint32_t { boolean = 16, bytea = 17, int8 = 20, text = 25 };

namespace wire {

template <std::unsigned_integral T>
void put(std::string& out, T x) {
  for (int shift = static_cast<int>(sizeof(T)) * 8 - 8; shift >= 0; shift -= 8)
    out += static_cast<char>(static_cast<unsigned char>(x >> shift));
}

type_oid type_of(const char*) = delete;  // would be a bool
inline type_oid type_of(bool) { return type_oid::boolean; }
template <class T>
requires(std::integral<T> || std::is_enum_v<T>) type_oid type_of(T) { return type_oid::int8; }
inline type_oid type_of(time_point) { return type_oid::int8; }
inline type_oid type_of(std::string_view) { return type_oid::text; }
inline type_oid type_of(blob) { return type_oid::bytea; }
template <class Tag>
type_oid type_of(const id<Tag>&) {
  return type_oid::text;
}
template <class T>
type_oid type_of(const std::optional<T>&) {
  return type_of(T{});
}

void write(std::string&, const char*) = delete;
inline void write(std::string& out, bool x) { out += x ? '\1' : '\0'; }
template <class T>
requires(std::integral<T> || std::is_enum_v<T>) void write(std::string& out, T x) {
  put(out, static_cast<std::uint64_t>(x));
}
inline void write(std::string& out, time_point t) { put(out, static_cast<std::uint64_t>(to_micros(t))); }
inline void write(std::string& out, std::string_view text) { out += text; }
inline void write(std::string& out, blob b) { out += b.data; }
template <class Tag>
void write(std::string& out, const id<Tag>& x) {
  out += x.value;
}

template <class T>
bool is_null(const T&) {
  return false;
}
template <class T>
bool is_null(const std::optional<T>& x) {
  return !x.has_value();
}
template <class T>
const T& value_of(const T& x) {
  return x;
}
template <class T>
const T& value_of(const std::optional<T>& x) {
  return *x;
}

}  // namespace wire

/// One column of many rows: an array in the server's binary format, for `unnest`.
class column {
 public:
  explicit column(type_oid type) : type_(type) {}

  template <class T>
  void add(const T& x) {
    ++count_;
    if (wire::is_null(x)) {
      nulls_ = true;
      wire::put(elements_, ~std::uint32_t{0});
      return;
    }
    const auto at = elements_.size();
    wire::put(elements_, std::uint32_t{0});
    wire::write(elements_, wire::value_of(x));
    const auto size = static_cast<std::uint32_t>(elements_.size() - at - 4);
    for (std::size_t i = 0; i < 4; ++i)
      elements_[at + i] = static_cast<char>(static_cast<unsigned char>(size >> (24 - 8 * i)));
  }
  [[nodiscard]] std::string encoded() const;

 private:
  type_oid type_;
  std::uint32_t count_ = 0;
  bool nulls_ = false;
  std::string elements_;
};

/// One value in the binary format.
template <class T>
[[nodiscard]] std::string encoded(const T& x) {
  std::string out;
  wire::write(out, x);
  return out;
}

/// The bytes of a `bytea` as it comes back, `\x...`.
[[nodiscard]] std::string from_hex(std::string_view text);

}  // namespace heed::postgres
