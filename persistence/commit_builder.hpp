#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/lead/decision.hpp"
#include "persistence/rows.hpp"

/// One decision as the rows of one commit. Pure: equal arguments give equal bytes, which is what lets `heed
/// replay` compare a recomputed journal row with the stored one.
namespace heed {

struct commit_input {
  const lead_row& lead;      ///< as last committed
  const lead_state& before;  ///< its snapshot, decoded
  const stimulus& what;
  const decision& answer;
  const policy& rules;
  const circumstances& when;
  std::uint64_t epoch = 0;
  std::uint64_t inbox = 0;  ///< 0 = the stimulus never had an inbox row
};

struct built_commit {
  lead_commit commit;
  lead_state after;
  std::vector<effect> asked;  ///< of the answer, those that go to a provider: send, settle, fetch_reply
  std::vector<effect_id> exhausted;  ///< touches that ended blocked: dead letters for the operator
};

[[nodiscard]] built_commit build_commit(const commit_input& in);

/// The state a lead starts with, before its first decision.
[[nodiscard]] lead_state first_state(const lead_row& lead);

/// What seals are bound to, so that a row cannot be moved to another lead or place.
[[nodiscard]] std::string journal_context(const lead_id& lead, std::uint64_t seq);
[[nodiscard]] std::string message_context(const lead_id& lead);

/// `{lead}-{seq}`; what everything that came of one decision is named after.
[[nodiscard]] std::string decision_id(const lead_id& lead, std::uint64_t seq);

/// A conversation line's clear text: the subject is its first line.
[[nodiscard]] std::string join_message(std::string_view subject, std::string_view text);
[[nodiscard]] std::pair<std::string, std::string> split_message(std::string_view clear);

/// The public word for why a run stands as it does; empty = none.
[[nodiscard]] std::string public_reason(const run& r);

}  // namespace heed
