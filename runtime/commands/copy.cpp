#include "persistence/copy.hpp"

#include <algorithm>
#include <iomanip>
#include <iostream>
#include <nlohmann/json.hpp>

#include "runtime/clock.hpp"
#include "runtime/commands/store_commands.hpp"
#include "runtime/policies.hpp"
#include "runtime/replayer.hpp"
#include "runtime/setup.hpp"
#include "runtime/zones.hpp"

namespace heed::commands {
namespace {

constexpr auto reconsider_prefix = "reconsider:";

std::optional<bytes> find(const meta_values& all, const std::string& name) {
  const auto at = all.find(name);
  return at == all.end() || at->second.empty() ? std::nullopt : std::optional(at->second);
}

bool is_real_time(const std::optional<bytes>& anchor) {
  if (!anchor) return true;
  const auto a = decode_anchor(*anchor);
  return a && a->scale == 1;
}

/// What was decided must come out the same again, and what was sent must still lead here: hence zones and link keys. A
/// clock never goes back.
result<meta_values> merge(const meta_values& from, const meta_values& to, const std::vector<workspace_id>& coming) {
  meta_values out;
  const auto anchor = find(to, clock_anchor_name);
  if (!anchor && find(from, clock_anchor_name)) out[clock_anchor_name] = *find(from, clock_anchor_name);
  if (anchor && (!is_real_time(anchor) || !is_real_time(find(from, clock_anchor_name))))
    return fail(errc::conflict, "time runs faster than real in one of the stores: copy into an empty one");
  const auto micros = [](const std::optional<bytes>& text) { return text ? std::stoll(*text) : 0; };
  const auto latest = std::max(micros(find(from, clock_high_water_name)), micros(find(to, clock_high_water_name)));
  out[clock_high_water_name] = std::to_string(latest);
  for (const auto& [name, value] : from)
    if (name.starts_with(zone_library::meta_name("")) && !find(to, name)) out[name] = value;
  for (const auto& ws : coming) {
    auto key = find(from, link_key_name_of(ws));
    if (!key) key = find(from, link_key_name);
    if (key && key != find(to, link_key_name)) out[link_key_name_of(ws)] = *key;
    if (const auto unfinished = find(from, reconsider_prefix + ws.value)) out[reconsider_prefix + ws.value] = *unfinished;
  }
  return out;
}

/// Leads spread evenly over those that came, replayed as `heed replay` does.
result<replay_sums> replay_sample(const std::string& url, const copy_report& r, std::size_t sample, std::ostream& findings) {
  auto opened = open_store(url, open_mode::read_only);
  if (!opened) return tl::unexpected(opened.error());
  auto reader = (*opened)->reader();
  if (!reader) return tl::unexpected(reader.error());
  zone_library zones(load_zones());
  replayer all(**reader, zones, findings);
  const auto leads = std::min<std::int64_t>(static_cast<std::int64_t>(sample), static_cast<std::int64_t>(r.rows_of("lead")));
  for (std::int64_t i = 0; i < leads; ++i) {
    const auto before = r.first_lead - 1 + (r.last_lead - r.first_lead) * i / leads;
    const auto found = (*reader)->all_leads(std::nullopt, {1, before > 0 ? std::to_string(before) : std::string()});
    if (!found) return tl::unexpected(found.error());
    for (const auto& row : found->items)
      all.replay(row);
  }
  return all.sums;
}

bool is_stopped_as_a_whole(const std::string& url) {
  const auto opened = open_store(url, open_mode::read_only);
  if (!opened) return false;
  const auto reader = (*opened)->reader();
  if (!reader) return false;
  const auto rows = (*reader)->kill_switches();
  return rows && std::ranges::any_of(*rows, [](const auto& row) { return row.scope == stop_scope::global && row.engaged; });
}

std::vector<std::string> notes_about(const copy_command_options& o, const copy_report& r) {
  std::vector<std::string> out;
  if (r.source_in_use)
    out.emplace_back("a node is attached to the source: what it does from now on is not in the copy, and it would write to the same "
                     "people as one on the target; end it first, then copy again into an empty store");
  if ((!o.workspace.empty() || !r.target_was_empty) && is_stopped_as_a_whole(o.from))
    out.emplace_back("the source is stopped as a whole and the target is not: see `heed stop --all`");
  if (r.rows_of("account_config") > 0)
    out.emplace_back("accounts set up over the API open with the HEED_SECRET_KEY they were sealed with");
  return out;
}

nlohmann::json to_json(const copy_command_options& o, const copy_report& r, const replay_sums& sums, double seconds,
                       const std::vector<std::string>& notes) {
  auto tables = nlohmann::json::object();
  std::uint64_t rows = 0;
  for (const auto& t : r.tables)
    tables[t.name] = t.rows, rows += t.rows;
  auto workspaces = nlohmann::json::array();
  for (const auto& ws : r.workspaces)
    workspaces.push_back(ws.value);
  return {{"source", shown_url(o.from)}, {"target", shown_url(o.to)}, {"workspaces", std::move(workspaces)}, {"rows", rows},
          {"tables", std::move(tables)}, {"seconds", seconds}, {"notes", notes},
          {"replayed", {{"leads", sums.leads}, {"decisions", sums.decisions}, {"violations", sums.violations},
                        {"other_rules", sums.other_rules}, {"unreadable", sums.unreadable}}}};
}

void print(const nlohmann::json& told, std::ostream& out) {
  for (const auto& [name, rows] : told["tables"].items())
    if (rows != 0) out << std::left << std::setw(20) << name << std::right << std::setw(12) << rows.get<std::uint64_t>() << "\n";
  out << "copied " << told["rows"] << " rows of";
  for (const auto& ws : told["workspaces"])
    out << " " << ws.get<std::string>();
  out << " to " << told["target"].get<std::string>() << " in " << std::fixed << std::setprecision(2) << told["seconds"].get<double>()
      << " s; each table's count is the source's\n";
  const auto& r = told["replayed"];
  out << "replayed " << r["decisions"] << " decisions of " << r["leads"] << " leads: " << r["violations"] << " violations, "
      << r["other_rules"] << " differ by rules version, " << r["unreadable"] << " unreadable\n";
  for (const auto& note : told["notes"])
    out << "note: " << note.get<std::string>() << "\n";
}

}  // namespace

int run_copy(const copy_command_options& o, std::ostream& out, std::ostream& err) {
  const auto cannot = [&](const store_error& e) {
    err << "heed copy: " << e.detail << "\n";
    return 2;
  };
  copy_options c{o.from, o.to, std::nullopt, merge};
  if (!o.workspace.empty()) c.workspace = workspace_id{o.workspace};
  const auto began = std::chrono::steady_clock::now();
  const auto report = copy_between(c);
  if (!report) return cannot(report.error());
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  const auto sums = replay_sample(o.to, *report, o.sample, err);
  if (!sums) return cannot(sums.error());
  const auto told = to_json(o, *report, *sums, took.count(), notes_about(o, *report));
  o.json ? void(out << told.dump(2) << "\n") : print(told, out);
  if (sums->violations > 0) return 1;
  return sums->unreadable == 0 ? 0 : 2;
}

}  // namespace heed::commands
