#include "runtime/forecast/report.hpp"

#include <iomanip>
#include <ostream>

namespace heed::forecast {
namespace {

using nlohmann::json;

std::uint64_t of(const std::map<std::string, std::uint64_t>& m, const std::string& name) {
  const auto found = m.find(name);
  return found == m.end() ? 0 : found->second;
}

std::uint64_t sum(const std::map<std::string, std::uint64_t>& m) {
  std::uint64_t all = 0;
  for (const auto& [name, n] : m)
    all += n;
  return all;
}

/// A column as wide as its title and never too narrow for its figures.
int width_of(const std::string& title) { return std::max(8, static_cast<int>(title.size()) + 2); }

void print_days(const forecast_report& r, std::ostream& out) {
  out << "\nper day                ";
  for (const auto& [account, cap] : r.caps)
    out << std::setw(width_of(account)) << account;
  out << std::setw(8) << "sent" << std::setw(9) << "replies" << std::setw(9) << "opt-outs" << std::setw(9) << "bounces"
      << std::setw(8) << "ended" << std::setw(10) << "handoffs";
  if (r.handoffs_per_day > 0) out << std::setw(9) << "waiting";
  out << "\n";
  for (const auto& [date, d] : r.days) {
    out << "  " << std::left << std::setw(21) << date << std::right;
    for (const auto& [account, cap] : r.caps)
      out << std::setw(width_of(account)) << of(d.sends, account);
    out << std::setw(8) << sum(d.sends) << std::setw(9) << of(d.reactions, "replied") << std::setw(9)
        << of(d.reactions, "opted_out") << std::setw(9) << of(d.reactions, "hard_bounce") << std::setw(8)
        << of(d.decisions, "suppressed") << std::setw(10) << d.handoffs;
    if (r.handoffs_per_day > 0) out << std::setw(9) << d.backlog;
    out << "\n";
  }
}

void print_standings(const forecast_report& r, std::ostream& out) {
  out << "\nwhere runs stand at the end\n";
  for (const auto& [where, s] : r.standings)
    out << "  " << std::setw(8) << s.runs << "  " << std::left << std::setw(12) << where.first << std::right
        << (where.second.empty() ? "" : where.second) << "   (" << s.example << ")\n";
}

void print_counts(const forecast_report& r, std::ostream& out) {
  out << "\nwhat was decided\n";
  for (const auto& [what, n] : r.counts)
    out << "  " << std::setw(8) << n << "  " << what.first << (what.second.empty() ? "" : ": " + what.second) << "\n";
}

void print_bands(const forecast_report& r, std::ostream& out) {
  out << "\ntouches per lead, by intent score\n";
  for (const auto& [band, leads] : r.touches_by_band) {
    out << "  " << std::left << std::setw(8) << band << std::right;
    for (const auto& [touches, n] : leads)
      out << "  " << touches << ": " << n;
    out << "\n";
  }
}

json day_json(const forecast_day& d) {
  return {{"sends", d.sends}, {"sent", sum(d.sends)}, {"channels", d.channels}, {"waits", d.waits},
          {"pauses", d.pauses}, {"suppressed", d.suppressed}, {"reactions", d.reactions}, {"decisions", d.decisions},
          {"handoffs", d.handoffs}, {"backlog", d.backlog}};
}

}  // namespace

void print_table(const forecast_report& r, std::ostream& out) {
  out << r.leads << " leads, " << r.decisions << " decisions from " << to_iso(r.start) << " to " << to_iso(r.end)
      << ", people: " << r.people.name << ", seed " << r.seed << "\n";
  for (const auto& n : r.notes)
    out << "note: " << n << "\n";
  print_days(r, out);
  print_standings(r, out);
  print_counts(r, out);
  print_bands(r, out);
}

json to_json(const forecast_report& r) {
  json out{{"from", to_iso(r.start)}, {"to", to_iso(r.end)},   {"time_zone", r.zone},
           {"seed", r.seed},          {"leads", r.leads},      {"decisions", r.decisions},
           {"people", to_json(r.people)}, {"notes", r.notes},  {"caps", r.caps},
           {"handoffs_per_day", r.handoffs_per_day}};
  out["days"] = json::object();
  for (const auto& [date, d] : r.days)
    out["days"][date] = day_json(d);
  out["counts"] = json::array();
  for (const auto& [what, n] : r.counts)
    out["counts"].push_back(json{{"what", what.first}, {"reason", what.second}, {"count", n}});
  out["standings"] = json::array();
  for (const auto& [where, s] : r.standings)
    out["standings"].push_back(json{{"status", where.first}, {"why", where.second}, {"runs", s.runs}, {"example", s.example}});
  out["touches_by_band"] = json::object();
  for (const auto& [band, leads] : r.touches_by_band)
    for (const auto& [touches, n] : leads)
      out["touches_by_band"][band][std::to_string(touches)] = n;
  out["touches"] = json::array();
  for (const auto& t : r.touches)
    out["touches"].push_back(json{{"lead", t.lead}, {"person", t.person}, {"campaign", t.campaign}, {"step", t.step},
                                  {"outcome", to_string(t.outcome)}, {"detail", t.detail}, {"at", to_iso(t.at)}});
  return out;
}

}  // namespace heed::forecast
