// SPDX-License-Identifier: Apache-2.0
#include "engine/run_folder.h"

#include "base/check.h"
#include "base/files.h"
#include "base/json_text.h"
#include "base/time.h"

namespace cenote {

RunPaths::RunPaths(const std::filesystem::path& folder)
    : folder(folder),
      model(folder / "model.safetensors"),
      run(folder / "run.json"),
      metrics(folder / "metrics.json"),
      log(folder / "log.jsonl"),
      schedule(folder / "schedule.json"),
      checkpoint(folder / "checkpoint.safetensors"),
      parts(folder / "parts"),
      lock(folder / "lock") {}

std::string plain_name(std::string name) {
  for (char& c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letter && c != '-' && c != '_' && c != '.') c = '_';
  }
  return name.empty() || name[0] == '.' ? "data" + name : name;
}

ModelFile read_run_model(const std::string& run) {
  const RunPaths paths(run);
  CENOTE_CHECK(std::filesystem::is_directory(paths.folder), not_found, "no run folder '{}'", run);
  CENOTE_CHECK(std::filesystem::exists(paths.model), not_found,
               "'{}' holds no model.safetensors: is it a run folder, and was its fit finished?",
               run);
  return read_model(paths.model);
}

OpenRun open_run(const RunOptions& options) {
  const RunPaths paths(options.run);
  OpenRun out;
  out.model = read_run_model(options.run);
  CENOTE_CHECK(options.source.val_timestamp.empty() && options.source.test_timestamp.empty(),
               bad_input,
               "'{}' was trained with validation from {} and test from {}; --val-timestamp and "
               "--test-timestamp are for fit",
               options.run, format_time(out.model.task.val_timestamp),
               format_time(out.model.task.test_timestamp));
  out.source = options.source;
  nlohmann::json run = nlohmann::json::object();
  if (std::filesystem::exists(paths.run))
    run = parse_json(read_file(paths.run, 1 << 20), paths.run.string());
  const auto remembered = [&](std::string& field, const char* name) {
    if (field.empty() && run.is_object() && run.contains(name) && run[name].is_string())
      field = run[name].get<std::string>();
  };
  if (out.source.source.empty()) {
    remembered(out.source.manifest, "manifest");
    remembered(out.source.val_timestamp, "val_timestamp");
    remembered(out.source.test_timestamp, "test_timestamp");
    std::string duplicates;
    remembered(duplicates, "on_duplicate_key");
    if (!duplicates.empty()) out.source.on_duplicate_key = duplicates;
  }
  remembered(out.source.source, "source");
  std::string question;
  remembered(question, "question");
  if (question.empty()) remembered(out.task, "task");
  CENOTE_CHECK(!out.source.source.empty(), bad_input,
               "run '{}' does not say where its database is: give --source", options.run);
  out.protocol = options.protocol.empty() ? out.model.protocol : parse_protocol(options.protocol);
  return out;
}

}  // namespace cenote
