#pragma once

#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "actors/component_actor.hpp"
#include "actors/gateway/known_leads.hpp"
#include "actors/gateway/lead_name.hpp"
#include "actors/gateway/submission_reply.hpp"

namespace heed {

/// What the door counts.
class door_figures {
 public:
  virtual ~door_figures() = default;
  virtual void accepted(accept_result::what outcome) = 0;
  virtual void refused_overload() = 0;
};

/// Whether ids of other systems and signatures may say whose something is (settings, identity).
enum class guesses : std::uint8_t { count, ignored };

/// One submitted stimulus as an inbox row; a candidate is named for what may create a lead.
[[nodiscard]] inbox_item to_inbox_item(const submitted_item& item, lead_namer& names, time_point now, guesses by = guesses::count);

/// True for what may be decided without being kept first, once its lead is known: one key, nobody's stop, and
/// nothing that the providers must hear of.
[[nodiscard]] bool may_go_direct(const submitted_item& item);

/// The door. Hands stimuli to the store, answers only what is durable, then sends each to its lead's region.
/// What is about a lead it knows by its key goes there at once: its decision keeps it (DESIGN, fast path).
/// Overload is refused before acceptance; after it nothing is.
class gateway_actor final : public component_actor {
 public:
  gateway_actor(caf::actor_config& cfg, caf::actor boss, const services* all, door_figures* figures,
                std::uint64_t seed);
  ~gateway_actor() override;
  [[nodiscard]] const char* name() const override { return "gateway"; }

 protected:
  caf::behavior running() override;
  void restarted() override;
  void ended() override;

 private:
  using reply_ptr = std::shared_ptr<submission_reply>;
  /// Stimuli that the store has not answered yet.
  struct open {
    std::vector<submitted_item> items;
    std::vector<std::size_t> index;  ///< each one's place in the submission
    std::vector<std::pair<lead_id, bytes>> candidates;
    reply_ptr reply;  ///< none: nobody asked
    std::shared_ptr<arriving_items> counted;
  };

  void submit(submission_batch& b);
  void send_direct(submitted_item& item, const lead_id& lead, const reply_ptr& reply, std::size_t index);
  void keep(open o);
  [[nodiscard]] guesses guesses_in(const workspace_id& ws) const;
  void returned(direct_returned& r);
  void accepted(accept_done& d);
  void hand_over(open& o, std::vector<accept_result>& answer);
  void learn(const submitted_item& item, const accept_result& a);
  void submit_again();
  void hand_over_again();
  void settle_by_callback(const submitted_item& item);
  void deliver_notice(const workspace_id& ws, const accept_result::notice& n);
  void watch(const reply_ptr& r, clock::ticks until);
  void expire();

  const services* all_;
  door_figures* figures_;
  lead_namer names_;
  known_leads known_;
  std::uint64_t ticket_ = 0;
  std::unordered_map<std::uint64_t, open> open_;
  // What is being handled; set after a crash: it is lost with the message.
  std::shared_ptr<submission_batch> submitting_;
  reply_ptr replying_;
  std::optional<accept_done> accepting_;
  std::optional<direct_returned> returning_;
  std::multimap<clock::ticks, std::weak_ptr<submission_reply>> deadlines_;
  bool ticking_ = false;
};

}  // namespace heed
