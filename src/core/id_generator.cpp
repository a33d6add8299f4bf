#include "core/id_generator.h"

#include <cerrno>
#include <system_error>

#include <sys/random.h>

namespace cloudcart {
namespace {

Uuid make_v7(std::int64_t unix_ms, unsigned rand_a, std::uint64_t rand_b) {
  Uuid id;
  for (int i = 0; i < 6; ++i) id.bytes[i] = static_cast<std::uint8_t>(unix_ms >> (40 - 8 * i));
  id.bytes[6] = static_cast<std::uint8_t>(0x70 | (rand_a >> 8 & 0x0F));
  id.bytes[7] = static_cast<std::uint8_t>(rand_a);
  for (int i = 0; i < 8; ++i) id.bytes[8 + i] = static_cast<std::uint8_t>(rand_b >> (56 - 8 * i));
  id.bytes[8] = static_cast<std::uint8_t>(0x80 | (id.bytes[8] & 0x3F));
  return id;
}

/// The 64-bit finaliser of MurmurHash3 (Appleby, public domain).
std::uint64_t mix(std::uint64_t x) {
  x ^= x >> 33;
  x *= 0xff51afd7ed558ccdULL;
  x ^= x >> 33;
  x *= 0xc4ceb9fe1a85ec53ULL;
  return x ^ (x >> 33);
}

/// FNV-1a (Fowler, Noll, Vo) from a chosen start, finished by mix() because FNV's high bits are weak.
std::uint64_t hash_text(std::string_view text, std::uint64_t start) {
  std::uint64_t hash = 0xcbf29ce484222325ULL ^ start;
  for (const char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3ULL;
  return mix(hash);
}

}  // namespace

void random_bytes(void* bytes, std::size_t size) {
  auto* at = static_cast<char*>(bytes);
  while (size > 0) {
    const ssize_t got = getrandom(at, size, 0);
    if (got < 0) {
      if (errno == EINTR) continue;
      throw std::system_error(errno, std::generic_category(), "getrandom");
    }
    at += got;
    size -= static_cast<std::size_t>(got);
  }
}

Uuid SystemIdGenerator::next() {
  const std::int64_t now = to_unix_ms(clock_.now());
  const std::scoped_lock lock(mutex_);
  if (now > last_ms_) {
    last_ms_ = now;
    counter_ = 0;
  } else if (++counter_ > 0xFFF) {
    // The counter is used up, or the clock stepped back: run ahead by a millisecond rather than repeat.
    ++last_ms_;
    counter_ = 0;
  }
  if (pool_left_ == 0) {
    random_bytes(pool_, sizeof pool_);
    pool_left_ = std::size(pool_);
  }
  return make_v7(last_ms_, counter_, pool_[--pool_left_]);
}

Uuid derived_uuid(Timestamp time, std::string_view key) {
  return make_v7(to_unix_ms(time), static_cast<unsigned>(hash_text(key, 0x5bd1e995) & 0xFFF),
                 hash_text(key, 0x9E3779B97F4A7C15ULL));
}

}  // namespace cloudcart
