#include "tests/support/stand_in_smtp.hpp"

#include <algorithm>
#include <boost/asio.hpp>
#include <cctype>
#include <memory>

#include "actors/lead/ids.hpp"
#include "adapters/outbound/wire.hpp"

namespace heed::test {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using mode = behaviour::mode;

namespace {

/// The value of a header in the head of a mail; unfolded values only, which is all that is asked for here.
std::string mail_header(const std::string& mail, const std::string& name) {
  const std::string head = "\r\n" + mail.substr(0, mail.find("\r\n\r\n"));
  const auto at = head.find("\r\n" + name + ": ");
  if (at == std::string::npos) return {};
  const auto from = at + 2 + name.size() + 2;
  return head.substr(from, head.find("\r\n", from) - from);
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return static_cast<char>(std::toupper(static_cast<unsigned char>(c))); });
  return text;
}

struct conversation : std::enable_shared_from_this<conversation> {
  conversation(tcp::socket s, const stand_in_options& o, ledger& b)
      : socket(std::move(s)), timer(socket.get_executor()), options(o), book(b) {}

  void begin() {
    now = book.draw();
    if (now == mode::close_before_request) return;
    say("220 stand-in ESMTP");
  }

  void say(const std::string& text) {
    out = text + "\r\n";
    asio::async_write(socket, asio::buffer(out), [self = shared_from_this()](auto error, std::size_t) {
      if (!error && !self->ended) self->hear();
    });
  }

  void hear() {
    asio::async_read_until(socket, asio::dynamic_buffer(in), "\r\n",
                           [self = shared_from_this()](auto error, std::size_t n) {
                             if (error) return;
                             const std::string line = self->in.substr(0, n - 2);
                             self->in.erase(0, n);
                             self->answer(line);
                           });
  }

  void answer(const std::string& line) {
    const std::string verb = upper(line.substr(0, 4));
    if (verb == "EHLO")
      return say(options.smtp_user.empty() ? "250-stand-in\r\n250 8BITMIME"
                                           : "250-stand-in\r\n250 AUTH PLAIN");
    if (verb == "HELO" || verb == "NOOP") return say("250 ok");
    if (verb == "RSET") {
      to.clear();
      copies.clear();
      return say("250 ok");
    }
    if (verb == "AUTH") return authenticate(line);
    if (verb == "MAIL") return take_sender();
    if (verb == "RCPT") return take_recipient(line);
    if (verb == "DATA") {
      if (to.empty()) return say("503 5.5.1 no recipient");
      return take_data();
    }
    if (verb == "QUIT") {
      ended = true;
      return say("221 bye");
    }
    say("502 5.5.2 unknown");
  }

  void authenticate(const std::string& line) {
    const std::string wanted = outbound::base64(std::string("\0", 1) + options.smtp_user +
                                                std::string("\0", 1) + options.smtp_password);
    if (line == "AUTH PLAIN") {
      out = "334 \r\n";
      return asio::async_write(socket, asio::buffer(out),
                               [self = shared_from_this(), wanted](auto error, std::size_t) {
                                 if (error) return;
                                 asio::async_read_until(self->socket, asio::dynamic_buffer(self->in), "\r\n",
                                                        [self, wanted](auto failed, std::size_t n) {
                                                          if (failed) return;
                                                          const std::string given = self->in.substr(0, n - 2);
                                                          self->in.erase(0, n);
                                                          self->finish_login(given == wanted);
                                                        });
                               });
    }
    finish_login(line == "AUTH PLAIN " + wanted);
  }

  void finish_login(bool matches) {
    if (!matches || now == mode::bad_credentials) {
      book.count_refusal();
      return say("535 5.7.8 bad credentials");
    }
    logged_in = true;
    say("235 2.7.0 welcome");
  }

  void take_sender() {
    if (!options.smtp_user.empty() && !logged_in) return say("530 5.7.0 log in first");
    if (now == mode::rate_limit) {
      book.count_refusal();
      ended = true;
      return say("421 4.7.0 too many");
    }
    to.clear();
    copies.clear();
    say("250 2.1.0 ok");
  }

  void take_recipient(const std::string& line) {
    const auto open = line.find('<'), end = line.find('>');
    const std::string address =
        open == std::string::npos || end == std::string::npos ? "" : line.substr(open + 1, end - open - 1);
    const std::string local = address.substr(0, address.find('@'));
    const char* refusal = address.find('@') == std::string::npos ? "501 5.1.3 no address"
                          : local == "nobody"                    ? "550 5.1.1 no such user"
                          : local == "later"                     ? "451 4.2.0 come back"
                          : local == "policy"                    ? "550 5.7.1 not from you"
                                                                 : nullptr;
    if (refusal != nullptr) {
      book.count_refusal();
      return say(refusal);
    }
    // Whoever comes after the first is in copy; the mail has to say so.
    if (to.empty())
      to = address;
    else
      copies += (copies.empty() ? "" : ", ") + address;
    say("250 2.1.5 ok");
  }

  void take_data() {
    out = "354 go on\r\n";
    asio::async_write(socket, asio::buffer(out), [self = shared_from_this()](auto error, std::size_t) {
      if (error) return;
      asio::async_read_until(self->socket, asio::dynamic_buffer(self->in), "\r\n.\r\n",
                             [self](auto failed, std::size_t n) {
                               if (failed) return;
                               const std::string mail = self->in.substr(0, n - 3);
                               self->in.erase(0, n);
                               self->take_mail(mail);
                             });
    });
  }

  void take_mail(const std::string& mail) {
    offered o;
    o.provider = "smtp";
    o.effect = mail_header(mail, "X-Heed-Effect");
    o.to = to;
    o.text = mail;
    o.body_hash = std::to_string(stable_hash(mail));
    static_cast<void>(book.arrive(o));
    if (mail_header(mail, "Cc") != copies) {
      book.count_refusal();
      return say("554 5.6.0 recipients that the mail does not name");
    }
    if (now == mode::close_after_request || now == mode::refuse_500) {
      book.count_refusal();
      if (now == mode::refuse_500) say("451 4.3.0 try again");
      return;
    }
    const std::string id = book.accept(o, "smtp-");
    if (now == mode::accept_then_500) return;
    if (now == mode::accept_then_hang) return hang();
    timer.expires_after(book.current().latency);
    timer.async_wait([self = shared_from_this(), id](auto) { self->say("250 2.0.0 queued as " + id); });
    to.clear();
    copies.clear();
    now = book.draw();
  }

  void hang() {
    socket.async_wait(tcp::socket::wait_read, [self = shared_from_this()](auto) {});
  }

  tcp::socket socket;
  asio::steady_timer timer;
  const stand_in_options& options;
  ledger& book;
  mode now = mode::normal;
  std::string in, out, to, copies;
  bool logged_in = false, ended = false;
};

}  // namespace

void serve_smtp(tcp::socket socket, const stand_in_options& o, ledger& book) {
  std::make_shared<conversation>(std::move(socket), o, book)->begin();
}

}  // namespace heed::test
