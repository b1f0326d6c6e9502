#include "persistence/postgres/work.hpp"

/// The door's rows: what was accepted, what waits, what is decided.
namespace heed::postgres {

void work::save_door() {
  rows_of<workspace_id, std::string_view, std::int64_t, number, std::optional<number>,
          std::optional<std::uint64_t>>
      seen;
  std::int64_t ordinal = 0;
  const std::tuple<workspace_id, std::string, number>* last = nullptr;
  for (const auto& [at, row] : image_.inbox_keys) {
    const auto& [ws, key, lead] = at;
    const bool same_key = last != nullptr && std::get<0>(*last) == ws && std::get<1>(*last) == key;
    ordinal = same_key ? ordinal + 1 : 0;
    last = &at;
    if (!had_seen_.contains(at)) seen.add(ws, key, ordinal, lead, row.inbox, row.seq);
  }
  if (!seen.empty()) session_.run("inbox_key_insert", seen);
}

void work::save_pending() {
  rows_of<number, time_point, number, workspace_id, blob> bodies;
  rows_of<number, time_point, number, workspace_id> waiting;
  for (const auto& [inbox, p] : image_.pending) {
    if (had_pending_.contains(inbox)) continue;
    const auto& in = image_.inbox.at(inbox);
    bodies.add(inbox, in.received_at, p.lead, in.workspace, blob{in.body});
    waiting.add(inbox, in.received_at, p.lead, in.workspace);
  }
  if (!waiting.empty()) {
    session_.run("inbox_insert", bodies);
    session_.run("pending_insert", waiting);
  }
  rows_of<number, number> decided;
  for (const auto& [inbox, lead] : had_pending_)
    if (!image_.pending.has(inbox)) decided.add(inbox, lead);
  if (!decided.empty() && session_.run("pending_delete", decided).changed() != decided.size())
    throw met_another("a stimulus was taken out of the inbox by another writer");
}

}  // namespace heed::postgres
