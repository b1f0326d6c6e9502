#include "adapters/imap/mailbox.hpp"

#include <algorithm>

#include "adapters/imap/connection.hpp"
#include "adapters/inbound/mime.hpp"

namespace heed::imap {

namespace {

using kind = access_problem::kind;
template <class T>
using outcome = tl::expected<T, access_problem>;

struct folder_state {
  std::uint32_t validity = 0;
  std::uint32_t next_uid = 0;
};

/// A quoted string of RFC 3501; what cannot stand in one is refused before anything is said.
std::optional<std::string> quoted(const std::string& name) {
  std::string out = "\"";
  for (const char c : name) {
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e) return std::nullopt;
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

outcome<folder_state> examine(connection& c, const std::string& folder) {
  const auto name = quoted(folder);
  if (!name || folder.empty()) return tl::unexpected(access_problem{kind::refused, "folder_not_ascii"});
  const auto said = c.run("EXAMINE " + *name);
  if (!said) return tl::unexpected(said.error());
  folder_state f;
  for (const auto& r : *said) {
    if (const auto n = code_number(r.text, "UIDVALIDITY")) f.validity = *n;
    if (const auto n = code_number(r.text, "UIDNEXT")) f.next_uid = *n;
  }
  if (f.validity == 0) return tl::unexpected(access_problem{kind::protocol, "no_uidvalidity"});
  return f;
}

std::string command_for(const search& s) {
  if (const auto* after = std::get_if<after_uid>(&s))
    return "UID SEARCH UID " + std::to_string(std::uint64_t(after->uid) + 1) + ":*";
  return "UID SEARCH SINCE " + search_date(std::get<since_day>(s).day);
}

outcome<std::vector<std::uint32_t>> find(connection& c, const search& s) {
  const auto said = c.run(command_for(s));
  if (!said) return tl::unexpected(said.error());
  std::vector<std::uint32_t> out;
  for (const auto& r : *said) {
    const auto numbers = search_numbers(r.text);
    out.insert(out.end(), numbers.begin(), numbers.end());
  }
  return out;
}

/// Peeked at, and no more of it than is read: nothing is marked as seen.
outcome<std::optional<kept_mail>> fetch(connection& c, std::uint32_t uid, time_point now) {
  const auto said = c.run("UID FETCH " + std::to_string(uid) + " (UID INTERNALDATE BODY.PEEK[]<0." +
                          std::to_string(inbound::mail_bytes_max) + ">)");
  if (!said) return tl::unexpected(said.error());
  for (const auto& r : *said)
    if (fetched_uid(r.text) == uid && !r.literals.empty())
      return kept_mail{uid, fetched_date(r.text).value_or(now), r.literals.back()};
  return std::nullopt;
}

/// Without UIDNEXT, which old servers leave out, a first round finds the end by asking for everything.
outcome<std::uint32_t> next_uid(connection& c, const folder_state& f) {
  if (f.next_uid > 0) return f.next_uid;
  const auto all = find(c, after_uid{0});
  if (!all) return tl::unexpected(all.error());
  return all->empty() ? 1u : *std::ranges::max_element(*all) + 1;
}

/// As many of them as can be read. A mail that cannot be given must not hold up the others for ever, and
/// neither must a round that is too slow for all of them: what was read counts.
outcome<mail_round> fetch_all(connection& c, const std::vector<std::uint32_t>& uids, std::uint32_t start,
                              time_point now) {
  mail_round out;
  out.after.last_uid = start;
  for (const auto uid : uids) {
    auto mail = fetch(c, uid, now);
    const bool given_up = !mail && mail.error().is == kind::refused;
    if (!mail && !given_up && out.after.last_uid == start) return tl::unexpected(mail.error());
    if (!mail && !given_up) {
      out.more = true;
      return out;
    }
    if (given_up)
      out.unreadable.push_back(uid);
    else if (*mail)
      out.mails.push_back(std::move(**mail));
    out.after.last_uid = uid;
  }
  return out;
}

outcome<mail_round> read_through(connection& c, const mailbox& m, const std::optional<position>& known,
                                 time_point now) {
  const auto f = examine(c, m.folder);
  if (!f) return tl::unexpected(f.error());
  const auto next = next_uid(c, *f);
  if (!next) return tl::unexpected(next.error());
  const auto asked = plan(known, f->validity, *next, m.look_back, now);
  const auto found = find(c, asked);
  if (!found) return tl::unexpected(found.error());
  const auto uids = choose(*found, asked, mails_a_round);
  const auto* after = std::get_if<after_uid>(&asked);
  const auto start = after ? after->uid : uids.empty() ? *next - 1 : uids.front() - 1;
  auto out = fetch_all(c, uids, start, now);
  if (!out) return out;
  out->more = out->more || choose(*found, asked, mails_a_round + 1).size() > uids.size();
  out->after.validity = f->validity;
  // Should the folder be made anew before its end was reached, all that is left is asked for by date.
  out->after.seen_at = !out->more ? now : known ? known->seen_at : now - m.look_back;
  return out;
}

}  // namespace

tl::expected<mail_round, access_problem> read_new(const mailbox& m, const std::optional<position>& known,
                                                  time_point now, const std::atomic<bool>& stop) {
  connection c(m, stop);
  if (auto opened = c.open(); !opened) return tl::unexpected(opened.error());
  auto out = read_through(c, m, known, now);
  if (out) c.close();
  return out;
}

}  // namespace heed::imap
