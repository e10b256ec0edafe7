// SPDX-License-Identifier: Apache-2.0
// Latent resampler: learned latents ask the rows, L' = L + O attention(LN L, LN x), L'' = L' + W_2 GEGLU(W_1 LN L'), and the
// result is the mean over the latents.
//
// Shapes    rows [N, D] float32 or float64, join with G groups, weights [E] or none; result [G, D].
// Empty     a group without rows, or whose weights are all zero, gives zeros. (The bare formula gives a constant.)
// Options   latents in [1, 1024], default 4 (768 in the paper); heads in [1, 1024], default 4, which must divide D;
//           norm, false: length 1 at the end. Parameters are <name>.latents, normal with deviation 1; .query, .key,
//           .value, .out [D, D], .up [8 D, D], .down [D, 4 D], uniform in +-1/sqrt(in); .norm.* ones and zeros.
// Errors    as `sum`; bad_input if heads does not divide D; bad_shape for rows of another width.
// Gradient  with respect to rows and parameters.
// Merge     the weight, and of each latent and head the largest logit and the totals of e^logit and e^logit V x.
// Cost      O(N r D + N D^2) for logits and values, once a row, O(E r D), and O(G r D^2) after the attention.
// Threads   safe to call concurrently.
// Source    Tang, Yang 2024, arXiv:2409.02727, after Lee et al. 2024, arXiv:2405.17428 (NV-Embed).
#include <ATen/ops/cat.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/zeros.h>

#include <cmath>

#include "kernel/linear.h"
#include "kernel/row_dots.h"
#include "kernel/scalar_map.h"
#include "pool/detail/attention_fold.h"
#include "pool/detail/group_mass.h"
#include "pool/detail/weights.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{.stateful = true, .mergeable = true, .blind_to_count = true};

class LatentResampler : public AttentionFold {
 public:
  LatentResampler(const Options& options, const PoolPlace& place)
      : AttentionFold(place.width, options.get_int("latents") * options.get_int("heads"),
                      options.get_int("latents") * place.width),
        count_(options.get_int("latents")),
        heads_(options.get_int("heads")),
        norm_(options.get_bool("norm")) {
    CENOTE_CHECK(width_ % heads_ == 0, bad_input,
                 "pool 'latent_resampler': {} heads do not divide {} columns", heads_, width_);
    ParameterSet& set = place.parameters;
    latents_ = set.declare(place.name + ".latents", {count_, width_}, Init::normal, 1);
    const auto map = [&](const char* name, int64_t in, int64_t out) {
      const double bound = 1 / std::sqrt(static_cast<double>(std::max<int64_t>(1, in)));
      return set.declare(place.name + name, {out, in}, Init::uniform, bound);
    };
    query_ = map(".query", width_, width_);
    key_ = map(".key", width_, width_);
    value_ = map(".value", width_, width_);
    out_ = map(".out", width_, width_);
    up_ = map(".up", width_, 8 * width_);
    down_ = map(".down", 4 * width_, width_);
    for (Norm* norm : {&of_rows_, &of_latents_, &of_hidden_}) {
      const std::string name = place.name + (norm == &of_rows_      ? ".norm.rows"
                                             : norm == &of_latents_ ? ".norm.latents"
                                                                    : ".norm.hidden");
      norm->weight = set.declare(name + ".weight", {width_}, Init::ones);
      norm->bias = set.declare(name + ".bias", {width_}, Init::zeros);
    }
  }

  PoolResult forward(const PoolInput& input) const override {
    check_pool_input("latent_resampler", kTraits, input);
    check_row_width("latent_resampler", input, width_);
    const auto [logits, values] = attended_rows(input.rows);
    const at::Tensor attended = segment_softmax_sum(
        logits, values, input.join, pool_detail::log_weights(input.join, input.weights));
    return {zero_if_empty(ended(attended), group_mass(*input.join, input.weights, attended)),
            input.join};
  }

  at::Tensor state(const PoolInput& input) const override {
    return at::cat({group_mass(*input.join, input.weights, at::zeros({}, at::kDouble)),
                    AttentionFold::state(input)},
                   1);
  }
  at::Tensor merge(const at::Tensor& one, const at::Tensor& other) const override {
    return at::cat({one.narrow(1, 0, 1).add(other.narrow(1, 0, 1)),
                    AttentionFold::merge(rest(one), rest(other))},
                   1);
  }
  at::Tensor finish(const at::Tensor& state) const override {
    return zero_if_empty(ended(AttentionFold::finish(rest(state))), state.narrow(1, 0, 1)).detach();
  }

 private:
  struct Norm {
    at::Tensor weight, bias;
  };

  static at::Tensor rest(const at::Tensor& state) {
    return state.narrow(1, 1, state.size(1) - 1).contiguous();
  }
  at::Tensor normed(const at::Tensor& x, const Norm& norm) const {
    return at::layer_norm(x, {width_}, norm.weight.to(x.scalar_type()),
                          norm.bias.to(x.scalar_type()));
  }

  /// Of each row the logits of all latents and heads, and the values once for each latent.
  std::pair<at::Tensor, at::Tensor> attended_rows(const at::Tensor& rows) const {
    const auto type = rows.scalar_type();
    const at::Tensor own = normed(rows, of_rows_);
    const at::Tensor asked =
        linear_rows(normed(latents_.to(type), of_latents_), query_.to(type), {});
    const at::Tensor keys = linear_rows(own, key_.to(type), {});
    const at::Tensor values = linear_rows(own, value_.to(type), {});
    const int64_t part = width_ / heads_;
    std::vector<at::Tensor> logits, copies(static_cast<size_t>(count_), values);
    for (int64_t h = 0; h < heads_; ++h)
      logits.push_back(linear_rows(keys.narrow(1, h * part, part).contiguous(),
                                   asked.narrow(1, h * part, part).contiguous(), {})
                           .view({-1, count_, 1}));
    const at::Tensor scale = at::cat(logits, 2).reshape({rows.size(0), count_ * heads_});
    return {scale.div(std::sqrt(static_cast<double>(part))), at::cat(copies, 1)};
  }
  at::Tensor prepared(const at::Tensor& rows) const override {
    const auto [logits, values] = attended_rows(rows);
    return at::cat({logits, values}, 1);
  }

  /// What comes after the attention; `attended` [G, latents D].
  at::Tensor ended(const at::Tensor& attended) const {
    const auto type = attended.scalar_type();
    const int64_t groups = attended.size(0);
    const at::Tensor read =
        linear_rows(attended.reshape({groups * count_, width_}), out_.to(type), {});
    at::Tensor l = read.view({groups, count_, width_}).add(latents_.to(type)).view({-1, width_});
    const at::Tensor hidden = linear_rows(normed(l, of_hidden_), up_.to(type), {});
    const at::Tensor gated =
        hidden.narrow(1, 0, 4 * width_).mul(map_gelu(hidden.narrow(1, 4 * width_, 4 * width_)));
    l = l.add(linear_rows(gated, down_.to(type), {}));
    auto of_group = std::make_shared<Join>();
    for (int64_t i = 0; i < groups * count_; ++i) of_group->rows.push_back(i);
    for (int64_t g = 1; g <= groups; ++g) of_group->offsets.push_back(g * count_);
    const at::Tensor mean = segment_mean(l, of_group);
    return norm_ ? mean.div(row_dots(mean, mean).clamp_min(1e-12).sqrt()) : mean;
  }

  int64_t count_, heads_;
  bool norm_;
  at::Tensor latents_, query_, key_, value_, out_, up_, down_;
  Norm of_rows_, of_latents_, of_hidden_;
};

}  // namespace

CENOTE_POOL(latent_resampler) {
  return {
      .info =
          {.summary = "learned latents ask the rows; a small network, then their mean",
           .source = "Tang, Yang 2024, arXiv:2409.02727; Lee et al. 2024, arXiv:2405.17428",
           .example = "cenote fit examples/f1 --task driver-dnf --set pool=latent_resampler",
           .options = {{.name = "latents",
                        .default_value = int64_t{4},
                        .help = "learned queries",
                        .min = 1,
                        .max = 1024},
                       {.name = "heads",
                        .default_value = int64_t{4},
                        .help = "attention heads; a divisor of the width",
                        .min = 1,
                        .max = 1024},
                       {.name = "norm", .default_value = false, .help = "length 1 at the end"}}},
      .traits = kTraits,
      .make = make_pool<LatentResampler>,
      .out_width = same_width};
}

}  // namespace cenote
