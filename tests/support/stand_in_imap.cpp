#include "tests/support/stand_in_imap.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <sstream>

namespace heed::test {

stand_in_imap::stand_in_imap()
    : listener_(listen_on_port(0)),
      port_(port_of(listener_)),
      server_(listener_, [this](int c) { serve(c); }) {}

imap::mailbox stand_in_imap::account() const {
  imap::mailbox m;
  m.url = "imap://127.0.0.1:" + std::to_string(port_);
  m.require_tls = false;
  m.username = "mia";
  m.password = "example-password";
  m.timeout = std::chrono::milliseconds(5'000);
  return m;
}

std::uint32_t stand_in_imap::deliver(const std::string& raw, const std::string& internal_date) {
  const std::lock_guard lock(mutex_);
  mails_[next_] = {raw, internal_date};
  return next_++;
}

void stand_in_imap::expunge(std::uint32_t uid) {
  const std::lock_guard lock(mutex_);
  mails_.erase(uid);
}

void stand_in_imap::reset(std::uint32_t validity) {
  const std::lock_guard lock(mutex_);
  auto old = std::exchange(mails_, {});
  validity_ = validity;
  next_ = 1;
  for (auto& [uid, m] : old)
    mails_[next_++] = std::move(m);
}

void stand_in_imap::refuse_fetch_of(std::uint32_t uid) {
  const std::lock_guard lock(mutex_);
  mails_.at(uid).refused = true;
}

void stand_in_imap::close_at_fetch(int nth) {
  const std::lock_guard lock(mutex_);
  close_at_ = fetches_ + nth;
}

void stand_in_imap::change_password(const std::string& password) {
  const std::lock_guard lock(mutex_);
  password_ = password;
}

int stand_in_imap::traces() const {
  const std::lock_guard lock(mutex_);
  return traces_;
}

int stand_in_imap::fetches() const {
  const std::lock_guard lock(mutex_);
  return fetches_;
}

void stand_in_imap::serve(int client) {
  if (!send_all(client, "* OK stand-in ready\r\n")) return;
  std::string buffer;
  while (!server_.over()) {
    pollfd waiting{client, POLLIN, 0};
    if (::poll(&waiting, 1, 20) <= 0) continue;
    std::array<char, 4096> chunk{};
    const auto n = ::recv(client, chunk.data(), chunk.size(), 0);
    if (n <= 0) return;
    buffer.append(chunk.data(), static_cast<std::size_t>(n));
    for (auto end = buffer.find("\r\n"); end != std::string::npos; end = buffer.find("\r\n")) {
      const auto line = buffer.substr(0, end);
      buffer.erase(0, end + 2);
      if (!silent_ && !answer(client, line)) return;
    }
  }
}

std::string stand_in_imap::search(const std::string& rest) const {
  std::string out = "* SEARCH";
  std::uint32_t from = 0;
  if (rest.starts_with("UID ")) from = static_cast<std::uint32_t>(std::stoul(rest.substr(4)));
  // `n:*` holds the last mail also when it is older than n.
  if (!mails_.empty() && from > mails_.rbegin()->first) from = mails_.rbegin()->first;
  for (const auto& [uid, m] : mails_)
    if (uid >= from) out += " " + std::to_string(uid);
  return out + "\r\n";
}

bool stand_in_imap::fetch(int client, const std::string& tag, const std::string& rest) {
  ++fetches_;
  if (fetches_ == close_at_) return false;
  if (rest.find("BODY.PEEK[]<0.") == std::string::npos) ++traces_;
  const auto uid = static_cast<std::uint32_t>(std::stoul(rest));
  const auto found = mails_.find(uid);
  if (found == mails_.end()) return send_all(client, tag + " OK nothing\r\n");
  if (found->second.refused) return send_all(client, tag + " NO it is damaged\r\n");
  const auto& m = found->second;
  const auto number = std::to_string(std::distance(mails_.begin(), found) + 1);
  return send_all(client, "* " + number + " FETCH (UID " + std::to_string(uid) + " INTERNALDATE \"" + m.date +
                              "\" BODY[]<0> {" + std::to_string(m.raw.size()) + "}\r\n" + m.raw + ")\r\n" +
                              tag + " OK done\r\n");
}

bool stand_in_imap::answer(int client, const std::string& line) {
  const std::lock_guard lock(mutex_);
  const auto space = line.find(' ');
  const auto tag = line.substr(0, space);
  const auto rest = line.substr(space + 1);
  const auto is = [&](const char* command) { return rest.starts_with(command); };
  if (is("CAPABILITY")) return send_all(client, "* CAPABILITY IMAP4rev1\r\n" + tag + " OK\r\n");
  if (is("LOGIN")) {
    const bool good = rest == "LOGIN mia " + password_ || rest == "LOGIN \"mia\" \"" + password_ + "\"";
    return send_all(client, tag + (good ? " OK welcome\r\n" : " NO [AUTHENTICATIONFAILED] no\r\n"));
  }
  if (is("EXAMINE \"INBOX\""))
    return send_all(client, "* " + std::to_string(mails_.size()) + " EXISTS\r\n* OK [UIDVALIDITY " +
                                std::to_string(validity_) + "] valid\r\n* OK [UIDNEXT " +
                                std::to_string(next_) + "] next\r\n" + tag + " OK [READ-ONLY] done\r\n");
  if (is("EXAMINE ")) return send_all(client, tag + " NO no such folder\r\n");
  if (is("UID SEARCH ")) return send_all(client, search(rest.substr(11)) + tag + " OK done\r\n");
  if (is("UID FETCH ")) return fetch(client, tag, rest.substr(10));
  if (is("LOGOUT")) {
    (void)send_all(client, "* BYE\r\n" + tag + " OK\r\n");
    return false;
  }
  ++traces_;
  return send_all(client, tag + " BAD not here\r\n");
}

}  // namespace heed::test
