#pragma once

namespace CLI {
class App;
}

namespace cloudcart::app {

/// `recommend` with what is below it. The exit code of the one that runs goes to `exit_code`.
void add_recommend(CLI::App& app, int& exit_code);

}  // namespace cloudcart::app
