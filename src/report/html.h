// SPDX-License-Identifier: Apache-2.0
// The page around the sections, and the one way text from a database gets into it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cenote {

/// Text as HTML or SVG: markup, quotes, control characters and bytes that are no UTF-8 lose their meaning; what is
/// longer than `most` characters is cut, with an ellipsis.
std::string escape_html(std::string_view text, int64_t most = 400);

/// A table; cells are HTML already. `numbers`: the columns that are set to the right.
std::string html_table(const std::vector<std::string>& head,
                       const std::vector<std::vector<std::string>>& rows,
                       const std::vector<size_t>& numbers = {});

/// A section with a heading (text).
std::string html_section(std::string_view heading, const std::string& content);

/// The whole document: `title` is text, `body` HTML.
std::string html_page(std::string_view title, const std::string& body);

}  // namespace cenote
