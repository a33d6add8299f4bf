#pragma once

#include <vector>

#include "http/router.h"
#include "user/app/user_app.h"

namespace cloudcart::user {

/// The routes of the user service. `app` must outlive them.
std::vector<http::Route> user_routes(UserApp& app);

}  // namespace cloudcart::user
