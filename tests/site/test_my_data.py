#!/usr/bin/env python3
"""One's own data: seen, downloaded, corrected, withdrawn, erased."""

import hashlib
import json
import os
import re
import shutil
import sqlite3

from harness import (HOME, PASSWORD, SAMPLE, Browser, Folder, begin, equal, mark, new_folder,
                     register, run, solve, wait_for)

AFTER_RESULT = "2024-10-08T09:00:00+07:00"
OPEN = "2024-09-21T09:00:00+07:00"


def opened():
    folder = Folder().new()
    folder.run("contest", "apply", SAMPLE, clock="2024-09-09T09:00:00+07:00")
    return folder


def change(folder, sql, *args):
    with sqlite3.connect(os.path.join(folder.data, "hoithi.db")) as db:
        found = db.execute(sql, args).fetchall()
    db.close()
    return found


def child(browser, name, phone, birth="05/08/2012", publish=()):
    page = browser.get(HOME + "/dang-ky?nhom=nhom1&dv=SGDDT-THPT-HV")
    form = page.form("register").set("hoten", name).set("ngaysinh", birth).set("sdt", phone)
    page = browser.press(page, form.set("matkhau", PASSWORD).set("dongy", True))
    form = page.form("register-minor").set("daidien", "Lê Thị Mẹ").set("dongydd", True)
    for field in ("dongy", *publish):
        form.set(field, True)
    slip = browser.press(page, form.set("matkhau", PASSWORD)).says("Bạn đã đăng ký xong.")
    return browser.get(slip.link("Tôi đã lưu phiếu"))


def sit(browser, right=30):
    page = begin(browser)
    form = mark(page.form("paper"), solve(page)[:right]).set("p", "5")
    page = browser.press(page, form, "Nộp bài")
    return browser.press(page, page.form("submit")) if page.has_form("submit") else page


def sign_in(browser, who, status=200):
    page = browser.get(HOME + "/dang-nhap")
    form = page.form("sign-in").set("sdt", who).set("matkhau", PASSWORD)
    return browser.press(page, form, status=status)


def data_of(browser):
    reply = browser.get(HOME + "/du-lieu/tai-ve")
    assert 'attachment; filename="du-lieu-cua-toi.json"' in reply.header("content-disposition")
    equal(reply.header("cache-control"), "no-store")
    return json.loads(reply.body)


def code_of(browser):
    return browser.get(HOME + "/toi").at("ma-du-thi")


def acts(folder):
    """(kind, subject) of what people themselves did; and nothing personal in it."""
    said = change(folder, "SELECT kind, subject, before_text || after_text || reason FROM act "
                  "WHERE actor = 'person' ORDER BY number")
    assert all(row[2] == "" for row in said), said
    folder.run("audit")
    return [row[:2] for row in said]


def noted(folder, event):
    """Of whom the security log tells it."""
    with open(os.path.join(folder.data, "security.log"), encoding="utf-8") as file:
        return re.findall(rf" {event} .* entry=(\w+)$", file.read(), re.M)


def test_seen_and_downloaded():
    folder = opened()
    with folder.serve(OPEN) as s:
        b = Browser(s)
        b.get(HOME + "/du-lieu").form("sign-in")
        child(b, "Trần Văn Đông", "0987 400 001", publish=("congbo",))
        page = b.get(HOME + "/toi")
        b.press(page, page.form("slip").set("matkhau", PASSWORD))
        sit(b, 20)
        page = b.get(b.get(HOME + "/toi").link("Dữ liệu của tôi"))
        page.says("Trần Văn Đông", "05/08/2012", "0987 400 001", "Trường THPT Hùng Vương",
                  "Lê Thị Mẹ", "“T. V. Đ.”", "20 điểm", "Bản đồng ý số 1", "06/01/2025",
                  "08/10/2025",
                  "họ tên đầy đủ chỉ được công bố khi cả bạn và người đại diện cùng đồng ý",
                  "Phiếu dự thi lập lúc")
        assert not page.has_form("correct")
        page.says("Bạn không tự sửa được nữa", "Tổ Thư ký Hội thi")
        data = data_of(b)
        equal({key: data[key] for key in ("contest", "name", "birth", "phone", "group", "unit")},
              {"contest": "binh-phuoc-2024", "name": "Trần Văn Đông", "birth": "2012-08-05",
               "phone": "+84987400001", "group": "nhom1", "unit": "Trường THPT Hùng Vương"})
        equal(data["entry_code"], code_of(b))
        equal(data["guardian"]["name"], "Lê Thị Mẹ")
        equal((data["guardian"]["guardian_agrees_to_full_name"],
               data["guardian"]["contestant_agrees_to_full_name"]), (False, True))
        (paper,) = data["papers"]
        equal((paper["attempt"], paper["score_points"], paper["prediction"]), (1, 20, 5))
        assert paper["started_at"].startswith("2024-09-21T09:"), paper
        consent = data["consent"]
        equal((consent["version"], consent["withdrawn_at"], len(consent["sentences"])),
              ("1", None, 5))
        equal(hashlib.sha256("\n".join(consent["sentences"]).encode()).hexdigest(),
              consent["sha256"])
        equal(hashlib.sha256("\n".join(consent["sentences"]).encode()).digest(),
              change(folder, "SELECT consent_hash FROM entry")[0][0])
        assert data["recovery_slip_made_at"].startswith("2024-09-21T")
        # No number of ours.
        (ids,) = change(folder, "SELECT e.id, e.person_id FROM entry e")
        for number in ids:
            assert str(number) not in json.dumps(data)
        # A grown-up who reads English agreed to English words.
        b = Browser(s)
        b.get(HOME + "?lang=en")
        page = b.get(HOME + "/dang-ky?nhom=nhom2&dv=DP-25195")
        form = page.form("register").set("hoten", "Lê Văn Lớn").set("ngaysinh", "1/1/1980")
        form.set("sdt", "0987400009").set("matkhau", PASSWORD).set("dongy", True)
        b.press(page, form)
        data = data_of(b)
        equal((data["guardian"], data["papers"]), (None, []))
        assert data["recovery_slip_made_at"], data
        assert data["consent"]["sentences"][0].startswith("What is collected"), data["consent"]
    # What operators and browsers leave behind is told too.
    folder.run("person", "reset", "0987400001", "--reason", "quên", clock=OPEN)
    person = change(folder, "SELECT person_id FROM guardian JOIN entry ON id = entry_id")[0][0]
    change(folder, "INSERT INTO device VALUES (?, 1, 'Chrome, Android', 1, 1726884000000, -1)"
           " RETURNING 1", person)
    with folder.serve(OPEN) as s:
        b = Browser(s)
        sign_in(b, "0987400001")
        data = data_of(b)
        equal([(one["browser"], one["shared"], one["ended_at"]) for one in data["browsers"]
               if one["browser"] == "Chrome, Android"], [("Chrome, Android", True, None)])
        (reset,) = data["password_resets"]
        assert reset["by"].startswith("cli:") and reset["used_at"] is None, reset
        b.get(HOME + "/du-lieu").says("Chrome, Android", "máy dùng chung", "do cli:")
    # Sentences that no rules give any more: said, and the hash stays.
    change(folder, "UPDATE entry SET consent_hash = x'00112233' RETURNING 1")
    with folder.serve(OPEN) as s:
        b = Browser(s)
        sign_in(b, "0987400001")
        b.get(HOME + "/du-lieu").says("không còn trong hệ thống", "00112233")
        equal(data_of(b)["consent"]["sentences"], [])


def correct(browser, status=200, **fields):
    page = browser.get(HOME + "/du-lieu")
    form = page.form("correct")
    for name, value in fields.items():
        form.set(name, value)
    return browser.press(page, form, status=status)


def test_corrected():
    folder = opened()
    with folder.serve(OPEN) as s:
        b, other = Browser(s), Browser(s)
        register(b, 1, name="Trần Văn Sai", phone="0987 410 001", birth="1/2/1980")
        register(other, 2, name="Trần Văn Hai", phone="0987 410 001", birth="3/4/1985")
        equal(b.get(HOME + "/du-lieu").form("correct").value("hoten"), "Trần Văn Sai")
        page = correct(b, 422, hoten="123", ngaysinh="31/2/1980")
        assert page.at("hoten-loi") and page.at("ngaysinh-loi")
        equal(page.form("correct").value("hoten"), "123")
        # Somebody is there already: kindly.
        page = correct(b, 409, hoten="trần văn hai", ngaysinh="03041985")
        assert "Đã có người đăng ký" in page.at("hoten-loi")
        # Nothing, then the same person in other letters, then another name and date.
        correct(b).says_not("Đã sửa.")
        correct(b, hoten="TRẦN VĂN SAI").says("Đã sửa.", "TRẦN VĂN SAI")
        correct(b, hoten="Trần Văn Đúng", ngaysinh="1/2/1981").says(
            "Đã sửa.", "Trần Văn Đúng", "01/02/1981")
        equal((data_of(b)["name"], data_of(b)["birth"]), ("Trần Văn Đúng", "1981-02-01"))
        # The old one is free, the new one is not.
        correct(other, 409, hoten="Trần Văn Đúng", ngaysinh="1/2/1981")
        correct(other, hoten="Trần Văn Sai", ngaysinh="1/2/1980").says("Đã sửa.")
        code = code_of(b)
        equal(acts(folder), [("person.correct", code)] * 2 + [("person.correct", code_of(other))])
        equal(noted(folder, "corrected"), [code, code, code_of(other)])
        # From the first paper on it goes by request, also for a form that was open.
        stale = b.get(HOME + "/du-lieu")
        begin(b)
        b.press(stale, stale.form("correct").set("hoten", "Trần Văn Muộn")).says(
            "không tự sửa được nữa", "Trần Văn Đúng")
        assert not b.get(HOME + "/du-lieu").has_form("correct")
        by_operator(folder, b, code)


def by_operator(folder, b, code):
    folder.run("person", "correct", code, "--name", "X", status=2, say="--reason")
    folder.run("person", "correct", code, "--reason", "theo đơn", status=2, say="--name")
    folder.run("person", "correct", "ABCDEFGH", "--name", "X Y", "--reason", "x", status=1)
    folder.run("person", "correct", code, "--name", "12", "--reason", "x", status=1, say="name")
    folder.run("person", "correct", code, "--birth", "31/2/1980", "--reason", "x", status=1,
               say="birth")
    folder.run("person", "correct", code, "--name", "Trần Văn Sai", "--birth", "1/2/1980",
               "--reason", "x", status=1, say="already")
    folder.run("person", "correct", code.lower(), "--name", "Trần Văn Chuẩn", "--reason",
               "theo đơn", say="đã sửa")
    b.get(HOME + "/toi").says("Trần Văn Chuẩn", "01/02/1981")
    folder.run("person", "correct", code, "--birth", "2/2/2012", "--reason", "theo đơn", status=1,
               say="--guardian")
    folder.run("person", "correct", code, "--birth", "2/2/2012", "--guardian", "Lê Thị Mẹ",
               "--reason", "theo đơn", say="đã sửa")
    equal(data_of(b)["guardian"]["name"], "Lê Thị Mẹ")
    kinds = change(folder, "SELECT subject, before_text, after_text, reason FROM act "
                   "WHERE kind = 'person.correct' AND actor <> 'person'")
    equal(kinds, [(code, "", "name", "theo đơn"), (code, "", "birth, guardian", "theo đơn")])


def test_whose_phone_was_taken_back():
    """Nobody finds them by a number any more; they still see, correct and erase."""
    folder = opened()
    with folder.serve(OPEN) as s:
        b = Browser(s)
        register(b, 1, name="Lê Thị Nhầm", phone="0987 415 001")
        code = code_of(b)
        folder.run("person", "release", code, "--reason", "số của người khác")
        sign_in(b, code)
        correct(b, hoten="Lê Thị Nhằm").says("Đã sửa.", "Lê Thị Nhằm")
        equal(data_of(b)["phone"], "")
        folder.run("person", "correct", code, "--birth", "1/2/1970", "--reason", "x", say="đã sửa")
        equal((data_of(b)["name"], data_of(b)["birth"]), ("Lê Thị Nhằm", "1970-02-01"))
        equal(change(folder, "SELECT COUNT(*) FROM identity"), [(0,)])
        assert erase(b, "sai mật khẩu", status=422).at("matkhau-loi")
        erase(b).says("đã được xóa")


def test_corrected_across_sixteen():
    """Younger than that needs a representative; older needs none, and agrees alone."""
    folder = opened()
    with folder.serve(OPEN) as s:
        b = Browser(s)
        register(b, 1, name="Lê Thị Trẻ", phone="0987 420 001", birth="05/08/2002")
        grown = data_of(b)["consent"]["sha256"]
        page = correct(b, ngaysinh="05/08/2012").says("cần cha, mẹ hoặc người giám hộ",
                                                      "“L. T. T.”")
        page.says_not("Chưa sửa được")
        page = b.press(page, page.form("correct-consent"), status=422)
        for name in ("daidien", "dongydd", "dongy"):
            assert page.at(f"{name}-loi"), name
        equal(data_of(b)["birth"], "2002-08-05")
        form = page.form("correct-consent").set("daidien", "Lê Văn Cha").set("dongydd", True)
        b.press(page, form.set("dongy", True)).says("Đã sửa.", "Lê Văn Cha")
        data = data_of(b)
        equal((data["birth"], data["guardian"]["name"]), ("2012-08-05", "Lê Văn Cha"))
        assert data["consent"]["sha256"] != grown
        # Another name alone changes nothing of that.
        correct(b, hoten="Lê Thị Trẻ Hơn").says("Đã sửa.", "Lê Văn Cha")
        page = correct(b, ngaysinh="05/08/2002").says("đã đủ 16 tuổi").says_not("Lê Văn Cha")
        assert "daidien" not in page.form("correct-consent").names()
        b.press(page, page.form("correct-consent").set("dongy", True)).says_not("Lê Văn Cha")
        data = data_of(b)
        equal((data["guardian"], data["consent"]["sha256"]), (None, grown))


def test_withdrawn():
    """Out everywhere, nothing to sit, and one's page says why."""
    folder = opened()
    with folder.serve(OPEN) as s:
        b, phone = Browser(s), Browser(s)
        register(b, 1, phone="0987 430 001")
        sign_in(phone, "0987430001").says("Bạn còn 2 lượt thi")
        sit(b, 10)
        code = code_of(b)
        page = b.get(HOME + "/du-lieu").says("kể cả bài đang làm dở")
        page = b.press(page, page.form("withdraw"), status=422)
        assert page.at("rutlai-loi")
        b.get(HOME + "/toi").says("Bạn còn 1 lượt thi")
        paper = begin(b).path
        page = b.press(page, page.form("withdraw").set("rutlai", True))
        page.says("Sự đồng ý của bạn đã được rút lại")
        for browser in (b, phone):
            browser.get(HOME + "/toi").form("sign-in")
        page = sign_in(b, "0987430001").says("Bạn đã rút lại sự đồng ý lúc")
        page.says_not("Bạn còn", "Đổi nhóm hoặc đơn vị", "Làm tiếp lượt")
        page.says("Bài này không làm tiếp được nữa")
        equal(b.get(paper).path, HOME + "/toi")
        assert not b.get(HOME + "/vao-thi").has_form("start")
        assert not any(href.endswith("/vao-thi") for href, words in page.links
                       if "button-enter" in words)
        page = b.get(HOME + "/du-lieu").says("Bạn đã rút lại sự đồng ý lúc")
        assert not page.has_form("withdraw") and not page.has_form("correct")
        page.says("Hãy đợi hết giờ làm bài")
        assert data_of(b)["consent"]["withdrawn_at"].startswith("2024-09-21T")
        equal(change(folder, "SELECT kind, into_entry FROM entry_end"), [(1, -1)])
        equal(acts(folder), [("person.withdraw", code)])


def erase(browser, password=PASSWORD, status=200, tick=True):
    page = browser.get(HOME + "/du-lieu")
    form = page.form("erase").set("xoa", tick).set("matkhau", password)
    return browser.press(page, form, status=status)


def test_erased():
    """Nothing of the person is left but papers without a name; they may come again."""
    folder = opened()
    with folder.serve(OPEN) as s:
        b, phone = Browser(s), Browser(s)
        child(b, "Trần Văn Xóa", "0987 440 001")
        sign_in(phone, "0987440001")
        code = code_of(b)
        page = begin(b)
        stale = phone.get(HOME + "/du-lieu").says("Bạn có một bài thi đang mở")
        assert not stale.has_form("erase")
        b.press(page, mark(page.form("paper"), solve(page)).set("p", "1"), "Nộp bài")
        page = erase(b, tick=False, status=422)
        assert page.at("xoa-loi")
        equal(page.at("matkhau-loi"), "Mật khẩu cần ghi lại.")
        assert erase(b, "", status=422).at("matkhau-loi")
        equal(change(folder, "SELECT COUNT(*) FROM guardian"), [(1,)])
        erase(phone).says("đã được xóa")
        for browser in (b, phone):
            browser.get(HOME + "/toi").form("sign-in")
        sign_in(Browser(s), "0987440001", status=422)
        sign_in(Browser(s), code, status=422)
        for table in ("person_data", "identity", "guardian", "recovery"):
            equal(change(folder, f"SELECT COUNT(*) FROM {table}"), [(0,)], table)
        equal(change(folder, "SELECT COUNT(*), SUM(score_points) FROM paper"), [(1, 30)])
        equal(acts(folder), [("person.erase", code)])
        b = Browser(s)
        child(b, "Trần Văn Xóa", "0987 440 001").says("Bạn còn 2 lượt thi")
        assert code_of(b) != code


def test_guessing():
    """Whoever holds somebody's open page has no more tries than at the door."""
    folder = opened()
    with folder.serve(OPEN) as s:
        b = Browser(s)
        register(b, 1, phone="0987 470 001")
        for _ in range(5):
            page = erase(b, "sai mật khẩu", status=422)
            assert page.at("matkhau-loi")
        erase(b, status=429).says("thử lại sau")
        b.get(HOME + "/toi").says("Mã dự thi")


def test_open_paper_of_another_tab():
    """A form that was loaded before the paper began is refused by the server."""
    folder = opened()
    with folder.serve(OPEN) as s:
        b = Browser(s)
        register(b, 1, phone="0987 450 001")
        page = b.get(HOME + "/du-lieu")
        begin(b)
        form = page.form("erase").set("xoa", True).set("matkhau", PASSWORD)
        b.press(page, form, status=409).says("Bạn có một bài thi đang mở")
        b.get(HOME + "/toi").says("Làm tiếp")


def next_version(version):
    """The sample with another version of the sentences."""
    contest = new_folder("contest")
    shutil.copytree(SAMPLE, contest)
    path = os.path.join(contest, "profile.json")
    with open(path, encoding="utf-8") as file:
        profile = json.load(file)
    profile["consent"].update(version=version, purpose=f"mục đích bản {version}")
    profile["rules"]["decision_no"] = f"{version}/QĐ"
    with open(path, "w", encoding="utf-8") as file:
        json.dump(profile, file, ensure_ascii=False)
    return contest


def test_agreed_anew():
    """Other sentences are asked about before the next start, never in mid-paper."""
    folder = opened()
    with folder.serve(OPEN) as s:
        b, mid = Browser(s), Browser(s)
        child(b, "Trần Văn Đông", "0987 480 001", publish=("congbo", "congbodd"))
        register(mid, 2, phone="0987 480 002")
        paper = begin(mid)
        before = data_of(b)["consent"]
        stale = b.get(HOME + "/vao-thi")
        folder.run("contest", "apply", next_version("2"))
        # Who sits goes on, and is asked afterwards.
        mid.get(HOME + "/toi").says("Làm tiếp").form("consent")
        equal(mid.press(paper, mark(paper.form("paper"), "111")).path, paper.path + "?da-luu")
        # The page leads to the form, and so does a start that was open.
        for page in (b.get(HOME + "/vao-thi"), b.press(stale, stale.form("start"))):
            equal(page.path, HOME + "/toi")
            page.says("mục đích bản 2").says_not("Bạn còn 2 lượt thi")
        form = page.form("consent")
        equal((form.value("daidien"), form.value("dongy"), form.value("congbo")),
              ("Lê Thị Mẹ", None, None))
        page = b.press(page, form, status=422)
        for name in ("dongydd", "dongy"):
            assert page.at(f"{name}-loi"), name
        form = page.form("consent").set("dongydd", True).set("dongy", True)
        page = b.press(page, form).says("Đã ghi nhận sự đồng ý", "Bạn còn 2 lượt thi")
        assert not page.has_form("consent")
        data = data_of(b)
        equal((data["consent"]["version"], data["guardian"]["guardian_agrees_to_full_name"]),
              ("2", False))
        assert data["consent"]["sha256"] != before["sha256"]
        assert "mục đích bản 2" in data["consent"]["sentences"][1]
        # What was agreed to under older rules is still told word by word.
        assert "mục đích bản 2" not in " ".join(data_of(mid)["consent"]["sentences"])
        equal(data_of(mid)["consent"]["version"], "1")
        equal(len(data_of(mid)["consent"]["sentences"]), 5)
        begin(b)
        equal(change(folder, "SELECT kind, subject, before_text, after_text FROM act "
                     "WHERE actor = 'person'"), [("person.consent", code_of(b), "1", "2")])
    # Somebody under 16 for whom nobody agreed.
    change(folder, "DELETE FROM guardian RETURNING 1")
    with folder.serve(OPEN) as s:
        b.moved_to(s)
        page = b.get(HOME + "/toi")
        equal(page.form("consent").value("daidien"), "")


def test_winner():
    """A published prize keeps its records until retention; nobody else has to wait."""
    folder = opened()
    with folder.serve(OPEN) as s:
        b = Browser(s)
        register(b, 1, phone="0987 460 001", name="Lê Thị Nhất")
        sit(b)
        other = Browser(s)
        register(other, 2, phone="0987 460 002", name="Lê Thị Nghỉ")
    for step in (("freeze",), ("rank",),
                 ("publish", "--decision-no", "1/QĐ", "--decision-date", "2024-10-08")):
        folder.run("contest", *step, clock=AFTER_RESULT)
    with folder.serve("2024-10-08T10:00:00+07:00") as s:
        b.moved_to(s), other.moved_to(s)
        page = b.get(HOME + "/du-lieu").says("Bạn có giải đã công bố", "đến ngày 08/10/2025",
                                             "Tổ Thư ký Hội thi")
        assert not page.has_form("erase")
        erase(other).says("đã được xóa")
        b.get(HOME + "/ket-qua").says("Lê Thị Nhất")
    with folder.serve("2025-10-08T09:00:00+07:00") as s:
        b.moved_to(s)
        # The clock of retention has come: nobody has to ask any more.
        wait_for(lambda: b.get(HOME + "/du-lieu").has_form("sign-in"))
        Browser(s).get(HOME + "/ket-qua").says_not("Lê Thị Nhất")


run(globals())
