#!/usr/bin/env python3
"""Backups while the site is used, and the drill: what was acknowledged before one began is
in the folder that is made from it, equal to the last row; whoever was erased since is not."""

import ctypes
import ctypes.util
import hashlib
import os
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
import zlib

from harness import (HOITHI, HOME, PASSWORD, ROOT, Browser, Folder, Server, answers_of, begin, equal,
                     hoithi, mark, new_folder, register, run, solve, wait_for)

N_PAIRS = 3
BACKUPS = 4
NAME = re.compile(r"hoithi-\d{8}T\d{6}Z\.backup")
# What a backup and a restore themselves write, and what a server holds while it runs.
OWN_ROWS = ("'backup'", "'restore'", "'backup_folder'", 'INSERT INTO "lease"')

sodium = ctypes.CDLL(ctypes.util.find_library("sodium"))
folder = Folder()
server = folder.demo(60)
pair = {half: new_folder(half) for half in ("public", "private")}
to = new_folder("backups")
os.mkdir(to)
people = {}     # name → (phone, mã dự thi)


def make_pair(files):
    return hoithi("keys", "backup-pair", "--public", files["public"], "--private", files["private"])


def backup(*more, where=None, target=None, **kw):
    return hoithi("backup", "--data", (where or folder).data, "--to", target or to, "--public",
                  pair["public"], *more, **kw)


def backups(target=None):
    return sorted(name for name in os.listdir(target or to) if NAME.fullmatch(name))


def newest():
    return os.path.join(to, backups()[-1])


def restore(source, target, *more, private=None, **kw):
    """A folder from it, with the keys of the first."""
    made = Folder(target)
    made.keys = folder.keys
    hoithi("restore", "--from", source, "--private", private or pair["private"], "--data",
           made.data, *more, **kw)
    return made


def fresh():
    target = new_folder("restored")
    os.mkdir(target)
    return target


def query(where, sql, *values):
    with sqlite3.connect(os.path.join(where.data, "hoithi.db")) as db:
        rows = db.execute(sql, values).fetchall()
    db.close()
    return rows


def dump(where):
    with sqlite3.connect(os.path.join(where.data, "hoithi.db")) as db:
        lines = [line for line in db.iterdump() if not any(word in line for word in OWN_ROWS)]
    db.close()
    return lines


def same(left, right, what):
    """Every table to the last row."""
    a, b = dump(left), dump(right)
    assert len(a) > 2000, len(a)
    assert a == b, (what, sorted(set(a) ^ set(b))[:6])


def sign_in(at, phone, status=200):
    b = Browser(at)
    page = b.get(HOME + "/dang-nhap")
    form = page.form("sign-in").set("sdt", phone).set("matkhau", PASSWORD)
    return b, b.press(page, form, status=status)


def newcomer(number, name):
    b = Browser(server)
    register(b, number, name=name, phone=f"0861 000 {number:03d}")
    people[name] = (f"0861 000 {number:03d}", b.get(HOME + "/toi").at("ma-du-thi"))
    return b


def person_of(where, name):
    """(number, when erased) of whom a mã dự thi is."""
    rows = query(where, "SELECT p.id, p.erased_at FROM entry e JOIN person p ON p.id = e.person_id"
                 " WHERE e.code = ?", people[name][1])
    return rows[0] if rows else None


def test_pair():
    make_pair(pair)
    equal([os.stat(pair[half]).st_mode & 0o777 for half in ("public", "private")], [0o644, 0o600])
    before = {half: open(path, "rb").read() for half, path in pair.items()}
    for kept, other in (("public", "private"), ("private", "public")):
        files = {kept: pair[kept], other: new_folder("other")}
        hoithi("keys", "backup-pair", "--public", files["public"], "--private", files["private"],
               status=1, say="File exists")
        assert not os.path.exists(files[other])
    equal({half: open(path, "rb").read() for half, path in pair.items()}, before)
    args = ["backup", "--data", folder.data, "--to", to, "--public"]
    hoithi(*args, pair["private"], status=1, say="does not belong on this machine")
    hoithi(*args, os.path.join(folder.keys, "bank.key"), status=1, say="not the public half")
    hoithi(*args, new_folder("none"), status=1, say="No such file")
    equal(os.listdir(to), [])


# ---------------------------------------------------------------- while it is used

class Savers:
    """Each saves two papers in turn, the next only when the last was acknowledged: at no
    moment does one have two saves more than the other."""

    def __init__(self):
        self.over = threading.Event()
        self.acknowledged = [0] * N_PAIRS
        self.problems = []
        self.papers = [(newcomer(100 + 2 * i, f"Lý Thị Đôi {'ABC'[i]}"),
                        newcomer(101 + 2 * i, f"Lý Văn Đôi {'ABC'[i]}")) for i in range(N_PAIRS)]
        self.threads = [threading.Thread(target=self.save, args=(i,)) for i in range(N_PAIRS)]

    def save(self, i):
        try:
            pages = [begin(b) for b in self.papers[i]]
            n = 0
            while not self.over.is_set():
                for k, b in enumerate(self.papers[i]):
                    form = pages[k].form("paper").set(f"a{n % 30 + 1}", "1234"[(n // 30) % 4])
                    pages[k] = b.press(pages[k], form).says("Đã lưu lúc")
                n += 1
                self.acknowledged[i] = n
        except Exception as problem:    # pylint: disable=broad-exception-caught
            self.problems.append(problem)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        wait_for(lambda: self.problems or all(n > 2 for n in self.acknowledged), 60)
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()
        assert not self.problems, self.problems

    def revisions(self, where):
        codes = [[people[f"Lý {word} Đôi {'ABC'[i]}"][1] for word in ("Thị", "Văn")]
                 for i in range(N_PAIRS)]
        return [[query(where, "SELECT p.revision FROM paper p JOIN entry e ON e.id = p.entry_id"
                       " WHERE e.code = ?", code)[0][0] for code in two] for two in codes]


def test_while_saving():
    for number, name in enumerate(("Lý Thị Ở Lại", "Lý Thị Lệnh Xóa", "Lý Thị Tự Xóa",
                                   "Lý Thị Nhập Bỏ", "Lý Thị Nhập Giữ"), 1):
        newcomer(number, name)
    b, _ = sign_in(server, people["Lý Thị Ở Lại"][0])
    page = begin(b)
    page = b.press(page, mark(page.form("paper"), solve(page)[:12]))
    page = b.press(page, page.form("paper"), "Nộp bài")
    b.press(page, page.form("submit")).says("12/30")
    done = []
    with Savers() as savers:
        start = sum(savers.acknowledged)
        while len(done) < BACKUPS:
            before = list(savers.acknowledged)
            backup(say="SHA-256")
            done.append((newest(), before))
        wait_for(lambda: sum(savers.acknowledged) > start)
    equal(len(backups()), BACKUPS)
    equal(sorted(os.listdir(folder.data)), ["control.sock", "erasures.log", "hoithi.db",
                                            "hoithi.db-shm", "hoithi.db-wal", "lock",
                                            "security.log"])
    after = savers.revisions(folder)
    for source, before in done:
        made = restore(source, fresh())
        found = savers.revisions(made)
        for (left, right), acknowledged, (top, _) in zip(found, before, after):
            assert acknowledged <= right <= left <= right + 1 and left <= top, (found, before)
        equal(query(made, "SELECT count(*) FROM paper WHERE receipt <> ''"),
              query(folder, "SELECT count(*) FROM paper WHERE receipt <> ''"))
        equal(sorted(os.listdir(made.data)), ["erasures.log", "hoithi.db"])
        equal(os.stat(made.data).st_mode & 0o777, 0o700)
        equal(os.stat(os.path.join(made.data, "hoithi.db")).st_mode & 0o777, 0o600)
        equal(os.stat(source).st_mode & 0o777, 0o600)


# ---------------------------------------------------------------- the drill

def open_sealed(source, private):
    """The plain bytes, by docs/backup.md and libsodium alone."""
    with open(private, encoding="ascii") as file:
        secret = bytes.fromhex(file.read().split()[1])
    with open(source, "rb") as file:
        data = file.read()
    equal(data[:16], b"hoithi backup 1\n")
    public, box, header, rest = data[16:48], data[48:128], data[128:152], data[152:]
    key = ctypes.create_string_buffer(32)
    equal(sodium.crypto_box_seal_open(key, box, ctypes.c_ulonglong(80), public, secret), 0)
    state = ctypes.create_string_buffer(sodium.crypto_secretstream_xchacha20poly1305_statebytes())
    equal(sodium.crypto_secretstream_xchacha20poly1305_init_pull(state, header, key), 0)
    plain, tags = b"", []
    for at in range(0, len(rest), 65536 + 17):
        chunk = rest[at:at + 65536 + 17]
        out, n, tag = ctypes.create_string_buffer(65536), ctypes.c_ulonglong(), ctypes.c_ubyte()
        equal(sodium.crypto_secretstream_xchacha20poly1305_pull(
            state, out, ctypes.byref(n), ctypes.byref(tag), chunk, ctypes.c_ulonglong(len(chunk)),
            data[:16], ctypes.c_ulonglong(16)), 0)
        plain += out.raw[:n.value]
        tags.append(tag.value)
    equal(tags, [0] * (len(tags) - 1) + [3])
    assert len(tags) > 3, len(tags)
    return plain


def test_drill():
    """The newest backup of a quiet site, and the same once it is not served."""
    backup()
    made = restore(newest(), fresh(), say=["chuỗi nguyên vẹn", "đã xóa lại 0 người"])
    same(folder, made, "while it is served")
    plain = zlib.decompress(open_sealed(newest(), pair["private"]))
    head, _, rest = plain.partition(b"\n")
    name, size = head.split()
    equal((name, rest[int(size):]), (b"hoithi.db", b"end\n"))
    assert rest.startswith(b"SQLite format 3\0")
    secrets(rest)
    acts = query(folder, "SELECT subject, after_text FROM act WHERE kind = 'backup'")
    equal([act[0] for act in acts], backups())
    found = subprocess.run(["sha256sum", newest()], capture_output=True, check=True).stdout.decode()
    equal(acts[-1][1], f"{os.path.getsize(newest())} bytes, sha256 {found.split()[0]}")
    with open(os.path.join(folder.data, "security.log"), encoding="utf-8") as file:
        assert re.search(r" command name=backup actor=cli:\S+ status=0\n", file.read())
    server.end()
    backup()
    stopped = restore(newest(), fresh())
    same(folder, stopped, "while it is not served")
    stopped.run("audit", say=["backup", "restore", "chuỗi nguyên vẹn"])
    with made.serve() as s:
        b, page = sign_in(s, people["Lý Thị Ở Lại"][0])
        page.says("Lý Thị Ở Lại")
        b.get(HOME + "/ket-qua/chinh-thuc-1").says("12/30")
        b, _ = sign_in(s, people["Lý Thị Đôi A"][0])
        page = b.get(HOME + "/bai-thi/chinh-thuc-1")
        page = b.press(page, page.form("take"))
        page = b.press(page, page.form("paper").set("a30", "4")).says("Đã lưu lúc")
        equal(answers_of(page)[29], "4")
        backup(where=made, target=os.path.dirname(made.data))
    restore(os.path.join(os.path.dirname(made.data), backups(os.path.dirname(made.data))[0]),
            fresh(), say="đã khôi phục")


def secrets(database):
    """Nobody known and no key, neither in the file nor in what it holds."""
    with open(newest(), "rb") as file:
        sealed = file.read()
    keys = []
    for name in os.listdir(folder.keys):
        with open(os.path.join(folder.keys, name), encoding="ascii") as file:
            keys += [line.split()[1] for line in file]
    with open(pair["private"], encoding="ascii") as file:
        keys.append(file.read().split()[1])
    equal(len(keys), 6)
    known = [text.encode() for key in keys for text in (key, key.upper())]
    known += [bytes.fromhex(key) for key in keys]
    for name, (phone, _) in people.items():
        bare = phone.replace(" ", "")
        known += [name.encode(), phone.encode(), bare.encode(), b"84" + bare[1:].encode()]
    for data in (sealed, database):
        equal([text for text in known if text in data], [])
    # In the file nothing is that the database shows: codes of entries, acts.
    assert all(code.encode() in database for _, code in people.values())
    for text in [code.encode() for _, code in people.values()] + [b"SQLite", b"contest.apply"]:
        assert text not in sealed, text


def seal(plain, target):
    """Anybody can, with the public half."""
    with open(pair["public"], encoding="ascii") as file:
        public = bytes.fromhex(file.read().split()[1])
    magic, key = b"hoithi backup 1\n", os.urandom(32)
    box, header = ctypes.create_string_buffer(80), ctypes.create_string_buffer(24)
    equal(sodium.crypto_box_seal(box, key, ctypes.c_ulonglong(32), public), 0)
    state = ctypes.create_string_buffer(sodium.crypto_secretstream_xchacha20poly1305_statebytes())
    sodium.crypto_secretstream_xchacha20poly1305_init_push(state, header, key)
    data = magic + public + box.raw + header.raw
    for at in range(0, len(plain) or 1, 65536):
        chunk = plain[at:at + 65536]
        out = ctypes.create_string_buffer(len(chunk) + 17)
        equal(sodium.crypto_secretstream_xchacha20poly1305_push(
            state, out, None, chunk, ctypes.c_ulonglong(len(chunk)), magic, ctypes.c_ulonglong(16),
            ctypes.c_ubyte(3 if at + 65536 >= len(plain) else 0)), 0)
        data += out.raw
    with open(target, "wb") as file:
        file.write(data)


def packed(database, name="hoithi.db", end="end\n"):
    return zlib.compress(f"{name} {len(database)}\n".encode() + database + end.encode(), 1)


def changed_database(*statements):
    """The bytes of the newest backup's database after these."""
    made = restore(newest(), fresh())
    path = os.path.join(made.data, "hoithi.db")
    with sqlite3.connect(path) as db:
        for statement in statements:
            db.execute(statement)
    db.close()
    with open(path, "rb") as file:
        return file.read()


def test_looked_at():
    """What is whole but not sound is not taken for a folder."""
    one = os.path.join(fresh(), "hoithi-20240920T010000Z.backup")
    good = changed_database()
    torn = bytearray(good)
    for at in range(4096 * 20, 4096 * 60):
        torn[at] ^= 0x55
    cases = [
        (packed(changed_database("INSERT INTO schema_change SELECT number + 1, 'later', checksum, 0"
                                 " FROM schema_change ORDER BY number DESC LIMIT 1")),
         "newer than this program"),
        (packed(changed_database("UPDATE act SET reason = 'x' WHERE number = 2")),
         "the chain of acts in it is broken at number 2"),
        (packed(changed_database("DELETE FROM person WHERE id = (SELECT max(id) FROM person)")),
         "point at rows that are missing"),
        (packed(bytes(torn)), "malformed"),
        (packed(good[:-4096] + bytes(4096)), "the database in it is damaged"),
        (packed(b"no database at all, but of some length" * 100), "cannot"),
        (packed(good, name="../hoithi.db"), "no backup that this program reads"),
        (packed(good, name="papers"), "no backup that this program reads"),
        (packed(good, end=""), "damaged or cut off"), (packed(good, end="end"), "damaged"),
        (packed(good, end="end\nmore\n"), "damaged"), (packed(good) + b"x", "damaged"),
        (packed(good)[:-5], "damaged"), (b"", "damaged"), (b"no zlib", "damaged"),
        (zlib.compress(b"hoithi.db"), "damaged"), (zlib.compress(b"hoithi.db -1\n"), "no backup"),
        (zlib.compress(b"x" * 100), "damaged"),
    ]
    for plain, say in cases:
        seal(plain, one)
        is_refused(one, say, more=("--without-erasures",))
    seal(packed(good), one)
    restore(one, fresh(), "--without-erasures", say="đã khôi phục")


def test_older_schema():
    """A backup of an earlier release is brought to this one's schema."""
    folder_of = os.path.join(ROOT, "src", "store", "migrations")
    name = min(os.listdir(folder_of))
    with open(os.path.join(folder_of, name), "rb") as file:
        sql = file.read()
    path = os.path.join(fresh(), "hoithi.db")
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE schema_change (number INTEGER NOT NULL PRIMARY KEY,"
                   " name TEXT NOT NULL, checksum BLOB NOT NULL, applied_at INTEGER NOT NULL) STRICT")
        db.executescript(sql.decode().replace("BIGINT", "INTEGER").replace("BYTEA", "BLOB")
                         .replace("\n);\n", "\n) STRICT;\n"))
        db.execute("INSERT INTO schema_change VALUES (1, 'start', ?, 0)",
                   (hashlib.sha256(sql).digest(),))
        db.execute("INSERT INTO person VALUES (77, 0, 0, -1)")
        db.execute("INSERT INTO recovery VALUES (77, x'00', 0)")
    db.close()
    one = os.path.join(os.path.dirname(path), "hoithi-20240920T010000Z.backup")
    with open(path, "rb") as file:
        seal(packed(file.read()), one)
    with open(os.path.join(os.path.dirname(path), "erasures.log"), "w", encoding="ascii") as file:
        file.write("2024-09-21T08:00:00+07:00 erase 77\n")
    made = restore(one, fresh(), say="đã xóa lại 1 người")
    equal(query(made, "SELECT erased_at FROM person"), [(1726880400000,)])
    equal(query(made, "SELECT * FROM recovery"), [])
    made.run("audit", say="restore")


# ---------------------------------------------------------------- erased since

def lines_of(path):
    with open(path, encoding="ascii") as file:
        return file.read().splitlines()


def test_erased_since():
    """By an operator, by themselves and by a merge: each is told beside the backup before
    the server has another one, and a restore does it again."""
    global server   # pylint: disable=global-statement
    old = newest()
    gone = ["Lý Thị Lệnh Xóa", "Lý Thị Tự Xóa", "Lý Thị Nhập Bỏ"]
    server = folder.serve()
    folder.run("person", "erase", people[gone[0]][1], "--reason", "theo yêu cầu")
    b, _ = sign_in(server, people[gone[1]][0])
    page = b.get(HOME + "/du-lieu")
    b.press(page, page.form("erase").set("xoa", True).set("matkhau", PASSWORD)).says("Đã xóa")
    folder.run("person", "merge", people[gone[2]][1], people["Lý Thị Nhập Giữ"][1], "--reason", "x")
    own = os.path.join(folder.data, "erasures.log")
    told = lines_of(own)
    equal([int(line.split()[2]) for line in told], [person_of(folder, name)[0] for name in gone])
    for line in told:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?\+07:00 erase \d+", line), line
    equal(os.stat(own).st_mode & 0o777, 0o600)
    wait_for(lambda: lines_of(os.path.join(to, "erasures.log")) == told)

    # Without what is told the old backup has them all: they come back.
    alone = fresh()
    shutil.copy(old, alone)
    moved = os.path.join(alone, os.path.basename(old))
    target = fresh()
    restore(moved, target, status=1, say=["nobody knows who was erased", "--without-erasures"])
    equal(os.listdir(target), [])
    back = restore(moved, target, "--without-erasures", say="KHÔNG CÓ danh sách xóa")
    equal([person_of(back, name)[1] for name in gone], [-1, -1, -1])
    equal(query(back, "SELECT after_text FROM act WHERE kind = 'restore'"),
          [("0 of 0 erasures done again, none known",)])

    for more in ([moved, "--erasures", own], [old], [old, "--erasures", own]):
        made = restore(more[0], fresh(), *more[1:], say=["biết 3 lần xóa", "đã xóa lại 3 người"])
        erased_like_the_source(made, gone)
        equal(lines_of(os.path.join(made.data, "erasures.log")), told)
    with made.serve() as s:
        for name in gone:
            sign_in(s, people[name][0], status=422)
        sign_in(s, people["Lý Thị Ở Lại"][0])[1].says("Lý Thị Ở Lại")
    # Once more from a backup of that one: nothing is left to be done.
    mine = os.path.dirname(made.data)
    backup(where=made, target=mine)
    restore(os.path.join(mine, backups(mine)[0]), fresh(), say="đã xóa lại 0 người")


def erased_like_the_source(made, gone):
    equal([person_of(made, name) for name in gone], [person_of(folder, name) for name in gone])
    for table in ("person", "person_data", "identity", "recovery", "password_reset", "guardian"):
        equal(query(made, f"SELECT * FROM {table} ORDER BY 1, 2, 3"),
              query(folder, f"SELECT * FROM {table} ORDER BY 1, 2, 3"), table)


def test_erasures_are_not_lost():
    """A folder that knows less does not make the backups forget, a line without its end is
    none, and what is no line is refused."""
    beside = os.path.join(to, "erasures.log")
    known = lines_of(beside)
    more = "2024-09-20T08:00:00+07:00 erase 1"
    with open(beside, "a", encoding="ascii") as file:
        file.write(more + "\n")
    backup()
    equal(sorted(lines_of(beside)), sorted(known + [more]))
    with open(beside, "a", encoding="ascii") as file:
        file.write("2024-09-20T08:00:00+07:00 era")
    restore(newest(), fresh(), say="biết 4 lần xóa")
    with open(beside, "a", encoding="ascii") as file:
        file.write("\n")
    restore(newest(), fresh(), status=1, say="line 5")
    backup(status=1, say="the backup is made, but not")
    os.remove(beside)
    backup()
    equal(lines_of(beside), known)
    # What a crash cut off is gone at the next start.
    server.end()
    own = os.path.join(folder.data, "erasures.log")
    with open(own, "a", encoding="ascii") as file:
        file.write(known[0][:-4])
    folder.run("audit")
    equal(lines_of(own), known)


class Limited(Server):
    restore_signals = False     # a file that is too large is an error, not its end


def test_erasure_untold():
    """Nobody is erased whom the log cannot be told of; and then they are. The log is made
    larger than all other files, so that a limit on their size meets it alone."""
    name = "Lý Thị Ở Lại"
    own = os.path.join(folder.data, "erasures.log")
    known = lines_of(own)
    with open(own, "w", encoding="ascii") as file:
        file.write("".join(f"{line}\n" for line in 60000 * [known[0]] + known[1:]))
    size = os.path.getsize(own)
    with Limited("serve", *folder.args) as s:
        person = person_of(folder, name)
        resource.prlimit(s.process.pid, resource.RLIMIT_FSIZE, (size + 9, resource.RLIM_INFINITY))
        folder.run("person", "erase", people[name][1], "--reason", "x", status=1,
                   say="nothing was changed")
        equal(person_of(folder, name), person)
        equal(os.path.getsize(own), size)
        folder.run("person", "find", people[name][1], say=name)     # all else is written
        resource.prlimit(s.process.pid, resource.RLIMIT_FSIZE,
                         (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        folder.run("person", "erase", people[name][1], "--reason", "x", say="đã xóa")
        equal(int(lines_of(own)[-1].split()[2]), person[0])
        equal(len(query(folder, "SELECT * FROM act WHERE kind = 'person.find'")), 1)
    people.pop(name)


# ---------------------------------------------------------------- refusals

def is_refused(source, say, more=(), **kw):
    target = fresh()
    restore(source, target, *more, status=1, say=say, **kw)
    equal(os.listdir(target), [], say)


def test_wrong_restores():
    other = {half: new_folder(half) for half in ("public", "private")}
    make_pair(other)
    whole = newest()
    inner = os.path.join(to, "a-folder")
    os.mkdir(inner)
    is_refused(whole, "made with another public key", private=other["private"])
    is_refused(whole, "is the public half", private=pair["public"])
    is_refused(whole, "No such file", private=new_folder("none"))
    is_refused(whole, "not the private half", private=os.path.join(folder.keys, "log.key"))
    os.chmod(other["private"], 0o640)
    is_refused(whole, "can be read by others", private=other["private"])
    is_refused(os.path.join(to, "none"), "No such file")
    is_refused(os.path.join(to, os.path.basename(inner)), "Is a directory")
    os.rmdir(inner)
    is_refused(os.path.join(folder.data, "hoithi.db"), "is no backup")     # beside its log
    with open(whole, "rb") as file:
        data = file.read()
    alone = fresh()
    shutil.copy(os.path.join(to, "erasures.log"), alone)
    one = os.path.join(alone, "one.backup")

    def changed(to_bytes, say):
        with open(one, "wb") as file:
            file.write(to_bytes)
        is_refused(one, say)
    for cut in (0, 15):
        changed(data[:cut], "is no backup")
    for cut in (16, 151, 152, 152 + 17, 152 + 65553, 152 + 2 * 65553, 152 + 2 * 65553 + 20,
                len(data) - 1):
        changed(data[:cut], "damaged or cut off")
    changed(data + b"\0", "damaged or cut off")
    changed(data[:152] + data[152 + 65553:], "damaged or cut off")
    for at, say in ((3, "is no backup"), (20, "another public key"), (60, "damaged"),
                    (130, "damaged"), (152, "damaged"), (152 + 65553 + 9, "damaged"),
                    (len(data) // 2, "damaged"), (len(data) - 1, "damaged")):
        changed(data[:at] + bytes([data[at] ^ 1]) + data[at + 1:], say)


def test_restore_places():
    """Only into a new folder; a full disk leaves nothing, and what was there stays."""
    target = fresh()
    os.mkdir(os.path.join(target, "data"))
    restore(newest(), target, say="đã khôi phục")      # it is there, and empty
    restore(newest(), target, status=1, say="is not empty")
    equal(sorted(os.listdir(os.path.join(target, "data"))), ["erasures.log", "hoithi.db"])
    restore(newest(), os.path.join(target, "data", "hoithi.db"), status=1, say="Not a directory")
    target = fresh()
    size = query(folder, "PRAGMA page_count")[0][0] * 4096
    for limit in (1000, 100000, size - 1):
        ran = limited(limit, "restore", "--from", newest(), "--private", pair["private"], "--data",
                      os.path.join(target, "data"))
        assert ran.returncode == 1 and b"File too large" in ran.stderr, (limit, ran)
        equal(os.listdir(target), [])


def limited(limit, *args):
    """With files of at most so many bytes; Python lets programs ignore SIGXFSZ."""
    return subprocess.run([HOITHI, *args], capture_output=True, timeout=60, check=False,
                          restore_signals=False, preexec_fn=lambda: resource.setrlimit(
                              resource.RLIMIT_FSIZE, (limit, limit)))


def test_wrong_backups():
    before = sorted(os.listdir(to))
    backup(target=new_folder("none"), status=1, say="there is no folder")
    backup(target=newest(), status=1, say="there is no folder")
    backup(target=folder.data, status=1, say="may not lie inside the data folder")
    inside = os.path.join(folder.data, "below")
    os.mkdir(inside)
    backup(target=inside, status=1, say="may not lie inside the data folder")
    os.rmdir(inside)
    # The data folder's disk is full, then that of the backups.
    ran = limited(100000, "backup", "--data", folder.data, "--to", to, "--public", pair["public"])
    assert ran.returncode == 1 and b"cannot copy the database" in ran.stderr, ran
    full_target()
    equal(sorted(os.listdir(to)), before)
    equal(sorted(os.listdir(folder.data)), ["erasures.log", "hoithi.db", "lock", "security.log"])
    equal(query(folder, "SELECT count(*) FROM act WHERE kind = 'backup'"), [(len(backups()),)])


def full_target():
    """A small disk of its own, where the kernel lets us mount."""
    ran = subprocess.run(["unshare", "--map-root-user", "--mount", "sh", "-c", """
mount -t tmpfs -o size=256k none "$2" || exit 77
"$1" backup --data "$3" --to "$2" --public "$4"
status=$?; ls -A "$2"; exit $status""", "sh", HOITHI, fresh(), folder.data, pair["public"]],
                         capture_output=True, timeout=60, check=False)
    if ran.returncode == 77 or b"unshare:" in ran.stderr:
        print("    (cannot mount here: a full disk of the backups was not tried)")
        return
    equal((ran.returncode, ran.stdout), (1, b""), ran)
    assert b"No space left on device" in ran.stderr, ran


def test_old_ones():
    """By the time in their names; never another file, never the newest; and what a crash
    left goes with the next backup."""
    target = fresh()
    day = 24 * 3600

    def name(age_days):
        return time.strftime("hoithi-%Y%m%dT%H%M%SZ.backup",
                             time.gmtime(time.time() - age_days * day))
    old, young = [name(30.5), name(400)], [name(29.5), name(1), name(-3)]
    others = ["hoithi-20200101T000000Z.backup.txt", "hoithi-20200101.backup", "notes",
              "hoithi-20200101T000000.backup", "xhoithi-20200101T000000Z.backup",
              "hoithi-20209901T000000Z.backup"]
    left = ["hoithi-20200101T000000Z.backup.new"]
    for one in old + young + others + left:
        with open(os.path.join(target, one), "w", encoding="ascii"):
            pass
    with open(os.path.join(folder.data, "copy.part"), "w", encoding="ascii"):
        pass
    backup(target=target)
    kept = set(os.listdir(target)) - {"erasures.log"}
    (new,) = kept - set(old + young + others)
    equal(kept, {new, *old, *young, *others})
    assert "copy.part" not in os.listdir(folder.data)
    backup("--keep-days", "30", target=target, say="đã xóa 2 bản sao lưu cũ hơn 30 ngày")
    kept = set(os.listdir(target)) - {"erasures.log"}
    (second,) = kept - {new, *young, *others}
    equal(kept, {new, second, *young, *others})
    restore(os.path.join(target, second), fresh())


def begun(target):
    """A backup by the server, and whether its file is under way."""
    client = subprocess.Popen([HOITHI, "backup", "--data", folder.data, "--to", target, "--public",
                               pair["public"]], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return client, lambda: client.poll() is not None or os.listdir(target)


def test_takes_long():
    """Of 48 MiB that do not get smaller: others are answered meanwhile, a second one
    is refused, and a server that ends gives it up and leaves nothing."""
    target = fresh()
    fill(48)
    with folder.serve() as s:
        client, is_there = begun(target)
        wait_for(is_there)
        folder.run("audit", say="chuỗi nguyên vẹn")
        backup(target=target, status=1, say="is running already")
        assert client.poll() is None, client.communicate()
        s.end()
        out, err = client.communicate(timeout=30)
        equal((client.returncode, out), (1, b""))
        assert b"Operation canceled" in err or b"the server is ending" in err, err
    equal(os.listdir(target), [])
    equal(sorted(os.listdir(folder.data)), ["erasures.log", "hoithi.db", "lock", "security.log"])
    backup(target=target)
    made = restore(os.path.join(target, backups(target)[0]), fresh())
    equal(query(made, "SELECT sha256, bytes_sealed FROM media ORDER BY 1"),
          query(folder, "SELECT sha256, bytes_sealed FROM media ORDER BY 1"))
    fill(0)


def fill(n):
    """So many MiB of what no page reads."""
    with sqlite3.connect(os.path.join(folder.data, "hoithi.db")) as db:
        db.execute("DELETE FROM media")
        db.executemany("INSERT INTO media VALUES (?, 'x', ?)",
                       ((bytes([i]), os.urandom(1 << 20)) for i in range(n)))
    db.execute("VACUUM")
    db.close()


def test_killed():
    """A server that is killed in a backup leaves no copy, and its next one is whole."""
    target = fresh()
    with folder.serve() as s:
        client, is_there = begun(target)
        wait_for(is_there)
        s.process.send_signal(signal.SIGKILL)
        s.process.wait(20)
        client.communicate(timeout=20)
        s.end = lambda: None
        s.kill()
    assert not any(name.endswith(".part") for name in os.listdir(folder.data))
    with folder.serve():
        backup(target=target)
    assert all(NAME.fullmatch(name) or name == "erasures.log" for name in os.listdir(target))
    same(folder, restore(os.path.join(target, backups(target)[-1]), fresh()), "after a crash")


run(globals())
