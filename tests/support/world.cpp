#include "tests/support/world.hpp"

#include <poll.h>

#include <atomic>
#include <cstdlib>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "tests/support/postgres_server.hpp"

namespace heed::test {

namespace {

const std::map<std::string, std::string> secrets{
    {"RESEND_API_KEY", "re_example_key"},
    {"TWILIO_ACCOUNT_SID", "AC00000000000000000000000000000001"},
    {"TWILIO_AUTH_TOKEN", "example-auth-token-for-tests-only"},
    {"ACME_HOOK_SECRET", "whsec_ZXhhbXBsZS1zZWNyZXQtZm9yLXRlc3RzLW9ubHk="},
    {"ACME_IMAP_PASSWORD", "example-password"},
    {"ACME_SLACK_SECRET", "example-slack-signing-secret-for-tests-only"},
    {"ACME_TWILIO_SECRET", "example-auth-token-for-tests-only"},
    {"HEED_SECRET_KEY", "a-key-for-tests-only-0123456789-abcdef"},
};

std::string accounts(const world_options& o, const stand_in& provider) {
  std::ostringstream out;
  auto one = [&](const char* id, const char* channel, const char* name, const char* from) {
    out << "      - {id: " << id << ", channel: " << channel << ", provider: " << name << ", from: \"" << from << "\"";
    if (std::string(name) != "sandbox")
      out << ", base_url: \"" << provider.http_url() << "\", options: {timeout_ms: " << o.call_timeout_ms
          << ", visibility_delay_seconds: " << o.visibility_seconds
          << (std::string(name) == "twilio" ? ", unregistered_ok: true" : "") << "}";
    out << ", max_per_second: " << o.max_per_second << ", max_per_day: " << o.max_per_day << "}\n";
  };
  if (o.provider == "twilio")
    one("phone", "sms", "twilio", "+15550100001");
  else
    one("mail", "email", o.provider.c_str(), "mia@mail.example.com");
  if (o.provider == "sandbox") one("phone", "sms", "sandbox", "+15550100001");
  return out.str();
}

}  // namespace

const std::map<std::string, std::string>& test_secrets() { return secrets; }

std::string new_store_url(const scratch& in) {
  const auto* kind = std::getenv("HEED_TEST_STORE");
  if (kind == nullptr || std::string_view(kind) == "sqlite") return "sqlite:" + (in.path() / "heed.db").string();
  if (std::string_view(kind) == "postgres") return shared_postgres().new_database();
  throw std::runtime_error("HEED_TEST_STORE is sqlite or postgres");
}

world::world(std::string heed_binary, world_options given)
    : binary_(std::move(heed_binary)), options_(std::move(given)), release_(options_.released && options_.provider != "sandbox") {
  stand_in_options p;
  p.start = options_.provider_behaves;
  provider_ = std::make_unique<stand_in>(p);
  store_url_ = options_.store_url.empty() ? new_store_url(directory_) : options_.store_url;
  port_ = std::to_string(free_port());
  base_url_ = "http://127.0.0.1:" + port_;
  configure(options_.time_scale);
  key_ = create_key("admin");
  operator_key_ = create_key("operator");
}

void world::configure(std::int64_t time_scale) {
  const auto& o = options_;
  std::ostringstream yaml;
  yaml << "store: {url: \"" << store_url_ << "\"}\n"
       << "http: {port: " << port_ << "}\n"
       << "dispatch: {max_connections: " << o.connections << "}\n"
       << "public_url: \"" << base_url_ << "\"\n"
       << "clock: {time_scale: " << time_scale << "}\n"
       << o.yaml << "workspaces:\n  - id: acme\n"
       << "    sender_name: Mia\n    postal_address: \"Acme, 1 Example Street, 10115 Berlin\"\n    accounts:\n"
       << accounts(o, *provider_) << "    hooks:\n"
       << "      resend: {secret_env: ACME_HOOK_SECRET}\n      standard-webhooks: {secret_env: ACME_HOOK_SECRET}\n"
       << "      twilio: {secret_env: ACME_TWILIO_SECRET, options: {public_url: \"https://gateway.example.com/hooks/acme/twilio\"}}\n"
       << o.workspace_yaml;
  config_file_ = directory_.write("heed.yaml", yaml.str());
}

finished world::heed(std::vector<std::string> command, const std::string& input) const {
  command.insert(command.begin(), binary_);
  command.insert(command.end(), {"--config", config_file_});
  return run_program(command, input, secrets);
}

std::string world::create_key(const std::string& role) const {
  auto made = heed({"key", "create", "--workspace", "acme", "--role", role});
  auto line = made.out.substr(0, made.out.find_last_not_of("\n ") + 1);
  line = line.substr(line.find_last_of("\n ") == std::string::npos ? 0 : line.find_last_of("\n ") + 1);
  if (made.exit_code != 0 || line.empty()) throw std::runtime_error("heed key create: " + made.out);
  return line;
}

void world::launch() {
  node_ = std::make_unique<node_process>(std::vector<std::string>{binary_, "serve", "--config", config_file_},
                                         directory_.path() / "node.log", secrets);
}

void world::start() {
  launch();
  if (!node_->wait_ready(base_url_)) throw std::runtime_error("the node did not come up:\n" + node_->log());
  release_once();
}

void world::release_once() {
  if (!std::exchange(release_, false)) return;
  auto c = api();
  const auto answer = c.call("DELETE", "/v1/workspaces/acme/stop", "", {});
  if (answer.status != 200) throw std::runtime_error("DELETE stop: " + answer.body);
}

std::string zone_at_noon() {
  const auto hour = std::chrono::duration_cast<std::chrono::hours>(std::chrono::system_clock::now().time_since_epoch()).count() % 24;
  // Etc/GMT+3 is three hours behind UTC.
  const auto behind = hour - 12;
  if (behind == 0) return "Etc/GMT";
  return "Etc/GMT" + std::string(behind > 0 ? "+" : "-") + std::to_string(behind > 0 ? behind : -behind);
}

void in_parallel(const world& w, std::size_t n, unsigned threads, const std::function<void(client&, std::size_t)>& work) {
  std::atomic<std::size_t> next{0};
  std::vector<std::jthread> all;
  for (unsigned t = 0; t < threads; ++t)
    all.emplace_back([&] {
      auto c = w.api();
      for (std::size_t i; (i = next++) < n;) work(c, i);
    });
}

bool eventually(const std::function<bool()>& holds, std::chrono::seconds most) {
  auto end = std::chrono::steady_clock::now() + most;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    poll(nullptr, 0, 20);
  }
  return true;
}

}  // namespace heed::test
