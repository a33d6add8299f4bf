#include "app/commands/command_line.h"

#include <cstdio>
#include <limits>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/commands/account_command_line.h"
#include "app/commands/commands.h"
#include "app/commands/recommend_command_line.h"
#include "app/commands/setting_flags.h"
#include "app/config/setting_kinds.h"
#include "app/operations/logging.h"
#include "app/operations/version.h"
#include "events/order_event.h"

namespace cloudcart::app {
namespace {

/// A subcommand with its settings and what it does; its exit code goes to `exit_code`.
class CommandLine {
 public:
  int run(int argc, char** argv) {
    app_.set_version_flag("--version", std::string{version});
    app_.require_subcommand(1);
    add_serve();
    add_health();
    add_migrate();
    add_import();
    add_promote();
    add_demo();
    add_simulate();
    add_reconcile();
    add_analytics();
    add_check();
    add_backup();
    add_restore();
    add_events();
    add_recommend(app_, exit_code_);
    add_account_commands(app_, exit_code_);
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
  void on_run(CLI::App& command, const std::vector<std::string>& keys, Body body) {
    app::on_run(command, keys, exit_code_, std::move(body));
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

  void add_health() {
    auto& command = *app_.add_subcommand(
        "health", "Ask whether the services that run here are ready, as health checks of containers do");
    command.footer(
        "Asks GET /ready of each service that a process of these settings serves, and prints one line. A "
        "certificate is not\n"
        "looked at: it is for the name by which clients come. Exit code 0: all are ready, 1: not.\n"
        "Example: cloudcart health --service order\n"
        "         cloudcart health --url https://127.0.0.1:8080 --timeout 2s");
    auto options = std::make_shared<HealthCommand>();
    command.add_option("--url", options->url, "Ask this address only, http[s]://host:port");
    add_timeout(command, options->timeout, "How long to wait for the answers together (default: 5s)");
    command.add_flag("--live", options->live,
                     "Ask GET /health instead: whether it runs, whoever it waits for");
    on_run(command,
           {"bind", "services", "ports.user", "ports.product", "ports.order", "ports.analytics",
            "ports.gateway", "ports.dashboard", "tls.certificate", "tls.key"},
           [options](const Config& config) { return check_health(config, *options); });
  }

  void add_migrate() {
    auto& command = *app_.add_subcommand(
        "migrate", "Make the schemas on PostgreSQL and ClickHouse, or bring them up to date, and exit");
    command.footer(
        "For a job before the services start; without it each service does the same at its start. Only of "
        "the "
        "services that\n"
        "--service names, or all.\n"
        "Example: cloudcart migrate --config cluster.toml");
    auto options = std::make_shared<MigrateCommand>();
    add_timeout(command, options->timeout,
                "How long to wait for servers that do not answer yet (default: 60s)");
    on_run(command,
           {"services", "postgres.url", "postgres.schema_prefix", "clickhouse.url", "clickhouse.database",
            "log.level"},
           [options](const Config& config) { return migrate(config, *options); });
  }

  static void add_timeout(CLI::App& command, milliseconds& timeout, const std::string& help) {
    const auto read = [&timeout](const std::vector<std::string>& values) {
      if (const auto accepted = parse_duration(values.front(), timeout))
        throw CLI::ValidationError("--timeout", "must be " + *accepted);
      return true;
    };
    command.add_option("--timeout", CLI::callback_t(read), help)->type_name("TIME");
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

  void add_backup() {
    auto& command = *app_.add_subcommand(
        "backup", "Copy a data folder as it is at one moment into one file, while it is served or not");
    command.footer(
        "The file is a tar archive under Zstandard, for its owner alone; it is read again and checked before "
        "it gets its "
        "name.\nExit code 1: --verify found it damaged.\n"
        "Example: cloudcart backup --data-dir shop --to /backups\n"
        "         cloudcart backup --verify /backups/cloudcart-20261126T031500.000Z.tar.zst");
    auto options = std::make_shared<BackupCommand>();
    auto& to =
        *command.add_option("--to", options->to, "A new file, or a folder, which gets one named by the time");
    auto& verify = *command.add_option("--verify", options->verify, "Check every file of a backup instead");
    to.excludes(&verify);
    command.add_flag("--without-keys", options->without_keys, "Leave out the keys that sign tokens")
        ->excludes(&verify);
    command.add_flag("--json", options->json, "Report as JSON");
    on_run(command, {"data_dir", "postgres.url", "log.level"}, [options](const Config& config) {
      if (options->to || options->verify) return back_up(config, *options);
      fmt::print(stderr, "cloudcart: name where to by --to, or a backup by --verify.\n");
      return exit_unusable;
    });
  }

  void add_restore() {
    auto& command = *app_.add_subcommand("restore", "Make a new data folder of a backup");
    command.footer(
        "The backup is checked as a whole before anything is written, and the folder appears in one step. "
        "Exit code 1: it "
        "is damaged or of a newer CloudCart.\n"
        "Example: cloudcart restore /backups/cloudcart-20261126T031500.000Z.tar.zst --data-dir shop "
        "--erasures erasures.txt");
    auto options = std::make_shared<RestoreCommand>();
    command.add_option("file", options->file, "The backup")->required();
    command.add_option("--erasures", options->erasures,
                       "Erase these persons before the folder appears: a list of 'cloudcart user erasures'");
    command.add_flag("--json", options->json, "Report as JSON");
    on_run(command, {"data_dir", "auth.jwt_secret_file", "log.level"},
           [options](const Config& config) { return restore(config, *options); });
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
    listing.footer(
        "Each can also come from a file whose path is in the variable with _FILE behind its name, as secrets "
        "of containers do:\n"
        "CLOUDCART_POSTGRES_URL_FILE=/run/secrets/postgres_url. Line breaks at the file's end do not count.\n"
        "Example: cloudcart settings");
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
