#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/redis/cache/keyspace.h"
#include "adapters/redis/cache/lost_writes.h"
#include "adapters/redis/cache/resp.h"
#include "runtime/executor.h"
#include "runtime/notifier.h"

namespace cloudcart::redis {

/// Callers who have their answer and are yet to be resumed.
using Settled = std::vector<Continuation>;

/// What others may still rely on. Outlives the way to the server, for those who wait.
struct Word {
  /// From then on nobody reads while this process has not given its word anew.
  std::atomic<MonotonicTime> good_until{MonotonicTime::min()};
  std::atomic<std::uint64_t> made_up{0};  ///< LostWrites::Taken::number
  Notifier news;
};

/// What the server's clock said.
struct ServerTime {
  std::int64_t us = 0;
  MonotonicTime heard_at;
};

/// What all exchanges of a cache have in common.
struct Common {
  Keyspace keyspace;
  milliseconds settling{0};
  LostWrites lost;
  std::string self;  ///< the writer
  std::shared_ptr<Word> word = std::make_shared<Word>();
  // Of the loop's thread:
  std::string run;  ///< the server's process
  Stamp stamp;      ///< as of the last StampExchange
  ServerTime server_time;
  bool is_renewing = false;  ///< a RenewExchange is under way
};

/// How much of the callers' exchanges is under way.
struct Load {
  std::atomic<std::size_t> exchanges{0};
  std::atomic<std::size_t> bytes{0};
};
/// Counts one exchange while it lives.
class Permit {
 public:
  Permit() = default;
  Permit(Load& load, std::size_t bytes) : load_(&load), bytes_(bytes) {
    ++load.exchanges;
    load.bytes += bytes;
  }
  Permit(Permit&& other) noexcept : load_(std::exchange(other.load_, nullptr)), bytes_(other.bytes_) {}
  Permit& operator=(Permit&& other) noexcept {
    std::swap(load_, other.load_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~Permit() {
    if (!load_) return;
    --load_->exchanges;
    load_->bytes -= bytes_;
  }

 private:
  Load* load_ = nullptr;
  std::size_t bytes_ = 0;
};

/// Commands that are sent together, and who waits for their replies. Used on the thread of the connection.
class Exchange {
 public:
  enum class Progress : std::uint8_t {
    more,      ///< another reply is to come
    complete,  ///< nothing more to do
    again,     ///< to be sent once more
    unusable,  ///< complete, and this server must not be asked any more
  };
  virtual ~Exchange() = default;
  virtual void append_to(std::string& out) = 0;
  virtual Progress take(Reply reply, Settled& settled) = 0;
  /// The caller has waited long enough; replies may still come.
  virtual void expire(Settled& settled) = 0;
  /// No more replies will come.
  virtual void abort(Settled& settled) = 0;
  virtual bool reads_entries() const { return false; }

  MonotonicTime limit = MonotonicTime::max();    ///< when it expires
  MonotonicTime late_at = MonotonicTime::max();  ///< from when on the server counts as hung
  Permit permit;
};

using Entries = std::vector<std::optional<CacheEntry>>;
/// Of a write: no entries.
using Answer = Result<Entries>;

/// On behalf of a caller of the cache, or of nobody.
class CallerExchange : public Exchange {
 public:
  CallerExchange(Common& common, std::optional<Resolver<Answer>> caller) : common_(common), caller_(caller) {}
  void expire(Settled& settled) override;
  /// About what is kept in memory for it.
  virtual std::size_t bytes() const = 0;
  /// The caller waits for it beyond the limit of calls, see RedisCacheOptions::word.
  virtual bool is_erase() const { return false; }

  bool limited_by_caller = false;  ///< the limit is the caller's deadline, not the cache's

 protected:
  void answer(Answer answer, Settled& settled);
  Common& common_;

 private:
  std::optional<Resolver<Answer>> caller_;
};

class GetExchange final : public CallerExchange {
 public:
  GetExchange(Common& common, std::optional<Resolver<Answer>> caller, std::vector<std::string> keys);
  /// Of one reply that is not an error.
  static std::size_t max_reply_bytes(std::size_t max_value_bytes);

  void append_to(std::string& out) override;
  Progress take(Reply reply, Settled& settled) override;
  void abort(Settled& settled) override;
  bool reads_entries() const override { return true; }
  std::size_t bytes() const override;

 private:
  const std::vector<std::string> keys_;
  Entries entries_;
  bool failed_ = false;
};

/// Puts an entry, or erases what keys held before a version.
class WriteExchange final : public CallerExchange {
 public:
  struct Put {
    std::string value;
    milliseconds time_to_live;
  };
  WriteExchange(Common& common, std::optional<Resolver<Answer>> caller, std::vector<std::string> keys,
                Version version, std::optional<Put> put = {});

  void append_to(std::string& out) override;
  Progress take(Reply reply, Settled& settled) override;
  void expire(Settled& settled) override;
  void abort(Settled& settled) override;
  std::size_t bytes() const override;
  bool is_erase() const override { return !put_; }

 private:
  const std::vector<std::string> keys_;
  const Version version_;
  const std::optional<Put> put_;
  bool by_text_ = false;  ///< the server does not know the script by its name
};

/// Writes that were lost before, done as erases.
class ReplayExchange final : public Exchange {
 public:
  static constexpr std::size_t max_keys = 500;

  ReplayExchange(Common& common, LostWrites::Taken writes) : common_(common), writes_(std::move(writes)) {}
  void append_to(std::string& out) override;
  Progress take(Reply reply, Settled& settled) override;
  void expire(Settled&) override {}
  void abort(Settled& settled) override;

 private:
  Common& common_;
  const LostWrites::Taken writes_;
  std::size_t replies_missing_ = 0;
};

/// What raises the base to `version`; begins the floors anew where they are another process'.
std::vector<std::string> raise_command(const Common& common, Version version);

/// The word of a writer, who has nothing to make up for: until it ends, nothing is out of date for which an erase has ended.
class RenewExchange final : public Exchange {
 public:
  RenewExchange(Common& common, std::int64_t until_us, milliseconds grace)
      : common_(common), until_us_(until_us), grace_(grace) {}
  void append_to(std::string& out) override;
  Progress take(Reply reply, Settled& settled) override;
  void expire(Settled&) override {}
  void abort(Settled&) override { common_.is_renewing = false; }

 private:
  Common& common_;
  const std::int64_t until_us_;
  const milliseconds grace_;
};

/// Asks what decides on the entries that are read after it.
class StampExchange final : public Exchange {
 public:
  explicit StampExchange(Common& common) : common_(common) {}
  void append_to(std::string& out) override;
  Progress take(Reply reply, Settled& settled) override;
  void expire(Settled&) override {}
  void abort(Settled&) override {}

 private:
  Common& common_;
};

/// One command of the link itself.
class Command final : public Exchange {
 public:
  using Answer = Result<Reply>;
  Command(Resolver<Answer> asker, std::vector<std::string> words) : asker_(asker), words_(std::move(words)) {}
  void append_to(std::string& out) override;
  Progress take(Reply reply, Settled& settled) override;
  void expire(Settled& settled) override;
  void abort(Settled& settled) override { expire(settled); }

 private:
  std::optional<Resolver<Answer>> asker_;
  const std::vector<std::string> words_;
};

}  // namespace cloudcart::redis
