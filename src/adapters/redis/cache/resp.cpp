#include "adapters/redis/cache/resp.h"

#include <new>

#include <fmt/format.h>
#include <hiredis/hiredis.h>

namespace cloudcart::redis {
namespace {

/// Far more than any command of ours is answered with.
constexpr int max_elements = 1 << 16;

std::unique_ptr<redisReader, decltype(&redisReaderFree)> new_reader() {
  std::unique_ptr<redisReader, decltype(&redisReaderFree)> reader(redisReaderCreate(), &redisReaderFree);
  if (!reader) throw std::bad_alloc();
  return reader;
}

/// How hiredis makes what it has read.
const redisReplyObjectFunctions& made_by_hiredis() {
  static const redisReplyObjectFunctions functions = *new_reader()->fn;
  return functions;
}

/// hiredis makes an array as long as it is announced, before any of it has come, which may be 16 GiB. Null is an
/// error to it.
void* make_bounded_array(const redisReadTask* task, int elements) {
  return elements <= max_elements ? made_by_hiredis().createArray(task, elements) : nullptr;
}

redisReplyObjectFunctions* bounded_functions() {
  static redisReplyObjectFunctions functions = [] {
    auto bounded = made_by_hiredis();
    bounded.createArray = make_bounded_array;
    return bounded;
  }();
  return &functions;
}

}  // namespace

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

ReplyReader::ReplyReader(std::size_t max_bytes) : max_bytes_(max_bytes), reader_(new_reader().release()) {
  reader_->fn = bounded_functions();
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
