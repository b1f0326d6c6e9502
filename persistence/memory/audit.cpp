#include <algorithm>
#include <set>

#include "persistence/memory/reader.hpp"

/// The SQLite store's audits over an image: the same violations in the same words.
namespace heed::memory {
namespace {

using lines = std::vector<std::string>;

std::string num(std::uint64_t n) { return std::to_string(n); }

void audit_journal(const image& m, lines& out) {
  for (const auto& [n, l] : m.leads) {
    std::uint64_t rows = 0;
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    each_of(m.journal, n, [&](const auto& key, const journal_row&) {
      if (rows++ == 0) first = key.second;
      last = key.second;
    });
    const auto name = "lead " + l.row.lead.value + ": ";
    if (rows > 0 && (first != 1 || last != rows))
      out.push_back(name + "journal has " + num(rows) + " rows from seq " + num(first) + " to " + num(last));
    if (l.row.version != last)
      out.push_back(name + "version " + num(l.row.version) + ", last seq " + num(last));
  }
  for (const auto& [key, row] : m.journal)
    if (!m.leads.has(key.first)) out.push_back("journal row " + num(row.seq) + " of no lead");
}

void audit_inbox(const image& m, lines& out) {
  std::set<number> dead;
  for (const auto& [n, d] : m.dead)
    if (d.letter.inbox != 0) dead.insert(d.letter.inbox);
  for (const auto& [at, key] : m.inbox_keys) {
    const auto& [ws, name, lead] = at;
    const auto what = "stimulus " + name + " of " + ws.value + ": ";
    auto seq = key.seq;
    if (key.inbox) {
      const int pending = m.pending.has(*key.inbox);
      const int buried = dead.contains(*key.inbox);
      const auto* decided = m.decided.find(*key.inbox);
      if (pending + buried + (decided != nullptr) != 1)
        out.push_back(what + "pending " + std::to_string(pending) + ", dead " + std::to_string(buried) +
                      ", decided " + std::to_string(decided != nullptr));
      if (decided != nullptr && !seq) seq = decided->seq;
    }
    if (seq && !m.journal.has({lead, *seq}))
      out.push_back(what + "decided at seq " + num(*seq) + ", which is not in the journal");
  }
  for (const auto& [inbox, p] : m.pending)
    if (!m.inbox.has(inbox)) out.push_back("inbox row " + num(inbox) + " has no body");
  for (const auto inbox : dead)
    if (!m.inbox.has(inbox)) out.push_back("inbox row " + num(inbox) + " has no body");
  for (const auto& [inbox, in] : m.inbox)
    if (!m.pending.has(inbox) && !dead.contains(inbox))
      out.push_back("inbox row " + num(inbox) + " is neither pending nor dead");
}

void audit_effects(const image& m, lines& out) {
  std::map<std::tuple<workspace_id, std::string, std::string>, int> touches;
  for (const auto& [id, e] : m.effects) {
    const std::tuple touch{e.row.workspace, e.row.kind, e.row.key};
    const auto* planned = m.effect_keys.find(touch);
    if (planned == nullptr || *planned != id) out.push_back("effect " + id.value + " was never planned");
    ++touches[touch];
    int accepted = 0;
    each_of(m.attempts, id,
            [&](const auto&, const attempt_record& a) { accepted += a.outcome == "accepted"; });
    const auto state = static_cast<int>(e.row.state);
    if (state >= 1 && state <= 3 && !e.dry_run && !e.row.claimed_at)
      out.push_back("effect " + id.value + " was called without a claim");
    if (accepted > 1)
      out.push_back("effect " + id.value + " was accepted " + std::to_string(accepted) + " times");
  }
  for (const auto& [touch, count] : touches)
    if (count > 1)
      out.push_back("touch " + std::get<2>(touch) + " of " + std::get<0>(touch).value + " has " +
                    std::to_string(count) + " effects");
  for (const auto& [touch, id] : m.effect_keys)
    if (!m.effects.has(id))
      out.push_back("touch " + std::get<2>(touch) + " of " + std::get<0>(touch).value +
                    " has lost its effect " + id.value);
}

void audit_timers(const image& m, lines& out) {
  for (const auto& [lead, t] : m.timers) {
    const auto* l = m.leads.find(lead);
    if (l == nullptr || t.generation != l->row.version)
      out.push_back("lead " + (l == nullptr ? "?" : l->row.lead.value) + ": timer of generation " +
                    num(t.generation) + ", version " + num(l == nullptr ? 0 : l->row.version));
  }
}

}  // namespace

std::vector<std::string> audit(const image& m) {
  lines out;
  audit_journal(m, out);
  audit_inbox(m, out);
  audit_effects(m, out);
  audit_timers(m, out);
  return out;
}

}  // namespace heed::memory
