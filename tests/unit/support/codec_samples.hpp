#pragma once

#include <string>
#include <utility>
#include <vector>

#include "persistence/codec/codec.hpp"

namespace heed::codec {

/// One value of each encodable type and of each variant alternative, with every field set: (name, bytes).
using samples = std::vector<std::pair<std::string, bytes>>;

[[nodiscard]] samples stimulus_samples();
[[nodiscard]] samples effect_samples();
[[nodiscard]] samples state_samples();
/// One journal entry per kind of fact.
[[nodiscard]] samples journal_samples();

/// A lead with one run that waits for its second step: what most rows of a large store look like.
[[nodiscard]] lead_state waiting_lead();

}  // namespace heed::codec
