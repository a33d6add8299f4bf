#pragma once

#include "http/message.h"
#include "user/app/export_account.h"

namespace cloudcart::user {

/// The document as one answer, a file to be kept; in pieces where it is large. What fails before the first piece is sent is
/// answered as an error; afterwards the document ends too early, and is no JSON.
Task<Result<http::Response>> export_response(AccountExport document, Deadline deadline);

}  // namespace cloudcart::user
