#include "runtime/simulation/simulated_providers.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "adapters/outbound/instants.hpp"

namespace heed::simulation {
namespace {

using namespace std::chrono_literals;
using outbound::answer;
using outbound::call;

std::string between(const std::string& text, const std::string& from, std::string_view ends) {
  const auto at = text.find(from);
  if (at == std::string::npos) return {};
  const auto start = at + from.size();
  return text.substr(start, text.find_first_of(ends, start) - start);
}

std::string key_of(const call& c) {
  for (const auto& [name, value] : c.headers)
    if (name == "idempotency-key") return value;
  return {};
}

bool is_smtp(const call& c) { return c.url.starts_with("smtp"); }
bool is_resend(const call& c) { return c.url.ends_with("/emails"); }
bool is_model(const call& c) { return c.url.ends_with("/chat/completions"); }

/// The account is the first label of the address that the simulated accounts call.
account_id account_of(const call& c) { return account_id{between(c.url, "://", "./:")}; }

answer status(int code, std::string body = {}) {
  answer a;
  a.reached = answer::phase::answered;
  a.status = code;
  a.body = std::move(body);
  return a;
}

answer unreached(answer::phase p, const char* why) {
  answer a;
  a.reached = p;
  a.error = why;
  return a;
}

/// Form fields are percent encoded; the text of the simulated templates needs only spaces and commas back.
std::string plain(const std::string& encoded) {
  std::string out;
  for (std::size_t i = 0; i < encoded.size(); ++i) {
    if (encoded[i] == '+') {
      out += ' ';
    } else if (encoded[i] == '%' && i + 2 < encoded.size()) {
      out += static_cast<char>(std::stoi(encoded.substr(i + 1, 2), nullptr, 16));
      i += 2;
    } else {
      out += encoded[i];
    }
  }
  return out;
}

}  // namespace

effect_id effect_of_call(const call& c) {
  if (c.method == "GET" || is_model(c)) return {};
  if (is_smtp(c)) return effect_id{between(c.body, "Message-ID: <", "@")};
  if (is_resend(c)) return effect_id{between(key_of(c), "", "~")};
  return effect_id{between(c.body, "effect%3D", "&")};
}

std::string addressee_of(const outbound::call& c) {
  if (is_smtp(c)) return c.mail_to;
  if (!is_resend(c)) return plain(between(c.body, "To=", "&"));
  const auto body = nlohmann::json::parse(c.body, nullptr, false);
  return body.is_object() && body.contains("to") ? body["to"].at(0).get<std::string>() : std::string{};
}

simulated_providers::fate simulated_providers::draw() {
  if (rolls_.chance(faults.outage)) {
    outage_until_ = time_.elapsed + 10min;
    ++counts_["provider_outage"];
  }
  if (time_.elapsed < outage_until_) return fate::not_connected;
  auto roll = rolls_.below(1'000);
  const std::pair<std::uint64_t, fate> rates[] = {
      {faults.accepted_no_answer, fate::accepted_no_answer}, {faults.lost, fate::lost},
      {faults.not_connected, fate::not_connected},           {faults.too_many, fate::too_many},
      {faults.error_accepted, fate::error_accepted},         {faults.error, fate::error},
      {faults.refused_final, fate::refused_final},           {faults.credentials, fate::credentials}};
  for (const auto& [rate, f] : rates) {
    if (roll < rate) return f;
    roll -= rate;
  }
  return fate::sound;
}

void simulated_providers::call(const account_id& account, const outbound::call& c, answered done) {
  auto f = draw();
  // A mail server that answers 5xx has not taken the message: there the connection is lost instead.
  if (is_smtp(c) && f == fate::error_accepted) f = fate::accepted_no_answer;
  auto soon = rolls_.between(5ms, 2s);
  if (rolls_.chance(faults.late)) {
    soon = c.timeout - 100ms;
    ++counts_["provider_late"];
  }
  const auto arrival = rolls_.between(1ms, soon);
  const auto say = [this, done](duration when, answer a) {
    later_(when, [done, a = std::move(a)] { done(a); });
  };
  switch (f) {
    case fate::sound:
      // What the provider says is decided when the request arrives, and may come long after the message went
      // out.
      later_(arrival, [this, account, c, done, rest = soon - arrival] {
        auto a = accept(account, c);
        later_(rest, [done, a = std::move(a)] { done(a); });
      });
      return;
    case fate::accepted_no_answer:
    case fate::error_accepted:
      ++counts_[f == fate::error_accepted ? "provider_500_accepted" : "provider_accepted_no_answer"];
      later_(arrival, [this, account, c] { (void)accept(account, c); });
      return f == fate::error_accepted ? say(soon, status(500))
                                       : say(c.timeout, unreached(answer::phase::sent_no_answer, "timeout"));
    case fate::lost:
      ++counts_["provider_lost"];
      return say(c.timeout, unreached(answer::phase::sent_no_answer, "timeout"));
    case fate::error:
      ++counts_["provider_500"];
      return say(soon, status(is_smtp(c) ? 451 : 500));
    case fate::not_connected:
      ++counts_["provider_not_connected"];
      return say(soon, unreached(answer::phase::not_connected, "connect"));
    case fate::too_many: {
      ++counts_["provider_429"];
      auto a = status(429);
      if (rolls_.chance(500)) a.headers.emplace_back("retry-after", std::to_string(1 + rolls_.below(600)));
      return say(soon, std::move(a));
    }
    case fate::refused_final:
      ++counts_["provider_refused"];
      return say(soon, is_smtp(c) ? status(554, "554 5.6.0 refused")
                                  : status(422, R"({"name":"validation_error"})"));
    case fate::credentials:
      ++counts_["provider_401"];
      return say(soon, status(is_smtp(c) ? 535 : 401));
  }
}

answer simulated_providers::accept(const account_id& account, const outbound::call& c) {
  if (c.method == "GET") return list(account, c);
  if (is_model(c)) return think(c);
  const auto key = key_of(c);
  if (key.empty()) return take(account, c, key);
  const auto known = keys_.find(key);
  if (known == keys_.end() || time_.elapsed - known->second.at >= 24h) return take(account, c, key);
  if (known->second.body != c.body) return status(409, R"({"name":"invalid_idempotent_request"})");
  ++counts_["provider_repeat_by_key"];
  return status(200, nlohmann::json{{"id", known->second.provider_id}}.dump());
}

/// What a model says to each question by the form it is asked for; sometimes nonsense, sometimes unsafe.
answer simulated_providers::think(const outbound::call& c) {
  ++counts_["model_asked"];
  const auto asks = [&](const char* member) { return c.body.find("\"" + std::string(member) + "\":{") != std::string::npos; };
  nlohmann::json said;
  static const std::vector<double> sure{0.2, 0.7, 0.8999, 0.9, 0.95, 1.0};
  if (rolls_.chance(60))
    said = {{"nonsense", true}};
  else if (asks("safe_to_send"))
    said = {{"reason", "so it seems"}, {"safe_to_send", !rolls_.chance(150)}, {"requires_human_review", false}, {"confidence", rolls_.pick(sure)}};
  else if (asks("learnings"))
    said = {{"learnings", rolls_.chance(500) ? nlohmann::json{"short"} : nlohmann::json::array()}};
  else if (asks("referred_email"))
    said = meaning(c);
  else if (asks("changes"))
    said = {{"changes", "shorter"}, {"draft", "Thank you, " + std::to_string(counts_["model_asked"]) + " times."}};
  else if (asks("goal"))
    said = {{"goal", "answer"}, {"points", {"the price"}}, {"tone", "plain"}, {"call_to_action", ""}, {"offer_times", false}};
  else
    said = {{"subject", nullptr}, {"body", "It is 10 a month, answer " + std::to_string(counts_["model_asked"]) + "."}};
  const nlohmann::json choice{{"index", 0},
                              {"finish_reason", rolls_.chance(30) ? "length" : "stop"},
                              {"message", {{"role", "assistant"}, {"content", said.dump()}, {"refusal", nullptr}}}};
  return status(200, nlohmann::json{{"id", "chat"}, {"object", "chat.completion"}, {"choices", {choice}}}.dump());
}

/// Any class, right or wrong, and as sure as it likes: what it may not bring about is the lead's business.
nlohmann::json simulated_providers::meaning(const outbound::call& c) {
  const auto asked = nlohmann::json::parse(c.body);
  const auto& words = asked.at("messages").back().at("content").get_ref<const std::string&>();
  const auto text = words.substr(std::min(words.size(), words.rfind(':') + 2));
  static const std::vector<std::string> classes{"opt_out", "out_of_office", "meeting_requested", "information_requested", "follow_up_later",
                                                "referral", "not_interested", "question_objection", "interested", "neutral"};
  static const std::vector<double> sure{0.3, 0.65, 0.8, 0.95};
  nlohmann::json resume_on;
  if (rolls_.chance(300)) resume_on = to_iso(time_.wall + 72h).substr(0, 10);
  return {{"evidence", text},          {"class", rolls_.pick(classes)}, {"confidence", rolls_.pick(sure)},
          {"resume_on", resume_on},    {"referred_email", nullptr},     {"urgent", rolls_.chance(50)}};
}

answer simulated_providers::take(const account_id& account, const outbound::call& c, const std::string& key) {
  accepted_message m;
  m.effect = effect_of_call(c);
  m.account = account;
  m.provider_id = "p" + std::to_string(accepted_.size() + 1);
  m.to = addressee_of(c);
  m.text = plain(between(c.body, "Body=", "&"));
  m.at = time_.elapsed;
  m.wall = time_.wall;
  m.visible_at = time_.elapsed + rolls_.between(1ms, 100s);
  if (!key.empty()) keys_[key] = {c.body, m.provider_id, time_.elapsed};
  accepted_.push_back(m);
  if (on_accepted) on_accepted(m);
  if (is_smtp(c)) return status(250, "250 queued");
  return is_resend(c) ? status(200, nlohmann::json{{"id", m.provider_id}}.dump())
                      : status(201, nlohmann::json{{"sid", m.provider_id}}.dump());
}

answer simulated_providers::list(const account_id& account, const outbound::call& c) {
  ++counts_["provider_look_up"];
  const auto to = plain(between(c.url, "?To=", "&"));
  auto messages = nlohmann::json::array();
  for (const auto& m : accepted_)
    if (m.account == account && m.to == to && m.visible_at <= time_.elapsed)
      messages.push_back({{"sid", m.provider_id},
                          {"direction", "outbound-api"},
                          {"date_created", outbound::mail_date(m.wall)},
                          {"body", m.text}});
  return status(200, nlohmann::json{{"messages", messages}, {"next_page_uri", nullptr}}.dump());
}

bool simulated_providers::has(const effect_id& effect) const {
  return std::ranges::any_of(accepted_, [&](const auto& m) { return m.effect == effect; });
}

void simulated_transport::spoil(const effect_id& effect, outbound::call& c) {
  const bool again = calls_[effect]++ > 0;
  if (around_.bugs.rewrites && again && !c.body.empty()) c.body.insert(c.body.size() - 1, " ");
  if (!around_.bugs.misdirects || ++started_ % 11 != 0) return;
  const auto to = addressee_of(c);
  if (c.mail_to == to)
    c.mail_to = "somebody-else@people.example";
  else if (const auto at = c.body.find(to); at != std::string::npos)
    c.body.replace(at, to.size(), "somebody-else@people.example");
}

void simulated_transport::start(call c, std::function<bool()> may_start, done when_done) {
  if (!*alive_) return;
  if (!may_start()) return when_done(unreached(answer::phase::not_connected, "start_by"));
  const auto effect = effect_of_call(c);
  if (!effect.empty()) {
    spoil(effect, c);
    around_.on_start(effect, c);
  }
  ++*running_;
  auto* providers = around_.providers;
  const auto account = account_of(c);
  auto again = c;
  for (auto& [name, value] : again.headers)
    if (name == "idempotency-key") value += "~again";
  providers->call(account, c,
                  [alive = alive_, running = running_, when_done, resends = around_.bugs.resends, providers,
                   account, again](answer a) {
                    if (!*alive) return;
                    --*running;
                    if (resends && a.reached == answer::phase::sent_no_answer)
                      providers->call(account, again, [](const answer&) {});
                    when_done(std::move(a));
                  });
}

}  // namespace heed::simulation
