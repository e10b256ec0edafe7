#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a database costs by its size: TPC-H at several scales, read, trained on and scored, as JSON and one page.

  .deps/venv/bin/python bench/suites/tpch/ladder.py [--scales 0.1,1,10] [--memory 8GB] [--folder /var/tmp/cenote-tpch] [--page]

For each scale: the folder is made where it is missing; `cenote fit` trains `sage` for one epoch of 100,352 seeds on "will this
customer order in the next 90 days"; `cenote predict` scores all customers into a Parquet file. Seconds are those that the program
reports by phase, peak memory is that of the process. bench/results/tpch.json keeps a result by scale, docs/scale.md is written
from it (`--page` alone: nothing is run). Scale 10 needs 60 GB of disk; its fit takes twelve minutes on two cores, its prediction did not
end within half an hour.
"""
import argparse
import json
import math
import os
import pathlib
import platform
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent.parent
RESULTS, PAGE = ROOT / "bench" / "results" / "tpch.json", ROOT / "docs" / "scale.md"
QUESTION = "PREDICT COUNT(orders.o_orderkey, 0, 90, days) > 0 FOR EACH customer.c_custkey"
STEPS = 196
PHASES = {"open": "open: copy, keys, links, times", "labels": "labels", "load": "load: columns, in order", "graph": "joins",
          "encode": "encode", "epoch": "epoch of 100,352 seeds", "fit": "fit, all in all", "predict": "score all customers, all in all"}


def cenote(words):
    """Seconds, peak bytes and what it printed."""
    start = time.monotonic()
    process = subprocess.Popen([str(ROOT / "build" / "cenote"), *words, "--json", "--quiet"], stdout=subprocess.PIPE)
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"cenote {words[0]} ended with {os.waitstatus_to_exitcode(status)}")
    return time.monotonic() - start, usage.ru_maxrss * 1024, out


def measure(scale, memory, folder, keep):
    """Gives keep() what is known after the fit, and again after the prediction."""
    source, run = folder / f"sf{scale}", folder / f"run{scale}"
    if not (source / "manifest.yaml").exists():
        subprocess.run([sys.executable, str(pathlib.Path(__file__).parent / "make.py"), str(source), "--scale", str(scale)], check=True)
    subprocess.run(["rm", "-rf", str(run)], check=True)
    took, peak, out = cenote(["fit", str(source), QUESTION, "--model", "sage", "--set", "epochs=1", "--set", f"max_steps={STEPS}",
                              "--out", str(run), "--memory", memory])
    fitted = json.loads(out)
    seconds = {name: value for name, value in fitted["seconds"].items() if name in PHASES}
    seconds["epoch"] = fitted["seconds"].get("epoch", fitted["seconds"].get("train"))
    seconds["fit"] = took
    import duckdb
    rows = sum(duckdb.sql(f"SELECT count(*) FROM '{file}'").fetchone()[0] for file in sorted((source / "db").glob("*.parquet")))
    result = {"rows": rows, "memory": memory, "seconds": seconds, "peak_fit": peak, "metric": fitted["validation"],
              "version": platform.platform(), "cores": len(os.sched_getaffinity(0)),
              "cpu": next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "")}
    keep(result)
    scores = folder / f"scores{scale}.parquet"
    took, peak_predict, _ = cenote(["predict", str(run), "--out", str(scores), "--format", "parquet", "--memory", memory])
    seconds["predict"] = took
    result["scored"] = duckdb.sql(f"SELECT count(*) FROM '{scores}'").fetchone()[0]
    result["peak_predict"] = peak_predict
    keep(result)


def gigabytes(result, name):
    return f"{result[name] / 1e9:.2f}" if result.get(name) else "-"


def page(results):
    by_rows = sorted(results.items(), key=lambda one: one[1]["rows"])
    last = by_rows[-1][1]
    lines = ["# What size costs", "",
             "TPC-H, one run a scale: `sage` for one epoch of 100,352 seeds on \"will this customer order in the next 90 days\", then all customers",
             f"scored into a Parquet file. {last['cpu']}, {last['cores']} cores. Written by `bench/suites/tpch/ladder.py`. The slope is that of the logarithm of",
             "seconds over the logarithm of rows, between the two largest scales: 1 is linear. A dash: the run was ended before that was known.", "",
             "| seconds | " + " | ".join(f"scale {scale}" for scale, _ in by_rows) + " | slope |", "|---|" + "---:|" * (len(by_rows) + 1)]
    for phase, name in PHASES.items():
        values = [one["seconds"].get(phase) for _, one in by_rows]
        slope = "-"
        if len(values) > 1 and values[-1] and values[-2]:
            slope = f"{math.log(values[-1] / values[-2]) / math.log(by_rows[-1][1]['rows'] / by_rows[-2][1]['rows']):.2f}"
        lines.append(f"| {name} | " + " | ".join("-" if value is None else f"{value:,.1f}" for value in values) + f" | {slope} |")
    lines += ["", "| | " + " | ".join(f"scale {scale}" for scale, _ in by_rows) + " |", "|---|" + "---:|" * len(by_rows),
              "| rows | " + " | ".join(f"{one['rows']:,}" for _, one in by_rows) + " |",
              "| customers scored | " + " | ".join(f"{one['scored']:,}" if "scored" in one else "-" for _, one in by_rows) + " |",
              "| `--memory` | " + " | ".join(one["memory"] for _, one in by_rows) + " |",
              "| peak memory of fit, GB | " + " | ".join(gigabytes(one, "peak_fit") for _, one in by_rows) + " |",
              "| peak memory of predict, GB | " + " | ".join(gigabytes(one, "peak_predict") for _, one in by_rows) + " |", ""]
    PAGE.write_text("\n".join(lines))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scales", default="0.1,1,10")
    parser.add_argument("--memory", default="8GB")
    parser.add_argument("--folder", default="/var/tmp/cenote-tpch", type=pathlib.Path)
    parser.add_argument("--page", action="store_true")
    options = parser.parse_args()
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    for scale in [] if options.page else options.scales.split(","):
        options.folder.mkdir(parents=True, exist_ok=True)

        def keep(result):
            results[scale] = result
            RESULTS.parent.mkdir(parents=True, exist_ok=True)
            RESULTS.write_text(json.dumps(results, indent=1) + "\n")
            print(scale, json.dumps(result), flush=True)

        measure(scale, options.memory, options.folder, keep)
    page(results)


if __name__ == "__main__":
    main()
