#include "user/http/export_stream.h"

#include <spdlog/spdlog.h>

#include "runtime/executor.h"

namespace cloudcart::user {
namespace {

constexpr std::size_t whole_up_to = 1 << 20;  ///< bytes
constexpr seconds piece_limit{10};

class ExportStream final : public http::BodyStream {
 public:
  ExportStream(std::string beginning, AccountExport document)
      : beginning_(std::move(beginning)), document_(std::move(document)) {}

  Task<std::optional<std::string>> next() override {
    if (!beginning_.empty()) co_return std::exchange(beginning_, {});
    if (cancelled_) co_return std::nullopt;
    auto piece = co_await document_.next(Executor::current()->now() + piece_limit);
    if (piece) co_return *std::move(piece);
    spdlog::warn("an export ended early: {}", piece.error().message);
    co_return std::nullopt;
  }
  void cancel() override { cancelled_ = true; }

 private:
  std::string beginning_;
  AccountExport document_;
  bool cancelled_ = false;
};

}  // namespace

Task<Result<http::Response>> export_response(AccountExport document, Deadline deadline) {
  http::Response response;
  response.headers.set("Content-Type", "application/json");
  response.headers.set("Content-Disposition", "attachment; filename=\"personal-data.json\"");
  response.headers.set("Cache-Control", "no-store");
  while (response.body.size() < whole_up_to) {
    CLOUDCART_CO_TRY(auto piece, co_await document.next(deadline));
    if (!piece) co_return response;
    response.body += *piece;
  }
  response.stream = std::make_shared<ExportStream>(std::exchange(response.body, {}), std::move(document));
  co_return response;
}

}  // namespace cloudcart::user
