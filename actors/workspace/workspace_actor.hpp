#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "actors/component_actor.hpp"

namespace heed {

/// Reads what a workspace decides under, and publishes it for everybody.
class view_port {
 public:
  virtual ~view_port() = default;
  /// The latest policy revision and the switches, from the store.
  virtual result<workspace_view> read(store_reader& r, const workspace_id& ws) = 0;
  virtual void publish(const workspace_id& ws, std::shared_ptr<const workspace_view> view) = 0;
};

/// Whose leads must plan again after a change.
struct affected {
  bool all = false;
  std::set<std::string> campaigns;
  [[nodiscard]] bool none() const { return !all && campaigns.empty(); }
  void add(const affected& other);
};
/// What differs between two views, as far as it changes what a lead may do.
[[nodiscard]] affected changes(const workspace_view& before, const workspace_view& after);

/// The work of telling leads, kept in the store until it is done so that a crash does not lose it.
struct reconsider_job {
  affected who;
  std::string stamp;  ///< names the change in the stimuli's keys
};
[[nodiscard]] std::string encode_job(const reconsider_job& j);
[[nodiscard]] std::optional<reconsider_job> decode_job(std::string_view text);

/// INTERNAL to a workspace: what a reader found.
struct view_read {
  result<workspace_view> view;
  std::optional<reconsider_job> unfinished;
  std::vector<std::function<void()>> callers;
};
struct portion_read {
  std::uint64_t job = 0;
  std::vector<lead_id> leads;
  std::string next;
  bool failed = false;
};
struct portion_accepted {
  std::uint64_t job = 0;
  bool refused = false;
};

/// One tenant: holds the policy revision in force, takes up changes, and tells the leads they concern, a
/// bounded number at a time, through the inbox.
class workspace_actor final : public component_actor {
 public:
  workspace_actor(caf::actor_config& cfg, caf::actor boss, const services* all, view_port* views,
                  workspace_id ws);
  [[nodiscard]] const char* name() const override { return "workspace"; }

 protected:
  caf::behavior running() override;
  void restarted() override;
  void ended() override { waiting_.clear(); }

 private:
  void load(std::vector<std::function<void()>> callers);
  void take_up(view_read& r);
  void start_job(const affected& who);
  void ask_portion();
  void tell(portion_read& p);
  void next_portion();
  [[nodiscard]] std::string meta_name() const { return "reconsider:" + workspace_.value; }

  const services* all_;
  view_port* views_;
  workspace_id workspace_;
  std::shared_ptr<const workspace_view> view_;
  std::vector<std::function<void()>> waiting_;  ///< callers whose reload has not begun
  bool loading_ = false;
  bool adopted_ = false;  ///< its jobs have become this node's: one under way is looked for

  reconsider_job job_;
  std::uint64_t job_number_ = 0;  ///< stale answers of an older job are ignored
  std::size_t status_ = 0;        ///< which of the live statuses is being listed
  std::string after_;
  portion_read portion_;
};

}  // namespace heed

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::view_read)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::portion_read)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::portion_accepted)
