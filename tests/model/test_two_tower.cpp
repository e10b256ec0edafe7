// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <ATen/core/grad_mode.h>

#include "support/meetings.h"
#include "support/training.h"

namespace cenote {
namespace {

constexpr int64_t kCustomers = 30, kProducts = 12;

/// Customer c orders products of its kind, c % 3, every five days.
std::vector<toy::OrderRow> kinds() {
  std::vector<toy::OrderRow> orders;
  int64_t id = 0;
  for (int64_t customer = 1; customer <= kCustomers; ++customer) {
    for (int64_t day = 15; day < 100; day += 5)
      orders.push_back(
          {++id, customer, 1 + customer % 3 + 3 * ((day / 5 + customer) % 4), 1.0, day});
  }
  return orders;
}

struct Towers {
  toy::Shop shop{toy::shop_store(kCustomers, kProducts, kinds())};
  ModelContext context = toy::link_context(shop);
  SeedTable train = toy::link_seeds(shop, 20, 60), test = toy::link_seeds(shop, 80, 80);
  ThreadPool threads;
  std::unique_ptr<Network> network;
  ItemTower& items;
  Trainer trainer;

  static std::unique_ptr<Network> make(const ModelContext& context,
                                       const std::map<std::string, std::string>& set) {
    Options options = toy::TrainedShop::options(set, "two_tower");
    return model_registry().at("two_tower").make_network(options, context);
  }
  explicit Towers(int thread_count = 2, int64_t epochs = 20,
                  const std::map<std::string, std::string>& set = {})
      : threads(thread_count, [] { at::set_num_threads(1); }),
        network(make(context, set)),
        items(dynamic_cast<ItemTower&>(*network)),
        trainer(*network, context, loss_registry().at("bpr"), {}, training(epochs), threads) {
    at::set_num_threads(1);
    items.learn_from(train);
    double epoch = 0;  // the last one is kept
    const Judge judge{"epoch", true, [&](const std::vector<double>&) { return ++epoch; }};
    trainer.train(train, {}, judge, "", "toy", false, {});
  }
  static TrainOptions training(int64_t epochs) {
    TrainOptions out = toy::TrainedShop::training(epochs);
    out.batch = 64;
    out.adam.learning_rate = 0.01;
    out.patience = 0;
    return out;
  }
  std::string bytes() const {
    std::string out;
    for (const at::Tensor& tensor : network->parameters().tensors())
      out.append(static_cast<const char*>(tensor.const_data_ptr()),
                 tensor.numel() * tensor.element_size());
    return out;
  }
  /// Of the four best items of each test seed, the share that is of its customer's kind.
  double share_of_kind() {
    const at::AutoGradMode mode(false);
    std::vector<int64_t> rows(kProducts);
    std::iota(rows.begin(), rows.end(), 0);
    const at::Tensor vectors = items.items(rows, {});
    const std::vector<double> users = trainer.predict(test.seeds, {});
    const int64_t width = vectors.size(1);
    double right = 0;
    for (int64_t s = 0; s < test.size(); ++s) {
      std::vector<std::pair<double, int64_t>> scored;
      for (const int64_t item : rows) {
        double score = 0;
        for (int64_t d = 0; d < width; ++d)
          score += users[s * width + d] * vectors.const_data_ptr<float>()[item * width + d];
        scored.emplace_back(-score, item);
      }
      std::sort(scored.begin(), scored.end());
      for (int i = 0; i < 4; ++i) right += scored[i].second % 3 == (test.seeds[s].row + 1) % 3;
    }
    return right / static_cast<double>(4 * test.size());
  }
};

TEST(TwoTower, LearnsWhoLikesWhat) {
  Towers towers;
  EXPECT_GT(towers.share_of_kind(), 0.7);  // by chance 1/3
}

TEST(TwoTower, TheSameBytesOnAnyNumberOfThreads) {
  const std::string expected = Towers(1, 2).bytes();
  for (const int threads : {2, 3}) EXPECT_TRUE(Towers(threads, 2).bytes() == expected) << threads;
  EXPECT_FALSE(Towers(1, 2, {{"negatives", "8"}}).bytes() == expected);
}

TEST(TwoTower, AnItemAloneHasTheVectorThatItHasAmongAll) {
  Towers towers(1, 1);
  const at::AutoGradMode mode(false);
  std::vector<int64_t> rows(kProducts);
  std::iota(rows.begin(), rows.end(), 0);
  const at::Tensor all = towers.items.items(rows, {});
  for (const int64_t row : rows)
    EXPECT_TRUE(towers.items.items(std::vector<int64_t>{row}, {}).equal(all.narrow(0, row, 1)))
        << row;
}

}  // namespace
}  // namespace cenote
