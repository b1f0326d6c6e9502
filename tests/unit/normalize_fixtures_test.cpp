#include <filesystem>

#include "adapters/inbound/report.hpp"
#include "tests/unit/support/inbound_support.hpp"

#define CAF_SUITE normalize_fixtures
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::inbound;
using namespace heed::inbound::test;

namespace {

report report_on(const fixture& f) {
  if (f.folder == "canonical") return events_report(f.request.body, "", f.request.domain_now);
  return normalize_report(f.request, f.settings, *find_normalizer(f.folder));
}

/// Compares every body of the folder with its committed document and returns how many there were.
std::size_t compare(const std::string& folder) {
  const auto all = inbound_fixtures(folder);
  for (const auto& f : all) {
    CAF_MESSAGE(folder << "/" << f.event);
    CAF_CHECK(!f.expected.empty());
    CHECK_SAME(report_on(f).json.dump(2) + "\n", f.expected);
  }
  return all.size();
}

}  // namespace

// Each expected document was read against the provider's description before it was committed.
CAF_TEST(SF-1 every Resend fixture gives its committed canonical document) {
  CHECK_SAME(compare("resend"), 18u);
}
CAF_TEST(SF-1 every Twilio fixture gives its committed canonical document) {
  CHECK_SAME(compare("twilio"), 19u);
}
CAF_TEST(SF-1 every Standard Webhooks fixture gives its committed canonical document) {
  CHECK_SAME(compare("standard-webhooks"), 13u);
}
CAF_TEST(SF-1 every canonical fixture gives its committed canonical document) {
  CHECK_SAME(compare("canonical"), 50u);
}
CAF_TEST(SF-1 every form fixture gives its committed canonical document) {
  CHECK_SAME(compare("form"), 16u);
}

CAF_TEST(every bad fixture is refused and only broken content gets 422) {
  std::size_t refused = 0;
  for (const std::string folder : {"resend", "twilio", "standard-webhooks", "canonical", "form"}) {
    const bool signed_hook = folder == "resend" || folder == "twilio" || folder == "standard-webhooks";
    for (const auto& f : inbound_fixtures(folder)) {
      const bool bad = f.event.find("bad-") != std::string::npos;
      const auto result = report_on(f);
      CAF_MESSAGE(folder << "/" << f.event);
      CHECK_SAME(result.exit_code, bad ? 1 : 0);
      if (!bad) continue;
      ++refused;
      const bool content = f.event.find("bad-truncated") != std::string::npos;
      if (signed_hook) CHECK_SAME(result.json["status"].get<int>(), content ? 422 : 401);
      CAF_CHECK(!result.json["field"].get<std::string>().empty());
    }
  }
  CAF_CHECK(refused >= 50);
}

CAF_TEST(no file in the fixture folders is left unread) {
  for (const std::string folder : {"resend", "twilio", "standard-webhooks", "canonical", "form"}) {
    std::size_t bodies = 0;
    for (const auto& entry : std::filesystem::directory_iterator{fixtures_path() + folder}) {
      const auto name = entry.path().filename().string();
      if (role_of(name) == file_role::body) ++bodies;
      if (role_of(name) != file_role::expected) continue;
      // A document without its body would never be compared.
      const auto stem =
          fixtures_path() + folder + "/" + name.substr(0, name.size() - std::string{".expected.json"}.size());
      const bool has_body = std::filesystem::exists(stem + ".json") ||
                            std::filesystem::exists(stem + ".txt") ||
                            std::filesystem::exists(stem + ".ndjson");
      CAF_MESSAGE(folder << "/" << name);
      CAF_CHECK(has_body);
    }
    CHECK_SAME(bodies, inbound_fixtures(folder).size());
  }
}

// What is printed can be posted: parsing the document again gives the same stimulus.
CAF_TEST(the printed canonical document parses back to the same stimulus) {
  std::size_t compared = 0;
  for (const std::string folder : {"resend", "twilio", "standard-webhooks", "canonical", "form"}) {
    for (const auto& f : inbound_fixtures(folder)) {
      const auto result = report_on(f);
      if (result.exit_code != 0) continue;
      for (const auto& event : result.json["events"]) {
        if (!event.contains("lead")) continue;  // only a message's id is known: nothing to post
        const auto again = parse_event(event, "", f.request.domain_now, folder);
        CAF_REQUIRE(again.has_value());
        CHECK_SAME(event_to_json(*again).dump(), event.dump());
        ++compared;
      }
    }
  }
  CAF_CHECK(compared >= 50);
}

CAF_TEST(ZRG-55 a fixture delivered again carries the same dedupe key) {
  for (const auto& f : inbound_fixtures("resend")) {
    const auto first = report_on(f);
    auto later = f;
    later.request.received_at += std::chrono::seconds{120};
    later.request.domain_now += std::chrono::seconds{120};
    const auto second = report_on(later);
    if (first.exit_code == 0 && !first.json["events"].empty())
      CHECK_SAME(first.json["events"][0]["id"], second.json["events"][0]["id"]);
  }
}
