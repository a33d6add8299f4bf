#include "user/app/erase_account.h"

#include "user/app/opaque_secret.h"

namespace cloudcart::user {

Task<Result<AskedErasure>> EraseAccount::operator()(Caller caller, ErasureAsked asked) {
  const auto user = asked.user;
  const bool by_owner = caller.owns(user);
  if (!by_owner && !caller.is_admin()) co_return fail(Error::not_found("Account"));
  if (by_owner && caller.is_admin()) {
    co_return fail(ErrorCode::conflict, "You cannot erase your own account; ask another admin.");
  }
  if (by_owner)
    CLOUDCART_CO_CHECK(co_await check_password_.of_caller(caller, std::move(asked.password),
                                                          std::move(asked.address), "password"));
  co_return co_await erase(std::move(caller), user, by_owner);
}

Task<Result<AskedErasure>> EraseAccount::as_operator(Caller caller, UserId user) {
  return erase(std::move(caller), user, false);
}

Task<Result<std::int64_t>> EraseAccount::repeat_all(Caller caller) {
  return erasures_.repeat_all(caller.deadline);
}

Task<Result<AskedErasure>> EraseAccount::erase(Caller caller, UserId user, bool by_owner) {
  auto receipt = new_opaque_secret();
  CLOUDCART_CO_TRY(auto erased, co_await erasures_.erase({.tenant = caller.tenant,
                                                          .user = user,
                                                          .by_owner = by_owner,
                                                          .at = clock_.now(),
                                                          .receipt_hash = hash_of_secret(receipt)},
                                                         caller.deadline));
  revocations_.apply(erased.revoked);
  AskedErasure answer{.state = std::move(erased.state), .receipt = {}};
  if (erased.is_new) answer.receipt = std::move(receipt);
  co_return answer;
}

Task<Result<privacy::ErasureState>> ReadErasure::operator()(Caller caller, UserId user) {
  CLOUDCART_CO_TRY(auto state, co_await erasures_.find(std::move(caller.tenant), user, caller.deadline));
  if (!state) co_return fail(Error::not_found("Erasure"));
  co_return *std::move(state);
}

Task<Result<privacy::ErasureState>> ReadErasure::by_receipt(Caller caller, std::string receipt) {
  CLOUDCART_CO_TRY(auto state, co_await erasures_.find_by_receipt(std::move(caller.tenant),
                                                                  hash_of_secret(receipt), caller.deadline));
  if (!state) co_return fail(Error::not_found("Erasure"));
  co_return *std::move(state);
}

Task<Result<privacy::ErasureBatch>> ErasuresOfRepository::read(std::int64_t after, Deadline deadline) {
  return erasures_.read(after, ErasureRepository::batch, deadline);
}

Task<Result<std::vector<privacy::Erasure>>> ErasuresOfRepository::outstanding(privacy::Holder holder,
                                                                              Timestamp reported_before,
                                                                              Deadline deadline) {
  return erasures_.outstanding(holder, reported_before, ErasureRepository::batch, deadline);
}

Task<Status> ErasuresOfRepository::report(privacy::ErasureReport report, Deadline deadline) {
  return erasures_.report(std::move(report), deadline);
}

Task<Result<privacy::Erased>> ForgetAccount::erase(privacy::Erasure, Deadline deadline) {
  CLOUDCART_CO_CHECK(co_await erasures_.forget_deleted(deadline));
  co_return privacy::Erased{.is_done = true, .open_orders = 0};
}

}  // namespace cloudcart::user
