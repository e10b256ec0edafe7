// SPDX-License-Identifier: Apache-2.0
#include "train/options.h"

#include <charconv>

#include "base/check.h"
#include "base/time.h"

namespace cenote {

std::vector<Option> train_option_list() {
  return {{"epochs", int64_t{10}, "passes over the training seeds", 1, 10000, {}},
          {"batch", int64_t{512}, "seeds per update; a multiple of 64", 64, 65536, {}},
          {"lr", 0.001, "learning rate of Adam", 1e-8, 10, {}},
          {"schedule",
           std::string("cosine"),
           "learning rate over the epochs: constant, or down to zero along half a cosine",
           0,
           0,
           {"constant", "cosine"}},
          {"staleness",
           std::string("auto"),
           "train and select as a database that is no longer updated will be used: auto (under "
           "frozen only), none, or days",
           0,
           0,
           {}},
          {"weight_decay", 0.0, "decoupled weight decay (AdamW)", 0, 10, {}},
          {"patience",
           int64_t{0},
           "stop after so many epochs without a better validation metric; 0: never",
           0,
           10000,
           {}},
          {"max_steps", int64_t{2000}, "updates per epoch at most", 1, 1e9, {}},
          {"loss", std::string("auto"), "which loss; auto: the task type's", 0, 0, {}}};
}

std::vector<Option> train_options_of(const ModelEntry& model) {
  const Options own(model.info.options);
  std::vector<Option> out;
  for (Option& option : train_option_list()) {
    const bool used =
        model.make_network != nullptr || (model.reads_rows && option.name == "staleness");
    if (used && !own.has(option.name)) out.push_back(std::move(option));
  }
  return out;
}

TrainOptions train_options(const Options& options, uint64_t seed) {
  TrainOptions out;
  out.epochs = options.get_int("epochs");
  out.batch = options.get_int("batch");
  out.adam.learning_rate = options.get_double("lr");
  out.cosine = options.get_text("schedule") == "cosine";
  out.adam.weight_decay = options.get_double("weight_decay");
  out.patience = options.get_int("patience");
  out.max_steps = options.get_int("max_steps");
  out.seed = seed;
  return out;
}

int64_t parse_staleness(const std::string& text, int64_t automatic) {
  if (text == "auto") return automatic;
  if (text == "none") return 0;
  double days = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), days);
  CENOTE_CHECK(
      result.ec == std::errc() && result.ptr == text.data() + text.size() && days >= 0 &&
          days <= 36500,
      bad_input,
      "option 'staleness' of training: '{}' is not auto, none or a number of days in [0, 36500]",
      text);
  return static_cast<int64_t>(days * kMicrosPerDay);
}

}  // namespace cenote
