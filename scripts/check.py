#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The rules that need no build: folder order, file sizes, include budget, licences, tests of entries, stray printing.

Prints one line per broken rule, then sizes; the exit status is 1 if a rule is broken. CONTRIBUTING.md says why the
rules are as they are. `--since REV` also holds each commit after REV to the one-file rule; without it only the last
commit is looked at, and only warned about.
"""
import argparse
import pathlib
import re
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Each folder of src/ may use itself and those before it.
ORDER = ("base kernel schema database query task metric graph feature encode pool plan layer loss tree model train "
         "engine report claim bench capi cli").split()
KINDS = "metric encode pool layer loss model cli".split()
SOURCES = {".h", ".cpp", ".cu", ".cuh"}
SCRIPTS = {".py", ".sh", ".cmake"}
SIZE_REASON, SIZE_LIMIT = 400, 600  # lines; above the first a comment `Size: <why>` near the top says why
COLUMNS = 100
INCLUDES_OF_HEADER, INCLUDES_OF_PUBLIC_HEADER = 12, 6

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.MULTILINE)
NOWHERE = {"duckdb.hpp", "ATen/ATen.h", "ATen/Functions.h", "torch/all.h", "torch/extension.h"}
ONLY_IN_TRAIN = {"torch/torch.h"}
FOREIGN = re.compile(r"^(torch|ATen|c10|caffe2)/|^duckdb")
PRINTING = re.compile(r"std::cout|std::cerr|std::clog|(?<![\w.>])(?:f?printf|puts|exit|_exit|abort)\s*\(|fmt::print\s*\(")
# Comments and literals, longest first; newlines inside are kept so that line numbers stay true.
QUIET = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.DOTALL)
TEST = re.compile(r"^\s*(?:TEST|TEST_F|TEST_P|TYPED_TEST|TYPED_TEST_P)\s*\(", re.MULTILINE)

problems, warnings, long_lines = [], [], []


def problem(path, message, line=None):
    problems.append(f"{path}{f':{line}' if line else ''}: {message}")


def git(*arguments):
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout


def repository_files():
    """Every file that is or could be committed, relative to the root."""
    try:
        names = git("ls-files", "-co", "--exclude-standard", "-z").split("\0")
    except (OSError, subprocess.CalledProcessError):  # an unpacked archive
        names = [str(path.relative_to(ROOT)) for path in ROOT.rglob("*")]
        names = [name for name in names if not re.match(r"(\.deps|\.git|build[^/]*|runs)(/|$)", name)]
    return sorted(pathlib.PurePosixPath(name) for name in set(names) if name and (ROOT / name).is_file())


def folder_of(path):
    """"pool" of src/pool/detail/x.h; None outside src/."""
    return path.parts[1] if path.parts[0] == "src" and len(path.parts) > 2 else None


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def check_folder_order(path, includes):
    top, folder = path.parts[0], folder_of(path)
    if top == "src" and folder not in ORDER:
        problem(path, f"is not in one of the folders {' '.join(ORDER)}")
        return
    for quoted, name, line in includes:
        target = name.split("/")[0]
        if target == "cenote" or (not quoted and target not in ORDER):
            continue
        if top == "src":
            if target == "wings":
                problem(path, f"the core does not use the wings, as in {name}", line)
            elif target not in ORDER or "/" not in name:
                problem(path, f'write "{name}" from the root of src/, as in "base/check.h"', line)
            elif ORDER.index(target) > ORDER.index(folder):
                problem(path, f"{folder}/ stands before {target}/ and may not use {name}", line)
        elif top in ("include", "examples"):
            if target in ORDER or quoted:
                problem(path, f"{top}/ uses only include/cenote, not {name}", line)


def check_includes(path, includes):
    public = path.parts[0] == "include"
    for _, name, line in includes:
        if name in NOWHERE:
            problem(path, f"{name} is included nowhere: it costs seconds per file; use ATen/core/Tensor.h and ATen/ops/*.h"
                    if name != "duckdb.hpp" else "DuckDB is used through its C API only, duckdb.h", line)
        elif name in ONLY_IN_TRAIN and folder_of(path) != "train":
            problem(path, f"{name} is included only in src/train/", line)
        elif public and FOREIGN.match(name):
            problem(path, f"a public header includes neither torch nor DuckDB, as in {name}", line)
    if path.suffix in (".h", ".cuh"):
        if len(includes) > INCLUDES_OF_HEADER:
            problem(path, f"{len(includes)} includes; a header has at most {INCLUDES_OF_HEADER}")
        ours = [name for quoted, name, _ in includes if quoted]
        if public and len(ours) > INCLUDES_OF_PUBLIC_HEADER:
            problem(path, f"{len(ours)} includes of ours; a public header has at most {INCLUDES_OF_PUBLIC_HEADER}")


def check_source(path, text):
    includes = [(match.group(1) == '"', match.group(2), line_of(text, match.start())) for match in INCLUDE.finditer(text)]
    check_folder_order(path, includes)
    check_includes(path, includes)
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > COLUMNS:
            long_lines.append(f"{path}:{number}")
    if path.suffix in (".h", ".cuh") and "#pragma once" not in text:
        problem(path, "has no #pragma once")
    if path.parts[0] == "src" and folder_of(path) != "cli":
        code = QUIET.sub(lambda match: "\n" * match.group(0).count("\n"), text)
        for match in PRINTING.finditer(code):
            problem(path, f"the library never prints, exits or aborts: {match.group(0).strip()}", line_of(code, match.start()))


def check_size(path, lines):
    count = len(lines)
    if count > SIZE_LIMIT:
        problem(path, f"{count} lines; the limit is {SIZE_LIMIT}")
    elif count > SIZE_REASON and not any("Size:" in line for line in lines[:30]):
        problem(path, f"{count} lines; above {SIZE_REASON} a comment `Size: <why>` in the first 30 says why")


def check_entries(files):
    """Every src/<kind>/X.cpp has its tests/<kind>/test_X.cpp, and that holds a test."""
    names = set(files)
    for path in files:
        if path.parts[0] == "src" and len(path.parts) == 3 and path.parts[1] in KINDS and path.suffix == ".cpp":
            test = pathlib.PurePosixPath("tests", path.parts[1], f"test_{path.stem}.cpp")
            if test not in names:
                problem(path, f"has no test: add {test}")
    for path in files:
        if path.parts[0] == "tests" and path.name.startswith("test_") and path.suffix == ".cpp":
            if not TEST.search((ROOT / path).read_text(errors="replace")):
                problem(path, "holds no test")


def check_one_file_rule(commit, report):
    """A commit that adds an entry touches that entry and its test; anything else is named in its message."""
    changes = [line.split("\t") for line in git("show", "--no-renames", "--name-status", "--format=", "--first-parent",
                                                commit).splitlines() if line]
    added = [pathlib.PurePosixPath(path) for state, path in changes if state == "A"]
    entries = [path for path in added
               if path.parts[0] == "src" and len(path.parts) == 3 and path.parts[1] in KINDS and path.suffix == ".cpp"]
    allowed = {str(path) for path in entries}
    allowed |= {f"tests/{path.parts[1]}/test_{path.stem}.cpp" for path in entries}
    others = [path for _, path in changes if path not in allowed]
    if entries and others and "Also-touches:" not in git("show", "-s", "--format=%B", commit):
        report.append(f"commit {commit[:9]} adds {', '.join(str(path) for path in entries)} and also touches "
                      f"{', '.join(others[:3])}{' ...' if len(others) > 3 else ''}: say why in a line `Also-touches: <why>`")


def check_commits(since):
    try:
        if since:
            for commit in git("rev-list", "--no-merges", f"{since}..HEAD").split():
                check_one_file_rule(commit, problems)
        elif not git("rev-list", "--merges", "-n", "1", "HEAD^!").strip():
            check_one_file_rule(git("rev-parse", "HEAD").strip(), warnings)
    except (OSError, subprocess.CalledProcessError):
        warnings.append("no git history: the one-file rule was not checked")


def check_type_names(path, text, seen):
    """Two types of one name are one to the linker, which then mixes up their functions: silently, and the program crashes."""
    if path.suffix != ".h" or path.parts[0] == "tests":
        return
    namespace = re.search(r"^namespace (cenote[\w:]*) \{", text, re.MULTILINE)
    for match in re.finditer(r"^(?:class|struct|enum class) (\w+)[^;()]*\{", text, re.MULTILINE):
        name = (namespace.group(1) if namespace else "", match.group(1))
        if name in seen:
            problem(path, f"{match.group(1)} is the name of a type of {seen[name]} too", line_of(text, match.start()))
        seen.setdefault(name, path)


def size_report(sizes):
    for name in ("include", "src", "tests"):
        counts = sorted((count, path) for path, count in sizes.items() if path.parts[0] == name)
        if counts:
            lines = [count for count, _ in counts]
            print(f"{name + '/':9} {len(lines):4} files  {sum(lines):6} lines  median {statistics.median(lines):4.0f}  "
                  f"p90 {lines[min(len(lines) - 1, len(lines) * 9 // 10)]:4}  largest {counts[-1][0]:4} {counts[-1][1]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--since", metavar="REV", help="hold each commit after REV to the one-file rule")
    arguments = parser.parse_args()
    files, sizes, type_names = repository_files(), {}, {}
    for path in files:
        is_script = path.suffix in SCRIPTS or path.name in ("Makefile", "CMakeLists.txt") or path.parts[0] == ".ci"
        if path.suffix not in SOURCES and not is_script:
            continue
        text = (ROOT / path).read_text(errors="replace")
        lines = text.splitlines()
        if not any("SPDX-License-Identifier: Apache-2.0" in line for line in lines[:3]):
            problem(path, "its first lines hold no `SPDX-License-Identifier: Apache-2.0`")
        check_size(path, lines)
        if path.suffix in SOURCES:
            sizes[path] = len(lines)
            check_source(path, text)
            check_type_names(path, text, type_names)
    check_entries(files)
    check_commits(arguments.since)
    if long_lines:
        warnings.append(f"{len(long_lines)} lines are longer than {COLUMNS} columns: {' '.join(long_lines[:4])}")
    for line in warnings:
        print(f"note: {line}")
    for line in problems:
        print(line)
    size_report(sizes)
    print(f"check: {len(problems)} broken rules" if problems else "check: every rule is kept")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
