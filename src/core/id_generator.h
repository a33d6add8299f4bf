#pragma once

#include <cstdint>
#include <mutex>
#include <string_view>

#include "core/clock.h"
#include "core/id.h"

namespace cloudcart {

/// Where new ids come from. Injected, so that a simulation can replay them.
class IdGenerator {
 public:
  virtual ~IdGenerator() = default;
  virtual Uuid next() = 0;

  template <class IdType>
  IdType next_id() {
    return IdType{next()};
  }
};

/// UUID version 7 (RFC 9562): 48 bits of Unix milliseconds, then a 12-bit counter within the millisecond
/// (method 1 of section 6.2) so that ids of one process sort in the order they were made, then 62 bits from
/// the operating system's random source. Safe to share between threads.
class SystemIdGenerator final : public IdGenerator {
 public:
  explicit SystemIdGenerator(const Clock& clock) : clock_(clock) {}
  Uuid next() override;

 private:
  const Clock& clock_;
  std::mutex mutex_;
  std::int64_t last_ms_ = 0;
  unsigned counter_ = 0;
  std::uint64_t pool_[32];
  std::size_t pool_left_ = 0;
};

/// A version 7 layout whose random bits are a hash of `key`: the same (time, key) gives the same id on every
/// run, and ids still sort by time. For data that comes from elsewhere and may be loaded again.
Uuid derived_uuid(Timestamp time, std::string_view key);

/// Fills `bytes` from the operating system's random source; throws std::system_error when it has none.
void random_bytes(void* bytes, std::size_t size);

}  // namespace cloudcart
