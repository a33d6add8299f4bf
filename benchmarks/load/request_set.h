#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "load/draw.h"

namespace boost::json {
class value;
}

namespace cloudcart::load {

/// The requests that a run chooses from: templates with weights, and lists that their placeholders draw from.
/// As JSON:
///
///   {"lists": {"product": {"rows": ["0193…", …], "zipf": 1.0},
///              "user": {"columns": ["id", "token"], "rows": [["0193…", "eyJ…"], …]}},
///    "requests": [{"name": "order", "weight": 1, "method": "POST", "path": "/api/orders",
///                  "headers": {"Authorization": "Bearer {{user.token}}"},
///                  "body": "{\"user_id\":\"{{user.id}}\", … {{product}} … {{product#2}} …"}]}
///
/// {{list}} and {{list.column}} stand for a row that is drawn anew for each request, the same wherever they
/// appear in it; {{list#2}}, {{list#3}} … for further rows, all different from each other. {{key}} is a
/// fresh version 4 UUID, the same within a request, {{number}} counts requests from 1.
class RequestSet {
 public:
  struct Settings {
    std::string host;        ///< the Host field
    bool keyed = false;      ///< an Idempotency-Key in all requests but GET
    std::uint64_t seed = 1;  ///< of what is drawn
  };

  /// Errors are validation_failed, one sentence that names the place.
  static Result<RequestSet> parse(std::string_view json, Settings settings);
  /// Plain GETs of `paths`, all alike.
  static Result<RequestSet> of_paths(const std::vector<std::string>& paths, Settings settings);

  std::size_t size() const { return templates_.size(); }
  const std::string& name(std::size_t index) const { return templates_[index].name; }

  /// Writes the next request over `out`; answers the index of its template.
  std::size_t render(std::string& out);

 private:
  struct List {
    std::string name;
    std::vector<std::string> columns;
    std::vector<std::string> cells;  ///< row by row
    Draw draw;
  };
  /// A row drawn for a request.
  struct Slot {
    std::size_t list;
    unsigned ordinal;  ///< 1: the first of its list
  };
  struct Segment {
    enum class Kind : std::uint8_t { text, cell, key, number } kind;
    std::string text;
    std::size_t slot = 0, column = 0;
  };
  struct Template {
    std::string name;
    std::vector<Slot> slots;
    std::vector<Segment> head, body;
    bool has_key = false;
    bool has_length = false;  ///< whether the head ends with a Content-Length that is still to be written
  };
  struct Source;

  explicit RequestSet(Settings settings) : settings_(std::move(settings)), random_(settings_.seed, 17) {}

  Status add_list(std::string_view name, const boost::json::value& value);
  Status add_template(Source source);
  Status compile(Template& made, std::string_view text, const std::string& where, bool in_head,
                 std::vector<Segment>& out);
  Result<Segment> placeholder(Template& made, std::string_view word, const std::string& where, bool in_head);
  Status check_enough_rows(const Template& made) const;
  void draw_rows(const Template& used);
  void append(const Template& used, const std::vector<Segment>& segments, std::string& out) const;
  void make_key();

  Settings settings_;
  Random random_;
  std::vector<List> lists_;
  std::vector<Template> templates_;
  std::vector<double> weights_;
  Draw choice_;

  // What the request in the making has.
  std::vector<std::size_t> rows_;
  std::string key_, body_;
  std::uint64_t number_ = 0;
};

}  // namespace cloudcart::load
