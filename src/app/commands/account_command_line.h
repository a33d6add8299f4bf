#pragma once

namespace CLI {
class App;
}

namespace cloudcart::app {

/// `user`, `audit` and `keys` with all that is below them.
void add_account_commands(CLI::App& app, int& exit_code);

}  // namespace cloudcart::app
