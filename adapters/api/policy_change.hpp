#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <tl/expected.hpp>

#include "actors/workspace/policy.hpp"
#include "adapters/api/call.hpp"

namespace heed::api {

/// Changes the latest policy in place, or says why not. May run again when somebody else was faster.
using policy_edit = std::function<tl::expected<void, http::problem>(policy&)>;

struct policy_change {
  std::string what;  ///< of the audit line
  std::string detail;
  policy_edit edit;
  /// After the new revision was taken up by the node.
  std::function<void(const policy&)> done;
  /// In the same turn of the writer, before the node takes the revision up; may be empty.
  std::function<result<void>(store&, store_reader&)> also;
};
void change_policy(const call_ptr& c, policy_change change);

/// A strong tag over the document alone, so that a change elsewhere in the policy does not touch it.
[[nodiscard]] std::string etag_of(const nlohmann::json& document);

/// If-Match and If-None-Match of a PUT against what is there (null = nothing); the problem is a 412.
[[nodiscard]] tl::expected<void, http::problem> check_preconditions(const http::request& r,
                                                                    const nlohmann::json& present);
/// True when If-None-Match names this tag: then a GET is answered 304.
[[nodiscard]] bool is_unchanged(const http::request& r, const std::string& etag);

}  // namespace heed::api
