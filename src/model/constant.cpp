// SPDX-License-Identifier: Apache-2.0
// The best constant: what any model must beat.
//
// Shapes    every seed gets the same [outputs].
// Empty     no training labels: zeros.
// Options   none. Regression: the median of the training labels (least absolute error); classification:
//           the share of each class.
// Source    ours; RelBench calls it "global median" and "majority".
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "model/detail/label_statistics.h"
#include "model/model.h"

namespace cenote {
namespace {

class Constant : public Estimator {
 public:
  explicit Constant(const ModelContext& context)
      : type_(context.task_type), value_(context.outputs, 0.0) {}

  void fit(const EstimatorData& data) override {
    value_ = central_label(data.train.label, type_, static_cast<int64_t>(value_.size()));
  }

  std::vector<double> predict(std::span<const Seed> seeds, const History&,
                              ThreadPool&) const override {
    std::vector<double> out;
    for (size_t i = 0; i < seeds.size(); ++i) out.insert(out.end(), value_.begin(), value_.end());
    return out;
  }

  nlohmann::json save() const override { return {{"value", value_}}; }
  void load(const nlohmann::json& state) override {
    value_ = load_numbers(state, "value", value_.size());
  }

 private:
  TaskType type_;
  std::vector<double> value_;
};

}  // namespace

CENOTE_MODEL(constant) {
  ModelEntry entry;
  entry.info = {"the median label, or the share of each class",
                "ours",
                "cenote fit examples/f1 --task driver-dnf --model constant",
                {}};
  entry.make_estimator = [](const Options&,
                            const ModelContext& context) -> std::unique_ptr<Estimator> {
    return std::make_unique<Constant>(context);
  };
  entry.reads_rows = false;
  return entry;
}

}  // namespace cenote
