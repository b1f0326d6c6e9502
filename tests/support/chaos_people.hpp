#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/safe_world.hpp"

/// The traffic of a chaos run: people come in, answer, click and leave, and their mail provider tells of each message. All of
/// them repeat what was not answered, as real senders do.
namespace heed::test {

class chaos_people {
 public:
  /// `opened_per_second`: messages these people open besides, told in batches of ten as a mail provider would; 0 = none.
  chaos_people(world& w, std::uint64_t seed, std::size_t most, double per_second, double opened_per_second = 0);
  ~chaos_people() { leave(); }
  chaos_people(const chaos_people&) = delete;
  chaos_people& operator=(const chaos_people&) = delete;

  void leave();  ///< nobody does anything new; returns when everybody is gone

  /// A person that had come in, with the lead that was answered.
  [[nodiscard]] std::map<std::string, std::string> leads() const;
  /// Somebody to harm.
  [[nodiscard]] std::string any_lead(std::uint64_t choice) const;

  /// An automated touch was stopped, and its caller was answered then with the calls on the wire.
  struct stop {
    std::string address;
    std::chrono::sys_time<std::chrono::microseconds> answered_at;
    std::set<std::string> on_the_wire;
  };
  [[nodiscard]] std::vector<stop> stops() const;
  [[nodiscard]] std::map<std::string, std::uint64_t> work() const;
  /// The ids of the openings that were taken.
  [[nodiscard]] std::vector<std::string> openings() const;

 private:
  void come_in(std::uint64_t seed, double per_second);
  void answer(std::uint64_t seed);
  void tell_of_mail(std::uint64_t seed);
  void open_messages(std::uint64_t seed, double per_second);
  void count(const std::string& what);
  [[nodiscard]] bool going() const { return !gone_; }
  /// Repeats a call until it is taken; none when everybody leaves first.
  [[nodiscard]] std::optional<http_answer> insist(const std::function<http_answer(client&)>& call);

  world& w_;
  std::size_t most_;
  mutable std::mutex lock_;
  std::map<std::string, std::string> leads_;  ///< name to lead
  std::vector<std::string> names_;
  std::vector<stop> stops_;
  std::vector<std::string> openings_;
  std::map<std::string, std::uint64_t> work_;
  std::atomic<bool> gone_{false};
  std::vector<std::jthread> threads_;  ///< last: they use all of the above
};

}  // namespace heed::test
