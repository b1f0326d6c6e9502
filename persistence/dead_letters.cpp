#include "persistence/dead_letters.hpp"

#include "persistence/codec/codec.hpp"

namespace heed {
namespace {

/// The inbox id of `what`, accepted now; none when it had been accepted before.
result<std::optional<std::uint64_t>> accept_one(store& s, inbox_item item) {
  write_batch batch;
  batch.accepts.push_back(std::move(item));
  auto written = s.write(batch);
  if (!written) return tl::unexpected<store_error>(written.error());
  const auto& answer = written->accepts.front();
  if (answer.outcome != accept_result::what::accepted || answer.leads.empty()) return std::nullopt;
  return answer.leads.front().inbox;
}

bool is_marker(const stimulus& what) {
  const auto* r = std::get_if<reconsider>(&what.body);
  return r && r->poisoned;
}

}  // namespace

inbox_item item_for_lead(const workspace_id& ws, const lead_id& lead, const stimulus& what) {
  inbox_item item;
  item.workspace = ws;
  item.key = what.key;
  item.body = codec::encode(what);
  item.lead = lead;
  item.may_create = false;
  item.received_at = what.received_at;
  return item;
}

result<std::optional<poison_marker>> bury_stimulus(store& s, const workspace_id& ws, const lead_id& lead,
                                                   std::uint64_t inbox, const stimulus& what,
                                                   const std::string& error, time_point now) {
  if (inbox == 0) {
    auto given = accept_one(s, item_for_lead(ws, lead, what));
    if (!given) return tl::unexpected<store_error>(given.error());
    // Known before: this very timer is in the dead letters already.
    if (!*given) return std::nullopt;
    inbox = **given;
  }
  std::optional<poison_marker> marker;
  if (!is_marker(what)) {
    stimulus m;
    m.key = "poison:" + lead.value + ":" + std::to_string(inbox);
    m.occurred_at = m.received_at = now;
    m.source = "runtime";
    m.body = reconsider{error, true};
    auto accepted = accept_one(s, item_for_lead(ws, lead, m));
    if (!accepted) return tl::unexpected<store_error>(accepted.error());
    if (*accepted) marker = poison_marker{**accepted, std::move(m)};
  }
  if (auto buried = s.bury(inbox, error, now); !buried) return tl::unexpected<store_error>(buried.error());
  return marker;
}

}  // namespace heed
