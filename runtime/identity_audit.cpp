#include "runtime/identity_audit.hpp"

#include <algorithm>
#include <deque>
#include <map>

#include "actors/lead/identity/resolution.hpp"
#include "actors/lead/identity/unite.hpp"
#include "persistence/codec/codec.hpp"
#include "persistence/commit_builder.hpp"
#include "runtime/learned_priors.hpp"

namespace heed {
namespace {

using nlohmann::json;

constexpr std::size_t journal_page = 500;
/// The newest ones of a long life.
constexpr std::size_t resolutions_shown = 200;

json key_json(const lead_key& k) {
  return {{"kind", std::string(k.kind == key_kind::other ? k.name : to_string(k.kind))},
          {"value", k.value},
          {"strength", std::string(to_string(strength_of(k)))}};
}

json keys_json(const std::vector<lead_key>& keys) {
  auto all = json::array();
  for (const auto& k : keys)
    all.push_back(key_json(k));
  return all;
}

json text_or_null(const std::string& text) { return text.empty() ? json() : json(text); }

/// One merge, as far as it came.
struct merge_story {
  json told;
  json decisions = json::array();
};

class audit {
 public:
  audit(store_reader& reader, zone_library& zones, const lead_row& row)
      : reader_(reader), zones_(zones), row_(row), state_(first_state({row.workspace, row.lead, 0, {}, row.secret, {}})) {}

  result<json> tell() {
    std::uint64_t seq = 0;
    while (seq < row_.version) {
      auto page = reader_.journal(row_.lead, seq, journal_page);
      if (!page) return tl::unexpected(page.error());
      if (page->items.empty()) break;
      for (const auto& j : page->items) {
        if (auto read = take(j); !read) return tl::unexpected(read.error());
        seq = j.seq;
      }
    }
    auto merges = json::array();
    for (auto& name : order_) {
      auto& m = merges_.at(name);
      m.told["decisions"] = std::move(m.decisions);
      merges.push_back(std::move(m.told));
    }
    return json{{"lead_id", row_.lead.value},
                {"merged_into", state_.absorbed ? json(state_.absorbed->into.value) : json()},
                {"keys", keys_json(state_.keys)},
                {"resolutions", json(resolutions_)},
                {"conflicts", std::move(conflicts_)},
                {"merges", std::move(merges)}};
  }

 private:
  result<void> take(const journal_row& j) {
    auto clear = codec::unseal(row_.secret, journal_context(row_.lead, j.seq), j.body);
    if (!clear) return tl::unexpected(clear.error());
    auto entry = codec::decode_journal_entry(*clear);
    if (!entry) return tl::unexpected(entry.error());
    note_resolution(*entry);
    if (auto judged = look_without(*entry); !judged) return judged;
    for (const auto& f : entry->answer.facts) {
      note_merge(f, *entry);
      apply(state_, f, entry->seq, entry->when.now);
    }
    if (const auto* c = std::get_if<key_conflict>(&entry->what.body))
      conflicts_.push_back({{"seq", entry->seq}, {"at", to_iso(entry->when.now)}, {"key", key_json(c->key)}, {"holder", c->holder.value}});
    return {};
  }

  void note_resolution(const codec::journal_entry& e) {
    const auto by = resolution_of(e.what.keys, state_.keys);
    if (!by) return;
    resolutions_.push_back({{"seq", e.seq},
                            {"at", to_iso(e.when.now)},
                            {"stimulus", std::string(kind_name(e.what.body))},
                            {"key", key_json(by->by)},
                            {"rule", by->is_new ? "new" : std::string(to_string(by->rule))},
                            {"confidence", by->confidence_pct}});
    if (resolutions_.size() > resolutions_shown) resolutions_.pop_front();
  }

  /// A decision rested on a merge when it is another one without it.
  result<void> look_without(const codec::journal_entry& e) {
    if (state_.parts.empty()) return {};
    auto rules = policy_of(e.revision);
    if (!rules) return tl::unexpected(rules.error());
    for (const auto& p : state_.parts) {
      auto& told = merges_.at(p.merge).decisions;
      auto without = state_;
      separate(without, p.merge);
      auto when = e.when;
      if (auto done = priors_.complete(reader_, row_.workspace, when); !done) return done;
      const auto other = decide(without, e.what, **rules, when);
      if (same(other, e.answer)) continue;
      told.push_back({{"seq", e.seq},
                      {"decision_id", decision_id(row_.lead, e.seq)},
                      {"at", to_iso(e.when.now)},
                      {"kind", std::string(kind_name(e.what.body))},
                      {"with", facts_of(e.answer)},
                      {"without", facts_of(other)}});
    }
    return {};
  }

  static json facts_of(const decision& d) {
    auto all = json::array();
    for (const auto& f : d.facts)
      all.push_back(std::string(kind_name(f)));
    return all;
  }

  /// Verdicts count: what waited at another gate was decided otherwise.
  [[nodiscard]] bool same(const decision& one, const decision& other) const {
    const auto bytes_of = [&](const decision& d) {
      codec::journal_entry e;
      e.answer = d;
      return codec::encode(e);
    };
    return bytes_of(one) == bytes_of(other);
  }

  result<std::shared_ptr<const policy>> policy_of(std::uint64_t revision) {
    auto& known = policies_[revision];
    if (known) return known;
    auto body = reader_.policy_revision(row_.workspace, revision);
    if (!body) return tl::unexpected(body.error());
    auto read = read_policy(*body, row_.workspace, revision, zones_, reader_);
    if (read) known = *read;
    return read;
  }

  merge_story& story(const std::string& merge) {
    const auto [at, fresh] = merges_.try_emplace(merge);
    if (fresh) order_.push_back(merge);
    return at->second;
  }

  void note_merge(const fact& f, const codec::journal_entry& e) {
    const auto begin = [&](const std::string& merge, const char* role, const lead_id& other, const std::string& by, const std::string& reason) {
      auto& m = story(merge).told;
      m["merge"] = merge;
      m["role"] = role;
      m["other"] = other.value;
      m["by"] = by;
      m["reason"] = text_or_null(reason);
    };
    const auto stand = [&](const std::string& merge, const char* word) {
      auto& m = story(merge).told;
      m["state"] = word;
      m["history"].push_back({{"state", word}, {"seq", e.seq}, {"at", to_iso(e.when.now)}});
    };
    if (const auto* x = std::get_if<merge_begun>(&f)) {
      begin(x->merge, "survivor", x->part, x->by, x->reason);
      story(x->merge).told["evidence"] = keys_json(x->evidence);
      stand(x->merge, "begun");
    } else if (const auto* r = std::get_if<merge_refused>(&f)) {
      if (!merges_.contains(r->merge)) begin(r->merge, "part", r->other, "", "");
      story(r->merge).told["refused"] = r->reason;
      stand(r->merge, "refused");
    } else if (const auto* a = std::get_if<lead_absorbed>(&f)) {
      begin(a->merge, "part", a->into, a->by, a->reason);
      stand(a->merge, "merged");
    } else if (const auto* m = std::get_if<lead_merged>(&f)) {
      stand(m->part.merge, "merged");
    } else if (const auto* u = std::get_if<unmerge_begun>(&f)) {
      stand(u->merge, "undoing");
    } else if (const auto* b = std::get_if<lead_restored>(&f)) {
      if (!b->again) stand(b->merge, "undone");
    } else if (const auto* g = std::get_if<lead_unmerged>(&f)) {
      story(g->merge).told["undone_by"] = g->by;
      stand(g->merge, "undone");
    }
  }

  store_reader& reader_;
  zone_library& zones_;
  const lead_row& row_;
  lead_state state_;
  std::deque<json> resolutions_;
  json conflicts_ = json::array();
  std::map<std::string, merge_story> merges_;
  std::vector<std::string> order_;
  std::map<std::uint64_t, std::shared_ptr<const policy>> policies_;
  priors_library priors_;
};

}  // namespace

result<json> identity_to_json(store_reader& reader, zone_library& zones, const lead_row& row) {
  return audit(reader, zones, row).tell();
}

}  // namespace heed
