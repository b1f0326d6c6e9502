#include "adapters/slack/direct_message.hpp"

#include "actors/lead/check.hpp"
#include "adapters/outbound/wire.hpp"

namespace heed::slack {

namespace {

constexpr std::chrono::milliseconds first_pause{1'000};

template <class... F>
struct overload : F... {
  using F::operator()...;
};

/// `object.name.inner` when it is text, else empty.
std::string inner_text(const nlohmann::json& object, const char* name, const char* inner) {
  const auto found = object.find(name);
  return found == object.end() ? std::string() : outbound::text_member(*found, inner);
}

}  // namespace

direct_message::direct_message(outbound::sending_account a, std::string email, message m, std::string effect)
    : account_(std::move(a)), email_(std::move(email)), message_(std::move(m)), effect_(std::move(effect)) {}

direct_message::step direct_message::begin() {
  CHECK(tries_ == 0 && at_ == stage::find);
  if (!can_post(account_)) return failed{"no_slack_token"};
  return call();
}

direct_message::step direct_message::call() {
  ++tries_;
  switch (at_) {
    case stage::find:
      return make_call{build_find_user(account_, email_)};
    case stage::open:
      return make_call{build_open(account_, user_)};
    case stage::post:
      return make_call{build_post(account_, channel_, message_, effect_)};
  }
  return failed{"no_such_stage"};
}

direct_message::step direct_message::on_answer(const outbound::answer& a) {
  auto report = read_api(a);
  wire_ = std::move(report.wire);
  return std::visit(overload{[&](const api_done& x) -> step { return go_on(x.body); },
                             [&](const api_later& x) -> step { return try_later(x.after); },
                             [&](const api_doubt&) -> step {
                               if (at_ == stage::post && ++doubts_ > doubts_max) return failed{wire_.detail};
                               return try_later(std::nullopt);
                             },
                             [&](const api_refused&) -> step { return failed{wire_.detail}; }},
                    report.is);
}

direct_message::step direct_message::go_on(const nlohmann::json& body) {
  tries_ = 0;
  switch (at_) {
    case stage::find:
      user_ = inner_text(body, "user", "id");
      if (user_.empty()) return failed{"answer_not_understood"};
      at_ = stage::open;
      return call();
    case stage::open:
      channel_ = inner_text(body, "channel", "id");
      if (channel_.empty()) return failed{"answer_not_understood"};
      at_ = stage::post;
      return call();
    case stage::post: {
      auto ts = outbound::text_member(body, "ts");
      if (ts.empty()) return failed{"answer_not_understood"};
      return delivered{channel_, std::move(ts)};
    }
  }
  return failed{"no_such_stage"};
}

direct_message::step direct_message::try_later(std::optional<std::chrono::milliseconds> after) {
  if (tries_ >= tries_max) return failed{wire_.detail};
  return pause{after.value_or(first_pause * (1u << (tries_ - 1)))};
}

direct_message::step direct_message::on_paused() { return call(); }

bool notice_memory::is_new(const std::string& key, time_point now) {
  std::erase_if(told_, [&](const auto& t) { return now - t.second >= life_; });
  return told_.emplace(key, now).second;
}

}  // namespace heed::slack
