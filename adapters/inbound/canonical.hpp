#pragma once

#include "adapters/inbound/problem.hpp"

/// Pieces of the canonical event that other normalizers share.
namespace heed::inbound {

[[nodiscard]] bool is_event_kind(std::string_view name);

/// At most `limits::message_text` bytes; a cut text is marked in the attributes (`text_truncated`).
[[nodiscard]] std::string bounded_text(std::string text, field_map& attributes);

/// `campaign_id`, which may hold no `__` because run ids are split there.
[[nodiscard]] std::optional<campaign_id> read_campaign(const object_reader& event, fault& faults);

}  // namespace heed::inbound
