#include "adapters/kafka/client/topics.h"

#include <array>

#include "adapters/kafka/client/admin.h"

namespace cloudcart::kafka {
namespace {

using NewTopic = std::unique_ptr<rd_kafka_NewTopic_t, Freed<rd_kafka_NewTopic_destroy>>;
using DeletedTopic = std::unique_ptr<rd_kafka_DeleteTopic_t, Freed<rd_kafka_DeleteTopic_destroy>>;
using Metadata = std::unique_ptr<const rd_kafka_metadata_t, Freed<rd_kafka_metadata_destroy>>;

NewTopic describe(const TopicShape& topic) {
  std::array<char, 256> why{};
  NewTopic made{rd_kafka_NewTopic_new(topic.name.c_str(), topic.partitions, topic.replication_factor,
                                      why.data(), why.size())};
  if (!made) throw Failure(RD_KAFKA_RESP_ERR__INVALID_ARG, why.data());
  for (const auto& [name, value] : topic.settings)
    check(rd_kafka_NewTopic_set_config(made.get(), name.c_str(), value.c_str()));
  return made;
}

void check_results(const rd_kafka_topic_result_t* const* results, std::size_t count,
                   rd_kafka_resp_err_t accepted) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto code = rd_kafka_topic_result_error(results[i]);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR || code == accepted) continue;
    const auto* why = rd_kafka_topic_result_error_string(results[i]);
    throw Failure(code, std::string{rd_kafka_topic_result_name(results[i])} + ": " +
                            (why ? why : rd_kafka_err2str(code)));
  }
}

}  // namespace

void create_topics(rd_kafka_t& client, const std::vector<TopicShape>& topics, milliseconds limit) {
  std::vector<NewTopic> owned;
  std::vector<rd_kafka_NewTopic_t*> wanted;
  for (const auto& topic : topics) wanted.push_back(owned.emplace_back(describe(topic)).get());
  const auto event =
      administer(client, RD_KAFKA_ADMIN_OP_CREATETOPICS, limit, [&](const auto* options, auto* queue) {
        rd_kafka_CreateTopics(&client, wanted.data(), wanted.size(), options, queue);
      });
  std::size_t count = 0;
  const auto results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
  check_results(results, count, RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS);
}

void delete_topics(rd_kafka_t& client, const std::vector<std::string>& names, milliseconds limit) {
  std::vector<DeletedTopic> owned;
  std::vector<rd_kafka_DeleteTopic_t*> unwanted;
  for (const auto& name : names)
    unwanted.push_back(owned.emplace_back(rd_kafka_DeleteTopic_new(name.c_str())).get());
  const auto event =
      administer(client, RD_KAFKA_ADMIN_OP_DELETETOPICS, limit, [&](const auto* options, auto* queue) {
        rd_kafka_DeleteTopics(&client, unwanted.data(), unwanted.size(), options, queue);
      });
  std::size_t count = 0;
  const auto results =
      rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(event.get()), &count);
  check_results(results, count, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
}

std::vector<Partition> partitions_of(rd_kafka_t& client, const std::string& topic, milliseconds limit) {
  const Topic handle{rd_kafka_topic_new(&client, topic.c_str(), nullptr)};
  if (!handle) throw Failure(rd_kafka_last_error());
  const rd_kafka_metadata_t* answer = nullptr;
  check(rd_kafka_metadata(&client, 0, handle.get(), &answer, to_ms(limit)));
  const Metadata metadata{answer};
  std::vector<Partition> partitions;
  for (int t = 0; t < metadata->topic_cnt; ++t) {
    const auto& told = metadata->topics[t];
    if (Failure::is_missing(told.err)) continue;
    check(told.err);
    for (int p = 0; p < told.partition_cnt; ++p) partitions.push_back({told.topic, told.partitions[p].id});
  }
  return partitions;
}

std::string cluster_id(rd_kafka_t& client, milliseconds limit) {
  char* answer = rd_kafka_clusterid(&client, to_ms(limit));
  if (!answer) throw Failure(RD_KAFKA_RESP_ERR__TIMED_OUT);
  std::string id = answer;
  rd_kafka_mem_free(&client, answer);
  return id;
}

}  // namespace cloudcart::kafka
