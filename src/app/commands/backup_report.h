#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "adapters/files/backup/archive_reader.h"
#include "app/commands/interruption.h"
#include "app/commands/progress_line.h"
#include "backup/manifest.h"

namespace cloudcart::app {

std::string megabytes(std::int64_t bytes);

/// With a line end each, for standard output.
std::string backup_to_json(const backup::Manifest& manifest, const std::filesystem::path& file);
std::string backup_to_text(const backup::Manifest& manifest, const std::filesystem::path& file);
std::string verified_to_text(const backup::Manifest& manifest, const std::filesystem::path& file);
std::string restored_to_text(const backup::Manifest& manifest, const std::filesystem::path& folder,
                             std::size_t erasures);

/// Reads a whole backup and checks it, with progress.
Result<backup::Manifest> read_shown(const files::Descriptor& archive, ProgressLine& line,
                                    const Interruption& interruption, const backup::TakeManifest& look);

}  // namespace cloudcart::app
