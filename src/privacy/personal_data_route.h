#pragma once

#include "http/router.h"
#include "privacy/personal_data.h"

namespace cloudcart::privacy {

/// GET /internal/personal-data/{id}?after=…: {"items":[…],"next":…}, for the user service. `data` must outlive it.
http::Route personal_data_route(PersonalData& data);

}  // namespace cloudcart::privacy
