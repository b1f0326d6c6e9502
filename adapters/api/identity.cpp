#include "actors/campaign/document.hpp"
#include "adapters/api/body.hpp"
#include "adapters/api/commands.hpp"
#include "adapters/api/handlers.hpp"
#include "adapters/api/lead_lookup.hpp"
#include "adapters/inbound/lead_keys.hpp"

/// Who is who: two leads become one and come apart again, another address becomes the first one, and the audit of all of it.
namespace heed::api {

using nlohmann::json;

namespace {

std::string caller_of(const call& c) { return c.key ? c.key->name : ""; }

/// The keys that two systems share, in canonical form: `{"email", "phone", "keys": {name: id}}`.
std::vector<lead_key> read_evidence(object_reader& in, problems& found) {
  const auto* given = in.object("evidence");
  if (!given) return {};
  inbound::fault faults;
  auto keys = inbound::read_lead_keys(inbound::object_reader(*given, "/evidence", faults), faults);
  if (faults) found.push_back({faults.problem().field, faults.problem().detail});
  return keys;
}

/// The other lead of the act; it must be one of the workspace.
lead_id read_lead(object_reader& in, const char* member) {
  const auto text = in.text(member);
  if (!text || text->empty()) in.report(member, "must be the id of the other lead");
  return lead_id{text.value_or("")};
}

/// Both leads are of the caller's workspace, else it has been answered.
bool both_exist(call& c, store_reader& r, const lead_id& lead, const lead_id& other, const char* member) {
  if (!find_lead(c, r, lead)) return false;
  const auto rows = r.leads(std::span(&other, 1));
  if (!rows) {
    c.refuse(rows.error());
    return false;
  }
  if (!rows->empty() && rows->front().workspace == c.workspace) return true;
  c.refuse(unprocessable(member, "This names no lead of the workspace.", "Send the id of the lead that is the same person."));
  return false;
}

/// The decisions that would have been others without that part.
result<json> rested_on(const call& c, store_reader& r, const lead_id& lead, const lead_id& part) {
  if (!c.opts().identity) return json::object();
  const auto rows = r.leads(std::span(&lead, 1));
  if (!rows) return tl::unexpected(rows.error());
  const auto all = c.opts().identity(r, rows->front());
  if (!all) return tl::unexpected(all.error());
  for (const auto& m : (*all)["merges"])
    if (m["other"] == part.value && m["role"] == "survivor" && m["state"] == "merged") return json{{"rested_on_it", m["decisions"]}};
  return json::object();
}

}  // namespace

void merge_lead(const call_ptr& c) {
  const auto body = read_body(*c, body_need::required);
  if (!body) return;
  problems found;
  object_reader in(*body, "", found);
  merge_asked what;
  what.part = read_lead(in, "absorb");
  what.by = caller_of(*c);
  in.read("reason", what.reason);
  what.evidence = read_evidence(in, found);
  if (what.evidence.empty() && what.reason.empty()) in.report("reason", "must say why they are one person, or send `evidence`");
  in.finish();
  if (!found.empty()) return c->refuse(unprocessable(found));
  reading(c, [c, what = std::move(what)](store_reader& r) {
    const lead_id lead{c->param("lead")};
    if (both_exist(*c, r, lead, what.part, "absorb")) submit_order(c, lead, what);
  });
}

void unmerge_lead(const call_ptr& c) {
  const auto body = read_body(*c, body_need::required);
  if (!body) return;
  problems found;
  object_reader in(*body, "", found);
  unmerge_asked what;
  what.part = read_lead(in, "part");
  what.by = caller_of(*c);
  in.read("reason", what.reason);
  if (what.reason.empty()) in.report("reason", "must say why they are two persons");
  in.finish();
  if (!found.empty()) return c->refuse(unprocessable(found));
  reading(c, [c, what = std::move(what)](store_reader& r) {
    const lead_id lead{c->param("lead")};
    if (!both_exist(*c, r, lead, what.part, "part")) return;
    auto beside = rested_on(*c, r, lead, what.part);
    if (!beside) return c->refuse(beside.error());
    submit_order(c, lead, what, std::move(*beside));
  });
}

void promote_address(const call_ptr& c) {
  const auto body = read_body(*c, body_need::required);
  if (!body) return;
  problems found;
  object_reader in(*body, "", found);
  promotion_asked what;
  what.by = caller_of(*c);
  in.read("email", what.email);
  if (what.email.empty()) in.report("email", "must be one of the lead's alternate addresses");
  in.finish();
  if (!found.empty()) return c->refuse(unprocessable(found));
  reading(c, [c, what = std::move(what)](store_reader& r) {
    const lead_id lead{c->param("lead")};
    if (find_lead(*c, r, lead)) submit_order(c, lead, what);
  });
}

void show_identity(const call_ptr& c) {
  if (!c->opts().identity) return c->refuse(not_found());
  reading(c, [c](store_reader& r) {
    const auto row = find_lead(*c, r, lead_id{c->param("lead")});
    if (!row) return;
    auto all = c->opts().identity(r, *row);
    if (!all) return c->refuse(all.error());
    c->answer(200, *all);
  });
}

}  // namespace heed::api
