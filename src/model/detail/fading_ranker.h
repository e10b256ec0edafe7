// SPDX-License-Identifier: Apache-2.0
// What models that count past meetings share: the half-life, chosen in training, and how it is kept.
#pragma once

#include <cstdint>
#include <span>

#include "model/detail/popular_items.h"
#include "model/model.h"

namespace cenote {

/// Recommends by meetings of the past, one that is a half-life old counting half.
class FadingRanker : public Ranker {
 public:
  FadingRanker(const Options& options, const ModelContext& context)
      : options_(options), context_(context) {}

  void fit(const EstimatorData& data) override;
  Rankings rank(std::span<const Seed> seeds, const History& history, int64_t top,
                ThreadPool& threads, const Hooks& hooks) const override;
  nlohmann::json save() const override;
  void load(const nlohmann::json& state) override;

 protected:
  virtual Rankings ranked(const Interactions& meetings, std::span<const Seed> seeds, int64_t top,
                          int64_t half_life) const = 0;
  const ModelContext& context() const { return context_; }

 private:
  const Options options_;
  const ModelContext context_;
  int64_t half_life_ = 0;
};

}  // namespace cenote
