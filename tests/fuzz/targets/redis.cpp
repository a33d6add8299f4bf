// What Redis answers, cut anywhere, and the entries of the cache that another version may have written.
#include <hiredis/hiredis.h>

#include "adapters/redis/cache/keyspace.h"
#include "adapters/redis/cache/resp.h"
#include "fuzz/fuzz_target.h"
#include "product/app/summary_codec.h"

using namespace cloudcart;
using fuzz::require;

namespace {

constexpr std::size_t max_reply_bytes = 4096;

void describe(const redisReply& reply, std::string& out) {
  out += static_cast<char>('a' + reply.type);
  out += std::to_string(reply.integer) + ':' + std::string{redis::text_of(reply)} + ';';
  for (std::size_t i = 0; i < reply.elements; ++i)
    if (reply.element[i]) describe(*reply.element[i], out);
}

std::string replies_of(const std::vector<std::string_view>& pieces) {
  redis::ReplyReader reader(max_reply_bytes);
  std::string out;
  for (const auto piece : pieces) {
    if (!reader.feed(piece)) return out + "!";
    for (;;) {
      const auto reply = reader.next();
      if (!reply) return out + "!";
      if (!*reply) break;
      describe(**reply, out);
    }
  }
  return out;
}

}  // namespace

FUZZ_TARGET(redis_replies) {
  fuzz::Input bytes(input);
  const auto seed = bytes.byte();
  const auto answer = bytes.rest().substr(0, max_reply_bytes);
  require(replies_of({answer}) == replies_of(fuzz::in_pieces(answer, seed)),
          "replies do not depend on how bytes arrive");
  std::string command;
  const std::string_view words[] = {"SET", answer, ""};
  redis::append_command(command, words);
  redis::ReplyReader reader(command.size());
  require(reader.feed(command).has_value(), "a command can be read");
  const auto reply = reader.next();
  require(reply && *reply && (*reply)->elements == 3 && redis::text_of(*(*reply)->element[1]) == answer,
          "a command holds its words");
}

FUZZ_TARGET(redis_entries) {
  if (const auto version = redis::parse_version(input))
    require(redis::to_text(*version) == input, "a version has one text");
  const std::string born(input.substr(0, 16));
  if (const auto entry = redis::read_entry(input, {.born = born, .base = 0})) {
    require(entry->version >= 0 && input.ends_with(entry->value),
            "an entry is above the base and ends with its value");
    if (const auto summary = product::decode_summary(ProductId{}, entry->value))
      require(product::decode_summary(ProductId{}, product::encode_summary(*summary)) == summary,
              "a summary is written as it was read");
  }
  if (const auto summary = product::decode_summary(ProductId{}, input))
    require(product::decode_summary(ProductId{}, product::encode_summary(*summary)) == summary,
            "a summary is written as it was read");
}
