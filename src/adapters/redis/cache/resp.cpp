#include "adapters/redis/cache/resp.h"

#include <new>

#include <fmt/format.h>
#include <hiredis/hiredis.h>

namespace cloudcart::redis {

void append_command(std::string& out, std::span<const std::string_view> words) {
  const auto append_count = [&out](char kind, std::size_t count) {
    const fmt::format_int digits(count);
    out.push_back(kind);
    out.append(digits.data(), digits.size()).append("\r\n");
  };
  append_count('*', words.size());
  for (const auto word : words) {
    append_count('$', word.size());
    out.append(word).append("\r\n");
  }
}

void FreeReply::operator()(redisReply* reply) const {
  freeReplyObject(reply);
}

std::string_view text_of(const redisReply& reply) {
  return reply.str ? std::string_view{reply.str, reply.len} : std::string_view{};
}

bool is_error(const redisReply& reply) {
  return reply.type == REDIS_REPLY_ERROR;
}

void ReplyReader::Free::operator()(redisReader* reader) const {
  redisReaderFree(reader);
}

ReplyReader::ReplyReader(std::size_t max_bytes) : max_bytes_(max_bytes), reader_(redisReaderCreate()) {
  if (!reader_) throw std::bad_alloc();
}

Status ReplyReader::feed(std::string_view bytes) {
  unread_bytes_ += bytes.size();
  if (redisReaderFeed(reader_.get(), bytes.data(), bytes.size()) != REDIS_OK)
    return fail(ErrorCode::unavailable, static_cast<const char*>(reader_->errstr));
  return {};
}

Result<Reply> ReplyReader::next() {
  void* reply = nullptr;
  if (redisReaderGetReply(reader_.get(), &reply) != REDIS_OK)
    return fail(ErrorCode::unavailable, static_cast<const char*>(reader_->errstr));
  if (reply) {
    unread_bytes_ = reader_->len - reader_->pos;
    return Reply{static_cast<redisReply*>(reply)};
  }
  if (unread_bytes_ > max_bytes_) return fail(ErrorCode::unavailable, "a reply is too large");
  return Reply{};
}

}  // namespace cloudcart::redis
