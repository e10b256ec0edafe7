// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <fstream>

#include "base/files.h"
#include "database/duckdb.h"
#include "random_draw.h"
#include "random_question.h"

namespace cenote {
namespace {

using naive::Value;

/// A key from 1 to n, or one that leads nowhere.
Value some_key(Draw& draw, int64_t n, int64_t null_in) {
  if (draw.one_in(null_in)) return naive::Null();
  return static_cast<double>(1 + draw.below(n + 1));
}

naive::Database random_rows(Draw& draw) {
  naive::Database out;
  out["regions"] = {"id", "opened", {}, {}};
  out["users"] = {"id", "since", {{"region", "regions"}}, {}};
  out["items"] = {"sku", "", {}, {}};
  out["events"] = {"id", "at", {{"user_id", "users"}, {"item", "items"}}, {}};
  out["replies"] = {"id", "written", {{"event", "events"}}, {}};
  const int64_t regions = 3, users = 1 + draw.below(8), items = 4,
                events = draw.one_in(8) ? 0 : 20 + draw.below(50), replies = 10 + draw.below(50);
  for (int64_t i = 1; i <= regions; ++i) {
    out["regions"].rows.push_back(
        {{"id", static_cast<double>(i)},
         {"zone", some_word(draw, 5)},
         {"opened", draw.one_in(2) ? Value(naive::Time{kFirst}) : some_time(draw, 6)}});
  }
  for (int64_t i = 1; i <= users; ++i) {
    out["users"].rows.push_back(
        {{"id", static_cast<double>(i)},
         {"region", some_key(draw, regions, 6)},
         {"age", some_whole(draw, 4)},
         {"vip", some_truth(draw, 5)},
         {"since", draw.one_in(2) ? Value(naive::Time{kFirst}) : some_time(draw, 8)}});
  }
  for (int64_t i = 0; i < items; ++i)
    out["items"].rows.push_back({{"sku", fmt::format("s{}", i)},
                                 {"price", some_number(draw, 5)},
                                 {"colour", some_word(draw, 5)}});
  for (int64_t i = 1; i <= events; ++i) {
    const Value sku =
        draw.one_in(8) ? Value(naive::Null()) : Value(fmt::format("s{}", draw.below(items + 1)));
    out["events"].rows.push_back({{"id", static_cast<double>(i)},
                                  {"user_id", some_key(draw, users, 8)},
                                  {"item", sku},
                                  {"at", some_time(draw, 10)},
                                  {"amount", some_number(draw, 5)},
                                  {"n", some_whole(draw, 5)},
                                  {"status", some_word(draw, 5)},
                                  {"ok", some_truth(draw, 5)}});
  }
  for (int64_t i = 1; i <= replies; ++i) {
    out["replies"].rows.push_back(
        {{"id", static_cast<double>(i)},
         {"event", events == 0 ? Value(naive::Null()) : some_key(draw, events, 8)},
         {"written", some_time(draw, 10)},
         {"score", some_whole(draw, 5)}});
  }
  return out;
}

}  // namespace

RandomDatabase::RandomDatabase(uint64_t seed) {
  Draw draw(seed);
  rows_ = random_rows(draw);
  const TemporaryFolder folder("cenote-random");
  const auto file = folder.path() / "random.duckdb", manifest = folder.path() / "manifest.yaml";
  {
    const DuckDatabase duck(file, {});
    for (const char* table :
         {"regions(id BIGINT, opened TIMESTAMP, zone VARCHAR)",
          "users(age BIGINT, id BIGINT, region BIGINT, since TIMESTAMP, vip BOOLEAN)",
          "items(colour VARCHAR, price DOUBLE, sku VARCHAR)",
          "events(amount DOUBLE, \"at\" TIMESTAMP, id BIGINT, item VARCHAR, n BIGINT, ok BOOLEAN, "
          "status VARCHAR, user_id BIGINT)",
          "replies(event BIGINT, id BIGINT, score BIGINT, written TIMESTAMP)"}) {
      duck.execute(fmt::format("CREATE TABLE {}", table));
    }
    for (const auto& [name, table] : rows_) {
      std::string all;
      for (const naive::Row& row : table.rows) {
        std::string one;
        for (const auto& [column, value] : row) {  // in the order of names, as the columns are
          const bool quoted = std::holds_alternative<std::string>(value) ||
                              std::holds_alternative<naive::Time>(value);
          one += one.empty() ? "" : ", ";
          one += naive::is_null(value)                 ? "NULL"
                 : quoted                              ? "'" + naive::show(value) + "'"
                 : std::holds_alternative<bool>(value) ? (std::get<bool>(value) ? "TRUE" : "FALSE")
                                                       : naive::show(value);
        }
        all += fmt::format("{}({})", all.empty() ? "" : ", ", one);
      }
      if (!all.empty()) duck.execute(fmt::format("INSERT INTO {} VALUES {}", name, all));
    }
  }
  std::ofstream(manifest)
      << "name: random\ntables:\n"
         "  regions: {pkey: id, time_col: opened, fkeys: {}}\n"
         "  users: {pkey: id, time_col: since, fkeys: {region: regions}}\n"
         "  items: {pkey: sku, time_col: null, fkeys: {}}\n"
         "  events: {pkey: id, time_col: at, fkeys: {user_id: users, item: items}}\n"
         "  replies: {pkey: id, time_col: written, fkeys: {event: events}}\n";
  SourceOptions options;
  options.source = file.string();
  options.manifest = manifest.string();
  snapshot_ = std::make_unique<Snapshot>(Snapshot::open(options, {}));
}

}  // namespace cenote
