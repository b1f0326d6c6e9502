#include <iostream>
#include <map>
#include <memory>

#include "persistence/codec/codec.hpp"
#include "persistence/commit_builder.hpp"
#include "persistence/store.hpp"
#include "runtime/commands/store_commands.hpp"
#include "runtime/policies.hpp"
#include "runtime/zones.hpp"

namespace heed::commands {
namespace {

constexpr std::size_t journal_page = 500;
constexpr std::size_t lead_page = 500;

struct totals {
  std::uint64_t leads = 0, decisions = 0, other_rules = 0, violations = 0, unreadable = 0;
};

class replayer {
 public:
  replayer(store_reader& reader, std::ostream& out) : reader_(reader), out_(out), zones_(load_zones()) {}

  void replay(const lead_row& row) {
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

  totals sums;

 private:
  void violation(const lead_id& lead, std::uint64_t seq, const std::string& what) {
    ++sums.violations;
    out_ << "violation  " << lead.value << " " << seq << "  " << what << "\n";
  }
  void unreadable(const lead_id& lead, std::uint64_t seq, const std::string& what) {
    ++sums.unreadable;
    out_ << "unreadable " << lead.value << " " << seq << "  " << what << "\n";
  }

  std::shared_ptr<const policy> policy_of(const workspace_id& ws, std::uint64_t revision) {
    auto& known = policies_[{ws, revision}];
    if (known) return known;
    auto body = reader_.policy_revision(ws, revision);
    if (!body) return nullptr;
    auto read = read_policy(*body, ws, revision, zones_, reader_);
    if (read) known = *read;
    return known;
  }

  /// False when this lead cannot be followed further.
  bool replay_one(const lead_row& row, const journal_row& j, lead_state& state, bytes& chain) {
    ++sums.decisions;
    auto linked = codec::chain_link(chain, j.body);
    if (linked != j.chain) violation(row.lead, j.seq, "the hash chain is broken");
    chain = j.chain;
    auto clear = codec::unseal(row.secret, journal_context(row.lead, j.seq), j.body);
    if (!clear) return unreadable(row.lead, j.seq, clear.error().detail), false;
    auto entry = codec::decode_journal_entry(*clear);
    if (!entry) return unreadable(row.lead, j.seq, entry.error().detail), false;
    auto rules = policy_of(row.workspace, entry->revision);
    if (!rules) return unreadable(row.lead, j.seq, "policy revision " + std::to_string(entry->revision) + " is missing"), false;
    recompute(row.lead, *entry, *clear, state, *rules);
    for (const auto& f : entry->answer.facts) apply(state, f, entry->seq, entry->when.now);
    return true;
  }

  void recompute(const lead_id& lead, const codec::journal_entry& stored, const bytes& clear, const lead_state& state, const policy& rules) {
    codec::journal_entry again = stored;
    again.answer = decide(state, stored.what, rules, stored.when);
    if (codec::encode(again) == clear) return;
    // Equality is promised within one version of the rules; across versions a difference is news, not a fault.
    if (stored.rules != rules_version) {
      ++sums.other_rules;
      out_ << "differs    " << lead.value << " " << stored.seq << "  decided by rules " << stored.rules << ", these are " << rules_version << "\n";
      return;
    }
    violation(lead, stored.seq, "the recomputed decision has other bytes");
  }

  void compare_end(const lead_row& row, const lead_state& state, const bytes& chain) {
    if (row.version == 0) return;
    if (codec::encode(state) != row.snapshot) violation(row.lead, row.version, "the snapshot is not the fold of the journal");
    if (chain != row.chain) violation(row.lead, row.version, "the snapshot's chain is not the journal's");
  }

  store_reader& reader_;
  std::ostream& out_;
  zone_library zones_;
  std::map<std::pair<workspace_id, std::uint64_t>, std::shared_ptr<const policy>> policies_;
};

/// False when the store could not be read to its end.
bool replay_all(store_reader& reader, replayer& r, std::ostream& err) {
  page p{lead_page, {}};
  for (;;) {
    auto rows = reader.all_leads(std::nullopt, p);
    if (!rows) {
      err << "heed replay: " << rows.error().detail << "\n";
      return false;
    }
    for (const auto& row : rows->items) r.replay(row);
    if (rows->next.empty()) return true;
    p.after = rows->next;
  }
}

}  // namespace

int run_replay(const replay_options& o, std::ostream& out, std::ostream& err) {
  auto opened = open_store(o.store_url, open_mode::read_only);
  if (!opened) return err << "heed replay: " << opened.error().detail << "\n", 2;
  auto reader = (*opened)->reader();
  if (!reader) return err << "heed replay: " << reader.error().detail << "\n", 2;
  replayer r(**reader, out);
  bool complete = true;
  if (o.lead.empty()) {
    complete = replay_all(**reader, r, err);
  } else {
    const lead_id ids[] = {lead_id{o.lead}};
    auto rows = (*reader)->leads(ids);
    if (!rows || rows->empty()) return err << "heed replay: there is no lead " << o.lead << "\n", 2;
    r.replay(rows->front());
  }
  out << "replayed " << r.sums.decisions << " decisions of " << r.sums.leads << " leads: " << r.sums.violations << " violations, "
      << r.sums.other_rules << " differ by rules version, " << r.sums.unreadable << " unreadable\n";
  if (r.sums.violations > 0) return 1;
  return complete && r.sums.unreadable == 0 ? 0 : 2;
}

}  // namespace heed::commands
