#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "persistence/errc.hpp"
#include "persistence/rows.hpp"

namespace heed {

/// What one transaction writes. A store applies the parts in this order: accepts, commits, finishes, claims,
/// sandbox; results come back in the order of the requests.
struct write_batch {
  std::vector<inbox_item> accepts;
  std::vector<lead_commit> commits;
  std::vector<finish_request> finishes;
  std::vector<claim_request> claims;
  std::vector<sandbox_message> sandbox;   ///< idempotent by effect
  [[nodiscard]] bool empty() const {
    return accepts.empty() && commits.empty() && finishes.empty() && claims.empty() && sandbox.empty();
  }
};
struct write_result {
  std::vector<accept_result> accepts;
  std::vector<commit_result> commits;
  std::vector<finish_result> finishes;
  std::vector<claim_result> claims;
};

struct page { std::size_t limit = 50; std::string after; };
template <class T>
struct listing { std::vector<T> items; std::string next; };  ///< next empty = the end

struct stored_run { workspace_id workspace; lead_id lead; run_row run; };
/// `q` is part of a key (email, phone, other ids) or the whole lead id; `status` a run's status, or handed_off,
/// suppressed or poisoned; empty = any.
struct lead_filter { std::string q; std::string status; [[nodiscard]] bool none() const { return q.empty() && status.empty(); } };
/// A campaign's latest sends and what came of them.
struct send_window { std::uint64_t sends = 0, hard_bounces = 0, complaints = 0; };
struct stored_draft { workspace_id workspace; lead_id lead; draft_row draft; };
struct stored_handoff { workspace_id workspace; lead_id lead; handoff_row handoff; };
struct run_filter { std::optional<run_status> status; std::string campaign; std::string lead; };
struct stored_action { workspace_id workspace; lead_id lead; audience_action_row action; };
/// Something that was not sent: a run that restraint ended (its audience action), or a step that was passed over.
struct stored_restraint {
  lead_id lead;
  campaign_id campaign;
  std::string what;                  ///< the action's type, or skipped or blocked
  std::string reason;                ///< of a step; an action's type says its own
  step_id step;                      ///< empty = the whole rest of the run
  std::optional<channel> on;
  std::string decision_id;           ///< of an action
  std::int32_t score = 0, threshold = 0;
  time_point at{};
};
struct restraint_filter {
  enum class kind : std::uint8_t { any, run_ended, skipped, blocked } what = kind::any;
  std::string campaign;              ///< empty = all
};
struct report_count { std::string what; std::string reason; std::uint64_t count = 0; };
struct store_counts {
  std::uint64_t leads = 0, pending = 0, dead = 0, timers = 0, effects_planned = 0, effects_in_flight = 0, effects_unknown = 0;
};

/// Reads. One object per thread; every call sees one consistent snapshot.
class store_reader {
 public:
  virtual ~store_reader() = default;

  virtual result<std::vector<lead_row>> leads(std::span<const lead_id> ids) = 0;
  virtual result<std::optional<lead_row>> lead_by_key(const workspace_id& ws, const lead_key& key) = 0;
  virtual result<listing<lead_row>> all_leads(const std::optional<workspace_id>& ws, const page& p) = 0;
  virtual result<listing<journal_row>> journal(const lead_id& lead, std::uint64_t after_seq, std::size_t limit) = 0;
  virtual result<std::vector<pending_row>> pending(std::uint64_t after_inbox, std::size_t limit) = 0;
  virtual result<std::vector<pending_row>> pending_of(const lead_id& lead) = 0;
  /// Timers due before `until`, earliest first, after the (due, lead) given.
  virtual result<std::vector<timer_row>> timers(time_point until, std::optional<timer_row> after, std::size_t limit) = 0;
  virtual result<std::vector<effect_row>> open_effects(const std::optional<account_id>& account, effect_state state, std::size_t limit) = 0;
  virtual result<std::optional<effect_row>> effect(const effect_id& id) = 0;
  virtual result<std::vector<effect_row>> effects_of(const lead_id& lead) = 0;
  /// Effects by a provider's id or the echoed effect id: to join callbacks.
  virtual result<std::optional<effect_row>> effect_by_provider_id(const workspace_id& ws, const std::string& provider_id) = 0;

  virtual result<listing<stored_run>> runs(const workspace_id& ws, const run_filter& f, const page& p) = 0;
  virtual result<std::map<run_status, std::uint64_t>> run_counts(const workspace_id& ws, const std::string& campaign) = 0;
  virtual result<std::vector<history_row>> history(const lead_id& lead, const campaign_id& campaign) = 0;
  virtual result<listing<stored_action>> audience_actions(const workspace_id& ws, const std::string& lead, const std::string& campaign, const page& p) = 0;
  /// Newest first.
  virtual result<listing<stored_restraint>> restraints(const workspace_id& ws, const restraint_filter& f, const page& p) = 0;
  virtual result<std::vector<message_row>> messages(const lead_id& lead, std::size_t limit) = 0;
  virtual result<std::vector<report_count>> report(const workspace_id& ws, const std::string& campaign, time_point from, time_point to) = 0;
  virtual result<listing<dead_letter>> dead_letters(const std::optional<workspace_id>& ws, const page& p) = 0;
  virtual result<listing<sandbox_message>> sandbox(const workspace_id& ws, const std::string& lead, const page& p) = 0;

  /// Bodies are JSON documents; the revision's number is unique per workspace.
  virtual result<std::vector<workspace_id>> workspaces() = 0;
  virtual result<std::pair<std::uint64_t, bytes>> latest_policy(const workspace_id& ws) = 0;
  virtual result<bytes> policy_revision(const workspace_id& ws, std::uint64_t revision) = 0;
  virtual result<std::vector<api_key_row>> api_keys() = 0;
  virtual result<std::vector<kill_switch_row>> kill_switches() = 0;
  virtual result<std::vector<audit_row>> audit(const workspace_id& ws, std::size_t limit) = 0;
  virtual result<std::optional<bytes>> meta(const std::string& name) = 0;
  /// The stored answer to a POST with this Idempotency-Key: (request hash, answer).
  virtual result<std::optional<std::pair<bytes, bytes>>> idempotent_answer(const workspace_id& ws, const std::string& key) = 0;
  virtual result<store_counts> counts() = 0;

  virtual result<listing<lead_row>> find_leads(const workspace_id& ws, const lead_filter& f, const page& p) = 0;
  virtual result<listing<suppression_row>> suppressions(const workspace_id& ws, const page& p) = 0;
  /// All entries of one address.
  virtual result<std::vector<suppression_row>> suppressions_of(const workspace_id& ws, const std::string& hash) = 0;
  /// Newest episode first; `open` = neither acknowledged nor handed back.
  /// Newest first; `status` set = only those.
  virtual result<listing<stored_draft>> drafts(const workspace_id& ws, std::optional<draft::draft_status> status, const page& p) = 0;
  virtual result<listing<stored_handoff>> handoffs(const workspace_id& ws, bool only_open, const page& p) = 0;
  /// Newest first.
  virtual result<listing<ignored_row>> ignored(const workspace_id& ws, const page& p) = 0;
  virtual result<listing<alert_row>> alerts(const workspace_id& ws, const page& p) = 0;
  /// Undelivered ones due by then, oldest first.
  virtual result<std::vector<notification_row>> due_notifications(time_point until, std::size_t limit) = 0;
  virtual result<std::vector<account_config_row>> account_configs() = 0;
  /// The latest `most` sends after `since`, with the bounces and complaints about exactly these.
  virtual result<send_window> sends_of(const workspace_id& ws, const campaign_id& campaign, time_point since, std::size_t most) = 0;
  /// An account's latest `most` sends handed over after `since`, newest first, with their receipts.
  virtual result<std::vector<arrival_row>> arrivals_of(const workspace_id& ws, const account_id& account, time_point since, std::size_t most) = 0;
  virtual result<std::optional<send_usage_row>> usage(const workspace_id& ws, const account_id& account) = 0;

  /// The audits behind `heed verify`, each returning one line per violation: gaps in seq, version against
  /// last seq, inbox keys without exactly one of pending/dead/decided, effects without their plan, two
  /// effects of one key, called effects without a claim.
  virtual result<std::vector<std::string>> audit_invariants() = 0;
};

/// The port. Synchronous; only the store actors call the writer, readers are handed out one a thread.
/// Postgres, SQLite and the simulator's memory store pass one contract suite (tests/contract/store_*_test.cpp).
class store {
 public:
  virtual ~store() = default;

  /// Takes the store for a new node: a higher epoch; every in_flight effect of earlier epochs becomes
  /// `unknown` with an `effect_outcome{unknown, node_lost}` in the inbox, `attempts` of rows the dead owner
  /// had started are raised. Refused when another live process holds it.
  virtual result<node_identity> attach(time_point now) = 0;

  /// One transaction. `unknown` and `fatal` say so; nothing is ever half done.
  virtual result<write_result> write(const write_batch& batch) = 0;
  /// How many threads may write at once; what is said of one lead comes from one of them.
  [[nodiscard]] virtual std::size_t writers() const { return 1; }

  virtual result<std::unique_ptr<store_reader>> reader() = 0;

  /// Marks that the owner is about to decide these: raised durably so that a poison stimulus that kills the
  /// process is counted.
  virtual result<void> count_attempt(std::span<const std::uint64_t> inbox) = 0;
  /// Moves a stimulus to the dead letters and, in the same transaction, sets the lead's `poisoned` marker.
  virtual result<void> bury(std::uint64_t inbox, const std::string& error, time_point now) = 0;
  /// Back from the dead letters into pending.
  virtual result<void> requeue(std::uint64_t inbox) = 0;
  virtual result<void> bury_effect(const effect_id& id, const std::string& error, time_point now) = 0;

  virtual result<void> create_workspace(const workspace_id& ws, time_point now) = 0;
  /// `expected` = the revision the caller saw (0 = none yet); `conflict` when it is not the latest.
  virtual result<std::uint64_t> put_policy(const workspace_id& ws, std::uint64_t expected, const bytes& body, const audit_row& why) = 0;
  virtual result<void> put_api_key(const api_key_row& row) = 0;
  virtual result<void> put_kill_switch(const kill_switch_row& row) = 0;
  /// Of a new object; one that is there stays as people left it.
  virtual result<void> create_kill_switch(const kill_switch_row& row) = 0;
  virtual result<void> put_meta(const std::string& name, const bytes& value) = 0;
  /// Only if the name holds what the caller read (none = nothing yet), `conflict` otherwise: several nodes may write at once.
  virtual result<void> swap_meta(const std::string& name, const std::optional<bytes>& read, const bytes& value) = 0;
  virtual result<void> put_idempotent_answer(const workspace_id& ws, const std::string& key, const bytes& request_hash, const bytes& answer, time_point now) = 0;
  virtual result<void> add_audit(const audit_row& row) = 0;

  /// Adds to the suppression list, all or none; one that is there stays as it is. The number of new ones.
  virtual result<std::uint64_t> add_suppressions(std::span<const suppression_row> rows) = 0;
  /// Removes every entry of this address that belongs to no lead, and audits it; leads lift theirs by a command.
  virtual result<std::uint64_t> lift_suppression(const workspace_id& ws, const std::string& hash, const audit_row& why) = 0;
  virtual result<void> put_account_config(const account_config_row& row) = 0;
  /// Keeps the newest `most` of a workspace.
  virtual result<void> note_ignored(std::span<const ignored_row> rows, std::size_t most) = 0;
  /// The alert and the notifications that carry it, in one transaction.
  virtual result<void> add_alert(const alert_row& row, std::span<const notification_row> carried_by) = 0;
  /// After an attempt: `next_at` none = over (delivered when `error` is empty).
  virtual result<void> settle_notification(std::uint64_t number, std::optional<time_point> next_at, const std::string& error) = 0;
};

/// `sqlite:PATH` or `postgres://USER:PASSWORD@HOST:PORT/DATABASE`; brings the schema up to date when `migrate` is true, else refuses an old one with the fix.
/// `shared`: as one of several nodes, where the store can; `attach` then makes the node known and takes nothing.
enum class open_mode : std::uint8_t { read_write, read_only, shared };
[[nodiscard]] result<std::unique_ptr<store>> open_store(const std::string& url, open_mode mode);
[[nodiscard]] result<std::vector<std::string>> migrate_store(const std::string& url);
/// The URL as it may be shown: without a password.
[[nodiscard]] std::string shown_url(const std::string& url);

}  // namespace heed
