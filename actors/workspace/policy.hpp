#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "actors/campaign/campaign.hpp"
#include "actors/workspace/zone.hpp"

namespace heed {

/// A sending account as the decision core sees it; secrets and addresses of servers stay with its adapter.
struct account {
  account_id id;
  channel on = channel::email;
  std::string provider;   ///< sender's name in the outbound table: resend, twilio, smtp, http, sandbox
  std::string from;       ///< address or number shown to the lead
  std::string reply_to;
  bool enabled = true;
  std::uint32_t max_per_second = 0;  ///< 0 = no bound; a real account that says nothing gets 1
  std::uint32_t max_per_day = 0;     ///< 0 = no bound; a real mailbox that says nothing gets 50
  bool thread_recipient = false;     ///< a gateway whose provider answers within its own thread: nobody else can be written to
  bool copies = false;               ///< a gateway that takes addresses in copy
  bool operator==(const account&) const = default;
};

/// True for accounts that carry no messages to leads: models that are asked, Slack where people are.
[[nodiscard]] inline bool is_service(const account& a) { return a.provider == "openai" || a.provider == "slack"; }
/// True for an account whose messages reach leads.
[[nodiscard]] inline bool is_real(const account& a) { return a.provider != "sandbox" && !is_service(a); }

/// True for an account whose messages may have somebody in copy.
[[nodiscard]] inline bool carries_copies(const account& a) {
  if (a.on != channel::email) return false;
  return a.copies || a.provider == "resend" || a.provider == "smtp" || a.provider == "sandbox";
}

/// Where handoffs go; nothing set = nobody is told, which a start warns of.
struct handoff_settings {
  std::vector<std::string> to;   ///< email addresses of the workspace's own people
  std::string webhook;           ///< URL of a Standard Webhooks receiver; its secret is kept apart, sealed
  duration remind_after = std::chrono::hours(4);  ///< unacknowledged that long: once more
  bool operator==(const handoff_settings&) const = default;
  [[nodiscard]] bool reaches_somebody() const { return !to.empty() || !webhook.empty(); }
};

/// A campaign's own brake: over either rate within its latest sends it pauses itself and tells people.
struct tripwire_settings {
  std::uint32_t window = 200;                ///< latest sends looked at
  std::uint32_t at_least = 20;               ///< fewer sends say nothing
  std::uint32_t hard_bounces_permille = 50;  ///< more than 5 %
  std::uint32_t complaints_permille = 3;     ///< more than 0.3 %
  bool operator==(const tripwire_settings&) const = default;
};

/// When to speak (gate 14). Each part can be switched off alone; the rest goes on with its fallback (SF-55).
struct timing_settings {
  bool minute_grid = true;                  ///< off: the hour of the week decides
  bool latency = true;                      ///< off: handed over at the target itself
  bool hot_paths = true;                    ///< off: the curve alone
  std::uint32_t hot_weight_pct = 50;        ///< how much a click in a text or a visit raises the chance of now
  duration hot_life = std::chrono::hours(2);  ///< after that long nothing of it is left
  bool priors = true;                       ///< off: of people nobody knows, whatever the workspace's people teach
  std::uint32_t peak_share_permille = 20;   ///< of a campaign's live runs, that one minute may carry at most; 1000 = not spread
  bool operator==(const timing_settings&) const = default;
};

/// Who is who (SF-55).
struct identity_settings {
  bool probabilistic = true;  ///< off: ids of other systems and signatures are kept, and say of nothing whose it is
  bool operator==(const identity_settings&) const = default;
};

/// Answers to replies (RULES, Drafts). Without a model and without texts none are drafted.
struct draft_settings {
  std::string model;                               ///< id of the account that models are asked through; empty = none
  std::map<std::string, std::string> templates;    ///< text by class of the reply; `any` for the others
  bool auto_send_disabled = false;                 ///< AUTO_SEND_DISABLED: nothing leaves by itself (ZRG-88)
  bool refine_replies = true;                      ///< the model is asked what a reply means that the rules are not sure of
  bool revision_disabled = false;                  ///< AUTO_SEND_REVISION_DISABLED (AS-34)
  bool validate_immediate_send = true;             ///< AS-19
  duration hold_limit = std::chrono::hours(72);    ///< AS-42
  std::string slack;                               ///< id of the account that reviewers are asked through
  std::vector<std::string> reviewers;              ///< their addresses in Slack (AS-21)
  bool preview_in_slack = false;                   ///< AS-25
  std::string persona;                             ///< who writes, in the words of the workspace
  std::string knowledge;                           ///< what answers may rest on
  std::map<std::string, std::string> learnings;    ///< what worked, by name: a reviser may be given some (AS-30)
  bool operator==(const draft_settings&) const = default;
};

/// A workspace's settings; every field has the default a new workspace gets.
struct settings {
  std::string name;
  std::string time_zone = "UTC";
  std::optional<business_hours> hours;
  duration enrol_max_age = std::chrono::hours(24);
  duration backfill_age = std::chrono::hours(72);    ///< live events older than this count as back-fill
  duration signal_life = std::chrono::days(30);
  duration human_silence = std::chrono::hours(48);
  duration ticket_cooldown = std::chrono::hours(72);
  duration max_lateness = std::chrono::hours(24);
  duration max_wait = std::chrono::hours(24);
  duration effect_life = std::chrono::minutes(15);
  duration unknown_counts_as_sent = std::chrono::hours(24);
  duration auto_reply_hold = std::chrono::days(5);
  duration resume_spread = std::chrono::minutes(10);
  duration lead_gap = std::chrono::hours(1);         ///< between touches of different runs
  std::uint32_t message_attempts = 5;
  bool dry_run = false;
  std::optional<time_point> paused_until;            ///< ZRG-121
  std::string sender_name, signature, company_name, target_result, question_1, question_2, calendar_link;
  std::string language = "en";                       ///< of the unsubscribe line and page
  std::string postal_address;                        ///< under every email of a real account
  handoff_settings handoff;
  tripwire_settings tripwire;
  timing_settings timing;
  identity_settings identity;
  draft_settings drafts;
  std::vector<std::string> scanner_agents;           ///< user-agent parts of link scanners, lower case
  std::vector<std::string> own_link_parts;           ///< parts of our own unsubscribe and legal links
  intent_profile default_profile;
  bool operator==(const settings&) const = default;
};

/// Everything restraint is decided by, as one immutable value. A decision uses exactly one revision.
struct policy {
  workspace_id workspace;
  std::uint64_t revision = 0;
  settings defaults;
  std::map<campaign_id, campaign> campaigns;
  std::map<account_id, account> accounts;
  /// Addresses and domains that real (not sandbox) accounts may write to; none = everybody.
  std::optional<std::set<std::string>> allow_recipients;
  std::string public_url;                            ///< where people and providers reach this installation
  std::string link_key;                              ///< makes links of ours unforgeable; the store's, in no document
  std::shared_ptr<const zone_table> zones;           ///< value of the revision: its tzdb version is stored with it

  [[nodiscard]] const campaign* find_campaign(const campaign_id& id) const;
  [[nodiscard]] const account* find_account(const account_id& id) const;
};

/// Stops by people that hold at the moment of deciding. Not policy: the state seen is kept in the journal row.
struct active_stops {
  bool global = false;
  bool workspace = false;
  std::set<std::string> campaigns;
  std::set<std::string> accounts;
  bool operator==(const active_stops&) const = default;
};

}  // namespace heed
