#!/usr/bin/env python3
"""docs/security.md counts its own rows right, and names the events that the source writes.

    test_security_page.py SOURCE_ROOT"""

import collections
import glob
import os
import re
import sys

ROOT = sys.argv[1]
STATES = ("met", "in part", "n/a", "not met (accepted)")


def source():
    for path in glob.glob(os.path.join(ROOT, "src", "*", "*.c")):
        with open(path, encoding="utf-8") as file:
            yield file.read()


def written():
    calls = (r"\b(?:security_note|security_note_entry|security_log_write|append_line|"
             r"own_password_is_right)(\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))")
    for text in source():
        for arguments in re.findall(calls, text):
            yield from re.findall(r'"([a-z]+(?:-[a-z]+)*)"', arguments)


def main():
    with open(os.path.join(ROOT, "docs", "security.md"), encoding="utf-8") as file:
        text = file.read()
    rows = re.findall(r"^\| \d+\.\d+\.\d+ \| ([12]) \|[^|]*\| ([^|]*) \|", text, re.M)
    counted = collections.Counter(rows)
    wrong = [f"no state: {state}" for _, state in rows if state not in STATES]
    for level in "12":
        line = " | ".join([level, *(str(counted[level, state]) for state in STATES)])
        if f"\n| {line} |\n" not in text:
            wrong.append(f"the rows of level {level} are | {line} |")
    named = re.search(r"^Security events: (.*?)\. ", text, re.M | re.S).group(1)
    named, events = set(re.findall("`([a-z-]+)`", named)), set(written())
    wrong += [f"nowhere written: {event}" for event in named - events]
    wrong += [f"not named: {event}" for event in events - named]
    print("\n".join(wrong) or f"{len(rows)} rows, {len(events)} events")
    return 1 if wrong or len(rows) < 200 or len(events) < 15 else 0


sys.exit(main())
