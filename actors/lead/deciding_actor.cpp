#include <algorithm>
#include <array>
#include <iterator>
#include <caf/send.hpp>

#include "actors/lead/deciding.hpp"
#include "actors/lead/gates.hpp"
#include "actors/provider/latency_book.hpp"
#include "persistence/codec/codec.hpp"

namespace heed {
namespace {

/// Somebody else may take the last place of a minute between a look and the taking; so often in a row nobody is unlucky.
constexpr int looks_most = 50;
/// Where a window has no room left, minutes after it are offered.
constexpr auto beyond = std::chrono::hours(72);
constexpr std::size_t count_page = 1'000;

bool waits_for_minutes(const policy& p) {
  return std::ranges::any_of(p.campaigns, [](const auto& c) { return c.second.timing_window.has_value(); });
}

std::vector<minute_chosen> chosen_in(const decision& d) {
  std::vector<minute_chosen> out;
  for (const auto& f : d.facts)
    if (const auto* m = std::get_if<minute_chosen>(&f)) out.push_back(*m);
  return out;
}

bool concerns_one_of(const std::vector<minute_chosen>& asked, const minute_chosen& m) {
  return std::ranges::any_of(asked, [&](const minute_chosen& x) { return x.campaign == m.campaign && x.account == m.account; });
}

bool rests_on_outlook(const decision& d) {
  return std::ranges::any_of(d.facts, [](const fact& f) {
    return std::holds_alternative<minute_chosen>(f) || std::holds_alternative<hot_path_noted>(f);
  });
}

std::uint32_t share_of(const policy& p, const campaign_id& id) {
  const auto* c = p.find_campaign(id);
  const auto own = c ? c->peak_share_permille : std::nullopt;
  return own.value_or(p.defaults.timing.peak_share_permille);
}

void look_at_latencies(const services& all, const lead_state& lead, const policy& p, const std::vector<minute_chosen>& chosen,
                       time_point now, timing_outlook& out) {
  if (!all.latencies || !p.defaults.timing.latency) return;
  for (const auto& m : chosen) {
    if (m.account.empty() || out.latency_of(m.account)) continue;
    const auto* a = p.find_account(m.account);
    const auto domain = a && a->on == channel::email ? domain_of(address_for(lead, channel::email)) : std::string{};
    if (auto known = all.latencies->outlook(p.workspace, m.account, domain, now, m.until)) out.latencies.push_back(std::move(*known));
  }
}

/// The campaign's live runs are read once; until that is done nobody chooses a minute in it.
void begin_count(const services& all, const workspace_id& ws, const campaign_id& campaign) {
  if (!all.crowds->begin_count(ws, campaign, all.time->real_now())) return;
  reader_job job{[all = &all, ws, campaign](store_reader& r) {
    all->crowds->counted(ws, campaign, count_crowd(r, ws, campaign, [all](const lead_id& l) { return all->is_ours(l); }));
  }};
  caf::anon_send(all.readers.front(), std::move(job));
}

/// False when one of the campaigns is not counted yet.
bool look_at_crowds(const services& all, const policy& p, const std::vector<minute_chosen>& chosen, time_point now, timing_outlook& out) {
  out.crowds.clear();
  bool all_known = true;
  for (const auto& m : chosen) {
    const auto share = share_of(p, m.campaign);
    if (share >= 1000 || out.crowd_of(m.campaign)) continue;
    if (auto crowd = all.crowds->look(p.workspace, m.campaign, share, now, m.until + beyond)) {
      out.crowds.push_back(std::move(*crowd));
    } else {
      begin_count(all, p.workspace, m.campaign);
      all_known = false;
    }
  }
  return all_known;
}

/// None when one of the minutes is full by now.
std::optional<std::vector<crowd_place>> take_places(const services& all, const policy& p, const std::vector<minute_chosen>& chosen) {
  std::vector<crowd_place> out;
  for (const auto& m : chosen) {
    if (m.room == 0 || m.why == "no_open_minute") continue;
    const auto minute = minute_crowds::minute_of(m.trigger);
    if (!all.crowds->take(p.workspace, m.campaign, minute, share_of(p, m.campaign))) return std::nullopt;
    out.emplace_back(*all.crowds, p.workspace, m.campaign, minute);
  }
  return out;
}

/// A run that waits for something else keeps its minute meanwhile; its row does not say which.
bool count_kept(store_reader& r, const std::vector<lead_id>& leads, const campaign_id& campaign, minute_crowds::count& out) {
  if (leads.empty()) return true;
  const auto rows = r.leads(leads);
  if (!rows) return false;
  for (const auto& row : *rows) {
    if (row.snapshot.empty()) continue;
    const auto state = codec::decode_lead_state(row.snapshot);
    const auto* x = state ? state->find_run(campaign) : nullptr;
    if (x && x->minute && x->minute->room > 0) ++out.planned[minute_crowds::minute_of(x->minute->trigger)];
  }
  return true;
}

}  // namespace

decided decide_in_the_world(const services& all, const lead_state& before, const stimulus& what, const workspace_view& view,
                            circumstances& when) {
  const policy& p = *view.current;
  if (!waits_for_minutes(p)) return {decide(before, what, p, when), {}};
  when.outlook = timing_outlook{view.priors_version, {}, {}, view.priors};
  auto answer = decide(before, what, p, when);
  // Which accounts and which campaigns are asked about is known by what was chosen without them.
  auto asked = chosen_in(answer);
  if (!rests_on_outlook(answer)) when.outlook.reset();
  if (asked.empty()) return {std::move(answer), {}};
  for (int looks = 0;; ++looks) {
    look_at_latencies(all, before, p, asked, when.now, *when.outlook);
    if (all.crowds && !look_at_crowds(all, p, asked, when.now, *when.outlook)) return {};
    answer = decide(before, what, p, when);
    auto chosen = chosen_in(answer);
    const bool known = std::ranges::all_of(chosen, [&](const minute_chosen& m) { return concerns_one_of(asked, m); });
    if (looks == looks_most) return {std::move(answer), {}};
    if (known && !all.crowds) return {std::move(answer), {}};
    if (known)
      if (auto places = take_places(all, p, chosen)) return {std::move(answer), std::move(*places)};
    // Under other numbers it may choose for another campaign as well.
    std::ranges::copy_if(chosen, std::back_inserter(asked), [&](const minute_chosen& m) { return !concerns_one_of(asked, m); });
  }
}

crowd_changes crowd_changes_of(const lead_state& before, const lead_state& after) {
  crowd_changes out;
  for (const auto& r : after.runs) {
    const auto* old = before.find_run(r.campaign);
    const bool was_live = old && !is_final(old->status);
    if (was_live != !is_final(r.status)) out.runs[r.campaign] += was_live ? -1 : 1;
  }
  for (const auto& r : before.runs) {
    if (!r.minute || r.minute->room == 0) continue;
    const auto* now = after.find_run(r.campaign);
    const bool stays = now && now->minute && now->minute->trigger == r.minute->trigger && !is_final(now->status);
    if (!stays) out.left.emplace_back(r.campaign, minute_crowds::minute_of(r.minute->trigger));
  }
  return out;
}

void apply(minute_crowds& crowds, const workspace_id& ws, const crowd_changes& c) {
  for (const auto& [campaign, by] : c.runs)
    crowds.runs_changed(ws, campaign, by);
  for (const auto& [campaign, minute] : c.left)
    crowds.give_back(ws, campaign, minute);
}

std::optional<minute_crowds::count> count_crowd(store_reader& r, const workspace_id& ws, const campaign_id& campaign,
                                                const std::function<bool(const lead_id&)>& is_ours) {
  minute_crowds::count out;
  for (const auto status : {run_status::pending, run_status::running, run_status::paused}) {
    run_filter filter;
    filter.status = status;
    filter.campaign = campaign.value;
    page p{count_page, {}};
    do {
      auto rows = r.runs(ws, filter, p);
      if (!rows) return std::nullopt;
      std::vector<lead_id> to_look_at;
      for (const auto& row : rows->items) {
        if (!is_ours(row.lead)) continue;
        ++out.runs;
        if (row.run.waiting_at == to_string(gate::timing) && row.run.next_at)
          ++out.planned[minute_crowds::minute_of(*row.run.next_at)];
        else
          to_look_at.push_back(row.lead);
      }
      if (!count_kept(r, to_look_at, campaign, out)) return std::nullopt;
      p.after = rows->next;
    } while (!p.after.empty());
  }
  return out;
}

}  // namespace heed
