// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/threads.h"
#include "feature/matrix.h"
#include "tree/ensemble.h"

namespace cenote {

/// What each feature adds to the raw sums of a row: exact Shapley values of the trees, where a
/// feature that is left out is averaged over its splits by the training rows below them
/// ("path-dependent").
///
/// Shapes    [rows, outputs, features + 1], row-major; the last entry is the mean over the training
///           rows. The entries of a row and output add up to raw().
/// Empty     no rows: empty. A split without training rows counts its sides as equal.
/// Errors    bad_input if the matrix does not fit.
/// Cost      O(rows trees leaves depth^2) time, O(threads depth^2) extra memory.
/// Threads   blocks of 16 rows: the same bytes for any pool.
/// Source    Lundberg, Erion, Lee 2018, "Consistent individualized feature attribution for tree
///           ensembles", arXiv:1802.03888, whose Algorithm 1 defines them; computed by Owen's
///           integral (1972, "Multilinear extensions of games"), see shapley.cpp.
std::vector<double> shapley_values(const TreeEnsemble& ensemble, const FeatureMatrix& x,
                                   ThreadPool& threads);

/// The same in the unit of predictions: the entries of a row and output add up to predict(), and the last one is
/// the prediction of the mean raw sums.
///
/// The raw sums go in a straight line from their means to those of the row; each of them adds to a probability what
/// the probability's slope along that line gives it (Aumann-Shapley), and shares it out among the features as they
/// made the sum. With one output this is one factor, (p - p of the mean) / (sum - mean), which is never negative.
/// Source    Aumann, Shapley 1974, "Values of non-atomic games"; the chain: ours.
std::vector<double> shapley_of_predictions(const TreeEnsemble& ensemble, const FeatureMatrix& x,
                                           ThreadPool& threads);

}  // namespace cenote
