"""What people were told (the journal of bench/journeys), and whether the tables hold
it. The tables are read as they lie on the disk, by SQLite alone."""

import base64
import collections
import os
import sqlite3

Vector = collections.namedtuple("Vector", "answers flags prediction")

# What may not be in a database, however its server ended: (words, query).
IMPOSSIBLE = (
    ("two open papers of a person in a round",
     "SELECT entry_id FROM paper WHERE state = 0 GROUP BY entry_id, round_id HAVING COUNT(*) > 1"),
    ("an attempt that is missing, or there twice",
     "SELECT entry_id FROM paper GROUP BY entry_id, round_id"
     " HAVING COUNT(*) <> MAX(attempt) OR COUNT(DISTINCT attempt) <> COUNT(*)"),
    ("a receipt of two papers",
     "SELECT receipt FROM paper WHERE receipt <> '' GROUP BY receipt HAVING COUNT(*) > 1"),
    ("half a submission",
     "SELECT id FROM paper WHERE (state = 1) <> (submitted_at > 0)"
     " OR (state = 1) <> (receipt <> '') OR (state = 1) <> (length(leaf_hash) = 32)"
     " OR (state = 1) <> (length(salt) > 0)"),
    ("a person who is in a contest twice",
     "SELECT person_id FROM entry GROUP BY contest_id, person_id HAVING COUNT(*) > 1"),
    ("a person with half a registration",
     "SELECT id FROM entry WHERE person_id NOT IN (SELECT id FROM person)"
     " OR person_id NOT IN (SELECT person_id FROM person_data)"
     " OR person_id NOT IN (SELECT person_id FROM identity WHERE kind = 1)"
     " OR person_id NOT IN (SELECT person_id FROM identity WHERE kind = 2)"),
    ("a person who is found twice",
     "SELECT person_id FROM identity GROUP BY person_id, kind HAVING COUNT(*) > 1"),
    ("a person without an entry",
     "SELECT id FROM person WHERE id NOT IN (SELECT person_id FROM entry)"),
)


def person_of(cookie):
    """src/http/cookie.c: version, number of the key, person, …"""
    return int.from_bytes(base64.urlsafe_b64decode(cookie + "=" * (-len(cookie) % 4))[3:11])


def open_tables(data):
    """Changes nothing, so that what a crash left is the server's to mend."""
    return sqlite3.connect(f"file:{data}/hoithi.db?mode=ro", uri=True)


class Told:
    """Of one paper: the last vector that was acknowledged, and what became of it."""

    def __init__(self):
        self.revision, self.vector, self.submitted, self.receipt = 0, None, False, None


class Record:
    def __init__(self, *paths):
        self.offsets = dict.fromkeys(paths, 0)
        self.papers = collections.defaultdict(Told)     # of (person, attempt)
        self.entries = {}                               # code: person
        self.counts = collections.Counter()

    def read(self):
        """Takes what was written since the last time, whole lines only."""
        for path, offset in self.offsets.items():
            if not os.path.exists(path):
                continue
            with open(path, "rb") as file:
                file.seek(offset)
                data = file.read()
            whole = data[:data.rfind(b"\n") + 1]
            self.offsets[path] += len(whole)
            for line in whole.decode().splitlines():
                self.take(*line.split(" "))
        return self

    def take(self, what, cookie, *rest):
        self.counts[what] += 1
        person = person_of(cookie)
        if what == "register":
            self.entries[rest[0]] = person
            return
        # "ROUND-ATTEMPT", of the one round that the sample has.
        told = self.papers[person, int(rest[0].rsplit("-", 1)[1])]
        if what in ("save", "submit"):
            told.revision = int(rest[1])
            told.vector = Vector(rest[2], rest[3], int(rest[4]))
            told.submitted = what == "submit"
        elif what == "receipt":
            told.receipt = rest[1]

    def compare(self, data):
        """What the tables do not hold, in words."""
        tables = open_tables(data)
        problems = [f"{words}: {len(found)}, as {found[0][0]}" for words, query in IMPOSSIBLE
                    if (found := tables.execute(query).fetchall())]
        papers = {(person, attempt): rest for person, attempt, *rest in tables.execute(
            "SELECT e.person_id, p.attempt, p.state, p.revision, p.receipt, p.answers, p.flags,"
            " p.prediction FROM paper p JOIN entry e ON e.id = p.entry_id")}
        entries = dict(tables.execute("SELECT code, person_id FROM entry"))
        tables.close()
        problems += [f"a registration is gone: {code}" for code, person in self.entries.items()
                     if entries.get(code) != person]
        for key, told in self.papers.items():
            problem = compare_paper(told, papers.get(key))
            if problem:
                problems.append(f"{problem}: person {key[0]}, attempt {key[1]}")
        return problems

    def check(self, data, when):
        problems = self.compare(data)
        assert not problems, "\n".join([f"{len(problems)} problems {when}", *problems[:20]])


def compare_paper(told, row):
    """The problem with one paper, or None. What was not acknowledged may have been kept
    all the same, so the tables may be ahead; they may not be behind."""
    if row is None:
        return "a start is gone"
    state, revision, receipt, *vector = row
    if told.submitted and state != 1:
        return "a submission is gone"
    if told.receipt and receipt != told.receipt:
        return "a receipt is of another"
    if revision < told.revision:
        return f"a save is gone: revision {revision}, acknowledged was {told.revision}"
    if told.submitted and revision > told.revision:
        return "changed after its submission"
    if revision == told.revision and told.vector and Vector(*vector) != told.vector:
        return "other answers than were acknowledged"
    return None
