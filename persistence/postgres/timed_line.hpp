#pragma once

#include <libpq-fe.h>

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "persistence/postgres/errors.hpp"
#include "persistence/postgres/location.hpp"

namespace heed::postgres {

/// One connection on which every call ends in time: neither a server that does not answer nor a network that swallows
/// packets keeps its caller. What was not answered in time may have happened; the connection is given up.
class timed_line {
 public:
  using clock = std::chrono::steady_clock;
  using row = std::vector<std::optional<std::string>>;

  timed_line(location where, std::chrono::milliseconds most) : where_(std::move(where)), most_(most) {}

  /// Runs the statement of that name in sql/*.sql with texts as parameters. Connects when need be, within the same time.
  /// Throws database_error.
  [[nodiscard]] std::vector<row> run(std::string_view name, const std::vector<std::string>& parameters);
  void give_up() { connection_.reset(); }

 private:
  struct closer {
    void operator()(PGconn* c) const { PQfinish(c); }
  };
  void connect(clock::time_point end);
  void wait(short events, clock::time_point end);
  [[nodiscard]] std::vector<row> collect(clock::time_point end);
  [[noreturn]] void lost(const std::string& why);

  location where_;
  std::chrono::milliseconds most_;
  std::unique_ptr<PGconn, closer> connection_;
};

}  // namespace heed::postgres
