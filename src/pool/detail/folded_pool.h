// SPDX-License-Identifier: Apache-2.0
// Pools that work in parts: a state of a few numbers a group, into which rows are added one at a time and other states as a
// whole. It is a second way to compute the pool, in double and without gradients; a law compares the two.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>

#include "pool/detail/make_pool.h"

namespace cenote {

/// `s` are the numbers of one group's state.
class FoldedPool : public Pool {
 public:
  at::Tensor state(const PoolInput& input) const override;
  at::Tensor merge(const at::Tensor& one, const at::Tensor& other) const override;
  at::Tensor finish(const at::Tensor& state) const override;

 protected:
  FoldedPool(int64_t width, int64_t state_size, int64_t out_width)
      : width_(width), state_size_(state_size), out_width_(out_width) {}

  /// What is added of each row: the rows themselves, or what is computed of each.
  virtual at::Tensor prepared(const at::Tensor& rows) const { return rows; }
  /// The same by link, [E, ...], where it depends on the group as well. `input` is in double.
  virtual at::Tensor prepared_links(const PoolInput& input) const;
  virtual void start(double* s) const;  // of no rows: zeros
  /// weight > 0; `key`: the order key, 0 where there is none.
  virtual void add(double* s, const double* row, double weight, double key) const = 0;
  virtual void join_states(double* s, const double* other) const = 0;
  virtual void result(const double* s, double* out) const = 0;

  const int64_t width_;

 private:
  const int64_t state_size_, out_width_;
};

/// A folded pool whose columns have nothing to do with each other: `Column` is the state of one, with
///   static constexpr int64_t kSize; and start(s), add(s, x, weight), join(s, other), result(s) of its kSize numbers.
template <class Column>
class ColumnPool : public FoldedPool {
 public:
  explicit ColumnPool(const PoolPlace& place, Column column = {})
      : FoldedPool(place.width, place.width * Column::kSize, place.width), column_(column) {}

 protected:
  void start(double* s) const final {
    for (int64_t c = 0; c < width_; ++c) column_.start(s + c * Column::kSize);
  }
  void add(double* s, const double* row, double weight, double) const final {
    for (int64_t c = 0; c < width_; ++c) column_.add(s + c * Column::kSize, row[c], weight);
  }
  void join_states(double* s, const double* other) const final {
    for (int64_t c = 0; c < width_; ++c)
      column_.join(s + c * Column::kSize, other + c * Column::kSize);
  }
  void result(const double* s, double* out) const final {
    for (int64_t c = 0; c < width_; ++c) out[c] = column_.result(s + c * Column::kSize);
  }

 private:
  Column column_;
};

/// `make` of an entry without options and parameters: `pool(input)` is its value, `Column` its fold.
template <at::Tensor (*pool)(const PoolInput& input), class Column>
std::unique_ptr<Pool> make_column_pool(const Options&, const PoolPlace& place) {
  class Made : public ColumnPool<Column> {
   public:
    using ColumnPool<Column>::ColumnPool;
    PoolResult forward(const PoolInput& input) const override { return {pool(input), input.join}; }
  };
  return std::make_unique<Made>(place);
}

/// The largest logit so far and totals relative to it, of e^logit and of e^logit times a value: three numbers of a state.
/// Source    Milakov, Gimelshein 2018, arXiv:1805.02867.
struct OnlineSoftmax {
  static constexpr int64_t kSize = 3;
  static void start(double* s);
  static void add(double* s, double logit, double value, double weight);
  static void join(double* s, const double* other);
  static double mean(const double* s);     // 0 for no rows
  static double log_sum(const double* s);  // of e^logit; 0 for no rows
};

/// The largest of no numbers, as a finite one.
inline constexpr double kNoLargest = std::numeric_limits<double>::lowest();

}  // namespace cenote
