#include "persistence/store_decorator.hpp"
#include "tests/actor/support/actor_world.hpp"

#define CAF_SUITE store_actor
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::test;
using namespace std::chrono_literals;

namespace {

/// Answers its writes as it is told, and like the store behind it when nothing is left to tell.
class moody_store final : public store_decorator {
 public:
  using store_decorator::store_decorator;
  result<write_result> write(const write_batch& batch) override {
    sizes.push_back(batch.claims.size());
    if (moods.empty()) return inner().write(batch);
    const auto mood = moods.front();
    moods.pop_front();
    if (mood) return fail(*mood, "a mood");
    return inner().write(batch);
  }
  std::deque<std::optional<errc>> moods;
  std::vector<std::size_t> sizes;
};

/// Keeps what the writer answers.
class asking_actor final : public caf::event_based_actor {
 public:
  asking_actor(caf::actor_config& config, std::vector<claim_done>& answers)
      : caf::event_based_actor(config), answers_(&answers) {}
  caf::behavior make_behavior() override {
    return {[this](claim_done& d) { answers_->push_back(d); }};
  }

 private:
  std::vector<claim_done>* answers_;
};

struct fixture : actor_world {
  fixture() : moody(open_store(store_url, open_mode::read_only).value()) {
    writer = system->spawn<store_actor>("store", caf::actor{}, &board, moody, figures, store_actor_options{});
    keep.push_back(writer);
  }
  /// Both in one batch; the answers come to `answers`.
  void claim_two() {
    const auto asker = system->spawn<asking_actor>(answers);
    keep.push_back(asker);
    for (const auto* id : {"first", "second"})
      caf::anon_send(writer, claim_work{{effect_id{id}, false, time.now()}, asker});
    settle();
  }
  moody_store moody;
  caf::actor writer;
  std::vector<claim_done> answers;
};

}  // namespace

CAF_TEST_FIXTURE_SCOPE(store_actor_tests, fixture)

CAF_TEST(what a refused batch leaves to be written alone is tried again when the store is busy) {
  moody.moods = {errc::refused, errc::refused, errc::retry, errc::refused};
  claim_two();
  CAF_REQUIRE_EQUAL(answers.size(), 1u);
  CAF_CHECK(answers.front().answer.error().code == errc::refused);
  advance(1s);
  CAF_REQUIRE_EQUAL(answers.size(), 2u);
  CAF_CHECK(answers.back().answer.error().code == errc::refused);
  CAF_CHECK(board.escalations.empty());
  const std::vector<std::size_t> asked{2, 1, 1, 1};
  CAF_CHECK(moody.sizes == asked);
}

CAF_TEST(nothing is written after a write of unknown outcome) {
  moody.moods = {errc::refused, errc::unknown};
  claim_two();
  advance(1s);
  CAF_CHECK_EQUAL(moody.sizes.size(), 2u);
  CAF_CHECK_EQUAL(board.escalations.size(), 1u);
  CAF_CHECK(answers.empty());
}

CAF_TEST(PROTOCOL a job whose write has an unknown outcome ends the process like any other write) {
  moody.moods = {errc::retry, errc::unknown};
  const auto job = [] { return store_job{[](store& s) { (void)s.write({}); }}; };
  caf::anon_send(writer, job());
  settle();
  CAF_CHECK(board.escalations.empty());
  caf::anon_send(writer, job());
  settle();
  CAF_CHECK_EQUAL(board.escalations.size(), 1u);
}

CAF_TEST_FIXTURE_SCOPE_END()
