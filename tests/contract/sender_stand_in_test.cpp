#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <future>
#include <sstream>
#include <thread>

#include "adapters/outbound/sender.hpp"
#include "tests/support/sending.hpp"
#include "tests/support/stand_in.hpp"

#define CAF_SUITE sender_stand_in
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::outbound;
using namespace heed::test;

// The counting of the crash and brake tests is only worth what the stand-in's own counting is worth.
namespace {

struct fixture_type {
  stand_in provider;
  std::unique_ptr<transport> wire = make_curl_transport(4);

  answer get(const std::string& target) {
    call c;
    c.method = "GET";
    c.url = provider.http_url() + target;
    return perform(*wire, c);
  }
  answer post(const std::string& target, const std::string& body, const std::string& key = {}) {
    call c;
    c.url = provider.http_url() + target;
    c.headers.emplace_back("content-type", "application/json");
    if (!key.empty()) c.headers.emplace_back("idempotency-key", key);
    c.body = body;
    return perform(*wire, c);
  }
  nlohmann::json stats() { return nlohmann::json::parse(get("/control/stats").body); }
};

constexpr const char* touch = R"({"lead":"lead_1","run":"spring__lead_1","step":"2","text":"hi"})";

}  // namespace

CAF_TEST_FIXTURE_SCOPE(sender_stand_in_tests, fixture_type)

CAF_TEST(the sink counts a touch once per key and tells what was sent) {
  CAF_CHECK(post("/send", touch, "k-1").status == 200);
  CAF_CHECK(post("/send", touch, "k-1").status == 200);
  const auto sent = nlohmann::json::parse(get("/sent?lead=lead_1&step=2").body);
  CAF_CHECK(sent["count"] == 1);
  CAF_CHECK(nlohmann::json::parse(get("/sent?lead=lead_1&step=3").body)["count"] == 0);
  const auto s = stats();
  CAF_CHECK(s["arrivals"] == 2);
  CAF_CHECK(s["accepted"] == 1);
  CAF_CHECK(s["keys_twice"] == 0);
}

CAF_TEST(a double send shows when the provider does not honour keys) {
  CAF_CHECK(post("/control", R"({"honour_idempotency":false})").status == 200);
  post("/send", touch, "k-1");
  post("/send", touch, "k-1");
  const auto s = stats();
  CAF_CHECK(s["accepted"] == 2);
  CAF_CHECK(s["keys"] == 1);
  CAF_CHECK(s["keys_twice"] == 1);
}

CAF_TEST(the log has a line per accepted message with its counts) {
  post("/send", touch, "k-1");
  post("/send", touch, "k-1");
  post("/send", R"({"lead":"lead_2","step":"0"})", "k-2");
  std::istringstream lines(get("/control/log").body);
  std::vector<nlohmann::json> log;
  for (std::string line; std::getline(lines, line);)
    log.push_back(nlohmann::json::parse(line));
  CAF_REQUIRE(log.size() == 2u);
  CAF_CHECK(log[0]["key"] == "k-1");
  CAF_CHECK(log[0]["run"] == "spring__lead_1");
  CAF_CHECK(log[0]["step"] == "2");
  CAF_CHECK(log[0]["arrivals"] == 2);
  CAF_CHECK(log[0]["accepted"] == 1);
  CAF_CHECK(log[0]["arrived_at_us"].get<std::int64_t>() <= log[1]["arrived_at_us"].get<std::int64_t>());
  CAF_CHECK(log[1]["key"] == "k-2");
}

CAF_TEST(the log file is written line by line while the provider runs) {
  const auto path =
      std::filesystem::temp_directory_path() / ("heed-stand-in-" + std::to_string(::getpid()) + ".ndjson");
  {
    stand_in_options o;
    o.log_file = path.string();
    const stand_in logged(o);
    call c;
    c.url = logged.http_url() + "/send";
    c.headers = {{"idempotency-key", "k-9"}};
    c.body = touch;
    CAF_CHECK(perform(*wire, c).status == 200);
    std::ifstream in(path);
    std::string line;
    CAF_REQUIRE(std::getline(in, line).good());
    CAF_CHECK(nlohmann::json::parse(line)["key"] == "k-9");
  }
  std::filesystem::remove(path);
}

CAF_TEST(control refuses what it does not understand) {
  CAF_CHECK(post("/control", R"({"mode":"sulk"})").status == 422);
  CAF_CHECK(post("/control", R"({"latency":5})").status == 422);
  CAF_CHECK(post("/control", "mode").status == 422);
  CAF_CHECK(post("/send", touch, "k-1").status == 200);
}

CAF_TEST(a fraction misbehaves by seed and equally each time) {
  std::vector<int> first, second;
  for (auto* run : {&first, &second}) {
    CAF_CHECK(post("/control", R"({"mode":"refuse_500","fraction":0.5,"seed":11,"honour_idempotency":false})")
                  .status == 200);
    for (int i = 0; i < 40; ++i)
      run->push_back(post("/send", touch, "k-" + std::to_string(i)).status);
  }
  CAF_CHECK(first == second);
  const auto refused = std::count(first.begin(), first.end(), 500);
  CAF_CHECK(refused > 5);
  CAF_CHECK(refused < 35);
}

CAF_TEST(a repeat while the first is still running is told so) {
  CAF_CHECK(post("/control", R"({"latency_ms":300})").status == 200);
  auto account = resend_account(provider.http_url());
  std::promise<answer> slow;
  const auto request = find_sender("resend")->build(account, email_effect());
  wire->start(
      request, [] { return true; }, [&](answer a) { slow.set_value(std::move(a)); });
  // The second may go only when the first has arrived.
  while (provider.book().count().accepted == 0)
    std::this_thread::yield();
  const auto early = send_once(*wire, account, email_effect());
  CAF_CHECK(early.result == send_result::unknown);
  CAF_CHECK(early.detail == "concurrent_idempotent_requests");
  CAF_CHECK(slow.get_future().get().status == 200);
  CAF_CHECK(send_once(*wire, account, email_effect()).result == send_result::accepted);
  CAF_CHECK(provider.book().accepted_of("lead_01HZX-7-0") == 1u);
}

CAF_TEST_FIXTURE_SCOPE_END()
