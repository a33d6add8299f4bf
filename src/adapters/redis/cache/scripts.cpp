#include "adapters/redis/cache/scripts.h"

#include <array>

#include <fmt/format.h>
#include <openssl/sha.h>

namespace cloudcart::redis {
namespace {

/// What all begin with. `current(version)` answers the floors' base, and whether puts are taken: not while the floors are
/// young. Until then every version that comes by raises the base.
constexpr auto common = R"lua(
local floors, run, settling = KEYS[1], ARGV[1], tonumber(ARGV[2])
local born
local function begin(version)
  local time = redis.call('TIME')
  born = string.format('%016.0f', tonumber(time[1]) * 1000000 + tonumber(time[2]))
  redis.call('HSET', floors, 'run', run, 'born', born, 'base', version)
end
local function age_ms()
  local time = redis.call('TIME')
  return (tonumber(time[1]) * 1000000 + tonumber(time[2]) - tonumber(born)) / 1000
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
if not settled or version < base or version < version_of(KEYS[2]) then return 0 end
if not raise_slot(ARGV[4], version) then return 0 end
redis.call('SET', KEYS[2], born .. version .. ARGV[5], 'PX', ARGV[6])
return 1
)lua";

// Works on a full server too: it may go over the memory limit, by the floors.
constexpr auto erase = R"lua(
local last
for i = 2, #KEYS do
  local version, slot = ARGV[2 * i - 1], ARGV[2 * i]
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
  redis.call('UNLINK', floors)
  begin(version)
elseif known[2] < version then
  redis.call('HSET', floors, 'base', version)
end
return 1
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

}  // namespace cloudcart::redis
