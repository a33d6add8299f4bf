#include "user/app/log_out.h"

namespace cloudcart::user {

Task<Status> LogOut::operator()(Caller caller, SessionId session) {
  CLOUDCART_CO_TRY(const auto revoked, co_await sessions_.end(caller.tenant, session, caller.deadline));
  revocations_.apply(revoked);
  co_return Status{};
}

}  // namespace cloudcart::user
