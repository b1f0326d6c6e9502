#include "runtime/learned_priors.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

#include "actors/lead/timing/population_json.hpp"
#include "persistence/codec/codec.hpp"

namespace heed {
namespace {

constexpr std::size_t lead_page = 500;
constexpr std::size_t people_least = 10;
constexpr auto learn_every = std::chrono::hours(24);

std::string latest_name(const workspace_id& ws) { return "priors:" + ws.value; }
std::string version_name(const workspace_id& ws, std::uint64_t version) { return latest_name(ws) + ":" + std::to_string(version); }

}  // namespace

result<std::shared_ptr<const timing::population>> priors_of(store_reader& r, const workspace_id& ws, std::uint64_t version) {
  if (version == 0) return std::shared_ptr<const timing::population>{};
  auto kept = r.meta(version_name(ws, version));
  if (!kept) return tl::unexpected<store_error>(std::move(kept.error()));
  if (!*kept) return fail(errc::not_found, "version " + std::to_string(version) + " of the timing priors is missing");
  const auto document = nlohmann::json::parse(**kept, nullptr, false);
  auto known = document.is_discarded() ? std::nullopt : timing::population_from(document);
  if (!known) return fail(errc::fatal, "version " + std::to_string(version) + " of the timing priors is unreadable");
  return std::make_shared<const timing::population>(std::move(*known));
}

result<learned_priors> latest_priors(store_reader& r, const workspace_id& ws) {
  auto kept = r.meta(latest_name(ws));
  if (!kept) return tl::unexpected<store_error>(std::move(kept.error()));
  learned_priors out;
  if (!*kept) return out;
  const auto j = nlohmann::json::parse(**kept, nullptr, false);
  if (!j.is_object()) return fail(errc::fatal, latest_name(ws) + " is unreadable");
  out.version = j.value("version", std::uint64_t{0});
  out.engagements = j.value("engagements", std::uint64_t{0});
  out.learned_at = from_micros(j.value("learned_at", std::int64_t{0}));
  auto known = priors_of(r, ws, out.version);
  if (!known) return tl::unexpected<store_error>(std::move(known.error()));
  out.known = std::move(*known);
  return out;
}

result<std::uint64_t> keep_priors(store& s, const workspace_id& ws, const timing::population& p, std::uint64_t engagements, time_point now) {
  auto r = s.reader();
  if (!r) return tl::unexpected<store_error>(std::move(r.error()));
  const auto pointer = (*r)->meta(latest_name(ws));
  if (!pointer) return tl::unexpected<store_error>(pointer.error());
  const auto last = latest_priors(**r, ws);
  // One that cannot be read is no reason to give its number to another one.
  if (!last) return tl::unexpected<store_error>(last.error());
  auto version = last->version + 1;
  // The version first: what the pointer names is always there. A number that is taken stays what it is, for decisions may name it:
  // another node was quicker, or one ended before it moved the pointer.
  const auto text = timing::to_json(p).dump();
  for (auto done = s.swap_meta(version_name(ws, version), std::nullopt, text); !done;
       done = s.swap_meta(version_name(ws, ++version), std::nullopt, text))
    if (done.error().code != errc::conflict) return tl::unexpected<store_error>(done.error());
  const nlohmann::json latest{{"version", version}, {"engagements", engagements}, {"learned_at", to_micros(now)}};
  if (auto done = s.swap_meta(latest_name(ws), *pointer, latest.dump()); !done) return tl::unexpected<store_error>(done.error());
  return version;
}

result<std::shared_ptr<const timing::population>> priors_library::find(store_reader& r, const workspace_id& ws, std::uint64_t version) {
  if (version == 0) return std::shared_ptr<const timing::population>{};
  const std::lock_guard guard(lock_);
  auto& kept = kept_[{ws, version}];
  if (!kept) {
    auto known = priors_of(r, ws, version);
    if (!known) return tl::unexpected<store_error>(std::move(known.error()));
    kept = std::move(*known);
  }
  return kept;
}

result<void> priors_library::complete(store_reader& r, const workspace_id& ws, circumstances& when) {
  if (!when.outlook || when.outlook->priors == 0) return {};
  auto known = find(r, ws, when.outlook->priors);
  if (!known) return tl::unexpected<store_error>(std::move(known.error()));
  when.outlook->known = std::move(*known);
  return {};
}

result<bool> people_read::read_page(store_reader& r, const workspace_id& ws) {
  auto rows = r.all_leads(ws, page{lead_page, after_});
  if (!rows) return tl::unexpected<store_error>(std::move(rows.error()));
  for (const auto& row : rows->items) {
    ++leads_;
    if (row.snapshot.empty()) continue;
    const auto state = codec::decode_lead_state(row.snapshot);
    if (!state) return tl::unexpected<store_error>(state.error());
    auto events = state->engagements.events();
    if (events.empty() || state->absorbed) continue;
    engagements_ += events.size();
    const auto segment = state->fields.find("segment");
    people_.push_back({segment == state->fields.end() ? std::string{} : segment->second, std::move(events)});
  }
  after_ = rows->next;
  return !after_.empty() && leads_ < leads_most && people_.size() < people_most;
}

timing::population people_read::learn(time_point now) const {
  std::vector<timing::observed_person> seen;
  for (const auto& p : people_) seen.push_back({p.segment, p.events});
  return timing::learn(seen, timing::local_minute_of(utc_zone(), now));
}

bool worth_learning(const learned_priors& last, const people_read& people, time_point now) {
  if (people.people() < people_least) return false;
  if (last.version == 0) return true;
  return now - last.learned_at >= learn_every && people.engagements() * 10 >= last.engagements * 11;
}

result<std::optional<taught>> learn_anew(store_reader& r, const workspace_id& ws, time_point now) {
  auto last = latest_priors(r, ws);
  if (!last) return tl::unexpected<store_error>(std::move(last.error()));
  people_read people;
  for (bool more = true; more;) {
    auto read = people.read_page(r, ws);
    if (!read) return tl::unexpected<store_error>(std::move(read.error()));
    more = *read;
  }
  if (!worth_learning(*last, people, now)) return std::optional<taught>{};
  return taught{people.learn(now), people.engagements()};
}

}  // namespace heed
