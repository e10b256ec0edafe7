// SPDX-License-Identifier: Apache-2.0
#include "base/options.h"

#include <charconv>
#include <cmath>

#include "base/check.h"

namespace cenote {
namespace {

std::vector<std::string> option_names(const std::vector<Option>& declared) {
  std::vector<std::string> names;
  for (const auto& option : declared) names.push_back(option.name);
  return names;
}

OptionValue parse_value(std::string_view owner, const Option& option, std::string_view text) {
  const auto refuse = [&](std::string_view wanted) {
    fail(ErrorCode::bad_input, "option '{}' of {}: '{}' is not {}", option.name, owner, text,
         wanted);
  };
  if (std::holds_alternative<bool>(option.default_value)) {
    if (text == "true" || text == "1" || text == "on" || text == "yes") return true;
    if (text == "false" || text == "0" || text == "off" || text == "no") return false;
    refuse("true or false");
  }
  if (std::holds_alternative<std::string>(option.default_value)) {
    const std::string value(text);
    if (!option.choices.empty() &&
        std::find(option.choices.begin(), option.choices.end(), value) == option.choices.end()) {
      refuse("one of " + join_names(option.choices));
    }
    return value;
  }
  const bool whole = std::holds_alternative<int64_t>(option.default_value);
  const std::string range = fmt::format("{} in [{:g}, {:g}]", whole ? "a whole number" : "a number",
                                        option.min, option.max);
  int64_t integer = 0;
  double number = 0;
  const char* end = text.data() + text.size();
  const auto result = whole ? std::from_chars(text.data(), end, integer)
                            : std::from_chars(text.data(), end, number);
  if (whole) number = static_cast<double>(integer);
  if (result.ec != std::errc() || result.ptr != end || !std::isfinite(number) ||
      number < option.min || number > option.max) {
    refuse(range);
  }
  if (whole) return integer;
  return number;
}

}  // namespace

Options::Options(std::vector<Option> declared) : declared_(std::move(declared)) {
  for (const auto& option : declared_) values_[option.name] = option.default_value;
}

void Options::set(std::string_view owner, std::string_view name, std::string_view text) {
  for (const auto& option : declared_) {
    if (option.name == name) {
      values_[option.name] = parse_value(owner, option, text);
      return;
    }
  }
  fail(ErrorCode::bad_input, "{} has no option '{}'; {}", owner, name,
       choices_hint(name, option_names(declared_)));
}

bool Options::has(std::string_view name) const { return values_.find(name) != values_.end(); }

const OptionValue& Options::at(std::string_view name) const {
  const auto it = values_.find(name);
  CENOTE_ASSERT(it != values_.end());
  return it->second;
}

Options options_of(const EntryOptions& chosen, std::string_view kind, std::string_view name,
                   const std::vector<Option>& declared) {
  const auto found = chosen.find(fmt::format("{}.{}", kind, name));
  return found != chosen.end() ? found->second : Options(declared);
}

std::string to_text(const OptionValue& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* integer = std::get_if<int64_t>(&value)) return fmt::format("{}", *integer);
  if (const auto* number = std::get_if<double>(&value)) return fmt::format("{}", *number);
  return std::get<std::string>(value);
}

std::vector<std::pair<std::string, std::string>> Options::to_text() const {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& option : declared_) {
    out.emplace_back(option.name, cenote::to_text(values_.find(option.name)->second));
  }
  return out;
}

}  // namespace cenote
