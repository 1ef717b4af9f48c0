#!/usr/bin/env python3
"""What people wait for finds its rows by a key: no query of the door or the
sitting may go through a table, or through all rows of a contest.

    test_plans.py HOITHI SOURCE_ROOT
"""
import os
import re
import sqlite3
import subprocess
import sys
import tempfile

HOT = """
person_by_identity person_by_entry_code person_get identity_add entry_of entry_move entry_by_code
entries_of_identity entry_in_group recovery_put recovery_matches reset_use reset_last_used
password_set epoch_next paper_start paper_of_attempt paper_save paper_to_save paper_submit paper_stored
paper_take paper_get paper_of_person papers_of_entry papers_to_close ranking_place_of
entry_end_of entries_of_person identities_delete guardians_delete recovery_delete resets_delete
devices_delete person_data_delete
guardian_put guardian_of guardian_delete entry_consent entry_consent_put person_correct
identity_change devices_ever recovery_of resets_of
""".split()
# A step that reads a whole table, or everything of one contest.
SLOW = re.compile(r"^SCAN (?!CONSTANT ROW)|\(contest_id=\?\)$|\(contest_id=\?\) *\|")


def queries(root):
    found = {}
    folder = os.path.join(root, "src", "store", "sql")
    for name in sorted(os.listdir(folder)):
        text = open(os.path.join(folder, name), encoding="utf-8").read()
        for part in re.split(r"^-- query ", text, flags=re.M)[1:]:
            sql = "\n".join(line for line in part.split("\n")[1:] if not line.startswith("--"))
            found[part.split(":")[0]] = re.sub(r"\$(\d+)", r"?\1", sql)
    return found


def main():
    hoithi, root = sys.argv[1:]
    found = queries(root)
    wrong = [f"{name} is no query" for name in HOT if name not in found]
    with tempfile.TemporaryDirectory() as folder:
        data = os.path.join(folder, "data")
        subprocess.run([hoithi, "migrate", "--data", data], check=True, stdout=subprocess.DEVNULL)
        db = sqlite3.connect(os.path.join(data, "hoithi.db"))
        for name in HOT:
            sql = found.get(name, "SELECT 1")
            n = max([int(x) for x in re.findall(r"\?(\d+)", sql)] + [0])
            for row in db.execute("EXPLAIN QUERY PLAN " + sql, [0] * n):
                if SLOW.search(row[3]):
                    wrong.append(f"{name}: {row[3]}")
    print("\n".join(wrong) or f"{len(HOT)} queries find their rows by a key")
    return bool(wrong)


sys.exit(main())
