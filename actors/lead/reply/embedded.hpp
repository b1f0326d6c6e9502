#pragma once

#include <string_view>

/// Files of this folder that travel inside the binary.
namespace heed::reply::embedded {

[[nodiscard]] std::string_view concepts();
[[nodiscard]] std::string_view opt_out();
[[nodiscard]] std::string_view opt_out_implied();
[[nodiscard]] std::string_view machine();
[[nodiscard]] std::string_view wishes();
[[nodiscard]] std::string_view urgent();
[[nodiscard]] std::string_view vote_model();

}  // namespace heed::reply::embedded
