#pragma once

#include <vector>

#include "import/app/import_options.h"
#include "import/domain/import_report.h"
#include "import/domain/line_collector.h"

namespace cloudcart::history {

/// Reads all files line by line into `collected` and fills the report's figures about lines. Fails for a file
/// that cannot be read to its end, has an unknown header or more lines than allowed; a bad line is no
/// failure, it is left out and counted.
Status read_history(std::vector<ImportFile>& files, LineCollector& collected, ImportReport& report,
                    const ReportProgress& progress);

}  // namespace cloudcart::history
