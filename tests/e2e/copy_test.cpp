#include <functional>

#include "tests/support/postgres_server.hpp"
#include "tests/support/safe_world.hpp"

#define CAF_SUITE copy
#include <caf/test/dsl.hpp>

using namespace heed::test;
using nlohmann::json;

/// A store that really lived moves, and its journal proves itself where it arrives.
namespace {

constexpr std::size_t people = 30;

std::string sqlite_at(const scratch& in, const std::string& name) { return "sqlite:" + (in.path() / name).string(); }

finished heed_run(const std::vector<std::string>& words) {
  std::vector<std::string> command{HEED_BINARY};
  command.insert(command.end(), words.begin(), words.end());
  return run_program(command);
}

/// The store proves itself.
void check_sound(const std::string& url) {
  for (const auto& words : {std::vector<std::string>{"verify"}, std::vector<std::string>{"replay", "--all"}}) {
    auto command = words;
    command.insert(command.end(), {"--store", url});
    const auto told = heed_run(command);
    CAF_MESSAGE(told.out);
    CAF_CHECK_EQUAL(told.exit_code, 0);
  }
}

json copied(const std::string& from, const std::string& to, const std::vector<std::string>& more = {}) {
  std::vector<std::string> words{"copy", from, to, "--json"};
  words.insert(words.end(), more.begin(), more.end());
  const auto told = heed_run(words);
  if (told.exit_code != 0) CAF_MESSAGE(told.out);
  CAF_REQUIRE_EQUAL(told.exit_code, 0);
  return json::parse(told.out);
}

void migrate(const std::string& url) { CAF_REQUIRE_EQUAL(heed_run({"migrate", "--store", url}).exit_code, 0); }

}  // namespace

CAF_TEST(a store that lives moves to Postgres and back and proves itself and one workspace of it joins another) {
  world_options o;
  o.provider = "sandbox";
  const scratch place;
  const auto home = sqlite_at(place, "home.db"), back = sqlite_at(place, "back.db"), shared = sqlite_at(place, "shared.db");
  const auto server = shared_postgres().new_database();
  o.store_url = home;
  world w(HEED_BINARY, o);
  w.start();
  auto api = w.api();
  CAF_REQUIRE_EQUAL(api.put(acme + "/campaigns/live", two_steps("email", "1h")).status / 100, 2);
  in_parallel(w, people, 4, [](client& c, std::size_t i) { enrol(c, "p" + std::to_string(i), "live"); });
  const auto sent = [&] { return api.get(acme + "/runs?limit=1&status=running").json()["counts"].value("running", 0u); };
  CAF_CHECK(eventually([&] { return sent() == people; }, std::chrono::seconds(20)));

  migrate(server);
  const auto while_it_runs = copied(home, server);
  CAF_CHECK_EQUAL(while_it_runs["notes"].size(), 1u);
  CAF_CHECK_EQUAL(while_it_runs["workspaces"], json({"acme"}));
  check_sound(server);
  CAF_CHECK_EQUAL(heed_run({"copy", home, server}).exit_code, 2);
  CAF_CHECK(w.stop() == 0);

  migrate(back);
  const auto returned = copied(server, back, {"--sample", "1000"});
  CAF_CHECK(returned["notes"].empty());
  CAF_CHECK_EQUAL(returned["tables"]["lead"], people);
  CAF_CHECK_EQUAL(returned["replayed"]["leads"], people);
  CAF_CHECK_EQUAL(returned["replayed"]["violations"], 0u);
  check_sound(back);

  // Another installation, with keys of its own; what came still comes out byte for byte.
  CAF_REQUIRE_EQUAL(
      heed_run({"demo", "--store", shared, "--time-scale", "1", "--port", "0", "--leads", "5", "--exit-after", "2"}).exit_code, 0);
  const auto joined = copied(server, shared, {"--workspace", "acme", "--sample", "1000"});
  CAF_CHECK_EQUAL(joined["replayed"]["leads"], people);
  check_sound(shared);
}
