#pragma once

#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "adapters/sqlite/store/connection.h"
#include "core/result.h"
#include "core/timestamp.h"

namespace cloudcart::backup {

/// Several SQLite files, and small files beside them, as all of them were **at one moment**, while others write to each. It is
/// what a kill -9 at that moment would have left: everything that had been committed, in no file more or less than at that moment.
///
/// Found without asking the writers, by the double collect of Afek, Attiya, Dolev, Gafni, Merritt and Shavit ("Atomic snapshots
/// of shared memory", JACM 40(4), 1993): note the version of every file, begin a read transaction on each, note the versions again.
/// When no version has changed, nobody committed between the two, and all transactions began there. Otherwise try again; it takes a
/// tenth of a millisecond, and writers sync to disk between two commits.
///
/// All connections are query-only and never checkpoint. While the cut is held, the writers' logs cannot begin anew, so they
/// grow: let go of each file once it is read.
class Cut {
 public:
  /// Names small files and answers their contents; asked before and after.
  using SmallFiles = std::map<std::string, std::string>;
  using ReadSmallFiles = std::function<Result<SmallFiles>()>;

  /// Errors: unavailable when a file cannot be read, or when no moment was found until `deadline`.
  static Result<Cut> take(const std::vector<std::filesystem::path>& stores, const ReadSmallFiles& read_small,
                          MonotonicTime deadline);

  Cut(Cut&&) = default;
  Cut(const Cut&) = delete;
  Cut& operator=(Cut&&) = delete;

  /// In a read transaction, in the order of `stores`.
  sqlite::Connection& store(std::size_t index) { return held_[index]; }
  const SmallFiles& small_files() const { return small_; }
  /// How often it was tried.
  int attempts() const { return attempts_; }
  /// Ends the read transaction of one store; it must not be asked for afterwards.
  void let_go(std::size_t index);

 private:
  explicit Cut(const std::vector<std::filesystem::path>& stores);
  std::vector<std::int64_t> versions();
  void begin();
  void end();

  // Connections are not moved.
  std::deque<sqlite::Connection> held_, watching_;
  SmallFiles small_;
  int attempts_ = 0;
};

}  // namespace cloudcart::backup
