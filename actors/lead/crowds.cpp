#include "actors/lead/crowds.hpp"

#include <algorithm>

#include "actors/lead/timing/spread.hpp"

namespace heed {
namespace {

/// Whoever counts may crash over it.
constexpr auto lost_after = std::chrono::seconds(30);

}  // namespace

std::uint32_t minute_crowds::room(const crowd& c, std::uint32_t share_permille) {
  return timing::minute_room(share_permille / 1000.0, c.now.runs);
}

minute_crowds::crowd* minute_crowds::find(const workspace_id& ws, const campaign_id& campaign) {
  const auto found = crowds_.find(name{ws.value, campaign.value});
  return found == crowds_.end() ? nullptr : &found->second;
}

std::optional<crowd_outlook> minute_crowds::look(const workspace_id& ws, const campaign_id& campaign, std::uint32_t share_permille,
                                                 time_point from, time_point until) {
  const std::lock_guard guard(lock_);
  auto* c = find(ws, campaign);
  if (!c || c->is != known::yes) return std::nullopt;
  auto& planned = c->now.planned;
  // What has passed is of no interest any more; an hour is left for clocks that were set back.
  planned.erase(planned.begin(), planned.lower_bound(minute_of(from - std::chrono::hours(1))));
  crowd_outlook out{campaign, c->now.runs, {}};
  const auto most = room(*c, share_permille);
  for (auto at = planned.lower_bound(minute_of(from)); at != planned.end() && at->first <= minute_of(until); ++at) {
    if (at->second < most) continue;
    auto& full = out.full;
    if (!full.empty() && full.back().first + full.back().count == at->first)
      ++full.back().count;
    else
      full.push_back({at->first, 1});
  }
  return out;
}

bool minute_crowds::begin_count(const workspace_id& ws, const campaign_id& campaign, time_point now) {
  const std::lock_guard guard(lock_);
  auto& c = crowds_[{ws.value, campaign.value}];
  const bool lost = c.is == known::counting && std::chrono::abs(now - c.since) >= lost_after;
  if (c.is != known::no && !lost) return false;
  c = {known::counting, now, {}};
  return true;
}

void minute_crowds::counted(const workspace_id& ws, const campaign_id& campaign, std::optional<count> found) {
  const std::lock_guard guard(lock_);
  auto* c = find(ws, campaign);
  if (!c || c->is != known::counting) return;
  c->is = found ? known::yes : known::no;
  if (found) c->now = std::move(*found);
}

bool minute_crowds::take(const workspace_id& ws, const campaign_id& campaign, minute m, std::uint32_t share_permille) {
  const std::lock_guard guard(lock_);
  auto* c = find(ws, campaign);
  if (!c || c->is != known::yes) return false;
  auto& here = c->now.planned[m];
  if (here >= room(*c, share_permille)) return false;
  ++here;
  return true;
}

/// What is given back while it is being counted may be in the count: it stays taken, which only leaves a minute emptier.
void minute_crowds::give_back(const workspace_id& ws, const campaign_id& campaign, minute m) {
  const std::lock_guard guard(lock_);
  auto* c = find(ws, campaign);
  if (!c || c->is != known::yes) return;
  const auto here = c->now.planned.find(m);
  if (here == c->now.planned.end()) return;
  if (--here->second == 0) c->now.planned.erase(here);
}

void minute_crowds::runs_changed(const workspace_id& ws, const campaign_id& campaign, std::int64_t by) {
  const std::lock_guard guard(lock_);
  auto* c = find(ws, campaign);
  if (!c || c->is != known::yes) return;
  c->now.runs = static_cast<std::uint64_t>(std::max<std::int64_t>(0, static_cast<std::int64_t>(c->now.runs) + by));
}

void minute_crowds::forget() {
  const std::lock_guard guard(lock_);
  crowds_.clear();
}

}  // namespace heed
