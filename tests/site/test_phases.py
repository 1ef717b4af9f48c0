#!/usr/bin/env python3
"""Every phase of the contest by --clock: what its pages show, what it refuses,
and rules that are settled late or amended while papers are open."""

import copy
import json
import os
import re
import shutil

from harness import (HOME, SAMPLE, Browser, Folder, begin, equal, hoithi, mark, new_folder,
                     register, run, solve, wait_for)


def edit(profile, **values):
    """A copy of the sample folder with other values: paper__n_questions=20."""
    folder = new_folder("contest")
    shutil.copytree(SAMPLE, folder)
    changed = copy.deepcopy(profile)
    for path, value in values.items():
        *above, last = path.split("__")
        at = changed
        for name in above:
            at = at[name]
        at[last] = value
    with open(os.path.join(folder, "profile.json"), "w", encoding="utf-8") as file:
        json.dump(changed, file, ensure_ascii=False)
    return folder


with open(os.path.join(SAMPLE, "profile.json"), encoding="utf-8") as sample_file:
    PROFILE = json.load(sample_file)


def announced(contest=SAMPLE, clock="2024-09-08T12:00:00+07:00"):
    folder = Folder().new()
    folder.run("contest", "apply", contest, clock=clock, say="đã tạo")
    return folder


def refuses_start(b, *says, status=409):
    """By page and by form."""
    page = b.get(HOME + "/vao-thi").says(*says)
    assert not page.has_form("start")
    token = b.get(HOME + "/toi").form("sign-out").value("_token")
    b.go("POST", HOME + "/vao-thi", f"_token={token}").is_status(status).says(*says)


def waits_to_start(b):
    """Before the opening the button is there already; pressed, it says how long it still is."""
    page = b.get(HOME + "/vao-thi").says("Chưa đến giờ mở thi",
                                         "Mở thi lúc 08:00 ngày 20/09/2024")
    page.says("Không cần tải lại trang")
    page = b.press(page, page.form("start"), status=409).says("Lúc mở trang này còn")
    page.form("start")
    return page


def refuses_register(b, *says):
    page = b.get(HOME + "/dang-ky?dv=DP-25195").says(*says)
    assert not page.has_form("register")
    # A form that was loaded earlier is refused as well.
    token = b.get(HOME + "/dang-nhap").form("sign-in").value("_token")
    body = (f"_token={token}&nhom=nhom2&dv=DP-25195&hoten=Nguy%E1%BB%85n+A&ngaysinh=1980"
            "&sdt=0912345678&matkhau=12345678x&dongy=1&xacnhan=1")
    b.go("POST", HOME + "/dang-ky", body).is_status(409).says(*says)


def test_four_dates():
    """Before, at and after each date; the later folder holds who came earlier."""
    folder = announced()
    b = Browser(None)
    with folder.serve("2024-09-08T23:59:00+07:00") as s:
        b.moved_to(s)
        b.get(HOME).says("Hội thi chưa được công bố").says_not("Chuyển đổi số")
        b.get("/").says("Hội thi chưa được công bố")
        for path in ("/the-le", "/huong-dan", "/hoi-dap", "/tin-tuc", "/don-vi", "/ket-qua",
                     "/thi-thu", "/dang-ky", "/dang-ky?dv=DP-25195"):
            b.get(HOME + path, status=404).says_not("Chuyển đổi số và Cải cách")
    with folder.serve("2024-09-09T00:00:00+07:00") as s:
        b.moved_to(s)
        page = b.get(HOME).says("Sắp khai mạc", "Khai mạc lúc 08:00 ngày 20/09/2024",
                                "Đăng ký trước", "DIỄN TẬP")
        # A script shows the way in at the opening.
        assert "Vào thi" not in page.at("noi-dung").replace(page.at("den-gio"), "")
        b.get(page.link("Thể lệ")).says("30 câu")
        page = register(b, 1)
        b.get(page.says("Mở thi lúc 08:00 ngày 20/09/2024").link("Chờ sẵn")).says("Số câu hỏi")
        waits_to_start(b).says("còn 11 ngày", "còn 2 lượt")
        b.get(HOME + "/thi-thu").form("practice")
        b.get(HOME + "/don-vi").says("Số liệu đầu tiên có lúc")
        folder.run("contest", "freeze", status=1, say="chưa kết thúc")
        folder.run("contest", "rank", status=1, say="chưa chốt bài")
        folder.run("contest", "publish", "--decision-no", "1/QĐ", "--decision-date", "2024-10-08",
                   status=1, say="chưa xếp hạng")
    with folder.serve("2024-09-20T07:59:57+07:00") as s:
        b.moved_to(s)
        b.get(HOME).says("Sắp khai mạc")
        early = waits_to_start(b)
        # Opens by itself, for caches too.
        wait_for(lambda: "Đang diễn ra" in b.get(HOME).text)
        b.get(HOME).says("Nhận bài đến 24:00 ngày 04/10/2024").link("Đăng ký")
        # A page from before the opening is obeyed.
        page = b.press(early, early.form("start")).says("08:30")
        right = solve(page)
        page = b.press(page, mark(page.form("paper"), right).set("p", "1"), "Nộp bài")
        page.says("30/30")
    with folder.serve("2024-10-04T23:59:56+07:00") as s:
        b.moved_to(s)
        b.get(HOME).says("Đang diễn ra")
        page = begin(b).says("24:00 ngày 04/10/2024")   # cut by the close
        page = b.press(page, mark(page.form("paper"), "1111")).says("Đã lưu lúc")
        wait_for(lambda: "Đã kết thúc nhận bài" in b.get(HOME).text)
        b.get(HOME).says("Kết quả được công bố lúc 08:00 ngày 08/10/2024")
        b.script_save(page.path, page.form("paper").pairs()).is_status(410)
        # The saved answers count; the clock submits them a little later.
        after = b.press(page, mark(page.form("paper"), "0000222")).says("hết giờ", "Đã nộp bài")
        after.says("không có", "sẽ có sau ít phút")
        refuses_start(b, "Hiện không có đợt thi nào đang mở")
        refuses_register(Browser(s), "đã kết thúc nhận bài")
        folder.run("contest", "freeze", status=1, say="còn 1 bài đang mở")
    results(folder, b)


def results(folder, b):
    with folder.serve("2024-10-08T07:59:58+07:00") as s:
        b.moved_to(s)
        b.get(HOME + "/ket-qua/chinh-thuc-2").says("hết giờ").says_not("giới hạn lượt")
        # What the clock has to do is done at the start: the paper that was open is
        # submitted, and counts of participation that were missed are taken, and say so.
        wait_for(lambda: "sẽ có sau ít phút" not in b.get(HOME + "/ket-qua/chinh-thuc-2").text)
        wait_for(lambda: "11:00 ngày 05/10/2024" in b.get(HOME + "/don-vi").text)
        b.get(HOME + "/don-vi").says("Chụp bù lúc", "Người dự thi 1")
        refuses_start(b, "Hiện không có đợt thi nào đang mở")
        b.get(HOME).says("Kết quả được công bố lúc 08:00 ngày 08/10/2024")
        # Results never publish themselves.
        wait_for(lambda: "đang hoàn tất kết quả" in b.get(HOME).text)
        b.get(HOME + "/ket-qua").says("đang hoàn tất kết quả").says_not("Hạng")
        b.get(HOME + "/toi").says_not("Thứ hạng của bạn")
        folder.run("contest", "freeze", say="đã chốt 2 bài")
        folder.run("contest", "rank", say="đã xếp hạng 1 người")
        b.get(HOME).says("đang hoàn tất kết quả")
        b.get(HOME + "/ket-qua").says_not("Giải Nhất")
        folder.run("contest", "publish", "--decision-no", "81/QĐ-BTC", "--decision-date",
                   "2024-10-08", say="đã công bố")
        page = b.get(HOME).says("Đã công bố kết quả", "81/QĐ-BTC", "08/10/2024")
        b.get(page.link("Xem kết quả")).says("Giải Nhất", "Trần Thị B", "30/30", "Phường Tân Phú")
        b.get(HOME + "/toi").says("Hạng 1 trong 1 người")
        folder.run("contest", "publish", "--decision-no", "82/QĐ", "--decision-date", "2024-10-09",
                   status=1, say="đã được công bố")
    with folder.serve("2024-10-20T08:00:00+07:00") as s:
        b.moved_to(s).get(HOME).says("Đã công bố kết quả")
        refuses_start(b, "Hiện không có đợt thi nào đang mở")
        refuses_register(Browser(s), "đã kết thúc nhận bài")


UNDECIDED = {"rules__decision_no": None, "rules__decision_date": None, "paper__time_limit_s": None,
             "attempt__period": None, "prediction": None, "prize__collective__min_rate": None}


def test_rules_settled_late():
    """The letter announces on 09/9, its rules are dated 20/9."""
    early = edit(PROFILE, **UNDECIDED)
    checked = hoithi("contest", "check", early, "--for", "announce",
                     say="Thể lệ sẽ được Ban Tổ chức công bố trước giờ khai mạc")
    paths = ["rules.decision_no", "paper.time_limit_s", "attempt.period", "prediction",
             "prize.collective.min_rate"]
    for path in paths:
        assert re.search(rf"còn để trống: {path}", checked.out), checked
    assert "1800" not in checked.out and "30 phút" not in checked.out, checked
    refused = hoithi("contest", "check", early, "--for", "open", status=1)
    for path in paths:
        assert f"profile.json: {path}" in refused.err, (path, refused)
    folder = announced(early)
    with folder.serve("2024-09-19T08:30:00+07:00") as s:
        b = Browser(s)
        b.get(HOME).says("Thể lệ sẽ được Ban Tổ chức công bố trước giờ khai mạc")
        b.get(HOME + "/the-le").says("Thể lệ sẽ được Ban Tổ chức công bố", "30 câu")
        register(b, 1)
        waits_to_start(b).says_not("Số câu hỏi", "Lượt thi")    # nothing that may change
    with folder.serve("2024-09-20T08:00:05+07:00") as s:
        b.moved_to(s)
        b.get(HOME).says("Thể lệ chưa đầy đủ nên chưa thể vào thi")
        refuses_start(b, "Thể lệ chưa đầy đủ")
    # Applied minutes before the opening, to the server that serves.
    folder = announced(early)
    with folder.serve("2024-09-20T07:59:56+07:00") as s:
        b = Browser(s)
        register(b, 2)
        folder.run("contest", "apply", SAMPLE, say="thể lệ phiên bản 2 (mới)")
        b.get(HOME).says_not("Thể lệ sẽ được Ban Tổ chức công bố")
        b.get(HOME + "/the-le").says("30 phút", "70/QĐ-BTC")
        b.get(HOME + "/the-le?ban=1").says("bản thể lệ cũ").says_not("30 phút")
        folder.run("contest", "apply", SAMPLE, say="thể lệ phiên bản 2;")    # nothing new
        wait_for(lambda: "Bắt đầu bây giờ" in b.get(HOME + "/vao-thi").text, 20)
        begin(b).says("08:30")


def test_amended_rules():
    """A new version with its own decision; open papers keep theirs."""
    folder = announced()
    amended = edit(PROFILE, rules__decision_no="75/QĐ-BTC", rules__decision_date="2024-09-25",
                   paper__time_limit_s=1200, attempt__limit=3)
    with folder.serve("2024-09-25T09:00:00+07:00") as s:
        old, new = Browser(s), Browser(s)
        register(old, 1)
        register(new, 2)
        open_page = begin(old).says("09:30")
        folder.run("contest", "apply", amended, "--effective-at", "2024-09-26T00:00:00+07:00",
                   say="thể lệ phiên bản 2 (mới)")
        new.get(HOME + "/the-le").says("30 phút", "70/QĐ-BTC").link("Bản số 2")
        new.get(HOME + "/the-le?ban=2").says("20 phút", "75/QĐ-BTC",
                                             "có hiệu lực từ 00:00 ngày 26/09/2024")
        new.get(HOME + "/vao-thi").says("30 phút", "còn 2 lượt")
        folder.run("contest", "apply",
                   edit(PROFILE, rules__decision_no="76/QĐ-BTC", paper__time_limit_s=1260,
                        prediction__target="none", rank__keys=["score", "elapsed_ms", "submitted_at"]),
                   say="phiên bản 3 (mới)")
        new.get(HOME + "/vao-thi").says("21 phút")
        new_page = begin(new).says("09:21")
        old.get(open_page.path).says("09:30")
        for b, page, prediction in ((old, open_page, 7), (new, new_page, -1)):
            pairs = {**dict(page.form("paper").pairs()), "a1": "1", "p": "7"}
            said = json.loads(b.script_save(page.path, pairs).is_status(200).body)
            equal((said["rev"], said["prediction"]), (1, prediction))
        old.press(open_page, mark(open_page.form("paper"), solve(open_page)).set("p", "7"),
                  "Nộp bài").says("30/30")
    with folder.serve("2024-09-27T09:00:00+07:00") as s:
        # The highest version that has taken effect is in force.
        page = new.moved_to(s).get(HOME + "/the-le")
        old.moved_to(s).get(HOME + "/ket-qua/chinh-thuc-1").says("30/30")
        page.says("Các bản thể lệ", "Bản số 1", "Bản số 2", "Bản số 3", "76/QĐ-BTC", "21 phút")
    folder.run("audit", say=["contest.apply", "75/QĐ-BTC", "76/QĐ-BTC", "chuỗi nguyên vẹn"])


def test_units_cannot_vanish():
    folder = announced()
    changed = edit(PROFILE)
    path = os.path.join(changed, "units.csv")
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines(True)
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(line for line in lines if not line.startswith("HVHNT,"))
    folder.run("contest", "apply", changed, status=1, say=["HVHNT", "không thể bỏ"])


def test_weekly_rounds():
    """The second example: rounds that open and close one after the other."""
    weeks = os.path.join(os.path.dirname(SAMPLE), "bon-tuan")
    with open(os.path.join(weeks, "profile.json"), encoding="utf-8") as file:
        profile = json.load(file)
    code = profile["contest"]["code"]
    hoithi("contest", "check", weeks, "--for", "open", say="không có lỗi")
    folder = announced(weeks, profile["contest"]["launch_at"])
    first, second = profile["rounds"][:2]
    with folder.serve(first["open_at"]) as s:
        Browser(s).get(f"/{code}").says("Đang diễn ra", first["name"], second["name"], "Sắp mở")
    with folder.serve(first["close_at"]) as s:
        page = Browser(s).get(f"/{code}").says("Đã kết thúc", "Đợt thi tiếp theo mở lúc")
        assert "Vào thi" not in page.at("noi-dung").replace(page.at("den-gio"), "")
        folder.run("contest", "freeze", status=1, say="say --round CODE")
        folder.run("contest", "freeze", "--round", second["code"], status=1, say="chưa kết thúc")
        folder.run("contest", "freeze", "--round", first["code"], say="đã chốt 0 bài")
        folder.run("contest", "rank", "--round", first["code"], say="đã xếp hạng 0 người")
        folder.run("contest", "publish", "--round", first["code"], "--decision-no", "1",
                   "--decision-date", "2024-10-15", say="đã công bố")
        Browser(s).get(f"/{code}").says("Đã có kết quả")


run(globals())
