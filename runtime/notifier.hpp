#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_set>

#include "actors/component_actor.hpp"
#include "actors/provider/provider_actor.hpp"
#include "actors/workspace/notice.hpp"
#include "adapters/slack/direct_message.hpp"
#include "runtime/review_notice.hpp"

namespace heed {

/// The rows that carry an alert to the workspace's people, one a destination.
[[nodiscard]] std::vector<notification_row> carriers_of(const alert_row& alert, const handoff_settings& to);

struct notifier_options {
  std::chrono::milliseconds look_every{1'000};
  std::size_t at_once = 16;
};

/// Tells a workspace's own people what its leads and campaigns want them to know: takes rows of the notification outbox,
/// renders them as things stand, and delivers each at least once, by email through an account of the workspace, as a
/// signed webhook, or in Slack. Repeats carry the same id. Only a global stop, or a stop of the very account, holds it back: a stop
/// is about what leads get.
class notifier_actor final : public component_actor {
 public:
  notifier_actor(caf::actor_config& cfg, caf::actor boss, const services* all, const account_source* accounts,
                 outbound::transport* calls, notifier_options options);
  [[nodiscard]] const char* name() const override { return "notifier"; }

  /// INTERNAL: rows that are due, each with the lead it is about.
  struct due_row {
    notification_row row;
    std::optional<lead_row> lead;
  };
  struct due_read {
    std::vector<due_row> rows;
  };
  struct attempt_ended {
    notification_row row;
    bool delivered = false;
    bool never = false;
    std::string detail;
    std::optional<std::chrono::seconds> retry_after;
  };
  struct settled {
    std::uint64_t number = 0;
  };
  /// A call to Slack came back; null = its pause is over.
  struct slack_answered {
    std::uint64_t number = 0;
    std::shared_ptr<outbound::answer> answer;
  };

 protected:
  caf::behavior running() override;
  void restarted() override;
  void ended() override { under_way_.clear(), in_slack_.clear(); }

 private:
  void look();
  void deliver(due_row& d);
  void post(const notification_row& row, const notice& n, const workspace_view& view);
  void mail(const notification_row& row, const notice& n, const workspace_view& view);
  /// Reviewers are asked in direct messages, and what came of it changes the message that asked.
  void tell_in_slack(const notification_row& row, const slack_place& to, const lead_state& lead, const policy& p);
  void ask_reviewer(const notification_row& row, const std::string& person, slack::message m, outbound::sending_account a);
  void change_message(const notification_row& row, const slack_place& to, const slack::message& m,
                      const outbound::sending_account& a);
  void go_on_in_slack(std::uint64_t number, slack::direct_message::step step);
  void note_posted(const notification_row& row, const slack::direct_message::delivered& where);
  void put_into_sandbox(const notification_row& row, const notice& n, const account& through);
  void call(outbound::call c, std::function<attempt_ended(const outbound::answer&)> read);
  void settle(attempt_ended e);
  void tell_self(attempt_ended e);

  const services* all_;
  const account_source* accounts_;
  outbound::transport* calls_;
  notifier_options options_;
  struct conversation {
    notification_row row;
    std::unique_ptr<slack::direct_message> message;
  };
  std::map<std::uint64_t, conversation> in_slack_;
  std::unordered_set<std::uint64_t> under_way_;
  bool looking_ = false;
  bool ticking_ = false;
};

/// When the attempt after so many is due; none = it is given up.
[[nodiscard]] std::optional<duration> notification_pause(const std::string& key, std::uint32_t attempts);

/// The account a workspace's own mail goes out through: its first enabled real mailbox that no switch stops, else its
/// sandbox, else none.
[[nodiscard]] const account* mailbox_for_people(const workspace_view& view);

}  // namespace heed

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::notifier_actor::due_read)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::notifier_actor::attempt_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::notifier_actor::settled)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::notifier_actor::slack_answered)
