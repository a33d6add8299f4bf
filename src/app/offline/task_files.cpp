#include "app/offline/task_files.h"

#include <algorithm>
#include <string>
#include <unordered_map>

#include <fmt/format.h>

#include "app/offline/line_reader.h"
#include "app/offline/run_file.h"
#include "core/text.h"

namespace cloudcart::app {
namespace {

using recommendation::offline::Catalogue;
using recommendation::offline::OfflineTask;
using recommendation::offline::Query;
using recommendation::offline::TaskSet;
using recommendation::offline::WordIndex;
using recommendation::offline::Words;

/// A bound on memory.
constexpr std::size_t max_queries = 10'000'000;

struct Pair {
  std::string_view query_id, rest;
};

/// Lines of two fields below a header.
class PairReader {
 public:
  static Result<PairReader> open(const std::filesystem::path& path) {
    CLOUDCART_TRY(auto lines, LineReader::open(path));
    return PairReader(std::move(lines));
  }

  /// Nullopt at the end.
  Result<std::optional<Pair>> next() {
    for (;;) {
      CLOUDCART_TRY(const auto line, lines_.next());
      if (!line) return std::nullopt;
      const auto tab = line->find('\t');
      if (tab == std::string_view::npos || line->find('\t', tab + 1) != std::string_view::npos)
        return refuse("two fields separated by a tab are wanted: the query's id, and what it is about.");
      const Pair pair{line->substr(0, tab), line->substr(tab + 1)};
      if (lines_.line() == 1 && pair.query_id == "query_id") continue;
      if (pair.query_id.empty() || pair.rest.empty()) return refuse("a field is empty.");
      return pair;
    }
  }

  std::unexpected<Error> refuse(const std::string& what) const { return lines_.refuse(what); }

 private:
  explicit PairReader(LineReader lines) : lines_(std::move(lines)) {}
  LineReader lines_;
};

Status read_items(std::string_view text, Query& query, Words& words) {
  for (const auto item : split(text, ',')) {
    if (item.empty()) return fail(ErrorCode::validation_failed, "an item between commas is empty.");
    query.items.push_back(words.items.add(item));
  }
  return {};
}

std::string names_of(const std::vector<std::uint32_t>& items, const Words& words) {
  std::string out;
  for (const auto item : items) {
    if (!out.empty()) out += ',';
    out += words.items[item];
  }
  return out;
}

}  // namespace

Result<Catalogue> read_catalogue(const std::filesystem::path& path, Words& words) {
  CLOUDCART_TRY(auto lines, LineReader::open(path));
  std::vector<std::uint32_t> items;
  WordIndex seen;
  for (;;) {
    CLOUDCART_TRY(const auto line, lines.next());
    if (!line) break;
    const auto item = trim(*line);
    if (item.empty()) continue;
    if (seen.find(item)) return lines.refuse(fmt::format("\"{}\" is there twice.", item));
    seen.add(item);
    items.push_back(words.items.add(item));
  }
  if (items.empty())
    return fail(ErrorCode::validation_failed,
                path.string() + " is empty; it must have the items that may be answered, one a line.");
  return Catalogue(std::move(items));
}

Result<std::vector<Query>> read_queries(const std::filesystem::path& path, OfflineTask task, Words& words) {
  CLOUDCART_TRY(auto pairs, PairReader::open(path));
  std::vector<Query> queries;
  WordIndex ids;
  for (;;) {
    CLOUDCART_TRY(const auto pair, pairs.next());
    if (!pair) return queries;
    if (queries.size() == max_queries)
      return pairs.refuse("there are more than 10000000 queries; split the file.");
    if (ids.add(pair->query_id) != queries.size())
      return pairs.refuse(fmt::format("the query \"{}\" is there twice.", pair->query_id));
    auto& query = queries.emplace_back(Query{.id = std::string{pair->query_id}});
    if (asks_for_items(task)) {
      if (auto read = read_items(pair->rest, query, words); !read) return pairs.refuse(read.error().message);
    } else {
      query.customer = words.customers.add(pair->rest);
    }
  }
}

Result<TaskSet> read_task(const std::filesystem::path& queries, const std::filesystem::path& truth,
                          OfflineTask task, Words& words) {
  TaskSet set{.task = task};
  CLOUDCART_TRY(set.queries, read_queries(queries, task, words));
  WordIndex ids;
  for (const auto& query : set.queries) ids.add(query.id);
  set.truth.resize(set.queries.size());
  CLOUDCART_TRY(auto pairs, PairReader::open(truth));
  for (;;) {
    CLOUDCART_TRY(const auto pair, pairs.next());
    if (!pair) break;
    const auto query = ids.find(pair->query_id);
    if (!query) return pairs.refuse(fmt::format("{} has no query \"{}\".", queries.string(), pair->query_id));
    set.truth[*query].push_back(words.items.add(pair->rest));
  }
  for (std::size_t i = 0; i < set.queries.size(); ++i) {
    auto& items = set.truth[i];
    if (items.empty())
      return fail(ErrorCode::validation_failed,
                  fmt::format("{} has no item for the query \"{}\" of {}.", truth.string(), set.queries[i].id,
                              queries.string()));
    std::ranges::sort(items);
    const auto repeated = std::ranges::unique(items);
    items.erase(repeated.begin(), repeated.end());
  }
  return set;
}

Status write_task(const std::filesystem::path& folder, const TaskSet& task, const Words& words) {
  const auto path_of = [&](std::string_view kind) {
    return folder / fmt::format("{}.{}.tsv", to_string(task.task), kind);
  };
  CLOUDCART_TRY(auto queries, TextFile::create(path_of("queries")));
  CLOUDCART_TRY(auto truth, TextFile::create(path_of("truth")));
  CLOUDCART_CHECK(queries.write("query_id\tquery\n"));
  CLOUDCART_CHECK(truth.write("query_id\titem_id\n"));
  for (std::size_t i = 0; i < task.queries.size(); ++i) {
    const auto& query = task.queries[i];
    CLOUDCART_CHECK(
        queries.write(fmt::format("{}\t{}\n", query.id,
                                  asks_for_items(task.task) ? names_of(query.items, words)
                                                            : std::string{words.customers[query.customer]})));
    for (const auto item : task.truth[i])
      CLOUDCART_CHECK(truth.write(fmt::format("{}\t{}\n", query.id, words.items[item])));
  }
  CLOUDCART_CHECK(queries.close());
  return truth.close();
}

Status write_catalogue(const std::filesystem::path& path, const Catalogue& catalogue, const Words& words) {
  CLOUDCART_TRY(auto file, TextFile::create(path));
  for (const auto item : catalogue.items())
    CLOUDCART_CHECK(file.write(fmt::format("{}\n", words.items[item])));
  return file.close();
}

}  // namespace cloudcart::app
