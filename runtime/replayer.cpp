#include "runtime/replayer.hpp"

#include <ostream>
#include <sstream>

#include "persistence/commit_builder.hpp"

namespace heed {
namespace {

constexpr std::size_t journal_page = 500;

}  // namespace

void replayer::replay(const lead_row& row) {
  ++sums.leads;
  lead_state state = first_state({row.workspace, row.lead, 0, {}, row.secret, {}});
  bytes chain;
  std::uint64_t seq = 0;
  while (seq < row.version) {
    auto page = reader_.journal(row.lead, seq, journal_page);
    if (!page) return unreadable(row.lead, seq, page.error().detail);
    if (page->items.empty()) return violation(row.lead, seq + 1, "the journal ends before the snapshot");
    for (const auto& j : page->items) {
      if (j.seq > row.version) break;
      if (!replay_one(row, j, state, chain)) return;
      seq = j.seq;
    }
  }
  compare_end(row, state, chain);
}

void replayer::violation(const lead_id& lead, std::uint64_t seq, const std::string& what) {
  ++sums.violations;
  out_ << "violation  " << lead.value << " " << seq << "  " << what << "\n";
}
void replayer::unreadable(const lead_id& lead, std::uint64_t seq, const std::string& what) {
  ++sums.unreadable;
  out_ << "unreadable " << lead.value << " " << seq << "  " << what << "\n";
}

std::shared_ptr<const policy> replayer::policy_of(const workspace_id& ws, std::uint64_t revision) {
  auto& known = policies_[{ws, revision}];
  if (known) return known;
  auto body = reader_.policy_revision(ws, revision);
  if (!body) return nullptr;
  auto read = read_policy(*body, ws, revision, zones_, reader_);
  if (read) known = *read;
  return known;
}

bool replayer::replay_one(const lead_row& row, const journal_row& j, lead_state& state, bytes& chain) {
  ++sums.decisions;
  auto linked = codec::chain_link(chain, j.body);
  if (linked != j.chain) violation(row.lead, j.seq, "the hash chain is broken");
  chain = j.chain;
  auto clear = codec::unseal(row.secret, journal_context(row.lead, j.seq), j.body);
  if (!clear) return unreadable(row.lead, j.seq, clear.error().detail), false;
  auto entry = codec::decode_journal_entry(*clear);
  if (!entry) return unreadable(row.lead, j.seq, entry.error().detail), false;
  auto rules = policy_of(row.workspace, entry->revision);
  if (!rules)
    return unreadable(row.lead, j.seq, "policy revision " + std::to_string(entry->revision) + " is missing"),
           false;
  if (auto done = priors_.complete(reader_, row.workspace, entry->when); !done)
    return unreadable(row.lead, j.seq, done.error().detail), false;
  recompute(row.lead, *entry, *clear, state, *rules);
  for (const auto& f : entry->answer.facts)
    apply(state, f, entry->seq, entry->when.now);
  return true;
}

void replayer::recompute(const lead_id& lead, const codec::journal_entry& stored, const bytes& clear,
                         const lead_state& state, const policy& rules) {
  codec::journal_entry again = stored;
  again.answer = decide(state, stored.what, rules, stored.when);
  if (codec::encode(again) == clear) return;
  // Equality is promised within one version of the rules; across versions a difference is news, not a fault.
  if (stored.rules != rules_version) {
    ++sums.other_rules;
    out_ << "differs    " << lead.value << " " << stored.seq << "  decided by rules " << stored.rules
         << ", these are " << rules_version << "\n";
    return;
  }
  violation(lead, stored.seq, "the recomputed decision has other bytes");
}

void replayer::compare_end(const lead_row& row, const lead_state& state, const bytes& chain) {
  if (row.version == 0) return;
  if (codec::encode(state) != row.snapshot)
    violation(row.lead, row.version, "the snapshot is not the fold of the journal");
  if (chain != row.chain) violation(row.lead, row.version, "the snapshot's chain is not the journal's");
}

nlohmann::json replay_to_json(store_reader& reader, zone_library& zones, const lead_row& row) {
  std::stringstream lines;
  replayer r(reader, zones, lines);
  r.replay(row);
  auto findings = nlohmann::json::array();
  for (std::string line; std::getline(lines, line);)
    findings.push_back(line);
  return {{"decisions", r.sums.decisions},
          {"violations", r.sums.violations},
          {"other_rules", r.sums.other_rules},
          {"unreadable", r.sums.unreadable},
          {"findings", std::move(findings)}};
}

}  // namespace heed
