#include "user/app/read_revocations.h"

namespace cloudcart::user {

Task<Result<auth::RevocationBatch>> ReadRevocations::read(std::int64_t after, Deadline deadline) {
  co_return co_await sessions_.revocations(after, batch, clock_.now(), deadline);
}

}  // namespace cloudcart::user
