#include "actors/lead/timing/choice.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "actors/lead/check.hpp"
#include "actors/lead/timing/open_times.hpp"

namespace heed::timing {
namespace {

using std::chrono::minutes;

constexpr minutes apart{30};

struct candidate {
  time_point at;
  double value = -1;  ///< base times factor
};

/// The part of one cell of the curve that lies in an open stretch. Bounds let the search pass over most of
/// them.
struct piece {
  std::int32_t slot = 0;     ///< of its first whole minute
  std::int32_t minutes = 0;  ///< whole minutes
  time_point from;           ///< its first whole minute
};

/// The best minute of some open stretches. Later ones must be better, so that a tie is decided by time.
class search {
 public:
  search(const profile& person, const choice_request& r, std::span<const open_stretch> open)
      : person_(person), by_hour_(!r.on.minute_grid), open_(open) {
    if (r.on.hot_paths) influences_ = r.influences;
    for (const auto& stretch : open_)
      add_pieces(stretch);
    blocks_.resize((pieces_.size() + block_pieces - 1) / block_pieces);
    for (std::size_t b = 0; b < blocks_.size(); ++b)
      sum_up(b);
  }

  /// At least half an hour away from all of these.
  [[nodiscard]] candidate best(std::span<const candidate> away_from) {
    candidate found;
    for (const auto& s : open_)
      offer(s.from, base_of_first(s), away_from, found);
    if (!away_from.empty()) leave_out(away_from.back().at);
    // The block with the highest bound is nearly always the one; what cannot be better than it is not looked
    // at.
    const auto highest = std::ranges::max_element(blocks_);
    if (highest == blocks_.end()) return found;
    look_into(static_cast<std::size_t>(highest - blocks_.begin()), away_from, found);
    for (std::size_t b = 0; b < blocks_.size(); ++b)
      if (blocks_[b] >= found.value) look_into(b, away_from, found);
    return found;
  }

  [[nodiscard]] double base_at(time_point t) const {
    for (const auto& s : open_)
      if (t >= s.from && t < s.until) return t == s.from ? base_of_first(s) : base(position(s, t));
    return 0;
  }

 private:
  static double position(const open_stretch& s, time_point t) {
    const local_point local{t.time_since_epoch() + s.offset};
    const auto whole = std::chrono::floor<minutes>(local);
    return slot_of(static_cast<local_minute>(whole.time_since_epoch().count())) +
           static_cast<double>((local - whole).count()) / 60e6;
  }

  /// Chance of the minute that begins at this position of the week.
  [[nodiscard]] double base(double position) const {
    if (!by_hour_) return person_.minute.shape.at(position + 0.5);
    return person_.hour.slot(static_cast<std::int32_t>(position));
  }

  /// The first instant of a stretch counts for the minutes that the clock skipped before it (SF-22).
  [[nodiscard]] double base_of_first(const open_stretch& s) const {
    const double here = position(s, s.from);
    double most = base(here);
    for (std::int32_t back = 1; back <= s.skipped_minutes; ++back) {
      const double earlier = here - back;
      most = std::max(most, base(earlier < 0 ? earlier + slots_per_week : earlier));
    }
    return most;
  }

  void add_pieces(const open_stretch& s) {
    const local_point last{s.until.time_since_epoch() + s.offset};
    const auto first = std::chrono::ceil<minutes>(local_point{s.from.time_since_epoch() + s.offset});
    auto left = static_cast<std::int32_t>(std::chrono::ceil<minutes>(last - first).count());
    std::int32_t slot = slot_of(static_cast<local_minute>(first.time_since_epoch().count()));
    time_point at{duration(first.time_since_epoch()) - s.offset};
    while (left > 0) {
      const std::int32_t cell = slot / curve::cell_minutes;
      const std::int32_t count = std::min(left, (cell + 1) * curve::cell_minutes - slot);
      pieces_.push_back({slot, count, at});
      bounds_.push_back(bound(cell, at, at + minutes(count)));
      left -= count;
      at += minutes(count);
      slot = slot + count == slots_per_week ? 0 : slot + count;
    }
  }

  [[nodiscard]] double bound(std::int32_t cell, time_point from, time_point until) const {
    // The middle of a cell's last minute lies in the cell, so its bound covers all its minutes.
    const double base = by_hour_ ? person_.hour.slot(cell * curve::cell_minutes)
                                 : static_cast<double>(person_.minute.shape.upper_bound(cell));
    return influences_.empty() ? base : base * factor_bound(influences_, from, until);
  }

  /// Takes out the pieces that lie wholly around an instant that is taken.
  void leave_out(time_point taken) {
    const auto first = std::ranges::upper_bound(pieces_, taken - apart, {}, &piece::from) - pieces_.begin();
    for (auto i = static_cast<std::size_t>(first); i < pieces_.size(); ++i) {
      if (pieces_[i].from + minutes(pieces_[i].minutes) > taken + apart) break;
      bounds_[i] = nothing;
    }
    for (auto b = static_cast<std::size_t>(first) / block_pieces; b < blocks_.size(); ++b) {
      if (pieces_[b * block_pieces].from > taken + apart) break;
      sum_up(b);
    }
  }

  void sum_up(std::size_t block) {
    double most = nothing;
    for (std::size_t i = block * block_pieces; i < std::min((block + 1) * block_pieces, bounds_.size()); ++i)
      most = std::max(most, bounds_[i]);
    blocks_[block] = most;
  }

  void offer(time_point at, double base, std::span<const candidate> away_from, candidate& found) const {
    for (const auto& other : away_from)
      if (at - other.at < apart && other.at - at < apart) return;
    const double value = influences_.empty() ? base : base * factor_at(influences_, at);
    if (value > found.value || (value == found.value && at < found.at)) found = {at, value};
  }

  void look_into(std::size_t block, std::span<const candidate> away_from, candidate& found) const {
    for (std::size_t i = block * block_pieces; i < std::min((block + 1) * block_pieces, pieces_.size());
         ++i) {
      if (bounds_[i] < found.value) continue;
      for (std::int32_t k = 0; k < pieces_[i].minutes; ++k)
        offer(pieces_[i].from + minutes(k), base(pieces_[i].slot + k), away_from, found);
    }
  }

  static constexpr std::size_t block_pieces = 48;
  static constexpr double nothing = -2;

  const profile& person_;
  bool by_hour_;
  std::span<const open_stretch> open_;
  std::span<const influence> influences_;
  std::vector<piece> pieces_;
  std::vector<double> bounds_;  ///< of the pieces
  std::vector<double> blocks_;  ///< highest bound of each block of pieces
};

/// What still can be reached: an arrival takes the latency from now on. Where that leaves nothing, the whole
/// window, and the trigger is due now.
window reachable(const window& w, time_point now, duration latency) {
  const time_point first = std::max(w.from, now + latency);
  return first < w.until ? window{first, w.until} : w;
}

/// Minus latency, not before now, and inside the opening hours again (T-12).
void set_trigger(choice& c, const choice_request& r) {
  const time_point exact = c.target - c.latency.value;
  c.due_now = exact < r.now;
  const time_point wanted = std::max(exact, r.now);
  c.trigger = next_opening(r.hours, r.zone, wanted).value_or(wanted);
  c.at_opening = c.trigger != wanted;
}

void set_provenance(choice& c, const profile& person, const choice_request& r) {
  c.source = person.minute.source;
  c.confidence = person.minute.confidence;
  c.evidence_weight = person.minute.evidence_weight;
  c.by_hour = !r.on.minute_grid;
  if (r.on.latency) c.latency = r.latency;
}

std::string_view name_of(choice::outcome o) {
  constexpr std::array<std::string_view, 3> names{"chosen", "breaker_open", "never_open"};
  return names[static_cast<std::size_t>(o)];
}

}  // namespace

profile profile_of(std::span<const engagement> events, const population& known, std::string_view segment,
                   local_minute as_of) {
  return {estimate_curve(events, known, segment, as_of), hourly_histogram(features_of(events).by_hour)};
}

choice choose(const profile& person, const choice_request& r) {
  choice c;
  set_provenance(c, person, r);
  if (r.stop.is_open(r.now)) {
    c.result = choice::outcome::breaker_open;
    c.breaker_until = r.stop.closes_at(r.now);
    return c;
  }
  const window w = reachable(r.within, r.now, c.latency.value);
  auto open = open_times(w, r.hours, r.zone);
  if (open.empty() && w.from != r.within.from) open = open_times(r.within, r.hours, r.zone);
  if (open.empty()) return c;

  search s(person, r, open);
  std::vector<candidate> found{s.best({})};
  CHECK(found.front().value >= 0);
  c.result = choice::outcome::chosen;
  c.target = found.front().at;
  c.base = s.base_at(c.target);
  c.probability = std::min(1.0, found.front().value);
  while (found.size() <= r.runners_up) {
    const candidate next = s.best(found);
    if (next.value < 0) break;
    found.push_back(next);
    c.runners_up.push_back({next.at, std::min(1.0, next.value)});
  }
  if (r.on.hot_paths)
    for (const auto& i : r.influences)
      if (const float left = weight_at(i, c.target); left != 0) c.weights.push_back({i.name, left});
  set_trigger(c, r);
  return c;
}

std::optional<time_point> trigger_now(const choice& kept, const window& within, duration latency,
                                      time_point now) {
  if (kept.result != choice::outcome::chosen || now >= within.until) return std::nullopt;
  const time_point earlier = std::min(kept.trigger, std::max(kept.target - latency, within.from));
  return std::max(earlier, now);
}

nlohmann::json to_json(const choice& c) {
  nlohmann::json j{
      {"result", name_of(c.result)},
      {"base", c.base},
      {"probability", c.probability},
      {"latency_us", c.latency.value.count()},
      {"latency_origin", c.latency.from == latency_used::origin::measured ? "measured" : "assumed"},
      {"due_now", c.due_now},
      {"at_opening", c.at_opening},
      {"source", name_of(c.source)},
      {"confidence", c.confidence},
      {"evidence_weight", c.evidence_weight},
      {"resolution", c.by_hour ? "hour" : "minute"}};
  if (c.result == choice::outcome::chosen) {
    j["target_at"] = to_iso(c.target);
    j["trigger_at"] = to_iso(c.trigger);
  }
  j["breaker"] = c.result == choice::outcome::breaker_open ? "open" : "closed";
  if (c.breaker_until) j["breaker_until"] = to_iso(*c.breaker_until);
  j["weights"] = nlohmann::json::array();
  for (const auto& w : c.weights)
    j["weights"].push_back({{"name", w.name}, {"weight", w.weight}});
  j["runners_up"] = nlohmann::json::array();
  for (const auto& a : c.runners_up)
    j["runners_up"].push_back({{"at", to_iso(a.at)}, {"probability", a.probability}});
  return j;
}

}  // namespace heed::timing
