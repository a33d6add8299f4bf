#include "app/commands/account_command_line.h"

#include <CLI/CLI.hpp>

#include "app/commands/commands.h"
#include "app/commands/setting_flags.h"

namespace cloudcart::app {
namespace {

void add_person_commands(CLI::App& group, int& exit_code) {
  const std::vector<std::string> settings{"data_dir",       "postgres.url",        "postgres.schema_prefix",
                                          "clickhouse.url", "clickhouse.database", "auth.jwt_secret_file",
                                          "log.level"};
  const auto whose = [](CLI::App& command, const std::shared_ptr<PersonCommand>& options) {
    auto& id = *command.add_option_function<std::string>(
        "--id",
        [options](const std::string& text) {
          options->id = UserId::parse(text);
          if (!options->id) throw CLI::ValidationError("--id", "must be a UUID");
        },
        "The account's id");
    command.add_option("--email", options->email, "Or its e-mail address")->excludes(&id);
    command.require_option(1, 0);
  };
  auto& exporting = *group.add_subcommand("export", "Write all that is held of a person as JSON");
  exporting.footer("Example: cloudcart user export --data-dir shop --email ada@example.com --out ada.json");
  auto exported = std::make_shared<PersonCommand>();
  whose(exporting, exported);
  exporting.add_option("--out", exported->out, "A file (default: standard output)");
  on_run(exporting, settings, exit_code,
         [exported](const Config& config) { return export_person(config, *exported); });

  auto& erasing =
      *group.add_subcommand("erase", "Erase a person: the account at once, the rest by the services");
  erasing.footer(
      "Orders stay in the books without the person; see docs/PRIVACY.md.\n"
      "Example: cloudcart user erase --data-dir shop --email ada@example.com");
  auto erased = std::make_shared<PersonCommand>();
  whose(erasing, erased);
  erasing.add_flag("--again", erased->again, "After a restore: carry out every erasure once more");
  on_run(erasing, settings, exit_code,
         [erased](const Config& config) { return erase_person(config, *erased); });

  auto& listing = *group.add_subcommand("erasures", "List the ids that were erased, to be kept with backups");
  listing.footer("Example: cloudcart user erasures --data-dir shop > erasures.txt");
  on_run(listing, settings, exit_code, [](const Config& config) { return list_erasures(config); });
}

void add_user(CLI::App& app, int& exit_code) {
  auto& group = *app.add_subcommand("user", "Accounts");
  group.require_subcommand(1);
  auto& command = *group.add_subcommand("add", "Add an account; the password is read from standard input");
  command.footer("Example: cloudcart user add --data-dir shop --email owner@example.com --role admin");
  auto options = std::make_shared<AddUserOptions>();
  command.add_option("--email", options->email)->required();
  command.add_option("--role", options->role)
      ->check(CLI::IsMember({"customer", "analyst", "staff", "admin"}))
      ->capture_default_str();
  command.add_option("--first-name", options->first_name)->capture_default_str();
  command.add_option("--last-name", options->last_name)->capture_default_str();
  command.add_flag("--replace", options->replace, "Give an account that exists this role and password");
  on_run(command, {"data_dir", "auth.bcrypt_cost", "auth.jwt_secret_file", "log.level"}, exit_code,
         [options](const Config& config) { return app::add_user(config, *options); });
  add_person_commands(group, exit_code);
}

void add_audit(CLI::App& app, int& exit_code) {
  auto& group = *app.add_subcommand("audit", "The audit trails: what the staff did, as chains of hashes");
  group.require_subcommand(1);
  const std::vector<std::string> keys{"data_dir", "postgres.url", "postgres.schema_prefix", "log.level",
                                      "auth.jwt_secret_file"};
  auto& verify = *group.add_subcommand("verify", "Check that nothing in them was changed, removed or put in");
  verify.footer(
      "Beside whoever serves the shop. Prints each chain as JSON, with the first row that is broken. Who "
      "can "
      "write to the\nstore can also write a whole chain anew; --heads finds that out.\n"
      "Exit code 0: whole, 1: broken.\nExample: cloudcart audit verify --data-dir shop --heads heads.json");
  auto options = std::make_shared<VerifyAuditCommand>();
  verify.add_option("--heads", options->heads, "What 'cloudcart audit heads' printed earlier")
      ->check(CLI::ExistingFile);
  on_run(verify, keys, exit_code, [options](const Config& config) { return verify_audit(config, *options); });
  auto& heads = *group.add_subcommand("heads", "Print where the chains end, to be kept on another machine");
  heads.footer("Example: cloudcart audit heads --data-dir shop > heads-today.json");
  on_run(heads, keys, exit_code, [](const Config& config) { return print_audit_heads(config); });
}

void add_keys(CLI::App& app, int& exit_code) {
  auto& group = *app.add_subcommand("keys", "The keys that sign tokens");
  group.require_subcommand(1);
  const std::vector<std::string> keys{"data_dir",       "postgres.url",    "postgres.schema_prefix",
                                      "log.level",      "auth.jwt_secret", "auth.jwt_secret_file",
                                      "auth.jwt_expire"};
  auto& list = *group.add_subcommand("list", "Print the keys as JSON, without what is secret");
  list.footer("Example: cloudcart keys list --data-dir shop");
  on_run(list, keys, exit_code, [](const Config& config) { return list_keys(config); });

  auto& rotate = *group.add_subcommand("rotate", "Make a new key, while the platform is served");
  rotate.footer(
      "The new key signs after --lead, when every process has read the file again (auth.key_reload); those "
      "before it go\non checking until their last tokens have expired (auth.jwt_expire), so nobody is "
      "signed "
      "out. When a key has become\nknown to others, --revoke-older: all tokens before are dead, and those "
      "who "
      "are signed in get new ones by their\nrefresh token.\nExample: cloudcart keys rotate --data-dir "
      "shop");
  auto options = std::make_shared<RotateKeysCommand>();
  rotate.add_option(
      "--lead",
      [options](const std::vector<std::string>& values) {
        return read_duration(values.front(), options->lead);
      },
      "How long the file takes to be read everywhere (30s, 5m; default 10s)");
  rotate.add_flag("--revoke-older", options->revoke_older, "Let no older key count, at once");
  on_run(rotate, keys, exit_code, [options](const Config& config) { return rotate_keys(config, *options); });

  auto& revoke = *group.add_subcommand("revoke", "Let a key that is not the newest count no more, at once");
  revoke.footer("Example: cloudcart keys revoke 1f0c44e2a9d37b58 --data-dir shop");
  auto kid = std::make_shared<std::string>();
  revoke.add_option("kid", *kid, "As 'cloudcart keys list' shows it")->required();
  on_run(revoke, keys, exit_code, [kid](const Config& config) { return revoke_key(config, *kid); });
}

}  // namespace

void add_account_commands(CLI::App& app, int& exit_code) {
  add_user(app, exit_code);
  add_audit(app, exit_code);
  add_keys(app, exit_code);
}

}  // namespace cloudcart::app
