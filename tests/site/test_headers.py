#!/usr/bin/env python3
"""Each kind of answer carries exactly the headers of docs/security.md, and nothing of
somebody who is signed in is kept by anybody."""

import re
import resource
import signal

from harness import HOME, PASSWORD, Browser, Folder, Server, begin, equal, mark, register, run

folder = Folder()
PHONE = "0912 200 001"
with folder.demo(20) as first:
    register(Browser(first), 1, phone=PHONE)

ALWAYS = {
    "content-security-policy":
        "default-src 'self'; object-src 'none'; base-uri 'none'; "
        "frame-ancestors 'none'; form-action 'self'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
HSTS = "max-age=31536000"
PUBLIC = r"public, max-age=\d+, must-revalidate"
IMMUTABLE = r"public, max-age=31536000, immutable"
PRIVATE = "no-store"
# Whatever else an answer may say. No Server, no X-Powered-By, no CORS.
OTHERS = {"date", "content-length", "content-type", "content-encoding", "content-disposition",
          "connection", "cache-control", "vary", "etag", "set-cookie", "location", "allow",
          "retry-after"}


def check(reply, caching, secure, status):
    where = (reply.path, reply.status)
    equal(reply.status, status, where)
    names = [name for name, _ in reply.headers]
    for name, value in ALWAYS.items():
        equal([v for n, v in reply.headers if n == name], [value], (*where, name))
    equal([v for n, v in reply.headers if n == "strict-transport-security"],
          [HSTS] if secure else [], where)
    strange = set(names) - set(ALWAYS) - OTHERS - {"strict-transport-security"}
    assert not strange, (where, strange)
    equal(names.count("cache-control"), 1, where)
    assert re.fullmatch(caching, reply.header("cache-control")), (where, reply.headers)
    if caching != PRIVATE:
        assert "set-cookie" not in names, where
    for cookie in (value for name, value in reply.headers if name == "set-cookie"):
        assert "SameSite=Lax" in cookie and "Path=/" in cookie, cookie
        equal("; Secure" in cookie, secure, cookie)
        if not cookie.startswith("lang="):
            assert "; HttpOnly" in cookie, cookie
            equal(cookie.startswith("__Host-hoithi="), secure, cookie)
    if reply.body and status not in (303, 301):
        assert reply.type in ("image/png", "image/svg+xml", "application/json") or \
            reply.type.endswith("; charset=utf-8"), (where, reply.type)


def of_nobody(b, secure):
    home = b.ask("GET", HOME)
    check(home, PUBLIC, secure, 200)
    check(b.ask("GET", HOME, headers={"If-None-Match": home.header("etag")}), PUBLIC, secure, 304)
    check(b.ask("HEAD", HOME), PUBLIC, secure, 200)
    asset = re.search(rb'/assets/app\.[0-9a-f]+\.css', home.body)[0].decode()
    check(b.ask("GET", asset), IMMUTABLE, secure, 200)
    for path in ("/the-le", "/don-vi", "/tin-tuc", "/huong-dan"):
        check(b.ask("GET", HOME + path), PUBLIC, secure, 200)
    check(b.ask("GET", "/"), PRIVATE, secure, 303)
    check(b.ask("GET", HOME + "/the-le/"), PRIVATE, secure, 301)
    check(b.ask("GET", HOME + "/the-le?lang=en"), PRIVATE, secure, 303)
    check(b.ask("GET", HOME + "/toi"), PRIVATE, secure, 303)
    check(b.ask("GET", HOME + "/khong-co"), PRIVATE, secure, 404)
    check(b.ask("GET", "/suc-khoe"), PRIVATE, secure, 200)
    for path in ("/dang-nhap", "/dang-ky", "/quen-mat-khau", "/thi-thu"):
        check(b.ask("GET", HOME + path), PRIVATE, secure, 200)


def refused(b, secure):
    check(b.ask("PUT", HOME, "a=1"), PRIVATE, secure, 405)
    check(b.ask("TRACE", HOME), PRIVATE, secure, 405)
    check(b.ask("OPTIONS", HOME), PRIVATE, secure, 405)
    check(b.ask("GET", HOME + "/tin-tuc/%ff"), PRIVATE, secure, 400)
    check(b.ask("GET", "/" + "a" * 3000), PRIVATE, secure, 414)
    door = HOME + "/dang-nhap"
    check(b.ask("POST", door, "la=1"), PRIVATE, secure, 400)
    check(b.ask("POST", door, "sdt=1&matkhau=2"), PRIVATE, secure, 403)
    foreign = {"Origin": "https://noi-khac.example"}
    check(b.ask("POST", door, "sdt=1", foreign), PRIVATE, secure, 403)
    check(b.ask("POST", door, "a" * 70000), PRIVATE, secure, 413)
    check(b.ask("POST", door, "{}", {"Content-Type": "application/json"}), PRIVATE, secure, 415)
    check(b.ask("POST", HOME + "/bai-thi/chinh-thuc-1/luu", "rev=0"), PRIVATE, secure, 401)


def sign_in(b, phone, password, **kw):
    page = b.get(HOME + "/dang-nhap")
    form = page.form("sign-in").set("sdt", phone).set("matkhau", password)
    return b.press(page, form, **kw)


def guess(b, secure):
    """Wrong passwords until the waits begin."""
    for _ in range(5):
        check(sign_in(b, "0912 999 999", "sai mật khẩu", status=422), PRIVATE, secure, 422)
    reply = sign_in(b, "0912 999 999", "sai mật khẩu", status=429)
    check(reply, PRIVATE, secure, 429)
    assert 0 < int(reply.header("retry-after")) <= 15, reply.headers


def of_somebody(b, secure):
    check(sign_in(b, PHONE, PASSWORD, follow=False, status=303), PRIVATE, secure, 303)
    paper = begin(b)
    if paper.has_form("take"):      # begun on the browser of another test
        paper = b.press(paper, paper.form("take"))
    for path in ("/toi", "/du-lieu", "/vao-thi", "/dang-ky"):
        check(b.get(HOME + path), PRIVATE, secure, 200)
    check(paper, PRIVATE, secure, 200)
    form = mark(paper.form("paper"), "12")
    saved = b.ask("POST", form.action + ".json", "&".join(f"{k}={v}" for k, v in form.pairs()))
    check(saved, PRIVATE, secure, 200)
    equal(saved.type, "application/json")
    check(b.press(paper, form, follow=False, status=303), PRIVATE, secure, 303)
    file = b.ask("GET", HOME + "/du-lieu/tai-ve")
    check(file, PRIVATE, secure, 200)
    assert file.header("content-disposition").startswith("attachment; "), file.headers
    # A page for everyone has the same bytes for whoever is signed in.
    stranger = Browser(b.server)
    for path in ("", "/the-le", "/tin-tuc"):
        mine = b.ask("GET", HOME + path)
        check(mine, PUBLIC, secure, 200)
        equal(mine.body, stranger.ask("GET", HOME + path).body, path)
    return paper


def disk_full(server, b, paper, secure):
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    reply = b.press(paper, mark(paper.form("paper"), "34"), status=503)
    check(reply, PRIVATE, secure, 503)
    assert int(reply.header("retry-after")) > 0, reply.headers
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE,
                     (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def each_kind(*more, secure):
    Server.restore_signals = False      # past its limit a write fails; no signal
    try:
        server = folder.serve(None, *more)
    finally:
        Server.restore_signals = True
    of_nobody(Browser(server), secure)
    refused(Browser(server), secure)
    guess(Browser(server), secure)
    b = Browser(server)
    paper = of_somebody(b, secure)
    disk_full(server, b, paper, secure)
    server.process.send_signal(signal.SIGTERM)
    equal(server.process.wait(30), 0)   # its log told of the failing disk
    server.kill()


def test_plain():
    each_kind(secure=False)


def test_behind_https():
    each_kind("--public-url", "https://localhost", secure=True)


run(globals())
