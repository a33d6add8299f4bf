#pragma once

#include <string>

#include "core/result.h"

namespace cloudcart::app {

/// What the file says that a variable CLOUDCART_<SETTING>_FILE names, as Docker and Kubernetes hand out secrets: without
/// the line breaks at its end, which editors and `echo` leave. Errors: validation_failed with what is wrong with the file and how
/// to mend it, to stand behind the variable's name; never with what is in it.
Result<std::string> read_setting_file(const std::string& path);

}  // namespace cloudcart::app
