#include <algorithm>

#include "persistence/commit_builder.hpp"
#include "runtime/forecast/counterfactual.hpp"
#include "runtime/forecast/journal.hpp"
#include "runtime/learned_priors.hpp"

namespace heed::forecast {
namespace {

constexpr std::size_t page_size = 500;
/// Instants nearer than this count as the same: latencies are assumed.
constexpr duration same_instant = std::chrono::minutes(5);

/// Thrown across the reading of one store; becomes the command's answer.
struct unreadable {
  std::string where, why;
};

class comparer {
 public:
  comparer(store_reader& reader, zone_library& zones, const workspace_id& ws, const policy_change& change)
      : reader_(reader), zones_(zones), ws_(ws), change_(change) {}

  comparison run(time_point since, time_point until) {
    page p{page_size, {}};
    for (;;) {
      auto rows = reader_.all_leads(ws_, p);
      if (!rows) throw unreadable{"store", rows.error().detail};
      for (const auto& row : rows->items)
        compare(row, since, until);
      if (rows->next.empty()) return std::move(out_);
      p.after = rows->next;
    }
  }

 private:
  using pair = std::pair<std::shared_ptr<const policy>, std::shared_ptr<const policy>>;

  const pair& rules(std::uint64_t revision) {
    auto& known = rules_[revision];
    if (known.first) return known;
    auto body = reader_.policy_revision(ws_, revision);
    if (!body) throw unreadable{"policy " + std::to_string(revision), body.error().detail};
    auto read = read_policy(*body, ws_, revision, zones_, reader_);
    if (!read) throw unreadable{"policy " + std::to_string(revision), read.error().detail};
    auto other = change_.apply_to(**read);
    if (!other) throw unreadable{other.error().front().field, other.error().front().detail};
    known = {*read, std::make_shared<const policy>(std::move(*other))};
    return known;
  }

  /// The lead as it was at `since`, and what it decided from then on.
  lead_state split_journal(const lead_row& row, time_point since, std::vector<codec::journal_entry>& later) {
    auto all = read_journal(reader_, row);
    if (!all) throw unreadable{row.lead.value, all.error().detail};
    for (auto& e : *all)
      if (auto done = priors_.complete(reader_, ws_, e.when); !done) throw unreadable{row.lead.value, done.error().detail};
    auto state = first_state({row.workspace, row.lead, 0, {}, row.secret, {}});
    const auto first = std::ranges::find_if(*all, [&](const auto& e) { return e.when.now >= since; });
    for (auto e = all->begin(); e != first; ++e)
      for (const auto& f : e->answer.facts)
        apply(state, f, e->seq, e->when.now);
    later.assign(std::make_move_iterator(first), std::make_move_iterator(all->end()));
    return state;
  }

  void compare(const lead_row& row, time_point since, time_point until) {
    std::vector<codec::journal_entry> later;
    const auto state = split_journal(row, since, later);
    if (later.empty()) return;
    ++out_.leads;
    out_.decisions += later.size();
    const auto unchanged = other_life(state, later, [this](std::uint64_t r) { return rules(r).first; }).run(until);
    const auto changed = other_life(state, later, [this](std::uint64_t r) { return rules(r).second; }).run(until);
    check_against(later, unchanged);
    add(unchanged, out_.sums.before);
    add(changed, out_.sums.after);
    note_differences(row.lead, unchanged, changed);
  }

  /// How far the unchanged life is what really happened.
  void check_against(std::span<const codec::journal_entry> happened, const life& unchanged) {
    for (const auto& e : happened)
      for (const auto& f : e.answer.facts) {
        const auto* h = std::get_if<step_handled>(&f);
        if (h == nullptr || h->outcome != step_outcome::sent) continue;
        ++out_.sends;
        const auto [from, to] = unchanged.equal_range(h->campaign.value + "/" + h->step.value);
        out_.sends_reproduced += std::any_of(from, to, [](const auto& each) { return each.second.what == "sent"; });
      }
  }

  static void add(const life& l, std::map<std::string, std::uint64_t>& into) {
    for (const auto& [about, e] : l)
      ++into[e.what + (e.detail.empty() ? "" : ": " + e.detail)];
  }

  static std::string words(const life_event* e) {
    if (e == nullptr) return "-";
    return e->what + (e->detail.empty() ? "" : ": " + e->detail);
  }

  void note_differences(const lead_id& lead, const life& before, const life& after) {
    std::set<std::string> all;
    for (const auto* l : {&before, &after})
      for (const auto& [about, e] : *l)
        all.insert(about);
    for (const auto& about : all) {
      const auto a = before.find(about), b = after.find(about);
      const auto* x = a == before.end() ? nullptr : &a->second;
      const auto* y = b == after.end() ? nullptr : &b->second;
      const bool moved = x && y && std::chrono::abs(x->at - y->at) > same_instant;
      if (words(x) == words(y) && !moved) continue;
      life_difference d{lead.value, about, words(x), words(y), {}, {}};
      if (x) d.before_at = x->at;
      if (y) d.after_at = y->at;
      out_.differences.push_back(std::move(d));
    }
  }

  store_reader& reader_;
  zone_library& zones_;
  priors_library priors_;
  const workspace_id& ws_;
  const policy_change& change_;
  std::map<std::uint64_t, pair> rules_;
  comparison out_;
};

}  // namespace

tl::expected<comparison, problems> compare_policies(store_reader& reader, zone_library& zones, const workspace_id& ws,
                                                    const policy_change& change, time_point since, time_point until) {
  try {
    return comparer(reader, zones, ws, change).run(since, until);
  } catch (const unreadable& u) {
    return tl::unexpected(problems{{u.where, u.why}});
  }
}

}  // namespace heed::forecast
