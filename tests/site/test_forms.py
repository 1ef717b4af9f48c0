#!/usr/bin/env python3
"""Every form of docs/pages.md's table, sent as nobody should send it: without a session,
with another person's, a day late, from another site, twice. Each is refused or harmless,
and each is done when it is sent as it should be, so that a refusal means something. A
route or field that is new there and not prepared here fails."""

import collections
import contextlib
import copy
import functools
import itertools
import json
import os
import re
import shutil
import sqlite3
import urllib.parse

from harness import (CODE, HOME, PASSWORD, ROOT, SAMPLE, Browser, Folder, aged_token, begin, equal,
                     letter, new_folder, run)
from pages_table import documented_routes

OPEN = "2024-09-21T09:00:00+07:00"
DAY_S = 24 * 3600
PART = "chinh-thuc-1"
PLACE = "/dang-ky?nhom=nhom2&dv=DP-25195"
CHILD, MOTHER = "05/08/2012", "Lê Thị Mẹ"
NEW_PASSWORD = "một mật khẩu khác"

# What changes without any form: who runs the background jobs, and what these take by
# the clock.
LEFT_OUT = ("lease", "snapshot", "snapshot_row")

Route = collections.namedtuple("Route", "method path name audience kind fields")
with open(os.path.join(ROOT, "docs", "pages.md"), encoding="utf-8") as file:
    FORMS = {route.name: route for route in itertools.starmap(Route, documented_routes(file.read()))
             if route.method == "POST"}

# What a sound form holds in each documented field; whoever sends it may have their own.
SAMPLES = {
    "rev": "0", "no": "4711", "base": "0" * 30, "baseflags": "0" * 30, "basep": "-1", "p": "77",
    "a*": [("a1", "1"), ("a30", "4")], "f*": [("f2", "1")], "confirm": "1",
    "nhom": "nhom2", "dv": "DP-25195", "donvi": "", "hoten": "", "ngaysinh": "1/2/1980", "sdt": "",
    "matkhau": PASSWORD, "dongy": "1", "daidien": MOTHER, "dongydd": "1", "congbodd": "1",
    "congbo": "1", "xacnhan": "1", "moi": "", "cong": "", "maychung": "1", "trangweb": "",
    "tiep": HOME + "/toi", "nguoi": "", "bai": PART, "rutlai": "1", "xoa": "1", "ma": "",
    "thietbi": "khac", "de": "5a" * 16, "c*": [("c1", "1"), ("c10", "4")],
}

# What comes of a sound form: the status, and the tables whose rows it changes.
DONE = {
    "save": (303, {"paper"}), "save-json": (200, {"paper"}), "submit": (303, {"paper"}),
    "take": (303, {"paper"}), "start-post": (303, {"paper"}),
    "register-post": (200, {"person", "person_data", "identity", "recovery", "entry", "device"}),
    "register-minor-post": (200, {"person", "person_data", "identity", "recovery", "entry",
                                  "device", "guardian"}),
    "sign-in-post": (200, {"device"}), "sign-out": (303, {"device"}),
    "device-end": (303, {"device"}), "slip": (200, {"recovery"}),
    "forgot-post": (200, {"person", "person_data", "device", "recovery"}),
    "profile": (303, {"entry"}), "consent": (303, {"entry", "guardian", "act"}),
    "correct": (303, {"person_data", "identity", "entry", "guardian", "act"}),
    "withdraw": (200, {"person", "device", "entry_end", "act"}),
    "erase": (200, {"person", "person_data", "identity", "recovery", "device", "act"}),
    "practice-post": (303, set()),
}

# What the same bytes change once more.
AGAIN = {
    "slip": ({"recovery.code_index", "recovery.made_at"}, "each slip has a code of its own"),
    "take": ({"paper.revision"}, "taking over is counted; answers and holder stay"),
    "sign-in-post": ({"device.signed_in_at"}, "signs in again, now"),
    "register-post": ({"device.signed_in_at"}, "the right password signs in"),
    "register-minor-post": ({"device.signed_in_at"}, "the same"),
}

# The body says whose it is, by what only they know; a session says nothing there.
BY_CREDENTIALS = ("register-post", "register-minor-post", "sign-in-post", "forgot-post")

folder = Folder().new()
folder.run("contest", "apply", SAMPLE, clock="2024-09-09T09:00:00+07:00")
s = folder.serve(OPEN)
numbers = itertools.count(1)


# ---------------------------------------------------------------- what is stored

def dump():
    """The rows of each table by their keys, of one moment, read beside the server."""
    found = {}
    path = f"file:{folder.data}/hoithi.db?mode=ro"
    with contextlib.closing(sqlite3.connect(path, uri=True, isolation_level=None)) as db:
        db.row_factory = sqlite3.Row
        db.execute("BEGIN")
        for name, in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
            keys = [row["name"] for row in db.execute(f"PRAGMA table_info({name})") if row["pk"]]
            assert keys, (name, "rows without a key")
            found[name] = {tuple(row[key] for key in keys): dict(row)
                           for row in db.execute(f"SELECT * FROM {name}")}
    return {name: rows for name, rows in found.items() if name not in LEFT_OUT}


def changed(before, after):
    """(table, row before, row after) where these differ; {} there is none."""
    return [(name, before[name].get(key, {}), after[name].get(key, {}))
            for name in before for key in before[name].keys() | after[name].keys()
            if before[name].get(key) != after[name].get(key)]


def columns(changes):
    return {f"{name}.{column}" for name, old, new in changes for column in {**old, **new}
            if old.get(column) != new.get(column)}


def numbers_of(code):
    """Person and entry, as their rows and those of others name them."""
    (entry,) = [row for row in dump()["entry"].values() if row["code"] == code]
    return {entry["person_id"], entry["id"], code}


# ---------------------------------------------------------------- who sends a form

class Sender:
    """Somebody in the state in which a form can be sent, at the page that has it."""

    def __init__(self, browser, page, form_id, who=(), **own):
        self.cookies, self.who, self.own = dict(browser.cookies), who, own
        # Whoever fills in a form of the door takes some seconds over it.
        self.token = aged_token(page.form(form_id).value("_token"), self.cookies["hoithi"], s.keys, 5)

    def late(self):
        return aged_token(self.token, self.cookies["hoithi"], s.keys, DAY_S)

    def pairs(self, route):
        """All documented fields but the token."""
        found = []
        for field in route.fields:
            if field != "_token":
                value = self.own.get(field, SAMPLES[field])
                found += value if field.endswith("*") else [(field, value)]
        return found

    def owns(self, row):
        return not self.who.isdisjoint(row.values())


def path_of(route):
    return route.path.replace("{contest}", CODE).replace("{}", PART)


def post(route, cookies, token, pairs, headers=None):
    browser = Browser(s)
    browser.cookies = dict(cookies)
    body = urllib.parse.urlencode([("_token", token)] + pairs)
    reply = browser.ask("POST", path_of(route), body, headers)
    browser.close()
    return reply


def fresh():
    """Name and phone of somebody new."""
    number = next(numbers)
    return {"hoten": f"Trần Thị {letter(number)}", "sdt": f"0987 {number // 1000:03d} {number % 1000:03d}"}


def visitor(path="/dang-nhap", form_id="sign-in", **own):
    browser = Browser(s)
    return Sender(browser, browser.get(HOME + path), form_id, **own)


class Person:
    """Registered and signed in, grown up or with a representative."""

    def __init__(self, birth="1/2/1980"):
        self.browser, self.own = Browser(s), fresh()
        page = self.browser.get(HOME + PLACE)
        form = page.form("register").set("ngaysinh", birth).set("matkhau", PASSWORD).set("dongy", True)
        for name, value in self.own.items():
            form.set(name, value)
        page = self.browser.press(page, form)
        if birth == CHILD:
            form = page.form("register-minor").set("matkhau", PASSWORD).set("daidien", MOTHER)
            page = self.browser.press(page, form.set("dongydd", True).set("dongy", True))
        self.code, self.recovery = page.at("ma-du-thi"), page.at("ma-khoi-phuc")
        self.who = numbers_of(self.code)
        self.browser.close()    # the server would end it after an idle minute

    def at(self, path, form_id, **own):
        return Sender(self.browser, self.browser.get(HOME + path), form_id, self.who, **own)

    def elsewhere(self):
        """The same on another browser."""
        other = copy.copy(self)
        other.browser = Browser(s)
        page = other.browser.get(HOME + "/dang-nhap")
        form = page.form("sign-in").set("sdt", self.code).set("matkhau", PASSWORD)
        other.browser.press(page, form)
        return other


def begun():
    person = Person()
    begin(person.browser)
    return person


def with_other_browser():
    person = Person()
    person.elsewhere()
    page = person.browser.get(HOME + "/toi").body.decode()
    handle = re.search(r'name="thietbi" value="([0-9a-f]{16})"', page).group(1)
    return person.at("/toi", "device-end", thietbi=handle)


def forgetful():
    person = Person()
    return visitor("/quen-mat-khau", "forgot", who=person.who, sdt=person.own["sdt"],
                   ma=person.recovery, matkhau=NEW_PASSWORD)


def signed_out():
    person = Person()
    return visitor(who=person.who, sdt=person.own["sdt"], nguoi=person.code)


MAKERS = {
    "save": lambda: begun().at(f"/bai-thi/{PART}", "paper"),
    "save-json": lambda: begun().at(f"/bai-thi/{PART}", "paper"),
    "submit": lambda: begun().at(f"/bai-thi/{PART}", "paper"),
    "take": lambda: begun().elsewhere().at(f"/bai-thi/{PART}", "take"),
    "start-post": lambda: Person().at("/vao-thi", "start"),
    "register-post": lambda: visitor(PLACE, "register", **fresh()),
    "register-minor-post": lambda: visitor(PLACE, "register", ngaysinh=CHILD, **fresh()),
    "sign-in-post": signed_out,
    "sign-out": lambda: Person().at("/toi", "sign-out"),
    "device-end": with_other_browser,
    "slip": lambda: Person().at("/toi", "slip"),
    "forgot-post": forgetful,
    "profile": lambda: Person().at("/dang-ky?cho=toi&nhom=nhom1&dv=SGDDT-THPT-HV", "profile",
                                   nhom="nhom1", dv="SGDDT-THPT-HV"),
    "consent": lambda: agreed_before.pop().at("/toi", "consent"),
    "correct": lambda: Person().at("/du-lieu", "correct", hoten="Lê Thị Trẻ", ngaysinh=CHILD),
    "withdraw": lambda: Person().at("/du-lieu", "withdraw"),
    "erase": lambda: Person().at("/du-lieu", "erase"),
    "practice-post": lambda: visitor("/thi-thu", "practice"),
}


def next_consent():
    """The sample, asking for agreement to other sentences."""
    contest = new_folder("contest")
    shutil.copytree(SAMPLE, contest)
    path = os.path.join(contest, "profile.json")
    with open(path, encoding="utf-8") as profile_file:
        profile = json.load(profile_file)
    profile["consent"].update(version="2", purpose="mục đích bản 2")
    profile["rules"]["decision_no"] = "2/QĐ"
    with open(path, "w", encoding="utf-8") as profile_file:
        json.dump(profile, profile_file, ensure_ascii=False)
    return contest


agreed_before = [Person(CHILD) for _ in range(5)]
folder.run("contest", "apply", next_consent())
stranger = Person().at("/toi", "sign-out")
gone = Person().at("/toi", "sign-out")
post(FORMS["sign-out"], gone.cookies, gone.token, []).is_status(303)
nobody = visitor()


# ---------------------------------------------------------------- the walk

def is_senders_own(changes, sender):
    for name, old, new in changes:
        assert all(sender.owns(row) for row in (old, new) if row), (name, old, new)


def is_done(route, sender, reply, before):
    changes = changed(before, dump())
    equal((reply.status, {name for name, _, _ in changes}), DONE[route.name], route.name)
    if sender.who:
        is_senders_own(changes, sender)


def sound_and_again(route, make):
    """As a browser sends it; then the same bytes, cookies and all."""
    sender, before = make(), dump()
    own = {"Origin": f"http://127.0.0.1:{s.port}", "Sec-Fetch-Site": "same-origin"}
    sound = functools.partial(post, route, sender.cookies, sender.token, sender.pairs(route), own)
    is_done(route, sender, sound(), before)
    before = dump()
    assert sound().status < 500
    wanted, _ = AGAIN.get(route.name, (set(), ""))
    equal(columns(changed(before, dump())), wanted, "what the same changes once more")


def refusals(route, sender):
    """What it is, cookies, token, headers, and the status that refuses it."""
    contestant = route.audience == "contestant"
    forged = sender.token[:-4] + ("AAAA" if sender.token[-4:] != "AAAA" else "BBBB")
    yield "no cookie", {}, sender.token, {}, 401 if contestant else 403
    yield "nobody's browser", nobody.cookies, sender.token, {}, 401 if contestant else 403
    if contestant:
        yield "nobody's browser and token", nobody.cookies, nobody.token, {}, 401
    yield "another person's session", stranger.cookies, sender.token, {}, 403
    for token in ("", forged, stranger.token, nobody.token):
        for headers in ({}, {"Origin": "null"}):
            yield f"token {token!r} {headers}", sender.cookies, token, headers, 403
    for headers in ({"Origin": "https://evil.example"}, {"Origin": f"http://127.0.0.1:{s.port + 1}"},
                    {"Origin": f"https://127.0.0.1:{s.port}"}, {"Sec-Fetch-Site": "cross-site"},
                    {"Origin": "null", "Sec-Fetch-Site": "cross-site"}):
        yield f"from elsewhere {headers}", sender.cookies, sender.token, headers, 403


def refused(route, make):
    """One form, refused in all ways; none of them was in the way of the last, which is
    judged by its token, since it comes from nowhere."""
    sender, before = make(), dump()
    for what, cookies, token, headers, status in refusals(route, sender):
        reply = post(route, cookies, token, sender.pairs(route), headers)
        equal((reply.status, changed(before, dump())), (status, []), f"{route.name}: {what}")
    reply = post(route, sender.cookies, sender.token, sender.pairs(route), {"Origin": "null"})
    is_done(route, sender, reply, before)


def too_late(route, make):
    """A day old: not done, and offered again as it was filled in, but for the password."""
    sender, before = make(), dump()
    page = post(route, sender.cookies, sender.late(), sender.pairs(route)).is_status(403)
    equal(changed(before, dump()), [], f"{route.name}: a day late")
    form = page.says("Biểu mẫu đã quá hạn").form("resend")
    equal(form.action, path_of(route))
    kept = [(name, "" if name == "matkhau" else value) for name, value in sender.pairs(route)]
    equal(form.pairs()[1:], kept, f"{route.name}: what is offered again")
    sender.token = aged_token(form.value("_token"), sender.cookies["hoithi"], s.keys, 5)
    reply = post(route, sender.cookies, sender.token, sender.pairs(route))
    is_done(route, sender, reply, before)


def anothers(route, make):
    """What one person's form holds, sent by another who might send it too: whatever
    comes of it is the sender's. Who has no paper has none at that address, and whose
    session ended is led to sign in."""
    pairs, sender = make().pairs(route), make()
    before = dump()
    none = 410 if route.name == "save-json" else 404
    if "{}" in route.path:
        post(route, stranger.cookies, stranger.token, pairs).is_status(none)
        post(route, gone.cookies, gone.token, pairs).is_status(none)
    elif route.audience == "contestant":
        reply = post(route, gone.cookies, gone.token, pairs).is_status(303)
        equal(reply.header("location"), HOME + "/dang-nhap", route.name)
    equal(changed(before, dump()), [], f"{route.name} by who has nothing there")
    reply = post(route, sender.cookies, sender.token, pairs)
    assert reply.status < 500, (reply.status, reply.text)
    is_senders_own(changed(before, dump()), sender)


def walk(route):
    make = MAKERS[route.name]
    sound_and_again(route, make)
    refused(route, make)
    too_late(route, make)
    if route.name not in BY_CREDENTIALS + ("practice-post",):
        anothers(route, make)


def test_nothing_is_forgotten():
    equal(set(MAKERS), set(FORMS), "forms that are prepared")
    equal(set(DONE), set(FORMS), "forms whose outcome is known")
    equal(set(SAMPLES) | {"_token"}, {field for route in FORMS.values() for field in route.fields},
          "fields that have a sample")
    assert set(AGAIN) | set(BY_CREDENTIALS) <= set(FORMS)


run({"test_nothing_is_forgotten": test_nothing_is_forgotten,
     **{"test_" + name: functools.partial(walk, route) for name, route in FORMS.items()}})
s.end()
