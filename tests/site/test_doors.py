#!/usr/bin/env python3
"""What stands at the doors: the choice of a language, what commands say when they
are refused, the contest before its launch, and the code that an operator gives out."""

import json
import os
import re
import shutil
import subprocess

from harness import (CODE, HOITHI, HOME, PASSWORD, SAMPLE, Browser, Folder, Server, begin, equal,
                     hoithi, new_folder, register, run)

folder = Folder()
demo = folder.demo(20)
AT = "2024-09-26T09:00:00+07:00"


def lang_of(page):
    return re.search(r'<html lang="(\w+)"', page.body.decode()).group(1)


def test_language_sticks():
    """Chosen on a public page it holds on the next, public or not."""
    b = Browser(demo)
    reply = b.ask("GET", HOME + "/don-vi?dv=DP-25195&lang=en").is_status(303)
    equal(reply.header("location"), HOME + "/don-vi?dv=DP-25195")
    equal(reply.header("cache-control"), "no-store")
    equal(b.cookies["lang"], "en")
    for path in ("", "/the-le", "/dang-nhap"):
        equal(lang_of(b.get(HOME + path)), "en", path)
    page = b.get(HOME)
    equal(lang_of(b.get(HOME + page.link("Tiếng Việt"))), "vi")
    equal(lang_of(b.get(HOME + "/the-le")), "vi")
    equal(lang_of(Browser(demo).get(HOME)), "vi")


def test_slash():
    for path in (HOME + "/the-le/", HOME + "/"):
        reply = Browser(demo).ask("GET", path)
        equal((reply.status, reply.header("location")), (301, path[:-1]))
    Browser(demo).get("/khong/co/", status=404)


def test_diagnoses():
    """Each refusal says what is wrong, and nothing else."""
    mine = Folder().new()
    listen = ["--listen", "127.0.0.1:0"]
    mine.run("contest", "apply", SAMPLE, clock=AT)
    for words in (["serve", *listen], ["audit"], ["contest", "freeze"]):
        ran = mine.run(*words, clock="nonsense", status=2, say="--clock is a time")
        assert "served" not in ran.err, ran
    ran = hoithi("audit", "--data", mine.data, status=2, say="--keys DIR is needed")
    assert "served" not in ran.err, ran
    ran = hoithi("audit", "--data", mine.data, "--keys", mine.root + "/no", status=1,
                 say="no key file")
    assert "served" not in ran.err, ran
    folder.run("serve", *listen, status=1, say="is being served already")
    hoithi("demo", "--data", folder.root, *listen, status=1, say="is being served already")


def test_public_url():
    """A rehearsal is served to this machine only, whatever a host begins with."""
    mine = Folder().new()
    mine.run("contest", "apply", SAMPLE, clock=AT)
    ready = ["serve", *mine.args, "--listen", "127.0.0.1:0", "--public-url"]
    short = ["serve", *mine.args, "--public-url"]       # Server listens by itself
    for host in ("localhost.thi.example.vn", "127.thi.example.vn", "127.0.0.1.example.vn",
                 "thi.example.vn", "128.0.0.1", "localhost.:8080", "[::2]:80", "127.0.0.256"):
        for scheme in ("http://", "https://"):
            hoithi(*ready, scheme + host, status=1, say="not served to the public")
    for host in ("[::1].example.vn", "[::1", "localhost:80@example.vn", "localhost:x", "a b",
                 "localhost:", "localhost:99999", "[localhost]", ":80", "a?b", "a#b"):
        hoithi(*ready, "http://" + host, status=2, say="--public-url is as")
    for host in ("localhost", "LocalHost:8080", "127.8.9.10", "[::1]:8080"):
        Server(*short, "http://" + host).end()


def test_arguments():
    hoithi("contest", "check", SAMPLE, *[f"--for={n}" for n in range(31)], status=2,
           say="too many arguments")
    ran = hoithi("contest", "check", SAMPLE, *["--for=open"] * 29, status=2)
    assert "stands twice" in ran.err, ran


def in_gone_folder(*words):
    gone = new_folder("gone")
    os.makedirs(gone)
    return subprocess.run(["sh", "-c", 'cd "$0" && rmdir "$0" && exec "$@"', gone, HOITHI, *words],
                          capture_output=True, text=True, timeout=60, check=False)


def test_folder_is_gone():
    ran = in_gone_folder("audit", *folder.args)
    equal((ran.returncode, ran.stdout), (1, ""), ran.stderr)
    assert "the current folder is gone" in ran.stderr and "Sanitizer" not in ran.stderr, ran.stderr
    mine = Folder().new()
    mine.run("contest", "apply", SAMPLE, clock=AT)
    equal(in_gone_folder("audit", *mine.args).returncode, 0)


def test_before_launch():
    """The registration hides the contest as all its pages do."""
    mine = Folder().new()
    mine.run("contest", "apply", SAMPLE, clock="2024-09-08T12:00:00+07:00")
    b = Browser(None)
    with mine.serve(AT) as s:       # where a form is to be had
        token = b.moved_to(s).get(HOME + "/dang-nhap").form("sign-in").value("_token")
    with mine.serve("2024-09-08T13:00:00+07:00") as s:
        b.moved_to(s)
        for path in ("/dang-ky", "/dang-ky?dv=DP-25195", "/dang-ky?cho=toi"):
            page = b.get(HOME + path, status=404)
            page.says("Không tìm thấy trang này").says_not("Chuyển đổi số và Cải cách")
        body = "nhom=nhom2&dv=DP-25195&hoten=Tran+An&ngaysinh=1980&sdt=0912345678"
        page = b.go("POST", HOME + "/dang-ky", f"_token={token}&{body}").is_status(404)
        page.says_not("Chuyển đổi số và Cải cách")


def test_prediction_of_own_group():
    """Groups in another order in the new rules: an open paper asks about its own."""
    other = new_folder("other")
    shutil.copytree(SAMPLE, other)
    path = os.path.join(other, "profile.json")
    with open(path, encoding="utf-8") as file:
        profile = json.load(file)
    profile["groups"].reverse()
    with open(path, "w", encoding="utf-8") as file:
        json.dump(profile, file, ensure_ascii=False)
    mine = Folder().new()
    mine.run("contest", "apply", SAMPLE, clock="2024-09-08T12:00:00+07:00")
    with mine.serve(AT) as s:
        b = Browser(s)
        register(b, 1, group="Nhóm 2")
        page = begin(b).says("thuộc Nhóm 2")
        mine.run("contest", "apply", other)
        b.get(page.path).says("thuộc Nhóm 2").says_not("thuộc Nhóm 1")


# ---------------------------------------------------------------- a code given out

def entry_code(b):
    return b.get(HOME + "/toi").at("ma-du-thi")


def reset(who, **kw):
    return folder.run("person", "reset", who, "--reason", "quên mật khẩu, đã gọi lại", **kw)


def forgot(b, who, code, password, status=200):
    page = b.get(HOME + "/quen-mat-khau")
    form = page.form("forgot").set("sdt", who).set("ma", code).set("matkhau", password)
    return b.press(page, form, status=status)


def test_reset():
    b = Browser(demo)
    register(b, 11, phone="0911 222 333")
    code = entry_code(b)
    b.get(HOME + "/toi").says_not("Mật khẩu đã được đặt lại")
    ran = reset("0911222333", say=[code, "/quen-mat-khau", "một lần"])
    first = re.search(r"\b\d{5} \d{5}\b", ran.out).group(0)
    # Every session has ended; the old password is still good until a new one is set.
    assert b.ask("GET", HOME + "/toi").header("location").startswith(HOME + "/dang-nhap")
    forgot(Browser(demo), code, "00000 00000", "mật khẩu khác", status=422)
    back = Browser(demo)
    forgot(back, code, first, "mật khẩu khác").says("Phiếu dự thi")
    equal(entry_code(back), code)
    back.get(HOME + "/toi").says("Mật khẩu đã được đặt lại lúc", "bởi cli:")
    # Used once; and what is kept is not the code.
    forgot(Browser(demo), code, first, "mật khẩu thứ ba", status=422)
    audit = folder.run("audit").out
    assert "person.reset" in audit and code in audit and "đã gọi lại" in audit, audit[-2000:]
    assert first not in audit and first.replace(" ", "") not in audit
    for name in os.listdir(folder.data):
        kept = os.path.join(folder.data, name)
        if os.path.isfile(kept):
            with open(kept, "rb") as file:
                assert first.replace(" ", "").encode() not in file.read(), name


def test_reset_of_shared_phone():
    """A phone of two people: their codes are listed, and nothing is done."""
    one, two = Browser(demo), Browser(demo)
    register(one, 12, phone="0911 222 444")
    register(two, 13, phone="0911 222 444")
    codes = [entry_code(one), entry_code(two)]
    ran = reset("0911222444", status=1, say=["2 people", *codes])
    equal(ran.out, "")
    equal([entry_code(one), entry_code(two)], codes)    # both are still signed in
    reset(codes[1].lower(), say=codes[1])
    equal(entry_code(one), codes[0])
    assert two.ask("GET", HOME + "/toi").status == 303
    reset("KHONG-CO", status=1, say="nobody is registered")
    folder.run("person", "reset", codes[0], "--reason", " ", status=2, say="--reason")
    folder.run("person", "reset", codes[0], "--reason", "x", "--contest", "khac", status=1)


def test_find():
    b = Browser(demo)
    register(b, 14, phone="0911 222 555", password=PASSWORD)
    before = folder.run("audit").out.count("person.find")
    folder.run("person", "find", "0911222555", "--contest", CODE,
               say=[entry_code(b), "25/09/2024"])
    folder.run("person", "find", "KHONG-CO", status=1, say="nobody")
    equal(folder.run("audit").out.count("person.find"), before + 2)


run(globals())
demo.end()
