#!/usr/bin/env python3
"""docs/personal-data.md lists every column of the tables that are about people.

    test_personal_data.py HOITHI SOURCE_ROOT
"""
import os
import re
import sqlite3
import subprocess
import sys
import tempfile

TABLES = {"person", "person_data", "identity", "entry", "exclusion", "recovery", "password_reset",
          "device", "guardian"}
# Columns of other tables that may point at a person, by number only.
POINTERS = {"paper": {"entry_id"}, "ranking_place": {"entry_id"}, "ranking_left_out": {"entry_id"},
            "entry_end": {"entry_id"}}
# Words that make a column of any other table look as if it were about somebody.
SUSPECTS = re.compile(r"name_|phone|birth|person|entry_id|password|email|address")


def documented(path):
    listed = set()
    for line in open(path, encoding="utf-8"):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) == 7 and cells[0] in TABLES:
            listed |= {(cells[0], column.strip()) for column in cells[1].split(",")}
    return listed


def schema(hoithi):
    with tempfile.TemporaryDirectory() as folder:
        data = os.path.join(folder, "data")
        subprocess.run([hoithi, "migrate", "--data", data], check=True, stdout=subprocess.DEVNULL)
        db = sqlite3.connect(os.path.join(data, "hoithi.db"))
        tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {(table, row[1]) for table in tables
                for row in db.execute(f"PRAGMA table_info({table})")}


def main():
    hoithi, root = sys.argv[1:]
    listed = documented(os.path.join(root, "docs", "personal-data.md"))
    columns = schema(hoithi)
    wrong = []
    for column in sorted(columns - listed):
        if column[0] in TABLES:
            wrong.append(f"{column[0]}.{column[1]} is not in docs/personal-data.md")
        elif SUSPECTS.search(column[1]) and column[1] not in POINTERS.get(column[0], ()):
            wrong.append(f"{column[0]}.{column[1]} looks personal and is not in docs/personal-data.md")
    wrong += [f"{table}.{name} is listed and does not exist" for table, name in sorted(listed - columns)]
    print("\n".join(wrong) or f"{len(listed)} columns are listed, and no other is about people")
    return bool(wrong)


sys.exit(main())
