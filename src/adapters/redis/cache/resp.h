#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/result.h"

struct redisReply;
struct redisReader;

namespace cloudcart::redis {

/// Appends a command in the form that Redis reads: words of any bytes with their lengths before them.
void append_command(std::string& out, std::span<const std::string_view> words);

struct FreeReply {
  void operator()(redisReply* reply) const;
};
using Reply = std::unique_ptr<redisReply, FreeReply>;

/// The text of a status, an error or a value; empty for all else.
std::string_view text_of(const redisReply& reply);
bool is_error(const redisReply& reply);

/// Makes replies of what a connection brings, in pieces of any length. Parsing is hiredis'.
class ReplyReader {
 public:
  /// A single reply of more than `max_bytes` is an error.
  explicit ReplyReader(std::size_t max_bytes);

  /// What can't be parsed, or is too large, makes this and all that follows an error.
  Status feed(std::string_view bytes);
  /// The next whole reply; null when there is none yet.
  Result<Reply> next();

 private:
  struct Free {
    void operator()(redisReader* reader) const;
  };
  const std::size_t max_bytes_;
  std::size_t unread_bytes_ = 0;  ///< fed since the last look that left a reply unfinished
  std::unique_ptr<redisReader, Free> reader_;
};

}  // namespace cloudcart::redis
