#include "adapters/redis/cache/exchanges.h"

#include <charconv>
#include <limits>

#include <hiredis/hiredis.h>

#include "adapters/redis/cache/scripts.h"

namespace cloudcart::redis {
namespace {

constexpr std::size_t keys_per_command = 32;

void append_words(std::string& out, const std::vector<std::string>& words) {
  const std::vector<std::string_view> views(words.begin(), words.end());
  append_command(out, views);
}

/// EVAL or EVALSHA with what all scripts of the cache get first.
std::vector<std::string> script_call(const Common& common, const Script& script, bool by_text,
                                     std::span<const std::string> keys) {
  std::vector<std::string> words{by_text ? "EVAL" : "EVALSHA", by_text ? script.text : script.sha1,
                                 std::to_string(keys.size() + 2), common.keyspace.floors_key(),
                                 common.keyspace.writers_key()};
  for (const auto& key : keys) words.push_back(common.keyspace.entry_key(key));
  words.push_back(common.run);
  words.push_back(std::to_string(common.settling.count()));
  return words;
}

std::size_t length_of(const std::vector<std::string>& keys) {
  std::size_t length = 0;
  for (const auto& key : keys) length += key.size() + 100;
  return length;
}

std::unexpected<Error> does_not_answer() {
  return fail(ErrorCode::unavailable, "The cache does not answer.");
}

}  // namespace

void CallerExchange::answer(Answer answer, Settled& settled) {
  if (caller_) settled.push_back(std::exchange(caller_, std::nullopt)->settle(std::move(answer)));
}

void CallerExchange::expire(Settled& settled) {
  if (limited_by_caller)
    answer(fail(ErrorCode::deadline_exceeded, "The cache did not answer within the request's time limit."),
           settled);
  else
    answer(does_not_answer(), settled);
}

GetExchange::GetExchange(Common& common, std::optional<Resolver<Answer>> caller,
                         std::vector<std::string> keys)
    : CallerExchange(common, caller), keys_(std::move(keys)) {
  entries_.reserve(keys_.size());
}

std::size_t GetExchange::max_reply_bytes(std::size_t max_value_bytes) {
  return keys_per_command * (max_value_bytes + 100);
}

std::size_t GetExchange::bytes() const {
  return length_of(keys_);
}

void GetExchange::append_to(std::string& out) {
  for (std::size_t first = 0; first < keys_.size(); first += keys_per_command) {
    std::vector<std::string> words{"MGET"};
    for (auto i = first; i < std::min(first + keys_per_command, keys_.size()); ++i)
      words.push_back(common_.keyspace.entry_key(keys_[i]));
    append_words(out, words);
  }
}

Exchange::Progress GetExchange::take(Reply reply, Settled& settled) {
  const auto asked = std::min(keys_per_command, keys_.size() - entries_.size());
  failed_ = failed_ || reply->type != REDIS_REPLY_ARRAY || reply->elements != asked;
  for (std::size_t i = 0; i < asked; ++i)
    entries_.push_back(failed_ ? std::nullopt : read_entry(text_of(*reply->element[i]), common_.stamp));
  if (entries_.size() < keys_.size()) return Progress::more;
  answer(failed_ ? Answer{does_not_answer()} : Answer{std::move(entries_)}, settled);
  return failed_ ? Progress::unusable : Progress::complete;
}

void GetExchange::abort(Settled& settled) {
  answer(does_not_answer(), settled);
}

WriteExchange::WriteExchange(Common& common, std::optional<Resolver<Answer>> caller,
                             std::vector<std::string> keys, Version version, std::optional<Put> put)
    : CallerExchange(common, caller), keys_(std::move(keys)), version_(version), put_(std::move(put)) {}

std::size_t WriteExchange::bytes() const {
  return length_of(keys_) + (put_ ? put_->value.size() : 0);
}

void WriteExchange::append_to(std::string& out) {
  auto words = script_call(common_, put_ ? put_script() : erase_script(), by_text_, keys_);
  for (const auto& key : keys_) {
    words.push_back(to_text(version_));
    words.push_back(Keyspace::slot_of(key));
  }
  std::vector<std::string_view> views(words.begin(), words.end());
  std::string time_to_live;
  if (put_) {
    time_to_live = std::to_string(put_->time_to_live.count());
    views.push_back(put_->value);
    views.push_back(time_to_live);
  }
  append_command(out, views);
}

Exchange::Progress WriteExchange::take(Reply reply, Settled& settled) {
  if (!is_error(*reply)) {
    answer(Entries{}, settled);
    return Progress::complete;
  }
  if (!std::exchange(by_text_, true) && text_of(*reply).starts_with("NOSCRIPT")) return Progress::again;
  abort(settled);
  // A server that takes no erase would go on answering what is out of date. One that takes no more entries is full.
  return put_ && text_of(*reply).starts_with("OOM") ? Progress::complete : Progress::unusable;
}

void WriteExchange::expire(Settled& settled) {
  // It may still be done; until it is known to be, others may see what was there.
  if (is_erase()) common_.lost.add(keys_, version_);
  CallerExchange::expire(settled);
}

void WriteExchange::abort(Settled& settled) {
  common_.lost.add(keys_, version_);
  answer(does_not_answer(), settled);
}

std::vector<std::string> raise_command(const Common& common, Version version) {
  auto words = script_call(common, raise_script(), true, {});
  words.push_back(to_text(version));
  return words;
}

void ReplayExchange::append_to(std::string& out) {
  if (writes_.all_below) {
    append_words(out, raise_command(common_, *writes_.all_below));
    ++replies_missing_;
  }
  for (std::size_t first = 0; first < writes_.keys.size(); first += max_keys) {
    const auto end = std::min(first + max_keys, writes_.keys.size());
    std::vector<std::string> keys;
    for (auto i = first; i < end; ++i) keys.push_back(writes_.keys[i].first);
    auto words = script_call(common_, erase_script(), true, keys);
    for (auto i = first; i < end; ++i) {
      words.push_back(to_text(writes_.keys[i].second));
      words.push_back(Keyspace::slot_of(writes_.keys[i].first));
    }
    append_words(out, words);
    ++replies_missing_;
  }
}

Exchange::Progress ReplayExchange::take(Reply reply, Settled& settled) {
  if (is_error(*reply)) {
    abort(settled);
    return Progress::unusable;
  }
  if (--replies_missing_ > 0) return Progress::more;
  common_.word->made_up = writes_.number;
  common_.word->news.notify_all();
  return Progress::complete;
}

void ReplayExchange::abort(Settled&) {
  if (writes_.all_below) common_.lost.add_all_below(*writes_.all_below);
  for (const auto& [key, version] : writes_.keys) common_.lost.add({key}, version);
}

void RenewExchange::append_to(std::string& out) {
  auto words = script_call(common_, renew_script(), true, {});
  words.push_back(to_text(std::numeric_limits<Version>::min()));
  words.push_back(common_.self);
  words.push_back(std::to_string(until_us_));
  words.push_back(std::to_string(grace_.count() * 1'000));
  append_words(out, words);
}

Exchange::Progress RenewExchange::take(Reply reply, Settled&) {
  common_.is_renewing = false;
  std::int64_t us = 0;
  const auto text = text_of(*reply);
  if (is_error(*reply) || std::from_chars(text.data(), text.data() + text.size(), us).ec != std::errc{})
    return Progress::unusable;
  common_.server_time = {us, std::chrono::steady_clock::now()};
  return Progress::complete;
}

void StampExchange::append_to(std::string& out) {
  append_words(out, script_call(common_, stamp_script(), true, {}));
}

Exchange::Progress StampExchange::take(Reply reply, Settled&) {
  if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 2) return Progress::unusable;
  const auto base = parse_version(text_of(*reply->element[1]));
  // Without floors there is no life that an entry could be of.
  common_.stamp = base ? Stamp{std::string{text_of(*reply->element[0])}, *base} : Stamp{};
  return Progress::complete;
}

void Command::append_to(std::string& out) {
  append_words(out, words_);
}

Exchange::Progress Command::take(Reply reply, Settled& settled) {
  if (!asker_) return Progress::complete;
  const auto asker = *std::exchange(asker_, std::nullopt);
  if (is_error(*reply))
    settled.push_back(asker.settle(fail(ErrorCode::unavailable, std::string{text_of(*reply)})));
  else
    settled.push_back(asker.settle(std::move(reply)));
  return Progress::complete;
}

void Command::expire(Settled& settled) {
  if (!asker_) return;
  const auto asker = *std::exchange(asker_, std::nullopt);
  settled.push_back(asker.settle(fail(ErrorCode::unavailable, "it does not answer")));
}

}  // namespace cloudcart::redis
