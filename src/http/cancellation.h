#pragma once

#include <functional>
#include <memory>
#include <utility>

namespace cloudcart::http {

/// By which who has sent a request gives it up. For one executor, that of the request.
class Cancellation {
 public:
  bool requested() const { return requested_; }
  /// The request must end soon; what it answers is for nobody any more.
  void request() {
    requested_ = true;
    if (const auto stop = std::exchange(stop_, nullptr)) stop();
  }

  /// While alive, `stop` is called when the request is given up: it ends what is waited for. One at a time.
  class Scope {
   public:
    /// `cancellation` may be null: of a request that nobody gives up.
    Scope(std::shared_ptr<Cancellation> cancellation, std::function<void()> stop)
        : cancellation_(std::move(cancellation)) {
      if (cancellation_) cancellation_->stop_ = std::move(stop);
    }
    ~Scope() {
      if (cancellation_) cancellation_->stop_ = nullptr;
    }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    const std::shared_ptr<Cancellation> cancellation_;
  };

 private:
  bool requested_ = false;
  std::function<void()> stop_;
};

inline bool is_given_up(const std::shared_ptr<Cancellation>& cancellation) {
  return cancellation && cancellation->requested();
}

}  // namespace cloudcart::http
