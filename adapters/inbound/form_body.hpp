#pragma once

#include <string>
#include <string_view>

#include "adapters/inbound/problem.hpp"
#include "adapters/inbound/urlencoded.hpp"

namespace heed::inbound {

/// A site's body, JSON or urlencoded by its content type or else by its shape, read by the mapping's sources:
/// JSON pointers (`/contact/mail`) or field names (`mail`).
class form_body {
 public:
  [[nodiscard]] static tl::expected<form_body, hook_problem> read(const hook_request& request);

  /// Clean text of the value there; empty when there is none. An object, an array and a field sent twice with
  /// different values are faults that name the mapping `option`.
  [[nodiscard]] std::string value(std::string_view source, std::string_view option, fault& faults) const;

 private:
  nlohmann::json document_;
  parameter_list fields_;
  bool json_ = false;
};

}  // namespace heed::inbound
