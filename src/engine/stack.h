// SPDX-License-Identifier: Apache-2.0
// A model made of others: the average of their predictions.
#pragma once

#include <memory>
#include <vector>

#include "engine/search.h"
#include "engine/trained.h"

namespace cenote {

/// Shapes, Empty    those of the members.
class Stack : public Trained {
 public:
  /// With the members of `part`, if it has any, not loaded yet.
  Stack(const Prepared& prepared, const ModelPart& part, const OutputScale& scale,
        ThreadPool& threads);

  /// Searches for members (engine/search.h).
  TrainReport fit(const FitRequest& request) override;
  std::vector<double> predict(std::span<const Seed> seeds, const Hooks& hooks) const override;
  std::vector<SeedEffects> explain(const EffectsRequest& request,
                                   const Hooks& hooks) const override;
  Rankings rank(std::span<const Seed> seeds, int64_t top, const Hooks& hooks) const override;
  void save(ModelPart& part) const override;
  void load(const ModelPart& part) override;
  int64_t parameter_count() const override;

  /// What the last fit tried and why it kept what it kept.
  const SearchResult& found() const { return found_; }

 private:
  struct Member {
    ModelPart part;  // options and seed
    std::unique_ptr<Trained> model;
    double weight;
  };
  const Prepared& prepared_;
  const ModelPart part_;
  const OutputScale scale_;
  ThreadPool& threads_;
  std::vector<Member> members_;
  SearchResult found_;
};

}  // namespace cenote
