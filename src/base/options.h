// SPDX-License-Identifier: Apache-2.0
// Options of entries: declared once beside the code, checked once, read as typed values.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cenote {

using OptionValue = std::variant<bool, int64_t, double, std::string>;

/// One declared option. The type is that of the default value.
struct Option {
  std::string name;
  OptionValue default_value;
  std::string help;
  double min = -1e300;  // numbers: inclusive range
  double max = 1e300;
  std::vector<std::string> choices = {};  // texts: the allowed values; empty = any
};

/// Values for a list of declared options.
///
/// Errors    bad_input for an unknown name (the known ones are listed), a value of the wrong type or
///           out of range; get() of an undeclared name is internal.
class Options {
 public:
  Options() = default;
  /// The defaults.
  explicit Options(std::vector<Option> declared);

  /// Parses `text` as the declared type of `name` and stores it. `owner` names the entry in errors.
  void set(std::string_view owner, std::string_view name, std::string_view text);

  bool get_bool(std::string_view name) const { return std::get<bool>(at(name)); }
  int64_t get_int(std::string_view name) const { return std::get<int64_t>(at(name)); }
  double get_double(std::string_view name) const { return std::get<double>(at(name)); }
  const std::string& get_text(std::string_view name) const {
    return std::get<std::string>(at(name));
  }

  bool has(std::string_view name) const;
  const std::vector<Option>& declared() const { return declared_; }
  /// Every option as text, in declared order: what set() reads back.
  std::vector<std::pair<std::string, std::string>> to_text() const;

 private:
  const OptionValue& at(std::string_view name) const;

  std::vector<Option> declared_;
  std::map<std::string, OptionValue, std::less<>> values_;
};

/// Options of entries that a model uses, by "kind.name" ("pool.attention"); an entry that is not named
/// here has its defaults.
using EntryOptions = std::map<std::string, Options, std::less<>>;

/// The options of one entry: those in `chosen`, else the defaults of what it declares.
Options options_of(const EntryOptions& chosen, std::string_view kind, std::string_view name,
                   const std::vector<Option>& declared);

/// A value as text, such that parsing it gives the same value.
std::string to_text(const OptionValue& value);

}  // namespace cenote
