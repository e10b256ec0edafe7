// SPDX-License-Identifier: Apache-2.0
// Claim 93: a spatial pyramid lets one network take pictures of any size.
#include <ATen/core/grad_mode.h>
#include <ATen/ops/argmax.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/upsample_bilinear2d.h>

#include <algorithm>
#include <chrono>
#include <string>

#include "base/hash.h"
#include "base/random.h"
#include "claim/claim.h"
#include "claim/small_training.h"
#include "claims/detail/pictures.h"
#include "kernel/join_builders.h"

namespace cenote {
namespace {

constexpr int64_t kChannels = 32;

at::Tensor resized(const at::Tensor& pictures, int64_t side) {
  return at::upsample_bilinear2d(pictures, {side, side}, false);
}

/// Two convolutions, and what makes a vector of their pixels: a pool that takes any size, or none, for pictures of 28 x 28.
class AnySizeNet {
 public:
  AnySizeNet(ParameterSet& parameters, const std::string& pool)
      : warps_(pool == "warp"),
        first_(parameters, "first", 1, 16),
        second_(parameters, "second", 16, kChannels),
        pool_(parameters, warps_ ? "mean" : pool, kChannels,
              pool == "pyramid" ? WindowPool::Options{{"levels", "4,2,1"}} : WindowPool::Options{}),
        head_(parameters, "head", {warps_ ? 14 * 14 * kChannels : pool_.out_width(), 64, 10}) {}

  at::Tensor features(const at::Tensor& pictures) const {
    return at::relu(second_(at::max_pool2d(at::relu(first_(pictures)), 2)));
  }

  at::Tensor operator()(const at::Tensor& pictures) const {
    const int64_t n = pictures.size(0);
    if (warps_) return head_(features(resized(pictures, Digits::kSide)).reshape({n, -1}));
    const at::Tensor map = features(pictures);
    const PlacedJoin places = grid_places(map.size(2), map.size(3));
    return head_(pool_({.rows = pixels_of(map),
                        .join = repeated(*places.join, map.size(2) * map.size(3), n),
                        .coordinates = places.coordinates_tensor().repeat({n, 1})}));
  }

  /// Vectors of rectangles (top, left, side) of one picture's features, which are computed once.
  at::Tensor of_windows(const at::Tensor& map,
                        const std::vector<std::array<int64_t, 3>>& windows) const {
    auto join = std::make_shared<Join>();
    std::vector<double> places;
    for (const auto& [top, left, side] : windows) {
      for (int64_t y = top; y < top + side; ++y)
        for (int64_t x = left; x < left + side; ++x) {
          join->rows.push_back(y * map.size(3) + x);
          places.push_back(static_cast<double>(y));
          places.push_back(static_cast<double>(x));
        }
      join->offsets.push_back(join->links());
    }
    return head_(pool_({.rows = pixels_of(map),
                        .join = join,
                        .coordinates = float_tensor(places, {join->links(), 2}).to(at::kDouble)}));
  }

 private:
  bool warps_;
  Convolution first_, second_;
  NamedPool pool_;
  Mlp head_;
};

/// Each batch has a size of its own, of six; tested on five other sizes between them.
double accuracy(const std::string& pool, const DigitSplit& digits, const ClaimRun& run) {
  ParameterSet parameters(run.seed);
  const AnySizeNet net(parameters, pool);
  train_small(parameters, digits.train.labels.size(0),
              [&](const std::vector<int64_t>& batch) {
                const Digits some = digits.train.some(batch);
                const auto size = static_cast<int64_t>(mix64(hash_combine(run.seed, batch[0])) % 6);
                return at::cross_entropy_loss(net(resized(some.pictures, 20 + 4 * size)),
                                              some.labels);
              },
              {.epochs = run.quick ? 1 : 6,
               .batch = 64,
               .learning_rate = 2e-3,
               .seed = run.seed,
               .between_epochs = [&run] { run.check_cancelled(); }});
  double sum = 0;
  for (const int64_t side : {22, 26, 30, 34, 38})
    sum += digit_accuracy([&](const at::Tensor& pictures) { return net(resized(pictures, side)); },
                          digits.test);
  return sum / 5;
}

/// Time of 500 windows of a canvas, each through the convolutions, over that of one pass and a pool of each window.
double speed_up(const Digits& digits, const ClaimRun& run) {
  constexpr int64_t kCanvas = 160, kWindows = 500;
  ParameterSet parameters(run.seed);
  const AnySizeNet net(parameters, "pyramid");
  const at::NoGradGuard no_gradients;
  const at::Tensor canvas = resized(digits.pictures.slice(0, 0, 25)
                                        .view({5, 5, Digits::kSide, Digits::kSide})
                                        .permute({0, 2, 1, 3})
                                        .reshape({1, 1, 5 * Digits::kSide, 5 * Digits::kSide}),
                                    kCanvas);
  Random random(hash_combine(run.seed, 93));
  std::vector<std::array<int64_t, 3>> windows;
  for (int64_t i = 0; i < kWindows; ++i) {
    const auto side = static_cast<int64_t>(12 + random.below(17));
    windows.push_back({static_cast<int64_t>(random.below(kCanvas / 2 - side + 1)),
                       static_cast<int64_t>(random.below(kCanvas / 2 - side + 1)), side});
  }
  const auto seconds = [](const auto& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  std::vector<double> ratios;
  for (int round = 0; round < 3; ++round) {
    const double each = seconds([&] {
      for (const auto& [top, left, side] : windows)
        net(canvas.slice(2, 2 * top, 2 * (top + side)).slice(3, 2 * left, 2 * (left + side)));
    });
    ratios.push_back(each / seconds([&] { net.of_windows(net.features(canvas), windows); }));
  }
  std::sort(ratios.begin(), ratios.end());
  return ratios[1];
}

Figures run_claim_093(const ClaimRun& run) {
  const DigitSplit digits = split_digits(run.data, run.quick ? 1000 : 8000, run.quick ? 500 : 2000,
                                         hash_combine(run.seed, 93));
  Figures out;
  for (const char* pool : {"warp", "mean", "max", "pyramid"})
    out.add(std::string("accuracy of ") + pool, accuracy(pool, digits, run));
  const double pyramid = out.at("accuracy of pyramid");
  out.add("pyramid less the best global pool",
          pyramid - std::max(out.at("accuracy of mean"), out.at("accuracy of max")));
  out.add("pyramid less warp", pyramid - out.at("accuracy of warp"));
  out.add("speed-up of 500 windows", speed_up(digits.test, run));
  return out;
}

}  // namespace

CENOTE_CLAIM(093_pyramid) {
  return {
      .info = {.summary = "A spatial pyramid takes pictures of any size and classifies better than "
                          "global pools and no worse than warped pictures; windows of a picture "
                          "share one pass of the convolutions, which is many times faster.",
               .source = "He, Zhang, Ren, Sun 2014, arXiv:1406.4729 (SPP-net)",
               .example = "cenote claim 93"},
      .setting =
          "MNIST's 10,000 test digits, 8,000 to train on and 2,000 to test, drawn anew for each "
          "seed; scaled to 20 to 40 pixels batch by batch, tested at five sizes not trained on; "
          "two convolutions, then bins of 4 x 4, 2 x 2 and 1, or a global pool, or pictures warped "
          "to 28 pixels; accuracy in hundredths. 500 windows of one canvas: time window by window "
          "over time with one pass.",
      .departs = "digits and two convolutions instead of photographs and five",
      .data = kDigitFiles,
      .conditions = {{"pyramid less the best global pool", Bound::at_least, 0.5, 0},
                     {"pyramid less warp", Bound::at_least, 0, -60},
                     {"speed-up of 500 windows", Bound::at_least, 10, 2}},
      .seeds = 4,
      .quick_seeds = 1,
      .minutes = 8,
      .run = run_claim_093};
}

}  // namespace cenote
