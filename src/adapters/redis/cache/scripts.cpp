#include "adapters/redis/cache/scripts.h"

#include <array>

#include <fmt/format.h>
#include <openssl/sha.h>

namespace cloudcart::redis {
namespace {

/// What all that write begin with. `current(version)` answers the floors' base, and whether puts are taken: not while the floors are
/// young. Until then every version that comes by raises the base.
constexpr auto common = R"lua(
local floors, writers, run, settling = KEYS[1], KEYS[2], ARGV[1], tonumber(ARGV[2])
local born
local function now_us()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000000 + tonumber(time[2])
end
local function begin(version)
  born = string.format('%016.0f', now_us())
  redis.call('HSET', floors, 'run', run, 'born', born, 'base', version)
end
local function begin_anew(version)
  redis.call('UNLINK', floors)
  begin(version)
end
local function age_ms()
  return (now_us() - tonumber(born)) / 1000
end
local function current(version)
  local known = redis.call('HMGET', floors, 'born', 'base')
  born = known[1]
  if not born then
    begin(version)
    return version, settling <= 0
  end
  local base, settled = known[2], age_ms() >= settling
  if not settled and base < version then
    redis.call('HSET', floors, 'base', version)
    base = version
  end
  return base, settled
end
local function raise_slot(slot, version)
  local floor = redis.call('HGET', floors, slot)
  if floor and floor > version then return false end
  if floor ~= version then redis.call('HSET', floors, slot, version) end
  return true
end
-- Of what is held; lower than all where that is nothing, or of another life.
local function version_of(entry)
  local head = redis.pcall('GETRANGE', entry, 0, 35)
  if type(head) == 'string' and #head == 36 and string.sub(head, 1, 16) == born then return string.sub(head, 17) end
  return ''
end
)lua";

constexpr auto put = R"lua(
local version = ARGV[3]
local base, settled = current(version)
if not settled or version < base or version < version_of(KEYS[3]) then return 0 end
if not raise_slot(ARGV[4], version) then return 0 end
redis.call('SET', KEYS[3], born .. version .. ARGV[5], 'PX', ARGV[6])
return 1
)lua";

// Works on a full server too: it may go over the memory limit, by the floors.
constexpr auto erase = R"lua(
local last
for i = 3, #KEYS do
  local version, slot = ARGV[2 * i - 3], ARGV[2 * i - 2]
  if version ~= last then current(version) end
  last = version
  raise_slot(slot, version)
  if version_of(KEYS[i]) < version then redis.call('UNLINK', KEYS[i]) end
end
return 1
)lua";

constexpr auto raise = R"lua(
local version = ARGV[3]
local known = redis.call('HMGET', floors, 'run', 'base')
if known[1] ~= run then
  redis.call('UNLINK', writers)
  begin_anew(version)
elseif known[2] < version then
  redis.call('HSET', floors, 'base', version)
end
return 1
)lua";

// Whose word ended long ago has died, and nobody knows what it left undone. Nor does anybody when the list of writers was
// evicted.
constexpr auto renew = R"lua(
local lowest, self, ends, grace = ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[6])
local now = now_us()
local unknown = redis.call('HEXISTS', floors, 'writers') == 1 and redis.call('EXISTS', writers) == 0
for _, name in ipairs(redis.call('ZRANGEBYSCORE', writers, '-inf', string.format('(%.0f', now - grace))) do
  if name ~= self then
    redis.call('ZREM', writers, name)
    unknown = true
  end
end
if unknown then begin_anew(lowest) end
redis.call('ZADD', writers, ends, self)
if redis.call('HEXISTS', floors, 'born') == 1 then redis.call('HSET', floors, 'writers', 1) end
return string.format('%.0f', now)
)lua";

constexpr auto stamp = R"lua(#!lua flags=no-writes
local time = redis.call('TIME')
local first = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')[2]
if first and tonumber(first) < tonumber(time[1]) * 1000000 + tonumber(time[2]) then return {false, false} end
local known = redis.call('HMGET', KEYS[1], 'born', 'base', 'writers')
if known[3] and not first then return {false, false} end
return {known[1], known[2]}
)lua";

std::string whole(std::string_view flags, std::string_view body) {
  return fmt::format("#!lua{}{}{}", flags, common, body);
}

std::string sha1_of(std::string_view text) {
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return fmt::format("{:02x}", fmt::join(digest, ""));
}

}  // namespace

Script::Script(std::string lua) : text(std::move(lua)), sha1(sha1_of(text)) {}

const Script& put_script() {
  static const Script script(whole("", put));
  return script;
}

const Script& erase_script() {
  static const Script script(whole(" flags=allow-oom", erase));
  return script;
}

const Script& raise_script() {
  static const Script script(whole(" flags=allow-oom", raise));
  return script;
}

const Script& renew_script() {
  static const Script script(whole(" flags=allow-oom", renew));
  return script;
}

const Script& stamp_script() {
  static const Script script{std::string{stamp}};
  return script;
}

}  // namespace cloudcart::redis
