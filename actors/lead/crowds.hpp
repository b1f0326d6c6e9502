#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/lead/outlook.hpp"

namespace heed {

/// How the touches of each campaign are spread over the minutes to come, as this node's leads have planned them. A lead takes a
/// place before its decision is committed, so that two that decide at once do not both take the last one; the places of a
/// start are counted from the stored runs. Each node spreads the runs of its own leads by its own share of them, so that all
/// nodes together keep to the campaign's. Any thread.
class minute_crowds {
 public:
  using minute = std::int64_t;  ///< since 1970
  static minute minute_of(time_point t) { return std::chrono::floor<std::chrono::minutes>(t.time_since_epoch()).count(); }

  /// What is stored of a campaign.
  struct count {
    std::uint64_t runs = 0;  ///< live ones
    std::map<minute, std::uint32_t> planned;
  };

  /// The minutes of [from, until) that are full; none until the campaign was counted.
  [[nodiscard]] std::optional<crowd_outlook> look(const workspace_id& ws, const campaign_id& campaign, std::uint32_t share_permille,
                                                  time_point from, time_point until);
  /// True for the one who is to count; for another one when nothing was heard of that one for a while.
  [[nodiscard]] bool begin_count(const workspace_id& ws, const campaign_id& campaign, time_point now);
  /// None: it could not be read; somebody else counts later.
  void counted(const workspace_id& ws, const campaign_id& campaign, std::optional<count> found);

  /// Takes a place in that minute; false when it is full by now, or nobody knows.
  [[nodiscard]] bool take(const workspace_id& ws, const campaign_id& campaign, minute m, std::uint32_t share_permille);
  void give_back(const workspace_id& ws, const campaign_id& campaign, minute m);
  void runs_changed(const workspace_id& ws, const campaign_id& campaign, std::int64_t by);
  /// Leads came or left: everything is counted anew when it is asked for.
  void forget();

 private:
  enum class known : std::uint8_t { no, counting, yes };
  struct crowd {
    known is = known::no;
    time_point since{};  ///< when the counting began
    count now;
  };
  using name = std::pair<std::string, std::string>;
  [[nodiscard]] static std::uint32_t room(const crowd& c, std::uint32_t share_permille);
  [[nodiscard]] crowd* find(const workspace_id& ws, const campaign_id& campaign);

  std::mutex lock_;
  std::map<name, crowd> crowds_;
};

/// A place in a minute that a decision means to take; goes back when the decision comes to nothing.
class crowd_place {
 public:
  crowd_place(minute_crowds& in, workspace_id ws, campaign_id campaign, minute_crowds::minute m)
      : in_(&in), workspace_(std::move(ws)), campaign_(std::move(campaign)), minute_(m) {}
  crowd_place(crowd_place&& other) noexcept
      : in_(std::exchange(other.in_, nullptr)), workspace_(std::move(other.workspace_)), campaign_(std::move(other.campaign_)), minute_(other.minute_) {}
  crowd_place& operator=(crowd_place&&) = delete;
  ~crowd_place() {
    if (in_) in_->give_back(workspace_, campaign_, minute_);
  }
  void keep() { in_ = nullptr; }

 private:
  minute_crowds* in_;
  workspace_id workspace_;
  campaign_id campaign_;
  minute_crowds::minute minute_;
};

}  // namespace heed
