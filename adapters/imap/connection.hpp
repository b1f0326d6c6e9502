#pragma once

#include <curl/curl.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "adapters/imap/mailbox.hpp"
#include "adapters/imap/response.hpp"

namespace heed::imap {

/// A connection that libcurl has made, secured and logged in; from there on commands are said by us, for
/// libcurl's own way of fetching selects the folder and marks what it reads as seen.
class connection {
 public:
  connection(const mailbox& m, const std::atomic<bool>& stop);
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  [[nodiscard]] tl::expected<void, access_problem> open();
  /// Says it and takes everything up to its end; NO and BAD are `refused`.
  [[nodiscard]] tl::expected<std::vector<response>, access_problem> run(const std::string& command);
  /// Says goodbye as far as it can.
  void close();

 private:
  using clock = std::chrono::steady_clock;
  struct cleanup {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
  };
  static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t);

  [[nodiscard]] tl::expected<void, access_problem> send(std::string_view bytes);
  [[nodiscard]] tl::expected<response, access_problem> receive();
  [[nodiscard]] tl::expected<void, access_problem> wait(short events) const;

  const mailbox& what_;
  const std::atomic<bool>& stop_;
  const clock::time_point deadline_;
  std::unique_ptr<CURL, cleanup> easy_;
  curl_socket_t socket_ = CURL_SOCKET_BAD;
  response_reader reader_;
  unsigned commands_ = 0;
};

}  // namespace heed::imap
