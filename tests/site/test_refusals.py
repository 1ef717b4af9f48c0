#!/usr/bin/env python3
"""Section 7 of issue 2: bad input gets a clear answer and loses nothing."""

import json
import os
import re
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import threading
import urllib.parse

from harness import (CODE, HOME, PASSWORD, SAMPLE, TMP, Browser, Folder, Server, answers_of,
                     begin, equal, hoithi, mark, new_folder, register, run, solve)

folder = Folder()
demo = folder.demo(40)
AT = "2024-09-26T09:00:00+07:00"


# ---------------------------------------------------------------- over HTTP

def raw(data, server=None, timeout=0.5):
    """The statuses and the text that come back, and whether it was closed."""
    got, closed = b"", False
    with socket.create_connection(("127.0.0.1", (server or demo).port), timeout=timeout) as s:
        try:
            s.sendall(data if isinstance(data, bytes) else data.encode())
            while True:
                more = s.recv(65536)
                if not more:
                    closed = True
                    break
                got += more
        except TimeoutError:
            pass
        except OSError:
            closed = True
    return [int(x) for x in re.findall(rb"HTTP/1\.1 (\d+)", got)], got.decode(errors="replace"), closed


def test_malformed_requests():
    """What is refused is refused in words, and nothing behind it is answered."""
    h = f"Host: 127.0.0.1:{demo.port}\r\n"
    form = "Content-Type: application/x-www-form-urlencoded\r\n"
    door = f"POST {HOME}/dang-nhap HTTP/1.1\r\n{h}{form}"
    after = f"GET {HOME} HTTP/1.1\r\n{h}\r\n"
    unclear = "Máy chủ không hiểu yêu cầu này"
    cases = {
        "two Content-Lengths": (door + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nsdt=" + after,
                                [400], unclear),
        "CL with TE": (door + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + after,
                       [400], unclear),
        "TE with CL": (door + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + after,
                       [400], unclear),
        "oversized": (door + "Content-Length: 70000\r\n\r\n" + "a" * 70000 + after, [413],
                      "Nội dung gửi lên quá lớn"),
        "oversized and far": (door + "Content-Length: 99999999\r\n\r\n" + "a" * 100, [413],
                              "rút ngắn nội dung"),
        "bad escape": (door + "Content-Length: 7\r\n\r\nsdt=%4z", [400], unclear),
        "not UTF-8": (door + "Content-Length: 7\r\n\r\nsdt=%ff", [400], unclear),
        "raw bytes": (door.encode() + b"Content-Length: 6\r\n\r\nsdt=\xff\xfe", [400], unclear),
        "NUL": (door + "Content-Length: 7\r\n\r\nsdt=%00", [400], unclear),
        "no name": (door + "Content-Length: 5\r\n\r\n=abcd", [400], unclear),
        "JSON": (f"POST {HOME}/dang-nhap HTTP/1.1\r\n{h}Content-Type: application/json\r\n"
                 "Content-Length: 2\r\n\r\n{}", [415], "Không nhận kiểu nội dung này"),
        "path not UTF-8": (f"GET {HOME}/tin-tuc/%ff HTTP/1.1\r\n{h}\r\n", [400], unclear),
        "query not UTF-8": (f"GET {HOME}/dang-ky?q=%ff HTTP/1.1\r\n{h}\r\n", [400], unclear),
        "path upwards": (f"GET {HOME}/../../etc/passwd HTTP/1.1\r\n{h}\r\n", None, None),
        "long path": (f"GET {HOME}/{'a' * 9000} HTTP/1.1\r\n{h}\r\n", None, None),
        "no host": (f"GET {HOME} HTTP/1.1\r\n\r\n", [400], unclear),
    }
    for name, (data, wanted, says) in cases.items():
        statuses, text, _ = raw(data)
        if wanted is None:
            assert all(400 <= status < 500 for status in statuses), (name, statuses)
            continue
        equal(statuses, wanted, name)
        assert says in text, (name, text[-1500:])
        assert 'lang="vi"' in text, name
    # Cut in the middle: nothing is done, nothing breaks.
    raw(door + "Content-Length: 100\r\n\r\nsdt=0912", timeout=0.1)
    raw(f"GET {HOME} HTT", timeout=0.1)
    Browser(demo).get(HOME).says("Đang diễn ra")


def test_methods():
    b = Browser(demo)
    for path in ("", "/bai-thi/chinh-thuc-1", "/the-le"):
        page = b.ask("POST", HOME + path, "a=1").is_status(405)
        page.says("Trang này không nhận yêu cầu kiểu đó")
        equal(page.header("allow"), "GET, HEAD")
    for path in ("/bai-thi/chinh-thuc-1/luu", "/dang-xuat"):
        page = b.ask("GET", HOME + path).is_status(405)
        equal(page.header("allow"), "POST")
    for method in ("PUT", "DELETE", "OPTIONS", "TRACE", "BREW"):
        page = b.ask(method, HOME + "/toi").is_status(405).says("không nhận yêu cầu kiểu đó")
        equal(page.header("allow"), "GET, HEAD, POST")
    for path in ("/nowhere", HOME + "/nowhere", "/khac/the-le", HOME + "/tin-tuc/khong-co",
                 HOME + "/don-vi/2024-13-01", HOME + "/the-le?ban=99", HOME + "/ket-qua?dot=x"):
        b.get(path, status=404).says("Không tìm thấy trang này")


def test_forms():
    """Unknown fields, forged and replayed forms, other sites."""
    b, other = Browser(demo), Browser(demo)
    register(b, 1)
    register(other, 2)
    start = b.get(HOME + "/vao-thi").form("start")
    token = start.value("_token")
    theirs = other.get(HOME + "/vao-thi").form("start").value("_token")
    refused = "Biểu mẫu đã quá hạn"
    for body in ("", "_token=", f"_token={theirs}", f"_token={token[:-1]}", "_token=" + "A" * 24):
        b.ask("POST", HOME + "/vao-thi", body).is_status(403).says(refused)
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"},
                    {"Origin": f"http://127.0.0.1:{demo.port + 1}"}):
        b.ask("POST", HOME + "/vao-thi", f"_token={token}", headers).is_status(403).says(refused)
    Browser(demo).ask("POST", HOME + "/vao-thi", f"_token={token}").is_status(401).says(
        "Bạn cần đăng nhập")
    for body in (f"_token={token}&x=1", f"_token={token}&p=1"):
        b.ask("POST", HOME + "/vao-thi", body).is_status(400).says("không hiểu yêu cầu này")
    b.get(HOME + "/toi").says("chưa có lượt thi nào")   # nothing of it began a paper
    page = b.press(b.get(HOME + "/vao-thi"), start)
    # A replayed start finds the paper that it began.
    equal(b.go("POST", HOME + "/vao-thi", f"_token={token}").path, page.path)
    papers(b, other, page)


def papers(b, other, page):
    form = mark(page.form("paper"), "1234")
    body = urllib.parse.urlencode(form.pairs())
    path = form.action
    # Somebody else's form, cookie or address.
    other.ask("POST", path, body).is_status(403)
    theirs = other.get(HOME + "/toi").form("sign-out").value("_token")
    mine = form.value("_token")
    other.ask("POST", path, body.replace(mine, theirs)).is_status(404).says("Không tìm thấy")
    other.get(page.path, status=404).says("Không tìm thấy")
    for address in ("/ket-qua/chinh-thuc-1", "/giay-xac-nhan/chinh-thuc-1"):
        other.get(HOME + address, status=404)
    Browser(demo).ask("POST", path + ".json", body).is_status(401)
    # A form that is none of this paper's.
    for old, new in (("a1=1", "a1=5"), ("a1=1", "a1=12"), ("a1=1", "f1=2"), ("rev=0", "rev=x"),
                     ("base=0", "base=9"), ("baseflags=0", "baseflags="), ("a1=1", "a31=1&x=1")):
        b.ask("POST", path, body.replace(old, new)).is_status(400)
    many = "&".join(f"a{i}=1" for i in range(300))
    b.ask("POST", path, body + "&" + many).is_status(400)
    page = b.get(page.path)
    equal(answers_of(page), "0" * 30)
    # The same save again is saved once; an older one changes nothing newer.
    page = b.go("POST", path, body).says("Đã lưu lúc")
    again = b.go("POST", path, body).says("Đã lưu lúc")
    equal(answers_of(again)[:5], "12340")
    equal(again.form("paper").value("rev"), page.form("paper").value("rev"))
    right = solve(page)
    done = b.press(page, mark(page.form("paper"), right).set("p", "3"), "Nộp bài").says("30/30")
    # All of it again, after the end.
    late = b.go("POST", path, body)
    equal((late.path, late.status), (done.path, 200))
    late.says("30/30")
    reply = b.ask("POST", path + ".json", body)
    equal((reply.status, json.loads(reply.body)["verdict"]), (410, "closed"))
    b.go("POST", path.replace("/luu", "/nop"), f"_token={mine}&confirm=1").says("30/30")


def test_registrations():
    """Phones and dates that cannot be, with what is said beside the field."""
    b = Browser(demo)
    page = b.get(HOME + "/dang-ky?dv=DP-25195")

    def post(**fields):
        form = page.form("register")
        for name, value in {"hoten": "Lê Thị Mai", "ngaysinh": "1980", "sdt": "0912000111",
                            "matkhau": PASSWORD, **fields}.items():
            form.set(name, value)
        form.set("dongy", True)
        return b.press(page, form, status=422)
    for phone in ("0123456789", "+1 202 555 0100", "không có", "02713888888", "09120001112", "113"):
        shown = post(sdt=phone)
        assert "không phải số di động Việt Nam" in shown.at("sdt-loi"), phone
        equal(shown.form("register").value("sdt"), phone)
    for birth, says in (("31/2/1990", "chưa đúng"), ("30/2", "chưa đúng"), ("5/8/66", "chưa đúng"),
                        ("00/00/1990", "chưa đúng"), ("29/02/2023", "chưa đúng"),
                        ("mai", "chưa đúng"), ("1/1/2025", "sau hôm nay"), ("1/1/1890", "quá xa")):
        assert says in post(ngaysinh=birth).at("ngaysinh-loi"), birth
    for name, says in (("", "Hãy ghi họ"), ("   ", "Hãy ghi họ"), ("<script>", "chỉ gồm chữ cái"),
                       ("A" * 300, "không quá"), ("12 34", "chỉ gồm")):
        shown = post(hoten=name)
        assert says in shown.at("hoten-loi"), (name, shown.at("hoten-loi"))
        equal(shown.form("register").value("hoten"), name)
        equal(shown.at("matkhau-loi"), "Mật khẩu cần ghi lại.")
    for password, says in (("", "Hãy đặt"), ("1234567", "ít nhất"), ("0912000111", "không được là"),
                           ("lethimai", "không được là"), ("x" * 2000, "dài quá")):
        shown = post(matkhau=password)
        assert says in shown.at("matkhau-loi"), password
        equal(shown.form("register").value("matkhau"), "")
    # Whoever is excluded is refused kindly, with the reason.
    form = page.form("register").set("hoten", "Lê Thị Hương Giang").set("ngaysinh", "14/03/1976")
    form.set("sdt", "0912000112").set("matkhau", PASSWORD).set("dongy", True)
    b.press(page, form, status=403).says("không thuộc đối tượng dự thi", "Thành viên Ban Tổ chức")
    refused = b.get(HOME + "/dang-ky?dv=STTTT-TTCNTT", status=403).says("Đơn vị vận hành kỹ thuật")
    assert not refused.has_form("register")
    b.get(HOME + "/dang-ky?dv=KHONG-CO").says("Không có đơn vị nào mang mã này")


def test_registering_at_once():
    """The same form from several tabs at the same moment makes one person."""
    b = Browser(demo)
    page = b.get(HOME + "/dang-ky?dv=DP-25195")
    form = page.form("register").set("hoten", "Lê Văn Nhanh").set("ngaysinh", "2/3/1990")
    form.set("sdt", "0912 777 777").set("matkhau", PASSWORD).set("dongy", True)
    answers = []
    tabs = [b.fork() for _ in range(6)]
    b.age(form, 5)

    def send(tab):
        answers.append(tab.ask("POST", HOME + "/dang-ky", urllib.parse.urlencode(form.pairs())))
    threads = [threading.Thread(target=send, args=(tab,)) for tab in tabs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    equal(sorted(a.status for a in answers), [200] + [303] * 5)
    equal({a.header("location") for a in answers}, {"", HOME + "/toi?moi"})
    found = folder.run("person", "find", "0912777777").out
    equal(found.count("Lê Văn Nhanh"), 1, found)


def test_signed_out_while_writing():
    """A session that was lost in mid-paper, cookie and all: what was posted travels
    through the sign-in, a wrong password too, and is offered back."""
    b = Browser(demo)
    register(b, 3)
    page = begin(b)
    page = b.press(page, mark(page.form("paper"), "1").set("f9", True))
    form = mark(page.form("paper"), "4321").set("p", "77")
    b.cookies.clear()
    shown = b.press(page, form, "Nộp bài", status=401).says("vẫn còn trong trang này")
    form = shown.form("sign-in").set("sdt", "0987 000 003").set("matkhau", "sai mật khẩu")
    shown = b.press(shown, form, status=422).says("không khớp")
    form = shown.form("sign-in").set("sdt", "0987 000 003").set("matkhau", PASSWORD)
    offered = b.press(shown, form).says("Đã đăng nhập lại")
    saved = b.press(offered, offered.form("lost")).says("Đã lưu lúc", "77 người")
    equal((saved.path.split("?")[0], answers_of(saved)[:5]), (page.path.split("?")[0], "43210"))
    equal(saved.form("paper").value("f9"), "1")
    # Pressed a second time it changes nothing.
    b.press(offered, offered.form("lost")).says("Đã lưu lúc", "77 người")


def test_expired_form():
    """A form from yesterday is not obeyed; it comes back filled, to be sent again."""
    b = Browser(demo)
    register(b, 4)
    page = begin(b)
    form = mark(page.form("paper"), "12")
    b.age(form, 24 * 3600 + 60)
    shown = b.press(page, form, status=403).says("quá hạn", "Gửi lại")
    equal(answers_of(b.get(page.path))[:2], "00")
    saved = b.press(shown, shown.form("resend")).says("Đã lưu lúc")
    equal(answers_of(saved)[:3], "120")


def test_disk_full():
    """The disk is full in the middle: a page that keeps all that was posted,
    nothing acknowledged is lost, and it goes on when there is room."""
    mine = Folder()
    shutil.copytree(folder.root, mine.root, ignore=shutil.ignore_patterns("*.sock"))
    Server.restore_signals = False      # past its limit a write fails; no signal
    try:
        s = mine.serve(AT)
    finally:
        Server.restore_signals = True
    with s:
        b = Browser(s)
        register(b, 50)
        page = begin(b)
        right = solve(page)
        page = b.press(page, mark(page.form("paper"), right[:5])).says("Đã lưu lúc")
        resource.prlimit(s.process.pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
        form = mark(page.form("paper"), right).set("p", "123")
        shown = b.press(page, form, "Nộp bài", status=503)
        shown.says("Hệ thống đang đông", "vẫn còn trong trang này")
        assert int(shown.header("retry-after")) > 0
        reply = b.ask("POST", form.action + ".json", urllib.parse.urlencode(form.pairs()))
        equal((reply.status, json.loads(reply.body)["verdict"]), (503, "busy"))
        seen = b.get(page.path)
        equal(answers_of(seen), right[:5] + "0" * 25)
        # The operator is told why, once for many.
        told = re.findall(r" error the database refuses work: \w+: disk I/O error", s.log())
        equal(len(told), 1, s.log())
        resource.prlimit(s.process.pid, resource.RLIMIT_FSIZE,
                         (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        b.press(shown, shown.form("resend")).says("30/30", "123 người")
        s.process.send_signal(signal.SIGTERM)
        equal(s.process.wait(30), 0)
        s.kill()
        s.end = lambda: None        # its log told of the failing disk
    with mine.serve() as again:
        b.moved_to(again).get(HOME + "/ket-qua/chinh-thuc-1").says("30/30")


# ---------------------------------------------------------------- files of a contest

def bad_folder(change):
    target = new_folder("bad")
    shutil.copytree(SAMPLE, target)
    change(target)
    return target


def edit_lines(target, name, edits):
    """`edits` are line number → function of the line."""
    path = os.path.join(target, name)
    with open(path, encoding="utf-8") as file:
        lines = file.read().split("\n")
    for number, function in edits.items():
        changed = function(lines[number - 1])
        assert changed != lines[number - 1], (name, number)
        lines[number - 1] = changed
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))


def write_profile(target, change):
    path = os.path.join(target, "profile.json")
    with open(path, encoding="utf-8") as file:
        profile = json.load(file)
    change(profile)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(profile, file, ensure_ascii=False)


def is_refused(target, *says):
    """By check and by apply; and nothing at all is changed by it."""
    before = state()
    for ran in (hoithi("contest", "check", target, status=1, say=says),
                folder.run("contest", "apply", target, status=1, say=says)):
        equal(ran.out, "")
    assert "nothing was changed" in ran.err, ran
    equal(state(), before)


def state():
    """All that an apply may change: acts, rows of all tables, pages."""
    acts = [line for line in folder.run("audit").out.splitlines() if "contest.apply" in line]
    b = Browser(demo)
    with sqlite3.connect(f"file:{folder.data}/hoithi.db?mode=ro", uri=True) as db:
        tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        assert "rules_version" in tables and "exclusion" in tables, tables
        counts = {table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                  for table in tables if table != "lease" and "snapshot" not in table}
    db.close()
    home = re.sub(r'data-(now|shift)="[^"]*"', "", b.get(HOME).body.decode())
    return acts, counts, b.get(HOME + "/the-le").body, home


def test_profile_errors():
    def broken(target):
        edit_lines(target, "profile.json", {60: lambda line: line + ","})
    with open(os.path.join(SAMPLE, "profile.json"), encoding="utf-8") as file:
        line = file.read().split("\n")[59]
    column = len(line) + 1      # where the second comma stands; a tab is one column
    is_refused(bad_folder(broken), f"profile.json: line 60 column {column}")

    def cut(target):
        with open(os.path.join(target, "profile.json"), "r+b") as file:
            file.truncate(700)
    is_refused(bad_folder(cut), "profile.json: line ")

    def not_utf8(target):
        with open(os.path.join(target, "profile.json"), "r+b") as file:
            data = file.read().replace("Hội thi".encode(), b"H\xffi thi", 1)
            file.seek(0)
            file.write(data)
    is_refused(bad_folder(not_utf8), "profile.json: line 5")

    def values(profile):
        profile["paper"]["n_questions"] = 0
        profile["paper"]["nonsense"] = 1
        profile["attempt"]["counting"] = "most"
        profile["contest"]["open_at"] = "2024-09-31T08:00:00+07:00"
        profile["groups"][0]["bank"] = "x"
        profile["rank"]["keys"] = ["score", "prediction_error", "score"]
        del profile["contest"]["title"]
    is_refused(bad_folder(lambda target: write_profile(target, values)),
               "paper.n_questions: phải từ 1 đến 100", "paper.nonsense: không có tham số này",
               "attempt.counting: phải là", "contest.open_at:", "groups[0].bank:",
               "rank.keys[2]: trùng", "contest.title: thiếu")

    def later(profile):
        profile["rank"]["keys"].append("draw")
        profile["eligibility"]["max_age"] = 60
    ran = hoithi("contest", "check", bad_folder(lambda target: write_profile(target, later)), status=1)
    assert "rank.keys[4]" in ran.err and "eligibility.max_age" in ran.err, ran
    is_refused(bad_folder(lambda target: os.remove(os.path.join(target, "profile.json"))),
               "profile.json: No such file")
    is_refused(os.path.join(TMP, "nowhere"), "profile.json: No such file")


def test_csv_errors():
    def units(target):
        edit_lines(target, "units.csv", {
            5: lambda line: line.replace(",VPUBND,", ",NOWHERE,", 1),
            8: lambda line: "VPUBND-KT" + line[line.index(","):],
            10: lambda line: line.replace(",unit,", ",unitt,"),
            12: lambda line: line.replace(",16,", ",many,")})
        edit_lines(target, "bank.csv", {
            4: lambda line: line.replace(",D,", ",E,"),
            9: lambda line: line + ",more",
            12: lambda line: re.sub(",(cds|cchc),.,", ",cds,7,", line)})
        edit_lines(target, "exclusions.csv", {
            2: lambda line: line.replace("14/03/1976", "31/02/1976"),
            3: lambda line: line.replace("SNV-CCHC", "NOWHERE")})
    is_refused(bad_folder(units), "units.csv:5:2: không có đơn vị mã “NOWHERE”", "units.csv:8:1: mã này",
               "units.csv:10:5: “unitt”", "units.csv:12:7: “many”", "bank.csv:4:9: đáp án “E”",
               "bank.csv:9: có 11 ô", "bank.csv:12:3:", "exclusions.csv:2:2: ngày sinh")

    def exclusions(target):
        edit_lines(target, "exclusions.csv", {
            3: lambda line: line.replace("SNV-CCHC", "NOWHERE")})
    is_refused(bad_folder(exclusions), "exclusions.csv:3:3: không có đơn vị mã “NOWHERE”")

    def encodings(target):
        with open(os.path.join(target, "bank.csv"), "r+b") as file:
            data = file.read().replace("Chương".encode(), b"Ch\xffng", 1)
            file.seek(0)
            file.write(data)
        with open(os.path.join(target, "guide.md"), "wb") as file:
            file.write(b"\xff\xfe")
        edit_lines(target, "units.csv", {3: lambda line: line + '"open'})
    is_refused(bad_folder(encodings), "bank.csv:2:", "guide.md: không phải UTF-8", "units.csv:3:")

    def short(target):
        with open(os.path.join(target, "bank.csv"), encoding="utf-8") as file:
            lines = file.read().split("\n")[:40]
        with open(os.path.join(target, "bank.csv"), "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        os.remove(os.path.join(target, "practice.csv"))
    is_refused(bad_folder(short), "bank.csv:", "chủ đề cchc", "practice.csv: No such file")


# ---------------------------------------------------------------- folders, ports, keys

def copy_of_folder(name):
    """The demo's folder as a stopped server left it: a consistent copy."""
    target = new_folder(name)
    os.makedirs(os.path.join(target, "data"))
    shutil.copytree(folder.keys, os.path.join(target, "keys"))
    with sqlite3.connect(f"file:{folder.data}/hoithi.db?mode=ro", uri=True) as source:
        with sqlite3.connect(os.path.join(target, "data", "hoithi.db")) as copy:
            source.backup(copy)
        copy.close()
    source.close()
    return Folder(target)


def serve_fails(where, *more, status=1, say=None):
    args = where.args if isinstance(where, Folder) else where
    return hoithi("serve", *args, "--listen", "127.0.0.1:0", *more, status=status, say=say)


def test_served_already():
    serve_fails(folder, say="is being served already")
    hoithi("demo", "--data", folder.root, "--listen", "127.0.0.1:0", status=1,
           say="is being served already")
    hoithi("migrate", "--data", folder.data, status=1, say="being served")
    folder.run("audit", say="chuỗi nguyên vẹn")      # but commands reach the first


def test_ports():
    free = copy_of_folder("port")
    hoithi("serve", *free.args, "--listen", f"127.0.0.1:{demo.port}", status=1,
           say="is taken by another program")
    hoithi("serve", *free.args, "--listen", "192.0.2.1:0", status=1, say="cannot listen on")
    serve_fails(free, "--metrics", f"127.0.0.1:{demo.port}", say="is taken by another program")


def test_folders():
    a_file = os.path.join(TMP, "a-file")
    with open(a_file, "w", encoding="utf-8") as file:
        file.write("not a folder")
    keys = ["--keys", folder.keys]
    for where in (a_file, os.path.join(a_file, "below")):
        ran = serve_fails(["--data", where, *keys])
        assert where in ran.err, ran
    ran = hoithi("audit", "--data", os.path.join(TMP, "none"), *keys, status=1, say="no database")
    assert not os.path.exists(os.path.join(TMP, "none"))
    readonly()
    broken = copy_of_folder("broken")
    with open(os.path.join(broken.data, "hoithi.db"), "r+b") as file:
        file.write(b"this is no database at all")
    serve_fails(broken, say="hoithi.db")


def readonly():
    """Written by nobody: as root too, where the kernel lets us mount."""
    where = copy_of_folder("read-only")
    if os.getuid():
        os.chmod(where.data, 0o500)
    else:
        mount = ["mount", "--bind", where.data, where.data]
        if subprocess.run(mount, capture_output=True, check=False).returncode:
            print("    (cannot mount here: a read-only folder was not tried)")
            return
        subprocess.run(["mount", "-o", "remount,ro,bind", where.data], check=True)
    try:
        ran = serve_fails(where)
        assert where.data in ran.err and "Read-only" in ran.err or "denied" in ran.err, ran
    finally:
        if os.getuid():
            os.chmod(where.data, 0o700)
        else:
            subprocess.run(["umount", where.data], check=True)


def test_schema():
    newer, changed = copy_of_folder("newer"), copy_of_folder("changed")
    with sqlite3.connect(os.path.join(newer.data, "hoithi.db")) as db:
        db.execute("INSERT INTO schema_change SELECT number + 1, 'from-the-future', checksum,"
                   " applied_at FROM schema_change ORDER BY number DESC LIMIT 1")
    db.close()
    with sqlite3.connect(os.path.join(changed.data, "hoithi.db")) as db:
        db.execute("UPDATE schema_change SET checksum = zeroblob(32)")
    db.close()
    serve_fails(newer, say="newer than this program")
    newer.run("audit", status=1, say="newer than this program")
    hoithi("migrate", "--data", newer.data, status=1, say="newer than this program")
    serve_fails(changed, say="differs")
    hoithi("migrate", "--data", copy_of_folder("same").data, say="the schema is this program's")


def test_keys():
    data = copy_of_folder("keys")
    serve_fails(["--data", data.data, "--keys", os.path.join(TMP, "no-keys")],
                say=["there is no key file", "hoithi keys init --keys"])
    for name in ("personal", "index", "bank", "session", "log"):
        os.rename(f"{data.keys}/{name}.key", f"{data.keys}/{name}")
        serve_fails(data, say=f"there is no key file {data.keys}/{name}.key")
        os.rename(f"{data.keys}/{name}", f"{data.keys}/{name}.key")
    for path, mode in ((f"{data.keys}/bank.key", 0o644), (f"{data.keys}/log.key", 0o640),
                       (data.keys, 0o755)):
        before = os.stat(path).st_mode & 0o777
        os.chmod(path, mode)
        serve_fails(data, say=f"{path} can be read by others: chmod go= it")
        os.chmod(path, before)
    with open(f"{data.keys}/bank.key", "r+", encoding="utf-8") as file:
        good = file.read()
        for bad in ("1 abc\n", "", "not a key\n", good + good):
            file.seek(0)
            file.truncate()
            file.write(bad)
            file.flush()
            serve_fails(data, say=f"{data.keys}/bank.key is not a key file")
        file.seek(0)
        file.truncate()
        file.write(good)
    inside = os.path.join(data.data, "keys")
    shutil.copytree(data.keys, inside)
    serve_fails(["--data", data.data, "--keys", inside], say="may not lie inside the data folder")
    shutil.rmtree(inside)
    link = os.path.join(TMP, "keys-link")
    shutil.copytree(data.keys, inside)
    os.symlink(inside, link)
    serve_fails(["--data", data.data, "--keys", link], say="may not lie inside the data folder")
    hoithi("keys", "init", "--keys", os.path.join(TMP, "other-keys"))
    serve_fails(["--data", data.data, "--keys", os.path.join(TMP, "other-keys")],
                say="are these their keys?")
    # Making keys again keeps those that are there.
    hoithi("keys", "init", "--keys", data.keys)
    with open(f"{data.keys}/bank.key", encoding="utf-8") as file:
        equal(file.read(), good)


def test_rehearsal_and_real():
    real = Folder().new()
    real.run("contest", "apply", SAMPLE)
    with real.serve() as s:
        assert "DIỄN TẬP" not in Browser(s).get("/").text
    serve_fails(real, "--clock", AT, say="--clock is refused: this folder is of a real contest")
    real.run("audit", clock=AT, status=1, say="--clock is refused")
    with real.serve(None, "--public-url", "https://thi.example.vn") as s:
        Browser(s).get("/")
    rehearsal = copy_of_folder("rehearsal")
    for url in ("https://thi.example.vn", "http://203.0.113.5:8080", "https://localhost.example.vn",
                "http://127.example.vn"):
        serve_fails(rehearsal, "--public-url", url, say="a rehearsal")
    for url in ("http://127.0.0.1:8080", "http://localhost:8080"):
        with rehearsal.serve(None, "--public-url", url) as s:
            Browser(s).get(HOME).says("DIỄN TẬP")
    # A clock once shifted: a rehearsal for ever, and the clock goes on from there.
    shifted = Folder().new()
    shifted.run("contest", "apply", SAMPLE, clock=AT)
    with shifted.serve() as s:
        Browser(s).get(HOME).says("DIỄN TẬP", "Đang diễn ra")
    serve_fails(shifted, "--public-url", "https://thi.example.vn", say="a rehearsal")


def test_misuse_leaves_a_folder_alone():
    """What is wrongly called decides nothing about a folder."""
    fresh = Folder().new()
    fresh.run("contest", "apply", SAMPLE)
    serve_fails(fresh, "--public-url", "thi.example.vn", status=2)
    hoithi("serve", *fresh.args, "--listen", "nonsense", status=2)
    fresh.run("audit", clock=AT)        # it can still become a rehearsal


# ---------------------------------------------------------------- wrong usage

def test_usage():
    d, k = ["--data", folder.data], ["--keys", folder.keys]
    both, c = d + k, ["--contest", CODE]
    date = ["--decision-no", "1", "--decision-date", "2024-10-08"]
    b = ["--to", TMP, "--public", "x"]
    crowd = ["--people", "20", "--minutes", "1"]
    wrong = {
        "": [[], ["nonsense"], ["contest"], ["contest", "nonsense"], ["--nonsense"], ["paper"],
             ["keys"], ["export"], ["person"], [""], ["-h"]],
        "audit": [[], d, k, [*both, "stray"], [*both, "--nonsense"], [*d, *both], [*d, "--keys"],
                  ["--data", "", *k]],
        "backup": [[], d, b, [*d, *b[:2]], [*d, *b[2:]], b, [*d, *b, *k], [*d, *b, "stray"],
                   [*d, *b, "--clock", AT], *([*d, *b, "--keep-days", days] for days in
                                              ("", "0", "-1", "1.5", "many", "36501"))],
        "contest check": [[], ["a", "b"], [SAMPLE, "--for", "close"], [SAMPLE, "--for"],
                          [SAMPLE, *d], ["--for", "open"]],
        "contest apply": [[], both, [SAMPLE], [SAMPLE, *d], [SAMPLE, *k], [SAMPLE, SAMPLE, *both],
                          [SAMPLE, *both, "--effective-at", "soon"], [SAMPLE, *both, "--for", "open"]],
        "contest freeze": [[], d, k, [*both, "stray"], [*both, "--reason", "x"], [*both, *c, *c]],
        "contest rank": [[], d, k, [*both, "stray"], [*both, "--people", "3"], [*both, "--round"]],
        "contest publish": [[], d, both, [*d, *date], [*k, *date], [*both, "--decision-no", "1"],
                            [*both, "--decision-date", "2024-10-08"], [*both, *date, "stray"],
                            [*both, "--decision-no", "1", "--decision-date", "2024-13-08"]],
        "contest surge": [[], both, ["on", *both], ["on", *both, "--reason", " "],
                          ["maybe", *both, "--reason", "x"], ["on", *d, "--reason", "x"],
                          ["on", *k, "--reason", "x"], ["on", "off", *both, "--reason", "x"]],
        "demo": [["stray"], ["--people", "0"], ["--people", "many"], ["--people", "-5"],
                 ["--people", "99999999"], ["--keys", "x"], ["--people"], ["--clock", AT],
                 ["--data", new_folder("d"), "--people", "1", "--listen", "nonsense"]],
        "export results": [[], both, ["x"], ["x", *d], ["x", *k], ["x", "y", *both],
                           ["x", *both, "--reason", "x"]],
        "jobs pause": [[], k, ["stray", *d], [*both], [*d, "--reason", "x"],
                       *([*d, "--for", time] for time in ("", "4", "h", "0h", "-1h", "25h", "1441m",
                                                          "1.5h", "4d", "four h"))],
        "jobs resume": [[], k, ["stray", *d], [*both], [*d, "--for", "1h"]],
        "jobs status": [[], k, ["stray", *d], [*both], [*d, "--for", "1h"]],
        "keys backup-pair": [[], ["--public", "x"], ["--private", "x"], [*d, "--public", "x"],
                             ["stray", "--public", "x", "--private", "y"]],
        "keys init": [[], ["stray"], ["--keys"], [*d], [*k, "stray"], ["--keys", ""]],
        "keys reseal": [[], d, k, [*both, "stray"], [*both, "--reason", "x"]],
        "keys rotate": [[], d, k, ["session"], ["nonsense", *both], ["session.key", *both],
                        [*both, "--reason", "x"], [*6 * ["session"], *both]],
        "migrate": [[], ["stray"], ["--data"], k, [*d, "stray"], ["--data", ""]],
        "paper annul": [[], both, ["X", *both], ["X", *both, "--reason", ""],
                        ["X", *both, "--reason", "   "], ["X", *d, "--reason", "x"],
                        ["X", *k, "--reason", "x"], ["X", "Y", *both, "--reason", "x"]],
        "paper restore": [[], both, ["X", *both], ["X", *both, "--reason", ""],
                          ["X", *d, "--reason", "x"], ["X", *k, "--reason", "x"],
                          ["X", "Y", *both, "--reason", "x"]],
        "person find": [[], both, ["x"], ["x", *d], ["x", *k], ["x", "y", *both],
                        ["x", *both, "--names"]],
        "person correct": [[], both, ["x"], ["x", *both, "--name", "A B"],
                           ["x", *both, "--reason", "x"], ["x", *d, "--name", "A B", "--reason", "x"],
                           ["x", *both, "--name", "A B", "--reason", "  "],
                           ["x", "y", *both, "--name", "A B", "--reason", "x"]],
        "person erase": [[], both, ["x"], ["x", *both], ["x", *d, "--reason", "x"],
                         ["x", *k, "--reason", "x"], ["x", *both, "--reason", "  "],
                         ["x", "y", *both, "--reason", "x"]],
        "person merge": [[], both, ["x", "y"], ["x", "y", *both], ["x", *both, "--reason", "x"],
                         ["x", "X", *both, "--reason", "x"], ["x", "y", *both, "--reason", " "],
                         ["x", "y", "z", *both, "--reason", "x"]],
        "person move": [[], both, ["x", "--unit", "SNV"], ["x", *both, "--unit", "SNV"],
                        ["x", *both, "--reason", "x"], ["x", *both, "--reason", "x", "--unit", ""],
                        ["x", *d, "--reason", "x", "--unit", "SNV"],
                        ["x", "y", *both, "--reason", "x", "--unit", "SNV"]],
        "person release": [[], both, ["x"], ["x", *both], ["x", *d, "--reason", "x"],
                           ["x", *both, "--reason", "  "], ["x", "y", *both, "--reason", "x"]],
        "person reset": [[], both, ["x"], ["x", *both], ["x", *d, "--reason", "x"],
                         ["x", *k, "--reason", "x"], ["x", *both, "--reason", "  "],
                         ["x", "y", *both, "--reason", "x"]],
        "rehearse": [[], d, both, [*both, "--people", "20"], [*both, "--minutes", "1"],
                     [*d, "--people", "20", "--minutes", "1"], [*both, *crowd, "stray"],
                     [*both, *crowd, "--clock", AT], [*both, *crowd, "--people", "30"],
                     [*both, *crowd, "--even-while-open=x", "--to", "y"],
                     *([*both, "--people", people, "--minutes", "1"] for people in
                       ("", "0", "19", "1000001", "many")),
                     *([*both, "--people", "20", "--minutes", minutes] for minutes in
                       ("", "0", "61", "1.5"))],
        "rehearse copy": [[], d, [*d, "--to"], [*d, "--to", ""], ["--to", "x"],
                          [*d, *k, "--to", "x"], [*d, "--to", "x", "stray"]],
        "restore": [[], d, ["--from", "x"], ["--from", "x", "--private", "y"],
                    ["--from", "x", *d], ["--private", "y", *d],
                    ["stray", "--from", "x", "--private", "y", *d],
                    ["--from", "x", "--private", "y", *both]],
        "retention report": [[], d, k, ["x"], [*both, "stray"], [*both, "--days", "3"]],
        "serve": [[], both, [*d, "--listen", "127.0.0.1:0"], [*k, "--listen", "127.0.0.1:0"],
                  ["stray", *both, "--listen", "127.0.0.1:0"], [*both, "--listen", ""],
                  [*both, "--listen", "127.0.0.1:0", "--people", "5"]],
        "unit codes": [[], d, k, ["stray", *both], [*both, "--reason", "x"]],
    }
    free = copy_of_folder("usage")
    ready = [*free.args, "--listen", "127.0.0.1:0"]
    wrong["audit"] += [[*free.args, "--clock", "yesterday"]]
    wrong["serve"] += [[*free.args, "--listen", listen] for listen in
                       ("nonsense", "127.0.0.1", "127.0.0.1:99999", ":x")]
    wrong["serve"] += [[*ready, "--public-url", url] for url in
                       ("thi.example.vn", "ftp://x", "https://", "https://a/b")]
    wrong["serve"] += [[*ready, "--trusted-proxy", "everyone"], [*ready, "--clock", "yesterday"],
                       [*ready, "--metrics", "nonsense"]]
    with open(os.path.join(TMP, "usage"), "w", encoding="utf-8"):
        pass
    problems = []
    for name, lines in wrong.items():
        for line in lines:
            ran = hoithi(*name.split(), *line, status=None)
            words = [word.replace(folder.data, "DATA").replace(folder.keys, "KEYS") for word in line]
            if ran.status != 2 or "hoithi: " not in ran.err or ran.out:
                problems.append(f"hoithi {name} {' '.join(words)}: {ran.status} {ran.err.strip()}")
    assert not problems, "\n".join(problems)
    commands = set(re.findall(r"^  hoithi ([a-z]+(?: [a-z][a-z-]*)?)", hoithi("--help").out, re.M))
    equal(commands, set(wrong) - {""})
    equal(hoithi("--version").out.split()[0], "hoithi")


run(globals())
demo.end()
