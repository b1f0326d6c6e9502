#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace heed::codec {

/// One CBOR item's head, or a whole text or string of bytes.
struct token {
  enum class kind : std::uint8_t {
    broken,
    positive,
    negative,
    text,
    bytes,
    array,
    map,
    boolean,
    other
  } what = kind::broken;
  std::uint64_t number = 0;  ///< value, -1 - value, or count of members
  std::string_view text;
};

/// Splits bytes into tokens by libcbor's streaming decoder. After the first problem every token is `broken`.
class cbor_tokens {
 public:
  explicit cbor_tokens(std::string_view data) : data_(data) {}

  [[nodiscard]] token next();
  /// Passes over one whole item, however deep, without recursion.
  void skip();
  void break_off(const char* why);

  [[nodiscard]] bool good() const { return error_ == nullptr; }
  [[nodiscard]] bool at_end() const { return at_ == data_.size(); }
  [[nodiscard]] std::size_t left() const { return data_.size() - at_; }
  [[nodiscard]] std::string problem() const;

 private:
  std::string_view data_;
  std::size_t at_ = 0;
  const char* error_ = nullptr;
};

}  // namespace heed::codec
