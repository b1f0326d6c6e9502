#pragma once

#include <functional>
#include <mutex>
#include <tuple>
#include <utility>

#include "persistence/memory/table.hpp"
#include "persistence/rows.hpp"

namespace heed::memory {

/// A lead's number inside the image; what grows with traffic refers to a lead by it.
using number = std::uint64_t;

struct lead_record {
  lead_row row;
  std::optional<std::string> suppressed;
  bool handed_off = false;
};
struct inbox_record {
  workspace_id workspace;
  time_point received_at{};
  bytes body;
};
struct inbox_key_record {
  std::optional<number> inbox;
  std::optional<std::uint64_t> seq;  ///< decided without ever having been in the inbox
};
struct pending_record {
  number lead = 0;
  std::uint32_t attempts = 0;
};
struct decided_record {
  number lead = 0;
  std::uint64_t seq = 0;
};
struct dead_record {
  number lead = 0;
  dead_letter letter;  ///< its kind is read when it is listed
};
struct timer_record {
  time_point due{};
  std::uint64_t generation = 0;
};
struct effect_record {
  effect_row row;
  number n = 0;
  number lead = 0;
  std::uint32_t calls = 0;     ///< claims whose call may have started since it was last planned
  std::uint32_t reopened = 0;  ///< times it was planned again
  bool dry_run = false;
  std::optional<std::int64_t> counted_day;  ///< holds a unit of its account's day
};
struct attempt_record {
  std::uint32_t attempt = 0;
  std::string who;
  std::uint64_t epoch = 0;
  time_point at{};
  std::string outcome, evidence;
};
struct run_record {
  number n = 0;
  workspace_id workspace;
  run_row row;
};
struct action_record {
  number lead = 0;
  workspace_id workspace;
  audience_action_row row;
};
struct report_record {
  workspace_id workspace;
  report_row row;
};
struct handoff_record {
  number lead = 0;
  workspace_id workspace;
  handoff_row row;
};
struct draft_record {
  number lead = 0;
  workspace_id workspace;
  draft_row row;
};
struct notification_record {
  number lead = 0;
  notification_row row;
};
struct result_record {
  workspace_id workspace;
  campaign_id campaign;
  time_point at{};
  effect_id effect;
  account_id account;
  std::string domain;
  std::optional<time_point> handed_over, delivered_at;
  bool hard_bounced = false, complained = false;
};
struct answer_record {
  bytes request_hash, answer;
};

/// All that a store in memory holds. It outlives the store objects that work on it, as a file would.
struct image {
  std::mutex lock;     ///< held for every call of the port
  bool held = false;   ///< by a store that writes
  undo_log undo;
  number last_number = 0;  ///< never used twice, also after a transaction that was taken back
  [[nodiscard]] number next() { return ++last_number; }
  /// Where the numbers of leads and inbox rows come from when the image holds only a part of a store's rows.
  std::function<number()> lasting_numbers;
  [[nodiscard]] number next_lasting() { return lasting_numbers ? lasting_numbers() : next(); }

  table<std::string, bytes> meta{undo};
  table<std::uint64_t, std::string> nodes{undo};
  table<workspace_id, time_point> workspaces{undo};
  table<std::pair<workspace_id, std::uint64_t>, bytes> policies{undo};
  table<std::string, api_key_row> api_keys{undo};
  table<std::tuple<stop_scope, workspace_id, std::string>, kill_switch_row> switches{undo};
  table<number, audit_row> audit{undo};
  table<std::pair<workspace_id, std::string>, answer_record> answers{undo};

  table<number, lead_record> leads{undo};
  table<lead_id, number> lead_numbers{undo};
  table<std::pair<workspace_id, lead_key>, number> lead_keys{undo};
  index<number, lead_key> keys_of{undo};

  table<number, inbox_record> inbox{undo};
  table<std::tuple<workspace_id, std::string, number>, inbox_key_record> inbox_keys{undo};
  table<number, pending_record> pending{undo};
  index<number, number> pending_of{undo};  ///< (lead, inbox)
  table<number, decided_record> decided{undo};
  table<number, dead_record> dead{undo};
  table<std::pair<number, std::uint64_t>, journal_row> journal{undo};
  table<number, timer_record> timers{undo};
  index<time_point, number> timers_due{undo};

  table<effect_id, effect_record> effects{undo};
  index<effect_state, number, effect_id> effects_in{undo};
  index<number, effect_id> effects_of{undo};
  index<workspace_id, std::string, effect_id> effects_at_provider{undo};
  table<std::tuple<workspace_id, std::string, std::string>, effect_id> effect_keys{undo};
  table<std::pair<effect_id, number>, attempt_record> attempts{undo};

  table<std::tuple<workspace_id, std::string, std::string, number>, suppression_row> suppressions{undo};
  table<std::pair<workspace_id, account_id>, send_usage_row> usage{undo};
  table<std::pair<workspace_id, account_id>, account_config_row> account_configs{undo};

  table<std::pair<number, campaign_id>, run_record> runs{undo};
  table<number, std::pair<number, campaign_id>> run_order{undo};
  table<std::pair<number, number>, history_row> history{undo};
  table<number, action_record> actions{undo};
  table<std::pair<number, number>, message_row> messages{undo};
  table<number, report_record> report{undo};
  table<number, sandbox_message> sandbox{undo};
  table<effect_id, number> sandbox_of{undo};
  table<number, notification_record> notifications{undo};
  index<workspace_id, std::string> notification_keys{undo};
  table<number, alert_row> alerts{undo};
  table<number, handoff_record> handoffs{undo};
  table<std::pair<number, std::uint64_t>, number> episodes{undo};
  table<number, draft_record> drafts{undo};
  table<std::string, number> draft_of{undo};
  table<number, result_record> results{undo};
  table<effect_id, number> result_of{undo};
  table<number, ignored_row> ignored{undo};
};

/// A lead's keys in their order; the default of `lead_key` is not the least of them.
inline constexpr auto first_key_kind = key_kind::ghl;

/// All keys of an index or table that begin with the part given, `f(key, row)` each.
template <class Table, class First, class F>
void each_of(const Table& t, const First& first, F&& f) {
  using key_type = std::decay_t<decltype(t.begin()->first)>;
  key_type start{};
  std::get<0>(start) = first;
  if constexpr (std::is_same_v<std::decay_t<decltype(std::get<1>(start))>, lead_key>)
    std::get<1>(start).kind = first_key_kind;
  for (auto it = t.from(start); it != t.end() && std::get<0>(it->first) == first; ++it)
    f(it->first, it->second);
}

}  // namespace heed::memory
