#include "runtime/setup.hpp"

#include <algorithm>

#include "persistence/codec/codec.hpp"
#include "runtime/zones.hpp"

namespace heed {
namespace {

bool has_real_account(const policy& p) {
  return std::ranges::any_of(p.accounts, [](const auto& each) { return is_real(each.second); });
}

/// True for accounts set up over the API: the file says nothing of them.
bool is_kept(const std::vector<account_config_row>& rows, const workspace_id& ws, const account_id& id) {
  return std::ranges::any_of(rows, [&](const auto& row) { return row.workspace == ws && row.account == id; });
}

policy first_policy(const workspace_setup& w) {
  policy p;
  p.workspace = w.given.id;
  p.defaults = w.given.defaults;
  return p;
}

}  // namespace

result<time_point> clock_high_water(store_reader& r) {
  auto stored = r.meta(clock_high_water_name);
  if (!stored) return tl::unexpected<store_error>(stored.error());
  if (!*stored || (*stored)->empty()) return time_point{};
  return from_micros(std::stoll(**stored));
}

result<std::unique_ptr<anchored_clock>> set_up_clock(store& s, store_reader& r, std::int64_t scale,
                                                     std::optional<time_point> start) {
  const auto real = std::chrono::time_point_cast<duration>(std::chrono::system_clock::now());
  const auto high_water = clock_high_water(r);
  if (!high_water) return tl::unexpected<store_error>(high_water.error());
  auto stored = r.meta(clock_anchor_name);
  if (!stored) return tl::unexpected<store_error>(stored.error());
  clock_anchor anchor{real, start.value_or(real), scale};
  if (*stored && !(*stored)->empty()) {
    auto kept = decode_anchor(**stored);
    if (!kept) return tl::unexpected<store_error>(kept.error());
    if (kept->scale == scale) return std::make_unique<anchored_clock>(*kept, *high_water);
    // Another speed from here on: time goes on where it was.
    anchor.domain0 = anchored_clock(*kept, *high_water).now();
  }
  if (auto put = s.swap_meta(clock_anchor_name, *stored, encode_anchor(anchor)); !put) {
    // Of nodes that start together one anchors the time of all.
    if (put.error().code == errc::conflict) return set_up_clock(s, r, scale, start);
    return tl::unexpected<store_error>(put.error());
  }
  return std::make_unique<anchored_clock>(anchor, *high_water);
}

result<void> keep_high_water(store& s, const anchored_clock& c) {
  return s.put_meta(clock_high_water_name, std::to_string(to_micros(c.now())));
}

result<void> keep_link_key(store& s, store_reader& r) {
  auto kept = r.meta(link_key_name);
  if (!kept) return tl::unexpected<store_error>(kept.error());
  if (*kept && !(*kept)->empty()) return {};
  // Of nodes that start together one makes the key of all: what is signed with another would be nobody's link.
  auto put = s.swap_meta(link_key_name, *kept, codec::new_secret());
  if (!put && put.error().code == errc::conflict) return {};
  return put;
}

result<void> keep_zones(store& s, store_reader& r, const zone_table& zones) {
  const auto name = zone_library::meta_name(zones.version);
  auto kept = r.meta(name);
  if (!kept) return tl::unexpected<store_error>(kept.error());
  if (*kept) return {};
  return s.put_meta(name, encode_zones(zones));
}

result<void> set_up_workspace(store& s, store_reader& r, const workspace_setup& w, zone_library& zones,
                              time_point now) {
  const auto& ws = w.given.id;
  const auto known = r.workspaces();
  if (!known) return tl::unexpected<store_error>(known.error());
  if (std::ranges::find(*known, ws) == known->end())
    if (auto made = s.create_workspace(ws, now); !made) return made;
  policy p = first_policy(w);
  std::uint64_t revision = 0;
  bytes before;
  auto latest = r.latest_policy(ws);
  if (latest && latest->first > 0) {
    auto read = read_policy(latest->second, ws, latest->first, zones, r);
    if (!read) return tl::unexpected<store_error>(read.error());
    p = **read;
    revision = latest->first;
    before = write_policy(p);
  } else if (!latest && latest.error().code != errc::not_found) {
    return tl::unexpected<store_error>(latest.error());
  }
  for (const auto& c : w.given.campaigns)
    p.campaigns.try_emplace(c.id, c);
  const bool sent_before = has_real_account(p);
  const auto kept = r.account_configs();
  if (!kept) return tl::unexpected<store_error>(kept.error());
  std::erase_if(p.accounts, [&](const auto& each) { return !is_kept(*kept, ws, each.first); });
  for (const auto& a : w.given.accounts)
    p.accounts[a.public_part.id] = a.public_part;
  p.allow_recipients = w.allow_recipients;
  p.public_url = w.public_url;
  if (w.dry_run) p.defaults.dry_run = true;
  if (w.auto_send_disabled) p.defaults.drafts.auto_send_disabled = true;
  if (w.revision_disabled) p.defaults.drafts.revision_disabled = true;
  p.revision = revision;
  p.zones = zones.current();
  if (before != write_policy(p)) {
    p.revision = revision + 1;
    auto put =
        s.put_policy(ws, revision, write_policy(p), {ws, "set-up", "policy", "configuration file", now});
    if (!put) return tl::unexpected<store_error>(put.error());
  }
  // Whoever gets a first way to reach people begins stopped, and lets it go when they have looked.
  if (!sent_before && has_real_account(p))
    if (auto put = s.put_kill_switch({ws, stop_scope::workspace, {}, true, "first real account", now}); !put) return put;
  for (const auto& c : w.given.campaigns)
    if (auto made = s.create_kill_switch({ws, stop_scope::campaign, c.id.value, false, "set-up", now}); !made) return made;
  for (const auto& a : w.given.accounts)
    if (auto made = s.create_kill_switch({ws, stop_scope::account, a.public_part.id.value, false, "set-up", now}); !made)
      return made;
  return {};
}

}  // namespace heed
