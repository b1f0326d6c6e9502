#include "tests/support/ledger.hpp"

#include <array>
#include <stdexcept>

namespace heed::test {

namespace {

constexpr std::array<std::string_view, 8> mode_names{
    "normal",     "accept_then_500",     "accept_then_hang",     "refuse_500",
    "rate_limit", "close_after_request", "close_before_request", "bad_credentials"};

/// Sends without a key of any kind are each their own.
std::string counted_key(const offered& o) { return o.key.empty() ? o.effect : o.key; }

}  // namespace

std::optional<behaviour::mode> parse_mode(std::string_view text) {
  for (std::size_t i = 0; i < mode_names.size(); ++i)
    if (mode_names[i] == text) return static_cast<behaviour::mode>(i);
  return std::nullopt;
}

std::optional<behaviour> behaviour_from(const nlohmann::json& control, behaviour from, std::string& problem) {
  if (!control.is_object()) {
    problem = "an object is wanted";
    return std::nullopt;
  }
  for (const auto& [name, value] : control.items()) {
    const auto mode =
        name == "mode" && value.is_string() ? parse_mode(value.get<std::string>()) : std::nullopt;
    if (mode)
      from.what = *mode;
    else if (name == "latency_ms" && value.is_number_unsigned())
      from.latency = std::chrono::milliseconds(value.get<std::uint32_t>());
    else if (name == "honour_idempotency" && value.is_boolean())
      from.honour_idempotency = value;
    else if (name == "look_up" && value.is_boolean())
      from.look_up = value;
    else if (name == "fraction" && value.is_number())
      from.fraction = value;
    else if (name == "seed" && value.is_number_unsigned())
      from.seed = value;
    else {
      problem = name;
      return std::nullopt;
    }
  }
  return from;
}

ledger::ledger(const std::string& log_file) {
  if (log_file.empty()) return;
  file_ = std::fopen(log_file.c_str(), "a");
  if (file_ == nullptr) throw std::runtime_error("cannot open the log " + log_file);
}

ledger::~ledger() {
  if (file_ != nullptr) std::fclose(file_);
}

void ledger::control(const behaviour& b) {
  const std::lock_guard lock(mutex_);
  behaviour_ = b;
  chance_.seed(b.seed);
}

behaviour ledger::current() const {
  const std::lock_guard lock(mutex_);
  return behaviour_;
}

behaviour::mode ledger::draw() {
  const std::lock_guard lock(mutex_);
  if (behaviour_.what == behaviour::mode::normal || behaviour_.fraction >= 1) return behaviour_.what;
  const double drawn = static_cast<double>(chance_() >> 11) / static_cast<double>(1ull << 53);
  return drawn < behaviour_.fraction ? behaviour_.what : behaviour::mode::normal;
}

ledger::verdict ledger::arrive(const offered& o) {
  const std::lock_guard lock(mutex_);
  ++totals_.arrivals;
  const std::string key = counted_key(o);
  if (key.empty()) return {};
  auto& entry = keys_[key];
  ++entry.arrivals;
  // Only a key sent as such makes a repeat recognisable; the effect is for counting.
  if (!behaviour_.honour_idempotency || o.key.empty() || entry.accepted == 0) return {};
  if (entry.body_hash != o.body_hash) return {verdict::what::other_body, {}};
  if (entry.running) return {verdict::what::still_running, {}};
  return {verdict::what::repeated, entry.id};
}

std::string ledger::accept(const offered& o, const std::string& id_prefix) {
  const std::lock_guard lock(mutex_);
  accepted a;
  a.number = ++totals_.accepted;
  std::array<char, 40> digits{};
  std::snprintf(digits.data(), digits.size(), "%032llx", static_cast<unsigned long long>(a.number));
  a.id = id_prefix + digits.data();
  a.what = o;
  a.arrived_at = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  if (const std::string key = counted_key(o); !key.empty()) {
    auto& entry = keys_[key];
    ++entry.accepted;
    if (entry.accepted == 1) ++totals_.keys;
    if (entry.accepted == 2) ++totals_.keys_twice;
    entry.body_hash = o.body_hash;
    entry.id = a.id;
    entry.running = true;
  }
  by_to_[o.to].push_back(messages_.size());
  by_id_[a.id] = messages_.size();
  messages_.push_back(a);
  if (file_ != nullptr) {
    const std::string text = line(a).dump() + "\n";
    std::fwrite(text.data(), 1, text.size(), file_);
    std::fflush(file_);
  }
  return a.id;
}

void ledger::settle(const std::string& key) {
  const std::lock_guard lock(mutex_);
  if (const auto found = keys_.find(key); found != keys_.end()) found->second.running = false;
}

void ledger::count_refusal() {
  const std::lock_guard lock(mutex_);
  ++totals_.refused;
}

void ledger::count_look_up() {
  const std::lock_guard lock(mutex_);
  ++totals_.look_ups;
}

void ledger::count_connection() {
  const std::lock_guard lock(mutex_);
  ++totals_.connections;
}

totals ledger::count() const {
  const std::lock_guard lock(mutex_);
  return totals_;
}

std::vector<accepted> ledger::messages() const {
  const std::lock_guard lock(mutex_);
  return messages_;
}

std::vector<accepted> ledger::messages_to(const std::string& to) const {
  const std::lock_guard lock(mutex_);
  std::vector<accepted> out;
  if (const auto found = by_to_.find(to); found != by_to_.end())
    for (const std::size_t i : found->second)
      out.push_back(messages_[i]);
  return out;
}

std::optional<accepted> ledger::message(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return std::nullopt;
  return messages_[found->second];
}

std::uint64_t ledger::arrivals_of(const std::string& key) const {
  const std::lock_guard lock(mutex_);
  const auto found = keys_.find(key);
  return found == keys_.end() ? 0 : found->second.arrivals;
}

std::uint64_t ledger::accepted_of(const std::string& key) const {
  const std::lock_guard lock(mutex_);
  const auto found = keys_.find(key);
  return found == keys_.end() ? 0 : found->second.accepted;
}

std::string ledger::ndjson() const {
  const std::lock_guard lock(mutex_);
  std::string out;
  for (const auto& a : messages_)
    out += line(a).dump() + "\n";
  return out;
}

nlohmann::ordered_json ledger::line(const accepted& a) const {
  const std::string key = counted_key(a.what);
  const auto found = keys_.find(key);
  const key_entry entry = found == keys_.end() ? key_entry{1, 1, {}, {}, false} : found->second;
  return {{"number", a.number},
          {"provider", a.what.provider},
          {"id", a.id},
          {"key", key},
          {"effect", a.what.effect},
          {"to", a.what.to},
          {"run", a.what.run},
          {"step", a.what.step},
          {"text", a.what.text},
          {"arrived_at_us", a.arrived_at.time_since_epoch().count()},
          {"arrivals", entry.arrivals},
          {"accepted", entry.accepted}};
}

void ledger::take(webhook w) {
  const std::lock_guard lock(mutex_);
  webhooks_.push_back(std::move(w));
}

std::vector<ledger::webhook> ledger::webhooks() const {
  const std::lock_guard lock(mutex_);
  return webhooks_;
}

}  // namespace heed::test
