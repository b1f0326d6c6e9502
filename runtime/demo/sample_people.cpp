#include "runtime/demo/sample_people.hpp"

#include <spdlog/spdlog.h>

namespace heed::demo {
namespace {

using namespace std::chrono_literals;

constexpr auto breath = 200ms;             ///< real time between two looks around
constexpr duration all_in_within = 45min;  ///< domain time until the last one has come in
constexpr std::size_t mail_page = 200;

message_ref about(const sandbox_message& m) {
  message_ref r;
  r.provider_id = "sandbox-" + m.effect.value;
  r.message_id = m.message_id;
  r.effect = m.effect.value;
  return r;
}

link_clicked click(const sandbox_message& m, const char* page) {
  return {about(m), std::string("https://example.com/") + page, "Mozilla/5.0", {}};
}

}  // namespace

sample_people::sample_people(api::engine& node, std::vector<person> all, std::uint64_t seed)
    : node_(node), all_(std::move(all)), seed_(seed), began_(node.now()), written_to_(all_.size()) {
  for (const auto& p : all_)
    by_address_[p.email] = by_address_[p.phone] = p.number;
  thread_ = std::jthread([this](const std::stop_token& stop) { live(stop); });
}

sample_people::~sample_people() {
  thread_.request_stop();
  thread_.join();
}

void sample_people::live(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto now = node_.now();
    come_in(now);
    ask_for_mail();
    read_mail();
    act(now);
    std::unique_lock guard(sleep_);
    wake_.wait_for(guard, stop, breath, [] { return false; });
  }
}

void sample_people::come_in(time_point now) {
  const auto share =
      std::min(1.0, static_cast<double>((now - began_).count()) / static_cast<double>(all_in_within.count()));
  const auto due =
      std::min(all_.size(), static_cast<std::size_t>(share * static_cast<double>(all_.size())) + 1);
  std::vector<api::engine::submission> batch;
  for (; in_ < due; ++in_)
    batch.push_back({workspace_id{workspace_name}, enrolment_of(all_[in_], now), std::nullopt});
  if (!batch.empty()) node_.submit(std::move(batch), 0ms, [](const auto&) {});
}

void sample_people::ask_for_mail() {
  std::lock_guard guard(mail_->lock);
  if (std::exchange(mail_->asking, true)) return;
  node_.read([mail = mail_, after = mail_->after](store_reader& r) {
    auto found = r.sandbox(workspace_id{workspace_name}, {}, {mail_page, after});
    std::lock_guard inner(mail->lock);
    mail->asking = false;
    if (!found || found->items.empty()) return;
    mail->after = std::to_string(found->items.back().number);
    for (auto& m : found->items)
      mail->arrived.push_back(std::move(m));
  });
}

void sample_people::read_mail() {
  std::vector<sandbox_message> mail;
  {
    std::lock_guard guard(mail_->lock);
    mail.swap(mail_->arrived);
  }
  for (const auto& m : mail) {
    const auto known = by_address_.find(m.to.substr(0, m.to.find(',')));
    if (known == by_address_.end()) continue;
    const bool first = !written_to_[known->second];
    written_to_[known->second] = true;
    react(all_[known->second], m, first);
  }
}

void sample_people::react(const person& p, const sandbox_message& m, bool first) {
  const auto t = m.at;
  const auto when = [&](duration d) { return t + d; };
  if (m.on == channel::email)
    plan(p, when(5s), m.effect.value + ":delivered", m.on, message_delivered{about(m)});
  const auto nature = stable_hash(std::to_string(seed_) + "/" + p.email) % 20;
  if (nature < 14 && m.on == channel::email)
    plan(p, when(2min), m.effect.value + ":opened", m.on, message_opened{about(m), false});
  if (!first) return;
  const auto form = [&](duration d) {
    form_submitted f;
    f.form = "contact";
    f.page = p.landing_page;
    f.fields = {{"question", "When can we start?"}};
    plan(p, when(d), "form-again", std::nullopt, std::move(f));
  };
  if (nature < 4) {
    // The eager ones grow hot by what they do, without a word.
    plan(p, when(3min), "click-1", m.on, click(m, "pricing"));
    form(6min);
    plan(p, when(9min), "click-2", m.on, click(m, "references"));
    plan(p, when(12min), "click-3", m.on, click(m, "start"));
  } else if (nature < 6) {
    reply_received r;
    r.message.message_id = "<reply-" + std::to_string(p.number) + "@example.com>";
    r.message.in_reply_to = m.message_id;
    r.subject = "Re: " + m.subject;
    r.text = "This sounds good. What would it cost us?";
    plan(p, when(7min), "reply", m.on, std::move(r));
    if (nature == 4) form(11min);
  } else if (nature < 8) {
    plan(p, when(5min), "leave", m.on, unsubscribed{about(m), "one_click"});
  } else if (nature < 11) {
    const auto ticket = "T-" + std::to_string(p.number);
    plan(p, when(4min), "ticket", std::nullopt, ticket_opened{ticket});
    plan(p, when(70min), "ticket-closed", std::nullopt, ticket_closed{ticket});
  } else if (nature < 14) {
    plan(p, when(4min), "click", m.on, click(m, "details"));
    plan(p, when(6min), "view", std::nullopt, page_viewed{"https://example.com/about"});
  }
}

void sample_people::plan(const person& p, time_point at, std::string name, std::optional<channel> on,
                         stimulus_body body) {
  stimulus s;
  s.key = "demo:" + p.email + ":" + std::move(name);
  s.occurred_at = at;
  s.source = "demo";
  s.keys = {{key_kind::email, {}, p.email}};
  s.on = on;
  s.body = std::move(body);
  planned_.emplace(at, std::move(s));
}

void sample_people::act(time_point now) {
  std::vector<api::engine::submission> batch;
  while (!planned_.empty() && planned_.begin()->first <= now) {
    auto s = std::move(planned_.extract(planned_.begin()).mapped());
    s.received_at = now;
    batch.push_back({workspace_id{workspace_name}, std::move(s), std::nullopt});
  }
  if (!batch.empty()) node_.submit(std::move(batch), 0ms, [](const auto&) {});
}

}  // namespace heed::demo
