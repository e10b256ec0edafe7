// SPDX-License-Identifier: Apache-2.0
// Spatial pyramid: the box that holds a group's coordinates is cut into B x B bins, for several B; the largest value of
// each column over each bin, side by side.
//
// Level B of one bin is the global maximum. Bins are half open but for the last: floor(B (x - low + 1/2 step) / (high - low +
// step)), where step is the smallest distance between two different coordinates of the axis, so that a picture of a by
// a pixels is cut as evenly as pixels can be. (The published bins may overlap by a pixel where B does not divide a.)
//
// Shapes    rows [N, D] float32 or float64, join with G groups, weights [E] or none; coordinates [E, dimensions]
//           float64; result [G, D sum of B^dimensions], level by level, in each the bins row by row.
// Empty     a bin without rows gives zeros.
// Units     those of the rows.
// Options   levels, default "6,3,2,1": at most 16 numbers in [1, 64]. dimensions in [1, 3], default 2.
// Errors    as `sum`; bad_input without coordinates or for levels that are no such list; bad_shape for other columns.
// Gradient  with respect to rows: the row with the largest value; of ties the first in the join's order.
// Merge     none, since the box must be known first.
// Cost      O(levels E D) time, O(G sum B^dimensions D) memory.
// Threads   safe to call concurrently; holds no state.
// Source    He, Zhang, Ren, Sun 2014, arXiv:1406.4729 (SPP-net).
#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "pool/detail/composed_pool.h"
#include "pool/detail/make_pool.h"
#include "pool/detail/sub_join.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{.needs_coordinates = true, .blind_to_count = true};

std::vector<int64_t> levels_of(const Options& options) {
  const std::string text = options.get_text("levels");
  std::vector<int64_t> out;
  for (const std::string& word : split_names(text, "option 'levels' of pool 'pyramid'")) {
    const bool digits =
        word.size() <= 2 && word.find_first_not_of("0123456789") == std::string::npos;
    const int64_t level = digits ? std::stoll(word) : 0;
    CENOTE_CHECK(level >= 1 && level <= 64, bad_input,
                 "option 'levels' of pool 'pyramid': '{}' is no number in [1, 64]", word);
    out.push_back(level);
  }
  CENOTE_CHECK(out.size() <= 16, bad_input, "pool 'pyramid' has {} levels, at most 16", out.size());
  return out;
}

int64_t bins_of(const std::vector<int64_t>& levels, int64_t dimensions) {
  int64_t bins = 0;
  for (const int64_t level : levels) bins += static_cast<int64_t>(std::pow(level, dimensions));
  return bins;
}

/// One axis of a group: from where, and how long with half a step at both ends.
struct Axis {
  double low = 0, length = 1;
  int64_t bin(double x, int64_t bins) const {
    return std::clamp<int64_t>(static_cast<int64_t>(static_cast<double>(bins) * (x - low) / length),
                               0, bins - 1);
  }
};

Axis axis_of(std::vector<double> places) {
  std::sort(places.begin(), places.end());
  double step = INFINITY;
  for (size_t i = 1; i < places.size(); ++i) {
    if (places[i] > places[i - 1]) step = std::min(step, places[i] - places[i - 1]);
  }
  if (std::isinf(step)) return {places.empty() ? 0 : places[0], 1};
  return {places.front() - step / 2, places.back() - places.front() + step};
}

class PyramidPool : public Pool {
 public:
  PyramidPool(const Options& options, const PoolPlace&)
      : levels_(levels_of(options)), dimensions_(options.get_int("dimensions")) {}

  PoolResult forward(const PoolInput& input) const override {
    check_pool_input("pyramid", kTraits, input);
    const Join& join = *input.join;
    CENOTE_CHECK(join.links() == 0 || input.coordinates.size(1) == dimensions_, bad_shape,
                 "pool 'pyramid': coordinates of {} columns, wanted {}", input.coordinates.size(1),
                 dimensions_);
    const int64_t bins = bins_of(levels_, dimensions_);
    std::vector<Axis> axes(static_cast<size_t>(dimensions_));
    int64_t group = -1;
    const JoinPtr parts = pool_detail::join_of_parts(
        input, bins, [&](int64_t g, int64_t e, std::vector<int64_t>& to) {
          if (g != group) axes = axes_of(input, group = g);
          int64_t first = 0;
          for (const int64_t level : levels_) {
            int64_t bin = 0, all = 1;
            for (int64_t d = 0; d < dimensions_; ++d) {
              bin = bin * level + axes[d].bin(pool_detail::coordinate(input, e, d), level);
              all *= level;
            }
            to.push_back(first + bin);
            first += all;
          }
        });
    return {segment_max(input.rows, parts).view({join.groups(), bins * input.rows.size(1)}),
            input.join};
  }

 private:
  std::vector<Axis> axes_of(const PoolInput& input, int64_t group) const {
    const Join& join = *input.join;
    std::vector<Axis> out;
    for (int64_t d = 0; d < dimensions_; ++d) {
      std::vector<double> places;
      for (int64_t e = join.offsets[group]; e < join.offsets[group + 1]; ++e) {
        if (input.weights && input.weights[e] == 0) continue;
        const double place = pool_detail::coordinate(input, e, d);
        CENOTE_CHECK(std::isfinite(place), bad_input,
                     "pool 'pyramid': coordinate {} of link {} is {}", d, e, place);
        places.push_back(place);
      }
      out.push_back(axis_of(std::move(places)));
    }
    return out;
  }

  std::vector<int64_t> levels_;
  int64_t dimensions_;
};

}  // namespace

CENOTE_POOL(pyramid) {
  return {.info = {.summary = "maxima over the bins of a spatial pyramid, side by side",
                   .source = "He, Zhang, Ren, Sun 2014, arXiv:1406.4729 (SPP-net)",
                   .example = "a picture of any size gives 50 maxima a channel",
                   .options = {{.name = "levels",
                                .default_value = std::string("6,3,2,1"),
                                .help = "bins along each axis, level by level"},
                               {.name = "dimensions",
                                .default_value = int64_t{2},
                                .help = "axes of the coordinates",
                                .min = 1,
                                .max = 3}}},
          .traits = kTraits,
          .make = make_pool<PyramidPool>,
          .out_width = [](const Options& options, int64_t width) {
            return width * bins_of(levels_of(options), options.get_int("dimensions"));
          }};
}

}  // namespace cenote
