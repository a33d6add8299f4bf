#pragma once

#include <coroutine>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/result.h"
#include "http/admission_lines.h"
#include "runtime/executor.h"

namespace cloudcart {
class Metrics;
}

namespace cloudcart::http {

/// Lets requests to their handlers, each on its event loop: at once while there is nothing to choose between, else by
/// AdmissionLines, a slice of work at a time, so that what has come meanwhile is read in between and takes its place by
/// priority. All ports of a process share it. It must outlive every request.
class Admission {
 public:
  /// `lines` are those of each loop.
  Admission(const AdmissionLines::Options& lines, const std::vector<Executor*>& loops, Metrics& metrics);
  ~Admission();
  Admission(const Admission&) = delete;
  Admission& operator=(const Admission&) = delete;

  class Loop;

  /// Its request is under way until it goes.
  class Permit {
   public:
    Permit() = default;
    Permit(Loop& loop, Priority priority) : loop_(&loop), priority_(priority) {}
    Permit(Permit&& other) noexcept
        : loop_(std::exchange(other.loop_, nullptr)), priority_(other.priority_) {}
    Permit& operator=(Permit&& other) noexcept {
      std::swap(loop_, other.loop_);
      std::swap(priority_, other.priority_);
      return *this;
    }
    ~Permit();

   private:
    Loop* loop_ = nullptr;
    Priority priority_ = Priority::standard;
  };

  /// Awaits the turn of a request. To be used on one of the loops, from where it goes on.
  class Turn : AdmissionLines::Waiter {
   public:
    Turn(Loop& loop, const Waiter& waiter) : Waiter(waiter), loop_(loop) {}
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    bool await_ready();
    void await_suspend(std::coroutine_handle<> handle);
    /// Errors: overloaded, deadline_exceeded.
    Result<Permit> await_resume();

   private:
    friend Loop;
    Loop& loop_;
    AdmissionLines::Verdict verdict_ = AdmissionLines::Verdict::waits;
    std::coroutine_handle<> handle_;
  };
  /// `since`: when the request's bytes came.
  Turn enter(Priority priority, MonotonicTime since, MonotonicTime deadline);

 private:
  std::vector<std::unique_ptr<Loop>> loops_;
};

}  // namespace cloudcart::http
