#include "runtime/commands/simulate.hpp"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iterator>
#include <ostream>

#include "persistence/copy.hpp"
#include "runtime/forecast/counterfactual.hpp"
#include "runtime/forecast/forecast.hpp"
#include "runtime/forecast/lead_list.hpp"
#include "runtime/forecast/measured.hpp"
#include "runtime/forecast/report.hpp"
#include "runtime/setup.hpp"
#include "runtime/zones.hpp"

namespace heed::commands {
namespace {

using namespace forecast;

constexpr std::size_t problems_shown = 30;
constexpr std::size_t differences_shown = 40;

/// Ends the command with that code, after its problems are told.
struct stopped {
  int code = 1;
  problems why;
};
[[noreturn]] void refuse(std::string field, std::string detail) { throw stopped{1, {{std::move(field), std::move(detail)}}}; }
[[noreturn]] void cannot(const store_error& e) { throw stopped{2, {{"store", e.detail}}}; }

/// A line per decision would be read by nobody: the report is what was asked for.
class quiet_log {
 public:
  quiet_log() : before_(spdlog::get_level()) { spdlog::set_level(spdlog::level::off); }
  ~quiet_log() { spdlog::set_level(before_); }
  quiet_log(const quiet_log&) = delete;
  quiet_log& operator=(const quiet_log&) = delete;

 private:
  spdlog::level::level_enum before_;
};

/// Removed with everything in it when the command ends.
class scratch_directory {
 public:
  scratch_directory() {
    auto pattern = (std::filesystem::temp_directory_path() / "heed-simulate-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) refuse("TMPDIR", "no directory can be made there");
    path_ = pattern;
  }
  ~scratch_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  scratch_directory(const scratch_directory&) = delete;
  scratch_directory& operator=(const scratch_directory&) = delete;
  [[nodiscard]] std::filesystem::path file(const char* name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

duration span(const std::string& text, const char* option) {
  const auto d = parse_delay(text);
  if (!d || d->in == delay_rule::unit::business_days) refuse(option, "must be a time like 90s, 2h or 3d");
  return d->in == delay_rule::unit::days ? duration(std::chrono::days(d->amount)) : duration(d->amount);
}

std::string file_text(const std::string& path, const char* option) {
  std::ifstream in(path, std::ios::binary);
  if (!in) refuse(option, "cannot be read: " + path);
  return {std::istreambuf_iterator<char>(in), {}};
}

class simulation_command {
 public:
  simulation_command(const simulate_options& o, const config::config& c, std::ostream& out)
      : o_(o), c_(c), out_(out), zones_(load_zones()), now_(std::chrono::floor<duration>(std::chrono::system_clock::now())) {}

  void forecast_days();
  void other_rules();

 private:
  [[nodiscard]] const config::workspace_config* configured() const;
  [[nodiscard]] workspace_id workspace() const;
  [[nodiscard]] policy configured_policy() const;
  [[nodiscard]] time_point start() const;
  [[nodiscard]] time_point store_now(store_reader& reader) const;
  [[nodiscard]] response_model people() const;
  [[nodiscard]] std::unique_ptr<store> opened() const;
  void enrol_list(forecast_options& f) const;
  void copy_of_store(forecast_options& f, const scratch_directory& at) const;
  void print(const comparison& c, time_point since) const;
  void print_json(const comparison& c, time_point since) const;

  const simulate_options& o_;
  const config::config& c_;
  std::ostream& out_;
  mutable zone_library zones_;
  time_point now_;
};

const config::workspace_config* simulation_command::configured() const {
  for (const auto& w : c_.workspaces)
    if (o_.workspace.empty() || w.id.value == o_.workspace) return &w;
  return nullptr;
}

workspace_id simulation_command::workspace() const {
  if (!o_.workspace.empty()) return workspace_id{o_.workspace};
  if (c_.workspaces.size() > 1) refuse("--workspace", "name one: the configuration has several");
  if (const auto* w = configured()) return w->id;
  refuse("--workspace", "name one: the configuration has none");
}

policy simulation_command::configured_policy() const {
  const auto* w = configured();
  if (w == nullptr) refuse("--workspace", "is not in the configuration: " + o_.workspace);
  policy p;
  p.workspace = w->id;
  p.revision = 1;
  p.defaults = w->defaults;
  p.public_url = c_.public_url.empty() ? "https://heed.invalid" : c_.public_url;
  p.zones = zones_.current();
  for (const auto& a : w->accounts)
    p.accounts[a.public_part.id] = a.public_part;
  for (const auto& c : w->campaigns)
    p.campaigns[c.id] = c;
  return p;
}

/// Where the store's own time is: ahead of the machine's where it ran faster.
time_point simulation_command::store_now(store_reader& reader) const {
  const auto reached = clock_high_water(reader);
  if (!reached) cannot(reached.error());
  return std::max(now_, *reached);
}

time_point simulation_command::start() const {
  if (o_.start.empty() && !o_.leads.empty()) return now_;
  if (o_.start.empty()) {
    const auto s = opened();
    auto reader = s->reader();
    if (!reader) cannot(reader.error());
    return store_now(**reader);
  }
  const auto at = parse_iso(o_.start);
  if (!at) refuse("--start", "must be an instant like 2026-12-01T08:00:00Z");
  return *at;
}

std::unique_ptr<store> simulation_command::opened() const {
  auto s = open_store(c_.store_url, open_mode::read_only);
  if (!s) cannot(s.error());
  return std::move(*s);
}

response_model simulation_command::people() const {
  if (o_.people == "measured") {
    const auto s = opened();
    auto reader = s->reader();
    if (!reader) cannot(reader.error());
    auto measured = measure_responses(**reader, workspace(), store_now(**reader) - span(o_.since, "--since"));
    if (!measured) cannot(measured.error());
    return std::move(*measured);
  }
  auto known = built_in(o_.people);
  if (known) return std::move(*known);
  std::string names;
  for (const auto name : built_in_names())
    names += std::string(name) + ", ";
  refuse("--people", "must be " + names + "or measured");
}

/// A new world: the configuration's workspace with the campaign in it, and the people of the list.
void simulation_command::enrol_list(forecast_options& f) const {
  f.rules = configured_policy();
  if (o_.campaign.empty()) refuse("--campaign", "name the campaign's file, or the id of one of the workspace's");
  campaign_id chosen{o_.campaign};
  if (!f.rules.campaigns.contains(chosen)) {
    if (!std::filesystem::exists(o_.campaign)) refuse("--campaign", "is no file and no campaign of the workspace: " + o_.campaign);
    campaign_context context;
    context.zones = zones_.current().get();
    context.accounts = &f.rules.accounts;
    context.default_profile = &f.rules.defaults.default_profile;
    auto c = config::load_campaign_file(o_.campaign, context);
    if (!c) throw stopped{1, c.error()};
    chosen = c->id;
    f.rules.campaigns[chosen] = std::move(*c);
  }
  auto& c = f.rules.campaigns[chosen];
  // It is looked at before it goes live.
  c.enabled = true;
  auto list = read_lead_list(file_text(o_.leads, "--leads"), f.rules, c, f.start);
  if (!list) throw stopped{1, list.error()};
  f.enrolments = std::move(list->enrolments);
  f.enrol_over = span(o_.enrol_over, "--enrol-over");
  if (list->consent_assumed) f.notes.push_back("the list names no consent: taken as granted on the campaign's channels");
}

void simulation_command::copy_of_store(forecast_options& f, const scratch_directory& at) const {
  auto url = copy_store(c_.store_url, at.file("copy.db"));
  if (!url) cannot(url.error());
  auto copy = open_store(*url, open_mode::read_write);
  if (!copy) cannot(copy.error());
  f.from = std::move(*copy);
  f.without_stops = o_.without_stops;
}

void simulation_command::forecast_days() {
  forecast_options f;
  f.workspace = workspace();
  f.start = start();
  f.length = std::chrono::days(o_.days);
  f.people = people();
  f.seed = o_.seed;
  f.handoffs_per_day = o_.handoffs_per_day;
  const scratch_directory scratch;
  if (o_.leads.empty())
    copy_of_store(f, scratch);
  else
    enrol_list(f);
  auto report = run_forecast(std::move(f), zones_);
  if (!report) cannot(report.error());
  if (o_.format == "json")
    out_ << to_json(*report).dump(1) << "\n";
  else if (o_.format == "html")
    out_ << to_html(*report);
  else
    print_table(*report, out_);
}

void simulation_command::other_rules() {
  auto change = policy_change::parse(o_.policy);
  if (!change) throw stopped{1, change.error()};
  const auto s = opened();
  auto reader = s->reader();
  if (!reader) cannot(reader.error());
  const auto until = store_now(**reader);
  const auto since = until - span(o_.since, "--since");
  auto c = compare_policies(**reader, zones_, workspace(), *change, since, until);
  if (!c) throw stopped{1, c.error()};
  if (o_.format == "json")
    print_json(*c, since);
  else
    print(*c, since);
}

std::string instant(const std::optional<time_point>& t) { return t ? " at " + to_iso(*t) : ""; }

void simulation_command::print(const comparison& c, time_point since) const {
  out_ << c.leads << " leads, " << c.decisions << " decisions since " << to_iso(since) << ", with " << o_.policy << "\n"
       << "the rules as they were give " << c.sends_reproduced << " of the " << c.sends << " sends in the journal\n\n"
       << "    as it was   as it would be\n";
  std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> lines;
  for (const auto& [what, n] : c.sums.before)
    lines[what].first = n;
  for (const auto& [what, n] : c.sums.after)
    lines[what].second = n;
  for (const auto& [what, n] : lines)
    out_ << "  " << std::setw(11) << n.first << std::setw(17) << n.second << "  " << what << "\n";
  out_ << "\n" << c.differences.size() << " differences\n";
  for (std::size_t i = 0; i < std::min(c.differences.size(), differences_shown); ++i) {
    const auto& d = c.differences[i];
    out_ << "  " << d.lead << "  " << d.about << ": " << d.before << instant(d.before_at) << " -> " << d.after
         << instant(d.after_at) << "\n";
  }
  if (c.differences.size() > differences_shown)
    out_ << "  and " << c.differences.size() - differences_shown << " more: --format json has all\n";
}

void simulation_command::print_json(const comparison& c, time_point since) const {
  nlohmann::json j{{"since", to_iso(since)}, {"policy", o_.policy}, {"leads", c.leads},
                   {"decisions", c.decisions}, {"sends", c.sends}, {"sends_reproduced", c.sends_reproduced},
                   {"before", c.sums.before}, {"after", c.sums.after}, {"differences", nlohmann::json::array()}};
  for (const auto& d : c.differences) {
    nlohmann::json each{{"lead", d.lead}, {"about", d.about}, {"before", d.before}, {"after", d.after}};
    if (d.before_at) each["before_at"] = to_iso(*d.before_at);
    if (d.after_at) each["after_at"] = to_iso(*d.after_at);
    j["differences"].push_back(std::move(each));
  }
  out_ << j.dump(1) << "\n";
}

}  // namespace

int run_simulate(const simulate_options& o, const config::config& c, std::ostream& out, std::ostream& err) {
  try {
    const quiet_log quiet;
    simulation_command command(o, c, out);
    o.policy.empty() ? command.forecast_days() : command.other_rules();
    return 0;
  } catch (const stopped& s) {
    for (std::size_t i = 0; i < std::min(s.why.size(), problems_shown); ++i)
      err << s.why[i].field << ": " << s.why[i].detail << "\n";
    if (s.why.size() > problems_shown) err << "and " << s.why.size() - problems_shown << " more problems\n";
    return s.code;
  }
}

}  // namespace heed::commands
