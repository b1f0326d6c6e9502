#pragma once

#include <cbor/encoding.h>

#include <utility>

#include "persistence/codec/tags.hpp"
#include "persistence/codec/traits.hpp"

namespace heed::codec {

/// Appends values as CBOR. A field that is zero, empty or none is not written, so its absence *means* zero,
/// empty or none, whatever the struct's own initialiser says; thus equal values give equal bytes and
/// snapshots stay small.
class cbor_writer {
 public:
  static constexpr bool reads = false;

  explicit cbor_writer(std::string& out) : out_(out) {}

  template <class T>
  void field(std::uint64_t id, const char* /*name*/, const T& x) {
    if constexpr (structure<T>) {
      const auto before = out_.size();
      head_uint(id);
      if (write_map(x) == 0)
        out_.resize(before);
      else
        ++count_;
    } else {
      if (is_absent(x)) return;
      head_uint(id);
      value(x);
      ++count_;
    }
  }

  template <structure T>
  void value(const T& x) {
    write_map(x);
  }
  template <number T>
  void value(T x) {
    if constexpr (std::is_signed_v<T>) {
      if (x < 0) {
        append(cbor_encode_negint(static_cast<std::uint64_t>(-(x + 1)), item_, sizeof item_));
        return;
      }
    }
    head_uint(static_cast<std::uint64_t>(x));
  }
  template <enumeration T>
  void value(T x) {
    head_uint(static_cast<std::uint64_t>(x));
  }
  void value(bool x) { append(cbor_encode_bool(x, item_, sizeof item_)); }
  void value(time_point x) { value(to_micros(x)); }
  /// Days since 1970.
  void value(std::chrono::year_month_day x) { value(std::int64_t{std::chrono::sys_days(x).time_since_epoch().count()}); }
  void value(const std::string& x) {
    append(cbor_encode_string_start(x.size(), item_, sizeof item_));
    out_.append(x);
  }
  /// Bytes of its own making, no text.
  void value(const timing::evidence& x) {
    append(cbor_encode_bytestring_start(x.bytes().size(), item_, sizeof item_));
    out_.append(x.bytes());
  }
  template <text_id T>
  void value(const T& x) {
    value(x.value);
  }
  template <optional_value T>
  void value(const T& x) {
    value(*x);
  }
  template <shared_value T>
  void value(const T& x) {
    value(*x);
  }
  template <sequence_of T>
  void value(const T& x) {
    append(cbor_encode_array_start(x.size(), item_, sizeof item_));
    for (const auto& each : x)
      value(each);
  }
  template <dictionary T>
  void value(const T& x) {
    append(cbor_encode_map_start(x.size(), item_, sizeof item_));
    for (const auto& [key, each] : x) {
      value(key);
      value(each);
    }
  }
  template <alternatives T>
  void value(const T& x) {
    append(cbor_encode_array_start(2, item_, sizeof item_));
    std::visit(
        [this]<class Each>(const Each& each) {
          static_assert(tag_of<Each>.number > 0, "an alternative lacks its tag");
          head_uint(tag_of<Each>.number);
          write_map(each);
        },
        x);
  }

 private:
  template <class T>
  static bool is_absent(const T& x) {
    if constexpr (optional_value<T>)
      return !x.has_value();
    else if constexpr (text_id<T> || sequence_of<T> || dictionary<T> || std::same_as<T, std::string>)
      return x.empty();
    else if constexpr (alternatives<T>)
      return false;
    else
      return x == T{};
  }

  /// The number of fields is known only afterwards: up to 23 fit into the byte kept free, more move the rest
  /// by one.
  template <class T>
  std::uint64_t write_map(const T& x) {
    const auto at = out_.size();
    out_.push_back('\0');
    const auto outer = std::exchange(count_, 0);
    fields(*this, x);
    const auto n = std::exchange(count_, outer);
    const auto size = cbor_encode_map_start(n, item_, sizeof item_);
    if (size > 1) out_.insert(at, size - 1, '\0');
    out_.replace(at, size, reinterpret_cast<const char*>(item_), size);
    return n;
  }
  void head_uint(std::uint64_t x) { append(cbor_encode_uint(x, item_, sizeof item_)); }
  void append(std::size_t n) { out_.append(reinterpret_cast<const char*>(item_), n); }

  std::string& out_;
  std::uint64_t count_ = 0;
  unsigned char item_[9]{};
};

}  // namespace heed::codec
