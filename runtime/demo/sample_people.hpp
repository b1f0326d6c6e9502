#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "adapters/api/engine.hpp"
#include "runtime/demo/sample_world.hpp"

namespace heed::demo {

/// The sample people: they come in one by one, read what arrives in their sandbox mailboxes, and open, click, reply, fill
/// in forms again, open and close tickets or ask to be left alone, each after their own nature. Everything they do is an
/// event like a provider's; they know nothing of the engine's inside.
class sample_people {
 public:
  sample_people(api::engine& node, std::vector<person> all, std::uint64_t seed);
  ~sample_people();
  sample_people(const sample_people&) = delete;
  sample_people& operator=(const sample_people&) = delete;

 private:
  void live(const std::stop_token& stop);
  void come_in(time_point now);
  void ask_for_mail();
  void read_mail();
  void react(const person& p, const sandbox_message& m, bool first);
  void plan(const person& p, time_point at, std::string name, std::optional<channel> on, stimulus_body body);
  void act(time_point now);

  api::engine& node_;
  std::vector<person> all_;
  std::uint64_t seed_;
  time_point began_;
  std::size_t in_ = 0;                                ///< how many have come in
  std::unordered_map<std::string, std::size_t> by_address_;
  std::vector<bool> written_to_;
  std::multimap<time_point, stimulus> planned_;

  /// What a reader's thread brings; it may come after this object is gone.
  struct mailbox {
    std::mutex lock;
    std::vector<sandbox_message> arrived;
    std::string after;
    bool asking = false;
  };
  std::shared_ptr<mailbox> mail_ = std::make_shared<mailbox>();
  std::mutex sleep_;
  std::condition_variable_any wake_;
  std::jthread thread_;                               ///< last: it uses all of the above
};

}  // namespace heed::demo
