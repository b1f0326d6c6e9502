#pragma once

#include <string_view>

#include "actors/campaign/campaign.hpp"

namespace heed {

struct settings;

/// "Prepare follow-up for me" (SS-51): channels, spacing, tone and plain texts from the campaign's intent;
/// valid as it stands, switched off, and every part of it can be edited. Texts sign with the sender's name
/// and offer the calendar link only where the workspace has them, so that nothing prepared waits for set-up.
/// Intents: investor is gentle and wide, end_user informative and structured, re_engagement quiet. Any other
/// intent gets the gentle one.
[[nodiscard]] campaign prepare(const campaign_id& id, std::string_view intent, const settings& workspace);

}  // namespace heed
