#pragma once

#include <vector>

#include "core/clock.h"
#include "import/app/import_options.h"
#include "import/domain/import_report.h"
#include "import/ports/import_journal.h"
#include "import/ports/import_sink.h"
#include "runtime/task.h"

namespace cloudcart::history {

class RecordMaker;

/// Brings the history of a shop in. Two passes: the files are read whole into a compact form (about 60 bytes
/// a line in all), because which order a cancellation takes back, and what a product is called, is known only
/// at the end; then records go out in batches. Nothing is stored before all files were read and found good.
///
/// Running it again over the same files adds what is missing and changes nothing else; so a killed import is
/// completed by running it again.
class ImportHistory {
 public:
  ImportHistory(ImportSink& sink, ImportJournal& journal, const Clock& clock)
      : sink_(sink), journal_(journal), clock_(clock) {}

  /// Reads on the calling thread. validation_failed: unknown columns, bad options, or a shift that
  /// contradicts the source's earlier import; unavailable: a file that cannot be read; and what the sink and
  /// the journal answer.
  Task<Result<ImportReport>> operator()(Caller caller, ImportOptions options, std::vector<ImportFile> files,
                                        ReportProgress progress);

 private:
  Task<Result<int>> decide_shift(Caller caller, ImportOptions options, Timestamp last);
  Task<Status> store(Caller caller, const RecordMaker& records, std::size_t batch_size, ImportReport& report,
                     ReportProgress progress);

  ImportSink& sink_;
  ImportJournal& journal_;
  const Clock& clock_;
};

}  // namespace cloudcart::history
