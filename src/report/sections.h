// SPDX-License-Identifier: Apache-2.0
// The sections of a report, each from what was gathered to HTML.
#pragma once

#include <string>

#include "report/gather.h"

namespace cenote {

std::string head_section(const ReportData& data);      // title, verdict, the main figures
std::string question_section(const ReportData& data);  // what was asked
std::string database_section(const ReportData& data);  // tables and links
std::string labels_section(const ReportData& data);    // splits, labels over time
std::string result_section(const ReportData& data);    // figures beside the simplest models
std::string plots_section(
    const ReportData& data);  // ROC, precision and recall, residuals, calibration
std::string training_section(const ReportData& data);    // learning curve, or what was tried
std::string features_section(const ReportData& data);    // what it looks at
std::string importance_section(const ReportData& data);  // how much worse without a table, a column
std::string explained_section(const ReportData& data);   // best hits, worst misses
std::string check_section(const ReportData& data);       // verdict and findings
std::string how_section(const ReportData& data);         // how to do it again

}  // namespace cenote
