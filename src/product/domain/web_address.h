#pragma once

#include <string_view>

namespace cloudcart::product {

/// An absolute http or https URL of RFC 3986 with a host: what a page may put into an image's src. Without
/// user information, which only serves to deceive.
bool is_web_address(std::string_view text);

}  // namespace cloudcart::product
