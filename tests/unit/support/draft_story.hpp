#pragma once

#include <string>
#include <utility>
#include <variant>

#include "actors/lead/draft/auto_send.hpp"
#include "tests/unit/support/zones.hpp"

/// One draft, the tree, and somebody who plays model, timer and lead. Counts what is asked for.
namespace heed::testing {

struct draft_story {
  draft::moment m;
  draft::entry e;
  draft::turn last;
  int evaluations = 0, selections = 0, revisions = 0, sends = 0, holds = 0;

  draft_story() {
    m.now = heed::tests::instant("2026-11-23T10:00:00Z");
    m.rules.campaign = draft::campaign_rules{campaign_id("spring"), draft::response_mode::ai_auto_send};
    m.rules.campaign->delay.reset();
    m.model_available = true;
    m.lead.newest_inbound_seq = 7;
    m.lead.newest_outbound_seq = 5;
    e.workspace = workspace_id("acme");
    e.lead = lead_id("lead_1");
    e.about = {"draft_1", 1, "<r1@example.com>", 7};
    e.content = "Here is the price list.";
    e.latest_inbound = "What does it cost?";
    e.sentiment = reply::reply_class::information_requested;
    e.sent_at = m.now - std::chrono::minutes(1);
  }

  draft_story& delayed(std::chrono::seconds from = std::chrono::seconds(180),
                       std::chrono::seconds to = std::chrono::seconds(420)) {
    m.rules.campaign->delay = *draft::delay_window::of(from, to);
    return *this;
  }
  draft_story& legacy() {
    m.rules.campaign.reset();
    m.rules.auto_reply_enabled = true;
    return *this;
  }

  draft_story& begin() {
    e.rules = m.rules;
    return take(draft::begin(e, m));
  }
  draft_story& tell(const draft::event& what) { return take(draft::on(last.next, what, m)); }

  draft_story& judged(double sure, bool safe = true) {
    return tell(draft::evaluated{last.next.calls, *draft::confidence::of(sure), safe, "said so"});
  }
  draft_story& selected() { return tell(draft::context_selected{last.next.calls, {"short answers win"}}); }
  draft_story& reworded(std::string text = "It costs 10 a month.") {
    return tell(draft::revised{last.next.calls, std::move(text)});
  }
  draft_story& failed(draft::model_failure why) { return tell(draft::model_failed{last.next.calls, why}); }

  template <class T>
  [[nodiscard]] const T* step() const {
    return std::get_if<T>(&last.step);
  }
  [[nodiscard]] const draft::decision_record& decided() const { return *last.next.decided; }
  [[nodiscard]] std::string reason() const {
    return last.next.decided ? last.next.decided->reason : "undecided";
  }

 private:
  draft_story& take(draft::turn t) {
    last = std::move(t);
    evaluations += step<draft::ask_evaluator>() != nullptr;
    selections += step<draft::ask_selector>() != nullptr;
    revisions += step<draft::ask_reviser>() != nullptr;
    sends += step<draft::send_now>() != nullptr;
    holds += step<draft::hold_for_review>() != nullptr;
    return *this;
  }
};

}  // namespace heed::testing
