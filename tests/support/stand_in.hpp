#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "tests/support/ledger.hpp"

/// A provider on the loopback that checks what the real ones check and counts what it takes: Resend, Twilio,
/// a generic sink over HTTP, and SMTP on a second port. POST /control changes its behaviour while it runs.
namespace heed::test {

struct stand_in_options {
  std::uint16_t http_port = 0;  ///< 0 = any free one
  std::uint16_t smtp_port = 0;
  std::string log_file;
  behaviour start;
  std::string api_key = "re_example_key";
  std::string account_sid = "AC00000000000000000000000000000001";
  std::string auth_token = "example-auth-token-for-tests-only";
  std::string smtp_user, smtp_password;  ///< empty = no AUTH wanted
};

class stand_in {
 public:
  /// Serves on its own thread until destroyed. Throws when a port is taken.
  explicit stand_in(stand_in_options o = {});
  ~stand_in();
  stand_in(const stand_in&) = delete;
  stand_in& operator=(const stand_in&) = delete;

  [[nodiscard]] std::uint16_t http_port() const;
  [[nodiscard]] std::uint16_t smtp_port() const;
  [[nodiscard]] std::string http_url() const;  ///< http://127.0.0.1:PORT
  [[nodiscard]] std::string smtp_url() const;  ///< smtp://127.0.0.1:PORT

  [[nodiscard]] ledger& book();
  void control(const behaviour& b);
  /// Closes the kept-alive connections that wait for a request; returns when they are closed.
  void close_idle();

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace heed::test
