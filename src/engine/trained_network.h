// SPDX-License-Identifier: Apache-2.0
// A network and its trainer; of a network that recommends, its items too.
#pragma once

#include <memory>

#include "engine/trained.h"

namespace cenote {

/// `prepared`, `entry`, `loss` and `threads` must outlive it.
class TrainedNetwork : public Trained {
 public:
  TrainedNetwork(const Prepared& prepared, const ModelContext& context, const Options& options,
                 const ModelEntry& entry, const LossEntry& loss, const OutputScale& scale,
                 const TrainOptions& training, ThreadPool& threads);
  TrainReport fit(const FitRequest& request) override;
  std::vector<double> predict(std::span<const Seed> seeds, const Hooks& hooks) const override;
  std::vector<SeedEffects> explain(const EffectsRequest& request,
                                   const Hooks& hooks) const override;
  Rankings rank(std::span<const Seed> seeds, int64_t top, const Hooks& hooks) const override;
  void save(ModelPart& part) const override;
  void load(const ModelPart& part) override;
  int64_t parameter_count() const override { return network_->parameters().count(); }
  std::string precision() const override {
    return network_->precision() == Precision::bfloat16 ? "bfloat16" : "float32";
  }

 private:
  Rankings rank_vectors(const std::vector<double>& vectors, std::span<const Seed> seeds,
                        int64_t top) const;

  const Prepared& prepared_;
  const ModelContext context_;
  const OutputScale scale_;
  ThreadPool& threads_;
  const std::unique_ptr<Network> network_;
  ItemTower* const items_;  // null: it does not recommend
  const std::unique_ptr<Trainer> trainer_;
};

}  // namespace cenote
