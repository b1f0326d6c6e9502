#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/http/core.hpp"
#include "adapters/http/live_body.hpp"
#include "adapters/http/message.hpp"
#include "adapters/http/problem.hpp"

namespace heed::http {

namespace beast = boost::beast;

/// One client's connection: one request at a time, so that pipelined requests are answered in their order.
/// Everything but `deliver` and `expired` runs on its strand.
class connection : public std::enable_shared_from_this<connection> {
 public:
  using strand = net::strand<net::io_context::executor_type>;
  using socket = net::basic_stream_socket<net::ip::tcp, strand>;

  connection(std::shared_ptr<core> c, socket s);

  void start();
  /// Answers 503 without reading anything: there are too many connections already.
  void refuse();
  /// Thread-safe: the answer to request `number`; a late or second one is ignored.
  void deliver(std::uint64_t number, response r);
  /// Thread-safe: true when the current phase has lasted too long.
  [[nodiscard]] bool expired(steady::time_point now) const;

  void on_deadline();
  /// Closes when no request is under way; else the next answer will be the last.
  void on_drain();
  /// The server goes: a request that was not answered by now is answered that it may be repeated.
  void on_drained();
  void close();
  [[nodiscard]] strand executor() { return socket_.get_executor(); }

 private:
  enum class phase : std::uint8_t { idle, reading, answering, writing, live, lingering, closed };

  void begin_request();
  void read_more();
  void on_read(beast::error_code ec, std::size_t n);
  void parse();
  void on_header();
  void on_parse_error(beast::error_code ec);
  void on_request();
  [[nodiscard]] std::optional<problem> convert(request& r);
  void call_handler(request r);
  void answer(std::uint64_t number, response r);
  void answer_problem(const problem& p, unsigned retry_after = 0);
  void write(const response& r, after_answer then);
  void begin_live(const response& r);
  void write_live();
  void watch_for_the_end();
  void on_written(beast::error_code ec, after_answer then);
  void linger();
  void enter(phase p, std::chrono::milliseconds life);

  std::shared_ptr<core> core_;
  socket socket_;
  std::string peer_;
  beast::flat_buffer buffer_;
  std::vector<char> dropped_;  ///< what comes after the last answer
  std::optional<beast::http::request_parser<beast::http::string_body>> parser_;
  std::string out_;
  std::shared_ptr<live_body> live_;  ///< of an answer without an end
  bool live_writing_ = false;
  phase phase_ = phase::idle;
  std::atomic<steady::rep> deadline_{0};
  std::uint64_t number_ = 0;  ///< of the request under way
  std::size_t discarded_ = 0;
  bool head_ = false;
  bool old_version_ = false;
  bool keep_alive_ = false;
  bool continued_ = false;
};

}  // namespace heed::http
