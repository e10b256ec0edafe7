// SPDX-License-Identifier: Apache-2.0
#include "report/html.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/utf8.h"

namespace cenote {
namespace {

// Colours are variables, so that charts follow the scheme; a page that is printed is light.
constexpr const char* kStyle = R"(
:root{--paper:#fff;--ink:#1c2430;--soft:#5b6675;--line:#d9dee5;--panel:#f6f8fa;--a:#1f6feb;--b:#c2571a;--c:#2b8a3e;
--bad:#b42318;--good:#1a7f37;--warn:#9a6700}
@media(prefers-color-scheme:dark){:root{--paper:#12161c;--ink:#e3e8ef;--soft:#9aa6b5;--line:#2c3540;--panel:#1a2028;
--a:#6cb0ff;--b:#f0a36b;--c:#6fd08c;--bad:#ff8a80;--good:#6fd08c;--warn:#e3b341}}
@media print{:root{--paper:#fff;--ink:#000;--soft:#444;--line:#bbb;--panel:#fff;--a:#1f6feb;--b:#c2571a;--c:#2b8a3e}
section{break-inside:avoid}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
main{max-width:62rem;margin:0 auto;padding:2rem 1rem 4rem}
h1{font-size:1.7rem;line-height:1.25;margin:0 0 .3rem;overflow-wrap:anywhere}
h2{font-size:1.15rem;margin:2.4rem 0 .6rem;padding-bottom:.25rem;border-bottom:1px solid var(--line)}
h3{font-size:1rem;margin:1.6rem 0 .2rem}
p{margin:.4rem 0}
.soft{color:var(--soft)}
.wide{overflow-x:auto}
.wide svg{max-width:none}
table{border-collapse:collapse;font-size:.92rem;min-width:50%}
th,td{padding:.3rem .8rem .3rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
th{font-weight:600;color:var(--soft);white-space:nowrap}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap;padding-right:1.2rem}
pre{background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:.7rem .9rem;overflow-x:auto;font-size:.85rem;
white-space:pre-wrap;overflow-wrap:anywhere}
figure{margin:.8rem 0;display:inline-block;max-width:100%;vertical-align:top}
figcaption{color:var(--soft);font-size:.85rem;margin-bottom:.2rem}
svg{max-width:100%;height:auto;display:block}
svg text{fill:var(--ink);font:12px system-ui,"DejaVu Sans",sans-serif}
svg .soft{fill:var(--soft)}
svg .grid{stroke:var(--line);stroke-width:1}
svg .axis{stroke:var(--soft);stroke-width:1}
svg .ref{stroke:var(--soft);stroke-width:1;stroke-dasharray:4 4;fill:none}
.s0{stroke:var(--a);fill:var(--a)}.s1{stroke:var(--b);fill:var(--b)}.s2{stroke:var(--c);fill:var(--c)}
svg path.line{fill:none;stroke-width:2}
svg circle{stroke:none;fill-opacity:.55}
svg .box{fill:var(--panel);stroke:var(--line)}
svg .entity{stroke:var(--a);stroke-width:2}
svg .link{fill:none;stroke:var(--soft);stroke-width:1.2}
.verdict{display:inline-block;padding:.1rem .6rem;border-radius:4px;font-weight:600;border:1px solid currentColor}
.word{white-space:nowrap}
.leak{color:var(--bad)}.suspect,.warning{color:var(--warn)}.clean{color:var(--good)}
.cards{display:flex;flex-wrap:wrap;gap:.8rem;margin:1.2rem 0 0}
.card{background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:.7rem 1rem;min-width:9rem;flex:1}
.card b{display:block;font-size:1.35rem;line-height:1.2}
)";

}  // namespace

std::string escape_html(std::string_view text, int64_t most) {
  std::string out;
  int64_t characters = 0;
  for (size_t i = 0; i < text.size(); ++characters) {
    if (characters == most) return out + "…";
    const size_t size = utf8_length(text.substr(i));
    if (size == 0 || utf8_commands(text.substr(i, size))) {
      out += "�";
      i += std::max<size_t>(size, 1);
      continue;
    }
    switch (text[i]) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += text.substr(i, size);
    }
    i += size;
  }
  return out;
}

std::string html_table(const std::vector<std::string>& head,
                       const std::vector<std::vector<std::string>>& rows,
                       const std::vector<size_t>& numbers) {
  const auto line = [&](const std::vector<std::string>& cells, const char* tag) {
    std::string out = "<tr>";
    for (size_t c = 0; c < cells.size(); ++c) {
      const bool number = std::find(numbers.begin(), numbers.end(), c) != numbers.end();
      out += fmt::format("<{0}{1}>{2}</{0}>", tag, number ? " class=\"n\"" : "", cells[c]);
    }
    return out + "</tr>\n";
  };
  const bool named =
      std::any_of(head.begin(), head.end(), [](const std::string& cell) { return !cell.empty(); });
  std::string out = "<div class=\"wide\"><table>\n";
  if (named) out += "<thead>" + line(head, "th") + "</thead>\n";
  out += "<tbody>\n";
  for (const auto& row : rows) out += line(row, "td");
  return out + "</tbody></table></div>\n";
}

std::string html_section(std::string_view heading, const std::string& content) {
  return fmt::format("<section>\n<h2>{}</h2>\n{}</section>\n", escape_html(heading), content);
}

std::string html_page(std::string_view title, const std::string& body) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\">\n<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n{}"
      "</main>\n</body>\n</html>\n",
      escape_html(title, 120), kStyle, body);
}

}  // namespace cenote
