#include <algorithm>
#include <iomanip>
#include <set>
#include <sstream>

#include "runtime/forecast/report.hpp"

namespace heed::forecast {
namespace {

/// One colour a series, told apart by people who see few of them too (Okabe and Ito).
constexpr std::array<const char*, 8> colours{"#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#555555"};
constexpr double chart_width = 860, chart_height = 200, left_margin = 50, bottom_margin = 46;

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '<') out += "&lt;";
    else if (c == '>') out += "&gt;";
    else if (c == '&') out += "&amp;";
    else if (c == '"') out += "&quot;";
    else out += c;
  }
  return out;
}

using figures = std::map<std::string, double>;

/// Stacked bars, one a day, with a line where a limit is.
struct chart {
  std::string title;
  std::vector<std::string> series;
  std::vector<std::pair<std::string, figures>> bars;
  double limit = 0;
  std::string limit_name;
};

double top_of(const chart& c) {
  double top = std::max(1.0, c.limit);
  for (const auto& [name, values] : c.bars) {
    double all = 0;
    for (const auto& [series, n] : values)
      all += n;
    top = std::max(top, all);
  }
  return top;
}

void draw_bar(std::ostream& out, const chart& c, std::size_t i, double top) {
  const auto each = (chart_width - left_margin) / static_cast<double>(c.bars.size());
  const auto x = left_margin + each * static_cast<double>(i);
  const auto& [name, values] = c.bars[i];
  double y = chart_height;
  for (std::size_t s = 0; s < c.series.size(); ++s) {
    const auto found = values.find(c.series[s]);
    if (found == values.end() || found->second <= 0) continue;
    const auto height = found->second / top * chart_height;
    y -= height;
    out << "<rect x='" << x + each * 0.12 << "' y='" << y << "' width='" << each * 0.76 << "' height='" << height << "' fill='"
        << colours[s % colours.size()] << "'><title>" << escaped(name) << " " << escaped(c.series[s]) << ": " << found->second
        << "</title></rect>";
  }
  out << "<text x='" << x + each / 2 << "' y='" << chart_height + 14 << "' text-anchor='end' transform='rotate(-45 "
      << x + each / 2 << " " << chart_height + 14 << ")'>" << escaped(name.size() == 10 ? name.substr(5) : name) << "</text>";
}

void draw(std::ostream& out, const chart& c) {
  const auto top = top_of(c);
  out << "<h2>" << escaped(c.title) << "</h2><p>";
  for (std::size_t s = 0; s < c.series.size(); ++s)
    out << "<span class='key' style='background:" << colours[s % colours.size()] << "'></span> " << escaped(c.series[s]) << " ";
  out << "</p><svg viewBox='0 -10 " << chart_width << " " << chart_height + bottom_margin + 10 << "' role='img'>";
  for (const auto share : {0.0, 0.5, 1.0}) {
    const auto y = chart_height * (1 - share);
    out << "<line x1='" << left_margin << "' x2='" << chart_width << "' y1='" << y << "' y2='" << y << "' class='grid'/><text x='"
        << left_margin - 6 << "' y='" << y + 4 << "' text-anchor='end'>" << std::llround(top * share) << "</text>";
  }
  for (std::size_t i = 0; i < c.bars.size(); ++i)
    draw_bar(out, c, i, top);
  if (c.limit > 0) {
    const auto y = chart_height * (1 - c.limit / top);
    out << "<line x1='" << left_margin << "' x2='" << chart_width << "' y1='" << y << "' y2='" << y << "' class='limit'><title>"
        << escaped(c.limit_name) << "</title></line>";
  }
  out << "</svg>\n";
}

chart sends_chart(const forecast_report& r) {
  chart c{"Sends per day, by account", {}, {}, 0, {}};
  for (const auto& [account, cap] : r.caps)
    c.series.push_back(account);
  for (const auto& [date, d] : r.days)
    c.bars.emplace_back(date, figures(d.sends.begin(), d.sends.end()));
  return c;
}

/// Every name that occurs on any day, so that each is one series.
std::vector<std::string> names_of(const forecast_report& r, std::map<std::string, std::uint64_t> forecast_day::*part) {
  std::set<std::string> all;
  for (const auto& [date, d] : r.days)
    for (const auto& [name, n] : d.*part)
      all.insert(name);
  return {all.begin(), all.end()};
}

/// What became of steps that were due: each day's sends, and what held the others back.
chart due_chart(const forecast_report& r) {
  chart c{"Due steps per day", {"sent"}, {}, 0, {}};
  for (const auto& gate : names_of(r, &forecast_day::waits))
    c.series.push_back("waits at " + gate);
  c.series.push_back("paused");
  c.series.push_back("suppressed");
  const auto sum = [](const std::map<std::string, std::uint64_t>& of) {
    double all = 0;
    for (const auto& [name, n] : of)
      all += static_cast<double>(n);
    return all;
  };
  for (const auto& [date, d] : r.days) {
    figures f{{"sent", sum(d.sends)}, {"paused", sum(d.pauses)}, {"suppressed", sum(d.suppressed)}};
    for (const auto& [gate, n] : d.waits)
      f["waits at " + gate] = static_cast<double>(n);
    c.bars.emplace_back(date, std::move(f));
  }
  return c;
}

chart handoffs_chart(const forecast_report& r) {
  chart c{"Handoffs to people per day", {"new", "waiting from before"}, {}, static_cast<double>(r.handoffs_per_day), "what the team can take"};
  double before = 0;
  for (const auto& [date, d] : r.days) {
    c.bars.emplace_back(date, figures{{"new", static_cast<double>(d.handoffs)}, {"waiting from before", before}});
    before = static_cast<double>(d.backlog);
  }
  return c;
}

chart reactions_chart(const forecast_report& r) {
  chart c{"What people did", {"clicked", "replied", "form", "opted_out", "hard_bounce", "complained"}, {}, 0, {}};
  for (const auto& [date, d] : r.days)
    c.bars.emplace_back(date, figures(d.reactions.begin(), d.reactions.end()));
  return c;
}

void rows(std::ostream& out, const forecast_report& r) {
  out << "<h2>Where runs stand at the end</h2><table><tr><th>runs<th>status<th>why<th>for example</tr>";
  for (const auto& [where, s] : r.standings)
    out << "<tr><td class='n'>" << s.runs << "<td>" << escaped(where.first) << "<td>" << escaped(where.second) << "<td>"
        << escaped(s.example) << "</tr>";
  out << "</table><h2>What was decided</h2><table><tr><th>times<th>what<th>reason</tr>";
  for (const auto& [what, n] : r.counts)
    out << "<tr><td class='n'>" << n << "<td>" << escaped(what.first) << "<td>" << escaped(what.second) << "</tr>";
  out << "</table><h2>Touches per lead, by intent score</h2><table><tr><th>score<th>touches<th>leads</tr>";
  for (const auto& [band, leads] : r.touches_by_band)
    for (const auto& [touches, n] : leads)
      out << "<tr><td>" << escaped(band) << "<td class='n'>" << touches << "<td class='n'>" << n << "</tr>";
  out << "</table>\n";
}

constexpr auto style =
    "<style>body{font:15px/1.45 system-ui,sans-serif;max-width:900px;margin:2em auto;padding:0 1em;color:#222}"
    "svg{width:100%;font-size:11px}.grid{stroke:#ddd}.limit{stroke:#d55e00;stroke-dasharray:6 4;stroke-width:2}"
    ".key{display:inline-block;width:.8em;height:.8em}table{border-collapse:collapse}td,th{padding:.15em .8em;text-align:left;"
    "border-bottom:1px solid #eee}.n{text-align:right}</style>";

}  // namespace

std::string to_html(const forecast_report& r) {
  std::ostringstream out;
  out << "<!doctype html><html lang='en'><meta charset='utf-8'><title>Heed: what would happen</title>" << style
      << "<h1>What would happen</h1><p>" << r.leads << " leads from " << to_iso(r.start) << " to " << to_iso(r.end)
      << " (days in " << escaped(r.zone) << "), people as in <b>" << escaped(r.people.name) << "</b>, seed " << r.seed
      << ". Nobody was written to.</p>\n";
  for (const auto& n : r.notes)
    out << "<p><b>Note:</b> " << escaped(n) << "</p>\n";
  for (const auto& c : {sends_chart(r), due_chart(r), handoffs_chart(r), reactions_chart(r)})
    draw(out, c);
  rows(out, r);
  out << "</html>\n";
  return out.str();
}

}  // namespace heed::forecast
