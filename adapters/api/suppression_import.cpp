#include <algorithm>
#include <set>

#include "adapters/api/addresses.hpp"
#include "adapters/api/batches.hpp"
#include "adapters/api/body.hpp"
#include "adapters/api/handlers.hpp"
#include "adapters/api/present.hpp"
#include "persistence/codec/codec.hpp"

/// Who had said no before Heed came: all of them in one request, before the first send. It can only restrain.
namespace heed::api {

using nlohmann::json;

namespace {

constexpr std::size_t items_max = 10'000;
constexpr std::size_t problems_max = 50;
constexpr std::size_t source_max = 200;

struct import_item {
  lead_key key;
  std::string reason;
  time_point at{};
};
struct import_wish {
  std::string source;
  std::vector<import_item> items;
};

/// `unsubscribed` is an opt-out by another name.
std::string read_import_reason(object_reader& in) {
  const auto text = in.text("reason").value_or("opt_out");
  if (text == "unsubscribed" || text == "opt_out") return "opt_out";
  if (text != "complaint" && text != "bounce")
    in.report("reason", "must be opt_out, unsubscribed, complaint or bounce");
  return text;
}

import_item read_item(const json& value, const std::string& where, time_point now, problems& out) {
  object_reader in(value, where, out);
  import_item item;
  item.key = read_address(in).value_or(lead_key{});
  item.reason = read_import_reason(in);
  item.at = now;
  if (const auto text = in.text("at")) {
    const auto at = parse_iso(*text);
    if (!at) in.report("at", "must be an instant like 2026-01-15T09:00:00Z");
    item.at = std::min(at.value_or(now), now);
  }
  in.finish();
  return item;
}

std::optional<import_wish> read_import(call& c) {
  const auto body = read_body(c, body_need::required);
  if (!body) return std::nullopt;
  problems found;
  object_reader in(*body, "", found);
  import_wish w;
  in.read("source", w.source);
  if (w.source.empty() || w.source.size() > source_max)
    in.report("source", "must say in 1 to 200 bytes where the list comes from");
  const auto* items = in.array("items");
  if (!items || items->empty() || items->size() > items_max)
    in.report("items", "must be a list of 1 to 10000 entries");
  else
    for (std::size_t i = 0; i < items->size() && found.size() < problems_max; ++i)
      w.items.push_back(read_item((*items)[i], pointer_to("/items", i), c.node().now(), found));
  in.finish();
  if (found.empty()) return w;
  found.resize(std::min(found.size(), problems_max));
  c.refuse(unprocessable(found));
  return std::nullopt;
}

std::vector<suppression_row> rows_of(const workspace_id& ws, const import_wish& w) {
  std::vector<suppression_row> rows;
  for (const auto& item : w.items)
    rows.push_back({ws,
                    codec::address_hash(ws, item.key),
                    item.reason == "bounce" ? "address" : "person",
                    {},
                    item.reason,
                    w.source,
                    item.at});
  return rows;
}

stimulus_body told_as(const import_item& item) {
  if (item.reason == "bounce")
    return message_bounced{{}, item.key.value, bounce_class::hard, "suppression_list"};
  if (item.reason == "complaint") return spam_complaint{{}, item.key.value};
  return unsubscribed{{}, "suppression_list"};
}

engine::submission told_to(const call& c, const lead_id& lead, const import_item& item) {
  stimulus s;
  s.key = "suppression:" + item.reason + ":" + codec::address_hash(c.workspace, item.key) + ":" + lead.value;
  s.occurred_at = s.received_at = c.node().now();
  s.source = "suppression_list";
  s.on = item.key.kind == key_kind::phone ? channel::sms : channel::email;
  s.body = told_as(item);
  return {c.workspace, std::move(s), lead};
}

/// Leads that hold one of the addresses hear of it, so that their runs end now and not at their next touch.
/// One who comes to hold it later is told by the store, at the door.
void tell_leads(const call_ptr& c, const import_wish& w, std::uint64_t added) {
  reading(c, [c, w, added](store_reader& r) {
    std::vector<engine::submission> items;
    for (const auto& item : w.items) {
      const auto holders = holders_of(r, c->workspace, item.key);
      if (!holders) return c->refuse(holders.error());
      for (const auto& row : *holders)
        items.push_back(told_to(*c, row.lead, item));
    }
    const auto known = w.items.size() - std::min<std::size_t>(added, w.items.size());
    submit_in_batches(c, std::move(items), [c, added, known](const std::vector<engine::outcome>& outcomes) {
      std::set<lead_id> told;
      for (const auto& o : outcomes)
        if (o.accepted == accept_result::what::accepted) told.insert(o.leads.begin(), o.leads.end());
      c->answer(200, {{"added", added}, {"known", known}, {"leads_told", told.size()}});
    });
  });
}

}  // namespace

void add_suppressions(const call_ptr& c) {
  const auto wish = read_import(*c);
  if (!wish) return;
  writing(c, [c, w = *wish](store& s) {
    const auto added = s.add_suppressions(rows_of(c->workspace, w));
    if (!added) return c->refuse(added.error());
    const auto detail =
        std::to_string(*added) + " new of " + std::to_string(w.items.size()) + " from " + w.source;
    if (auto told = s.add_audit({c->workspace, c->key->name, "suppressions_added", detail, c->node().now()});
        !told)
      return c->refuse(told.error());
    tell_leads(c, w, *added);
  });
}

}  // namespace heed::api
