#include "tests/support/chaos_people.hpp"

#include <poll.h>

#include <ctime>

namespace heed::test {
namespace {

using nlohmann::json;

std::chrono::sys_time<std::chrono::microseconds> now() {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

constexpr unsigned openers = 3;
constexpr unsigned openings_a_call = 10;

std::string address_of(const std::string& name) { return name + "@example.com"; }

json delivered(const accepted& m) {
  return {{"type", "email.delivered"},
          {"created_at", "2026-01-01T00:00:00.000Z"},
          {"data",
           {{"created_at", "2026-01-01T00:00:00.000Z"}, {"email_id", m.id}, {"from", "mia@mail.example.com"},
            {"to", json::array({m.what.to})}, {"subject", m.what.subject}, {"message_id", "<" + m.id + "@mail.example.com>"}}}};
}

}  // namespace

chaos_people::chaos_people(world& w, std::uint64_t seed, std::size_t most, double per_second, double opened_per_second)
    : w_(w), most_(most) {
  threads_.emplace_back([this, seed, per_second] { come_in(seed, per_second); });
  for (std::uint64_t i = 1; i <= 2; ++i)
    threads_.emplace_back([this, s = seed + i] { answer(s); });
  threads_.emplace_back([this, s = seed + 7] { tell_of_mail(s); });
  if (opened_per_second <= 0) return;
  for (std::uint64_t i = 0; i < openers; ++i)
    threads_.emplace_back([this, s = seed + 20 + i, opened_per_second] { open_messages(s, opened_per_second / openers); });
}

void chaos_people::leave() {
  gone_ = true;
  threads_.clear();
}

std::map<std::string, std::string> chaos_people::leads() const {
  const std::scoped_lock guard(lock_);
  return leads_;
}

std::string chaos_people::any_lead(std::uint64_t choice) const {
  const std::scoped_lock guard(lock_);
  return names_.empty() ? std::string{} : leads_.at(names_[choice % names_.size()]);
}

std::vector<chaos_people::stop> chaos_people::stops() const {
  const std::scoped_lock guard(lock_);
  return stops_;
}

std::vector<std::string> chaos_people::openings() const {
  const std::scoped_lock guard(lock_);
  return openings_;
}

std::map<std::string, std::uint64_t> chaos_people::work() const {
  const std::scoped_lock guard(lock_);
  return work_;
}

void chaos_people::count(const std::string& what) {
  const std::scoped_lock guard(lock_);
  ++work_[what];
}

std::optional<http_answer> chaos_people::insist(const std::function<http_answer(client&)>& call) {
  while (going()) {
    auto api = w_.api();
    auto answer = call(api);
    if (answer.status / 100 == 2) return answer;
    // 4xx would never become better: the run ends on it.
    if (answer.status / 100 == 4 && answer.status != 429 && answer.status != 408)
      throw std::runtime_error("refused: " + answer.body);
    count(answer.status == 0 ? "calls without an answer, repeated" : "calls told to come again, repeated");
    poll(nullptr, 0, 20);
  }
  return std::nullopt;
}

void chaos_people::come_in(std::uint64_t seed, double per_second) {
  for (std::size_t i = 0; i < most_ && going(); ++i) {
    const auto name = "p" + std::to_string(seed) + "-" + std::to_string(i);
    // A number of their own: two people who share one are one lead, as they should be.
    const auto body = person(name, "chaos", "email", "+1212" + std::to_string(2'000'000 + i)).dump();
    const auto taken = insist([&](client& api) { return api.post(acme + "/leads", body, {"Idempotency-Key: " + name}); });
    if (!taken) return;
    {
      const std::scoped_lock guard(lock_);
      leads_[name] = taken->json().at("lead_id");
      names_.push_back(name);
      ++work_["people came in"];
    }
    poll(nullptr, 0, static_cast<int>(1'000 / per_second));
  }
}

void chaos_people::answer(std::uint64_t seed) {
  std::mt19937_64 dice(seed);
  for (std::uint64_t n = 0; going(); ++n) {
    poll(nullptr, 0, static_cast<int>(20 + dice() % 120));
    std::string name;
    {
      const std::scoped_lock guard(lock_);
      if (!names_.empty()) name = names_[dice() % names_.size()];
    }
    if (name.empty()) continue;
    const auto kind = dice() % 10;
    json e{{"id", "e-" + std::to_string(seed) + "-" + std::to_string(n)}, {"occurred_at", "2020-01-01T00:00:00Z"}, {"lead", {{"email", address_of(name)}}}};
    e["kind"] = kind < 3 ? "reply_received" : kind < 5 ? "unsubscribed" : kind < 8 ? "page_viewed" : "form_submitted";
    if (kind < 3) e["message"] = {{"text", "Call me"}, {"message_id", "<" + e["id"].get<std::string>() + "@example.com>"}};
    if (kind >= 5 && kind < 8) e["attributes"] = {{"url", "https://example.com/prices"}};
    if (kind >= 8) e["attributes"] = {{"form", "contact"}};
    int tries = 0;
    const auto told = insist([&](client& api) {
      ++tries;
      const auto at = api.get("/healthz").header("x-heed-now");
      if (!at.empty()) e["occurred_at"] = at;
      return api.post(acme + "/events", e, {"Prefer: wait=10"});
    });
    if (!told) return;
    count(e["kind"].get<std::string>());
    // Only the first answer lists what was on the wire; one that came after its decision is known to be decided.
    if (kind >= 5 || tries > 1 || told->status != 200) continue;
    stop s{address_of(name), now(), {}};
    for (const auto& call : told->json().value("calls_in_flight", json::array()))
      s.on_the_wire.insert(call);
    const std::scoped_lock guard(lock_);
    stops_.push_back(std::move(s));
  }
}

/// At a rate of its own: what a blow held up is told right after it.
void chaos_people::open_messages(std::uint64_t seed, double per_second) {
  std::mt19937_64 dice(seed);
  const auto a_call = std::chrono::microseconds(static_cast<std::int64_t>(1e6 * openings_a_call / per_second));
  auto due = std::chrono::steady_clock::now();
  for (std::uint64_t n = 0; going(); due += a_call) {
    const auto early = std::chrono::duration_cast<std::chrono::milliseconds>(due - std::chrono::steady_clock::now());
    if (early.count() > 0) poll(nullptr, 0, static_cast<int>(early.count()));
    std::vector<std::string> ids;
    std::string lines;
    {
      const std::scoped_lock guard(lock_);
      for (unsigned i = 0; i < openings_a_call && !names_.empty(); ++i) {
        ids.push_back("o-" + std::to_string(seed) + "-" + std::to_string(++n));
        lines += json{{"id", ids.back()}, {"kind", "message_opened"}, {"occurred_at", "2020-01-01T00:00:00Z"}, {"channel", "email"},
                      {"lead", {{"email", address_of(names_[dice() % names_.size()])}}}}.dump() + "\n";
      }
    }
    if (ids.empty()) continue;
    if (!insist([&](client& api) { return api.post(acme + "/events", lines, {"Content-Type: application/x-ndjson"}); })) return;
    const std::scoped_lock guard(lock_);
    openings_.insert(openings_.end(), ids.begin(), ids.end());
    work_["messages opened"] += ids.size();
  }
}

/// Often before the node has its own answer: the message is in the ledger before the call returns.
void chaos_people::tell_of_mail(std::uint64_t seed) {
  std::mt19937_64 dice(seed);
  for (std::size_t next = 0; going();) {
    const auto all = w_.provider().messages();
    if (next >= all.size()) {
      poll(nullptr, 0, 5);
      continue;
    }
    const auto& m = all[next++];
    if (dice() % 10 < 3) continue;
    const auto body = delivered(m).dump();
    const auto id = "msg_" + m.id;
    for (int times = dice() % 10 == 0 ? 2 : 1; times > 0; --times) {
      const auto stamp = std::to_string(std::time(nullptr));
      const std::vector<std::string> headers{"Content-Type: application/json", "svix-id: " + id, "svix-timestamp: " + stamp,
                                             "svix-signature: " + webhook_signature("example-secret-for-tests-only", id, stamp, body)};
      if (!insist([&](client& api) { return api.call("POST", "/hooks/acme/resend", body, headers); })) return;
      count("callbacks");
    }
  }
}

}  // namespace heed::test
