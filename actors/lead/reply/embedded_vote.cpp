#include "actors/lead/reply/embedded.hpp"

extern "C" {
extern const char heed_reply_vote_begin, heed_reply_vote_end;
}

namespace heed::reply::embedded {

std::string_view vote_model() {
  return {&heed_reply_vote_begin, static_cast<std::size_t>(&heed_reply_vote_end - &heed_reply_vote_begin)};
}

}  // namespace heed::reply::embedded
