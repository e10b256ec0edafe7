#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Cenote's pools beside the same written with torch, in turn on the same work, on one thread.

  .deps/venv/bin/python bench/peers/pools.py [--shapes uniform,skewed] [--rounds 3] [--json]

Runs `build/cenote bench pools`, then every peer, then both again, and prints the median of the rounds' medians. Peers are
what torch has: index_add, embedding_bag, sparse.mm, scatter_reduce, segment_reduce, and for pools that torch lacks its
operations put together. torch_scatter takes part where it is installed. All are given the memory allocator's
settings under which they are fastest (MALLOC_MMAP_MAX_, MALLOC_TRIM_THRESHOLD_): else half of their time is asking for memory.
"""
import argparse
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
# As pool_shapes() in src/bench/bench_pools.cpp has them: groups, rows, links, width, Zipf.
SHAPES = {"small": (200, 1000, 2000, 64, False), "uniform": (20000, 100000, 200000, 64, False),
          "skewed": (20000, 100000, 200000, 64, True), "wide": (2500, 12500, 25000, 512, False),
          "large": (200000, 500000, 2000000, 64, True)}
KEEP_HEAP = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": "34359738368"}
POOLS = ("sum", "mean", "max", "std", "softpool", "smooth_max")


def peers_of(shape):
    """{pool: {peer: function of x}} for one shape, and x."""
    import torch

    groups, rows, links, width, zipf = SHAPES[shape]
    torch.manual_seed(0)
    u = torch.rand(links, dtype=torch.float64)
    group = ((groups + 1.0) ** u - 1 if zipf else u * groups).long().clamp(max=groups - 1).sort().values
    row = torch.randint(0, rows, (links,))
    x = (torch.rand(rows, width) * 2 - 1).requires_grad_()
    offsets = torch.zeros(groups + 1, dtype=torch.long)
    offsets[1:] = torch.bincount(group, minlength=groups).cumsum(0)
    count = (offsets[1:] - offsets[:-1]).clamp(min=1).unsqueeze(1).float()
    wide_group = group.unsqueeze(1).expand(-1, width)
    csr = torch.sparse_csr_tensor(offsets, row, torch.ones(links), size=(groups, rows))

    def add_up(values):
        return torch.zeros(groups, width).index_add(0, group, values)

    def largest(values):
        return torch.full((groups, width), -torch.inf).scatter_reduce(0, wide_group, values, "amax")

    def bag(mode):
        return lambda x: torch.nn.functional.embedding_bag(row, x, offsets, mode=mode, include_last_offset=True)

    def segments(reduce):
        return lambda x: torch.segment_reduce(x[row], reduce, offsets=offsets, initial=0 if reduce == "sum" else None)

    def std(x):
        values = x[row]
        mean = add_up(values) / count
        return ((add_up(values * values) / count - mean * mean).clamp(min=0) + 1e-5).sqrt()

    def softpool(x):
        values = x[row]
        weight = (values - largest(values).detach()[group]).exp()
        return add_up(weight * values) / add_up(weight).clamp(min=1e-30)

    def smooth_max(x):
        values = x[row]
        top = largest(values).detach()
        return top + (add_up((values - top[group]).exp()) / count).log()

    out = {"sum": {"index_add": lambda x: add_up(x[row]), "embedding_bag": bag("sum"),
                   "sparse.mm": lambda x: torch.sparse.mm(csr, x), "segment_reduce": segments("sum")},
           "mean": {"index_add": lambda x: add_up(x[row]) / count, "embedding_bag": bag("mean"),
                    "segment_reduce": segments("mean")},
           "max": {"scatter_reduce": lambda x: largest(x[row]), "embedding_bag": bag("max"),
                   "segment_reduce": segments("max")},
           "std": {"torch operations": std}, "softpool": {"torch operations": softpool},
           "smooth_max": {"torch operations": smooth_max}}
    try:
        import torch_scatter
    except ImportError:
        return out, x
    for pool in ("sum", "mean", "max"):
        out[pool]["torch_scatter"] = lambda x, pool=pool: torch_scatter.segment_csr(x[row], offsets, reduce=pool)
    return out, x


def time_peers(shape, repeats):
    """[(pool, peer, forward seconds, backward seconds)], run as a process of its own."""
    import torch

    torch.set_num_threads(1)
    peers, x = peers_of(shape)
    out = []
    for pool, functions in peers.items():
        for peer, function in functions.items():
            forward, backward = [], []
            for k in range(repeats + 1):
                start = time.perf_counter()
                y = function(x)
                middle = time.perf_counter()
                torch.autograd.grad(y, x, torch.ones_like(y))
                if k:
                    forward.append(middle - start)
                    backward.append(time.perf_counter() - middle)
            out.append((pool, peer, statistics.median(forward), statistics.median(backward)))
    return out


def run_peers(shape, repeats):
    words = [sys.executable, __file__, "--worker", shape, "--repeats", str(repeats)]
    done = subprocess.run(words, check=True, capture_output=True, text=True, env=os.environ | KEEP_HEAP)
    return {(pool, peer): (forward, backward) for pool, peer, forward, backward in json.loads(done.stdout)}


def run_cenote(shape, repeats):
    words = [str(ROOT / "build" / "cenote"), "bench", "pools", "--shape", shape, "--repeats", str(repeats), "--json", "--quiet"]
    for pool in POOLS:
        words += ["--pool", pool]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    return {(one["pool"], "cenote"): (one["forward_seconds"], one["backward_seconds"])
            for one in json.loads(done.stdout)["timings"]}


def compare(shape, rounds, repeats):
    seen = {}
    for _ in range(rounds):
        for times in (run_cenote(shape, repeats), run_peers(shape, repeats)):
            for key, pair in times.items():
                seen.setdefault(key, []).append(pair)
    rows = []
    for (pool, name), pairs in sorted(seen.items(), key=lambda item: (POOLS.index(item[0][0]), item[0][1] != "cenote")):
        forward, backward = (statistics.median(pair[i] for pair in pairs) for i in (0, 1))
        ours = [statistics.median(pair[i] for pair in seen[pool, "cenote"]) for i in (0, 1)]
        rows.append({"shape": shape, "pool": pool, "by": name, "forward_ms": 1e3 * forward, "backward_ms": 1e3 * backward,
                     "forward_ratio": forward / ours[0], "both_ratio": (forward + backward) / sum(ours)})
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shapes", default="uniform,skewed")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        print(json.dumps(time_peers(options.worker, options.repeats)))
        return
    unknown = set(options.shapes.split(",")) - set(SHAPES)
    if unknown:
        parser.error(f"no shape {', '.join(sorted(unknown))}; there are {', '.join(SHAPES)}")
    rows = [row for shape in options.shapes.split(",") for row in compare(shape, options.rounds, options.repeats)]
    if options.json:
        print(json.dumps({"machine": platform.processor() or platform.machine(), "threads": 1, "rows": rows}, indent=1))
        return
    print(f"{'shape':8} {'pool':11} {'by':17} {'forward ms':>10} {'backward ms':>11} {'forward':>8} {'both':>8}")
    for row in rows:
        times = "" if row["by"] == "cenote" else f"{row['forward_ratio']:6.2f} x {row['both_ratio']:6.2f} x"
        print(f"{row['shape']:8} {row['pool']:11} {row['by']:17} {row['forward_ms']:10.2f} {row['backward_ms']:11.2f} {times}")


if __name__ == "__main__":
    main()
