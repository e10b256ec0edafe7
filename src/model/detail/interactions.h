// SPDX-License-Identifier: Apache-2.0
// Which entity met which item when: what recommendation learns from.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "model/model.h"

namespace cenote {

struct Meeting {
  int32_t entity = 0, item = 0;  // rows of their tables
  int64_t time = 0;              // from when on it is known; kTimeAlways: always
};

/// Meetings of one sort, to be looked up by entity, by item and by time. What is known at a cut is a prefix of each
/// list, so a meeting that is not known changes no answer.
///
/// Threads    immutable: safe to read concurrently.
class Interactions {
 public:
  /// The meetings of one row: the others, in order of time.
  struct List {
    std::span<const int32_t> other;
    std::span<const int64_t> time;
    size_t size() const { return other.size(); }
  };

  Interactions() = default;
  /// Meetings that are never known (kTimeNever) are left out.
  Interactions(std::string name, int64_t entities, int64_t items, std::vector<Meeting> meetings);

  /// "results.driverId, results.raceId.circuitId"; "labels" for those of the past.
  const std::string& name() const { return name_; }
  static constexpr const char* kLabels = "labels";
  /// Those that are known at `cut`.
  List of_entity(int64_t entity, int64_t cut) const { return by_entity_.until(entity, cut); }
  List of_item(int64_t item, int64_t cut) const { return by_item_.until(item, cut); }
  /// All, in order of time.
  std::span<const Meeting> all() const { return all_; }
  /// How many of all are known at `cut`.
  int64_t count(int64_t cut) const;
  int64_t items() const { return items_; }

 private:
  struct Side {
    std::vector<int64_t> offsets;
    std::vector<int32_t> other;
    std::vector<int64_t> time;
    List until(int64_t row, int64_t cut) const;
  };
  static Side make_side(int64_t rows, const std::vector<Meeting>& sorted, bool by_item);

  std::string name_;
  int64_t items_ = 0;
  std::vector<Meeting> all_;
  Side by_entity_, by_item_;
};

/// How many of a list lie in (after, ...]: its tail.
int64_t count_after(const Interactions::List& list, int64_t after);

/// The items that labels of the past name, each known once its window has closed.
Interactions label_interactions(const History& history, const ModelContext& context);

/// Meetings that the database holds: rows from which links lead, over at most two steps each, to an entity and to an
/// item. At most `most` such ways, the shortest first. A meeting is known once all rows along it are.
std::vector<Interactions> row_interactions(const ModelContext& context, size_t most);

/// The names of those, in their order, whatever rows there are.
std::vector<std::string> row_interaction_names(const ModelContext& context, size_t most);

/// What the baselines count: labels of the past, and where a task has none the shortest way of the database.
Interactions main_interactions(const History& history, const ModelContext& context);

/// A horizon, or a month for tasks that have none: the unit of "recently".
int64_t recent_span(const ModelContext& context);

}  // namespace cenote
