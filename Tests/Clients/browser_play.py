"""Opens a page that runs flows in Chromium, from an origin that may call and from one that may not:
browser_play.py BASE_URL CHROMIUM

The flowd there must admit pages of http://127.0.0.1:* (cors_origins), and not those of http://localhost.
"""

import http.server
import itertools
import json
import os
import pathlib
import queue
import re
import signal
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import traceback
import urllib.parse

import flows
from scene import Scene
from wire import check

HERE = pathlib.Path(__file__).parent
ATTEMPTS = ("documented code", "reading", "numbered socket", "documented socket", "stream", "open socket")
# For pages that neither call home nor need a screen, a keyring or much shared memory.
OPTIONS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-extensions",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
    "--no-default-browser-check", "--password-store=basic", "--no-proxy-server",
]


def documented_code(base, token, flow):
    """The code under "From a web page" of Docs/api.md, for this flowd and this flow."""
    text = (HERE.parents[1] / "Docs" / "api.md").read_text()
    section = text.split("### From a web page\n")[1].split("\n### ")[0]
    code, = re.findall(r"```js\n(.*?)```", section, re.DOTALL)
    for there, here in (("http://127.0.0.1:8080", base), ("/flow/start/4`", f"/flow/start/{flow}`")):
        check(code.count(there) == 1, "the page of Docs/api.md names once:", there)
        code = code.replace(there, here)
    return f"const token = {json.dumps(token)};\n{code}"


class Pages(http.server.ThreadingHTTPServer):
    """Serves the page, and takes what it reports."""

    daemon_threads = True

    def __init__(self, made):
        super().__init__(("127.0.0.1", 0), Handler)
        self.made = made
        self.reports = queue.Queue()


class CuttingProxy(socketserver.ThreadingTCPServer):
    """Hands everything on to flowd and back, but cuts the first answer short."""

    daemon_threads = True
    WHOLE = 1200

    def __init__(self, base):
        address = urllib.parse.urlsplit(base)
        self.behind = (address.hostname, address.port)
        self.count = itertools.count()
        super().__init__(("127.0.0.1", 0), CutConnection)


class CutConnection(socketserver.BaseRequestHandler):
    def handle(self):
        rest = self.server.WHOLE if next(self.server.count) == 0 else None
        with socket.create_connection(self.server.behind) as behind:
            threading.Thread(target=self._send_on, args=(behind,), daemon=True).start()
            while piece := behind.recv(65536 if rest is None else rest):
                self.request.sendall(piece)
                if rest is not None:
                    rest -= len(piece)
                    if rest == 0:
                        return

    def _send_on(self, behind):
        try:
            while piece := self.request.recv(65536):
                behind.sendall(piece)
        except OSError:
            pass


class Handler(http.server.SimpleHTTPRequestHandler):
    extensions_map = {".mjs": "text/javascript", ".html": "text/html; charset=utf-8", ".json": "application/json"}

    def __init__(self, *arguments):
        super().__init__(*arguments, directory=HERE / "JavaScript")

    def do_GET(self):
        made = self.server.made.get(self.path.removeprefix("/"))
        if made is None:
            return super().do_GET()
        self._answer(200, self.guess_type(self.path), made.encode())

    def do_POST(self):
        self.server.reports.put(self.rfile.read(int(self.headers["content-length"])).decode())
        self._answer(204, "text/plain", b"")

    def _answer(self, status, kind, body):
        self.send_response(status)
        self.send_header("content-type", kind)
        if body:
            self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def shown(chromium, pages, host):
    """The text of the page, opened at this name of the machine."""
    address = f"http://{host}:{pages.server_port}/page.html"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home, tempfile.TemporaryFile() as log:
        browser = subprocess.Popen(
            [chromium, *OPTIONS, f"--user-data-dir={home}/profile", "--enable-logging=stderr", address],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            env={**os.environ, "HOME": home})
        try:
            return pages.reports.get(timeout=150)
        except queue.Empty:
            log.seek(0)
            check(False, f"a report of {address}; Chromium says:\n{log.read().decode(errors='replace')[-4000:]}")
        finally:
            os.killpg(browser.pid, signal.SIGKILL)
            browser.wait()


def admitted(text, flow):
    for attempt in ATTEMPTS:
        check(f"done: {attempt}\n" in text, f"a page that may call does this: {attempt}\n{text}")
    lines = [line.split() for line in text.splitlines() if line.startswith("event ")]
    kinds = [line[1] for line in lines]
    check(kinds[0] == "FlowStart" and kinds[-1] == "FlowFinish", f"the page shows the whole run:\n{text}")
    for kind in ("NodeStart", "NodeOutput", "NodeFinish"):
        seen = sorted(line[2] for line in lines if line[1] == kind)
        check(seen == sorted(flow["nodes"]), f"the page shows one {kind} of each node:\n{text}")
    check(lines[-1][2] == '{"M":{"c":{"D":"3"}}}', f"the page shows the output:\n{text}")


def refused(text, runs):
    for attempt in ATTEMPTS:
        check(f"refused: {attempt} " in text, f"a page of another origin may not do this: {attempt}\n{text}")
    check("event " not in text, f"it sees no event:\n{text}")
    check(runs == 0, "it has started nothing, but there are runs:", runs)


def main(base, chromium):
    scene = Scene(base)
    row, = scene.owner.table("GET", f"flows?select=id,uuid,nodes&id=eq.{scene.add['id']}")
    flow = {"id": row["id"], "uuid": row["uuid"], "nodes": [node["id"] for node in row["nodes"]]}
    proxy = CuttingProxy(base)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    pages = Pages({
        "documented.mjs": documented_code(base.rstrip("/"), scene.owner.jwt, flow["id"]),
        "scene.json": json.dumps({
            "base": base.rstrip("/") + "/", "cutting": f"http://127.0.0.1:{proxy.server_address[1]}/", "jwt": scene.owner.jwt, "flow": flow, "nodes": flow["nodes"]}),
    })
    threading.Thread(target=pages.serve_forever, daemon=True).start()
    version = subprocess.run([chromium, "--version"], capture_output=True, text=True).stdout.strip()
    runs = lambda: len(scene.owner.table("GET", f"flow_run?select=id&flow_id=eq.{flow['uuid']}"))
    failed = 0
    for claim, host, verdict in (
            ("a page of another origin is refused", "localhost", lambda text: refused(text, runs())),
            ("a page runs flows and watches them", "127.0.0.1", lambda text: admitted(text, flow))):
        try:
            verdict(shown(chromium, pages, host))
            print("ok    ", f"{version}: {claim}")
        except Exception:
            failed += 1
            print("FAILED", f"{version}: {claim}")
            traceback.print_exc()
    pages.shutdown()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
