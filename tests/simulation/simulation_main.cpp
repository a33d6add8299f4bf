#include <charconv>
#include <chrono>
#include <cstdio>
#include <string_view>
#include <vector>

#include <spdlog/spdlog.h>

#include "simulation/world.h"

namespace cloudcart::simulation {
namespace {

constexpr std::string_view usage =
    "simulation: runs CloudCart's services on a virtual clock with failing ports, once per seed\n"
    "  simulation [--first N] [--seeds N]   many seeds (default: 1 to 1000); exit status 1 when one breaks a "
    "promise,\n"
    "                                       or when they never reach a situation that they are for\n"
    "  simulation --seed N [--trace]        one seed again, every step printed with --trace\n"
    "  simulation --mutations [--seeds N]   every planted bug: which seed finds it, and by which promise\n"
    "  simulation --mutation NAME [...]     the same for one; with --seed and --trace as above\n"
    "  --tally                              prints how often what came up\n";

struct Command {
  std::uint64_t first = 1, seeds = 1000;
  std::optional<std::uint64_t> seed;
  bool traces = false, tally = false, all_mutations = false;
  Mutation mutation = Mutation::none;
  std::string_view program;
};

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<Command> parse(const std::vector<std::string_view>& words) {
  Command command;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto word = words[i];
    const auto value = [&] { return i + 1 < words.size() ? words[++i] : std::string_view{}; };
    if (word == "--trace") {
      command.traces = true;
    } else if (word == "--tally") {
      command.tally = true;
    } else if (word == "--mutations") {
      command.all_mutations = true;
    } else if (word == "--mutation") {
      const auto mutation = parse_mutation(value());
      if (!mutation) return std::nullopt;
      command.mutation = *mutation;
    } else if (word == "--seed" || word == "--seeds" || word == "--first") {
      const auto number = parse_number(value());
      if (!number) return std::nullopt;
      if (word == "--seed") command.seed = number;
      if (word == "--seeds") command.seeds = *number;
      if (word == "--first") command.first = *number;
    } else {
      return std::nullopt;
    }
  }
  return command;
}

struct Found {
  std::uint64_t seed = 0;
  Violation violation;
};

/// Now and then a seed is run twice: a failure that does not come again cannot be mended.
constexpr std::uint64_t seeds_per_replay = 100;

std::optional<Found> first_violation(const Command& command, Mutation mutation, Tally& tally) {
  for (auto seed = command.first; seed < command.first + command.seeds; ++seed) {
    const auto outcome = simulate(seed, {.mutation = mutation}, tally);
    if (outcome.violation) return Found{seed, *outcome.violation};
    Tally again;
    if (seed % seeds_per_replay == 0 && simulate(seed, {.mutation = mutation}, again) != outcome)
      return Found{seed, {"replay", "the same seed went another way the second time"}};
  }
  return std::nullopt;
}

void print(const Found& found, const Command& command) {
  fmt::print("seed {} breaks the promise \"{}\": {}\n", found.seed, found.violation.promise,
             found.violation.what);
  std::string with;
  for (const auto& info : all_mutations())
    if (info.mutation == command.mutation) with = fmt::format(" --mutation {}", info.name);
  fmt::print("again, step by step: {} --seed {}{} --trace\n", command.program, found.seed, with);
}

int run_one(const Command& command) {
  Tally tally;
  const auto outcome =
      simulate(*command.seed, {.mutation = command.mutation, .traces = command.traces}, tally);
  if (command.tally) fmt::print("{}", tally.report());
  if (outcome.violation) print({*command.seed, *outcome.violation}, command);
  if (!outcome.violation)
    fmt::print("seed {} keeps every promise, in {} steps and {} ms of its own time\n", *command.seed,
               outcome.steps, outcome.virtual_ms);
  return outcome.violation ? 1 : 0;
}

int run_many(const Command& command) {
  Tally tally;
  const auto found = first_violation(command, command.mutation, tally);
  if (command.tally) fmt::print("{}", tally.report());
  if (found) print(*found, command);
  if (found) return 1;
  const auto missing = tally.missing();
  for (const auto& situation : missing) fmt::print("never reached: {}\n", situation);
  fmt::print("seeds {} to {} keep every promise\n", command.first, command.first + command.seeds - 1);
  return missing.empty() ? 0 : 1;
}

int run_mutations(const Command& command) {
  int missed = 0;
  fmt::print("{:24} {:>10}  {:20} {}\n", "planted bug", "found by", "promise", "what it does");
  for (const auto& info : all_mutations()) {
    Tally tally;
    const auto found = first_violation(command, info.mutation, tally);
    missed += !found;
    fmt::print("{:24} {:>10}  {:20} {}\n", info.name,
               found ? fmt::format("seed {}", found->seed) : "NOT FOUND",
               found ? found->violation.promise : "", info.what);
    std::fflush(stdout);
  }
  return missed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace cloudcart::simulation

int main(int count, char** words) {
  using namespace cloudcart::simulation;
  // Services log what fails, and here everything does.
  spdlog::set_level(spdlog::level::off);
  auto command = parse({words + 1, words + count});
  if (!command) {
    fmt::print(stderr, "{}", usage);
    return 2;
  }
  command->program = words[0];
  if (command->all_mutations) return run_mutations(*command);
  return command->seed ? run_one(*command) : run_many(*command);
}
