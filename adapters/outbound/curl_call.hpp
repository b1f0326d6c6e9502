#pragma once

#include <curl/curl.h>

#include <cstddef>
#include <string>

#include "adapters/outbound/sender.hpp"

/// One call on its way through libcurl. The object owns what curl only borrows and must stay where it is
/// until the handle has left the multi stack.
namespace heed::outbound {

class curl_call {
 public:
  /// `easy` is borrowed and must be freshly reset.
  curl_call(call what, transport::done when_done, CURL* easy);
  ~curl_call();
  curl_call(const curl_call&) = delete;
  curl_call& operator=(const curl_call&) = delete;

  /// Why nothing may be started (`malformed`: a line break in a header or URL; `no_recipient`), else nullptr.
  [[nodiscard]] const char* prepare();
  [[nodiscard]] CURL* easy() const { return easy_; }
  /// What came of it, once curl is through with it.
  [[nodiscard]] answer conclude(CURLcode code);
  void report(answer a) const { when_done_(std::move(a)); }

 private:
  static std::size_t on_read(char* to, std::size_t size, std::size_t count, void* self);
  static std::size_t on_write(char* from, std::size_t size, std::size_t count, void* self);
  static std::size_t on_header(char* from, std::size_t size, std::size_t count, void* self);

  [[nodiscard]] bool is_smtp() const;
  void prepare_http();
  void prepare_smtp();
  void take_http_header(std::string_view line);
  void take_smtp_reply(std::string_view line);
  [[nodiscard]] answer conclude_http(CURLcode code);
  [[nodiscard]] answer conclude_smtp(CURLcode code);

  call what_;
  transport::done when_done_;
  CURL* easy_ = nullptr;
  curl_slist* list_ = nullptr;  ///< HTTP headers or the SMTP recipient
  std::size_t sent_ = 0;        ///< bytes of the body handed to curl
  answer got_;
  bool in_data_ = false;  ///< SMTP: 354 was the last reply
};

}  // namespace heed::outbound
