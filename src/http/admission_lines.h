#pragma once

#include <array>
#include <deque>
#include <optional>
#include <vector>

#include "core/timestamp.h"
#include "http/priority.h"

namespace cloudcart::http {

/// Of the requests of one priority on one event loop.
struct LineOptions {
  std::size_t most_under_way = 128;                      ///< being served at a time; 0 refuses all
  std::size_t most_waiting = 1'000;                      ///< whatever else is decided
  MonotonicTime::duration target = milliseconds{10};     ///< how long a request may wait while load is shed
  MonotonicTime::duration interval = milliseconds{100};  ///< how long a line may stand before load is shed
};

/// Decides which requests of one event loop are served next and which are not at all, by how long they have waited since
/// their bytes came. Pure: the time is given, and nothing is waited for here, so that a simulation can drive it.
///
/// Each priority has a line. A line that has not been empty for `interval`, over several looks at it, stands: more comes
/// than goes (K. Nichols, V. Jacobson, "Controlling Queue Delay", ACM Queue 10(5), 2012: a burst drains within a round
/// trip, a standing queue does not; B. Maurer, "Fail at Scale", ACM Queue 13(8), 2015, for servers: while the queue has
/// not been empty for 100 ms, wait 5 ms and no longer). Then load is shed: the line has room for as many as it gives out in
/// a target's time, so that what does not fit is refused at once, while its sender can still go elsewhere, and what is
/// served has waited for little more than a target. How many that are is found by trial, once in a target's time: more room
/// when the line ran empty although somebody had been refused, since its loop would have served more; less when somebody
/// waited for longer than the target. To derive it from what the line gives out alone would not do: a loop that was held up
/// gives out less, and would then be given less to give out. Shedding ends after an interval without a refusal. A line of a
/// lower priority gets what those above leave over, and so stands first (H. Zhou et al., "Overload Control for Scaling
/// WeChat Microservices", SoCC 2018, for the order by priority and for time in the queue, rather than processor time, as
/// the sign).
class AdmissionLines {
 public:
  /// A request that waits. It must stay where it is until it leaves its line.
  struct Waiter {
    Priority priority = Priority::standard;
    MonotonicTime since{};    ///< when its bytes came
    MonotonicTime entered{};  ///< its line; set by arrive()
    MonotonicTime deadline = MonotonicTime::max();
  };
  enum class Verdict : std::uint8_t {
    admitted,  ///< to be served; end() is called when that is over
    waits,     ///< leaves its line by next()
    no_room,   ///< refused: its line is full, or as long as pays while load is shed
    too_late,  ///< refused: in line for longer than pays while load is shed
    expired,   ///< refused: its own deadline has passed
  };
  struct Departure {
    Waiter* waiter;
    Verdict verdict;
  };
  using Options = std::array<LineOptions, priority_count>;

  explicit AdmissionLines(const Options& options);

  /// A request has come and been read.
  Verdict arrive(Waiter& waiter, MonotonicTime now);
  /// Now and again while somebody waits, before next().
  void look(MonotonicTime now);
  /// For how long to serve before what else has come is read, after reading has taken `read_for`. Reading comes first, so
  /// that what matters most is known; but while load is shed, it may not take more than about half of the time.
  MonotonicTime::duration slice(MonotonicTime::duration read_for) const;
  /// Who leaves a line now: those that are refused, then the others by priority, first come, first served. Nullopt when
  /// nobody waits, or all that wait must until another has ended.
  std::optional<Departure> next(MonotonicTime now);
  void end(Priority priority) { --line(priority).under_way; }

  bool empty() const;
  bool is_shedding(Priority priority) const { return line(priority).is_shedding; }
  std::size_t waiting(Priority priority) const { return line(priority).waiting.size(); }
  std::size_t under_way(Priority priority) const { return line(priority).under_way; }

 private:
  struct Line {
    LineOptions options;
    std::deque<Waiter*> waiting;
    std::size_t under_way = 0;
    MonotonicTime stands_since{};  ///< not empty since
    unsigned looks = 0;            ///< at it since then
    bool is_shedding = false;
    MonotonicTime last_refusal{};
    MonotonicTime counts_from{};  ///< what is given out is counted by intervals
    double given_out = 0, given_out_before = 0;
    double room = 0;  ///< while load is shed
    MonotonicTime fitted_at{};
    // Since then:
    MonotonicTime::duration longest_wait{0};
    bool ran_empty = false, lacked_room = false;
  };
  Line& line(Priority priority) { return lines_[static_cast<std::size_t>(priority)]; }
  const Line& line(Priority priority) const { return lines_[static_cast<std::size_t>(priority)]; }
  bool is_calm(MonotonicTime since, MonotonicTime now) const;
  static void admit(Line& line);
  static void count(Line& line, MonotonicTime now);
  static void begin_shedding(Line& line, MonotonicTime now);
  static void fit_room(Line& line, MonotonicTime now);
  static void set_room(Line& line, MonotonicTime now, double room);
  static std::size_t room(const Line& line);
  static Waiter* leave(Line& line, MonotonicTime now);
  static std::optional<Verdict> refusal(const Line& line, const Waiter& waiter, MonotonicTime now);

  std::array<Line, priority_count> lines_;
};

}  // namespace cloudcart::http
