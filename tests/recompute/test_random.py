#!/usr/bin/env python3
"""Holds the server's C against recompute.py on made-up contests.

    test_random.py RANDOM_EXPORT [ROUNDS]

RANDOM_EXPORT is the program of random_export.c. Each round makes an export,
which has to agree; then one cell of one file is changed, and it has to
disagree (or not be readable), with the changed cell's file named."""

import contextlib
import csv
import io
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import recompute

# Cells that say something which is recomputed; others (names, texts) may change.
CELLS = {
    "papers.csv": ["seed_hex", "drawn_hex", "answers", "prediction", "started_at",
                   "submitted_at", "elapsed_ms", "score_points", "perfect", "salt_hex",
                   "leaf_hash_hex", "attempt", "group", "bank_version"],
    "targets.csv": ["value"],
    "ranking.csv": ["place", "entry_code", "score_points", "prediction_error", "elapsed_ms",
                    "submitted_at", "n_perfect", "decided_by"],
    "unit-ranking.csv": ["place", "unit_code", "people", "headcount", "rate_ppm", "mean_ppm",
                         "index_ppm", "gate"],
    "bank-b1-1.csv": ["topic", "difficulty", "key", "body"],
}


def run(folder):
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        code = recompute.main([str(folder)])
    return code, out.getvalue()


def changed(cell, rng):
    """Another value of the same look."""
    if not cell:
        return "7"
    at = rng.randrange(len(cell))
    letters = "0123456789" if cell.isdigit() else "0123456789abcdef"
    return cell[:at] + rng.choice([c for c in letters if c != cell[at]]) + cell[at + 1:]


def spoil(folder, rng):
    """Changes a cell, or drops or swaps rows; returns what was done, or None."""
    name = rng.choice(sorted(CELLS))
    with open(folder / name, newline="", encoding="utf-8") as file:
        head, *rows = csv.reader(file)
    if not rows:
        return None
    at = rng.randrange(len(rows))
    kind = rng.randrange(8)
    if kind == 0 and name != "papers.csv":
        del rows[at]
        what = f"{name}: row {at} dropped"
    elif kind == 1 and name in ("ranking.csv", "unit-ranking.csv") and at > 0:
        rows[at - 1], rows[at] = rows[at], rows[at - 1]
        what = f"{name}: row {at} swapped"
    else:
        column = rng.choice(CELLS[name])
        old = rows[at][head.index(column)]
        new = changed(old, rng)
        rows[at][head.index(column)] = new
        what = f"{name}: row {at} {column} {old} -> {new}"
    with open(folder / name, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([head, *rows])
    return what


def main(program, rounds=200):
    rng = random.Random(1)
    n_spoilt = 0
    for seed in range(rounds):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            subprocess.run([program, name, str(seed)], check=True)
            code, said = run(folder)
            if code != 0:
                print(f"seed {seed} should agree:\n{said}")
                return 1
            what = spoil(folder, rng)
            if what is None:
                continue
            n_spoilt += 1
            code, said = run(folder)
            if code == 0:
                print(f"seed {seed}, {what}: should disagree")
                return 1
    print(f"{rounds} contests agree, {n_spoilt} spoilt ones do not")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], *map(int, sys.argv[2:3])))
