#include "runtime/forecast/desk.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include "runtime/forecast/lead_list.hpp"
#include "runtime/forecast/made_people.hpp"
#include "runtime/forecast/report.hpp"
#include "runtime/quiet_log.hpp"

namespace heed::forecast {

using nlohmann::json;

namespace {

constexpr int least_urgent = 19;

enum class job_state : std::uint8_t { waiting, running, done, failed, given_up };
std::string_view to_string(job_state s) {
  static constexpr std::array<std::string_view, 5> names{"waiting", "running", "done", "failed", "given_up"};
  return names[static_cast<std::size_t>(s)];
}
bool is_over(job_state s) { return s != job_state::waiting && s != job_state::running; }

/// Whoever is made up or listed, as they would be enrolled; and what had to be assumed.
tl::expected<forecast_options, problems> options_of(api::forecast_wish& w) {
  forecast_options o;
  o.workspace = w.workspace;
  o.start = w.start;
  o.length = std::chrono::days(w.days);
  o.seed = w.seed;
  o.handoffs_per_day = w.handoffs_per_day;
  o.enrol_over = w.enrol_over;
  auto people = built_in(w.people);
  if (!people) {
    std::string names;
    for (const auto name : built_in_names())
      names += (names.empty() ? "" : ", ") + std::string(name);
    return tl::unexpected(problems{{"/people", "must be one of " + names}});
  }
  o.people = std::move(*people);
  o.rules = std::move(w.rules);
  if (o.rules.public_url.empty()) o.rules.public_url = "https://heed.invalid";
  if (o.rules.defaults.dry_run)
    o.notes.emplace_back("The workspace is in a dry run: this is what it would send without.");
  o.rules.defaults.dry_run = false;
  const auto& c = o.rules.campaigns.at(w.campaign);
  const auto text = w.list.empty() ? made_people(w.leads, c, o.rules.defaults) : w.list;
  auto list = read_lead_list(text, o.rules, c, o.start);
  if (!list) {
    for (auto& p : list.error())
      p.field = "/list: " + p.field;
    return tl::unexpected(std::move(list.error()));
  }
  if (list->enrolments.size() > api::forecast_wish::most_leads)
    return tl::unexpected(
        problems{{"/list", "names more than " + std::to_string(api::forecast_wish::most_leads) +
                               " people; look at a part of it"}});
  o.enrolments = std::move(list->enrolments);
  if (w.list.empty())
    o.notes.emplace_back("The people are made up.");
  else if (list->consent_assumed)
    o.notes.emplace_back("The list names no consent: it is taken as granted on the campaign's channels.");
  o.notes.emplace_back(
      "Who is in a campaign already is not part of it: limits of accounts look freer than they may be.");
  return o;
}

/// Everything but each single touch: those may be thousands.
json shown(const forecast_report& r) {
  auto out = to_json(r);
  out.erase("touches");
  return out;
}

}  // namespace

struct desk::job {
  api::forecast_wish wish;  ///< without rules and list: they went into the options
  forecast_options options;
  duration length{};
  job_state state = job_state::waiting;
  std::atomic<std::int64_t> lived_us{0};
  std::atomic<bool> unwanted{false};
  std::string error;
  json report;
};

desk::desk(std::shared_ptr<const zone_table> zones, desk_limits limits)
    : zones_(std::move(zones)), limits_(limits), worker_([this] { work(); }) {}

tl::expected<json, api::forecasts::refusal> desk::begin(api::forecast_wish w) {
  auto j = std::make_shared<job>();
  {
    const std::lock_guard guard(lock_);
    const auto found = latest_.find(w.workspace);
    if (found != latest_.end() && !is_over(found->second->state))
      return tl::unexpected(refusal{under_way{found->second->wish.campaign}});
    if (stopped_ || waiting_.size() >= limits_.waiting) return tl::unexpected(refusal{crowded{}});
  }
  auto options = options_of(w);
  if (!options) return tl::unexpected(refusal{std::move(options.error())});
  w.list.clear();
  j->wish = std::move(w);
  j->wish.leads = static_cast<std::uint32_t>(options->enrolments.size());
  j->length = options->length;
  j->options = std::move(*options);
  const std::lock_guard guard(lock_);
  // Somebody may have come first meanwhile.
  auto& place = latest_[j->wish.workspace];
  if (place && !is_over(place->state)) return tl::unexpected(refusal{under_way{place->wish.campaign}});
  place = j;
  waiting_.push_back(j);
  changed_.notify_one();
  return document_of(*j);
}

desk::job_ptr desk::find(const workspace_id& ws, const campaign_id& c) const {
  const auto found = latest_.find(ws);
  return found == latest_.end() || found->second->wish.campaign != c ? nullptr : found->second;
}

json desk::latest(const workspace_id& ws, const campaign_id& c) const {
  const std::lock_guard guard(lock_);
  const auto j = find(ws, c);
  return j ? document_of(*j) : json();
}

json desk::give_up(const workspace_id& ws, const campaign_id& c) {
  const std::lock_guard guard(lock_);
  const auto j = find(ws, c);
  if (!j) return {};
  j->unwanted = true;
  if (j->state == job_state::waiting) {
    std::erase(waiting_, j);
    j->state = job_state::given_up;
  }
  return document_of(*j);
}

json desk::document_of(const job& j) const {
  const auto percent = j.length.count() == 0 ? 0 : 100 * j.lived_us.load() / j.length.count();
  return {
      {"campaign_id", j.wish.campaign.value},
      {"state", j.state == job_state::running && j.unwanted ? "given_up" : std::string(to_string(j.state))},
      {"percent", j.state == job_state::done ? 100 : percent},
      {"asked_by", j.wish.by},
      {"leads", j.wish.leads},
      {"days", j.wish.days},
      {"people", j.wish.people},
      {"seed", j.wish.seed},
      {"error", j.error.empty() ? json() : json(j.error)},
      {"report", j.report}};
}

void desk::work() {
  // Of this thread alone, as Linux has it: whoever serves goes first.
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), least_urgent);
  const quiet_thread quiet;
  std::unique_lock guard(lock_);
  for (;;) {
    changed_.wait(guard, [this] { return stopped_ || !waiting_.empty(); });
    if (stopped_) return;
    const auto j = std::move(waiting_.front());
    waiting_.pop_front();
    j->state = job_state::running;
    guard.unlock();
    compute(*j);
    guard.lock();
  }
}

void desk::compute(job& j) {
  const auto end = std::chrono::steady_clock::now() + limits_.longest;
  auto o = std::move(j.options);
  o.given_up = [&j, end] { return j.unwanted.load() || std::chrono::steady_clock::now() > end; };
  o.reached = [&j](duration lived) { j.lived_us = lived.count(); };
  auto state = job_state::failed;
  std::string error;
  json report;
  try {
    const auto r = run_forecast(std::move(o), zones_);
    if (r) {
      report = shown(*r);
      state = job_state::done;
    } else if (j.unwanted) {
      state = job_state::given_up;
    } else if (r.error().detail == gave_up) {
      error =
          "took longer than " + std::to_string(limits_.longest.count()) + " s; ask for fewer people or days";
    } else {
      error = r.error().detail;
    }
  } catch (const std::exception& e) {
    error = e.what();
  }
  const std::lock_guard guard(lock_);
  j.report = std::move(report);
  j.error = std::move(error);
  j.state = state;
}

void desk::stop() {
  {
    const std::lock_guard guard(lock_);
    stopped_ = true;
    for (const auto& j : waiting_)
      j->state = job_state::given_up;
    waiting_.clear();
    for (const auto& [ws, j] : latest_)
      j->unwanted = true;
  }
  changed_.notify_all();
  if (worker_.joinable()) worker_.join();
}

}  // namespace heed::forecast
