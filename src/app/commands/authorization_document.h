#pragma once

#include <string>
#include <vector>

#include "app/platform/platform.h"

namespace cloudcart::app {

/// docs/AUTHORIZATION.md: a table that tells for each route what each kind of caller is answered. It is kept in
/// the repository, so that a policy that changes is seen by whoever reads the change.
std::string authorization_document(const std::vector<ListedRoute>& routes);

}  // namespace cloudcart::app
