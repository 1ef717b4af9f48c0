"""What pages.py and tls.py share: an nginx of our own, wrk, and the CPU that servers use."""

import http.client
import os
import re
import socket
import statistics
import subprocess
import time

ROUNDS = 3
SECONDS = 3
TICK = os.sysconf("SC_CLK_TCK")
SCRIPT = b"""
local requests, at = {}, 0
init = function(args)
    for line in io.lines(args[1]) do
        local path, cookie, encoding, connection = line:match("^(%S+) (%S+) (%S+) (%S+)$")
        local headers = { ["Host"] = args[2], ["Accept-Encoding"] = encoding,
                          ["Connection"] = connection }
        if cookie ~= "-" then headers["Cookie"] = cookie end
        requests[#requests + 1] = wrk.format("GET", path, headers)
    end
end
request = function() at = at % #requests + 1; return requests[at] end
"""


def ask(port, method, path, body=None, **headers):
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    link.request(method, path, body, headers)
    answer = link.getresponse()
    data = answer.read()
    link.close()
    return answer, data


def start_paper(port, contest, cookie):
    """Path and bytes of this person's paper, begun or gone on with."""
    head = {"Cookie": "hoithi=" + cookie}
    _, page = ask(port, "GET", f"/{contest}/vao-thi", **head)
    token = re.search(rb'name="_token" value="([^"]+)"', page).group(1).decode()
    answer, _ = ask(port, "POST", f"/{contest}/vao-thi", "_token=" + token,
                    **head, **{"Content-Type": "application/x-www-form-urlencoded"})
    path = answer.getheader("Location")
    assert answer.status == 303 and "/bai-thi/" in path, (answer.status, path)
    answer, page = ask(port, "GET", path, **head)
    assert answer.status == 200 and page.rstrip().endswith(b"</html>"), answer.status
    return path, page


def write(folder, name, data):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)
    return path


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Nginx:
    """Two workers, an access log as the server has one, and the given http block."""

    def __init__(self, folder, http_block):
        temporary = "".join(f"{what}_temp_path {folder}/tmp;"
                            for what in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        user = "user root;" if os.geteuid() == 0 else ""
        conf = write(folder, "nginx.conf", f"""
            {user} daemon off; worker_processes 2; pid {folder}/nginx.pid;
            error_log {folder}/nginx.err; events {{ worker_connections 4096; }}
            http {{
                access_log {folder}/nginx.log; keepalive_requests 1000000; sendfile on;
                types {{ text/html html; }} {temporary}
                {http_block}
            }}""".encode())
        self.process = subprocess.Popen(["nginx", "-c", conf, "-p", folder],
                                        stderr=subprocess.DEVNULL)
        self.workers = []
        for _ in range(200):
            time.sleep(0.05)
            with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children",
                      encoding="utf-8") as file:
                self.workers = file.read().split()
            if len(self.workers) == 2:
                return
        raise AssertionError("nginx did not start")

    def stop(self):
        self.process.terminate()
        self.process.wait()


def cpu_seconds(pids):
    ticks = 0
    for pid in pids:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            words = file.read().rsplit(")", 1)[1].split()
        ticks += int(words[11]) + int(words[12])
    return ticks / TICK


def wrk(folder, url, host, lines, connections=64):
    """One round over lines "path cookie encoding connection"; (requests a second, how many)."""
    script = write(folder, "wrk.lua", SCRIPT)
    asked = write(folder, "wrk.txt", "".join(line + "\n" for line in lines).encode())
    run = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}s", "-s", script, url,
                          "--", asked, host], capture_output=True, text=True, check=True)
    assert "Non-2xx" not in run.stdout, run.stdout
    return (float(re.search(r"Requests/sec:\s+([\d.]+)", run.stdout).group(1)),
            int(re.search(r"(\d+) requests in", run.stdout).group(1)))


def measure(folder, url, host, lines, pids):
    before = [cpu_seconds([pid]) for pid in pids]
    per_second, n = wrk(folder, url, host, lines)
    return {"per_second": per_second, "requests": n,
            "cpu_us": 1e6 * sum(cpu_seconds([pid]) - b for pid, b in zip(pids, before)) / n}


def medians(rounds):
    return {key: round(statistics.median(r[key] for r in rounds), 2) for key in rounds[0]}
