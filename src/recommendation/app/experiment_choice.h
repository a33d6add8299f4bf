#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "core/caller.h"
#include "recommendation/domain/experiment.h"
#include "recommendation/domain/impression.h"
#include "recommendation/domain/interleaving.h"

namespace cloudcart::recommendation {

/// The experiments that can have impressions under way: those that run, and those that stopped a moment ago.
using LiveExperiments = std::map<TenantId, std::vector<std::shared_ptr<const Experiment>>>;

/// What an experiment asks of one answer.
struct ChosenVariant {
  std::shared_ptr<const Experiment> experiment;
  std::size_t variant = 0;
  Subject subject;
  Timestamp at;
  std::uint64_t nonce = 0;

  ExperimentId id() const { return experiment->id; }
  const std::string& name() const { return experiment->plan.variants[variant].name; }
  Algorithm algorithm() const { return experiment->plan.variants[variant].algorithm; }
  /// When interleaving: the algorithm of the second list; see interleave().
  std::optional<Algorithm> second() const;
  /// The two lists as one; what each product is taken from is in the draft.
  std::vector<Drafted> interleave(std::span<const ProductId> first, std::span<const ProductId> second,
                                  std::size_t limit) const;

  /// The opaque text that goes with the answer, and comes back with feedback. An answer without products has one too:
  /// its subject was exposed all the same.
  std::string impression(std::span<const Drafted> shown) const;
};

/// Which variant answers whom, from memory. Safe between threads; a choice takes a lock for as long as it
/// takes to copy a pointer.
class ExperimentChoice {
 public:
  ExperimentChoice();

  /// Empty when no experiment of the shop is about `placement` at `now`.
  std::optional<ChosenVariant> choose(const TenantId& tenant, TaskKind placement, const Subject& subject,
                                      Timestamp now) const;
  /// Null when it is not among the live ones.
  std::shared_ptr<const Experiment> find(const TenantId& tenant, const ExperimentId& id) const;

  std::size_t running() const;  ///< of all shops

  /// To be asked for before what replace() is to bring is read, so that of two who bring something at once the one who
  /// read later prevails.
  std::uint64_t begin_reading() { return ++readings_; }
  void replace(LiveExperiments experiments, std::uint64_t reading);

 private:
  std::shared_ptr<const LiveExperiments> current() const;

  mutable std::mutex mutex_;
  std::shared_ptr<const LiveExperiments> experiments_;
  std::uint64_t newest_reading_ = 0;  ///< that was brought
  std::atomic<std::uint64_t> readings_{0};
  SipKey nonce_key_{};
  mutable std::atomic<std::uint64_t> counter_{0};
};

/// For those who try nothing out.
const ExperimentChoice& no_experiments();

}  // namespace cloudcart::recommendation
