#include <csignal>
#include <cstdio>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "load/generator.h"
#include "load/options.h"
#include "load/report.h"

namespace {

using namespace cloudcart::load;

constexpr int exit_measured = 0, exit_failed = 1, exit_unusable = 2;

int complain(const std::string& message, int status) {
  fmt::print(stderr, "benchmarks_load: {}\n", message);
  return status;
}

cloudcart::Result<RequestSet> read_requests(const Options& options) {
  const RequestSet::Settings settings{
      .host = fmt::format("{}:{}", options.host, options.port), .keyed = options.keyed, .seed = options.seed};
  if (options.requests_file.empty()) return RequestSet::of_paths(options.paths, settings);
  std::ostringstream text;
  std::ifstream file(options.requests_file, std::ios::binary);
  // Not by iterators: those throw on what opens and cannot be read, such as a folder.
  if (!file || !(text << file.rdbuf()))
    return cloudcart::fail(cloudcart::ErrorCode::validation_failed,
                           fmt::format("Cannot read {}.", options.requests_file));
  return RequestSet::parse(text.view(), settings);
}

}  // namespace

int main(int argc, char** argv) {
  const auto line = parse_command_line(argc, argv);
  if (!line.options) {
    fmt::print(line.exit_code == 0 ? stdout : stderr, "{}", line.text);
    return line.exit_code;
  }
  const auto& options = *line.options;
  auto requests = read_requests(options);
  if (!requests) return complain(requests.error().message, exit_unusable);
  for (const int number : {SIGINT, SIGTERM}) std::signal(number, [](int) { Generator::stop_early(); });
  Generator generator(options, *requests);
  const auto measured = generator.run();
  if (!measured)
    return complain(measured.error().message, measured.error().code == cloudcart::ErrorCode::validation_failed
                                                  ? exit_unusable
                                                  : exit_failed);
  fmt::print("{}", options.json ? json_report(options, *measured) + "\n" : text_report(options, *measured));
  return measured->ended_early.empty() ? exit_measured : exit_failed;
}
