#include "load/request_set.h"

#include <algorithm>
#include <charconv>
#include <ranges>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace cloudcart::load {

namespace json = boost::json;

struct RequestSet::Source {
  std::string name, method = "GET", path;
  double weight = 1;
  std::vector<std::pair<std::string, std::string>> headers;
  std::optional<std::string> body;
};

namespace {

auto refuse(std::string message) {
  return fail(ErrorCode::validation_failed, std::move(message));
}

/// Bytes that would end a line, or a word of the first line.
bool breaks_a_line(std::string_view text) {
  return std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

Status check_members(const json::object& object, std::initializer_list<std::string_view> known,
                     const std::string& where) {
  for (const auto& member : object) {
    if (std::ranges::find(known, std::string_view{member.key()}) == known.end())
      return refuse(fmt::format("{}: '{}' is none of {}.", where, std::string_view{member.key()},
                                fmt::join(known, ", ")));
  }
  return {};
}

Result<std::string> text_member(const json::object& object, std::string_view name, const std::string& where) {
  const auto* value = object.if_contains(name);
  if (!value || !value->is_string())
    return refuse(fmt::format("{}: '{}' must be there, as a text.", where, name));
  return std::string{value->as_string()};
}

/// A cell of a list: text, or a whole number.
std::optional<std::string> cell_of(const json::value& value) {
  if (value.is_string()) return std::string{value.as_string()};
  if (value.is_int64()) return std::to_string(value.as_int64());
  return std::nullopt;
}

}  // namespace

Result<RequestSet> RequestSet::parse(std::string_view text, Settings settings) {
  boost::system::error_code ec;
  const auto document = json::parse({text.data(), text.size()}, ec);
  if (ec) return refuse(fmt::format("The request set is no JSON: {}.", ec.message()));
  const auto* root = document.if_object();
  if (!root) return refuse("The request set must be a JSON object with 'requests'.");
  CLOUDCART_CHECK(check_members(*root, {"lists", "requests"}, "request set"));
  RequestSet made(std::move(settings));
  if (const auto* lists = root->if_contains("lists")) {
    if (!lists->is_object()) return refuse("'lists' must be an object.");
    for (const auto& [name, list] : lists->as_object()) CLOUDCART_CHECK(made.add_list(name, list));
  }
  const auto* requests = root->if_contains("requests");
  if (!requests || !requests->is_array() || requests->as_array().empty())
    return refuse("'requests' must be a list with at least one request.");
  for (const auto& value : requests->as_array()) {
    const auto where = fmt::format("request {}", made.templates_.size() + 1);
    const auto* request = value.if_object();
    if (!request) return refuse(where + " must be an object.");
    CLOUDCART_CHECK(check_members(*request, {"name", "weight", "method", "path", "headers", "body"}, where));
    Source source;
    CLOUDCART_TRY(source.method, text_member(*request, "method", where));
    CLOUDCART_TRY(source.path, text_member(*request, "path", where));
    source.name = source.path;
    if (request->contains("name")) {
      CLOUDCART_TRY(source.name, text_member(*request, "name", where));
    }
    if (request->contains("body")) {
      CLOUDCART_TRY(source.body, text_member(*request, "body", where));
    }
    if (const auto* weight = request->if_contains("weight")) {
      source.weight = weight->is_number() ? weight->to_number<double>() : 0;
      if (!(source.weight > 0)) return refuse(where + ": 'weight' must be a number above 0.");
    }
    if (const auto* headers = request->if_contains("headers")) {
      if (!headers->is_object()) return refuse(where + ": 'headers' must be an object.");
      for (const auto& [name, field] : headers->as_object()) {
        if (!field.is_string())
          return refuse(fmt::format("{}: the header {} must be a text.", where, std::string_view{name}));
        source.headers.emplace_back(name, field.as_string());
      }
    }
    CLOUDCART_CHECK(made.add_template(std::move(source)));
  }
  made.choice_ = Draw::weighted(made.weights_);
  return made;
}

Result<RequestSet> RequestSet::of_paths(const std::vector<std::string>& paths, Settings settings) {
  RequestSet made(std::move(settings));
  for (const auto& path : paths) CLOUDCART_CHECK(made.add_template({.name = path, .path = path}));
  if (paths.empty()) return refuse("There is no path to ask for.");
  made.choice_ = Draw::weighted(made.weights_);
  return made;
}

Status RequestSet::add_list(std::string_view name, const json::value& value) {
  const auto where = fmt::format("list '{}'", name);
  const auto* object = value.if_object();
  if (!object) return refuse(where + " must be an object with 'rows'.");
  CLOUDCART_CHECK(check_members(*object, {"columns", "rows", "zipf"}, where));
  if (name == "key" || name == "number") return refuse(where + ": this name has a meaning of its own.");
  List list{.name = std::string{name}};
  if (const auto* columns = object->if_contains("columns")) {
    if (!columns->is_array()) return refuse(where + ": 'columns' must be a list of names.");
    for (const auto& column : columns->as_array()) {
      if (!column.is_string()) return refuse(where + ": 'columns' must be a list of names.");
      list.columns.emplace_back(column.as_string());
    }
  }
  const std::size_t width = std::max<std::size_t>(1, list.columns.size());
  const auto* rows = object->if_contains("rows");
  if (!rows || !rows->is_array() || rows->as_array().empty())
    return refuse(where + ": 'rows' must be a list with at least one row.");
  list.cells.reserve(rows->as_array().size() * width);
  for (const auto& row : rows->as_array()) {
    const auto take = [&](const json::value& cell) {
      auto text = cell_of(cell);
      if (!text) return false;
      list.cells.push_back(*std::move(text));
      return true;
    };
    const auto* cells = row.if_array();
    const bool good = list.columns.empty()
                          ? take(row)
                          : cells && cells->size() == width && std::ranges::all_of(*cells, take);
    if (!good)
      return refuse(fmt::format("{}: row {} must have {}.", where, list.cells.size() / width + 1,
                                list.columns.empty() ? "a text or a whole number"
                                                     : fmt::format("{} texts or whole numbers", width)));
  }
  const auto size = list.cells.size() / width;
  double skew = 0;
  if (const auto* zipf = object->if_contains("zipf")) {
    skew = zipf->is_number() ? zipf->to_number<double>() : -1;
    if (!(skew >= 0) || skew > 10) return refuse(where + ": 'zipf' must be a number from 0 to 10.");
  }
  list.draw = skew > 0 ? Draw::zipf(size, skew) : Draw::uniform(size);
  lists_.push_back(std::move(list));
  return {};
}

Status RequestSet::add_template(Source source) {
  const auto where = fmt::format("request '{}'", source.name);
  constexpr std::array<std::string_view, 5> methods{"GET", "POST", "PUT", "PATCH", "DELETE"};
  if (std::ranges::find(methods, source.method) == methods.end())
    return refuse(fmt::format("{}: the method must be one of {}.", where, fmt::join(methods, ", ")));
  if (!source.path.starts_with('/') || source.path.find(' ') != std::string::npos)
    return refuse(where + ": the path must begin with / and have no spaces.");
  Template made{.name = source.name};
  std::string head =
      fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\n", source.method, source.path, settings_.host);
  if (settings_.keyed && source.method != "GET") source.headers.emplace_back("Idempotency-Key", "{{key}}");
  if (source.body) source.headers.emplace_back("Content-Type", "application/json");
  for (const auto& [name, value] : source.headers) {
    if (name.empty() || breaks_a_line(name) || breaks_a_line(value) ||
        name.find_first_of(": ") != std::string::npos)
      return refuse(fmt::format("{}: the header '{}' is none.", where, name));
    head += fmt::format("{}: {}\r\n", name, value);
  }
  made.has_length = source.body || source.method != "GET";
  if (made.has_length) head += "Content-Length: ";
  CLOUDCART_CHECK(compile(made, head, where, true, made.head));
  if (source.body) CLOUDCART_CHECK(compile(made, *source.body, where, false, made.body));
  CLOUDCART_CHECK(check_enough_rows(made));
  rows_.resize(std::max(rows_.size(), made.slots.size()));
  templates_.push_back(std::move(made));
  weights_.push_back(source.weight);
  return {};
}

Status RequestSet::compile(Template& made, std::string_view text, const std::string& where, bool in_head,
                           std::vector<Segment>& out) {
  while (!text.empty()) {
    const auto open = text.find("{{");
    if (open != 0) out.push_back({.kind = Segment::Kind::text, .text = std::string{text.substr(0, open)}});
    if (open == std::string_view::npos) break;
    const auto close = text.find("}}", open);
    if (close == std::string_view::npos) return refuse(where + ": a {{ has no }}.");
    CLOUDCART_TRY(auto segment, placeholder(made, text.substr(open + 2, close - open - 2), where, in_head));
    out.push_back(std::move(segment));
    text.remove_prefix(close + 2);
  }
  return {};
}

Result<RequestSet::Segment> RequestSet::placeholder(Template& made, std::string_view word,
                                                    const std::string& where, bool in_head) {
  if (word == "key") {
    made.has_key = true;
    return Segment{.kind = Segment::Kind::key};
  }
  if (word == "number") return Segment{.kind = Segment::Kind::number};
  const auto dot = word.find('.');
  const auto column = dot == std::string_view::npos ? std::string_view{} : word.substr(dot + 1);
  auto name = word.substr(0, dot);
  unsigned ordinal = 1;
  if (const auto hash = name.find('#'); hash != std::string_view::npos) {
    const auto digits = name.substr(hash + 1);
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), ordinal);
    if (failure != std::errc{} || end != digits.data() + digits.size() || ordinal < 1 || ordinal > 100)
      return refuse(
          fmt::format("{}: '{{{{{}}}}}' must have a number from 1 to 100 behind the #.", where, word));
    name = name.substr(0, hash);
  }
  const auto list = std::ranges::find(lists_, name, &List::name);
  if (list == lists_.end())
    return refuse(fmt::format("{}: '{{{{{}}}}}' names no list; there are key, number{}{}.", where, word,
                              lists_.empty() ? "" : ", ",
                              fmt::join(lists_ | std::views::transform(&List::name), ", ")));
  const auto at = std::ranges::find(list->columns, column);
  if (list->columns.empty() ? !column.empty() : at == list->columns.end())
    return refuse(fmt::format("{}: '{{{{{}}}}}' names no column of the list '{}'.", where, word, name));
  Segment segment{.kind = Segment::Kind::cell,
                  .column = static_cast<std::size_t>(at - list->columns.begin())};
  if (in_head) {
    const auto width = std::max<std::size_t>(1, list->columns.size());
    for (auto cell = segment.column; cell < list->cells.size(); cell += width)
      if (breaks_a_line(list->cells[cell]) || list->cells[cell].find(' ') != std::string::npos)
        return refuse(
            fmt::format("{}: '{{{{{}}}}}' stands in the request's head, where row {} of the list cannot.",
                        where, word, cell / width + 1));
  }
  const auto list_index = static_cast<std::size_t>(list - lists_.begin());
  const auto slot = std::ranges::find_if(
      made.slots, [&](const Slot& each) { return each.list == list_index && each.ordinal == ordinal; });
  segment.slot = static_cast<std::size_t>(slot - made.slots.begin());
  if (slot == made.slots.end()) made.slots.push_back({list_index, ordinal});
  return segment;
}

Status RequestSet::check_enough_rows(const Template& made) const {
  for (std::size_t list = 0; list < lists_.size(); ++list) {
    const auto wanted = static_cast<std::size_t>(std::ranges::count(made.slots, list, &Slot::list));
    if (wanted > lists_[list].draw.size())
      return refuse(fmt::format("request '{}' draws {} rows from the list '{}', which has {}.", made.name,
                                wanted, lists_[list].name, lists_[list].draw.size()));
  }
  return {};
}

void RequestSet::draw_rows(const Template& used) {
  for (std::size_t i = 0; i < used.slots.size(); ++i) {
    const auto& list = lists_[used.slots[i].list];
    const auto taken = [&](std::size_t row) {
      for (std::size_t j = 0; j < i; ++j)
        if (used.slots[j].list == used.slots[i].list && rows_[j] == row) return true;
      return false;
    };
    rows_[i] = list.draw.next(random_);
    for (int tries = 0; tries < 8 && taken(rows_[i]); ++tries) rows_[i] = list.draw.next(random_);
    // A very uneven draw from a short list might never find another: take the neighbour then.
    while (taken(rows_[i])) rows_[i] = (rows_[i] + 1) % list.draw.size();
  }
}

void RequestSet::make_key() {
  constexpr std::string_view digits = "0123456789abcdef";
  std::uint64_t words[2] = {random_.next(), random_.next()};
  words[0] = (words[0] & ~0xF000ULL) | 0x4000ULL;
  words[1] = (words[1] & ~(3ULL << 62)) | (2ULL << 62);
  key_.clear();
  for (const auto word : words) {
    for (int shift = 60; shift >= 0; shift -= 4) {
      if (key_.size() == 8 || key_.size() == 13 || key_.size() == 18 || key_.size() == 23) key_ += '-';
      key_ += digits[(word >> shift) & 15];
    }
  }
}

void RequestSet::append(const Template& used, const std::vector<Segment>& segments, std::string& out) const {
  for (const auto& segment : segments) {
    switch (segment.kind) {
      case Segment::Kind::text:
        out += segment.text;
        break;
      case Segment::Kind::cell: {
        const auto& list = lists_[used.slots[segment.slot].list];
        out +=
            list.cells[rows_[segment.slot] * std::max<std::size_t>(1, list.columns.size()) + segment.column];
        break;
      }
      case Segment::Kind::key:
        out += key_;
        break;
      case Segment::Kind::number:
        fmt::format_to(std::back_inserter(out), "{}", number_);
        break;
    }
  }
}

std::size_t RequestSet::render(std::string& out) {
  const auto index = templates_.size() == 1 ? 0 : choice_.next(random_);
  const auto& used = templates_[index];
  ++number_;
  draw_rows(used);
  if (used.has_key) make_key();
  out.clear();
  append(used, used.head, out);
  if (!used.has_length) {
    out += "\r\n";
    return index;
  }
  body_.clear();
  append(used, used.body, body_);
  fmt::format_to(std::back_inserter(out), "{}\r\n\r\n", body_.size());
  out += body_;
  return index;
}

}  // namespace cloudcart::load
