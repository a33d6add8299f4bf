#pragma once

#include <stdexcept>
#include <string>

namespace cloudcart::postgres {

/// What PostgreSQL refused, or that it could not be asked. Thrown, because inside a transaction only the store can
/// answer it: by rolling back, and where that helps by trying again.
class Failure : public std::runtime_error {
 public:
  /// `sqlstate` is empty when the connection broke. `constraint`: the name of the rule that was broken, if any.
  Failure(std::string sqlstate, std::string constraint, const std::string& what)
      : std::runtime_error(what), sqlstate_(std::move(sqlstate)), constraint_(std::move(constraint)) {}
  const std::string& sqlstate() const { return sqlstate_; }
  const std::string& constraint() const { return constraint_; }
  bool is_unique_violation() const { return sqlstate_ == "23505"; }
  /// A serialization failure or a deadlock: the same transaction, run again, may succeed.
  bool is_transient() const { return sqlstate_ == "40001" || sqlstate_ == "40P01"; }

 private:
  std::string sqlstate_;
  std::string constraint_;
};

}  // namespace cloudcart::postgres
