#pragma once

#include <memory>
#include <string>

#include "http/authenticator.h"
#include "http/message.h"

namespace cloudcart::http {

/// A stream for a signed-in reader, which ends within `check_interval` of the end of the reader's token: by
/// expiry, sign-out, or a change of the account's rights.
class GuardedStream final : public BodyStream, public std::enable_shared_from_this<GuardedStream> {
 public:
  static constexpr seconds check_interval{2};

  GuardedStream(std::shared_ptr<BodyStream> inner, const Authenticator& authenticator, std::string token)
      : inner_(std::move(inner)), authenticator_(authenticator), token_(std::move(token)) {}

  Task<std::optional<std::string>> next() override;
  void cancel() override;

 private:
  void check_later();

  const std::shared_ptr<BodyStream> inner_;
  const Authenticator& authenticator_;
  const std::string token_;
  bool watching_ = false;
};

}  // namespace cloudcart::http
