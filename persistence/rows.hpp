#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/lead/effect.hpp"
#include "actors/lead/ids.hpp"
#include "actors/lead/state.hpp"
#include "actors/lead/stimulus.hpp"
#include "actors/lead/time.hpp"

/// One struct per table row, as the store port speaks of them. `bytes` are opaque to every store: the codec
/// (persistence/codec) made them and alone reads them.
namespace heed {

using bytes = std::string;
using shard_id = std::uint16_t;
inline constexpr shard_id shard_count = 256;

[[nodiscard]] inline shard_id shard_of(const lead_id& lead) {
  return static_cast<shard_id>(stable_hash(lead.value) % shard_count);
}
[[nodiscard]] inline shard_id dispatch_shard_of(const workspace_id& ws, const account_id& account) {
  return static_cast<shard_id>(stable_hash(ws.value + "/" + account.value) % shard_count);
}

/// The node that writes: a new identity and a higher epoch at every start.
struct node_identity {
  std::string node_id;
  std::uint64_t epoch = 0;
  bool shared = false;               ///< one of several: it writes for the shards that the lease rows grant it
  std::optional<time_point> store_now = {};  ///< when shared: the store's clock at that moment, which all of them follow
};

// ---- the door ----

/// One stimulus on its way in. Exactly one of `lead` (commands, outcomes) and `keys` (events) decides whose it is.
struct inbox_item {
  workspace_id workspace;
  std::string key;                   ///< dedupe key within the workspace
  bytes body;                        ///< encoded stimulus
  std::optional<lead_id> lead;
  std::vector<lead_key> keys;        ///< in ZRG-49's order
  bool every_match = false;          ///< goes to every lead that matches any key
  bool may_create = true;            ///< no match makes a lead
  bool suppresses = false;           ///< accepted again under a fresh key while the person is not suppressed
  lead_id candidate;                 ///< id and secret of the lead to create
  bytes candidate_secret;
  time_point received_at{};
};
struct accepted_for { lead_id lead; std::uint64_t inbox = 0; bool created = false; };
struct accept_result {
  enum class what : std::uint8_t { accepted, duplicate, no_lead } outcome = what::accepted;
  std::vector<accepted_for> leads;   ///< for a duplicate: whose it was, as far as known
  /// What the store put before it: a key of the item is on the workspace's suppression list while its lead is not
  /// suppressed yet, so the lead hears `unsubscribed{via: suppression_list}` first. Bodies are encoded stimuli.
  struct notice { accepted_for to; bytes body; };
  std::vector<notice> notices;
};

// ---- one decision ----

struct journal_row {
  std::uint64_t seq = 0;
  time_point decided_at{};
  std::uint64_t revision = 0;        ///< policy revision it was decided under
  std::uint32_t rules_version = 0;
  std::uint64_t epoch = 0;
  std::string kind;                  ///< stimulus kind name, for listings
  std::string stimulus_key;
  bytes body;                        ///< sealed with the lead's secret: stimulus, circumstances, facts, effects, verdicts
  bytes chain;                       ///< hash over the previous row's chain and this row's ciphertext
};

/// Projections, rebuilt from the journal by `heed rebuild`.
struct run_row {
  campaign_id campaign;
  run_status status = run_status::pending;
  std::string reason;                ///< empty = none
  std::uint32_t cursor = 0;
  std::optional<time_point> next_at;
  std::string landing_page;
  std::string waiting_at;            ///< gate it waits at, empty = none
  time_point started_at{};
};
struct history_row {
  campaign_id campaign;
  std::uint32_t step = 0;
  step_id step_name;
  channel on = channel::email;
  step_outcome outcome = step_outcome::sent;
  std::string detail;
  time_point at{};
};
struct audience_action_row {
  std::string type;
  campaign_id campaign;
  std::string decision_id;
  std::int32_t score = 0;
  std::int32_t threshold = 0;
  time_point at{};
};
/// A line of the lead's conversation; text is sealed with the lead's secret.
struct message_row {
  bool inbound = false;
  channel on = channel::email;
  std::string effect;                ///< our effect id for outbound
  std::string provider_id;
  bytes sealed;                      ///< subject and text
  time_point at{};
};
/// What the decisions report counts, one row per countable fact: enrolled, sent, welcomed_candidate,
/// suppressed:{reason}, takeover, waited:{why}, held (for approval), paused:{flag}, ...
struct report_row {
  campaign_id campaign;
  std::string what;
  std::string reason;
  time_point at{};
};

/// Somebody of the workspace's own people is to be told something. Holds no personal text: what is said is rendered at
/// delivery. Delivered at least once; the key is what receivers tell repeats by.
struct notification_row {
  std::uint64_t number = 0;          ///< given by the store
  workspace_id workspace;
  lead_id lead;                      ///< empty for alerts
  std::string key;                   ///< unique in the workspace
  std::string what;                  ///< handoff, reminder, meeting_canceled, draft_review, draft_outcome, alert
  std::string reason;
  std::string to;                    ///< an email address, the URL of a webhook, or somebody or a message in Slack (`slack:`)
  std::uint64_t seq = 0;             ///< the decision that asked, 0 for alerts
  time_point created_at{};
  std::uint32_t attempts = 0;
  std::optional<time_point> next_at; ///< none = delivered or given up
  std::string error;                 ///< of the last attempt, or why it was given up
};
/// One episode in which people own a lead; a projection.
struct handoff_row {
  std::uint64_t episode = 0;
  std::string reason;
  std::string by;
  time_point since{};
  std::string acknowledged_by;
  std::optional<time_point> acknowledged_at;
  std::optional<time_point> ended_at;
  std::string ended_by;
};
/// An answer that was drafted, by which it is listed; a projection.
struct draft_row {
  std::string id;
  draft::draft_status status = draft::draft_status::pending;
  time_point made_at{};
};
/// What the tripwire counts: a campaign's send, or what came of one. Unique by (effect, what).
struct campaign_result_row {
  enum class what : std::uint8_t { sent = 0, hard_bounce = 1, complaint = 2, delivered = 3 } is = what::sent;
  campaign_id campaign;
  effect_id effect;
  time_point at{};
  account_id account = {};  ///< of a send
  std::string domain = {};  ///< of a send: where an email goes, without the person
  std::optional<time_point> handed_over = {};  ///< of a send: when its call began; none = nobody knows
};
/// A send and its receipt, by which an account's latency is told.
struct arrival_row {
  effect_id effect;
  std::string domain;
  time_point handed_over{};
  std::optional<time_point> delivered;
  bool operator==(const arrival_row&) const = default;
};

// ---- effects ----

enum class effect_state : std::uint8_t { planned = 0, in_flight = 1, unknown = 2, done = 3, failed = 4, cancelled = 5, stale = 6 };
[[nodiscard]] std::string_view to_string(effect_state s);

struct effect_row {
  effect_id id;
  workspace_id workspace;
  lead_id lead;
  std::string key;
  campaign_id campaign;
  account_id account;
  std::string kind;
  bytes request;
  effect_state state = effect_state::planned;
  std::uint32_t attempt = 0;
  time_point not_after{};
  time_point planned_at{};
  std::optional<time_point> claimed_at;
  std::uint64_t claim_epoch = 0;
  std::string detail;
  std::string provider_id;
};

/// What an account may send, checked and counted in the claim's transaction, so that it holds over crashes. Zero = no
/// bound. The pace is a leaky bucket: one send each `pace` on average, `burst` of time may be used ahead.
struct send_limits {
  std::uint32_t max_per_day = 0;
  std::int64_t day = 0;              ///< local day number of `now` where the account is at home
  duration gap{};                    ///< least time between two claims
  duration pace{};
  duration burst{};
  [[nodiscard]] bool any() const { return max_per_day > 0 || gap.count() > 0 || pace.count() > 0; }
};
/// What an account has used of them; a claim that is given back or definitely refused returns its unit of the day.
struct send_usage_row {
  std::int64_t day = 0;
  std::uint32_t used = 0;
  std::optional<time_point> last_at; ///< the latest claim
  time_point paced_at{};             ///< the leaky bucket's theoretical arrival
};
/// What a claim has to look at is found by these.
struct effect_outline {
  workspace_id workspace;
  lead_id lead;
  account_id account;
  campaign_id campaign;
  std::string kind;
  bytes request;
  bool operator==(const effect_outline&) const = default;
};
/// planned (or unknown, for a repeat by key) -> in_flight, before the call.
struct claim_request {
  effect_id id;
  bool repeat = false;               ///< was counted already: limits are not asked
  time_point now{};
  send_limits limits = {};
  /// Set = no claim: the effect goes back to its lead, `capacity_wait` until then, for this reason.
  std::optional<time_point> defer_until = {};
  std::string defer_reason = {};
  /// A repeat that gates allowed: good for as long as the lead has decided nothing after that version.
  std::optional<std::uint64_t> allowed_at = {};
  std::shared_ptr<const effect_outline> outline = {};  ///< as its account has it; null = to be looked up
};
struct claim_result {
  enum class what : std::uint8_t {
    claimed,
    gone,        ///< not in the state asked for any more
    stopped,     ///< a kill switch holds; left planned
    suppressed,  ///< the person or the address is suppressed; cancelled, an outcome stimulus was written
    stale,       ///< past not_after and never claimed; moved to stale, an outcome stimulus was written
    paced,       ///< too soon for the account; left planned, `retry_at` says when
    full,        ///< the account's day is used up; left planned
    deferred,    ///< as asked: returned to its lead, an outcome stimulus was written
    outdated,    ///< a repeat whose lead has decided since it was allowed; left unknown
    fenced,      ///< another node dispatches for the account: forget it
  } outcome = what::claimed;
  std::uint32_t attempt = 0;
  std::string scope;  ///< which switch stopped it: global, workspace, campaign:ID, account:ID; or `poisoned`
  std::optional<accepted_for> inbox;  ///< the outcome stimulus of an effect that ended without a call
  std::optional<time_point> retry_at;
  send_usage_row usage;               ///< of the account, after this claim
};
/// in_flight (or unknown, with evidence) -> the state `result` means; guarded by attempt. One transaction with
/// the outcome's inbox row, keyed (effect, attempt, result), so any node may do it and the later one finds nothing.
struct finish_request {
  effect_id id;
  account_id account;                ///< whose call it was; empty = to be looked up
  std::uint32_t attempt = 0;
  send_result result = send_result::unknown;
  bool from_unknown = false;         ///< settles an unknown effect by evidence
  bool back_to_planned = false;      ///< a claim that came too late (start_by): no outcome, no inbox row
  std::string provider_id;
  std::string message_id;
  std::string detail;
  std::string evidence;
  time_point now{};
  bytes body;                        ///< encoded effect_outcome stimulus
};
struct finish_result {
  enum class what : std::uint8_t { finished, not_mine } outcome = what::finished;
  std::optional<accepted_for> inbox;
};

// ---- decisions ----

struct planned_effect {
  effect_id id;
  std::string key;                   ///< touch key; one effect per key for ever
  campaign_id campaign;
  account_id account;
  std::string kind;                  ///< send, fetch_reply, ask_model
  bytes request;                     ///< encoded effect, handed over byte-identical on every attempt
  time_point not_after{};
  bool dry_run = false;              ///< goes straight to done `skipped_dry_run`
};

struct lead_commit {
  workspace_id workspace;
  lead_id lead;
  std::uint64_t expected_version = 0;  ///< journal.seq must be this + 1
  bytes snapshot;
  journal_row journal;
  std::vector<lead_key> keys_added;
  std::vector<planned_effect> effects;
  std::vector<effect_id> cancels;
  std::vector<effect_id> resends;      ///< failed or returned effects re-opened under the same key
  std::optional<time_point> due;       ///< the lead's timer; none deletes it. Generation = journal.seq
  std::vector<std::uint64_t> consumed; ///< inbox ids; deleting the pending row is the proof of decision
  std::vector<std::string> direct_keys;///< fast path: dedupe keys of stimuli that never had an inbox row
  std::vector<run_row> runs;
  std::vector<history_row> history;
  std::vector<audience_action_row> actions;
  std::vector<message_row> messages;
  std::vector<report_row> report;
  std::optional<std::string> person_suppressed;   ///< reason; empty string lifts
  std::vector<std::pair<lead_key, std::string>> addresses_suppressed;
  std::optional<bool> handed_off;
  bool poison_cleared = false;                    ///< a human cleared the `poisoned` marker
  std::vector<notification_row> notifications;
  std::vector<handoff_row> handoffs;              ///< replaced by (lead, episode)
  std::vector<draft_row> drafts;                  ///< replaced by id
  std::vector<campaign_result_row> results;
  /// The record of the accepted call this decision is about: made in its transaction and without an inbox row. One that
  /// is not the effect's any more is a `conflict`.
  std::optional<finish_request> finish;
  /// Of effects planned here, to be called at once: taken when all else is written.
  std::vector<claim_request> claims;
  /// What it tells other leads of the workspace: accepted in its transaction.
  std::vector<inbox_item> letters;
};
struct commit_result {
  enum class what : std::uint8_t {
    committed,
    conflict,    ///< version, a consumed row or the effect to finish was not as expected: reload the lead
    duplicate,   ///< a direct key existed: reload, the stimulus was decided before
    fenced,      ///< its shard is not this node's under the epoch it was decided under: forget it
  } outcome = what::committed;
  /// Already in flight or later; their outcome will come. A claim of theirs that comes back uncalled is stale.
  std::vector<effect_id> not_cancelled;
  std::vector<std::pair<lead_key, lead_id>> key_conflicts;  ///< keys that belong to another lead
  std::vector<accepted_for> outcomes;    ///< inbox rows this commit made: cancelled effects, dry runs
  std::vector<claim_result> claims;      ///< in their order
  std::vector<accept_result> letters;    ///< in their order
};

// ---- what is read back ----

struct lead_row {
  workspace_id workspace;
  lead_id lead;
  std::uint64_t version = 0;
  bytes snapshot;      ///< empty at version 0
  bytes secret;
  bytes chain;
  bool poisoned = false;  ///< a stimulus of this lead was buried; its outbound pauses until cleared
  std::uint32_t rules = 0;  ///< rules version of its latest decision; only `store_reader::leads` tells
};
struct pending_row {
  std::uint64_t inbox = 0;
  workspace_id workspace;
  lead_id lead;
  bytes body;
  time_point received_at{};
  std::uint32_t attempts = 0;
};
struct timer_row { workspace_id workspace; lead_id lead; std::uint64_t generation = 0; time_point due{}; };
struct dead_letter {
  std::uint64_t inbox = 0;      ///< 0 for an effect
  std::string effect;
  workspace_id workspace;
  lead_id lead;
  std::string kind;
  std::string error;
  std::uint32_t attempts = 0;
  time_point died_at{};
  time_point received_at{};
};

struct sandbox_message {
  std::uint64_t number = 0;
  workspace_id workspace;
  lead_id lead;
  effect_id effect;
  channel on = channel::email;
  std::string from, to, subject, body, message_id, in_reply_to;
  time_point at{};
};

enum class role : std::uint8_t { reader = 0, setter = 1, inbox_manager = 2, admin = 3, owner = 4, operator_ = 5 };
[[nodiscard]] std::string_view to_string(role r);
[[nodiscard]] std::optional<role> parse_role(std::string_view text);

/// Only the hash of a key is ever stored. `operator_` keys reach /admin and every workspace.
struct api_key_row { std::string hash; workspace_id workspace; role as = role::reader; std::string name; time_point created_at{}; bool revoked = false; };

enum class stop_scope : std::uint8_t { global = 0, workspace = 1, campaign = 2, account = 3 };
[[nodiscard]] std::string_view to_string(stop_scope s);
/// A missing row stops: rows are created with their object.
struct kill_switch_row { workspace_id workspace; stop_scope scope = stop_scope::workspace; std::string name; bool engaged = false; std::string by; time_point at{}; };

/// One entry of the suppression list; people are named by the hash of their normalised address only.
struct suppression_row {
  workspace_id workspace;
  std::string hash;                  ///< codec::address_hash
  std::string scope;                 ///< person or address
  lead_id lead;                      ///< empty = imported, or known by address only
  std::string reason;                ///< opt_out, complaint, bounce, ...
  std::string source;                ///< where an imported one comes from
  time_point at{};
};
/// An account that was set up over the API: everything but its public part, sealed with the installation's key.
struct account_config_row { workspace_id workspace; account_id account; bytes sealed; time_point at{}; };
/// "200 but nothing happened", explained (ZRG-194).
struct ignored_row {
  std::uint64_t number = 0;
  workspace_id workspace;
  std::string provider;
  std::string type;
  std::string reason;
  time_point at{};
};
/// Something an operator must know: a tripwire, an account that stopped, a notification nobody could be given.
struct alert_row {
  std::uint64_t number = 0;
  workspace_id workspace;
  std::string what;                  ///< tripwire, account_stopped, overdue, notification_failed
  std::string subject;               ///< campaign:ID, account:ID, ...
  std::string detail;
  time_point at{};
};

struct audit_row { workspace_id workspace; std::string by; std::string what; std::string detail; time_point at{}; };

}  // namespace heed
