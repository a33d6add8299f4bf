#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/result.h"
#include "load/connection.h"
#include "load/measurements.h"
#include "load/options.h"
#include "load/request_set.h"
#include "load/schedule.h"

namespace cloudcart::load {

/// One run, on the calling thread.
class Generator {
 public:
  Generator(const Options& options, RequestSet& requests);
  ~Generator();

  /// Errors: the address cannot be resolved, or nobody listens there.
  Result<Measurements> run();
  /// Ends the measured time now; may be called from a signal handler.
  static void stop_early();

 private:
  /// A connection and its request.
  struct Lane {
    Connection connection;
    std::uint32_t tag = 0;         ///< its own index
    std::int64_t counts_from = 0;  ///< when the request was sent, or due
    std::int64_t sent_at = 0;
    std::uint32_t request = 0;
  };

  Status connect_all();
  void begin();
  void loop();
  bool finished(std::int64_t now);
  void wait_and_serve(std::int64_t now);
  void on_event(Lane& lane, std::uint32_t events);
  void on_readable(Lane& lane, bool peer_ended);
  void on_ready(Lane& lane, std::int64_t now);
  void on_answer(Lane& lane);
  void on_failure(Lane& lane, Failure failure);
  void reopen(Lane& lane);

  void take_due(std::int64_t now);
  void give_out(std::int64_t now);
  void start(Lane& lane, std::int64_t counts_from, std::int64_t now);
  void tick(std::int64_t now);
  void sample(std::int64_t now);
  void check_lanes(std::int64_t now);
  void count_what_is_left();
  bool is_measured(std::int64_t counts_from) const {
    return counts_from >= measured_from_ && counts_from < measured_to_;
  }

  const Options& options_;
  RequestSet& requests_;
  Measurements result_;
  Address address_;
  int epoll_ = -1;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::vector<std::uint32_t> idle_;  ///< open loop: lanes without a request
  std::vector<char> buffer_;
  std::optional<Schedule> schedule_;
  WaitingLine line_;

  std::int64_t measured_from_ = 0, measured_to_ = 0, give_up_at_ = 0;
  std::int64_t next_check_ = 0, next_sample_ = 0, last_sample_ = 0;
  std::int64_t last_alive_ = 0;
  std::uint64_t busy_ = 0, answers_since_sample_ = 0;
  bool measuring_ = false, measured_ = false;
};

}  // namespace cloudcart::load
