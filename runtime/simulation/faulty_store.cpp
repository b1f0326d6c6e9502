#include "runtime/simulation/faulty_store.hpp"

#include <algorithm>

#include "actors/lead/check.hpp"

namespace heed::simulation {

faulty_store::fate faulty_store::draw(bool may_be_refused) {
  const auto& f = *around_.faults;
  auto& rolls = *around_.rolls;
  if (rolls.chance(f.slow)) {
    ++(*around_.counts)["store_slow"];
    around_.time_passes(rolls.between(std::chrono::milliseconds(1), std::chrono::seconds(2)));
  }
  auto roll = rolls.below(1'000);
  const auto hits = [&](std::uint64_t rate, const char* name) {
    if (roll < rate) {
      ++(*around_.counts)[name];
      return true;
    }
    roll -= rate;
    return false;
  };
  if (hits(f.retry, "store_retry")) return fate::retry;
  if (may_be_refused && hits(f.refused, "store_refused")) return fate::refused;
  if (hits(f.unknown_done, "store_unknown_done")) return fate::unknown_done;
  if (hits(f.unknown_not_done, "store_unknown_not_done")) return fate::unknown_not_done;
  if (hits(f.crash_before, "node_died_before_commit")) return fate::crash_before;
  if (hits(f.crash_after, "node_died_after_commit")) return fate::crash_after;
  return fate::sound;
}

template <class F>
auto faulty_store::suffer(bool may_be_refused, F&& f) -> decltype(f()) {
  if (dead_) return fail(errc::fatal, "the node is dead");
  switch (draw(may_be_refused)) {
    case fate::sound:
      return f();
    case fate::retry:
      return fail(errc::retry, "simulated: busy");
    case fate::refused:
      return fail(errc::refused, "simulated: refused");
    case fate::unknown_done:
      (void)f();
      [[fallthrough]];
    case fate::unknown_not_done:
      return fail(errc::unknown, "simulated: no answer");
    case fate::crash_after:
      (void)f();
      around_.node_dies();
      return fail(errc::fatal, "simulated: the node died");
    case fate::crash_before:
      died_before_ = true;
      around_.node_dies();
      return fail(errc::fatal, "simulated: the node died");
  }
  return f();
}

result<write_result> faulty_store::write(const write_batch& batch) {
  if (in_doubt_ && !dead_) around_.wrote_in_doubt();
  const auto poisoned = [](const lead_commit& c) { return c.journal.stimulus_key.starts_with(poison); };
  if (!dead_ && std::ranges::any_of(batch.commits, poisoned)) return fail(errc::refused, "simulated: poison");
  auto answer = suffer(true, [&] {
    auto out = inner().write(batch);
    if (out) around_.written(batch, *out);
    return out;
  });
  if (!answer && answer.error().code == errc::unknown) in_doubt_ = true;
  if (std::exchange(died_before_, false) && around_.rolls->chance(500)) tear(batch);
  return answer;
}

/// The node died when a part of it was done: nothing of it may be left.
void faulty_store::tear(const write_batch& batch) {
  auto half = batch;
  lead_commit impossible;
  impossible.journal.seq = 2;
  half.commits.push_back(std::move(impossible));
  CHECK(!inner().write(half));
  ++(*around_.counts)["store_torn"];
}

result<void> faulty_store::count_attempt(std::span<const std::uint64_t> inbox) {
  return suffer(false, [&] { return inner().count_attempt(inbox); });
}
result<void> faulty_store::bury(std::uint64_t inbox, const std::string& error, time_point now) {
  return suffer(false, [&] { return inner().bury(inbox, error, now); });
}
result<void> faulty_store::bury_effect(const effect_id& id, const std::string& error, time_point now) {
  return suffer(false, [&] { return inner().bury_effect(id, error, now); });
}
result<std::uint64_t> faulty_store::put_policy(const workspace_id& ws, std::uint64_t expected,
                                               const bytes& body, const audit_row& why) {
  return suffer(false, [&] { return inner().put_policy(ws, expected, body, why); });
}
result<void> faulty_store::put_kill_switch(const kill_switch_row& row) {
  return suffer(false, [&] { return inner().put_kill_switch(row); });
}
result<void> faulty_store::create_kill_switch(const kill_switch_row& row) {
  return suffer(false, [&] { return inner().create_kill_switch(row); });
}
result<void> faulty_store::put_meta(const std::string& name, const bytes& value) {
  return suffer(false, [&] { return inner().put_meta(name, value); });
}
result<void> faulty_store::swap_meta(const std::string& name, const std::optional<bytes>& read, const bytes& value) {
  return suffer(false, [&] { return inner().swap_meta(name, read, value); });
}
result<void> faulty_store::add_audit(const audit_row& row) {
  return suffer(false, [&] { return inner().add_audit(row); });
}
result<std::uint64_t> faulty_store::add_suppressions(std::span<const suppression_row> rows) {
  return suffer(false, [&] { return inner().add_suppressions(rows); });
}
result<void> faulty_store::add_alert(const alert_row& row, std::span<const notification_row> carried_by) {
  return suffer(false, [&] { return inner().add_alert(row, carried_by); });
}
result<void> faulty_store::settle_notification(std::uint64_t number, std::optional<time_point> next_at,
                                               const std::string& error) {
  return suffer(false, [&] { return inner().settle_notification(number, next_at, error); });
}

}  // namespace heed::simulation
