#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/config/config.h"
#include "core/id.h"
#include "core/result.h"

namespace cloudcart::app {

/// Exit codes of every command.
constexpr int exit_ok = 0;
constexpr int exit_failed = 1;  ///< it ran, and the answer is no: not equal, not found, refused by the data
constexpr int exit_unusable =
    2;  ///< it could not run: wrong usage or settings, data folder in use, port taken

struct ServeOptions {
  std::optional<std::filesystem::path> addresses_file;  ///< written as JSON once ready
  std::optional<std::string> sign_in_as;                ///< e-mail of an account for a one-use link
};
int serve(const Config& config, const ServeOptions& options);

struct HealthCommand {
  std::optional<std::string> url;  ///< whom to ask; empty: all that a process of these settings serves
  milliseconds timeout{5'000};     ///< for all together
  bool live = false;               ///< whether it answers, not whether it is ready
};
/// Asks processes that run and says in one line how they are: exit_ok or exit_failed.
int check_health(const Config& config, const HealthCommand& options);

struct MigrateCommand {
  milliseconds timeout{60'000};  ///< for servers that do not answer yet
};
/// Brings what is kept on servers up to date.
int migrate(const Config& config, const MigrateCommand& options);

struct ImportOptions {
  std::vector<std::filesystem::path> files;
  bool shift_to_today = false;
  std::int64_t stock = 100;
  std::vector<std::string> not_products;
  bool json = false;
};
int import_history(const Config& config, const ImportOptions& options);

struct PromoteOptions {
  std::filesystem::path from;  ///< the data folder
  bool json = false;
};
/// Moves the shop of a data folder to the engines that the configuration names, and compares the two.
int promote(const Config& config, const PromoteOptions& options);

struct DemoCommand {
  std::uint64_t seed = 1;
  std::size_t products = 240, customers = 900, orders = 9'000;
  std::uint32_t days = 365;
  std::optional<std::filesystem::path> csv;  ///< write the plain layout instead of a data folder
};
int make_demo(const Config& config, const DemoCommand& options);

struct SimulateCommand {
  std::string address = "http://127.0.0.1:8080";
  double orders_per_minute = 30;
  std::optional<seconds> duration;
  std::uint64_t seed = 1;
  std::optional<std::string> staff_email;  ///< the password comes from standard input
};
int simulate_traffic(const SimulateCommand& options);

int reconcile(const Config& config);

struct RebuildCommand {
  std::optional<std::string> address;  ///< of the analytics service, when somebody serves the folder
};
/// Builds all figures anew from the event log and switches over, while the folder is served or not.
int rebuild_analytics(const Config& config, const RebuildCommand& options);

int check_stores(const Config& config);

struct BackupCommand {
  std::optional<std::filesystem::path> to;      ///< a new file, or a folder that gets one
  std::optional<std::filesystem::path> verify;  ///< instead: check this backup
  bool without_keys = false;
  bool json = false;
};
/// Copies a data folder as it is at one moment, while it is served or not.
int back_up(const Config& config, const BackupCommand& options);

struct RestoreCommand {
  std::filesystem::path file;
  std::optional<std::filesystem::path> erasures;  ///< what list_erasures() printed
  bool json = false;
};
/// Makes the data folder, which must not be there, of a backup.
int restore(const Config& config, const RestoreCommand& options);

/// Which events of the log; empty parts ask for nothing.
struct EventFilter {
  std::optional<OrderId> order;
  std::vector<std::string> types;
};
struct TailCommand {
  EventFilter filter;
  std::size_t count = 10;
  bool follow = false;
};
/// Prints the newest events as JSON lines.
int tail_events(const Config& config, const TailCommand& options);

struct ReplayCommand {
  EventFilter filter;
  std::int64_t from = 1;
  std::optional<std::int64_t> until;  ///< empty: the end of the log at the start of the command
  std::optional<std::string> to;      ///< an address that takes them by POST; empty: standard output
};
/// Hands events out again in order of the log.
int replay_events(const Config& config, const ReplayCommand& options);

/// Has the relay publish the whole event log to Kafka again, as the next edition.
int republish_events(const Config& config);

struct AddUserOptions {
  std::string email;
  std::string role = "customer";
  std::string first_name = "Shop", last_name = "User";
  bool replace = false;  ///< give an existing account this role and password
};
int add_user(const Config& config, const AddUserOptions& options);

struct VerifyAuditCommand {
  std::optional<std::filesystem::path> heads;  ///< what print_audit_heads() printed before
};
/// Reads the audit trails of all services, each to its end, and prints the first fault of each.
int verify_audit(const Config& config, const VerifyAuditCommand& options);
/// Prints where each chain ends, to be kept elsewhere.
int print_audit_heads(const Config& config);

/// Prints the keys that sign tokens, without what is secret of them.
int list_keys(const Config& config);
struct RotateKeysCommand {
  seconds lead{10};  ///< from now until the new key signs; every process must have read it by then
  bool revoke_older = false;
};
int rotate_keys(const Config& config, const RotateKeysCommand& options);
int revoke_key(const Config& config, const std::string& kid);

/// Whose data; by id or else by e-mail.
struct PersonCommand {
  std::optional<UserId> id;
  std::string email;
  std::optional<std::filesystem::path> out;  ///< of an export; else standard output
  bool again = false;                        ///< every erasure once more, of nobody in particular
};
/// Writes all that is held of a person as one JSON document.
int export_person(const Config& config, const PersonCommand& options);
int erase_person(const Config& config, const PersonCommand& options);
/// Prints the id and the time of every erasure.
int list_erasures(const Config& config);
/// Erases those of `ids` who have an account in a folder that nobody serves, and answers how many.
Result<std::size_t> erase_listed(const Config& config, const std::vector<UserId>& ids);

enum class RouteFormat : std::uint8_t { text, json, markdown };
/// Every route with who may call it; as Markdown it is docs/AUTHORIZATION.md.
int print_routes(RouteFormat format);

int print_settings();

}  // namespace cloudcart::app
