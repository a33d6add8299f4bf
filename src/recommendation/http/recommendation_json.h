#pragma once

#include "core/json_writer.h"
#include "recommendation/app/recommend_popular.h"
#include "recommendation/app/recommend_to_users.h"

namespace cloudcart::recommendation {

/// The families of algorithms, by the words of the first contract; `method` tells the member.
constexpr std::string_view item_similarity = "item_similarity", popularity_based = "popularity_based";

/// Into an open object: the products as array `list`, each with its score as `score` and its reason; count,
/// algorithm and method.
void write_answer(JsonWriter& json, std::string_view list, std::string_view score, const Answer& answer,
                  std::string_view algorithm);
/// `item_similarity`, or `trending` for an answer that knows nothing of whom it is for.
std::string_view family_of(const Answer& answer);
void write_popular(JsonWriter& json, const PopularAnswer& answer);

}  // namespace cloudcart::recommendation
