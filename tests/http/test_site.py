#!/usr/bin/env python3
"""What stands around pages: cache, cookies, tokens, language, hashes, proxies, logs."""

import gzip
import re
import socket
import time

from harness import Client, Server, equal, metric, once, run, wait_for


def test_cache():
    with Server(threads=2) as s:
        r = once(s, "GET", "/public")
        assert r.text.startswith("public 1 vi q= "), r.text[:40]
        equal(r.get("cache-control"), "public, max-age=60, must-revalidate")
        equal(r.get("vary"), "Accept-Encoding, Cookie")
        equal(r.all("set-cookie"), [])
        assert once(s, "GET", "/public?utm_source=x&fbclid=3").text.startswith("public 1 ")
        z = once(s, "GET", "/public", {"Accept-Encoding": "br, gzip;q=0.5"})
        equal(z.get("content-encoding"), "gzip")
        equal(gzip.decompress(z.body), r.body)
        assert z.get("etag") != r.get("etag") and z.get("etag")
        equal(once(s, "GET", "/public", {"Accept-Encoding": "gzip;q=0"}).get("etag"), r.get("etag"))
        n = once(s, "GET", "/public", {"If-None-Match": f'"x", W/{r.get("etag")}'})
        equal((n.status, n.get("etag"), n.body), (304, r.get("etag"), b""))
        equal(n.get("cache-control"), "public, max-age=60, must-revalidate")
        equal(once(s, "GET", "/public", {"If-None-Match": z.get("etag")}).status, 200)
        equal(once(s, "GET", "/public", {"If-None-Match": z.get("etag"),
                                         "Accept-Encoding": "gzip"}).status, 304)
        equal(once(s, "HEAD", "/public").get("etag"), r.get("etag"))
        assert once(s, "GET", "/public?q=2").text.startswith("public 2 vi q=2")
        assert once(s, "GET", "/public", {"Cookie": "lang=en"}).text.startswith("public 3 en")
        s.tell("version")
        assert once(s, "GET", "/public").text.startswith("public 4 vi")
        r2 = once(s, "GET", "/public", {"If-None-Match": r.get("etag")})
        equal(r2.status, 200)
        assert once(s, "GET", "/public?short=1").text.startswith("public 5")
        assert once(s, "GET", "/public?short=1").text.startswith("public 5")
        time.sleep(0.5)
        assert once(s, "GET", "/public?short=1").text.startswith("public 6")
        equal(once(s, "GET", "/public?short=1").get("cache-control"),
              "public, max-age=0, must-revalidate")
        for i in range(700):
            once(s, "GET", f"/public?q=x{i}")
        equal(metric(s, "hoithi_cache_entries"), 512.0)
        r = once(s, "GET", "/asset", {"Accept-Encoding": "gzip"})
        equal((r.get("content-encoding"), gzip.decompress(r.body)), ("gzip", b"a" * 40))
        equal(r.get("cache-control"), "public, max-age=31536000, immutable")
        equal(once(s, "GET", "/asset").body, b"a" * 40)
        equal(once(s, "GET", "/asset", {"If-None-Match": '"asset"',
                                        "Accept-Encoding": "gzip"}).status, 304)


def cookie_of(reply):
    return reply.get("set-cookie").split(";")[0]


def test_sessions():
    with Server(threads=1) as s:
        r = once(s, "GET", "/")
        attributes = r.get("set-cookie").split("; ")
        equal(attributes[1:], ["Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=3456000"])
        assert attributes[0].startswith("hoithi=") and len(r.all("set-cookie")) == 1
        cookie = cookie_of(r)
        token = re.search(r"token=(\S+)", r.text).group(1)
        equal(len(token), 35)
        r = once(s, "GET", "/", {"Cookie": "x=1; " + cookie})
        equal(r.all("set-cookie"), [])
        assert re.search(r"token=\S{35} person=0 device=1", r.text), r.text
        equal(once(s, "GET", "/nowhere").all("set-cookie"), [])
        ours = {"Cookie": cookie}
        good = f"_token={token}&a=1"

        def post(body=good, path="/guarded", **more):
            headers = {**ours, **{k.replace("_", "-"): v for k, v in more.items()}}
            return once(s, "POST", path, headers, body)
        equal(post().text, f"_token={token}\na=1\n")
        equal(post("a=1").status, 403)
        equal(post("a=1&_token=").status, 403)
        equal(post(f"_token={token[:-1]}&a=1").status, 403)
        equal(post("a=1&_token=" + "A" * 24).status, 403)
        equal(post(Cookie="").status, 403)
        equal(post(Cookie=cookie[:-1] + ("A" if cookie[-1] != "A" else "B")).status, 403)
        equal(post(Origin=f"http://{s.host}").status, 200)
        equal(post(Origin="null").status, 200)
        equal(post("a=1", Origin="null").status, 403)
        equal(post(Origin=f"https://{s.host}").status, 403)
        equal(post(Origin="http://evil.example").status, 403)
        equal(post(Sec_Fetch_Site="cross-site").status, 403)
        equal(post(Sec_Fetch_Site="same-origin").status, 200)
        equal(post("b=1&" + good).status, 400)
        assert "fields 2" in post(Origin="http://evil.example").text   # carried along
        # signing in and out
        r = once(s, "GET", "/thi-2024/vao-thi?x=1")
        equal((r.status, r.get("location")), (303, "/thi-2024/dang-nhap?tiep=/thi-2024/vao-thi%3Fx%3D1"))
        equal(post(path="/thi-2024/vao-thi", body=f"_token={token}").status, 401)
        r = post(path="/vao", body=f"_token={token}&tiep=/thi-2024/vao-thi")
        equal((r.status, r.get("location")), (303, "/thi-2024/vao-thi"))
        signed = cookie_of(r)
        equal(once(s, "GET", "/thi-2024/vao-thi", {"Cookie": signed}).text, "contest 1")
        text = once(s, "GET", "/", {"Cookie": signed}).text
        assert "person=77 device=1" in text
        token2 = re.search(r"token=(\S+)", text).group(1)
        equal(post(Cookie=signed).status, 403)
        equal(post(f"_token={token2}&a=1").status, 403)
        equal(post(f"_token={token2}&a=1", Cookie=signed).status, 200)
        r = post(Cookie=signed, path="/ra", body=f"_token={token2}")
        equal(r.status, 303)
        text = once(s, "GET", "/", {"Cookie": cookie_of(r)}).text
        assert "person=0 device=1" in text, text
        equal(post(Cookie=cookie_of(r)).status, 200)
        r = post(path="/vao", body=f"_token={token}&shared=1")
        assert "Max-Age" not in r.get("set-cookie"), r.get("set-cookie")
        equal(r.get("location"), "/")
        for evil in ("//evil.example", "/\\evil.example", "https://evil.example", "/%0d%0aX:y"):
            location = post(path="/vao", body=f"_token={token}&tiep={evil}").get("location")
            assert location in ("/", "/%0D%0AX:y"), location
    with Server(threads=1, secure=1, public_url="https://thi.example.vn") as s:
        r = once(s, "GET", "/")
        equal(r.get("strict-transport-security"), "max-age=31536000")
        assert r.get("set-cookie").startswith("__Host-hoithi="), r.get("set-cookie")
        assert r.get("set-cookie").endswith("; Secure")
        token = re.search(r"token=(\S+)", r.text).group(1)
        for origin, wanted in (("https://thi.example.vn", 200), (f"http://{s.host}", 403)):
            equal(once(s, "POST", "/guarded", {"Cookie": cookie_of(r), "Origin": origin},
                       f"_token={token}").status, wanted, origin)


def test_language():
    with Server(threads=1) as s:
        def lang(path, cookie=""):
            return once(s, "GET", path, {"Cookie": cookie, "Accept-Language": "en"}).text[6:8]

        def chosen(path, cookie=""):
            r = once(s, "GET", path, {"Cookie": cookie})
            equal((r.status, r.get("cache-control")), (303, "no-store"), path)
            cookies = [c for c in r.all("set-cookie") if c.startswith("lang=")]
            equal(len(cookies), 1, path)
            return r.get("location"), cookies[0].split(";")[0]
        equal(lang("/"), "vi")
        equal(chosen("/?lang=en"), ("/", "lang=en"))
        equal(lang("/?ngon-ngu=en"), "vi")
        equal(lang("/", "ngon-ngu=en"), "vi")
        equal(lang("/", "lang=en"), "en")
        equal(chosen("/?lang=vi", "lang=en"), ("/", "lang=vi"))
        equal(lang("/?lang=xx", "lang=en"), "en")
        # On a page for everyone too, which itself never carries a cookie.
        location, cookie = chosen("/public?q=a%26b&lang=en&utm_source=x&short=1")
        equal((location, cookie), ("/public?q=a%26b&short=1", "lang=en"))
        r = once(s, "GET", location, {"Cookie": cookie})
        assert r.text.startswith("public ") and " en q=a&b" in r.text, r.text[:40]
        equal(r.all("set-cookie"), [])
        equal(chosen("/public?l%61ng=en&lang=vi"), ("/public", "lang=en"))
        equal(once(s, "HEAD", "/public?lang=en").status, 303)
        # A slash too many leads to the page, permanently.
        r = once(s, "GET", "/public/")
        equal((r.status, r.get("location")), (301, "/public"))


def test_gzip():
    with Server(threads=1) as s:
        path = "/?q=" + "ab" * 900
        r = once(s, "GET", path, {"Accept-Encoding": "gzip"})
        equal(r.get("content-encoding"), "gzip")
        assert "q=abab" in gzip.decompress(r.body).decode()
        equal(once(s, "GET", path).get("content-encoding"), "")
        equal(once(s, "GET", "/", {"Accept-Encoding": "gzip"}).get("content-encoding"), "")


def test_hash():
    with Server(threads=1, hash_threads=1, hash_queue=2) as s:
        equal(once(s, "POST", "/hash", body="password=b%C3%AD").text, "hash 0 1 $argon2id")
        clients = [Client(s) for _ in range(12)]
        for c in clients:
            c.send(f"POST /hash HTTP/1.1\r\nHost: {s.host}\r\nContent-Length: 10\r\n"
                   "Content-Type: application/x-www-form-urlencoded\r\n\r\npassword=1")
        statuses = [c.read().status for c in clients]
        assert 2 <= statuses.count(200) < 12 and statuses.count(503) >= 1, statuses
        equal(statuses.count(200) + statuses.count(503), 12)


def test_proxies():
    def client(s, forwarded):
        return re.search(r"client=(\S+)",
                         once(s, "GET", "/", {"X-Forwarded-For": forwarded}).text).group(1)
    with Server(threads=1) as s:
        equal(client(s, "203.0.113.9"), "127.0.0.1")
    with Server(threads=1, proxies="10.0.0.0/8,127.0.0.1") as s:
        equal(client(s, "203.0.113.9"), "203.0.113.9")
        equal(client(s, "1.1.1.1, 203.0.113.9, 10.2.3.4"), "203.0.113.9")
        equal(client(s, "2001:db8::1"), "2001:db8::1")
        equal(client(s, "nonsense"), "127.0.0.1")
        equal(client(s, "nonsense, 10.2.3.4"), "10.2.3.4")
    with Server(threads=2, listen="[::]:0") as s:   # IPv4 reaches it too
        equal(once(s, "GET", "/").status, 200)
        with socket.create_connection(("::1", s.port)) as c:
            c.sendall(b"GET / HTTP/1.1\r\nHost: [::1]\r\n\r\n")
            assert b"200 OK" in c.recv(100)
        assert "client=127.0.0.1" in once(s, "GET", "/").text


def test_log_and_metrics():
    with Server(threads=1) as s:
        once(s, "GET", "/part/secret-path?q=secret-query", {"Cookie": "x=secret-cookie"})
        once(s, "POST", "/echo", body="a=secret-body")
        wait_for(lambda: " echo 200 " in s.stderr())
        log = s.stderr()
        assert "secret" not in log and "127.0.0.1" not in log, log
        assert re.search(r" info http: part 200 \d+ ms [0-9a-f]{16}\n", log), log
        equal(metric(s, 'hoithi_http_answers_total{route="echo",method="post",class="save",'
                        'status="2xx"}'), 1.0)
        equal(metric(s, 'hoithi_http_seconds_count{route="part",method="get",class="other"}'), 1.0)


run(globals())
