#include <algorithm>
#include <set>

#include "adapters/api/addresses.hpp"
#include "adapters/api/body.hpp"
#include "adapters/api/crypto.hpp"
#include "adapters/api/handlers.hpp"
#include "adapters/api/paging.hpp"
#include "adapters/api/present.hpp"
#include "persistence/codec/codec.hpp"

/// The suppression list, read and lifted. Addresses come in, never go out: the list knows only their hashes.
namespace heed::api {

using nlohmann::json;

namespace {

json suppression_json(const suppression_row& row) {
  return {{"hash", row.hash},
          {"scope", row.scope},
          {"reason", row.reason},
          {"source", text_or_null(row.source)},
          {"lead_id", text_or_null(row.lead.value)},
          {"at", to_iso(row.at)}};
}

struct lift_wish {
  lead_key key;
  std::string source;
  std::string reason;
};

std::optional<lift_wish> read_lift(call& c) {
  const auto body = read_body(c, body_need::required);
  if (!body) return std::nullopt;
  problems found;
  object_reader in(*body, "", found);
  lift_wish w;
  w.key = read_address(in).value_or(lead_key{});
  in.read("source", w.source);
  if (w.source.empty()) in.report("source", "must name the new consent's source");
  in.read("reason", w.reason);
  in.finish();
  if (found.empty()) return w;
  c.refuse(unprocessable(found));
  return std::nullopt;
}

/// Leads that hold the address, or whose own opt-out put it on the list.
result<std::vector<lead_row>> concerned_by(store_reader& r, const workspace_id& ws, const lead_key& key,
                                           const std::vector<suppression_row>& entries) {
  auto all = holders_of(r, ws, key);
  if (!all) return all;
  std::set<lead_id> named;
  for (const auto& e : entries)
    if (!e.lead.empty()) named.insert(e.lead);
  for (const auto& row : *all)
    named.erase(row.lead);
  const std::vector<lead_id> rest(named.begin(), named.end());
  auto more = r.leads(rest);
  if (!more) return more;
  for (auto& row : *more)
    if (row.workspace == ws) all->push_back(std::move(row));
  return all;
}

result<std::vector<lead_id>> suppressed_among(const std::vector<lead_row>& rows) {
  std::vector<lead_id> out;
  for (const auto& row : rows) {
    const auto s = state_of(row);
    if (!s) return tl::unexpected(s.error());
    if (s->suppressed) out.push_back(row.lead);
  }
  return out;
}

engine::submission lift_of(const call& c, const lead_id& lead, const lift_wish& w) {
  command cmd;
  cmd.what = command_kind::lift_suppression;
  cmd.by = c.key->name;
  cmd.reason = w.reason;
  cmd.detail = w.source;
  stimulus s;
  s.key = "cmd:" + c.caller() + ":" + random_name();
  s.occurred_at = s.received_at = c.node().now();
  s.source = "operator";
  s.body = std::move(cmd);
  return {c.workspace, std::move(s), lead};
}

void answer_lifted(call& c, std::uint64_t lifted, const std::vector<lead_id>& leads) {
  auto names = json::array();
  for (const auto& lead : leads)
    names.push_back(lead.value);
  c.answer(200, {{"lifted", lifted}, {"leads", std::move(names)}});
}

void lift_from_leads(const call_ptr& c, const lift_wish& w, std::uint64_t lifted,
                     const std::vector<lead_id>& leads) {
  if (leads.empty()) return answer_lifted(*c, lifted, leads);
  std::vector<engine::submission> items;
  for (const auto& lead : leads)
    items.push_back(lift_of(*c, lead, w));
  submitting(c, std::move(items), {c->opts().decision_wait},
             [c, lifted, leads](const auto&) { answer_lifted(*c, lifted, leads); });
}

}  // namespace

void list_suppressions(const call_ptr& c) {
  const auto p = read_page(*c);
  if (!p) return;
  const auto asked = asked_address_of(*c);
  if (asked.answered) return;
  reading(c, [c, p = *p, key = asked.key](store_reader& r) {
    if (!key) {
      const auto found = r.suppressions(c->workspace, p);
      if (!found) return c->refuse(found.error());
      return c->answer(200, page_json(*found, suppression_json));
    }
    const auto found = r.suppressions_of(c->workspace, codec::address_hash(c->workspace, *key));
    if (!found) return c->refuse(found.error());
    c->answer(200, page_json(listing<suppression_row>{*found, {}}, suppression_json));
  });
}

void lift_suppressions(const call_ptr& c) {
  const auto wish = read_lift(*c);
  if (!wish) return;
  writing(c, [c, w = *wish](store& s) {
    const auto hash = codec::address_hash(c->workspace, w.key);
    auto reader = s.reader();
    if (!reader) return c->refuse(reader.error());
    const auto entries = (*reader)->suppressions_of(c->workspace, hash);
    if (!entries) return c->refuse(entries.error());
    const auto rows = concerned_by(**reader, c->workspace, w.key, *entries);
    if (!rows) return c->refuse(rows.error());
    const auto leads = suppressed_among(*rows);
    if (!leads) return c->refuse(leads.error());
    const auto why = w.source + (w.reason.empty() ? "" : "; " + w.reason);
    const auto lifted = s.lift_suppression(
        c->workspace, hash,
        {c->workspace, c->key->name, "suppression_lifted", hash + ": " + why, c->node().now()});
    if (!lifted) return c->refuse(lifted.error());
    lift_from_leads(c, w, *lifted, *leads);
  });
}

}  // namespace heed::api
