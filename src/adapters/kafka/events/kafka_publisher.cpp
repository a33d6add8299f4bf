#include "adapters/kafka/events/kafka_publisher.h"

#include <algorithm>
#include <ranges>

#include <fmt/format.h>

#include "adapters/kafka/client/offsets.h"
#include "adapters/kafka/client/producer.h"
#include "adapters/kafka/client/topics.h"
#include "adapters/kafka/events/mark.h"
#include "adapters/kafka/events/record.h"
#include "adapters/kafka/events/topic_names.h"
#include "runtime/offload_pool.h"

namespace cloudcart::kafka {
namespace {

constexpr std::size_t most_waiting = 16;

std::vector<TopicShape> shapes(const PublisherOptions& options) {
  std::vector<TopicShape> topics;
  // The log is kept whole; who keeps it for a shorter time has set that on the topics.
  const Settings settings{{"retention.ms", "-1"}, {"max.message.bytes", "8388608"}};
  for (auto& name : order_topics_of(options.topic_prefix))
    topics.push_back({std::move(name), options.partitions, options.replication_factor, settings});
  topics.push_back({dead_letters_of(options.topic_prefix), 1, options.replication_factor, settings});
  return topics;
}

}  // namespace

struct KafkaPublisher::Impl {
  explicit Impl(PublisherOptions o) : options(std::move(o)) {}

  /// Runs `work` on the thread, with a producer. Also after a failure it is kept: a connection that is slow to come is waited for
  /// by the next one.
  template <class F, class R = std::invoke_result_t<F>>
  Task<Result<R>> run(Deadline deadline, F work) {
    co_return co_await thread.run(deadline, [this, work = std::move(work)]() mutable -> Result<R> {
      try {
        if (!producer) producer = std::make_unique<Producer>(options.brokers);
        return work();
      } catch (const Failure& failure) {
        return fail(ErrorCode::unavailable,
                    fmt::format("Kafka does not take the events: {}.", failure.what()));
      }
    });
  }

  bool is_there(const std::string& text, MonotonicTime until) {
    const auto mark = Mark::parse(text);
    if (!mark || mark->cluster != cluster_id(producer->client(), left_until(until))) return false;
    const auto topics = order_topics_of(options.topic_prefix);
    std::vector<Partition> partitions;
    for (const auto& [partition, offset] : mark->behind) {
      // What was published under another prefix is still there and not here.
      if (std::ranges::find(topics, partition.topic) == topics.end()) return false;
      partitions.push_back(partition);
    }
    const auto ends = end_offsets(producer->client(), partitions, left_until(until));
    return std::ranges::all_of(mark->behind, [&](const auto& published) {
      const auto end = ends.find(published.first);
      return end != ends.end() && end->second >= published.second;
    });
  }

  /// Publishes behind `known` and moves it on.
  void send(std::span<const Outgoing> messages, Mark& known, MonotonicTime until) {
    const auto sent = producer->send(messages, until);
    const auto cluster = cluster_id(producer->client(), left_until(until));
    has_begun_anew = !known.cluster.empty() && known.cluster != cluster;
    for (const auto& [partition, offset] : sent.first)
      if (offset < known.behind[partition]) has_begun_anew = true;
    if (has_begun_anew)
      throw Failure(RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE,
                    "the topics are not those that were published to before");
    known.cluster = cluster;
    for (const auto& [partition, offset] : sent.behind) known.behind[partition] = offset;
  }

  const PublisherOptions options;
  std::unique_ptr<Producer> producer;
  /// Seen while publishing, and not told yet.
  bool has_begun_anew = false;
  OffloadPool thread{"kafka-relay", 1, most_waiting};  // ends first
};

KafkaPublisher::KafkaPublisher(PublisherOptions options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}
KafkaPublisher::~KafkaPublisher() = default;

Task<Result<bool>> KafkaPublisher::prepare(std::string mark, Deadline deadline) {
  co_return co_await impl_->run(deadline, [impl = impl_.get(), mark, deadline] {
    create_topics(impl->producer->client(), shapes(impl->options), left_until(deadline));
    const bool has_begun_anew = std::exchange(impl->has_begun_anew, false);
    return mark.empty() || (!has_begun_anew && impl->is_there(mark, deadline));
  });
}

Task<Result<std::string>> KafkaPublisher::publish(std::string mark, std::int64_t edition,
                                                  std::vector<events::Publication> records,
                                                  Deadline deadline) {
  events::EventSpans spans(impl_->options.tracing, {SpanKind::producer, "send"}, records.size());
  if (impl_->options.tracing.tracer)
    for (const auto& publication : records) spans.add(publication.record.event);
  auto published = co_await impl_->run(
      deadline, [impl = impl_.get(), mark, edition, records = std::move(records), deadline] {
        std::vector<Outgoing> messages;
        messages.reserve(records.size());
        for (const auto& record : records)
          messages.push_back(to_message(impl->options.topic_prefix, edition, record));
        auto known = Mark::parse(mark).value_or(Mark{});
        try {
          impl->send(messages, known, deadline);
        } catch (const Failure&) {
          impl->producer.reset();  // what it still holds must not go out later
          throw;
        }
        return known.text();
      });
  if (!published) spans.fail(published.error().code);
  co_return published;
}

}  // namespace cloudcart::kafka
