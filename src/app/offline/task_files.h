#pragma once

#include <filesystem>
#include <vector>

#include "core/result.h"
#include "recommendation/offline/offline_task.h"
#include "recommendation/offline/word_index.h"

namespace cloudcart::app {

/// One item a line, each once. validation_failed when there is none, or one is there twice.
Result<recommendation::offline::Catalogue> read_catalogue(const std::filesystem::path& path,
                                                          recommendation::offline::Words& words);

/// Lines `query_id <tab> query` below a line of their names; a query is a customer, or items separated by
/// commas. validation_failed, with the line, for anything else and for an id that comes again.
Result<std::vector<recommendation::offline::Query>> read_queries(const std::filesystem::path& path,
                                                                 recommendation::offline::OfflineTask task,
                                                                 recommendation::offline::Words& words);

/// Lines `query_id <tab> item_id` for these queries: each needs one at least. validation_failed otherwise, and
/// for a query that is not among them.
Result<recommendation::offline::TaskSet> read_task(const std::filesystem::path& queries,
                                                   const std::filesystem::path& truth,
                                                   recommendation::offline::OfflineTask task,
                                                   recommendation::offline::Words& words);

/// Writes what read_task() and read_catalogue() read: `TASK.queries.tsv` and `TASK.truth.tsv` into `folder`.
/// unavailable when the disk takes no more.
Status write_task(const std::filesystem::path& folder, const recommendation::offline::TaskSet& task,
                  const recommendation::offline::Words& words);
Status write_catalogue(const std::filesystem::path& path, const recommendation::offline::Catalogue& catalogue,
                       const recommendation::offline::Words& words);

}  // namespace cloudcart::app
