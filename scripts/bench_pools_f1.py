#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trains `sage` with every pool that can join rows, on the three driver tasks, and writes docs/pools-f1.md.

  scripts/bench_pools_f1.py [--pools mean,max,...] [--seeds 0,1,2] [--hours 1] [--page]

Each pool is trained for each task, protocol and seed with default options otherwise, and evaluated on validation (the
selection that training saw) and test. A run takes some seconds, all of them hours: what is finished is kept in
bench/results/pools_f1.json and not run again, so the work can be spread over as many calls as one likes; two runs of one thread
each go on beside each other. `--page` only writes the page. Nothing is chosen by these figures.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import platform
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
RESULTS, PAGE = ROOT / "bench" / "results" / "pools_f1.json", ROOT / "docs" / "pools-f1.md"
METRIC = {"driver-position": "mae", "driver-dnf": "auroc", "driver-top3": "auroc"}
PROTOCOLS = ("rolling", "frozen")


def cenote(*words):
    done = subprocess.run([str(ROOT / "build" / "cenote"), *words, "--json", "--quiet", "--threads", "1"], cwd=ROOT, capture_output=True,
                          text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip().splitlines()[-1])
    return json.loads(done.stdout)


def pools():
    """Names of the pools, first those that every reader knows."""
    [kind] = [kind for kind in cenote("list", "pool")["kinds"] if kind["name"] == "pool"]
    names = [entry["name"] for entry in kind["entries"]]
    known = ["mean", "sum", "max", "min", "last", "std"]
    return known + [name for name in names if name not in known]


def run(key):
    pool, task, protocol, seed = key.split("|")
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        try:
            fitted = cenote("fit", "examples/f1", "--task", task, "--model", "sage", "--set", f"pool={pool}", "--protocol", protocol,
                            "--seed", seed, "--out", folder + "/run")
            test = cenote("evaluate", folder + "/run", "--split", "test")["metrics"][METRIC[task]]["value"]
        except RuntimeError as error:
            return {"refused": str(error).removeprefix("cenote: error: ")}
    return {"validation": fitted["validation"]["value"], "test": test, "seconds": round(time.monotonic() - start, 1)}


def read():
    return json.loads(RESULTS.read_text()) if RESULTS.exists() else {}


def write(results):
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(dict(sorted(results.items())), indent=0) + "\n")


def cell(results, pool, task, protocol, split):
    values = [one[split] for key, one in results.items() if key.startswith(f"{pool}|{task}|{protocol}|") and split in one]
    if not values:
        return "-"
    spread = f" ± {statistics.stdev(values):.3f}" if len(values) > 1 else ""
    return f"{statistics.fmean(values):.3f}{spread}"


def page(results):
    names = sorted({key.split("|")[0] for key, one in results.items() if "test" in one})
    refused = sorted({(key.split("|")[0], one["refused"]) for key, one in results.items() if "refused" in one})
    seeds = {key.split("|")[3] for key, one in results.items() if "test" in one}
    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    lines = ["# Pools in the main job", "",
             "`sage` with each pool in all relations, default options otherwise, on the three driver tasks of `examples/f1`: validation / test,",
             f"mean ± standard deviation over seeds {', '.join(sorted(seeds))} (no ± where one seed was run so far); MAE of driver-position (lower is",
             "better), AUROC of the others. Under `frozen` validation is stale, as [README.md](../README.md) says. Written by",
             f"`scripts/bench_pools_f1.py` ({cpu}); nothing was chosen by it.", ""]
    for protocol in PROTOCOLS:
        lines += [f"## {protocol}", "", "| pool | " + " | ".join(METRIC) + " |", "|---|" + "---|" * len(METRIC)]
        for pool in names:
            cells = [f"{cell(results, pool, task, protocol, 'validation')} / {cell(results, pool, task, protocol, 'test')}" for task in METRIC]
            lines.append(f"| `{pool}` | " + " | ".join(cells) + " |")
        lines.append("")
    if refused:
        lines += ["## Not possible here", ""] + [f"- `{pool}`: {why}" for pool, why in dict(refused).items()] + [""]
    PAGE.write_text("\n".join(lines))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pools", default="")
    parser.add_argument("--seeds", default="0,1,2")
    parser.add_argument("--hours", type=float, default=24)
    parser.add_argument("--page", action="store_true")
    options = parser.parse_args()
    results = read()
    if not options.page:
        names = options.pools.split(",") if options.pools else pools()
        keys = [f"{pool}|{task}|{protocol}|{seed}" for seed in options.seeds.split(",") for pool in names for protocol in PROTOCOLS
                for task in METRIC]
        left = [key for key in keys if key not in results]
        end = time.monotonic() + 3600 * options.hours
        with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as workers:
            def work(key):
                if time.monotonic() > end:
                    return
                results[key] = run(key)
                write(dict(results))
                print(key, json.dumps(results[key]), flush=True)
            list(workers.map(work, left))
    page(results)


if __name__ == "__main__":
    main()
