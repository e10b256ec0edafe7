// SPDX-License-Identifier: Apache-2.0
#include "cenote/report.h"

#include <filesystem>

#include "base/files.h"
#include "report/html.h"
#include "report/sections.h"

namespace cenote {

std::string write_report(const ReportOptions& options, const Hooks& hooks) {
  const ReportData data = gather_report(options, hooks);
  std::string body;
  for (const auto& section : {head_section, question_section, database_section, labels_section,
                              result_section, plots_section, training_section, features_section,
                              importance_section, explained_section, check_section, how_section})
    body += section(data);
  const std::string out = options.out.empty()
                              ? (std::filesystem::path(options.run.run) / "report.html").string()
                              : options.out;
  write_file_atomically(out, html_page(data.task.name + " - Cenote", body));
  return out;
}

}  // namespace cenote
