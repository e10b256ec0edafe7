// SPDX-License-Identifier: Apache-2.0
// The same f1 data from five sources under one manifest: the same labels, the same model bytes.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "database/source.h"
#include "engine/f1_copies.h"
#include "support/postgres_server.h"
#include "task/task.h"

namespace cenote {
namespace {

class Sources : public testing::Test {
 protected:
  static std::string task() { return f1_folder() + "/tasks/driver-position/manifest.yaml"; }
  static SourceOptions source(const std::string& path) {
    SourceOptions options;
    options.source = path;
    options.manifest = f1_folder() + "/manifest.yaml";
    return options;
  }

  /// The label tables as text: entity, time, label, all of them.
  static std::string labels_of(const SourceOptions& options) {
    const Snapshot snapshot = Snapshot::open(options, {});
    const Labels labels = make_labels(load_task(task(), snapshot), snapshot, {});
    std::string out;
    for (const LabelTable* table : {&labels.train, &labels.val, &labels.test}) {
      for (int64_t i = 0; i < table->size(); ++i) {
        out += fmt::format("{} {} {}\n", value_text(table->entity, i), table->time[i],
                           table->label[i]);
      }
    }
    return out;
  }

  static std::string model_of(const SourceOptions& options) {
    const TemporaryFolder run("cenote-run");
    FitOptions fit = fit_options("", task(), "sage", run.path() / "run");
    fit.source = options;
    return fit_bytes(fit);
  }

  static void expect_same(const std::string& path) {
    static const std::string labels = labels_of(source(f1_folder())),
                             model = model_of(source(f1_folder()));
    EXPECT_EQ(labels_of(source(path)), labels);
    EXPECT_TRUE(model_of(source(path)) == model);
  }

  /// Copies all tables into an attached database; `order` decides the order of rows.
  static void copy_into(const F1Copy& f1, const std::string& alias, const std::string& order) {
    for (const auto& table : f1_tables()) {
      f1.execute(fmt::format("CREATE TABLE {0}.{1} AS SELECT * FROM {1} ORDER BY {2}", alias, table,
                             fmt::format(fmt::runtime(order), f1_key(table))));
    }
  }

  static void write_files(const F1Copy& f1, const std::filesystem::path& folder,
                          const std::string& format, const std::string& order) {
    std::filesystem::create_directories(folder);
    for (const auto& table : f1_tables()) {
      f1.execute(fmt::format("COPY (SELECT * FROM {0} ORDER BY {1}) TO '{2}.{3}' (FORMAT {3})",
                             table, fmt::format(fmt::runtime(order), f1_key(table)),
                             (folder / table).string(), format));
    }
  }

  const TemporaryFolder folder_{"cenote-sources"};
  std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
};

constexpr const char* kByKey = "{}";
constexpr const char* kBackwards = "{} DESC";
constexpr const char* kShuffled = "hash({}, 3)";

TEST_F(Sources, ParquetFolderInAnotherOrder) {
  write_files(F1Copy(), path("parquet"), "parquet", kShuffled);
  expect_same(path("parquet"));
}

TEST_F(Sources, CsvFolder) {
  write_files(F1Copy(), path("csv"), "csv", kBackwards);
  expect_same(path("csv"));
}

TEST_F(Sources, DuckDbFile) {
  {
    const F1Copy f1;
    f1.execute(fmt::format("ATTACH '{}' AS other", path("f1.duckdb")));
    copy_into(f1, "other", kShuffled);
    f1.execute("DETACH other");
  }
  expect_same(path("f1.duckdb"));
}

TEST_F(Sources, SqliteFile) {
  {
    F1Copy f1;
    f1.load("sqlite_scanner");
    f1.execute(fmt::format("ATTACH '{}' AS other (TYPE sqlite)", path("f1.sqlite")));
    copy_into(f1, "other", kByKey);
    f1.execute("DETACH other");
  }
  expect_same(path("f1.sqlite"));
}

TEST_F(Sources, Postgres) {
  const PostgresServer server;
  if (!server.why().empty()) GTEST_SKIP() << server.why();
  {
    F1Copy f1;
    f1.load("postgres_scanner");
    f1.execute(fmt::format("ATTACH '{}' AS other (TYPE postgres)", server.url()));
    copy_into(f1, "other", kShuffled);
    f1.execute("DETACH other");
  }
  expect_same(server.url());
}

}  // namespace
}  // namespace cenote
