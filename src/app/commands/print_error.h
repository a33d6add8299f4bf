#pragma once

#include "core/result.h"

namespace cloudcart::app {

/// "cloudcart: <message>" on standard error, and below it each field with what is wrong.
void print_error(const Error& error);

}  // namespace cloudcart::app
