// SPDX-License-Identifier: Apache-2.0
// The laws every encoder keeps. A new entry is tried here without being asked, on columns of each
// type that it says it serves.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/check.h"
#include "base/random.h"
#include "base/time.h"
#include "encode/encode_helpers.h"

namespace cenote {
namespace {

/// The storage in which a column of a type usually comes.
std::vector<StorageType> storages(ColumnType type) {
  switch (type) {
    case ColumnType::number: return {StorageType::float64, StorageType::int64};
    case ColumnType::category: return {StorageType::utf8, StorageType::int64};
    case ColumnType::text: return {StorageType::utf8};
    case ColumnType::timestamp: return {StorageType::time};
    case ColumnType::boolean: return {StorageType::boolean};
    case ColumnType::key:
    case ColumnType::ignored: break;
  }
  return {};
}

void append_any(ColumnData& column, Random& random, bool later) {
  const auto draw = static_cast<int64_t>(random.below(12)) + (later ? 1000 : 0);
  if (random.below(6) == 0) return append_null(column);
  switch (column.type) {
    case StorageType::float64: {
      const std::array<double, 6> wild = {
          0.1 * static_cast<double>(draw),         std::nan(""), -1e300,
          std::numeric_limits<double>::infinity(), -0.0,         1e-300};
      return append_real(column, wild[draw % 3 == 0 ? random.below(6) : 0]);
    }
    case StorageType::utf8:
      return append_text(column, draw % 5 == 0 ? std::string("\xff broken \xc3")
                                 : draw % 5 == 1
                                     ? std::string()
                                     : "word" + std::to_string(draw) + " \xc3\x89t\xc3\xa9");
    case StorageType::boolean: return append_integer(column, draw % 2);
    case StorageType::time:
      return append_integer(column, (draw - 6) * 40 * kMicrosPerDay + draw * 3'600'000'000);
    case StorageType::int64: break;
  }
  append_integer(column, draw == 11 ? std::numeric_limits<int64_t>::min() : draw);
}

/// `rows` values, a sixth of them null; `later` ones are others than those before.
ColumnData make_values(StorageType storage, int64_t rows, uint64_t seed, bool later = false) {
  ColumnData column = make_column(storage);
  Random random(seed);
  for (int64_t i = 0; i < rows; ++i) append_any(column, random, later);
  return column;
}

/// What a row's codes are, as numbers or as ids.
std::vector<double> codes_of(const ColumnCodes& codes, int64_t row) {
  if (codes.learned()) {
    const auto ids = bag(codes, row);
    return {ids.begin(), ids.end()};
  }
  const auto numbers = fixed_row(codes, row);
  return {numbers.begin(), numbers.end()};
}

/// N + 1 rows of finite numbers, or of bags of ids that exist.
void expect_codes(const ColumnCodes& codes, int64_t rows) {
  EXPECT_GT(codes.width, 0);
  if (!codes.learned()) {
    EXPECT_EQ(static_cast<int64_t>(codes.fixed.size()), (rows + 1) * codes.width);
    for (const float number : codes.fixed) ASSERT_TRUE(std::isfinite(number));
    return;
  }
  ASSERT_EQ(static_cast<int64_t>(codes.offsets.size()), rows + 2);
  EXPECT_EQ(codes.offsets.front(), 0);
  EXPECT_EQ(codes.offsets.back(), static_cast<int64_t>(codes.ids.size()));
  EXPECT_TRUE(std::is_sorted(codes.offsets.begin(), codes.offsets.end()));
  for (const int32_t id : codes.ids) ASSERT_TRUE(id >= 0 && id < codes.vocabulary) << id;
}

void expect_same(const ColumnCodes& a, const ColumnCodes& b) {
  EXPECT_EQ(a.width, b.width);
  EXPECT_EQ(a.fixed, b.fixed);
  EXPECT_EQ(a.vocabulary, b.vocabulary);
  EXPECT_EQ(a.offsets, b.offsets);
  EXPECT_EQ(a.ids, b.ids);
}

class EncodeLaws : public testing::TestWithParam<std::string> {
 protected:
  const EncodeEntry& entry() const { return encode_registry().at(GetParam()); }
  std::unique_ptr<ColumnEncoder> make() const { return make_encoder(GetParam()); }
  /// body(storage) for each storage of the types it serves.
  template <class Body>
  void for_each_storage(const Body& body) const {
    for (const ColumnType type : entry().types) {
      for (const StorageType storage : storages(type)) {
        SCOPED_TRACE("storage " + std::to_string(static_cast<int>(storage)));
        body(storage);
      }
    }
  }
};

INSTANTIATE_TEST_SUITE_P(Registry, EncodeLaws, testing::ValuesIn(encode_registry().names()),
                         [](const auto& info) { return info.param; });

TEST_P(EncodeLaws, SaysWhatItIs) {
  EXPECT_FALSE(entry().info.summary.empty());
  EXPECT_FALSE(entry().info.source.empty());
  EXPECT_FALSE(entry().info.example.empty());
  EXPECT_FALSE(entry().types.empty());
}

TEST_P(EncodeLaws, CodesAreWellFormedForSeenAndUnseenValues) {
  for_each_storage([&](StorageType storage) {
    const auto encoder = fitted(GetParam(), make_values(storage, 50, 1));
    expect_codes(encoder->encode(make_values(storage, 50, 1)), 50);
    expect_codes(encoder->encode(make_values(storage, 200, 2, true)), 200);
    expect_codes(encoder->encode(make_column(storage)), 0);
  });
}

TEST_P(EncodeLaws, NothingSeenIsNoError) {
  for_each_storage([&](StorageType storage) {
    const auto encoder = make();
    encoder->fit(make_column(storage), {});
    expect_codes(encoder->encode(make_values(storage, 50, 1)), 50);
    const auto again = make();
    again->load(encoder->save());
    expect_same(again->encode(make_values(storage, 50, 1)),
                encoder->encode(make_values(storage, 50, 1)));
  });
}

TEST_P(EncodeLaws, RowNIsAMissingValue) {
  for_each_storage([&](StorageType storage) {
    const ColumnData column = make_values(storage, 50, 1);
    const ColumnCodes codes = fitted(GetParam(), column)->encode(column);
    int64_t missing = 0;
    for (int64_t row = 0; row < 50; ++row) {
      if (column.is_valid(row)) continue;
      EXPECT_EQ(codes_of(codes, row), codes_of(codes, 50)) << row;
      ++missing;
    }
    EXPECT_GT(missing, 0);
  });
}

TEST_P(EncodeLaws, ARowIsEncodedTheSameAlone) {
  for_each_storage([&](StorageType storage) {
    const ColumnData column = make_values(storage, 50, 1);
    const auto encoder = fitted(GetParam(), column);
    const ColumnCodes codes = encoder->encode(column);
    for (const int64_t row : {0, 7, 49}) {
      EXPECT_EQ(codes_of(encoder->encode(take_rows(column, std::vector<int64_t>{row})), 0),
                codes_of(codes, row))
          << row;
    }
  });
}

TEST_P(EncodeLaws, RowsThatAreNotVisibleChangeNoByte) {
  for_each_storage([&](StorageType storage) {
    const ColumnData past = make_values(storage, 40, 1);
    ColumnData one = past, other = past;
    Random random(3), wild(4);
    for (int i = 0; i < 30; ++i) append_any(one, random, false), append_any(other, wild, true);
    append_null(other);
    const std::vector<int64_t> visible = all_rows(past);
    const auto first = make(), second = make(), third = make();
    first->fit(past, visible);
    second->fit(one, visible);
    third->fit(other, visible);
    EXPECT_EQ(first->save().dump(), second->save().dump());
    EXPECT_EQ(first->save().dump(), third->save().dump());
    expect_same(first->encode(past), third->encode(past));
  });
}

TEST_P(EncodeLaws, ASavedStateEncodesTheSame) {
  for_each_storage([&](StorageType storage) {
    const auto encoder = fitted(GetParam(), make_values(storage, 50, 1));
    const std::string text = encoder->save().dump();
    const auto again = make();
    again->load(nlohmann::json::parse(text));
    EXPECT_EQ(again->save().dump(), text);
    const ColumnData column = make_values(storage, 200, 2);
    expect_same(again->encode(column), encoder->encode(column));
  });
}

TEST_P(EncodeLaws, FittingAgainForgets) {
  for_each_storage([&](StorageType storage) {
    const ColumnData column = make_values(storage, 50, 1);
    const auto encoder = fitted(GetParam(), make_values(storage, 80, 9, true));
    encoder->fit(column, all_rows(column));
    EXPECT_EQ(encoder->save().dump(), fitted(GetParam(), column)->save().dump());
  });
}

TEST_P(EncodeLaws, DamagedStatesAreRefused) {
  for_each_storage([&](StorageType storage) {
    const nlohmann::json state = fitted(GetParam(), make_values(storage, 50, 1))->save();
    const auto refused = [&](const nlohmann::json& damaged) {
      try {
        make()->load(damaged);
        ADD_FAILURE() << "accepted " << damaged.dump().substr(0, 200);
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::bad_input) << error.what();
      }
    };
    refused(nlohmann::json::array());
    refused(nlohmann::json("text"));
    for (const auto& [field, value] : state.items()) {
      nlohmann::json damaged = state;
      damaged.erase(field);
      refused(damaged);
      for (const nlohmann::json& other :
           {nlohmann::json(), nlohmann::json::object(), nlohmann::json({{{"a", 1}}})}) {
        damaged[field] = other;
        refused(damaged);
      }
    }
  });
}

TEST_P(EncodeLaws, ThreadsShareAnEncoder) {
  for_each_storage([&](StorageType storage) {
    const ColumnData column = make_values(storage, 500, 1);
    const auto encoder = fitted(GetParam(), column);
    const ColumnCodes wanted = encoder->encode(column);
    std::array<ColumnCodes, 4> got;
    std::vector<std::thread> threads;
    for (auto& codes : got) threads.emplace_back([&] { codes = encoder->encode(column); });
    for (auto& thread : threads) thread.join();
    for (const auto& codes : got) expect_same(codes, wanted);
  });
}

TEST(EncodeRegistry, EveryTypeThatIsEncodedHasOneDefault) {
  for (const ColumnType type : {ColumnType::number, ColumnType::category, ColumnType::text,
                                ColumnType::timestamp, ColumnType::boolean}) {
    int defaults = 0;
    for (const auto& [name, entry] : encode_registry()) {
      defaults += entry.is_default && std::count(entry.types.begin(), entry.types.end(), type) > 0;
    }
    EXPECT_EQ(defaults, 1);
    EXPECT_NE(default_encoder(type), nullptr);
  }
  EXPECT_EQ(default_encoder(ColumnType::key), nullptr);
  EXPECT_EQ(default_encoder(ColumnType::ignored), nullptr);
}

}  // namespace
}  // namespace cenote
