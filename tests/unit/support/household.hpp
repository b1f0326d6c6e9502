#pragma once

#include <deque>
#include <map>

#include "actors/lead/identity/letters.hpp"
#include "actors/lead/identity/unite.hpp"
#include "tests/unit/support/lead_story.hpp"

namespace heed::testing {

/// Several leads of one workspace and the post between them. What a decision tells another lead waits in the post, as it
/// would in that lead's inbox, until the specification delivers it.
struct household {
  std::map<std::string, story> leads;
  std::deque<letter> post;

  /// A lead of that name, with an address of its own.
  story& move_in(const std::string& name) {
    auto& s = leads[name];
    s.lead.id = lead_id{name};
    return s;
  }
  story& of(const std::string& name) { return leads.at(name); }
  [[nodiscard]] const lead_state& state(const std::string& name) { return leads.at(name).lead; }

  /// Through POST /leads, with an address and a number of its own.
  void enrol(const std::string& name, const std::string& campaign = "spring") {
    auto& s = leads.at(name);
    lead_upserted body;
    body.fields = {{"firstName", name}};
    body.landing_page = "https://example.com/" + campaign;
    for (auto on : {channel::email, channel::sms}) body.consents.push_back({on, consent_status::granted, "contract", "t", s.now});
    auto what = s.make(body);
    what.keys = {{key_kind::email, "", name + "@example.com"}, {key_kind::phone, "", number_of(name)}};
    what.campaign = campaign_id{campaign};
    tell(name, std::move(what));
  }
  static std::string number_of(const std::string& name) { return "+1555010" + std::to_string(100 + stable_hash(name) % 800); }

  const decision& tell(const std::string& name, stimulus what) {
    auto& s = leads.at(name);
    const auto before = s.lead;
    const auto& d = s.tell(what);
    for (auto& l : letters_of(before, what, d, s.lead, s.decided_at.back())) post.push_back(std::move(l));
    return d;
  }
  const decision& tell(const std::string& name, stimulus_body body) { return tell(name, leads.at(name).make(std::move(body))); }

  /// The oldest letter; false when there is none.
  bool deliver_one() {
    if (post.empty()) return false;
    auto l = std::move(post.front());
    post.pop_front();
    tell(l.to.value, std::move(l.what));
    return true;
  }
  void deliver() {
    while (deliver_one()) {
    }
  }
  void merge(const std::string& stays, const std::string& part, std::vector<lead_key> evidence = {}) {
    tell(stays, merge_asked{lead_id{part}, "olga", "the same person", std::move(evidence)});
    deliver();
  }
  void unmerge(const std::string& stays, const std::string& part) {
    tell(stays, unmerge_asked{lead_id{part}, "olga", "two persons"});
    deliver();
  }
  void wait(duration d) {
    for (auto& [name, s] : leads) s.now += d;
  }
  [[nodiscard]] std::vector<std::string> broken() const {
    std::vector<std::string> all;
    for (const auto& [name, s] : leads)
      for (const auto& b : s.broken) all.push_back(name + ": " + b);
    return all;
  }
  /// Steps that a provider took, over all ids: `campaign/step`, once a message.
  [[nodiscard]] std::multiset<std::string> touches() const {
    std::multiset<std::string> all;
    for (const auto& [name, s] : leads)
      for (const auto& key : s.accepted_keys)
        all.insert(key.substr(0, key.find("__")) + key.substr(key.rfind('/')));
    return all;
  }
};

}  // namespace heed::testing
