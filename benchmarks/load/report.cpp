#include "load/report.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/json_writer.h"

namespace cloudcart::load {

namespace {

double per(double amount, double units) {
  return units > 0 ? amount / units : 0;
}

double rounded(double value, double steps) {
  return std::round(value * steps) / steps;
}

double mebibytes(std::uint64_t bytes) {
  return rounded(static_cast<double>(bytes) / (1 << 20), 10);
}

double seconds_of(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

double server_cpu(const Measurements& measured) {
  return measured.server_before && measured.server_after
             ? seconds_of(measured.server_after->cpu - measured.server_before->cpu)
             : 0;
}

std::uint64_t peak_resident(const Measurements& measured) {
  std::uint64_t peak = measured.server_after ? measured.server_after->resident_bytes : 0;
  for (const auto& sample : measured.samples)
    if (sample.server) peak = std::max(peak, sample.server->resident_bytes);
  return peak;
}

Histogram all_taken(const Measurements& measured) {
  Histogram all;
  for (const auto& request : measured.requests) all.add(request.taken);
  return all;
}

void write_histogram(JsonWriter& json, const Histogram& histogram) {
  const auto micro = [](double nanos) { return rounded(nanos / 1000, 10); };
  const auto at = [&](double quantile) { return micro(static_cast<double>(histogram.at(quantile))); };
  json.begin_object().field("count", histogram.count()).field("mean", micro(histogram.mean()));
  json.field("p50", at(0.5))
      .field("p90", at(0.9))
      .field("p95", at(0.95))
      .field("p99", at(0.99))
      .field("p999", at(0.999));
  json.field("max", micro(static_cast<double>(histogram.max()))).end_object();
}

void write_counts(JsonWriter& json, const StatusCounts& statuses, const FailureCounts& failures) {
  json.key("statuses").begin_object();
  for (std::size_t status = 0; status < statuses.size(); ++status)
    if (statuses[status] > 0) json.field(fmt::format("{}", status), statuses[status]);
  json.end_object().key("errors").begin_object();
  for (std::size_t kind = 0; kind < failures.size(); ++kind)
    if (failures[kind] > 0) json.field(failure_words[kind], failures[kind]);
  json.end_object();
}

void write_server(JsonWriter& json, const Measurements& measured) {
  const double cpu = server_cpu(measured);
  json.key("server").begin_object();
  json.field("cpu_seconds", rounded(cpu, 100)).field("cpu_cores", rounded(per(cpu, measured.seconds), 1000));
  json.field("cpu_us_per_answer", rounded(per(cpu * 1e6, static_cast<double>(measured.answers_within)), 100));
  json.field("rss_mib_before", mebibytes(measured.server_before->resident_bytes));
  json.field("rss_mib_after", mebibytes(measured.server_after->resident_bytes));
  json.field("rss_mib_peak", mebibytes(peak_resident(measured))).end_object();
}

void write_samples(JsonWriter& json, const Measurements& measured) {
  json.key("samples").begin_array();
  std::optional<ProcessUsage> before;
  for (const auto& sample : measured.samples) {
    json.begin_object().field("at_s", rounded(sample.at_seconds, 1000));
    json.field("per_s", rounded(per(static_cast<double>(sample.answers), sample.seconds), 10));
    if (sample.server) json.field("rss_mib", mebibytes(sample.server->resident_bytes));
    if (sample.server && before)
      json.field("cpu_cores",
                 rounded(per(seconds_of(sample.server->cpu - before->cpu), sample.seconds), 1000));
    json.end_object();
    before = sample.server;
  }
  json.end_array();
}

std::string line_of(std::string_view name, const Histogram& histogram) {
  const auto ms = [&](double quantile) { return static_cast<double>(histogram.at(quantile)) / 1e6; };
  return fmt::format("{:<32} {:>10} {:>9.3f} {:>9.3f} {:>9.3f} {:>9.3f} {:>9.3f}\n", name, histogram.count(),
                     ms(0.5), ms(0.95), ms(0.99), ms(0.999), static_cast<double>(histogram.max()) / 1e6);
}

std::string counts_line(const StatusCounts& statuses, const FailureCounts& failures) {
  std::string line;
  for (std::size_t status = 0; status < statuses.size(); ++status)
    if (statuses[status] > 0) line += fmt::format(" {}×{}", status, statuses[status]);
  for (std::size_t kind = 0; kind < failures.size(); ++kind)
    if (failures[kind] > 0) line += fmt::format(" {}×{}", failure_words[kind], failures[kind]);
  return line;
}

}  // namespace

std::string json_report(const Options& options, const Measurements& measured) {
  JsonWriter json;
  json.begin_object().field("mode", options.rate ? "open" : "closed");
  if (options.rate) json.field("rate", *options.rate);
  json.field("connections", options.connections).field("seconds", rounded(measured.seconds, 1000));
  json.field("warm_up_seconds", seconds_of(options.warm_up)).field("started", measured.started);
  json.field("answers_per_s",
             rounded(per(static_cast<double>(measured.answers_within), measured.seconds), 10));
  json.field("taken_per_s", rounded(per(static_cast<double>(measured.taken_within), measured.seconds), 10));
  json.key("taken_us");
  write_histogram(json, all_taken(measured));
  json.key("refused_us");
  write_histogram(json, measured.refused);
  write_counts(json, measured.statuses, measured.failures);
  json.field("dropped", measured.dropped)
      .field("unsent", measured.unsent)
      .field("unfinished", measured.unfinished);
  json.key("requests").begin_array();
  for (const auto& request : measured.requests) {
    json.begin_object().field("name", request.name).key("taken_us");
    write_histogram(json, request.taken);
    json.end_object();
  }
  json.end_array().key("whole_run").begin_object().field("sent", measured.all_sent);
  write_counts(json, measured.all_statuses, measured.all_failures);
  json.field("unfinished", measured.all_unfinished).field("reconnects", measured.reconnects).end_object();
  json.key("generator")
      .begin_object()
      .field("cpu_cores", rounded(per(seconds_of(measured.own_cpu), measured.seconds), 1000));
  json.field(
      "cpu_us_per_answer",
      rounded(per(seconds_of(measured.own_cpu) * 1e6, static_cast<double>(measured.answers_within)), 100));
  json.end_object();
  if (measured.server_before && measured.server_after) write_server(json, measured);
  write_samples(json, measured);
  const auto note = [&](std::string_view name, const std::string& text) {
    if (!text.empty()) json.field(name, text);
  };
  note("first_refused", measured.first_refused);
  note("first_malformed", measured.first_malformed);
  note("ended_early", measured.ended_early);
  json.end_object();
  return std::move(json).str();
}

std::string text_report(const Options& options, const Measurements& measured) {
  std::string out =
      options.rate ? fmt::format("open loop, {} due per second, ", *options.rate) : "closed loop, ";
  out += fmt::format("{} connections, {:.1f} s measured after {:.1f} s of warm-up\n\n", options.connections,
                     measured.seconds, seconds_of(options.warm_up));
  out += fmt::format("{:.1f} answers/s, of which {:.1f}/s good\n",
                     per(static_cast<double>(measured.answers_within), measured.seconds),
                     per(static_cast<double>(measured.taken_within), measured.seconds));
  out += fmt::format("answers and errors:{}\n", counts_line(measured.statuses, measured.failures));
  if (measured.dropped + measured.unsent + measured.unfinished > 0)
    out += fmt::format("dropped {}, never sent {}, unfinished {}\n", measured.dropped, measured.unsent,
                       measured.unfinished);
  if (measured.server_before && measured.server_after)
    out += fmt::format("server: {:.2f} cores, {:.1f} us per answer, {} → {} MiB resident (peak {})\n",
                       per(server_cpu(measured), measured.seconds),
                       per(server_cpu(measured) * 1e6, static_cast<double>(measured.answers_within)),
                       mebibytes(measured.server_before->resident_bytes),
                       mebibytes(measured.server_after->resident_bytes), mebibytes(peak_resident(measured)));
  out += fmt::format("generator: {:.2f} cores, {:.1f} us per answer\n",
                     per(seconds_of(measured.own_cpu), measured.seconds),
                     per(seconds_of(measured.own_cpu) * 1e6, static_cast<double>(measured.answers_within)));
  out += fmt::format("\n{:<32} {:>10} {:>9} {:>9} {:>9} {:>9} {:>9}\n", "milliseconds", "count", "p50", "p95",
                     "p99", "p99.9", "max");
  for (const auto& request : measured.requests) out += line_of(request.name, request.taken);
  if (measured.requests.size() > 1) out += line_of("all", all_taken(measured));
  if (measured.refused.count() > 0) out += line_of("refused", measured.refused);
  if (!measured.first_refused.empty()) out += fmt::format("\nfirst refused: {}\n", measured.first_refused);
  if (!measured.first_malformed.empty())
    out += fmt::format("first malformed: {}\n", measured.first_malformed);
  if (!measured.ended_early.empty()) out += fmt::format("ended early: {}\n", measured.ended_early);
  return out;
}

}  // namespace cloudcart::load
