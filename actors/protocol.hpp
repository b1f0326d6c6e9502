#pragma once

#include <atomic>
#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "actors/lead/decision.hpp"
#include "actors/provider/lane.hpp"
#include "actors/provider/rooms.hpp"
#include "actors/shards.hpp"
#include "persistence/store.hpp"
#include "runtime/clock.hpp"

/// Every message between actors and every handle they are sent to. Nothing here crosses a node: messages are
/// moved, never serialised. One line says what a message does; INTERNAL marks what only an actor itself or
/// its supervisor sends.
namespace heed {

class latency_book;
class minute_crowds;

// ---- what travels ----

/// What became of one submitted stimulus; `seq` and on only when its decision was waited for.
struct item_outcome {
  accept_result::what accepted = accept_result::what::accepted;
  std::vector<lead_id> leads;
  std::optional<std::uint64_t> seq;
  std::vector<fact> facts;
  std::vector<std::string> calls_in_flight;  ///< effects whose call was already on the wire
};
struct submitted_item {
  workspace_id workspace;
  stimulus what;
  std::optional<lead_id> lead;
};
class arriving_items;

/// A caller's stimuli; `done` is called exactly once, from any thread.
struct submission_batch {
  std::vector<submitted_item> items;
  std::chrono::milliseconds wait{0};
  bool facts = true;  ///< of the decisions waited for are read
  std::function<void(result<std::vector<item_outcome>>)> done;
  std::shared_ptr<arriving_items> counted;  ///< of callers: whoever is counted was let in
  std::uint32_t crashes = 0;                ///< of the gateway, over it
};

/// Somebody waits for a decision. Called from the lead's thread after the commit.
class waiter {
 public:
  virtual ~waiter() = default;
  virtual void decided(std::size_t index, std::uint64_t seq, const std::vector<fact>& facts,
                       std::vector<std::string> calls_in_flight) = 0;
  /// Nothing more will come for this item: it was decided before, or it is in the dead letters.
  virtual void given_up(std::size_t index) = 0;
  /// This item took the fast path and is known already.
  virtual void repeated(std::size_t index) = 0;
  /// False when nobody reads the facts: then they are not carried from one node to another.
  [[nodiscard]] virtual bool reads_facts() const = 0;
};

/// Counts stimuli on their way to being accepted and those accepted and not decided yet; the door refuses
/// when there are too many.
struct admission {
  std::atomic<std::int64_t> arriving{0};
  std::atomic<std::int64_t> undecided{0};
  std::int64_t limit = 50'000;
  [[nodiscard]] bool full() const {
    return arriving.load(std::memory_order_relaxed) + undecided.load(std::memory_order_relaxed) >= limit;
  }
};
/// A caller's stimuli, counted from when they were read until they are accepted or refused.
class arriving_items {
 public:
  arriving_items(admission& door, std::size_t items) : door_(door), items_(static_cast<std::int64_t>(items)) {
    door_.arriving.fetch_add(items_, std::memory_order_relaxed);
  }
  arriving_items(const arriving_items&) = delete;
  arriving_items& operator=(const arriving_items&) = delete;
  ~arriving_items() { door_.arriving.fetch_sub(items_, std::memory_order_relaxed); }

 private:
  admission& door_;
  std::int64_t items_;
};

/// One stimulus on its way to its lead: durable in the inbox or as a timer, or on the fast path, where its
/// decision will keep it.
struct parcel {
  parcel() = default;
  parcel(const parcel&) = delete;
  parcel& operator=(const parcel&) = delete;
  /// One of the fast path that ends undecided, whyever, goes back to the door.
  ~parcel();
  void count(admission& door) { counted = &door, door.undecided.fetch_add(1, std::memory_order_relaxed); }
  /// It is decided, or known to have been.
  void settle();

  workspace_id workspace;
  lead_id lead;
  std::uint64_t inbox = 0;  ///< 0 = none: a timer has a timer row instead, the fast path its decision
  stimulus what;
  bytes fresh_secret;  ///< of a lead this very acceptance created: nothing to load
  std::shared_ptr<waiter> waits;
  std::size_t index = 0;  ///< which of the waiter's items this is
  bool again = false;     ///< read back from the inbox: the lead may hold it already
  clock::ticks taken{};   ///< when it was accepted, for the latency figure
  admission* counted = nullptr;
  bool direct = false;  ///< fast path: its key goes with its decision
  /// The record of the call it is the outcome of, to be made with the decision.
  std::optional<finish_request> finish;
  permit_ptr permit;  ///< of that call, for the lead's next one
  /// Until it is decided: whom it goes back to otherwise, the door (fast path) or the account (a record).
  caf::actor home;
};
using parcel_ptr = std::shared_ptr<parcel>;

// ---- shared views and ports ----

/// What a decision is taken under, published as one immutable value per change.
struct workspace_view {
  std::shared_ptr<const policy> current;
  active_stops stops;
  std::uint64_t priors_version = 0;  ///< 0 = nothing was learned
  std::shared_ptr<const timing::population> priors = {};
};
/// Read on every decision by many threads.
class policy_source {
 public:
  virtual ~policy_source() = default;
  /// Null for an unknown workspace.
  [[nodiscard]] virtual std::shared_ptr<const workspace_view> view(const workspace_id& ws) const = 0;
};

/// Told of every decision after its commit: logs, metrics, counters. Called from the lead's thread.
class decision_observer {
 public:
  virtual ~decision_observer() = default;
  virtual void decided(const lead_commit& commit, const lead_state& after, const decision& answer,
                       std::chrono::microseconds took) = 0;
  virtual void buried(const lead_id& lead, std::string_view stimulus_kind, std::string_view error) = 0;
};

/// What a shell asks of the node for a whole workspace. Called from any thread.
class overseer {
 public:
  virtual ~overseer() = default;
  /// People must know: kept, logged, and told to whoever the workspace's handoffs go to.
  virtual void raise(alert_row alert) = 0;
  /// A switch was put: take it up.
  virtual void reload_switches(const workspace_id& ws) = 0;
};

/// What a component shows of its work; a watchdog on another thread reads it.
struct pulse {
  std::atomic<std::uint64_t> handled{0};    ///< messages that came to an end
  std::atomic<std::int64_t> waiting{0};     ///< in its mailbox, the one under way included
  std::atomic<std::int64_t> busy_since{0};  ///< steady microseconds; 0 = between two messages
};

/// Where supervision is written down and where it ends: `escalate` leaves the process.
class supervision {
 public:
  virtual ~supervision() = default;
  virtual void started(std::string_view path) = 0;
  virtual void crashed(std::string_view path, std::string_view why) = 0;
  virtual void stopped(std::string_view path, std::string_view why) = 0;
  virtual void escalate(std::string_view path, std::string_view why) = 0;

  /// A component's pulse and its mailbox, once in its life.
  virtual void watch(std::string_view /*path*/, std::shared_ptr<const pulse> /*of*/,
                     const caf::actor& /*who*/) {}
  virtual void adopted(std::string_view /*parent*/, std::string_view /*path*/, const caf::actor& /*who*/) {}
  /// It goes on after that pause.
  virtual void restarting(std::string_view /*path*/, std::chrono::milliseconds /*pause*/) {}
};

/// Faults that an installation made for it injects into itself (`chaos.enabled`); null everywhere else.
class chaos_source {
 public:
  virtual ~chaos_source() = default;
  /// Asked before every decision; true = it fails, as if its code had thrown.
  virtual bool fails(const lead_id& lead) = 0;
};

// ---- the store ----

/// Accept these in one transaction; answered with `accept_done`.
struct accept_work {
  std::vector<inbox_item> items;
  std::uint64_t ticket = 0;
  caf::actor reply_to;
};
struct accept_done {
  std::uint64_t ticket = 0;
  result<std::vector<accept_result>> answer;
};
/// Commit one decision; the commit comes back with the answer.
struct commit_work {
  lead_commit commit;
  caf::actor reply_to;
};
struct commit_done {
  lead_commit commit;
  result<commit_result> answer;
};
/// Take an effect before calling; answered with `claim_done`.
struct claim_work {
  claim_request request;
  caf::actor reply_to;
};
struct claim_done {
  effect_id id;
  result<claim_result> answer;
};
/// Record what became of a call, and its sandbox copy in the same transaction.
struct finish_work {
  finish_request request;
  std::optional<sandbox_message> copy;
  caf::actor reply_to;
};
struct finish_done {
  effect_id id;
  result<finish_result> answer;
};
/// INTERNAL to the gateway: a stimulus of the fast path that was not decided; to be kept in the inbox like
/// any other.
struct direct_returned {
  workspace_id workspace;
  lead_id lead;
  stimulus what;
  std::shared_ptr<waiter> waits;
  std::size_t index = 0;
};
/// Run something on the writer's thread, after everything queued before it that need not be tried again.
struct store_job {
  std::function<void(store&)> run;
};
/// Run something with a reader's own snapshot.
struct reader_job {
  std::function<void(store_reader&)> run;
};

// ---- leads and regions ----

/// INTERNAL to a lead: the same stimulus again, after a crash in place.
struct retry_now {};
/// INTERNAL to a lead: its row as read after a lost swap, with what is still undecided of it.
struct lead_reloaded {
  result<lead_row> row;
  std::vector<std::uint64_t> pending;
};
/// INTERNAL to a lead: its stimulus is in the dead letters.
struct lead_buried {
  std::uint64_t inbox = 0;
};
/// Nothing seems to happen to you: ask to be passivated if that is so.
struct passivate_hint {};
/// A lead asks its region to let it go.
struct passivate_ask {
  lead_id lead;
};
/// The region agrees; a lead that has work by now answers `still_busy`.
struct passivate_now {};
struct still_busy {
  lead_id lead;
};
/// Rows for leads being activated, with the ids that were asked for.
struct leads_loaded {
  std::vector<lead_id> asked;
  result<std::vector<lead_row>> rows;
};
/// Something was written to this lead's inbox by the store itself: fetch and decide it.
struct deliver_pending {
  workspace_id workspace;
  lead_id lead;
};
struct pending_loaded {
  lead_id lead;
  result<std::vector<pending_row>> rows;
};

// ---- one node of several ----

/// To regions, timers, providers, workspaces: the shard table has changed. What belongs to shards that are ours no more is
/// let go, what is ours now is read.
struct shards_changed {
  std::shared_ptr<const std::set<shard_id>> gained, lost;
  caf::actor quiet;         ///< told `shards_quiet` by each region when nothing of the lost ones runs in it any more
  std::uint64_t round = 0;  ///< of that asking
};
/// A region has let go.
struct shards_quiet {
  std::uint64_t round = 0;
};
/// INTERNAL to a lead: its shard goes to another node: finish what is being committed, hand the rest back, and end.
struct leave_now {};
/// INTERNAL to a lead: its node could not decide a moment ago; it looks again.
struct decide_now {};
/// INTERNAL to a provider: another node dispatches for the account from now on.
struct account_left {};

// ---- timers ----

/// A commit's word on its lead's timer: armed for `due`, or none. Generation = the deciding seq.
struct arm_timer {
  workspace_id workspace;
  lead_id lead;
  std::uint64_t generation = 0;
  std::optional<time_point> due;
};
/// The firing of this generation was void; the entry may leave the heap.
struct timer_void {
  lead_id lead;
  std::uint64_t generation = 0;
};
struct timers_loaded {
  time_point until{};
  std::size_t limit = 0;
  result<std::vector<timer_row>> rows;
};
/// Look again now; answers with how many entries are due (an operator's forced scan).
struct due_scan {
  std::function<void(std::size_t due, std::size_t in_heap)> done;
};

// ---- effects ----

/// An effect of a commit (or of recovery) on its way to its account.
struct dispatch {
  workspace_id workspace;
  lead_id lead;
  effect_id id;
  campaign_id campaign;
  account_id account;
  std::string kind;              ///< send, fetch_reply, ask_model, settle
  bytes request;                 ///< encoded effect
  bool may_repeat = false;       ///< settle: gates 1 to 6 passed in the decision that asked
  std::uint64_t allowed_at = 0;  ///< settle: the lead's version by that decision
  // Claimed in the transaction that planned it:
  permit_ptr permit;  ///< its place among the account's calls; null = to be claimed
  std::uint32_t attempt = 0;
  clock::ticks claim_sent{};  ///< before that transaction began
};
using dispatch_ptr = std::shared_ptr<dispatch>;
/// INTERNAL to a provider: a call came back.
struct call_answered {
  effect_id id;
  std::uint32_t attempt = 0;
  std::shared_ptr<void> answer;
};
/// INTERNAL to a provider: what was said so far, for a question to a model.
struct conversation_read {
  effect_id id;
  std::uint32_t attempt = 0;
  std::shared_ptr<void> lines;  ///< null = it could not be read
};
/// INTERNAL to a provider: a question to a model may be asked again.
struct asking_paused {
  effect_id id;
  std::uint32_t attempt = 0;
};
/// INTERNAL to a provider: the lead did not decide about this outcome in one with its record.
struct outcome_undecided {
  effect_id id;
};
/// INTERNAL to a provider: what the store knows of an effect whose outcome is to be settled.
struct effect_read {
  dispatch_ptr what;
  result<std::optional<effect_row>> row;
  std::set<std::string> others = {};  ///< what the provider calls the other messages of its lead
};
/// A callback named this effect: it was delivered, whatever the call said.
struct settled_by_callback {
  workspace_id workspace;
  effect_id id;
  std::string provider_id;
  std::string trouble = {};  ///< not empty: the account is at fault, by this code of the provider's
  std::optional<time_point> delivered_at = {};  ///< of a receipt
};
/// INTERNAL to the providers and a provider: a message of the account's arrived.
struct receipt_came {
  workspace_id workspace;
  account_id account;
  arrival_row what;
};
/// INTERNAL to a provider: its sends and their receipts as they are kept, from before it began.
struct arrivals_read {
  result<std::vector<arrival_row>> rows;
};
/// INTERNAL to the providers: what a callback proves about a call, to be recorded.
struct callback_proof {
  workspace_id workspace;
  finish_request outcome;
};
/// INTERNAL to the providers: a callback said that this account cannot send.
struct account_word {
  workspace_id workspace;
  account_id account;
  std::string code;
};
/// INTERNAL to a provider: the same, at the account itself.
struct account_troubled {
  std::string code;
};
/// Switches or accounts changed: look at what waits again.
struct providers_resume {};
/// The node is stopping: claim nothing more, finish what is on the wire.
struct providers_pause {};

// ---- supervision and control ----

/// INTERNAL: start again from what is stored, after this crash and no later one.
struct restart_now {
  std::uint64_t crash = 0;
};
/// An operator or the watchdog wants a component to start again, in place and at once; a lead: to be read
/// anew.
struct restart_asked {
  std::string why;
  std::string lead;  ///< to a region: this lead of its
};
/// A component that this one was started after has crashed: what was asked of it may never be answered.
struct earlier_restarted {
  std::string path;
  std::string why;
};
/// The component goes on after a crash.
struct restart_done {
  caf::actor who;
};
/// A fault for the component itself; only sent where chaos is enabled.
struct chaos_order {
  bool crash = false;
  std::chrono::milliseconds hang{0};
};
/// A component failed and waits for `restart_now`.
struct crash_report {
  std::string path;
  std::string why;
  caf::actor who;
  std::uint64_t crash = 0;  ///< the component's how manyth
};
/// What a crash of a child means.
enum class on_crash : std::uint8_t {
  restart,       ///< it alone starts again
  restart_rest,  ///< those started after it are told as well: they may wait for what it lost
  escalate,      ///< nobody knows what it lost; the supervisor gives up
};
/// Put a running component under a supervisor's care. The order of adoption is the order of start.
struct adopt {
  std::string path;
  caf::actor who;
  on_crash then = on_crash::restart;
  std::chrono::milliseconds shutdown{2'000};  ///< how long it may take to end
};
/// Policy, keys or switches were written: publish them, then call `done`.
struct reload_workspace {
  workspace_id workspace;
  std::function<void()> done;
};
/// What a commit meant for one campaign's counters.
struct campaign_counted {
  std::uint32_t enrolled = 0, sent = 0, skipped = 0, blocked = 0, suppressed = 0, finished = 0, held = 0,
                waited = 0;
  std::uint32_t harmed = 0;  ///< hard bounces and complaints: the tripwire is looked at
};
/// INTERNAL: periodic or due work of the actor itself; stale generations are ignored.
struct tick {
  std::uint64_t generation = 0;
};

// ---- handles ----

/// The STORE actor: the only one that writes; commits whatever is queued when it is free.
using store_handle =
    caf::typed_actor<caf::reacts_to<accept_work>, caf::reacts_to<commit_work>, caf::reacts_to<claim_work>,
                     caf::reacts_to<finish_work>, caf::reacts_to<store_job>>;
/// A READER actor: one thread with one snapshot reader.
using reader_handle = caf::typed_actor<caf::reacts_to<reader_job>>;
/// A REGION actor: the leads of its shards, resident or not.
using region_handle = caf::typed_actor<caf::reacts_to<parcel_ptr>, caf::reacts_to<passivate_ask>,
                                       caf::reacts_to<still_busy>, caf::reacts_to<leads_loaded>,
                                       caf::reacts_to<deliver_pending>, caf::reacts_to<pending_loaded>>;
/// The TIMERS actor: every due time of the node.
using timers_handle = caf::typed_actor<caf::reacts_to<arm_timer>, caf::reacts_to<timer_void>,
                                       caf::reacts_to<timers_loaded>, caf::reacts_to<due_scan>>;
/// The PROVIDERS supervisor: hands effects to the actor of their account.
using providers_handle = caf::typed_actor<caf::reacts_to<dispatch_ptr>, caf::reacts_to<settled_by_callback>,
                                          caf::reacts_to<providers_resume>, caf::reacts_to<providers_pause>,
                                          caf::reacts_to<account_word>>;
/// The GATEWAY actor: acknowledges only what is durable.
using gateway_handle = caf::typed_actor<caf::reacts_to<std::shared_ptr<submission_batch>>,
                                        caf::reacts_to<accept_done>, caf::reacts_to<direct_returned>>;

/// How shells reach each other and the world outside them. Filled by the node before the first message and
/// immutable from then on: components restart in place, so their handles stay good.
struct services {
  const clock* time = nullptr;
  const policy_source* policies = nullptr;
  decision_observer* observer = nullptr;
  supervision* board = nullptr;
  admission* door = nullptr;
  overseer* over = nullptr;
  const account_rooms* rooms = nullptr;
  const call_lanes* lanes = nullptr;
  const latency_book* latencies = nullptr;  ///< null = nothing is measured
  minute_crowds* crowds = nullptr;          ///< null = nobody is spread
  chaos_source* chaos = nullptr;
  std::uint64_t epoch = 0;
  const shard_table* shards = nullptr;  ///< of one node of several; null = everything is this node's
  caf::actor elsewhere;                 ///< takes parcels and dispatches that belong to other nodes
  store_handle store;  ///< jobs, and what is about no one lead
  std::vector<store_handle>
      stores;  ///< `store` among them; more than one where the store takes several writers
  gateway_handle gateway;
  timers_handle timers;
  providers_handle providers;
  std::vector<region_handle> regions;
  std::vector<reader_handle> readers;

  [[nodiscard]] const region_handle& region_of(const lead_id& lead) const {
    return regions[shard_of(lead) % regions.size()];
  }
  /// Under which epoch it may be decided for the lead now; 0 = not by this node.
  [[nodiscard]] std::uint64_t epoch_of(const lead_id& lead) const { return shards ? shards->epoch(shard_of(lead)) : epoch; }
  template <class Id>
  [[nodiscard]] bool is_ours(const Id& id) const {
    return !shards || shards->owns(shard_of(id));
  }
  [[nodiscard]] bool dispatches(const workspace_id& ws, const account_id& account) const {
    return !shards || shards->owns(dispatch_shard_of(ws, account));
  }
  [[nodiscard]] bool is_trusted() const { return !shards || shards->trusted(time->steady()); }
  /// What is written of one lead is written in the order in which it is said.
  [[nodiscard]] const store_handle& store_of(const lead_id& lead) const {
    return stores.empty() ? store : stores[shard_of(lead) % stores.size()];
  }
};

}  // namespace heed

using heed_submission_ptr = std::shared_ptr<heed::submission_batch>;
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed_submission_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::parcel_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::dispatch_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::accept_work)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::accept_done)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::commit_work)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::commit_done)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::claim_work)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::claim_done)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::finish_work)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::finish_done)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::direct_returned)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::store_job)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::reader_job)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::retry_now)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::lead_reloaded)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::lead_buried)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::passivate_hint)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::passivate_ask)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::passivate_now)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::still_busy)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::leads_loaded)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::deliver_pending)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::pending_loaded)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::shards_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::shards_quiet)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::leave_now)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::account_left)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::decide_now)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::arm_timer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::timer_void)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::timers_loaded)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::due_scan)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::call_answered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::effect_read)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::conversation_read)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::asking_paused)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::outcome_undecided)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::settled_by_callback)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::callback_proof)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::receipt_came)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::arrivals_read)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::account_word)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::account_troubled)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::providers_resume)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::providers_pause)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::restart_now)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::restart_asked)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::earlier_restarted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::restart_done)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::chaos_order)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::crash_report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::adopt)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::reload_workspace)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::campaign_counted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::tick)
