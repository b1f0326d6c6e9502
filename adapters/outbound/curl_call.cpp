#include "adapters/outbound/curl_call.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace heed::outbound {

namespace {

constexpr auto connect_timeout = std::chrono::milliseconds(5'000);
/// A longer answer is cut off: no provider sends one.
constexpr std::size_t answer_max = 8 * 1024 * 1024;

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool is_well_formed(const call& c) {
  if (c.url.empty() || has_control(c.url) || has_control(c.mail_from) || has_control(c.mail_to)) return false;
  if (std::ranges::any_of(c.mail_copies, has_control)) return false;
  return std::none_of(c.headers.begin(), c.headers.end(),
                      [](const auto& h) { return has_control(h.first) || has_control(h.second); });
}

/// Our own words: curl's carry host names.
std::string words_for(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return "dns";
    case CURLE_COULDNT_CONNECT:
      return "connect_failed";
    case CURLE_OPERATION_TIMEDOUT:
      return "timed_out";
    case CURLE_SSL_CONNECT_ERROR:
      return "tls_failed";
    case CURLE_PEER_FAILED_VERIFICATION:
      return "tls_not_trusted";
    case CURLE_USE_SSL_FAILED:
      return "tls_not_offered";
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
    case CURLE_SEND_FAIL_REWIND:
      return "closed";
    case CURLE_SEND_ERROR:
      return "send_failed";
    case CURLE_ABORTED_BY_CALLBACK:
      return "aborted";
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return "malformed";
    default:
      return "curl_" + std::to_string(static_cast<int>(code));
  }
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

std::string_view trimmed(std::string_view text) {
  const auto from = text.find_first_not_of(" \t\r\n");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
}

bool is_public(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    const auto ip = ntohl(reinterpret_cast<const sockaddr_in*>(address)->sin_addr.s_addr);
    const auto within = [&](std::uint32_t net, int bits) { return (ip >> (32 - bits)) == (net >> (32 - bits)); };
    return !within(0x00000000, 8) && !within(0x0a000000, 8) && !within(0x7f000000, 8) && !within(0xa9fe0000, 16) &&
           !within(0xac100000, 12) && !within(0xc0a80000, 16) && !within(0x64400000, 10) && !within(0xe0000000, 3);
  }
  if (address->sa_family != AF_INET6) return false;
  const auto& ip = reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
  // Only global unicast; that leaves out loopback, link-local, unique local, mapped and multicast ones.
  return (ip.s6_addr[0] & 0xe0) == 0x20;
}

/// Asked with the address that is really connected to, so that no name can be re-pointed between check and use.
curl_socket_t open_public(void*, curlsocktype, curl_sockaddr* a) {
  if (!is_public(&a->addr)) return CURL_SOCKET_BAD;
  return socket(a->family, a->socktype, a->protocol);
}

}  // namespace

curl_call::curl_call(call what, transport::done when_done, CURL* easy)
    : what_(std::move(what)), when_done_(std::move(when_done)), easy_(easy) {}

curl_call::~curl_call() { curl_slist_free_all(list_); }

bool curl_call::is_smtp() const { return what_.url.starts_with("smtp"); }

const char* curl_call::prepare() {
  if (!is_well_formed(what_)) return "malformed";
  if (is_smtp() && what_.mail_to.find('@') == std::string::npos) return "no_recipient";
  curl_easy_setopt(easy_, CURLOPT_PRIVATE, this);
  curl_easy_setopt(easy_, CURLOPT_URL, what_.url.c_str());
  curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "http,https,smtp,smtps");
  curl_easy_setopt(easy_, CURLOPT_PROXY, "");
  curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy_, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy_, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy_, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(easy_, CURLOPT_TIMEOUT_MS, static_cast<long>(what_.timeout.count()));
  curl_easy_setopt(easy_, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(std::min(connect_timeout, what_.timeout).count()));
  curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, on_write);
  curl_easy_setopt(easy_, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(easy_, CURLOPT_HEADERDATA, this);
  // No seek function beside it: a POST whose kept-alive connection was closed after the request cannot be
  // rewound, hence not sent again by curl; it ends as an error that says so.
  curl_easy_setopt(easy_, CURLOPT_READFUNCTION, on_read);
  curl_easy_setopt(easy_, CURLOPT_READDATA, this);
  if (!what_.username.empty()) {
    curl_easy_setopt(easy_, CURLOPT_USERNAME, what_.username.c_str());
    curl_easy_setopt(easy_, CURLOPT_PASSWORD, what_.password.c_str());
  }
  if (what_.public_only) curl_easy_setopt(easy_, CURLOPT_OPENSOCKETFUNCTION, open_public);
  if (is_smtp())
    prepare_smtp();
  else
    prepare_http();
  return nullptr;
}

void curl_call::prepare_http() {
  curl_easy_setopt(easy_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy_, CURLOPT_USERAGENT, "heed");
  for (const auto& [name, value] : what_.headers)
    list_ = curl_slist_append(list_, (name + ": " + value).c_str());
  if (what_.method == "GET") {
    curl_easy_setopt(easy_, CURLOPT_HTTPGET, 1L);
  } else {
    curl_easy_setopt(easy_, CURLOPT_POST, 1L);
    if (what_.method != "POST") curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, what_.method.c_str());
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(what_.body.size()));
    list_ = curl_slist_append(list_, "Expect:");
  }
  curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, list_);
}

void curl_call::prepare_smtp() {
  // The answer to QUIT and each reply within a conversation are waited for no longer than the call.
  curl_easy_setopt(
      easy_, CURLOPT_SERVER_RESPONSE_TIMEOUT,
      std::max(1L,
               static_cast<long>(std::chrono::duration_cast<std::chrono::seconds>(what_.timeout).count())));
  curl_easy_setopt(easy_, CURLOPT_USE_SSL,
                   static_cast<long>(what_.require_tls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
  curl_easy_setopt(easy_, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(easy_, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(what_.body.size()));
  curl_easy_setopt(easy_, CURLOPT_MAIL_FROM, ("<" + what_.mail_from + ">").c_str());
  list_ = curl_slist_append(list_, ("<" + what_.mail_to + ">").c_str());
  for (const auto& copy : what_.mail_copies)
    list_ = curl_slist_append(list_, ("<" + copy + ">").c_str());
  curl_easy_setopt(easy_, CURLOPT_MAIL_RCPT, list_);
}

std::size_t curl_call::on_read(char* to, std::size_t size, std::size_t count, void* self) {
  auto& me = *static_cast<curl_call*>(self);
  const std::size_t n = std::min(size * count, me.what_.body.size() - me.sent_);
  std::memcpy(to, me.what_.body.data() + me.sent_, n);
  me.sent_ += n;
  return n;
}

std::size_t curl_call::on_write(char* from, std::size_t size, std::size_t count, void* self) {
  auto& me = *static_cast<curl_call*>(self);
  if (me.got_.body.size() + size * count > answer_max) return 0;
  me.got_.body.append(from, size * count);
  return size * count;
}

std::size_t curl_call::on_header(char* from, std::size_t size, std::size_t count, void* self) {
  auto& me = *static_cast<curl_call*>(self);
  const std::string_view line(from, size * count);
  if (me.is_smtp())
    me.take_smtp_reply(line);
  else
    me.take_http_header(line);
  return size * count;
}

void curl_call::take_http_header(std::string_view line) {
  if (line.starts_with("HTTP/")) got_.headers.clear();  // the final answer's count, not those of a 100
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return;
  got_.headers.emplace_back(lower(trimmed(line.substr(0, colon))), trimmed(line.substr(colon + 1)));
}

void curl_call::take_smtp_reply(std::string_view line) {
  int code = 0;
  const auto [end, error] =
      std::from_chars(line.data(), line.data() + std::min<std::size_t>(3, line.size()), code);
  if (error != std::errc{} || end != line.data() + 3 || code == 221) return;  // 221 answers curl's own QUIT
  if (line.size() > 3 && line[3] == '-') return;
  got_.status = code;
  got_.body = trimmed(line.substr(3));
  in_data_ = code == 354;
}

answer curl_call::conclude(CURLcode code) { return is_smtp() ? conclude_smtp(code) : conclude_http(code); }

answer curl_call::conclude_http(CURLcode code) {
  if (code == CURLE_OK) {
    long status = 0;
    curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
    got_.status = static_cast<int>(status);
    got_.reached = answer::phase::answered;
    return std::move(got_);
  }
  // Bytes that left for the socket, headers included; none means that nobody can have read a request.
  long written = 0;
  curl_easy_getinfo(easy_, CURLINFO_REQUEST_SIZE, &written);
  answer out;
  out.reached = written > 0 ? answer::phase::sent_no_answer : answer::phase::not_connected;
  out.error = words_for(code);
  return out;
}

answer curl_call::conclude_smtp(CURLcode code) {
  const bool login_refused = code == CURLE_LOGIN_DENIED;
  answer out;
  if (code == CURLE_OK || got_.status >= 400 || login_refused) {
    out = std::move(got_);
    out.reached = answer::phase::answered;
    // Also when client and server share no way to log in: no reply says so.
    if (login_refused && out.status < 400) out.status = 535;
    const bool envelope = code == CURLE_OK || code == CURLE_SEND_ERROR || sent_ > 0;
    if (!envelope) out.error = login_refused ? "login" : "session";
    return out;
  }
  // A message exists for the server only with its final dot, which follows the last byte of the body.
  const bool dot_possible = in_data_ && sent_ == what_.body.size();
  out.reached = dot_possible ? answer::phase::sent_no_answer : answer::phase::not_connected;
  out.error = words_for(code);
  return out;
}

}  // namespace heed::outbound
