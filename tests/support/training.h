// SPDX-License-Identifier: Apache-2.0
// Training a network on the toy shop: how much will a customer spend in the next ten days.
#pragma once

#include <ATen/Parallel.h>

#include <map>

#include "loss/loss.h"
#include "support/toy.h"
#include "train/trainer.h"

namespace cenote::toy {

/// Seeds every fifth day, labels by hand from the orders: their number in (t, t + 10 days].
inline SeedTable shop_seeds(const Shop& shop, int64_t first_day, int64_t last_day) {
  const StoredTable& orders = shop.graph.store.tables[1];
  const GraphLink& link = shop.graph.links[0];
  SeedTable out;
  for (int64_t day = first_day; day <= last_day; day += 5) {
    for (int64_t customer = 0; customer < shop.graph.store.tables[0].rows; ++customer) {
      double count = 0;
      for (int64_t e = link.offsets[customer]; e < link.offsets[customer + 1]; ++e) {
        const int64_t time = orders.time[link.children[e]];
        count += time > day * kMicrosPerDay && time <= (day + 10) * kMicrosPerDay;
      }
      out.seeds.push_back(seed_at(customer, day));
      out.label.push_back(count);
    }
  }
  return out;
}

/// Customers with very different habits: customer c orders every (2 + c % 5) days.
inline std::vector<OrderRow> habits() {
  std::vector<OrderRow> orders;
  int64_t id = 0;
  for (int64_t customer = 1; customer <= 30; ++customer) {
    for (int64_t day = customer % 3; day < 100; day += 2 + customer % 5) {
      orders.push_back({++id, customer, 1 + id % 5, static_cast<double>(id % 9), day});
    }
  }
  return orders;
}

/// A small network on a shop, trained on it.
struct TrainedShop {
  const Shop& shop;
  ModelContext context;
  ThreadPool threads;
  std::unique_ptr<Network> network;
  Trainer trainer;

  static Options options(const std::map<std::string, std::string>& set, const std::string& model) {
    const ModelEntry& entry = model_registry().at(model);
    Options options(entry.info.options);
    for (const auto& [name, value] : std::map<std::string, std::string>{{"channels", "32"},
                                                                        {"blocks", "1"},
                                                                        {"fanout", "8,4"},
                                                                        {"sampling", "uniform"},
                                                                        {"pool", "sum"}}) {
      options.set(model, name, value);
    }
    for (const auto& [name, value] : set) options.set(model, name, value);
    return options;
  }
  static TrainOptions training(int64_t epochs) {
    TrainOptions out;
    out.epochs = epochs;
    out.batch = 128;
    out.seed = 7;
    return out;
  }
  explicit TrainedShop(const Shop& shop, int thread_count = 2, int64_t epochs = 3,
                       const std::map<std::string, std::string>& set = {},
                       const std::string& model = "sage")
      : shop(shop),
        context(shop.context()),
        threads(thread_count, [] { at::set_num_threads(1); }),
        network(model_registry().at(model).make_network(options(set, model), context)),
        trainer(*network, context, loss_registry().at("l1"), {2.0, 1.5, 0.0, 100.0},
                training(epochs), threads) {
    at::set_num_threads(1);
  }

  TrainReport train(const SeedTable& train, const SeedTable& val,
                    const std::string& checkpoint = "", bool resume = false,
                    const Hooks& hooks = {}) {
    const Judge judge{"mae", false, [&val](const std::vector<double>& prediction) {
                        double sum = 0;
                        for (size_t i = 0; i < prediction.size(); ++i)
                          sum += std::abs(prediction[i] - val.label[i]);
                        return sum / static_cast<double>(prediction.size());
                      }};
    return trainer.train(train, val, judge, checkpoint, "toy", resume, hooks);
  }

  /// All weights, byte for byte.
  std::string bytes() const {
    std::string out;
    for (const at::Tensor& tensor : network->parameters().tensors()) {
      out.append(static_cast<const char*>(tensor.const_data_ptr()),
                 tensor.numel() * tensor.element_size());
    }
    return out;
  }
};

inline double mean_error(const std::vector<double>& prediction, const std::vector<double>& label) {
  double sum = 0;
  for (size_t i = 0; i < prediction.size(); ++i) sum += std::abs(prediction[i] - label[i]);
  return sum / static_cast<double>(prediction.size());
}

/// The mean absolute errors on later seeds of a model trained on habits(), and of the median of its labels.
inline std::pair<double, double> errors_on_habits(const std::string& model) {
  const Shop shop(shop_store(30, 5, habits()));
  const SeedTable train = shop_seeds(shop, 10, 60), val = shop_seeds(shop, 65, 75),
                  test = shop_seeds(shop, 80, 90);
  TrainedShop trained(shop, 2, 40, {{"sampling", "latest"}}, model);
  trained.train(train, val);
  auto sorted = train.label;
  std::sort(sorted.begin(), sorted.end());
  const std::vector<double> median(test.label.size(), sorted[sorted.size() / 2]);
  return {mean_error(trained.trainer.predict(test.seeds, {}), test.label),
          mean_error(median, test.label)};
}

}  // namespace cenote::toy
