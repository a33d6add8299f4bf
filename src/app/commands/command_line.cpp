#include "app/commands/command_line.h"

#include <algorithm>
#include <cstdio>
#include <limits>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "app/commands/commands.h"
#include "app/commands/recommend_command_line.h"
#include "app/operations/logging.h"
#include "app/operations/version.h"
#include "events/order_event.h"

namespace cloudcart::app {
namespace {

using Flags = std::vector<std::pair<std::string, std::string>>;

/// "ports.user" → "--port-user", "upstreams.user" → "--upstream-user", "services" → "--service".
std::string flag_of(const std::string& key) {
  std::string name = key;
  for (const std::string_view plural : {"ports.", "upstreams."})
    if (name.starts_with(plural)) name.erase(plural.size() - 2, 1);
  if (name == "services") name = "service";
  std::ranges::replace(name, '.', '-');
  std::ranges::replace(name, '_', '-');
  return "--" + name;
}

/// The settings that a command takes, as flags, gathered as text for load_config.
class SettingFlags {
 public:
  /// `keys` empty: all of them.
  void add_to(CLI::App& command, const std::vector<std::string>& keys) {
    command.add_option("--config", file_, "Settings file (TOML)")
        ->check(CLI::ExistingFile)
        ->group("Settings");
    for (const auto& setting : settings()) {
      if (!keys.empty() && std::ranges::find(keys, setting.key) == keys.end()) continue;
      add_one(command, setting);
    }
  }

  /// Prints why and exits when the settings are not usable.
  Config load() const {
    std::vector<std::string> environment;
    for (char** entry = environ; *entry; ++entry) environment.emplace_back(*entry);
    auto config = load_config(file_, environment, flags_);
    if (!config) {
      fmt::print(stderr, "cloudcart: {}\n", config.error().message);
      std::exit(exit_unusable);
    }
    set_up_logging(config->log);
    return *std::move(config);
  }

 private:
  void add_one(CLI::App& command, const Setting& setting) {
    const auto gather = [this, key = setting.key](const std::vector<std::string>& values) {
      flags_.emplace_back(key, fmt::format("{}", fmt::join(values, ",")));
      return true;
    };
    auto* option = command.add_option(flag_of(setting.key), CLI::callback_t(gather), setting.help);
    option->group("Settings")->type_name("TEXT");
    const bool is_list = setting.key == "services" || setting.key == "http.allowed_origins" ||
                         setting.key.starts_with("upstreams.");
    option->expected(1, is_list ? 16 : 1);
    if (is_list) option->allow_extra_args(false)->take_all();
  }

  std::optional<std::filesystem::path> file_;
  Flags flags_;
};

/// A subcommand with its settings and what it does; its exit code goes to `exit_code`.
class CommandLine {
 public:
  int run(int argc, char** argv) {
    app_.set_version_flag("--version", std::string{version});
    app_.require_subcommand(1);
    add_serve();
    add_import();
    add_promote();
    add_demo();
    add_simulate();
    add_reconcile();
    add_analytics();
    add_check();
    add_events();
    add_recommend(app_, exit_code_);
    add_user();
    add_audit();
    add_keys();
    add_listings();
    try {
      app_.parse(argc, argv);
    } catch (const CLI::Success& wanted) {
      return app_.exit(wanted);
    } catch (const CLI::ParseError& mistake) {
      app_.exit(mistake);
      return exit_unusable;
    } catch (const std::exception& failure) {
      fmt::print(stderr, "cloudcart: {}\n", failure.what());
      return exit_unusable;
    }
    return exit_code_;
  }

 private:
  template <class Body>
  void on_run(CLI::App& command, std::vector<std::string> keys, Body body) {
    auto flags = std::make_shared<SettingFlags>();
    flags->add_to(command, keys);
    command.callback([this, flags, body] { exit_code_ = body(flags->load()); });
  }

  void add_serve() {
    auto& command = *app_.add_subcommand("serve", "Run the platform, or some of its services");
    command.footer(
        "Example: cloudcart serve --data-dir shop --shop-currency EUR --shop-time-zone Europe/Berlin");
    auto options = std::make_shared<ServeOptions>();
    command.add_option("--addresses", options->addresses_file,
                       "Write where everything listens, as JSON, once ready");
    command.add_option("--sign-in-link", options->sign_in_as,
                       "Print a one-use dashboard link that signs in this account (e-mail)");
    on_run(command, {}, [options](const Config& config) { return serve(config, *options); });
  }

  void add_import() {
    auto& command = *app_.add_subcommand("import", "Bring the history of a shop into a data folder");
    command.footer("Example: cloudcart import online_retail.csv.gz --data-dir shop --shift-to-today");
    auto options = std::make_shared<ImportOptions>();
    command.add_option("files", options->files, "CSV, plain or compressed (gz, zst)")
        ->required()
        ->check(CLI::ExistingFile);
    command.add_flag("--shift-to-today", options->shift_to_today,
                     "Move all dates by whole days, so that the history ends today");
    command
        .add_option("--stock", options->stock,
                    "Pieces on stock of each product, which a history does not tell")
        ->check(CLI::Range(0, 1'000'000'000))
        ->capture_default_str();
    command.add_option("--not-a-product", options->not_products,
                       "More codes that are no products (postage, fees …)");
    command.add_flag("--json", options->json, "Report as JSON");
    on_run(command, {"data_dir", "shop.name", "shop.currency", "shop.time_zone", "log.level"},
           [options](const Config& config) { return import_history(config, *options); });
  }

  void add_promote() {
    auto& command =
        *app_.add_subcommand("promote", "Move the shop of a data folder to PostgreSQL, and compare the two");
    command.footer(
        "The folder must not be served meanwhile and stays as it is. The target must be empty, or hold a "
        "promotion of "
        "this folder that was broken off: then it goes on. Carry the token secret along "
        "(DATA_DIR/jwt.secret, by "
        "auth.jwt_secret_file), or everybody has to sign in again.\n"
        "Exit code 0: both hold the same, 1: they differ.\n"
        "Example: cloudcart promote --from shop --config cluster.toml");
    auto options = std::make_shared<PromoteOptions>();
    command.add_option("--from", options->from, "The data folder of the shop")->required();
    command.add_flag("--json", options->json, "Report as JSON");
    on_run(command, {"postgres.url", "postgres.schema_prefix", "log.level"},
           [options](const Config& config) { return promote(config, *options); });
  }

  void add_demo() {
    auto& command = *app_.add_subcommand("demo", "Make a demo shop in a data folder, or as a file");
    command.footer(
        "Example: cloudcart demo --data-dir demo --orders 9000\n         cloudcart demo --csv shop.csv "
        "--seed 7");
    auto options = std::make_shared<DemoCommand>();
    command.add_option("--seed", options->seed, "The same seed makes the same shop")->capture_default_str();
    command.add_option("--products", options->products)
        ->check(CLI::Range(10, 100'000))
        ->capture_default_str();
    command.add_option("--customers", options->customers)
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str();
    command.add_option("--orders", options->orders)->check(CLI::Range(1, 2'000'000))->capture_default_str();
    command.add_option("--days", options->days, "Length of the history, which ends now")
        ->check(CLI::Range(1, 3650))
        ->capture_default_str();
    command.add_option("--csv", options->csv, "Write the plain layout to this file instead");
    on_run(command, {"data_dir", "shop.currency", "shop.time_zone", "log.level"},
           [options](const Config& config) { return make_demo(config, *options); });
  }

  void add_simulate() {
    auto& command = *app_.add_subcommand(
        "simulate", "Live traffic against a running platform: customers who browse and order");
    command.footer(
        "Example: cloudcart simulate --address http://127.0.0.1:8080 --orders-per-minute 60 --for 10m");
    auto options = std::make_shared<SimulateCommand>();
    command.add_option("--address", options->address, "The gateway")->capture_default_str();
    command.add_option("--orders-per-minute", options->orders_per_minute)
        ->check(CLI::Range(0.1, 60'000.0))
        ->capture_default_str();
    command.add_option(
        "--for",
        [options](const std::vector<std::string>& values) {
          seconds duration{};
          if (!read_duration(values.front(), duration)) return false;
          options->duration = duration;
          return true;
        },
        "How long (30s, 10m, 2h); else until stopped");
    command.add_option("--seed", options->seed)->capture_default_str();
    command.add_option(
        "--staff", options->staff_email,
        "E-mail of a staff account that moves orders along; its password is read from standard input");
    command.callback([this, options] {
      set_up_logging({});
      exit_code_ = simulate_traffic(*options);
    });
  }

  void add_reconcile() {
    auto& command =
        *app_.add_subcommand("reconcile", "Compare every analytics total with the order ledger, to the cent");
    command.footer(
        "Prints both as JSON. Exit code 0: equal, 1: not.\nExample: cloudcart reconcile --data-dir shop");
    on_run(command, {"data_dir", "shop.currency", "shop.time_zone", "log.level", "auth.jwt_secret_file"},
           [](const Config& config) { return reconcile(config); });
  }

  void add_analytics() {
    auto& group = *app_.add_subcommand("analytics", "The figures of a data folder");
    group.require_subcommand(1);
    auto& command = *group.add_subcommand("rebuild", "Build all figures anew from the event log");
    command.footer(
        "While somebody serves the folder, that process does it: the old figures are answered until the new "
        "ones are "
        "complete.\nExample: cloudcart analytics rebuild --data-dir shop");
    auto options = std::make_shared<RebuildCommand>();
    command.add_option(
        "--address", options->address,
        "Where the analytics service of that process is (default: by --bind and --port-analytics)");
    on_run(command,
           {"data_dir", "bind", "ports.analytics", "shop.currency", "shop.time_zone", "log.level",
            "auth.jwt_secret_file"},
           [options](const Config& config) { return rebuild_analytics(config, *options); });
  }

  void add_check() {
    auto& command =
        *app_.add_subcommand("check", "Look for damage in the stores of a data folder, or of a copy");
    command.footer(
        "Prints what is wrong as JSON. Exit code 0: sound, 1: damaged.\nExample: cloudcart check --data-dir "
        "copy-of-shop");
    on_run(command, {"data_dir", "shop.currency", "shop.time_zone", "log.level", "auth.jwt_secret_file"},
           [](const Config& config) { return check_stores(config); });
  }

  static void add_filter(CLI::App& command, EventFilter& filter) {
    command.add_option(
        "--order",
        [&filter](const std::vector<std::string>& values) {
          const auto id = Uuid::parse(values.front());
          if (!id) throw CLI::ValidationError("--order", "is no order id: " + values.front());
          filter.order = OrderId{*id};
          return true;
        },
        "Only events of this order (its id)");
    std::vector<std::string> topics(events::order_topics.begin(), events::order_topics.end());
    command.add_option("--type", filter.types, "Only events of these types; repeatable")
        ->check(CLI::IsMember(std::move(topics)));
  }

  void add_events() {
    auto& group = *app_.add_subcommand("events", "The event log of a data folder, while it is served or not");
    group.require_subcommand(1);

    auto& tail = *group.add_subcommand("tail", "Print the newest events as JSON lines");
    tail.footer("Example: cloudcart events tail --data-dir shop --count 20 --follow");
    auto wanted = std::make_shared<TailCommand>();
    tail.add_option("-n,--count", wanted->count, "How many")
        ->check(CLI::Range(0, 1'000'000))
        ->capture_default_str();
    tail.add_flag("-f,--follow", wanted->follow, "Go on with events as they come, until stopped");
    add_filter(tail, wanted->filter);
    on_run(tail, {"data_dir", "log.level"},
           [wanted](const Config& config) { return tail_events(config, *wanted); });

    auto& replay = *group.add_subcommand("replay", "Hand events out again, in order of the log");
    replay.footer(
        "JSON lines {\"position\":…,\"event\":…} to standard output, or by POST to --to, 1000 at a time; a "
        "batch that\n"
        "is not taken is sent again, so a receiver tells events apart by eventId. Exit code 1: not all were "
        "taken.\n"
        "Example: cloudcart events replay --data-dir shop --from 1 --to http://127.0.0.1:9000/events");
    auto again = std::make_shared<ReplayCommand>();
    replay.add_option("--from", again->from, "The first position")
        ->check(CLI::Range(std::int64_t{1}, std::numeric_limits<std::int64_t>::max()))
        ->capture_default_str();
    replay.add_option("--until", again->until, "The last position (default: the end of the log)")
        ->check(CLI::Range(std::int64_t{1}, std::numeric_limits<std::int64_t>::max()));
    replay.add_option("--to", again->to, "An address (http://host:port/path) that takes them by POST");
    add_filter(replay, again->filter);
    on_run(replay, {"data_dir", "log.level"},
           [again](const Config& config) { return replay_events(config, *again); });

    auto& republish = *group.add_subcommand("republish", "Publish the whole log to Kafka again");
    republish.footer(
        "For a Kafka that has lost events; readers skip those that they have applied. On PostgreSQL while "
        "the order\n"
        "service runs, which begins within seconds; files must not be in use, and their next start begins.\n"
        "Example: cloudcart events republish --config cluster.toml");
    on_run(republish, {"data_dir", "postgres.url", "postgres.schema_prefix", "log.level"},
           [](const Config& config) { return republish_events(config); });
  }

  void add_user() {
    auto& group = *app_.add_subcommand("user", "Accounts");
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
    on_run(command, {"data_dir", "auth.bcrypt_cost", "auth.jwt_secret_file", "log.level"},
           [options](const Config& config) { return app::add_user(config, *options); });
    add_person_commands(group);
  }

  void add_person_commands(CLI::App& group) {
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
    on_run(exporting, settings,
           [exported](const Config& config) { return export_person(config, *exported); });

    auto& erasing =
        *group.add_subcommand("erase", "Erase a person: the account at once, the rest by the services");
    erasing.footer(
        "Orders stay in the books without the person; see docs/PRIVACY.md.\n"
        "Example: cloudcart user erase --data-dir shop --email ada@example.com");
    auto erased = std::make_shared<PersonCommand>();
    whose(erasing, erased);
    erasing.add_flag("--again", erased->again, "After a restore: carry out every erasure once more");
    on_run(erasing, settings, [erased](const Config& config) { return erase_person(config, *erased); });

    auto& listing =
        *group.add_subcommand("erasures", "List the ids that were erased, to be kept with backups");
    listing.footer("Example: cloudcart user erasures --data-dir shop > erasures.txt");
    on_run(listing, settings, [](const Config& config) { return list_erasures(config); });
  }

  void add_audit() {
    auto& group = *app_.add_subcommand("audit", "The audit trails: what the staff did, as chains of hashes");
    group.require_subcommand(1);
    const std::vector<std::string> keys{"data_dir", "postgres.url", "postgres.schema_prefix", "log.level",
                                        "auth.jwt_secret_file"};
    auto& verify =
        *group.add_subcommand("verify", "Check that nothing in them was changed, removed or put in");
    verify.footer(
        "Beside whoever serves the shop. Prints each chain as JSON, with the first row that is broken. Who "
        "can "
        "write to the\nstore can also write a whole chain anew; --heads finds that out.\n"
        "Exit code 0: whole, 1: broken.\nExample: cloudcart audit verify --data-dir shop --heads heads.json");
    auto options = std::make_shared<VerifyAuditCommand>();
    verify.add_option("--heads", options->heads, "What 'cloudcart audit heads' printed earlier")
        ->check(CLI::ExistingFile);
    on_run(verify, keys, [options](const Config& config) { return verify_audit(config, *options); });
    auto& heads = *group.add_subcommand("heads", "Print where the chains end, to be kept on another machine");
    heads.footer("Example: cloudcart audit heads --data-dir shop > heads-today.json");
    on_run(heads, keys, [](const Config& config) { return print_audit_heads(config); });
  }

  static bool read_duration(const std::string& given, seconds& duration) {
    std::string text = given;
    const auto units =
        CLI::AsNumberWithUnit(std::map<std::string, std::int64_t>{{"s", 1}, {"m", 60}, {"h", 3600}});
    if (!units(text).empty()) return false;
    duration = seconds{std::stoll(text)};
    return duration >= seconds{0};
  }

  void add_keys() {
    auto& group = *app_.add_subcommand("keys", "The keys that sign tokens");
    group.require_subcommand(1);
    const std::vector<std::string> keys{"data_dir",       "postgres.url",    "postgres.schema_prefix",
                                        "log.level",      "auth.jwt_secret", "auth.jwt_secret_file",
                                        "auth.jwt_expire"};
    auto& list = *group.add_subcommand("list", "Print the keys as JSON, without what is secret");
    list.footer("Example: cloudcart keys list --data-dir shop");
    on_run(list, keys, [](const Config& config) { return list_keys(config); });

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
    on_run(rotate, keys, [options](const Config& config) { return rotate_keys(config, *options); });

    auto& revoke = *group.add_subcommand("revoke", "Let a key that is not the newest count no more, at once");
    revoke.footer("Example: cloudcart keys revoke 1f0c44e2a9d37b58 --data-dir shop");
    auto kid = std::make_shared<std::string>();
    revoke.add_option("kid", *kid, "As 'cloudcart keys list' shows it")->required();
    on_run(revoke, keys, [kid](const Config& config) { return revoke_key(config, *kid); });
  }

  void add_listings() {
    auto& routes = *app_.add_subcommand("routes", "List every route with who may call it");
    routes.footer("Example: cloudcart routes --json");
    auto format = std::make_shared<RouteFormat>(RouteFormat::text);
    auto* json = routes.add_flag_callback("--json", [format] { *format = RouteFormat::json; });
    routes
        .add_flag_callback(
            "--markdown", [format] { *format = RouteFormat::markdown; },
            "As docs/AUTHORIZATION.md: what each kind of caller is answered")
        ->excludes(json);
    routes.callback([this, format] { exit_code_ = print_routes(*format); });
    auto& listing =
        *app_.add_subcommand("settings", "List every setting: key, environment variable, meaning");
    listing.footer("Example: cloudcart settings");
    listing.callback([this] { exit_code_ = print_settings(); });
  }

  CLI::App app_{"CloudCart: a shop's backend with live analytics and recommendations", "cloudcart"};
  int exit_code_ = exit_ok;
};

}  // namespace

int run_command_line(int argc, char** argv) {
  return CommandLine{}.run(argc, argv);
}

}  // namespace cloudcart::app
