#pragma once

namespace cloudcart::app {

/// Parses the arguments, runs the command they name and answers its exit code.
int run_command_line(int argc, char** argv);

}  // namespace cloudcart::app
