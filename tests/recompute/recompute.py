#!/usr/bin/env python3
"""Recomputes a contest's result from its exported files.

    recompute.py FOLDER                 everything in an export
    recompute.py --vectors [proof.md]   the vectors of docs/proof.md

With paper.py and ranking.py beside it.
A second implementation: it shares no code with the server, uses Python's
standard library only, and was written from docs/proof.md. It redraws each
paper from its seed, scores it again from answers and key, recomputes its leaf
hash, then counted papers, prediction targets, the ranking of people with the
key that decided each place, and the ranking of units, and compares all of it
with what the export says.

The folder (docs/proof.md, "What is exported", has every column):
    manifest.json      round, generated_at, rules_hash_hex {version: hex},
                       bank_hash_hex {code-version: hex}
    profile.json       the profile of the highest rules version; it ranks
    profile-N.json     the profile of rules version N, where papers have it
    bank-CODE-VERSION.csv
                       code,topic,difficulty,body,a,b,c,d,key,basis
    units.csv          code,parent,block,headcount and more
    papers.csv         entry_code,group,round,unit_code,attempt,rules_version,
                       draw_version,bank,bank_version,seed_hex,drawn_hex,answers,
                       prediction,started_at,submitted_at,elapsed_ms,score_points,perfect,
                       annulled,excluded,salt_hex,leaf_hash_hex
    targets.csv        round,group,value
    ranking.csv        round,group,place,entry_code,score_points,
                       prediction_error,elapsed_ms,submitted_at,n_perfect,
                       decided_by
    unit-ranking.csv   round,block,place,unit_code,people,headcount,rate_ppm,
                       mean_ppm,index_ppm,gate

Exit: 0 it agrees, 1 it disagrees (each place is printed), 2 the export cannot
be read.
"""

import csv
import hashlib
import io
import json
import os
import re
import sys
from decimal import Decimal, DecimalException

from paper import (count_right, draw, leaf_bytes, leaf_commitments, leaf_hash, read_stored_form,
                   stored_form, vector_disagreements)
from ranking import rank_round, rank_units


class Unreadable(Exception):
    """The export is not in the form that this program reads."""


# ---------------------------------------------------------------- reading

def read_bytes(folder, name):
    try:
        with open(os.path.join(folder, name), "rb") as file:
            return file.read()
    except OSError as error:
        raise Unreadable(f"{name}: {error.strerror}") from error


def read_json(folder, name):
    try:
        return json.loads(read_bytes(folder, name).decode("utf-8-sig"), parse_float=Decimal)
    except ValueError as error:
        raise Unreadable(f"{name}: {error}") from error


def read_csv(folder, name, columns):
    """The rows as dicts; `columns` is a list of names, "?x" for an integer or
    nothing, "#x" for an integer, "=x" for a flag, "~x" for hex."""
    try:
        text = read_bytes(folder, name).decode("utf-8-sig")
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Unreadable(f"{name}: {error}") from error
    if not lines:
        raise Unreadable(f"{name}: no header")
    head = [cell.strip() for cell in lines[0]]
    rows = []
    for number, cells in enumerate(lines[1:], 2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(head):
            raise Unreadable(f"{name}: row {number} has {len(cells)} fields, not {len(head)}")
        named = dict(zip(head, (cell.strip(" \t\r\n\v\f") for cell in cells)))
        try:
            rows.append({column.lstrip("?#=~"): read_cell(column, named) for column in columns})
        except (KeyError, ValueError) as error:
            raise Unreadable(f"{name}: row {number}: {error!r}") from error
    return rows


def read_cell(column, named):
    if column[0] not in "?#=~":
        return named[column]
    cell = named[column[1:]]
    if column[0] == "~":
        if not re.fullmatch("(?:[0-9a-f]{2})*", cell):
            raise ValueError(f"{column[1:]} is not lower-case hex: {cell}")
        return cell
    if column[0] == "=":
        return {"0": False, "1": True}[cell]
    if column[0] == "?" and cell == "":
        return None
    if not re.fullmatch(r"-?[0-9]+", cell):
        raise ValueError(f"{column[1:]} is not a whole number: {cell}")
    return int(cell)


class Profile:
    """What drawing, scoring and ranking need of a profile."""

    def __init__(self, name, data):
        self.name = name
        self.data = data
        self.contest = self.get("contest.code", "")
        self.n_questions = self.get("paper.n_questions", 30)
        self.strata = [(part.get("topic") or None, part.get("difficulty") or None, part["count"])
                       for part in self.get("paper.draw", [])]
        if not self.strata:
            self.strata = [(None, None, self.n_questions)]
        self.shuffle_q = self.get("paper.shuffle_q", True)
        self.shuffle_a = self.get("paper.shuffle_a", True)
        self.points = self.get("paper.points_per_q", 1)
        self.counting = self.get("attempt.counting", "best")
        self.target = self.get("prediction.target", "all_correct_people")
        self.scope = self.get("prediction.scope", "group_round")
        self.distance = self.get("prediction.distance", "absolute")
        self.keys = self.get("rank.keys",
                             ["score", "prediction_error", "elapsed_ms", "submitted_at"])
        self.rounds = [part["code"] for part in self.get("rounds", [])]
        self.groups = [part["code"] for part in self.get("groups", [])]
        self.banks = {part["code"]: part["bank"] for part in self.get("groups", [])}
        self.unit_groups = {part["code"] for part in self.get("groups", [])
                            if part["place"] == "unit"}
        self.blocks = [part["code"] for part in self.get("prize.collective.blocks", [])]
        self.rate_milli = self.milli("prize.collective.formula.rate")
        self.mean_milli = self.milli("prize.collective.formula.mean_score")
        self.min_rate = self.get("prize.collective.min_rate", 50)
        self.min_headcount = self.get("prize.collective.min_headcount", 5)

    def get(self, path, default):
        at = self.data
        for member in path.split("."):
            if not isinstance(at, dict) or member not in at:
                return default
            at = at[member]
            if at is None:
                raise Unreadable(f"{self.name}: {path} is not decided")
        return at

    def milli(self, path):
        value = self.get(path, Decimal("0.5")) * 1000
        if value != int(value):
            raise Unreadable(f"{self.name}: {path} has more than three decimals")
        return int(value)


class Export:
    """The folder, and the disagreements found in it."""

    def __init__(self, folder):
        self.folder = folder
        self.n_wrong = 0
        self.manifest = read_json(folder, "manifest.json")
        self.rules_hash = {int(v): h for v, h in self.manifest["rules_hash_hex"].items()}
        self.papers = read_csv(folder, "papers.csv", [
            "entry_code", "group", "round", "unit_code", "#attempt", "#rules_version",
            "#draw_version", "bank", "#bank_version", "~seed_hex", "~drawn_hex", "answers", "?prediction",
            "#started_at", "#submitted_at", "#elapsed_ms", "#score_points", "=perfect",
            "=annulled", "=excluded", "~salt_hex", "~leaf_hash_hex"])
        self.targets = read_csv(folder, "targets.csv", ["round", "group", "?value"])
        self.ranking = read_csv(folder, "ranking.csv", [
            "round", "group", "#place", "entry_code", "#score_points", "?prediction_error",
            "#elapsed_ms", "#submitted_at", "#n_perfect", "decided_by"])
        self.unit_ranking = read_csv(folder, "unit-ranking.csv", [
            "round", "block", "#place", "unit_code", "#people", "#headcount", "#rate_ppm",
            "#mean_ppm", "#index_ppm", "gate"])
        self.units = read_csv(folder, "units.csv", ["code", "parent", "block", "?headcount"])
        self.profiles = self.read_profiles()
        self.profile = self.profiles[max(self.rules_hash)]
        self.banks = {name: self.read_bank(name) for name in self.manifest["bank_hash_hex"]}

    def wrong(self, where, what):
        self.n_wrong += 1
        print(f"{where}: {what}")

    def same(self, where, name, said, found):
        if said != found:
            self.wrong(where, f"{name} is {shown(said)}, recomputed {shown(found)}")

    def read_profiles(self):
        newest = max(self.rules_hash)
        used = {paper["rules_version"] for paper in self.papers} | {newest}
        profiles = {}
        for version in sorted(used):
            name = "profile.json" if version == newest else f"profile-{version}.json"
            if version not in self.rules_hash:
                raise Unreadable(f"manifest.json: no hash of rules version {version}")
            found = hashlib.sha256(read_bytes(self.folder, name)).hexdigest()
            self.same(name, "hash", self.rules_hash[version], found)
            profiles[version] = Profile(name, read_json(self.folder, name))
        return profiles

    def read_bank(self, bank):
        name = f"bank-{bank}.csv"
        found = hashlib.sha256(read_bytes(self.folder, name)).hexdigest()
        self.same(name, "hash", self.manifest["bank_hash_hex"][bank], found)
        rows = read_csv(self.folder, name, ["topic", "#difficulty", "key"])
        if any(row["key"] not in ("A", "B", "C", "D") for row in rows):
            raise Unreadable(f"{name}: a key is not A, B, C or D")
        return [(row["topic"], row["difficulty"], "ABCD".index(row["key"])) for row in rows]


def shown(value):
    return "none" if value is None or value == "" else str(value)


# ---------------------------------------------------------------- papers

def bank_name(row):
    """Which version of which bank: as the manifest and the file are named."""
    return f"{row['bank']}-{row['bank_version']}"


def check_paper(export, row):
    where = f"papers.csv: {row['round']} {row['entry_code']} attempt {row['attempt']}"
    profile = export.profiles[row["rules_version"]]
    if bank_name(row) not in export.banks:
        export.wrong(where, f"there is no bank {bank_name(row)}")
        return
    export.same(where, "bank", row["bank"], profile.banks.get(row["group"]))
    bank = export.banks[bank_name(row)]
    if row["draw_version"] != 1:
        export.wrong(where, f"draw version {row['draw_version']} is not known")
        return
    export.same(where, "bytes of the seed", len(row["seed_hex"]) // 2, 16)
    drawn = draw(bank, profile.strata, profile.shuffle_q, profile.shuffle_a,
                 bytes.fromhex(row["seed_hex"]))
    export.same(where, "drawn_hex", row["drawn_hex"], drawn and stored_form(drawn).hex())
    check_score(export, where, profile, bank, row)
    export.same(where, "leaf_hash_hex", row["leaf_hash_hex"], paper_leaf(export, profile, row))


def check_score(export, where, profile, bank, row):
    """By the stored form: what the person saw, even if it was drawn wrongly."""
    if len(row["drawn_hex"]) % 6:
        export.wrong(where, "drawn_hex is not a stored form")
        return
    drawn = read_stored_form(bytes.fromhex(row["drawn_hex"]))
    if not re.fullmatch("[0-4]*", row["answers"]) or len(row["answers"]) != len(drawn):
        export.wrong(where, "answers do not fit the paper")
        return
    if any(number >= len(bank) for number, _ in drawn):
        export.wrong(where, "the paper has a question that is not in the bank")
        return
    right = count_right(bank, drawn, row["answers"])
    export.same(where, "score_points", row["score_points"], right * profile.points)
    export.same(where, "perfect", row["perfect"], right == len(drawn))


def paper_leaf(export, profile, row):
    fields = {
        "contest": profile.contest, "round": row["round"], "group": row["group"],
        "entry": row["entry_code"], "attempt": row["attempt"],
        "rules_version": row["rules_version"],
        "rules_hash": export.rules_hash[row["rules_version"]],
        "bank_hash": export.manifest["bank_hash_hex"][bank_name(row)],
        "draw_version": row["draw_version"], "seed": row["seed_hex"],
        "drawn": row["drawn_hex"], "answers": row["answers"],
        "prediction": -1 if row["prediction"] is None else row["prediction"],
        "started_at": row["started_at"], "submitted_at": row["submitted_at"],
        "elapsed_ms": row["elapsed_ms"], "score_points": row["score_points"],
    }
    return leaf_hash(leaf_bytes(leaf_commitments(fields, bytes.fromhex(row["salt_hex"])))).hex()


# ---------------------------------------------------------------- comparing

def compare_tables(export, name, key_columns, said, found):
    """Rows by key; then, when the same rows are there, their order."""
    def by_key(rows):
        return {tuple(row[column] for column in key_columns): row for row in rows}

    said_rows, found_rows = by_key(said), by_key(found)
    if len(said_rows) != len(said):
        export.wrong(name, f"{len(said) - len(said_rows)} rows stand there twice")
    for key, row in found_rows.items():
        where = f"{name}: {' '.join(key)}"
        if key not in said_rows:
            export.wrong(where, "is missing")
            continue
        for column, value in row.items():
            export.same(where, column, said_rows[key][column], value)
    for key in said_rows.keys() - found_rows.keys():
        export.wrong(f"{name}: {' '.join(key)}", "should not be there")
    if said_rows.keys() == found_rows.keys() and list(said_rows) != list(found_rows):
        export.wrong(name, "the rows stand in another order")


def check_entries(export):
    """What is one person's has to be the same in all papers of a round."""
    seen, attempts, units = {}, set(), {unit["code"] for unit in export.units}
    for row in export.papers:
        entry = (row["round"], row["entry_code"])
        facts = {name: row[name] for name in ("group", "unit_code", "excluded")}
        where = f"papers.csv: {' '.join(entry)}"
        for name, value in seen.setdefault(entry, facts).items():
            export.same(where, name, facts[name], value)
        if entry + (row["attempt"],) in attempts:
            export.wrong(where, f"attempt {row['attempt']} stands there twice")
        attempts.add(entry + (row["attempt"],))
        if row["group"] in export.profile.unit_groups and row["unit_code"] not in units:
            export.wrong(where, f"unit {row['unit_code']} is not in units.csv")


def check_export(folder):
    export = Export(folder)
    profile = export.profile
    for row in export.papers:
        check_paper(export, row)
    check_entries(export)
    only = export.manifest.get("round") or ""
    rounds = [only] if only else profile.rounds
    for code in {row["round"] for row in export.papers} - set(rounds):
        export.wrong("papers.csv", f"round {code} is not one of this export")
    ranking, targets, unit_rows, n_people = [], [], [], 0
    for code in rounds:
        rows, values, counted = rank_round(
            profile, [row for row in export.papers if row["round"] == code])
        n_people += len(counted)
        ranking += [{"round": code, **row} for row in rows]
        targets += [{"round": code, "group": g, "value": v} for g, v in values.items()]
        unit_rows += [{"round": code, **row}
                      for row in rank_units(profile, export.units, counted)]
    compare_tables(export, "targets.csv", ("round", "group"), export.targets, targets)
    compare_tables(export, "ranking.csv", ("round", "group", "entry_code"),
                   export.ranking, ranking)
    compare_tables(export, "unit-ranking.csv", ("round", "block", "unit_code"),
                   export.unit_ranking, unit_rows)
    if export.n_wrong:
        print(f"disagrees in {export.n_wrong} places")
        return 1
    print(f"{len(export.papers)} papers, {n_people} people, {len(unit_rows)} units: agrees")
    return 0


# ---------------------------------------------------------------- vectors

def check_vectors(path):
    with open(path, encoding="utf-8") as file:
        blocks = re.findall(r"^```json\n(.*?)^```$", file.read(), re.MULTILINE | re.DOTALL)
    vectors = [vector for vector in map(json.loads, blocks) if "vector" in vector]
    wrong = [(vector["name"], part) for vector in vectors for part in vector_disagreements(vector)]
    for name, part in wrong:
        print(f"{name}: {part} comes out differently")
    print(f"disagrees in {len(wrong)} places" if wrong else f"{len(vectors)} vectors: agrees")
    return 1 if wrong or not vectors else 0


def main(args):
    if args and args[0] == "--vectors" and len(args) <= 2:
        beside = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../docs/proof.md")
        return check_vectors(args[1] if len(args) == 2 else beside)
    if len(args) != 1 or args[0].startswith("-"):
        print("usage: recompute.py FOLDER | --vectors [proof.md]", file=sys.stderr)
        return 2
    try:
        return check_export(args[0])
    except Unreadable as error:
        print(f"cannot be read: {error}", file=sys.stderr)
    except (KeyError, TypeError, ValueError, DecimalException) as error:
        print(f"cannot be read: {error!r}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
