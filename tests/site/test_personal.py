#!/usr/bin/env python3
"""After a whole journey no name, phone or birth date of the person stands in the
data folder, its log, its backup by copying, the program's output, its metrics or
an export without names."""

import os
import re
import resource
import signal
import sqlite3
import urllib.parse
import urllib.request

from harness import (HOME, TMP, Browser, Folder, Server, begin, equal, mark, metrics_port, new_folder,
                     register, run, solve)

NAME = "Trương Thị Quỳnh Dao"
BIRTH = "17/11/1963"
PHONE = "0868 437 152"
PRIVATE = "một mật khẩu rất riêng"

# As people, files and logs may write them.
KNOWN = [NAME, NAME.upper(), "truong thi quynh dao", "Truong Thi Quynh Dao", "TRUONG THI QUYNH DAO",
         "Quỳnh Dao", "quynh dao", "Dao, Trương", "17/11/1963", "17111963", "1963-11-17",
         "17-11-1963", "17.11.1963", "0868437152", "0868 437 152", "+84868437152", "84868437152",
         "868437152", PRIVATE, "Tổ Bí Mật"]


def found_in(data):
    """Which of them stand in these bytes, as UTF-8, UTF-16 or percent-encoded."""
    hits = []
    for text in KNOWN:
        for form in (text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be"),
                     urllib.parse.quote(text).encode(), urllib.parse.quote_plus(text).encode()):
            if form in data:
                hits.append(text)
    return sorted(set(hits))


def check_tree(path, what):
    seen = 0
    for above, _, names in os.walk(path):
        for name in names:
            one = os.path.join(above, name)
            if not os.path.isfile(one):
                continue
            with open(one, "rb") as file:
                data = file.read()
            assert not found_in(data), (what, one, found_in(data))
            seen += len(data)
    assert seen, (what, "is empty")


def journey(s):
    """Everything a person can do, with mistakes on the way."""
    b = Browser(s)
    page = b.get(HOME + "/dang-ky?dv=DP-25195")
    form = page.form("register").set("hoten", NAME).set("ngaysinh", BIRTH).set("sdt", PHONE)
    form.set("matkhau", "ngắn")
    b.press(page, form, status=422)     # refused, and shown again
    page = register(b, 1, name=NAME, birth=BIRTH, phone=PHONE, password=PRIVATE)
    page.says(NAME, BIRTH, PHONE)
    b.go("POST", HOME + "/dang-ky", f"_token=wrong&hoten={urllib.parse.quote(NAME)}").is_status(403)
    b.get(HOME + "/dang-ky?q=" + urllib.parse.quote(NAME), status=None)
    b.get(HOME + "/khong-co/" + urllib.parse.quote(NAME), status=404)
    page = begin(b)
    page = b.press(page, mark(page.form("paper"), solve(page)[:20]))
    page = b.press(page, page.form("paper"), "Nộp bài")
    b.press(page, page.form("submit")).says("20/30")
    b.get(HOME + "/giay-xac-nhan/chinh-thuc-1").says(NAME)
    b.get(HOME + "/toi").says(NAME, BIRTH, PHONE)
    page = b.get(HOME + "/toi")
    b.press(page, page.form("sign-out"))
    page = b.get(HOME + "/dang-nhap")
    b.press(page, page.form("sign-in").set("sdt", PHONE).set("matkhau", "sai " + PRIVATE), status=422)
    b.press(page, page.form("sign-in").set("sdt", PHONE).set("matkhau", PRIVATE)).says(NAME)
    # Another tab, with a written unit.
    other = Browser(s)
    page = other.get(HOME + "/dang-ky?nhom=nhom1&dv=SNV&donvi=" + urllib.parse.quote("Tổ X"))
    page.form("register")


def test_nothing_is_there():
    folder = Folder()
    s = folder.demo(30)
    with s:
        journey(s)
        check_tree(folder.data, "the folder while it is served")
        found = folder.run("person", "find", PHONE)
        assert NAME in found.out and "1963-11-17" in found.out, found   # the grep would find it
        assert found_in(found.out.encode())
        check_tree(folder.data, "the folder after person find")
        folder.run("audit", say="person.find")
        audit = folder.run("audit").out
        assert not found_in(audit.encode()), audit
    log = s.log().encode() + s.out().encode()
    assert b"http: register" in log and b"http: paper" in log, log[-500:]
    assert not found_in(log), found_in(log)
    assert b"matkhau" not in log and b"Cookie" not in log and b"?" not in re.sub(
        rb"[^\n]*serving[^\n]*", b"", log), "a query or a field stands in the log"
    check_tree(folder.root, "the folder and the keys, stopped")
    security_log(folder)
    backup = os.path.join(TMP, "backup.db")
    with sqlite3.connect(os.path.join(folder.data, "hoithi.db")) as db:
        with sqlite3.connect(backup) as copy:
            db.backup(copy)
        copy.close()
        dump = "\n".join(db.iterdump())
    db.close()
    assert not found_in(dump.encode()), "the dump"
    with open(backup, "rb") as file:
        assert not found_in(file.read()), "a backup"
    sealed(folder)
    exported(folder)


def security_log(folder):
    """It tells what happened at the door and which commands ran, of whom only by mã dự thi
    or a keyed hash."""
    path = os.path.join(folder.data, "security.log")
    equal(os.stat(path).st_mode & 0o777, 0o600)
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    line = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+07:00 ([a-z-]+)( [a-z]+=\S+)+$")
    events = [line.match(text).group(1) for text in lines if line.match(text)]
    equal(len(events), len(lines), lines[:3])
    for event in ("registered", "sign-in", "sign-in-failed", "sign-out", "form-refused", "command"):
        assert event in events, (event, sorted(set(events)))
    failed = next(text for text in lines if " sign-in-failed " in text)
    assert re.search(r" client=127\.0\.0\.1 device=[0-9a-f]{12} request=[0-9a-f]{16} "
                     r"account=[0-9a-f]{12}$", failed), failed
    assert any(re.search(r" command name=person-find actor=cli:\S+ status=0$", text)
               for text in lines), lines[-5:]


def sealed(folder):
    """The columns that hold personal data differ for equal people, and do not
    begin as the plain text does."""
    with sqlite3.connect(os.path.join(folder.data, "hoithi.db")) as db:
        rows = db.execute("SELECT name_sealed, birth_sealed, phone_sealed FROM person_data").fetchall()
    db.close()
    assert len(rows) > 30
    for column in range(3):
        equal(len({row[column] for row in rows}), len(rows), column)
        assert all(isinstance(row[column], bytes) and len(row[column]) > 42 for row in rows)


def exported(folder):
    after = "2024-10-09T08:00:00+07:00"
    folder.run("contest", "freeze", clock=after)
    folder.run("contest", "rank", clock=after)
    plain, named = new_folder("export"), new_folder("export")
    folder.run("export", "results", plain, clock=after)
    check_tree(plain, "an export without names")
    folder.run("export", "results", named, "--names", clock=after)
    with open(os.path.join(named, "ca-nhan.csv"), encoding="utf-8") as file:
        people = file.read()
    assert NAME in people, "the names' own file has no names"
    # Even the one with names has neither phone nor birth date nor password.
    assert set(found_in(people.encode())) <= {NAME, "Quỳnh Dao"}, found_in(people.encode())
    check_tree(folder.data, "the folder after the exports")


def crash(server, number):
    """Ends it by a signal that leaves a core where the system keeps cores."""
    server.process.send_signal(number)
    assert server.process.wait(60) != 0
    server.kill()
    return server.log().encode() + server.out().encode()


def test_no_core():
    """A crash leaves neither a core file nor anything personal in what was written."""
    before = resource.getrlimit(resource.RLIMIT_CORE)
    # What finds memory errors forbids cores on its own: that is not what is tested.
    os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":disable_coredump=0"
    for number in (signal.SIGABRT, signal.SIGSEGV):
        folder, where = Folder(), new_folder("crash")
        os.mkdir(where)
        resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))
        s = Server("demo", "--people", "10", "--data", folder.root, cwd=where)
        resource.setrlimit(resource.RLIMIT_CORE, before)
        equal(resource.prlimit(s.process.pid, resource.RLIMIT_CORE), (0, 0))
        journey(s)
        written = crash(s, number)
        assert b"http: register" in written, written[-500:]
        assert not found_in(written), found_in(written)
        equal(os.listdir(where), [])
        check_tree(folder.data, "the folder after a crash")


def test_metrics():
    """On a listener of its own, and with no word about anybody's score."""
    folder = Folder()
    with folder.demo(10):
        pass
    with folder.serve(None, "--metrics", "127.0.0.1:0") as s:
        Browser(s).get("/metrics", status=404)
        port = metrics_port(s)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as reply:
            text = reply.read().decode()
        assert "# TYPE hoithi_http_answers_total counter" in text, text[:500]
        assert "hoithi_store_jobs_total" in text
        for word in ("perfect", "score", "points", "correct"):
            assert word not in text.lower(), word
        assert not found_in(text.encode())


run(globals())
