#include "adapters/imap/connection.hpp"

#include <poll.h>

#include <algorithm>
#include <array>

#include "adapters/inbound/mime.hpp"

namespace heed::imap {

namespace {

using kind = access_problem::kind;
constexpr auto connect_timeout = std::chrono::milliseconds(10'000);
constexpr int look_up_stop_ms = 100;

tl::unexpected<access_problem> problem(kind k, std::string detail) {
  return tl::unexpected(access_problem{k, std::move(detail)});
}

/// Our own words: curl's carry host names.
access_problem problem_of(CURLcode code) {
  switch (code) {
    case CURLE_LOGIN_DENIED:
    case CURLE_AUTH_ERROR:
      return {kind::login, "login_refused"};
    case CURLE_COULDNT_RESOLVE_HOST:
      return {kind::unreachable, "dns"};
    case CURLE_OPERATION_TIMEDOUT:
      return {kind::unreachable, "timed_out"};
    case CURLE_ABORTED_BY_CALLBACK:
      return {kind::stopped, "stopped"};
    case CURLE_SSL_CONNECT_ERROR:
      return {kind::unreachable, "tls_failed"};
    case CURLE_PEER_FAILED_VERIFICATION:
      return {kind::unreachable, "tls_not_trusted"};
    case CURLE_USE_SSL_FAILED:
      return {kind::unreachable, "tls_not_offered"};
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return {kind::refused, "malformed"};
    case CURLE_WEIRD_SERVER_REPLY:
      return {kind::protocol, "no_imap_server"};
    default:
      return {kind::unreachable, "curl_" + std::to_string(static_cast<int>(code))};
  }
}

}  // namespace

connection::connection(const mailbox& m, const std::atomic<bool>& stop)
    : what_(m),
      stop_(stop),
      deadline_(clock::now() + m.timeout),
      easy_(curl_easy_init()),
      reader_(inbound::mail_bytes_max) {}

int connection::on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<connection*>(self)->stop_.load(std::memory_order_acquire) ? 1 : 0;
}

tl::expected<void, access_problem> connection::open() {
  auto* e = easy_.get();
  if (e == nullptr) return problem(kind::unreachable, "no_memory");
  curl_easy_setopt(e, CURLOPT_URL, what_.url.c_str());
  curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "imap,imaps");
  curl_easy_setopt(e, CURLOPT_PROXY, "");
  curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(e, CURLOPT_CONNECT_ONLY, 1L);
  curl_easy_setopt(e, CURLOPT_USE_SSL,
                   static_cast<long>(what_.require_tls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
  curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(e, CURLOPT_USERNAME, what_.username.c_str());
  curl_easy_setopt(e, CURLOPT_PASSWORD, what_.password.c_str());
  curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, static_cast<long>(what_.timeout.count()));
  curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(std::min(connect_timeout, what_.timeout).count()));
  curl_easy_setopt(e, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(e, CURLOPT_XFERINFOFUNCTION, on_progress);
  curl_easy_setopt(e, CURLOPT_XFERINFODATA, this);
  if (const auto code = curl_easy_perform(e); code != CURLE_OK) return tl::unexpected(problem_of(code));
  if (curl_easy_getinfo(e, CURLINFO_ACTIVESOCKET, &socket_) != CURLE_OK || socket_ == CURL_SOCKET_BAD)
    return problem(kind::unreachable, "no_socket");
  return {};
}

tl::expected<void, access_problem> connection::wait(short events) const {
  while (true) {
    if (stop_.load(std::memory_order_acquire)) return problem(kind::stopped, "stopped");
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - clock::now()).count();
    if (left <= 0) return problem(kind::unreachable, "timed_out");
    pollfd waiting{socket_, events, 0};
    if (::poll(&waiting, 1, static_cast<int>(std::min<std::int64_t>(left, look_up_stop_ms))) > 0) return {};
  }
}

tl::expected<void, access_problem> connection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    std::size_t sent = 0;
    const auto code = curl_easy_send(easy_.get(), bytes.data(), bytes.size(), &sent);
    if (code == CURLE_AGAIN) {
      if (auto w = wait(POLLOUT); !w) return w;
    } else if (code != CURLE_OK) {
      return problem(kind::unreachable, "closed");
    } else {
      bytes.remove_prefix(sent);
    }
  }
  return {};
}

tl::expected<response, access_problem> connection::receive() {
  while (true) {
    if (auto r = reader_.next()) return std::move(*r);
    if (reader_.broken()) return problem(kind::protocol, "answer_not_understood");
    std::array<char, 16 * 1024> chunk{};
    std::size_t got = 0;
    // TLS may hold bytes that the socket does not show: read first, wait after.
    const auto code = curl_easy_recv(easy_.get(), chunk.data(), chunk.size(), &got);
    if (code == CURLE_AGAIN) {
      if (auto w = wait(POLLIN); !w) return tl::unexpected(w.error());
    } else if (code != CURLE_OK || got == 0) {
      return problem(kind::unreachable, "closed");
    } else {
      reader_.feed({chunk.data(), got});
    }
  }
}

tl::expected<std::vector<response>, access_problem> connection::run(const std::string& command) {
  const auto tag = "h" + std::to_string(++commands_);
  if (auto s = send(tag + " " + command + "\r\n"); !s) return tl::unexpected(s.error());
  std::vector<response> out;
  while (true) {
    auto r = receive();
    if (!r) return tl::unexpected(r.error());
    if (r->text.starts_with("* BYE")) return problem(kind::unreachable, "server_ended");
    if (!r->text.starts_with(tag + " ")) {
      out.push_back(std::move(*r));
      continue;
    }
    if (r->text.substr(tag.size() + 1, 2) != "OK") return problem(kind::refused, "command_refused");
    return out;
  }
}

void connection::close() { (void)send("h0 LOGOUT\r\n"); }

}  // namespace heed::imap
