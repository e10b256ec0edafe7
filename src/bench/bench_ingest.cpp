// SPDX-License-Identifier: Apache-2.0
#include "base/files.h"
#include "bench/bench_database.h"
#include "database/settings.h"
#include "database/source.h"

namespace cenote {
namespace {

Measurement of_ingest(std::string what) {
  Measurement out;
  out.part = "ingest";
  out.what = std::move(what);
  out.unit = "rows";
  return out;
}

}  // namespace

std::vector<Measurement> bench_ingest(const SourceOptions& source, int64_t repeats,
                                      ThreadPool& threads, const MeasurementHook& done,
                                      const Hooks& hooks) {
  std::vector<Measurement> out;
  const TemporaryFolder folder;
  DuckDatabase loader = open_loader(folder.path() / "bench.duckdb", folder.path() / "spill");
  const Source opened = open_source(source, loader);
  double rows = 0;
  for (const SourceTable& table : opened.tables)
    rows += static_cast<double>(loader.integer("SELECT count(*) FROM " + table.relation));
  out.push_back(of_ingest("DuckDB's own scan, every value hashed"));
  measure(
      repeats, rows,
      [&] {
        for (const SourceTable& table : opened.tables)
          loader.query("SELECT bit_xor(hash(COLUMNS(*))) FROM " + table.relation);
      },
      out.back());
  const double limit = out.back().rate;
  if (!done(out.back())) return out;

  const auto of_limit = [&](Measurement& one) {
    one.limit = limit;
    one.limit_name = "DuckDB's own scan";
  };
  out.push_back(of_ingest("open: types, keys, links and a private copy"));
  of_limit(out.back());
  measure(
      repeats, rows, [&] { Snapshot::open(source, Hooks{}); }, out.back());
  if (!done(out.back())) return out;
  Snapshot snapshot = Snapshot::open(source, hooks);
  out.push_back(of_ingest("columns of the copy into memory, ordered"));
  of_limit(out.back());
  measure(
      repeats, rows, [&] { load_columns(snapshot, snapshot.schema(), {}, threads, Hooks{}); },
      out.back());
  done(out.back());
  return out;
}

}  // namespace cenote
