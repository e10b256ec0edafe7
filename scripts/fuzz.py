#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the programs of tests/fuzz, each for some seconds, from what the tests already hold as a start."""
import argparse
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SEEDS = {
    "question": lambda: [line for file in sorted((ROOT / "tests/query/cases").glob("*.txt"))
                         for line in re.findall(r"^PREDICT.*$", file.read_text(), re.M)],
    "manifest": lambda: [file.read_text() for file in sorted(ROOT.glob("examples/*/manifest.yaml"))],
    "safetensors": lambda: ['\x5b\x00\x00\x00\x00\x00\x00\x00{"__metadata__":{"format":"pt"},'
                            '"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}      \x00\x00\x00\x00'],
}


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--build", default="build-fuzz")
    options.add_argument("--seconds", type=int, default=60, help="for each program")
    given = options.parse_args()
    failed = 0
    for name, seeds in SEEDS.items():
        corpus = ROOT / given.build / "corpus" / name
        corpus.mkdir(parents=True, exist_ok=True)
        for number, text in enumerate(seeds()):
            (corpus / f"seed-{number}").write_text(text, encoding="utf-8")
        command = [ROOT / given.build / "tests/fuzz" / f"fuzz_{name}", corpus, f"-max_total_time={given.seconds}",
                   "-timeout=10", "-rss_limit_mb=4096", "-print_final_stats=1",
                   f"-artifact_prefix={ROOT / given.build}/{name}-"]
        words = ROOT / "tests/fuzz" / f"{name}.dict"
        if words.exists():
            command.append(f"-dict={words}")
        run = subprocess.run(command, stderr=subprocess.PIPE, text=True, errors="replace")
        executed = re.search(r"number_of_executed_units: (\d+)", run.stderr)
        coverage = re.findall(r"cov: (\d+)", run.stderr)
        print(f"{name}: {executed.group(1) if executed else '?'} inputs, {coverage[-1] if coverage else '?'} edges, "
              + ("no crash" if run.returncode == 0 else f"FAILED ({run.returncode})"), flush=True)
        if run.returncode != 0:
            print("\n".join(run.stderr.splitlines()[-60:]))
            failed += 1
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
