#include "actors/lead/reply/embedded.hpp"

extern "C" {
extern const char heed_reply_concepts_begin, heed_reply_concepts_end;
extern const char heed_reply_opt_out_begin, heed_reply_opt_out_end;
extern const char heed_reply_opt_out_implied_begin, heed_reply_opt_out_implied_end;
extern const char heed_reply_machine_begin, heed_reply_machine_end;
extern const char heed_reply_wishes_begin, heed_reply_wishes_end;
extern const char heed_reply_urgent_begin, heed_reply_urgent_end;
}

namespace heed::reply::embedded {

namespace {

std::string_view between(const char& begin, const char& end) {
  return {&begin, static_cast<std::size_t>(&end - &begin)};
}

}  // namespace

std::string_view concepts() { return between(heed_reply_concepts_begin, heed_reply_concepts_end); }
std::string_view opt_out() { return between(heed_reply_opt_out_begin, heed_reply_opt_out_end); }
std::string_view opt_out_implied() {
  return between(heed_reply_opt_out_implied_begin, heed_reply_opt_out_implied_end);
}
std::string_view machine() { return between(heed_reply_machine_begin, heed_reply_machine_end); }
std::string_view wishes() { return between(heed_reply_wishes_begin, heed_reply_wishes_end); }
std::string_view urgent() { return between(heed_reply_urgent_begin, heed_reply_urgent_end); }

}  // namespace heed::reply::embedded
