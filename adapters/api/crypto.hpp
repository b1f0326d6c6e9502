#pragma once

#include <string>
#include <string_view>

namespace heed::api {

[[nodiscard]] std::string sha256_hex(std::string_view text);
/// Takes as long whatever the texts are; only their lengths may show (ZRG-48).
[[nodiscard]] bool same_secret(std::string_view a, std::string_view b);
/// A new API key, 256 random bits; shown once, stored only as its hash.
[[nodiscard]] std::string new_api_key();
/// 128 random bits in hex, for dedupe keys of callers that gave none.
[[nodiscard]] std::string random_name();

}  // namespace heed::api
