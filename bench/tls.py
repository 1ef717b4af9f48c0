"""Behind nginx with TLS 1.3: tls.py URL CONTEST COOKIES SERVER_PID FOLDER

Papers drawn for each person, over kept connections and over a full handshake each, as
packaging/nginx.conf hands them on. Prints JSON: requests a second, microseconds of CPU
a request of nginx and of the server."""

import json
import subprocess
import sys
import urllib.parse

from nginx import ROUNDS, Nginx, cpu_seconds, free_port, measure, medians, start_paper

PAPERS = 50

url, contest, cookies_path, server_pid, folder = sys.argv[1:]
port = urllib.parse.urlsplit(url).port


def run(lines):
    rounds = []
    for _ in range(ROUNDS):
        before = cpu_seconds([server_pid])
        result = measure(folder, f"https://127.0.0.1:{tls_port}", "127.0.0.1", lines,
                         nginx.workers)
        ours = cpu_seconds([server_pid]) - before
        result["server_cpu_us"] = 1e6 * ours / result["requests"]
        rounds.append(result)
    return medians(rounds)


with open(cookies_path, encoding="utf-8") as file:
    cookies = [cookie.strip() for cookie in file][:PAPERS]
papers = [(f"hoithi={cookie}", start_paper(port, contest, cookie)[0]) for cookie in cookies]
# ECDSA P-256, as public authorities give it.
subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
                "-keyout", f"{folder}/key.pem", "-out", f"{folder}/cert.pem"],
               check=True, capture_output=True)
tls_port = free_port()
nginx = Nginx(folder, f"""
    upstream hoithi {{ server 127.0.0.1:{port}; keepalive 64; }}
    server {{
        listen 127.0.0.1:{tls_port} ssl reuseport; ssl_protocols TLSv1.3;
        ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem;
        location / {{
            proxy_pass http://hoithi; proxy_http_version 1.1;
            proxy_set_header Connection ""; proxy_set_header Host $host;
        }}
    }}""")
try:
    print(json.dumps({
        "kept": run([f"{path} {cookie} gzip keep-alive" for cookie, path in papers]),
        "full_handshakes": run([f"{path} {cookie} gzip close" for cookie, path in papers]),
    }))
finally:
    nginx.stop()
