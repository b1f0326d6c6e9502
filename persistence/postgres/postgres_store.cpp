#include "persistence/postgres/postgres_store.hpp"

#include <unistd.h>

#include <algorithm>
#include <random>

#include "persistence/postgres/reader.hpp"
#include "persistence/postgres/work.hpp"

namespace heed::postgres {
namespace {

using namespace std::chrono_literals;

/// Weeks are made when less than this is left of those there are.
constexpr auto weeks_ahead = std::chrono::days(14);

/// What a take-over may have to wait for: a statement under way, or a session that its server has yet to give
/// up.
constexpr const char* take_over_patience =
    "set local lock_timeout = '40s'; set local statement_timeout = '60s'";

/// The latest instant of a batch: the clock that weeks are made by.
time_point latest_in(const write_batch& batch) {
  time_point latest{};
  for (const auto& item : batch.accepts)
    latest = std::max(latest, item.received_at);
  for (const auto& c : batch.commits)
    latest = std::max(latest, c.journal.decided_at);
  return latest;
}

}  // namespace

postgres_store::postgres_store(location where, open_mode mode) : where_(std::move(where)), mode_(mode) {
  if (mode_ == open_mode::read_only) {
    session probe(where_, purpose::read);
    require_current_schema(probe);
    return;
  }
  if (mode_ == open_mode::shared) {
    sessions_ = "heed-" + std::to_string(std::random_device{}()) + "-" + std::to_string(::getpid());
    where_.conninfo += "&application_name=" + sessions_;
  }
  pool_.emplace(where_, [this] {
    if (hold_) hold_->look_after();
  });
  {
    pool::lease first(*pool_);
    require_current_schema(*first);
  }
  hold_.emplace(where_, mode_ == open_mode::shared ? hold::way::with_others : hold::way::alone);
}

node_identity postgres_store::who() const {
  std::lock_guard guard(lock_);
  return who_;
}

/// Nothing was sent yet, so a connection that broke while it was idle is replaced without a word.
std::unique_ptr<transaction> postgres_store::begin(pool::lease& on) {
  try {
    return std::make_unique<transaction>(*on, transaction::kind::write);
  } catch (const pqxx::failure&) {
    if (on.usable()) throw;
  }
  on.renew();
  return std::make_unique<transaction>(*on, transaction::kind::write);
}

void postgres_store::prepare_weeks(time_point at) {
  const auto made = change([&](session& s) { return s.run("weeks_prepare", at).number().value_or(0); });
  // Without its week a row is in the default partition: late for retention, not lost. So a failure waits a
  // minute.
  prepared_until_ = std::max(prepared_until_.load(), made.value_or(to_micros(at + weeks_ahead + 1min)));
  // What could not be taken off this week is next week.
  if (made && where_.journal_weeks > 0)
    (void)change([&](session& s) {
      return s.run("weeks_detach", at - std::chrono::weeks(where_.journal_weeks)).all_as([](const row_view& r) { return r.text(0); });
    });
}

result<node_identity> postgres_store::attach(time_point now) {
  if (mode_ == open_mode::read_only) return fail(errc::refused, "the store was opened for reading");
  if (auto held = guarded([&] { hold_->renew(); }); !held) return tl::unexpected(held.error());
  prepare_weeks(now);
  if (mode_ == open_mode::shared) return join_others();
  auto taken = change([&](session& s) {
    s.execute(take_over_patience);
    s.run("lease_lock");
    node_identity next;
    next.epoch = static_cast<std::uint64_t>(s.run("epoch_next").number().value_or(1));
    next.node_id = "node-" + std::to_string(next.epoch) + "-" + std::to_string(::getpid());
    s.run("lease_take", next.node_id, next.epoch);
    s.run("node_insert", next.epoch, next.node_id, ::getpid());
    s.run("switch_create", stop_scope::global, std::string_view{}, std::string_view{}, false, std::string_view("created"), now);
    work(s, next).orphan_calls(now);
    return next;
  });
  if (!taken) return taken;
  known_.clear();
  std::lock_guard guard(lock_);
  who_ = *taken;
  return taken;
}

/// Of one node of several only the node's row is written; what it may write for, it takes by its leases.
result<node_identity> postgres_store::join_others() {
  auto joined = change([&](session& s) {
    node_identity next;
    next.shared = true;
    next.epoch = static_cast<std::uint64_t>(s.run("epoch_next").number().value_or(1));
    next.node_id = "node-" + std::to_string(next.epoch) + "-" + std::to_string(::getpid());
    // Two that come at once collide on the epoch, and the later begins again.
    if (const auto now = s.run("node_insert_shared", next.epoch, next.node_id, ::getpid(), sessions_).number())
      next.store_now = from_micros(*now);
    return next;
  });
  if (!joined) return joined;
  known_.clear();
  std::lock_guard guard(lock_);
  who_ = *joined;
  return joined;
}

result<std::vector<told_lead>> postgres_store::lose_calls(const std::vector<bool>& shards, time_point now) {
  const auto me = who();
  return change([&](session& s) { return work(s, me).lose_calls(shards, now); });
}

/// The first try believes what is known; whatever comes of it, a second looks everything up.
result<write_result> postgres_store::write_once_known(const node_identity& me, const write_batch& batch) {
  known_.count_batch();
  int tries = 0;
  lessons learned;
  auto out = change([&](session& s) {
    const bool first = tries++ == 0;
    work w(s, me, first ? &known_ : nullptr);
    auto done = w.apply(batch);
    learned = w.learned();
    return done;
  });
  if (tries > 1) known_.doubt_keys();
  if (out)
    known_.learn(std::move(learned));
  else
    for (const auto& c : batch.commits)
      known_.forget(c.lead);
  return out;
}

result<write_result> postgres_store::write(const write_batch& batch) {
  const auto me = who();
  if (me.epoch == 0) return fail(errc::refused, "attach before the first write");
  hold_->look_after();
  const auto latest = latest_in(batch);
  if (latest != time_point{} && to_micros(latest + weeks_ahead) > prepared_until_) prepare_weeks(latest);
  auto out = write_once_known(me, batch);
  // Taken by ourselves meanwhile: nothing happened, and under the new epoch it may.
  if (!out && out.error().code == errc::fatal && who().epoch != me.epoch) out.error().code = errc::retry;
  return out;
}

result<std::unique_ptr<store_reader>> postgres_store::reader() {
  return guarded(
      [&]() -> std::unique_ptr<store_reader> { return std::make_unique<postgres_reader>(where_); });
}

result<void> postgres_store::bury_effect(const effect_id& id, const std::string& error, time_point now) {
  const auto me = who();
  return change([&](session& s) { work(s, me).bury_effect(id, error, now); });
}

}  // namespace heed::postgres
