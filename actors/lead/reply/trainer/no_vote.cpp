#include "actors/lead/reply/embedded.hpp"

namespace heed::reply::embedded {

/// What trains the vote is built before there is one.
std::string_view vote_model() { return {}; }

}  // namespace heed::reply::embedded
