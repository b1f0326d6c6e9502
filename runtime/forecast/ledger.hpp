#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <unordered_map>

#include "runtime/forecast/forecast.hpp"

namespace heed::forecast {

/// Reads transactions as they are written and keeps the books of a forecast.
class ledger {
 public:
  /// A message reached its person.
  using arrival = std::function<void(const received_message&)>;
  ledger(forecast_report& report, const zone_rules& home, arrival arrived)
      : report_(report), home_(home), arrived_(std::move(arrived)) {}

  void know_landing_page(const campaign_id& c, std::string page) { pages_[c] = std::move(page); }
  void read(const write_batch& batch, const write_result& r);
  void reacted(reaction_kind kind, time_point at) { ++day(at).reactions[std::string(to_string(kind))]; }
  /// What stands where when the time is over, and the sums that need all of it.
  [[nodiscard]] result<void> close(store_reader& reader, const policy& p, time_point now);

 private:
  struct planned {
    lead_id lead;
    campaign_id campaign;
    account_id account;
    step_id step;
    channel on = channel::email;
    std::string to;
  };
  void committed(const lead_commit& c);
  void counted(const report_row& line);
  void finished(const finish_request& f);
  forecast_day& day(time_point at);
  [[nodiscard]] std::string name_of(const lead_id& lead) const;
  [[nodiscard]] result<void> count_bands(store_reader& reader, const policy& policy,
                                         const std::map<lead_id, std::vector<campaign_id>>& runs_of, time_point now);
  void count_backlog();

  forecast_report& report_;
  const zone_rules& home_;
  arrival arrived_;
  std::unordered_map<std::string, planned> planned_;             ///< by effect
  std::unordered_map<std::string, std::string> people_;          ///< by lead: the first key
  std::unordered_map<std::string, std::uint64_t> touches_;       ///< by lead
  std::set<std::pair<std::string, std::uint64_t>> handoffs_;     ///< lead, episode
  std::map<campaign_id, std::string> pages_;
};

[[nodiscard]] std::string local_date(const zone_rules& zone, time_point t);

}  // namespace heed::forecast
