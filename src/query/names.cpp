// SPDX-License-Identifier: Apache-2.0
#include "query/names.h"

#include <algorithm>

#include "base/check.h"
#include "query/lexer.h"

namespace cenote::query {
namespace {

constexpr size_t kMostHops = 5;
constexpr size_t kMostWays = 64;

/// Position of the one spelling that fits, or -1.
template <class Spelling>
int64_t find_spelling(int64_t count, const std::string& name, const Spelling& spelling) {
  int64_t found = -1;
  for (int64_t i = 0; i < count; ++i) {
    if (spelling(i) == name) return i;
  }
  const std::string wanted = capitals(name);
  for (int64_t i = 0; i < count; ++i) {
    if (capitals(spelling(i)) != wanted) continue;
    if (found >= 0) return -1;
    found = i;
  }
  return found;
}

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::string write_name(std::string_view name) {
  bool plain = !name.empty() && !(name[0] >= '0' && name[0] <= '9');
  for (const char c : name) {
    plain &= (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '_' || static_cast<unsigned char>(c) >= 0x80;
  }
  if (plain) return std::string(name);
  std::string out = "\"";
  for (const char c : name) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

std::string write_table(std::string_view name) {
  std::string out;
  for (size_t at = 0;;) {
    const size_t dot = name.find('.', at);
    const auto part = name.substr(at, dot == std::string_view::npos ? dot : dot - at);
    if (part.empty()) return write_name(name);
    out += (at == 0 ? "" : ".") + write_name(part);
    if (dot == std::string_view::npos) return out;
    at = dot + 1;
  }
}

Names::Found Names::table(const Name& name) const {
  const auto count = static_cast<int64_t>(schema_.tables.size());
  for (size_t parts = name.parts.size(); parts > 0; --parts) {
    std::string joined;
    for (size_t i = 0; i < parts; ++i) joined += (i == 0 ? "" : ".") + name.parts[i];
    const int64_t at = find_spelling(count, joined, [&](int64_t i) { return table(i).name; });
    if (at < 0) continue;
    if (capitals(table(at).name) == "TIMESTAMPS") {
      refuse(
          text_, join(name.places.front(), name.places[parts - 1]), ErrorCode::unsupported,
          "a table called 'timestamps' cannot be asked about: label SQL calls the seed times so");
    }
    return {at, parts};
  }
  refuse_at(text_, name.places.front(), "no table '{}'; {}", name.parts.front(),
            choices_hint(name.parts.front(), schema_.table_names()));
}

std::vector<std::string> Names::column_names(int64_t at) const {
  std::vector<std::string> names;
  for (const Column& column : table(at).columns) names.push_back(column.name);
  return names;
}

int64_t Names::column(int64_t at, const std::string& name, Span place) const {
  const Table& in = table(at);
  const int64_t found = find_spelling(std::ssize(in.columns), name, [&](int64_t i) {
    return in.columns[static_cast<size_t>(i)].name;
  });
  if (found < 0) {
    refuse_at(text_, place, "table '{}' has no column '{}'; {}", in.name, name,
              choices_hint(name, column_names(at)));
  }
  return found;
}

int64_t Names::end_of(int64_t at, const std::vector<int64_t>& links) const {
  return links.empty()
             ? at
             : schema_.find_table(schema_.links[static_cast<size_t>(links.back())].to_table);
}

std::string Names::written(int64_t at, const std::vector<int64_t>& links) const {
  std::string out = write_table(table(at).name);
  for (const int64_t link : links)
    out += "." + write_name(schema_.links[static_cast<size_t>(link)].from_columns.front());
  return out;
}

std::vector<int64_t> Names::follow(int64_t at, const Name& name, size_t first, size_t last) const {
  std::vector<int64_t> out;
  for (size_t part = first; part < last; ++part) {
    const std::string column_name =
        table(at)
            .columns[static_cast<size_t>(column(at, name.parts[part], name.places[part]))]
            .name;
    // A column alone before one that shares its link with others.
    std::vector<int64_t> alone, shared;
    std::vector<std::string> have;
    for (size_t i = 0; i < schema_.links.size(); ++i) {
      const Link& link = schema_.links[i];
      if (link.from_table != table(at).name) continue;
      have.push_back(link.from_columns.front());
      if (!has(link.from_columns, column_name)) continue;
      (link.from_columns.size() == 1 ? alone : shared).push_back(static_cast<int64_t>(i));
    }
    auto& links = alone.empty() ? shared : alone;
    if (links.empty()) {
      refuse_at(text_, name.places[part], "'{}' of table '{}' refers to no other table; {}",
                column_name, table(at).name,
                have.empty() ? "no column of it does" : "links of it: " + join_names(have));
    }
    if (links.size() > 1) {
      refuse_at(text_, name.places[part],
                "'{}' of table '{}' is part of {} links; only one can be followed by its name",
                column_name, table(at).name, links.size());
    }
    out.push_back(links.front());
    at = end_of(at, out);
  }
  return out;
}

std::vector<std::vector<int64_t>> Names::ways(int64_t from, int64_t to) const {
  // Breadth first, so shorter ways come first; a way visits no table twice but may end where it began.
  std::vector<std::vector<int64_t>> open{{}}, found;
  for (size_t hops = 1; hops <= kMostHops && !open.empty() && found.empty(); ++hops) {
    std::vector<std::vector<int64_t>> next;
    for (const auto& way : open) {
      const std::string& at = table(end_of(from, way)).name;
      for (size_t i = 0; i < schema_.links.size(); ++i) {
        const Link& link = schema_.links[i];
        if (link.from_table != at) continue;
        auto longer = way;
        longer.push_back(static_cast<int64_t>(i));
        const int64_t end = end_of(from, longer);
        if (end == to) {
          if (found.size() < kMostWays) found.push_back(longer);
          continue;
        }
        bool seen = end == from;
        for (size_t n = 1; n < longer.size() && !seen; ++n)
          seen = end_of(from, {longer.begin(), longer.begin() + static_cast<std::ptrdiff_t>(n)}) ==
                 end;
        if (!seen && next.size() < kMostWays * kMostWays) next.push_back(std::move(longer));
      }
    }
    open = std::move(next);
  }
  return found;
}

std::vector<int64_t> Names::way(int64_t from, int64_t to, Span place, const std::string& before,
                                const std::string& after) const {
  const auto found = ways(from, to);
  if (found.empty()) {
    std::vector<std::string> have;
    for (const Link& link : schema_.links) {
      if (link.from_table == table(from).name && !has(have, link.to_table))
        have.push_back(link.to_table);
    }
    refuse_at(text_, place, "no links lead from table '{}' to '{}'; it refers to: {}",
              table(from).name, table(to).name, have.empty() ? "none" : join_names(have));
  }
  if (found.size() > 1) {
    std::string list;
    for (const auto& one : found)
      list += fmt::format("{}{}", list.empty() ? "" : ", ", written(from, one));
    refuse_at(text_, place, "{} ways lead from table '{}' to '{}': {}; name one: {}{}{}",
              found.size(), table(from).name, table(to).name, list, before,
              written(from, found.front()), after);
  }
  return found.front();
}

BoundColumn Names::column_of(int64_t base, const Name& name) const {
  const Found found = table(name);
  const size_t last = name.parts.size() - 1;
  if (found.parts > last) {
    refuse_at(text_, name.place, "'{}' is a table; a column is written table.column, one of: {}",
              table(found.table).name, join_names(column_names(found.table)));
  }
  BoundColumn out;
  if (found.table == base) {
    out.up = follow(base, name, found.parts, last);
  } else {
    out.up = way(base, found.table, name.place, "", "." + write_name(name.parts[last]));
    const auto more = follow(found.table, name, found.parts, last);
    out.up.insert(out.up.end(), more.begin(), more.end());
  }
  out.table = end_of(base, out.up);
  out.column = column(out.table, name.parts[last], name.places[last]);
  return out;
}

}  // namespace cenote::query
