#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the test programs (one per folder of tests/) side by side and counts test cases, not programs.

The last line is `N passed, N failed[, N skipped]`. A program that crashes, hangs, or ends badly without a failed
case counts as failed, as does every case it did not come to. The exit status is 1 unless everything passed.
"""
import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SHOWN_LINES = 60  # of the output of a failed case
# Programs that take minutes, the longest first: each runs as that many processes with a share of its cases.
SHARDS = {"engine": 4, "cli": 2, "conformance": 2, "claim": 2}

Case = collections.namedtuple("Case", "name outcome seconds detail")  # outcome: passed, failed, skipped


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="folders of tests/ to run (default: all)")
    parser.add_argument("--build", default="build", help="build folder (default: build)")
    parser.add_argument("--without", default="", help="folders to leave out, separated by commas")
    parser.add_argument("--filter", help="googletest filter on case names, as in 'Random.*:*Order*'")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at once (default: cores)")
    parser.add_argument("--timeout", type=float, default=1200, help="seconds that one program may take")
    return parser.parse_args()


def programs(arguments):
    """(folder, program) of each folder of tests/ that holds sources; a program that was not built is an error."""
    folders = sorted({path.parent.name for path in (ROOT / "tests").glob("*/*.cpp")} - {"fuzz"})  # scripts/fuzz.py
    left_out = set(filter(None, arguments.without.split(",")))
    unknown = set(arguments.names) - set(folders)
    if unknown:
        sys.exit(f"run_tests: no folder {', '.join(sorted(unknown))} in tests/; have: {', '.join(folders)}")
    for folder in folders:
        if folder not in left_out and (not arguments.names or folder in arguments.names):
            yield folder, (ROOT / arguments.build / "tests" / f"test_{folder}").resolve()


def run_program(program, shard, shards, report, arguments):
    """(output, exit status or a word for what happened, seconds)."""
    command = [str(program), f"--gtest_output=json:{report}", "--gtest_color=no"]
    if arguments.filter:
        command.append(f"--gtest_filter={arguments.filter}")
    environment = dict(os.environ)
    # libtorch and DuckDB are not instrumented: containers that cross the border would be false alarms.
    environment.setdefault("ASAN_OPTIONS", "detect_container_overflow=0")
    environment.setdefault("UBSAN_OPTIONS", "print_stacktrace=1")
    environment.update(GTEST_TOTAL_SHARDS=str(shards), GTEST_SHARD_INDEX=str(shard))
    start = time.monotonic()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               cwd=ROOT, env=environment, start_new_session=True)
    try:
        output, _ = process.communicate(timeout=arguments.timeout)
        status = process.returncode
        if status < 0:
            status = f"ended by {signal.Signals(-status).name}"
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # its own group: servers that a test started go with it
        output, _ = process.communicate()
        status = f"stopped after {arguments.timeout:.0f} s"
    return output.decode(errors="replace"), status, time.monotonic() - start


def output_of_case(output, name):
    """What a case printed, without googletest's own frame."""
    match = re.search(rf"^\[ RUN      \] {re.escape(name)}\n(.*?)(?=^[^\n]*\[ +(?:OK|FAILED|SKIPPED) +\]|\Z)", output,
                      re.MULTILINE | re.DOTALL)
    return re.sub(r"^.*: Skipped\n", "", match.group(1), flags=re.MULTILINE).strip("\n") if match else ""


def cases_of_report(report, output):
    """From the program's own report, which it writes when it comes to its end."""
    cases = []
    for suite in json.loads(report.read_text())["testsuites"]:
        for case in suite["testsuite"]:
            name = f"{suite['name']}.{case['name']}"
            seconds = float(case["time"].rstrip("s"))
            if case.get("failures"):
                outcome = "failed"
            elif case["result"] == "SKIPPED" or case["status"] == "NOTRUN":
                outcome = "skipped"
            else:
                outcome = "passed"
            detail = "" if outcome == "passed" else output_of_case(output, name)
            if case["status"] == "NOTRUN":
                detail = "disabled in the source"
            cases.append(Case(name, outcome, seconds, detail))
    return cases


def cases_of_crash(output, status):
    """From what was printed until then: the case that was running failed, and so did all that did not start."""
    cases = []
    for word, name in re.findall(r"\[ +(OK|FAILED|SKIPPED) +\] ([\w./]+)(?:, where|\s+\(\d+ ms\))", output):
        outcome = {"OK": "passed", "FAILED": "failed", "SKIPPED": "skipped"}[word]
        cases.append(Case(name, outcome, 0.0, "" if outcome == "passed" else output_of_case(output, name)))
    started = re.findall(r"^\[ RUN      \] (\S+)", output, re.MULTILINE)
    planned = re.search(r"Running (\d+) tests? from", output)
    if len(started) > len(cases):
        cases.append(Case(started[-1], "failed", 0.0, f"{output_of_case(output, started[-1])}\n{status}".lstrip()))
    elif not started:
        cases.append(Case("(start of the program)", "failed", 0.0, output.rstrip() + f"\n{status}"))
    else:
        cases.append(Case("(end of the program)", "failed", 0.0, "\n".join(output.splitlines()[-20:]) + f"\n{status}"))
    not_run = int(planned.group(1)) - len(started) if planned else 0
    cases += [Case(f"(not run {i + 1})", "failed", 0.0, None) for i in range(not_run)]
    return cases


def run_shard(program, shard, shards, arguments):
    """(cases, seconds) of one process."""
    if not program.exists():
        return [Case("(program)", "failed", 0.0, f"{program} was not built")], 0.0
    with tempfile.TemporaryDirectory() as scratch:
        report = pathlib.Path(scratch) / "report.json"
        output, status, seconds = run_program(program, shard, shards, report, arguments)
        finished = report.exists() and report.stat().st_size > 0
        cases = cases_of_report(report, output) if finished and not isinstance(status, str) else \
            cases_of_crash(output, status if isinstance(status, str) else f"ended with status {status}")
    if status != 0 and not any(case.outcome == "failed" for case in cases):
        tail = "\n".join(output.splitlines()[-20:])
        cases.append(Case("(end of the program)", "failed", 0.0, f"{tail}\nended with status {status}"))
    return cases, seconds


def run_folders(arguments):
    """(folder, cases, seconds of all its processes) in the order in which they end."""
    slow = list(SHARDS)
    folders = sorted(programs(arguments), key=lambda one: slow.index(one[0]) if one[0] in slow else len(slow))
    left, cases, seconds = {}, collections.defaultdict(list), collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(max(1, arguments.jobs)) as executor:
        started = {}
        for folder, program in folders:
            shards = SHARDS.get(folder, 1) if arguments.jobs > 1 else 1
            left[folder] = shards
            for shard in range(shards):
                started[executor.submit(run_shard, program, shard, shards, arguments)] = folder
        for future in concurrent.futures.as_completed(started):
            folder = started[future]
            more, took = future.result()
            cases[folder] += more
            seconds[folder] += took
            left[folder] -= 1
            if left[folder] == 0:
                if not cases[folder] and not arguments.filter:
                    cases[folder].append(Case("(program)", "failed", 0.0, "it holds no test"))
                yield folder, cases[folder], seconds[folder]


def main():
    arguments = parse_arguments()
    everything, reasons, slowest = [], collections.Counter(), []
    start = time.monotonic()
    for folder, cases, seconds in run_folders(arguments):
        count = collections.Counter(case.outcome for case in cases)
        skipped = f", {count['skipped']} skipped" if count["skipped"] else ""
        print(f"{folder:14} {count['passed']:5} passed, {count['failed']} failed{skipped:14} {seconds:7.1f} s", flush=True)
        for case in cases:
            if case.outcome == "failed" and case.detail is not None:
                lines = case.detail.splitlines()
                print(f"  FAILED {folder}: {case.name}")
                print("".join(f"    {line}\n" for line in lines[:SHOWN_LINES]), end="")
                if len(lines) > SHOWN_LINES:
                    print(f"    ... {len(lines) - SHOWN_LINES} more lines")
            elif case.outcome == "skipped":
                reasons[case.detail.splitlines()[0] if case.detail else "no reason given"] += 1
            slowest.append((case.seconds, folder, case.name))
        not_run = sum(case.outcome == "failed" and case.detail is None for case in cases)
        if not_run:
            print(f"    {not_run} more cases of this program did not run and count as failed")
        everything += cases

    slow = [entry for entry in sorted(slowest, reverse=True)[:5] if entry[0] >= 2]
    if slow:
        print("slowest: " + ", ".join(f"{folder} {name} {seconds:.1f} s" for seconds, folder, name in slow))
    for reason, times in reasons.most_common():
        print(f"skipped ({times}): {reason}")
    total = collections.Counter(case.outcome for case in everything)
    print(f"tests took {time.monotonic() - start:.0f} s")
    print(f"{total['passed']} passed, {total['failed']} failed" +
          (f", {total['skipped']} skipped" if total["skipped"] else ""), flush=True)
    sys.exit(0 if total["failed"] == 0 and total["passed"] > 0 else 1)


if __name__ == "__main__":
    main()
