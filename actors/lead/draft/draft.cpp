#include "actors/lead/draft/draft.hpp"

#include <algorithm>
#include <array>

namespace heed::draft {

namespace {

using namespace std::chrono_literals;

constexpr std::array<std::string_view, 5> task_names{"write", "evaluate", "select_context", "revise", "read"};
constexpr std::array<std::chrono::seconds, 5> task_budgets{40s, 20s, 15s, 30s, 20s};
constexpr std::array<std::string_view, 3> author_names{"rule", "model", "human"};
constexpr std::array<std::string_view, 3> status_names{"pending", "approved", "rejected"};
constexpr std::array<std::string_view, 6> phase_names{"evaluating",       "selecting", "revising",
                                                      "evaluating_again", "scheduled", "closed"};
constexpr std::array<std::string_view, 5> stage_names{"waiting", "sending", "unknown", "sent", "not_sent"};
constexpr std::array<std::string_view, 2> judge_names{"rule", "model"};
constexpr std::array<std::string_view, 4> failure_names{"error", "timed_out", "invalid", "refused"};
constexpr std::array<std::string_view, 7> mailers{"mailer-daemon", "postmaster", "mailerdaemon", "mail-daemon",
                                                  "bounce", "bounces", "mdaemon"};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string_view local_part(std::string_view address) {
  if (const auto open = address.rfind('<'); open != address.npos) address.remove_prefix(open + 1);
  return address.substr(0, address.find('@'));
}

}  // namespace

std::string_view to_string(model_task t) { return task_names[static_cast<std::size_t>(t)]; }
std::chrono::seconds budget_of(model_task t) { return task_budgets[static_cast<std::size_t>(t)]; }
std::string_view to_string(author a) { return author_names[static_cast<std::size_t>(a)]; }
std::string_view to_string(draft_status s) { return status_names[static_cast<std::size_t>(s)]; }
std::string_view to_string(phase p) { return phase_names[static_cast<std::size_t>(p)]; }
std::string_view to_string(judge j) { return judge_names[static_cast<std::size_t>(j)]; }
std::string_view to_string(model_failure f) { return failure_names[static_cast<std::size_t>(f)]; }
std::string_view to_string(sending::stage s) { return stage_names[static_cast<std::size_t>(s)]; }

std::optional<draft_status> parse_draft_status(std::string_view name) {
  const auto at = std::ranges::find(status_names, name);
  if (at == status_names.end()) return std::nullopt;
  return static_cast<draft_status>(at - status_names.begin());
}

bool is_under_way(const lead_draft& d) {
  return d.out && (d.out->at == sending::stage::planned || d.out->at == sending::stage::unknown);
}

bool is_live(const lead_draft& d) {
  if (d.status == draft_status::pending || is_under_way(d)) return true;
  return d.status == draft_status::approved && d.out && d.out->at == sending::stage::waiting;
}

bool is_open(const lead_draft& d) {
  const bool idle = !d.out || d.out->at == sending::stage::given_up || (d.out->at == sending::stage::waiting && !d.out->by_human);
  return d.status == draft_status::pending && idle;
}

std::string_view outcome_of(const lead_draft& d, bool is_stale) {
  if (d.status == draft_status::rejected) return "rejected";
  if (d.out && d.out->at == sending::stage::accepted) return d.edited ? "edited" : "sent_as_is";
  if (d.out && d.out->at == sending::stage::given_up) return "failed";
  return is_stale ? "expired" : "pending";
}

bool wants_answer(reply::reply_class c) { return reply::is_positive(c) || c == reply::reply_class::follow_up_later; }

bool is_bounce_like(std::string_view address) {
  std::string name(local_part(address));
  std::ranges::transform(name, name.begin(), lower);
  // `bounces+token` and `bounce-token` are addresses of mailers as well.
  name.resize(name.substr(0, name.find_first_of("+=")).size());
  return std::ranges::any_of(mailers, [&](auto m) { return name == m || (m == "bounce" && name.starts_with("bounce-")); });
}

std::optional<time_point> next_look(const lead_draft& d) {
  std::optional<time_point> at;
  const auto want = [&](const std::optional<time_point>& t) {
    if (t && (!at || *t < *at)) at = t;
  };
  if (d.asks) want(d.asks->until);
  if (d.tree.at == phase::scheduled && d.tree.decided && !d.out) want(d.tree.decided->send_at);
  if (d.out && (d.out->at == sending::stage::waiting || d.out->at == sending::stage::unknown)) want(d.out->next_at);
  return at;
}

}  // namespace heed::draft
