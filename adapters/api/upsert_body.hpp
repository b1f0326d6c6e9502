#pragma once

#include <nlohmann/json.hpp>
#include <tl/expected.hpp>

#include "actors/campaign/document.hpp"
#include "actors/lead/stimulus.hpp"
#include "actors/workspace/policy.hpp"

namespace heed::api {

/// POST /leads as a stimulus; its key is the document's `id` when it has one, else empty. All that is wrong
/// is listed with its place. An enrolment names a known campaign, where the person came from and a consent
/// (RULES, What enrols; SS-17).
[[nodiscard]] tl::expected<stimulus, problems> read_upsert(const nlohmann::json& body, const policy& p,
                                                           time_point now);

}  // namespace heed::api
