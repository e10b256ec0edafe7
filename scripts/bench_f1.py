#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trains the three driver tasks of examples/f1 over several seeds and prints metrics, mean and spread.

  scripts/bench_f1.py [--seeds 0,1,2,3,4] [--tasks driver-position,...] [--protocols frozen,rolling] [--models constant,entity_mean,sage]
                      [-- fit options]

Each model is trained once per seed and protocol and evaluated on the test split under the protocol it was trained for.
Test figures are read once, at the end; nothing is chosen by them.
"""
import argparse
import json
import os
import pathlib
import platform
import statistics
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
METRIC = {"driver-position": "mae", "driver-dnf": "auroc", "driver-top3": "auroc", "driver-circuit-compete": "map_at_k"}
PUBLISHED = {"driver-position": 4.022, "driver-dnf": 0.7262, "driver-top3": 0.7554}


def cenote(*words):
    out = subprocess.run([str(ROOT / "build" / "cenote"), *words, "--json", "--quiet"], cwd=ROOT, check=True,
                         capture_output=True, text=True)
    return json.loads(out.stdout)


def spread(values):
    mean = statistics.fmean(values)
    return f"{mean:.4f} +- {statistics.stdev(values):.4f}" if len(values) > 1 else f"{mean:.4f}"


def confidence(results):
    """How sure of itself the model was in test, over the seeds."""
    if all("intervals" in one for one in results):
        of_90 = [level for one in results for level in one["intervals"] if level["level"] == 0.9]
        return (f"90 % intervals hold {spread([100 * one['coverage'] for one in of_90])} %, "
                f"{spread([one['mean_width'] for one in of_90])} wide")
    if all("calibration" in one for one in results):
        methods = ", ".join(one["calibration"]["method"] for one in results)
        return (f"ece {spread([one['calibration']['ece_before'] for one in results])} -> "
                f"{spread([one['metrics']['ece']['value'] for one in results])} ({methods})")
    return "-"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default="0,1,2,3,4")
    parser.add_argument("--tasks", default="driver-position,driver-dnf,driver-top3")
    parser.add_argument("--models", default="constant,entity_mean,sage")
    parser.add_argument("--protocols", default="frozen,rolling")
    parser.add_argument("fit", nargs="*", help="further options of cenote fit, after --")
    args = parser.parse_args()
    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    print(f"machine: {cpu}, {len(os.sched_getaffinity(0))} cores; seeds {args.seeds}")
    print("| task | protocol | model | metric | validation | test | published graph network | train s, median | confidence, test |")
    print("|---|---|---|---|---|---|---|---|---|")
    for task in args.tasks.split(","):
        for protocol in args.protocols.split(","):
            for model in args.models.split(","):
                simple = model in ("constant", "entity_mean", "popularity", "repeat")
                validation, test, seconds, results = [], [], [], []
                for seed in ["0"] if simple else args.seeds.split(","):
                    with tempfile.TemporaryDirectory() as folder:
                        run = folder + "/run"
                        fitted = cenote("fit", "examples/f1", "--task", task, "--model", model, "--seed", seed, "--protocol", protocol,
                                        "--out", run, *([] if simple else args.fit))
                        seconds.append(fitted["seconds"]["train"])
                        validation.append(fitted["validation"]["value"])
                        result = cenote("evaluate", run, "--split", "test")
                        test.append(result["metrics"][METRIC[task]]["value"])
                        results.append(result)
                published = PUBLISHED.get(task, "-") if protocol == "frozen" else "-"
                print(f"| {task} | {protocol} | {model} | {METRIC[task]} | {spread(validation)} | {spread(test)} | {published} | "
                      f"{statistics.median(seconds):.1f} | {confidence(results)} |", flush=True)


if __name__ == "__main__":
    main()
