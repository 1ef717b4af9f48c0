"""The real program under test: its server, its commands, and a browser without
JavaScript that follows links and forms by their ids.

    test_….py HOITHI SOURCE_ROOT [NAME …]

Everything happens in a temporary folder and on free loopback ports."""

import atexit
import base64
import csv
import hashlib
import html.parser
import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

HOITHI = os.path.abspath(sys.argv[1])
ROOT = os.path.abspath(sys.argv[2])
SAMPLE = os.path.join(ROOT, "examples", "binh-phuoc-2024")
CODE = "binh-phuoc-2024"
HOME = "/" + CODE
TMP = tempfile.mkdtemp(prefix="hoithi-site-")
PASSWORD = "mật khẩu đủ dài"
START_SECONDS = 90
# Forms that nobody fills in within three seconds (src/pages/door.h).
SLOW_FORMS = ("register", "register-minor", "forgot")
BAD_SIGNS = ("Sanitizer", "runtime error", "Assertion", "assertion")

_running = []
_numbers = iter(range(1, 1 << 30))


def _clean_up():
    for server in list(_running):
        server.kill()
    shutil.rmtree(TMP, ignore_errors=True)


atexit.register(_clean_up)
# Meson ends a test that takes too long with SIGTERM; what we started ends too.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))


def new_folder(name):
    return os.path.join(TMP, f"{next(_numbers)}-{name}")


# ---------------------------------------------------------------- commands

class Ran:
    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err

    def __repr__(self):
        return f"status {self.status}\nout: {self.out[-2000:]}\nerr: {self.err[-2000:]}"


def hoithi(*args, cwd=None, status=0, timeout=60, say=None):
    """Runs a command; its exit status has to be `status` (None: any), and its
    output has to hold each text of `say`."""
    done = subprocess.run([HOITHI, *args], cwd=cwd or TMP, capture_output=True, timeout=timeout,
                          stdin=subprocess.DEVNULL, check=False)
    ran = Ran(done.returncode, done.stdout.decode(), done.stderr.decode())
    assert not any(sign in ran.err for sign in BAD_SIGNS), ran
    if status is not None:
        assert ran.status == status, (args, ran)
    for text in ([say] if isinstance(say, str) else say or []):
        assert text in ran.out + ran.err, (args, text, ran)
    return ran


class Server:
    """`hoithi serve` or `hoithi demo` with the given arguments, until end()."""

    restore_signals = True

    def __init__(self, *args, cwd=None):
        self.keys = (args[args.index("--keys") + 1] if "--keys" in args
                     else os.path.join(args[args.index("--data") + 1], "keys"))
        self.log_path = new_folder("log")
        self.out_path = new_folder("out")
        with open(self.log_path, "wb") as log, open(self.out_path, "wb") as out:
            self.process = subprocess.Popen([HOITHI, *args, "--listen", "127.0.0.1:0"],
                                            cwd=cwd or TMP,
                                            stdin=subprocess.DEVNULL, stdout=out, stderr=log,
                                            restore_signals=self.restore_signals)
        _running.append(self)
        wait_for(lambda: self.process.poll() is not None or "serving on port" in self.log(),
                 START_SECONDS)
        found = re.search(r"serving on port (\d+)", self.log())
        assert found, self.log()
        self.port = int(found.group(1))

    def log(self):
        with open(self.log_path, encoding="utf-8") as file:
            return file.read()

    def out(self):
        with open(self.out_path, encoding="utf-8") as file:
            return file.read()

    def kill(self):
        if self in _running:
            _running.remove(self)
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(20)

    def end(self, with_signal=signal.SIGTERM):
        """Stops it as an operator would; it has to end well."""
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
        try:
            status = self.process.wait(60)
        finally:
            self.kill()
        log = self.log()
        assert status == 0, (status, log[-3000:])
        assert not any(sign in log for sign in BAD_SIGNS), log[-3000:]
        errors = [line for line in log.splitlines() if " error " in line]
        assert not errors, errors[:20]

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind:
            self.kill()
            print("\n".join(line for line in self.log().splitlines()
                            if not re.search(r" http: \S+ [1-4]\d\d ", line))[-3000:])
        else:
            self.end()


def wait_for(what, seconds=10):
    end = time.monotonic() + seconds
    while True:
        found = what()
        if found:
            return found
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def metrics_port(server):
    """Its port is chosen by the system: look at what the process listens on."""
    inodes = set()
    for fd in os.listdir(f"/proc/{server.process.pid}/fd"):
        try:
            target = os.readlink(f"/proc/{server.process.pid}/fd/{fd}")
        except FileNotFoundError:   # closed meanwhile
            continue
        inodes |= set(re.findall(r"socket:\[(\d+)\]", target))
    with open(f"/proc/{server.process.pid}/net/tcp", encoding="ascii") as file:
        for line in file.read().splitlines()[1:]:
            words = line.split()
            port = int(words[1].split(":")[1], 16)
            if words[3] == "0A" and words[9] in inodes and port != server.port:
                return port
    raise AssertionError("it listens on one port only")


def metric(server, name):
    """The sum of the numbers of this name (a regular expression) on its page of metrics."""
    with urllib.request.urlopen(f"http://127.0.0.1:{metrics_port(server)}/metrics") as reply:
        return sum(map(int, re.findall(rf"^{name} (\d+)$", reply.read().decode(), re.M)))


class Folder:
    """A data folder with its keys, one inside `root` beside the other."""

    def __init__(self, root=None):
        self.root = root or new_folder("folder")
        self.data = os.path.join(self.root, "data")
        self.keys = os.path.join(self.root, "keys")

    @property
    def args(self):
        return ["--data", self.data, "--keys", self.keys]

    def demo(self, people=60, *more):
        return Server("demo", "--people", str(people), "--data", self.root, *more)

    def serve(self, clock=None, *more):
        return Server("serve", *self.args, *(["--clock", clock] if clock else []), *more)

    def run(self, *words, clock=None, **kw):
        return hoithi(*words, *self.args, *(["--clock", clock] if clock else []), **kw)

    def new(self):
        """Keys and a folder, empty."""
        os.makedirs(self.root, exist_ok=True)
        hoithi("keys", "init", "--keys", self.keys)
        return self


# ---------------------------------------------------------------- pages

class Form:
    def __init__(self, attributes):
        self.id = attributes.get("id", "")
        self.method = attributes.get("method", "get").lower()
        self.action = attributes.get("action", "")
        self.fields = []        # [name, value, type, goes along]
        self.buttons = []       # (text, formaction, name, value)

    def names(self):
        seen = []
        for name, *_ in self.fields:
            if name not in seen:
                seen.append(name)
        return seen

    def value(self, name):
        """The value that would be posted; None when none would be."""
        return next((v for n, v, _, goes in self.fields if n == name and goes), None)

    def choices(self, name):
        return [v for n, v, _, _ in self.fields if n == name]

    def set(self, name, value):
        """Types, chooses or ticks (True/False)."""
        mine = [field for field in self.fields if field[0] == name]
        assert mine, f"no field {name} in form {self.id}"
        assert mine[0][2] != "disabled", f"{name} is disabled"
        if mine[0][2] == "radio":
            assert value is None or value in [field[1] for field in mine], (name, value)
            for field in mine:
                field[3] = field[1] == value
        elif mine[0][2] == "checkbox":
            mine[0][3] = bool(value)
        else:
            mine[0][1], mine[0][3] = value, True
        return self

    def pairs(self):
        return [(name, value) for name, value, _, goes in self.fields if goes]


def is_question(attributes):
    """Whether an element is a question's body: of a practice test, or of a paper."""
    return (attributes.get("class") == "question-body"
            or re.fullmatch(r"h\d+", attributes.get("id", "")) is not None)


class Page(html.parser.HTMLParser):
    """A reply, read: its texts, links and forms."""

    VOID = {"input", "img", "br", "hr", "meta", "link"}

    def __init__(self, status, headers, body, path):
        super().__init__(convert_charrefs=True)
        self.status, self.headers, self.body, self.path = status, headers, body, path
        self.forms, self.links, self.ids, self.texts = [], [], {}, []
        self.labels = {}        # (name, value) of a radio or checkbox: its words
        self.questions = []     # the words of each question's body
        self._form = self._link = self._button = self._label = None
        self._disabled = 0
        self._stack = []
        self.type = self.header("content-type")
        if self.type.startswith("text/html"):
            self.feed(body.decode("utf-8"))
            self.close()
            assert not self._stack, ("unclosed", self._stack)

    def header(self, name):
        return next((value for key, value in self.headers if key == name), "")

    @property
    def text(self):
        return re.sub(r"\s+", " ", " ".join(self.texts)).strip()

    def form(self, form_id):
        found = [form for form in self.forms if form.id == form_id]
        assert len(found) == 1, (f"{len(found)} forms with id {form_id} at {self.path}",
                                 self.status, self.text[:1500])
        return found[0]

    def has_form(self, form_id):
        return any(form.id == form_id for form in self.forms)

    def link(self, text):
        """The address of the first link whose text begins so."""
        for href, words in self.links:
            if " ".join(words).strip().startswith(text):
                return href
        raise AssertionError((f"no link {text!r} at {self.path}",
                              [" ".join(words) for _, words in self.links]))

    def at(self, element_id):
        """The text inside the element with this id."""
        assert element_id in self.ids, (element_id, self.path, self.text[:500])
        return re.sub(r"\s+", " ", " ".join(self.ids[element_id])).strip()

    def says(self, *texts):
        for text in texts:
            assert text in self.text, (f"{self.path} ({self.status}) does not say {text!r}",
                                       self.text[:3000])
        return self

    def says_not(self, *texts):
        for text in texts:
            assert text not in self.text, (f"{self.path} says {text!r}", self.text[:3000])
        return self

    def is_status(self, status):
        assert self.status == status, (self.path, self.status, self.text[:1500])
        return self

    def handle_starttag(self, tag, attrs):
        attributes = {key: value if value is not None else "" for key, value in attrs}
        if "id" in attributes:
            assert attributes["id"] not in self.ids, ("doubled id", attributes["id"], self.path)
            self.ids[attributes["id"]] = []
        if tag not in self.VOID:
            self._stack.append((tag, attributes))
        if is_question(attributes):
            self.questions.append("")
        if tag == "form":
            self._form = Form(attributes)
            self.forms.append(self._form)
        elif tag == "fieldset":
            self._disabled += "disabled" in attributes
        elif tag == "a" and "href" in attributes:
            self._link = (attributes["href"], [])
            self.links.append(self._link)
        elif tag == "label":
            self._label = [[], None]
        elif tag == "button" and self._form is not None:
            self._button = [[], attributes]
        elif tag == "input" and self._form is not None and "name" in attributes:
            self._input(attributes)

    def _input(self, attributes):
        kind = attributes.get("type", "text")
        if self._label:
            self._label[1] = (attributes["name"], attributes.get("value", "on"))
        off = self._disabled or "disabled" in attributes
        ticked = kind not in ("radio", "checkbox") or "checked" in attributes
        default = "on" if kind in ("radio", "checkbox") else ""
        self._form.fields.append([attributes["name"], attributes.get("value", default),
                                  "disabled" if off else kind, ticked and not off])

    def handle_endtag(self, tag):
        if tag in self.VOID:
            return
        assert self._stack and self._stack[-1][0] == tag, (f"</{tag}> at {self.path}",
                                                           self._stack[-3:])
        _, attributes = self._stack.pop()
        if tag == "form":
            self._form = None
        elif tag == "fieldset":
            self._disabled -= "disabled" in attributes
        elif tag == "a":
            self._link = None
        elif tag == "label":
            words, key = self._label
            if key:
                self.labels[key] = " ".join(words)
            self._label = None
        elif tag == "button" and self._button and self._form is not None:
            words, attributes = self._button
            self._form.buttons.append((" ".join(words).strip(), attributes.get("formaction"),
                                       attributes.get("name"), attributes.get("value", "")))
            self._button = None

    def handle_data(self, data):
        tags = [tag for tag, _ in self._stack]
        if "script" in tags or "style" in tags:
            return
        words = data.strip()
        if not words:
            return
        self.texts.append(words)
        if self._link:
            self._link[1].append(words)
        if self._button:
            self._button[0].append(words)
        if self._label:
            self._label[0].append(words)
        if any(is_question(attributes) for _, attributes in self._stack):
            self.questions[-1] += words
        for _, attributes in self._stack:
            if "id" in attributes:
                self.ids[attributes["id"]].append(words)


def aged_token(token, cookie, keys, seconds):
    """The same token, made `seconds` earlier: what docs and http/cookie.h say of its bytes,
    written a second time."""
    raw, session = (base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
                    for text in (token, cookie))
    number, made_at = raw[:2], int.from_bytes(raw[2:10], "big") - int(seconds * 1000)
    with open(os.path.join(keys, "session.key"), encoding="ascii") as file:
        ring = dict(line.split() for line in file)
    key = bytes.fromhex(ring[str(int.from_bytes(number, "big"))])
    person, device, at = session[3:11], session[19:27], made_at.to_bytes(8, "big")
    mac = hashlib.blake2b(b"form" + device + person + at, key=key, digest_size=32).digest()
    return base64.urlsafe_b64encode(number + at + mac[:16]).decode().rstrip("=")


class Browser:
    """No JavaScript; one keep-alive connection, perhaps from a loopback address of its own; cookies
    by hand. Whoever uses it takes `typing_s` seconds over a form of the door."""

    typing_s = 5

    def __init__(self, server, timeout=30, address=None):
        self.server, self.timeout, self.address = server, timeout, address
        self.cookies = {}
        self.connection = None

    def fork(self):
        """The same cookies over another connection: another tab."""
        other = Browser(self.server, self.timeout, self.address)
        other.cookies = self.cookies
        return other

    def moved_to(self, server):
        """The same person at a server that was started again."""
        self.close()
        self.server = server
        return self

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def ask(self, method, path, body=None, headers=None):
        """One request, no redirect."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.server.port,
                                                         timeout=self.timeout,
                                                         source_address=self.address and
                                                         (self.address, 0))
        lines = dict(headers or {})
        if self.cookies and "Cookie" not in lines:
            lines["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        if body is not None and "Content-Type" not in lines:
            lines["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            self.connection.request(method, path, body=body, headers=lines)
            reply = self.connection.getresponse()
            data = reply.read()
        except (http.client.HTTPException, OSError):
            self.close()
            raise
        got = [(key.lower(), value) for key, value in reply.getheaders()]
        for key, value in got:
            if key == "set-cookie":
                self._keep(value)
        if reply.will_close:
            self.close()
        return Page(reply.status, got, data, path)

    def _keep(self, cookie):
        pair, *attributes = cookie.split("; ")
        name, _, value = pair.partition("=")
        if "Max-Age=0" in attributes:
            self.cookies.pop(name, None)
        else:
            self.cookies[name] = value

    def go(self, method, path, body=None, headers=None):
        """Follows redirects, as a browser does."""
        page = self.ask(method, path, body, headers)
        for _ in range(6):
            if page.status not in (301, 302, 303, 307, 308):
                return page
            path = urllib.parse.urljoin(path, page.header("location")).split("#")[0]
            page = self.ask("GET", path)
        raise AssertionError(("redirects without end", path))

    def get(self, path, status=200):
        page = self.go("GET", path.split("#")[0])
        return page.is_status(status) if status else page

    def script_save(self, path, pairs):
        """What assets/paper.js sends. The reply is JSON but for refusals."""
        return self.ask("POST", path.split("?")[0] + "/luu.json", urllib.parse.urlencode(pairs))

    def age(self, form, seconds):
        """Makes the form so much older than it is."""
        form.set("_token", aged_token(form.value("_token"), self.cookies["hoithi"],
                                      self.server.keys, seconds))
        return form

    def press(self, page, form, button=None, status=200, follow=True):
        """Sends a form by its first button, or by the one of that text."""
        if button is not None:
            found = [one for one in form.buttons if one[0] == button]
            assert found, (button, form.buttons)
            chosen = found[0]
        else:
            chosen = form.buttons[0] if form.buttons else ("", None, None, "")
        if form.id in SLOW_FORMS and self.typing_s:
            self.age(form, self.typing_s)
        pairs = form.pairs() + ([(chosen[2], chosen[3])] if chosen[2] else [])
        base = page.path
        target = urllib.parse.urljoin(base, chosen[1] or form.action or base)
        encoded = urllib.parse.urlencode(pairs)
        if form.method == "get":
            # The old query goes.
            method, path, body = "GET", target.split("?")[0] + "?" + encoded, None
        else:
            method, path, body = "POST", target, encoded
        answer = (self.go if follow else self.ask)(method, path, body)
        return answer.is_status(status) if status else answer


# ---------------------------------------------------------------- journeys

def letter(n):
    """0 'A' … 25 'Z', 26 'BA' …: a number in letters, for names of people."""
    digits = ""
    while True:
        digits = chr(ord("A") + n % 26) + digits.lower()
        n //= 26
        if n == 0:
            return digits


def register(browser, number=1, group="Nhóm 2", name=None, birth="05081966", phone=None,
             password=PASSWORD):
    """From the home page by links and the form, as a newcomer, past the slip. The page "toi"."""
    page = browser.get(HOME)
    page = browser.get(page.link("Đăng ký"))
    page = browser.get(page.link(group))
    search = next(form for form in page.forms if "q" in form.names())
    search.set("q", "tan phu" if group == "Nhóm 2" else "thpt hung vuong")
    page = browser.press(page, search)
    page = browser.get(page.link("Phường Tân Phú" if group == "Nhóm 2"
                                 else "Trường THPT Hùng Vương"))
    form = page.form("register")
    form.set("hoten", name or f"Trần Thị {letter(number)}")
    form.set("ngaysinh", birth)
    form.set("sdt", phone or f"0987 {number // 1000:03d} {number % 1000:03d}")
    form.set("matkhau", password)
    form.set("dongy", True)
    slip = browser.press(page, form).says("Bạn đã đăng ký xong.", "Phiếu dự thi")
    browser.recovery_code = slip.at("ma-khoi-phuc")
    return browser.get(slip.link("Tôi đã lưu phiếu"))


def begin(browser):
    """Presses the start. The page of the paper."""
    page = browser.get(HOME + "/vao-thi")
    page = browser.press(page, page.form("start"))
    assert page.has_form("paper"), page.text[:500]
    return page


def answers_of(page, form=None):
    """The vector that the paper's form shows, and its prediction."""
    form = form or page.form("paper")
    n = len([name for name in form.names() if re.fullmatch(r"a\d+", name)])
    shown = ["0"] * n
    for i in range(n):
        marked = [field[1] for field in form.fields if field[0] == f"a{i + 1}" and field[3]]
        shown[i] = marked[0] if marked else "0"
    return "".join(shown)


def _bare(text):
    return "".join(re.findall(r"\w", text)).lower()


def solve(page, bank="bank.csv"):
    """The vector of right answers to the paper that a page shows, by the words
    of its questions and options."""
    with open(os.path.join(SAMPLE, bank), encoding="utf-8-sig", newline="") as file:
        keys = {_bare(row["body"]): _bare(row["abcd"["ABCD".index(row["key"])]])
                for row in csv.DictReader(file)}
    name = next(name[0] for name, _ in page.labels if re.fullmatch("[ac]1", name))
    vector = ""
    while (f"{name}{len(vector) + 1}", "1") in page.labels:
        i = len(vector)
        key = keys[_bare(page.questions[i])]
        vector += next(value for value in "1234"
                       if _bare(page.labels[f"{name}{i + 1}", value])[1:] == key)
    return vector


def mark(form, vector):
    """Chooses the answers of a vector; '0' leaves an item as it is."""
    for i, answer in enumerate(vector):
        if answer != "0":
            form.set(f"a{i + 1}", answer)
    return form


def equal(found, wanted, what=""):
    assert found == wanted, f"{what}: {found!r}, not {wanted!r}"


def run(tests):
    """Runs the functions test_… that are named on the command line, or all."""
    tests = {k[5:]: v for k, v in tests.items() if k.startswith("test_")}
    for name in sys.argv[3:] or tests:
        start = time.monotonic()
        print(name, flush=True)
        tests[name]()
        print(f"    {time.monotonic() - start:.1f} s", flush=True)
