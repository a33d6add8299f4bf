#include "import/app/read_history.h"

#include <array>
#include <optional>

#include "core/text.h"
#include "import/domain/csv_parser.h"
#include "import/domain/layout.h"

namespace cloudcart::history {
namespace {

constexpr std::size_t chunk_bytes = std::size_t{256} * 1024;

/// Reads one file.
class FileReader {
 public:
  FileReader(const std::string& name, LineCollector& collected, ImportReport& report)
      : name_(name), collected_(collected), report_(report) {}

  Status take(std::string_view bytes) {
    parser_.push(bytes);
    return drain();
  }
  Status finish() {
    parser_.finish();
    CLOUDCART_CHECK(drain());
    if (!columns_) return fail(ErrorCode::validation_failed, name_ + " is empty.");
    return {};
  }

 private:
  Status drain() {
    while (const auto record = parser_.next()) {
      if (!columns_) {
        CLOUDCART_CHECK(read_header(*record));
        continue;
      }
      if (collected_.is_full()) {
        return fail(ErrorCode::payload_too_large,
                    name_ + ", line " + std::to_string(record->line) +
                        ": the history has more lines than one import may have. Split it by date.");
      }
      read_line(*record);
    }
    return {};
  }

  Status read_header(const CsvParser::Record& record) {
    auto columns = ColumnMap::read_header(record.fields);
    if (!columns) {
      Error error = std::move(columns).error();
      error.message = name_ + ": " + error.message;
      return fail(std::move(error));
    }
    columns_ = *columns;
    return {};
  }

  void read_line(const CsvParser::Record& record) {
    ++report_.lines;
    auto line = record.readable ? columns_->read(record.fields) : std::nullopt;
    if (!line) {
      leave_out(LeftOut::unreadable_record, Money{}, record.line);
      return;
    }
    decode(*line);
    const auto verdict = collected_.add(*line);
    if (verdict.left_out) {
      leave_out(*verdict.left_out, verdict.amount, record.line);
    } else {
      ++report_.lines_kept;
    }
  }

  /// Old exports are Latin-1; what is no UTF-8 is taken for it, field by field.
  void decode(SourceLine& line) {
    constexpr std::array fields{&SourceLine::order,   &SourceLine::customer, &SourceLine::time,
                                &SourceLine::product, &SourceLine::quantity, &SourceLine::price,
                                &SourceLine::name,    &SourceLine::category, &SourceLine::country};
    for (std::size_t i = 0; i < fields.size(); ++i) {
      auto& field = line.*fields[i];
      if (is_valid_utf8(field)) continue;
      ++report_.latin1_fields;
      decoded_[i] = latin1_to_utf8(field);
      field = decoded_[i];
    }
  }

  void leave_out(LeftOut reason, Money amount, std::uint64_t line) {
    auto& tally = report_.left_out[static_cast<std::size_t>(reason)];
    if (tally.lines++ == 0) tally.example = name_ + ", line " + std::to_string(line);
    // Amounts left out may be nonsense of any size; a sum beyond the range stays where it was.
    tally.amount = tally.amount.plus(amount).value_or(tally.amount);
  }

  const std::string& name_;
  LineCollector& collected_;
  ImportReport& report_;
  CsvParser parser_;
  std::optional<ColumnMap> columns_;
  std::array<std::string, 9> decoded_;  // what a line's views look into
};

}  // namespace

Status read_history(std::vector<ImportFile>& files, LineCollector& collected, ImportReport& report,
                    const ReportProgress& progress) {
  ImportProgress state{.phase = ImportProgress::Phase::reading};
  for (const auto& file : files) state.total += file.bytes->size();
  std::uint64_t earlier_files = 0;
  std::vector<char> chunk(chunk_bytes);
  for (auto& file : files) {
    FileReader reader(file.name, collected, report);
    for (;;) {
      CLOUDCART_TRY(const std::size_t got, file.bytes->read(chunk));
      if (got == 0) break;
      CLOUDCART_CHECK(reader.take({chunk.data(), got}));
      state.done = earlier_files + file.bytes->position();
      state.lines = report.lines;
      progress(state);
    }
    CLOUDCART_CHECK(reader.finish());
    earlier_files += file.bytes->size();
    ++report.files;
  }
  return {};
}

}  // namespace cloudcart::history
