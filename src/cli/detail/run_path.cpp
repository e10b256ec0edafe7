// SPDX-License-Identifier: Apache-2.0
#include "cli/detail/run_path.h"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "base/files.h"
#include "base/json_text.h"
#include "engine/run_folder.h"
#include "query/question.h"
#include "schema/manifest.h"

namespace cenote {
namespace {

namespace fs = std::filesystem;

std::string last_part(const std::string& path) {
  fs::path name = fs::path(path).lexically_normal();
  if (!name.has_filename()) name = name.parent_path();  // "data/f1/"
  if (name == "." || name == "..") name = fs::absolute(name).lexically_normal();
  if (!name.has_filename()) name = name.parent_path();
  return name.filename().string();
}

std::string dataset_name(const SourceOptions& source) {
  if (const size_t scheme = source.source.find("://"); scheme != std::string::npos) {
    std::string name = source.source.substr(scheme + 3);
    name.resize(std::min(name.find('?'), name.size()));
    const size_t slash = name.rfind('/');
    return slash == std::string::npos ? std::string() : name.substr(slash + 1);
  }
  std::error_code error;
  const fs::path manifest = source.manifest.empty() ? fs::path(source.source) / "manifest.yaml"
                                                    : fs::path(source.manifest);
  if (fs::is_regular_file(manifest, error)) {
    try {
      if (const std::string name = read_manifest(manifest).name; !name.empty()) return name;
    } catch (const Error&) {
      // Opening the source will say what is wrong with it.
    }
  }
  const std::string name = last_part(source.source);
  return fs::is_directory(source.source, error) ? name : fs::path(name).stem().string();
}

/// Task and model of the run that is there; empty without a run.json.
struct KnownRun {
  std::string task, model;
};

KnownRun read_known_run(const fs::path& path) {
  try {
    const auto run = parse_json(read_file(path, 1 << 20), path.string());
    return {task_name_of(run.at("task").get<std::string>()), run.at("model").get<std::string>()};
  } catch (const nlohmann::json::exception&) {
    fail(ErrorCode::bad_input, "{}: is not the run.json of a run; choose another --out",
         path.string());
  }
}

}  // namespace

std::string task_name_of(const std::string& task) {
  const fs::path path(task);
  if (path.extension() != ".yaml" && path.extension() != ".yml") return last_part(task);
  if (path.stem() == "manifest" && path.has_parent_path())
    return last_part(path.parent_path().string());
  return path.stem().string();
}

std::string asked_name(const FitOptions& options) {
  return options.question.empty() ? task_name_of(options.task) : question_name(options.question);
}

std::string default_run_path(const FitOptions& options) {
  return fmt::format("runs/{}-{}-{}", plain_name(dataset_name(options.source)),
                     plain_name(asked_name(options)), plain_name(options.model));
}

void check_run_path(const FitOptions& options, const Hooks& hooks) {
  const RunPaths paths(options.out);
  std::error_code error;
  CENOTE_CHECK(!fs::exists(paths.folder, error) || fs::is_directory(paths.folder, error), bad_input,
               "'{}' is no folder; choose another --out", options.out);
  if (!fs::exists(paths.run, error)) {
    bool empty = true;
    if (fs::is_directory(paths.folder, error)) {
      for (const auto& entry : fs::directory_iterator(paths.folder, error))
        empty &= entry.path() == paths.lock;
    }
    CENOTE_CHECK(empty, bad_input, "'{}' is not empty and holds no run; choose another --out",
                 options.out);
    if (options.resume)
      hooks.warn("nothing_to_resume",
                 fmt::format("'{}' holds no run yet; starting a new one", options.out));
    return;
  }
  const KnownRun known = read_known_run(paths.run);
  CENOTE_CHECK(known.task == asked_name(options) && known.model == options.model, bad_input,
               "'{}' holds a run of task '{}' with model '{}'; choose another --out or remove it",
               options.out, known.task, known.model);
  if (options.resume) return;
  if (fs::exists(paths.model, error)) {
    hooks.warn("run_replaced", fmt::format("the run in '{}' is replaced", options.out));
  } else if (fs::exists(paths.checkpoint, error)) {
    hooks.warn("run_replaced",
               fmt::format(
                   "'{}' holds an interrupted fit, which starts over; --resume would go on with it",
                   options.out));
  }
}

}  // namespace cenote
