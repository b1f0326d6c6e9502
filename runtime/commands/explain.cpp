#include <iomanip>
#include <iostream>
#include <sstream>
#include <nlohmann/json.hpp>

#include "persistence/codec/codec.hpp"
#include "persistence/commit_builder.hpp"
#include "persistence/store.hpp"
#include "runtime/commands/store_commands.hpp"

namespace heed::commands {
namespace {

constexpr std::size_t journal_page = 500;

bool says_nothing(const nlohmann::json& value) {
  return value.is_null() || (value.is_string() && value.get_ref<const std::string&>().empty()) ||
         (value.is_structured() && value.empty());
}

/// Facts as `kind name=value ...`; a message's own words are left to the API, which knows its caller.
std::string line_of(const nlohmann::json& j) {
  std::string out = j.contains("kind") && j["kind"].is_string() ? j["kind"].get<std::string>() : std::string{};
  for (const auto& [name, value] : j.items()) {
    if (name == "kind" || name == "text" || name == "body" || says_nothing(value)) continue;
    auto shown = value.is_object() ? line_of(value)
                 : value.is_string() ? name + "=" + value.get<std::string>()
                                     : name + "=" + value.dump();
    if (!shown.empty()) out += (out.empty() ? "" : " ") + shown;
  }
  return out;
}

/// A draft's fact holds all of it; the story is what happened and on what it rests.
std::string draft_line(const draft_changed& f) {
  const auto& x = f.now;
  std::string out = "draft " + f.what + (f.reason.empty() ? "" : " " + f.reason) + " draft=" + x.id + " version=" + std::to_string(x.version) +
                    " class=" + std::string(reply::to_string(x.answers.kind)) + " author=" + std::string(to_string(x.by));
  if (const auto& d = x.tree.decided) {
    out += " action=" + std::string(to_string(d->what)) + " because=" + d->reason;
    std::ostringstream sure;
    if (d->sure) sure << " confidence=" << d->sure->share();
    if (d->threshold) sure << " threshold=" << d->threshold->share();
    out += sure.str();
  }
  if (!x.decided_by.empty()) out += " by=" + x.decided_by;
  if (x.out) out += " message=" + x.out->effect.value;
  return out;
}

/// What a model was asked about a reply; the words themselves are in the conversation.
std::string doubt_line(const doubt_changed& f) { return "doubt " + f.what + (f.reason.empty() ? "" : " " + f.reason); }

std::string numbers_of(const gate_verdict& v) {
  std::string out;
  for (const auto& n : v.numbers) out += " " + n.name + "=" + std::to_string(n.value);
  return out;
}

void print_ladder(const run_verdicts& run, std::ostream& out) {
  out << "    gates for " << run.campaign << (run.step.empty() ? "" : ", step " + run.step) << "\n";
  bool decided = false;
  for (const auto& v : run.gates) {
    bool passes = v.outcome == gate_outcome::pass;
    out << "    " << std::setw(4) << static_cast<int>(v.at) << " " << std::left << std::setw(17) << to_string(v.at) << std::right;
    if (passes) {
      out << "passes" << numbers_of(v) << "\n";
      continue;
    }
    out << (decided ? "also: " : "DECIDES: ") << to_string(v.outcome) << " " << v.reason << numbers_of(v);
    if (v.opens_at) out << ", opens " << to_iso(*v.opens_at);
    out << "\n";
    decided = true;
  }
  if (!decided) out << "         every gate passes: the touch is planned\n";
}

void print_decision(const codec::journal_entry& e, bool whole, std::ostream& out) {
  out << "#" << e.seq << "  " << to_iso(e.when.now) << "  " << kind_name(e.what.body) << "  policy " << e.revision;
  if (!e.what.source.empty()) out << "  via " << e.what.source;
  if (e.what.occurred_at != e.when.now) out << "  (occurred " << to_iso(e.what.occurred_at) << ")";
  out << "\n";
  for (const auto& f : e.answer.facts) {
    const auto* draft = std::get_if<draft_changed>(&f);
    const auto* doubt = std::get_if<doubt_changed>(&f);
    out << "    " << (draft ? draft_line(*draft) : doubt ? doubt_line(*doubt) : line_of(codec::to_json(f))) << "\n";
  }
  // The short story shows a ladder only where it held something back.
  for (const auto& run : e.answer.verdicts) {
    bool closed = std::ranges::any_of(run.gates, [](auto& v) { return v.outcome != gate_outcome::pass; });
    if (whole || closed) print_ladder(run, out);
  }
}

result<lead_row> find_lead(store_reader& reader, const std::string& name) {
  const lead_id ids[] = {lead_id{name}};
  auto rows = reader.leads(ids);
  if (!rows) return tl::unexpected(rows.error());
  if (!rows->empty()) return rows->front();
  auto workspaces = reader.workspaces();
  if (!workspaces) return tl::unexpected(workspaces.error());
  for (const auto& ws : *workspaces)
    for (auto kind : {key_kind::email, key_kind::phone}) {
      auto found = reader.lead_by_key(ws, {kind, {}, name});
      if (found && *found) return **found;
    }
  return fail(errc::not_found, "there is no lead " + name);
}

}  // namespace

int run_explain(const explain_options& o, std::ostream& out, std::ostream& err) {
  auto opened = open_store(o.store_url, open_mode::read_only);
  if (!opened) return err << "heed explain: " << opened.error().detail << "\n", 2;
  auto reader = (*opened)->reader();
  if (!reader) return err << "heed explain: " << reader.error().detail << "\n", 2;
  auto row = find_lead(**reader, o.lead);
  if (!row) return err << "heed explain: " << row.error().detail << "\n", 2;
  if (!o.json) out << row->lead.value << " in " << row->workspace.value << ", " << row->version << " decisions\n";
  std::uint64_t after = o.seq ? *o.seq - 1 : 0;
  bool any = false;
  for (;;) {
    auto page = (*reader)->journal(row->lead, after, o.seq ? 1 : journal_page);
    if (!page) return err << "heed explain: " << page.error().detail << "\n", 2;
    for (const auto& j : page->items) {
      after = j.seq;
      if (o.seq && j.seq != *o.seq) continue;
      auto clear = codec::unseal(row->secret, journal_context(row->lead, j.seq), j.body);
      auto entry = clear ? codec::decode_journal_entry(*clear) : tl::unexpected(clear.error());
      if (!entry) return err << "heed explain: decision " << j.seq << ": " << entry.error().detail << "\n", 2;
      any = true;
      if (o.json)
        out << codec::to_json(*entry).dump() << "\n";
      else
        print_decision(*entry, o.seq.has_value(), out);
    }
    if (o.seq || page->items.size() < journal_page) break;
  }
  if (o.seq && !any) return err << "heed explain: there is no decision " << *o.seq << "\n", 2;
  return 0;
}

}  // namespace heed::commands
