#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace heed::test {

/// Holds real answers against an OpenAPI 3.1 document. Knows what ours uses: $ref, type (one or several), required,
/// properties, additionalProperties, items, enum, const, oneOf, anyOf, allOf.
class openapi_check {
 public:
  explicit openapi_check(nlohmann::json document) : document_(std::move(document)) {}

  /// What is wrong with an answer; empty when it is as documented. `path` is the concrete one, without query.
  [[nodiscard]] std::vector<std::string> problems(const std::string& method, const std::string& path, int status,
                                                  const std::string& content_type, const std::string& body) const;

 private:
  [[nodiscard]] const nlohmann::json* operation(const std::string& method, const std::string& path) const;
  [[nodiscard]] const nlohmann::json& resolved(const nlohmann::json& schema) const;
  void check(const nlohmann::json& schema, const nlohmann::json& value, const std::string& where, std::vector<std::string>& out) const;

  nlohmann::json document_;
};

}  // namespace heed::test
