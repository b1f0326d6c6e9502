#include "runtime/forecast/measured.hpp"

#include <algorithm>
#include <set>

#include "runtime/forecast/journal.hpp"

namespace heed::forecast {
namespace {

constexpr std::size_t page_size = 500;
constexpr std::uint64_t least_sends = 100;

struct channel_sums {
  std::uint64_t sends = 0;
  std::array<std::uint64_t, reaction_kinds> of{};
};
struct sums {
  std::map<channel, channel_sums> by;
  std::uint64_t people = 0, interested = 0;
};

/// A stimulus as one of the model's kinds.
std::optional<reaction_kind> kind_of(const stimulus_body& body) {
  if (std::holds_alternative<message_opened>(body))
    return std::get<message_opened>(body).machine ? std::nullopt : std::optional(reaction_kind::opened);
  if (const auto* b = std::get_if<message_bounced>(&body))
    return b->severity == bounce_class::hard ? std::optional(reaction_kind::hard_bounce) : std::nullopt;
  if (const auto* r = std::get_if<reply_received>(&body)) return r->automated ? reaction_kind::out_of_office : reaction_kind::replied;
  if (std::holds_alternative<message_delivered>(body)) return reaction_kind::delivered;
  if (std::holds_alternative<link_clicked>(body)) return reaction_kind::clicked;
  if (std::holds_alternative<form_submitted>(body)) return reaction_kind::form;
  if (std::holds_alternative<unsubscribed>(body)) return reaction_kind::opted_out;
  if (std::holds_alternative<spam_complaint>(body)) return reaction_kind::complained;
  return std::nullopt;
}

bool is_interest(reaction_kind k) {
  return k == reaction_kind::clicked || k == reaction_kind::replied || k == reaction_kind::form;
}

/// Adds one lead's journal. A kind counts once for the message it follows: three clicks on one message are one answer.
void add_lead(sums& all, const std::vector<codec::journal_entry>& entries, time_point since) {
  std::optional<channel> last;
  std::set<reaction_kind> answered;
  bool written_to = false, interested = false;
  for (const auto& e : entries) {
    const auto counts = e.when.now >= since;
    if (const auto kind = kind_of(e.what.body); kind && last && counts && answered.insert(*kind).second) {
      ++all.by[*last].of[static_cast<std::size_t>(*kind)];
      interested |= is_interest(*kind);
    }
    for (const auto& f : e.answer.facts) {
      const auto* h = std::get_if<step_handled>(&f);
      if (h == nullptr || h->outcome != step_outcome::sent || !counts) continue;
      ++all.by[h->on].sends;
      last = h->on;
      answered.clear();
      written_to = true;
    }
  }
  all.people += written_to;
  all.interested += interested;
}

response_model model_of(const sums& all) {
  response_model m;
  m.name = "measured";
  for (const auto& [on, s] : all.by) {
    if (s.sends == 0) continue;
    auto& rates = m.rates[on];
    for (std::size_t i = 0; i < reaction_kinds; ++i)
      rates.of[i] = std::min(1.0, static_cast<double>(s.of[i]) / static_cast<double>(s.sends));
  }
  // Whoever answered at all is taken for interested; they gave every answer there is.
  m.interested = std::clamp(static_cast<double>(all.interested) / static_cast<double>(std::max<std::uint64_t>(all.people, 1)), 0.01, 0.99);
  m.theirs = 1.0;
  return m;
}

}  // namespace

result<response_model> measure_responses(store_reader& reader, const workspace_id& ws, time_point since) {
  sums all;
  page p{page_size, {}};
  for (;;) {
    auto rows = reader.all_leads(ws, p);
    if (!rows) return tl::unexpected<store_error>(rows.error());
    for (const auto& row : rows->items) {
      const auto entries = read_journal(reader, row);
      if (!entries) return tl::unexpected<store_error>(entries.error());
      add_lead(all, *entries, since);
    }
    if (rows->next.empty()) break;
    p.after = rows->next;
  }
  std::uint64_t sends = 0;
  for (const auto& [on, s] : all.by)
    sends += s.sends;
  if (sends < least_sends)
    return fail(errc::refused, "the journal has " + std::to_string(sends) + " sends, too few to measure by; use a built-in profile");
  return model_of(all);
}

}  // namespace heed::forecast
