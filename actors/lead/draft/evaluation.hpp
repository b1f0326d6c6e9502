#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "actors/lead/draft/confidence.hpp"
#include "actors/lead/reply_class.hpp"

namespace heed::draft {

/// A rule's verdict is final; only a model's may be worked on (AS-27).
enum class judge : std::uint8_t { rule = 0, model = 1 };

/// May this draft go out as it is.
struct evaluation {
  confidence sure;
  bool safe = false;
  judge by = judge::rule;
  std::string reason;  ///< a rule's word, or what the model said, bounded by whoever read its answer
  bool operator==(const evaluation&) const = default;
};

/// What no model is asked about: the person wants no more, nobody is there, or there is no model. Sure of
/// nothing and not safe (ZRG-89, AS-44). A class that is only suspected blocks as well.
[[nodiscard]] std::optional<evaluation> hard_block(reply::reply_class sentiment, bool model_available);

/// Why the gate of the per-lead auto-reply declines without asking anybody (ZRG-90); it also leaves a mere
/// "thanks" alone.
[[nodiscard]] std::optional<std::string_view> legacy_decline(reply::reply_class sentiment);

}  // namespace heed::draft
