// The same targets without libFuzzer, in an ordinary build: every input that is kept, and inputs made from them by
// changes that are the same in every run.
//   fuzz_replay --rounds N          all targets on corpus/<target>/, with N changed inputs for each, by changes of N's own
//   fuzz_replay TARGET FILE...      one target on files
//   fuzz_replay --list              names of the targets
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include <spdlog/spdlog.h>

#include "fuzz/fuzz_target.h"

namespace cloudcart::fuzz {
namespace {

namespace fs = std::filesystem;

/// What is being tried, for whoever has to find out why it ended the program.
std::string_view tried;
constexpr const char* broken_input = "fuzz_replay.broken";

void keep_input(int) {
  if (auto* file = std::fopen(broken_input, "wb")) {
    std::fwrite(tried.data(), 1, tried.size(), file);
    std::fclose(file);
  }
  std::fprintf(stderr, "The input is in %s\n", broken_input);
}

void try_input(const Target& target, std::string_view input) {
  tried = input;
  target.run(input);
}

constexpr std::size_t longest_changed_input = 8192;

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> kept_inputs(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
  std::ranges::sort(files);
  std::vector<std::string> inputs;
  for (const auto& file : files) inputs.push_back(read_file(file));
  return inputs;
}

/// One to four small changes.
std::string changed(std::string text, const std::string& other, std::mt19937& random) {
  const auto below = [&](std::size_t bound) { return random() % std::max<std::size_t>(bound, 1); };
  for (auto left = 1 + below(4); left > 0; --left) {
    const auto at = below(text.size() + 1);
    const auto length = 1 + below(16);
    switch (below(5)) {
      case 0:
        if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
        break;
      case 1:
        text.erase(at, length);
        break;
      case 2:
        text.insert(at, text.substr(below(text.size()), length));
        break;
      case 3:
        text.insert(at, other.substr(below(other.size()), length));
        break;
      default:
        text.insert(at, 1, static_cast<char>(random()));
    }
  }
  text.resize(std::min(text.size(), longest_changed_input));
  return text;
}

void replay(const Target& target, const std::vector<std::string>& inputs, unsigned rounds) {
  try_input(target, "");
  std::mt19937 random(rounds);
  for (const auto& input : inputs) {
    try_input(target, input);
    for (unsigned i = 0; i < rounds; ++i) {
      const auto made = changed(input, inputs[random() % inputs.size()], random);
      try_input(target, made);
    }
  }
}

int replay_all(const fs::path& corpus, unsigned rounds) {
  for (const auto& entry : fs::directory_iterator(corpus)) {
    if (find_target(entry.path().filename().string())) continue;
    std::fprintf(stderr, "%s is the corpus of no target\n", entry.path().c_str());
    return 1;
  }
  for (const auto& target : targets()) {
    const auto folder = corpus / target.name;
    const auto inputs = fs::is_directory(folder) ? kept_inputs(folder) : std::vector<std::string>{};
    if (inputs.empty()) {
      std::fprintf(stderr, "%s holds no input\n", folder.c_str());
      return 1;
    }
    std::printf("%-20.*s %zu inputs\n", static_cast<int>(target.name.size()), target.name.data(),
                inputs.size());
    std::fflush(stdout);
    replay(target, inputs, rounds);
  }
  return 0;
}

int main_with(const std::vector<std::string>& arguments) {
  spdlog::set_level(spdlog::level::off);
  std::signal(SIGABRT, keep_input);
  std::ranges::sort(targets(), {}, &Target::name);
  if (arguments.empty()) {
    std::fprintf(stderr, "say --rounds N, --list or a target and files\n");
    return 2;
  }
  if (arguments[0] == "--rounds" && arguments.size() == 2)
    return replay_all(CLOUDCART_FUZZ_CORPUS, static_cast<unsigned>(std::stoul(arguments[1])));
  if (arguments[0] == "--list") {
    for (const auto& target : targets())
      std::printf("%.*s\n", static_cast<int>(target.name.size()), target.name.data());
    return 0;
  }
  const auto* target = find_target(arguments[0]);
  if (!target) {
    std::fprintf(stderr, "there is no target %s; --list names them\n", arguments[0].c_str());
    return 2;
  }
  for (const auto& file : std::vector(arguments.begin() + 1, arguments.end()))
    try_input(*target, read_file(file));
  return 0;
}

}  // namespace
}  // namespace cloudcart::fuzz

int main(int count, char** arguments) {
  return cloudcart::fuzz::main_with({arguments + 1, arguments + count});
}
