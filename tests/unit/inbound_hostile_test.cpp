#include <cstdlib>
#include <random>

#include "adapters/inbound/crypto.hpp"
#include "adapters/inbound/report.hpp"
#include "tests/unit/support/inbound_support.hpp"

#define CAF_SUITE inbound_hostile
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::inbound;
using namespace heed::inbound::test;

namespace {

/// Method: every inbound fixture is damaged again and again, signed anew or not, and read. Whatever comes in,
/// the answer is a success whose document can be printed, or a problem with status, field and detail. Repro:
/// HEED_TEST_SEED=<printed seed>.
struct damage {
  std::mt19937_64 random;

  std::size_t below(std::size_t n) {
    return n == 0 ? 0 : std::uniform_int_distribution<std::size_t>{0, n - 1}(random);
  }

  std::string piece() {
    static const std::vector<std::string> pieces{std::string(1, '\0'),
                                                 "\xFF",
                                                 "\xED\xA0\x80",
                                                 "\xEF\xBB\xBF",
                                                 "\r\n",
                                                 "\x1B[2J",
                                                 "{",
                                                 "}",
                                                 "[",
                                                 "]",
                                                 "\"",
                                                 ",",
                                                 ":",
                                                 "null",
                                                 "1e999",
                                                 "-0",
                                                 "99999999999999999999999",
                                                 "\\u0000",
                                                 "\\ud800",
                                                 "%00",
                                                 "%",
                                                 "%zz",
                                                 "&",
                                                 "=",
                                                 "+",
                                                 "<script>",
                                                 "\xE2\x80\xAE",
                                                 std::string(5'000, '['),
                                                 std::string(3'000, 'A'),
                                                 "\"type\":\"email.sent\",",
                                                 "{\"a\":{\"a\":{\"a\":",
                                                 "effect=",
                                                 "__"};
    return pieces[below(pieces.size())];
  }

  void once(std::string& text) {
    const auto at = below(text.size() + 1);
    switch (below(6)) {
      case 0:
        text.insert(at, piece());
        break;
      case 1:
        text.erase(at, 1 + below(8));
        break;
      case 2:
        if (at < text.size()) text[at] = static_cast<char>(below(256));
        break;
      case 3:
        text.insert(at, text.substr(below(text.size() + 1), below(64)));
        break;
      case 4:
        text.resize(at);
        break;
      default:
        if (at < text.size()) text.replace(at, 1 + below(16), piece());
    }
  }

  void several(std::string& text) {
    for (auto n = 1 + below(4); n > 0; --n)
      once(text);
  }

  void headers(hook_request& request) {
    if (request.headers.empty()) return;
    const auto at = below(request.headers.size());
    const auto [name, value] = request.headers[at];
    switch (below(4)) {
      case 0:
        several(request.headers[at].second);
        break;
      case 1:
        several(request.headers[at].first);
        break;
      case 2:
        request.headers.emplace_back(name, value + "x");
        break;
      default:
        for (int i = 0; i < 200; ++i)
          request.headers.emplace_back(name, std::string(200, 'x'));
    }
  }
};

/// Makes the damaged body authentic, so that the parsers behind the signature are reached.
void sign_again(fixture& f) {
  if (f.folder == "canonical") return;
  if (f.folder != "twilio") {
    if (!f.request.header("svix-signature").empty() || !f.request.header("webhook-signature").empty()) {
      f.request = webhook(f.request.body, f.folder == "resend" ? "svix-" : "webhook-");
    }
    return;
  }
  const bool json = f.request.url.find("bodySHA256") != std::string::npos;
  auto fresh = twilio_post(json ? std::string{} : f.request.body);
  if (json) {
    fresh.body = f.request.body;
    fresh.url = twilio_url + "?bodySHA256=" + sha256_hex(fresh.body);
    header_of(fresh, "x-twilio-signature") = base64(hmac_sha1(twilio_token, fresh.url));
  }
  f.request = std::move(fresh);
}

report read_fixture(const fixture& f) {
  if (f.folder == "canonical") return events_report(f.request.body, "", f.request.domain_now);
  return normalize_report(f.request, f.settings, *find_normalizer(f.folder));
}

bool sound(const report& result) {
  static_cast<void>(result.json.dump());  // throws on broken UTF-8
  if (result.exit_code == 0) return result.json["events"].is_array() && result.json["ignored"].is_array();
  const auto status = result.json["status"].get<int>();
  return (status == 401 || status == 422 || status == 413) &&
         !result.json["field"].get<std::string>().empty() &&
         !result.json["detail"].get<std::string>().empty();
}

std::uint64_t seed() {
  const char* given = std::getenv("HEED_TEST_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
}

}  // namespace

CAF_TEST(damaged requests always give a problem or a success) {
  const auto start = seed();
  CAF_MESSAGE("seed " << start);
  damage harm{std::mt19937_64{start}};
  std::size_t successes = 0;
  std::size_t problems = 0;
  for (const std::string folder : {"resend", "twilio", "standard-webhooks", "form", "canonical"}) {
    for (const auto& original : inbound_fixtures(folder)) {
      for (int round = 0; round < 60; ++round) {
        auto f = original;
        harm.several(f.request.body);
        if (harm.below(4) != 0) sign_again(f);
        if (harm.below(4) == 0) harm.headers(f.request);
        if (harm.below(8) == 0) harm.several(f.request.url);
        const auto result = read_fixture(f);
        const bool good = sound(result);
        if (!good)
          CAF_ERROR("unsound answer: HEED_TEST_SEED=" << start << " " << folder << "/" << f.event << " round "
                                                      << round);
        (result.exit_code == 0 ? successes : problems) += 1;
      }
    }
  }
  // Both outcomes were really reached.
  CAF_CHECK(successes > 100);
  CAF_CHECK(problems > 1'000);
}

CAF_TEST(a body changed after signing is never believed) {
  const auto start = seed();
  CAF_MESSAGE("seed " << start);
  damage harm{std::mt19937_64{start}};
  for (const std::string folder : {"resend", "twilio", "standard-webhooks", "form"}) {
    for (const auto& original : inbound_fixtures(folder)) {
      for (int round = 0; round < 30; ++round) {
        auto f = original;
        harm.several(f.request.body);
        // Twilio signs decoded parameters: other bytes may say the same. Its own suite covers that.
        if (f.request.body == original.request.body ||
            (folder == "twilio" && original.event.find("json") == std::string::npos))
          continue;
        const auto result = read_fixture(f);
        if (result.exit_code != 1 ||
            (result.json["status"] != 401 && result.json["field"] != "/options/kind"))
          CAF_ERROR("believed: HEED_TEST_SEED=" << start << " " << folder << "/" << f.event << " round "
                                                << round);
      }
    }
  }
}

CAF_TEST(random bytes never pass and never throw) {
  const auto start = seed();
  CAF_MESSAGE("seed " << start);
  damage harm{std::mt19937_64{start}};
  for (int round = 0; round < 500; ++round) {
    std::string bytes;
    for (auto n = harm.below(400); n > 0; --n)
      bytes += static_cast<char>(harm.below(256));
    for (const auto& provider : normalizers())
      CAF_CHECK(sound(normalize_report(webhook(bytes), secrets({webhook_secret}), provider)));
    CAF_CHECK(sound(events_report(bytes, "", at_seconds(signed_at))));
    CAF_CHECK(html_to_text(bytes).size() <= 3 * bytes.size());
    static_cast<void>(normal_email(bytes));
    static_cast<void>(normal_phone(bytes));
  }
}
