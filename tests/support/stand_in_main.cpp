#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>

#include "tests/support/stand_in.hpp"

namespace {

const char* usage =
    "heed_stand_in [--http PORT] [--smtp PORT] [--log FILE] [--mode MODE] [--latency-ms N] [--fraction F] "
    "[--seed N]\n"
    "              [--no-idempotency] [--no-look-up]\n"
    "Plays Resend, Twilio, a sink and SMTP on 127.0.0.1; prints its ports as one JSON line and serves until "
    "SIGTERM.\n";

/// False when the arguments are not understood.
bool read_arguments(int argc, char** argv, heed::test::stand_in_options& o) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--no-idempotency") {
      o.start.honour_idempotency = false;
      continue;
    }
    if (name == "--no-look-up") {
      o.start.look_up = false;
      continue;
    }
    if (i + 1 == argc) return false;
    const std::string value = argv[++i];
    if (name == "--http")
      o.http_port = static_cast<std::uint16_t>(std::stoul(value));
    else if (name == "--smtp")
      o.smtp_port = static_cast<std::uint16_t>(std::stoul(value));
    else if (name == "--log")
      o.log_file = value;
    else if (name == "--latency-ms")
      o.start.latency = std::chrono::milliseconds(std::stoul(value));
    else if (name == "--fraction")
      o.start.fraction = std::stod(value);
    else if (name == "--seed")
      o.start.seed = std::stoull(value);
    else if (name == "--mode" && heed::test::parse_mode(value))
      o.start.what = *heed::test::parse_mode(value);
    else
      return false;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  // Before any thread exists, so that the signals reach sigwait alone.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  try {
    heed::test::stand_in_options o;
    if (!read_arguments(argc, argv, o)) {
      std::fputs(usage, stderr);
      return 2;
    }
    const heed::test::stand_in server(o);
    std::printf("{\"http\":%u,\"smtp\":%u}\n", server.http_port(), server.smtp_port());
    std::fflush(stdout);
    int got = 0;
    sigwait(&ends, &got);
    return 0;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "heed_stand_in: %s\n", e.what());
    return 1;
  }
}
