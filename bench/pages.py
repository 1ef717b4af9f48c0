"""Pages beside nginx: pages.py URL CONTEST COOKIES SERVER_PID FOLDER

The home page as it is cached, and a paper of thirty questions as it is drawn for each
person, plain and as sent with gzip, against nginx giving the same bytes from files and
with gzip at our level. One server after the other in each round, so that both meet the
same machine; medians. Prints JSON: requests a second, microseconds of the server's CPU a
request, bytes as sent."""

import json
import sys
import urllib.parse

from nginx import ROUNDS, Nginx, ask, free_port, measure, medians, start_paper, write

PAPERS = 50

url, contest, cookies_path, server_pid, folder = sys.argv[1:]
port = urllib.parse.urlsplit(url).port


def line(path, cookie, encoding):
    return f"{path} {cookie} {encoding} keep-alive"


def length(at, request):
    path, cookie, encoding, _ = request.split()
    head = {"Accept-Encoding": encoding}
    if cookie != "-":
        head["Cookie"] = cookie
    answer, data = ask(at, "GET", path, **head)
    assert answer.status == 200 and answer.getheader("Content-Encoding", "identity") == encoding
    return len(data)


def compare(ours, theirs):
    rounds = {"ours": [], "nginx": []}
    for _ in range(ROUNDS):
        rounds["ours"].append(measure(folder, url, "127.0.0.1", ours, [server_pid]))
        rounds["nginx"].append(measure(folder, f"http://127.0.0.1:{nginx_port}", "127.0.0.1",
                                       theirs, nginx.workers))
    return {"bytes": length(port, ours[0]), "nginx_bytes": length(nginx_port, theirs[0]),
            **{who: medians(values) for who, values in rounds.items()}}


with open(cookies_path, encoding="utf-8") as file:
    cookies = [cookie.strip() for cookie in file][:PAPERS]
papers = [("hoithi=" + cookie, *start_paper(port, contest, cookie)) for cookie in cookies]
write(folder, "www/home.html", ask(port, "GET", f"/{contest}")[1])
for i, (_, _, page) in enumerate(papers):
    write(folder, f"www/paper-{i}.html", page)
nginx_port = free_port()
nginx = Nginx(folder, f"""
    gzip_comp_level 1; gzip_min_length 1024;
    server {{
        listen 127.0.0.1:{nginx_port} reuseport; root {folder}/www;
        location /packed/ {{ gzip on; alias {folder}/www/; }}
    }}""")
try:
    files = [f"paper-{i}.html" for i in range(len(papers))]
    print(json.dumps({
        "home": compare([line(f"/{contest}", "-", "identity")],
                        [line("/home.html", "-", "identity")]),
        "paper": compare([line(path, cookie, "identity") for cookie, path, _ in papers],
                         [line("/" + name, "-", "identity") for name in files]),
        "paper_gzip": compare([line(path, cookie, "gzip") for cookie, path, _ in papers],
                              [line("/packed/" + name, "-", "gzip") for name in files]),
    }))
finally:
    nginx.stop()
