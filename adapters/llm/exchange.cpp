#include "adapters/llm/exchange.hpp"

#include <algorithm>

#include "actors/lead/check.hpp"
#include "actors/lead/ids.hpp"

namespace heed::llm {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds first_pause{500};
constexpr milliseconds longest_pause{8'000};
constexpr milliseconds least_share{3'000};

template <class... F>
struct overload : F... {
  using F::operator()...;
};

}  // namespace

exchange::exchange(outbound::sending_account a, rendered_prompt p, std::string name, milliseconds within)
    : account_(std::move(a)), prompt_(std::move(p)), name_(std::move(name)), within_(within) {}

exchange::step exchange::begin() {
  CHECK(calls_ == 0);
  if (!can_ask(account_)) return given_up{draft::model_failure::error, "no_model_key"};
  return call(milliseconds(0));
}

exchange::step exchange::call(milliseconds spent) {
  CHECK(calls_ < calls_max);
  const auto left = within_ - spent;
  if (left < shortest_call) return given_up{draft::model_failure::timed_out, "no_time_left"};
  ++calls_;
  return make_call{build_chat(account_, prompt_, form_, left)};
}

exchange::step exchange::on_answer(const outbound::answer& a, milliseconds spent) {
  auto report = read_chat(a, prompt_.key, form_);
  wire_ = std::move(report.wire);
  if (spent > within_) return given_up{draft::model_failure::timed_out, "no_time_left"};
  return std::visit(overload{[&](chat_answer& x) -> step { return answered{std::move(x.content)}; },
                             [&](const chat_again& x) -> step { return again(x, spent); },
                             [&](const chat_plainer& x) -> step {
                               if (calls_ >= calls_max) return given_up{x.if_not, wire_.detail};
                               form_ = answer_form::json_object;
                               return call(spent);
                             },
                             [&](const chat_failed& x) -> step {
                               return given_up{x.why, wire_.detail};
                             }},
                    report.is);
}

exchange::step exchange::again(const chat_again& how, milliseconds spent) {
  if (calls_ >= calls_max) return given_up{how.if_not, wire_.detail};
  const auto wait = how.after.value_or(backoff());
  if (spent + wait + shortest_call > within_) return given_up{how.if_not, wire_.detail};
  return pause{wait};
}

exchange::step exchange::on_paused(milliseconds spent) { return call(spent); }

/// Doubling, less up to a quarter by hash: many questions that failed together do not come back together.
milliseconds exchange::backoff() const {
  CHECK(calls_ > 0);
  const auto whole = std::min(longest_pause, first_pause * (1u << (calls_ - 1)));
  const auto less =
      stable_hash(name_ + "/" + std::to_string(calls_)) % static_cast<std::uint64_t>(whole.count() / 4 + 1);
  return whole - milliseconds(static_cast<std::int64_t>(less));
}

draft_budgets split(milliseconds whole) {
  return {std::max(least_share, whole * 40 / 100), std::max(least_share, whole * 60 / 100)};
}

}  // namespace heed::llm
