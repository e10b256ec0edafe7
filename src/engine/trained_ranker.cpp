// SPDX-License-Identifier: Apache-2.0
#include "engine/trained_ranker.h"

#include "base/check.h"

namespace cenote {
namespace {

class TrainedRanker : public Trained {
 public:
  TrainedRanker(const Prepared& prepared, const ModelContext& context, int64_t staleness,
                const Options& options, const ModelEntry& entry, ThreadPool& threads)
      : prepared_(prepared),
        context_(context),
        staleness_(staleness),
        threads_(threads),
        ranker_(entry.make_ranker(options, context_)) {}

  TrainReport fit(const FitRequest& request) override {
    const Judge judge = make_judge(prepared_);
    TrainReport report;
    ranker_->fit({prepared_.train, prepared_.selection, prepared_.history(), judge, staleness_,
                  threads_, request.hooks});
    report.best_metric = judge.value(predict(prepared_.selection.seeds, request.hooks));
    return report;
  }
  std::vector<double> predict(std::span<const Seed> seeds, const Hooks& hooks) const override {
    const Rankings found = rank(seeds, prepared_.outputs, hooks);
    return {found.item.begin(), found.item.end()};
  }
  Rankings rank(std::span<const Seed> seeds, int64_t top, const Hooks& hooks) const override {
    return ranker_->rank(seeds, prepared_.history(), top, threads_, hooks);
  }
  void save(ModelPart& part) const override { part.estimator = ranker_->save(); }
  void load(const ModelPart& part) override { ranker_->load(part.estimator); }

 private:
  const Prepared& prepared_;
  const ModelContext context_;
  const int64_t staleness_;
  ThreadPool& threads_;
  const std::unique_ptr<Ranker> ranker_;
};

}  // namespace

std::unique_ptr<Trained> make_trained_ranker(const Prepared& prepared, const ModelContext& context,
                                             int64_t staleness, const Options& options,
                                             const ModelEntry& entry, ThreadPool& threads) {
  CENOTE_CHECK(context.item_table >= 0, bad_input, "model: it recommends, but its task '{}' is {}",
               prepared.task.name, to_string(prepared.task.type));
  return std::make_unique<TrainedRanker>(prepared, context, staleness, options, entry, threads);
}

}  // namespace cenote
