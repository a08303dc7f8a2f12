"""The clients of a trial: they start runs of many kinds, answer what these wait for, stop some, and read outputs."""

import collections
import http.server
import json
import queue
import random
import threading
import time

from calls import Caller, NoAnswer
from documents import (
    BOTH, LOOP, LOOP_WAIT, NESTED_BOTH, NESTED_VALUE, NESTED_WAIT, QUICK, REQUEST, RESUMING, SIGN, SIGNATURE, VALUE,
    WAIT)
from ground import Broken, Database

# Kinds, their flows, and how often they are started.
KINDS = {
    "quick": (QUICK, 30), "loop": (LOOP, 8), "wait": (WAIT, 14), "wait in loop": (LOOP_WAIT, 5), "value": (VALUE, 12),
    "value+wait": (BOTH, 8), "approval": (SIGN, 7), "nested value": (NESTED_VALUE, 6), "nested wait": (NESTED_WAIT, 6),
    "nested both": (NESTED_BOTH, 4), "stop": (WAIT, 6), "stop value": (VALUE, 3), "stop nested": (NESTED_WAIT, 3),
    "request": (REQUEST, 8),
}
# Milliseconds that runs wait which are there to be stopped.
LONG = 3_600_000


class Known:
    """What the clients know of one acknowledged run."""

    def __init__(self, run, kind, resumes, expected):
        self.run, self.kind, self.resumes, self.expected = run, kind, resumes, expected
        # A value or a signature was answered 200; a stop was; a stop was asked for.
        self.posted = self.stopped = self.asked_stop = False
        # The output, as it was read while the clients were at work.
        self.read = None


class Ledger:
    """What was acknowledged, and counts of what was not."""

    def __init__(self):
        self.lock = threading.Lock()
        self.runs = {}
        self.counts = collections.Counter()
        self.latencies = []

    def add(self, known):
        with self.lock:
            self.runs[known.run] = known

    def count(self, what, by=1):
        with self.lock:
            self.counts[what] += by


class Scene:
    """What all threads of a trial share: where flowd is now, what was acknowledged, and when to end."""

    def __init__(self, options):
        self.options = options
        self.ledger = Ledger()
        self.port = None
        self.key = None
        self.is_starting = True
        self.is_over = threading.Event()
        self.to_answer = queue.Queue()
        self.to_stop = queue.Queue()
        self.to_read = queue.Queue(2_000)
        self.given = {}
        self.requests = Requests(options.seed)


class Requests:
    """A server to which flows send requests that must not be sent twice. Counts them by their paths."""

    def __init__(self, seed):
        chance = random.Random(f"{seed} requests")
        self.counts = collections.Counter()
        counts = self.counts

        class Answer(http.server.BaseHTTPRequestHandler):
            timeout = 10

            def do_POST(self):
                self.rfile.read(int(self.headers.get("content-length", 0)))
                counts[self.path[1:]] += 1
                time.sleep(chance.choice([0, 0.02, 0.1, 0.3]))
                body = self.path[1:].encode()
                self.send_response(200)
                self.send_header("content-type", "text/plain")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *words):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256

            def handle_error(self, request, address):
                # Whoever asked was killed meanwhile.
                pass

        self._server = Server(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()


class Client(threading.Thread):
    """One thread with a connection to wherever flowd listens now."""

    def __init__(self, scene, name, number):
        super().__init__(daemon=True, name=f"{name} {number}")
        self.scene = scene
        self.random = random.Random(f"{scene.options.seed} {name} {number}")
        self._caller = None

    def caller(self):
        port = self.scene.port
        if port is None:
            return None
        if self._caller is None or self._caller.port != port:
            if self._caller:
                self._caller.close()
            self._caller = Caller(port, self.scene.key, 10)
        return self._caller

    def run(self):
        while not self.scene.is_over.is_set():
            caller = self.caller()
            if caller is None:
                time.sleep(0.005)
                continue
            try:
                self.turn(caller)
            except Exception as error:
                self.scene.ledger.count(first_line(f"client stumbled: {type(error).__name__} {error}"))
                time.sleep(0.05)


def first_line(text):
    return text.split("\n")[0][:100]


class Starter(Client):
    """Starts runs of all kinds."""

    def turn(self, caller):
        scene = self.scene
        if not scene.is_starting:
            time.sleep(0.05)
            return
        time.sleep(self.random.expovariate(scene.options.rate / scene.options.clients))
        kinds = scene.options.kinds
        kind = self.random.choices(kinds, [KINDS[kind][1] for kind in kinds])[0]
        resumes = self.random.random() < 0.5
        flow = KINDS[kind][0] + (RESUMING if resumes else 0)
        inputs, expected = self.inputs(kind)
        begin = time.monotonic()
        try:
            status, body = caller.ask("POST", f"/flow/start/{flow}", {"inputs": inputs}, 10)
        except NoAnswer:
            scene.ledger.count("starts without an answer")
            return
        if status != 200:
            scene.ledger.count(f"starts answered {status}")
            time.sleep(0.02)
            return
        known = Known(json.loads(body)["flow_run_id"], kind, resumes, expected)
        scene.ledger.latencies.append(time.monotonic() - begin)
        scene.ledger.add(known)
        if kind.startswith("stop"):
            scene.to_stop.put((time.monotonic() + self.random.uniform(0, 1.5), known))
        elif self.random.random() < 0.3:
            try:
                scene.to_read.put_nowait(known)
            except queue.Full:
                pass

    def inputs(self, kind):
        """Inputs, and the output that is right, but for a value that is posted."""
        number = self.random.randrange(10**9)
        pause = self.random.choice([50, 200, 400, 800, 1_500, 3_000])
        text = f"m{number}"
        match kind:
            case "quick": return {"a": number, "b": 1}, {"c": {"D": str(number + 1)}}
            case "loop":
                elements = [number + at for at in range(self.random.randrange(1, 30))]
                return {"list": elements}, {"list": {"A": [{"D": str(10 * each)} for each in elements]}}
            case "wait in loop":
                elements = [number + at for at in range(self.random.randrange(1, 8))]
                return {"list": elements}, {"list": {"A": [{"U": str(each)} for each in elements]}}
            case "wait" | "nested wait": return {"ms": pause, "message": text}, {"message": {"S": text}}
            case "value+wait" | "nested both": return {"ms": pause}, {"waited": {"S": "waited"}}
            case "approval": return {}, {"signature": {"B6": SIGNATURE}}
            case "stop" | "stop nested": return {"ms": LONG, "message": text}, {}
            case "request": return {"url": f"{self.scene.requests.url}/{text}"}, {"answer": {"S": text}}
            case _: return {}, {}


class Answerer(Client):
    """Posts values and signatures; what was not answered is posted again, the same."""

    def turn(self, caller):
        try:
            task = self.scene.to_answer.get(timeout=0.05)
        except queue.Empty:
            return
        due, path, body, run, tries = task
        rest = due - time.monotonic()
        if rest > 0:
            self.scene.to_answer.put(task)
            time.sleep(min(rest, 0.005))
            return
        try:
            status, answer = caller.ask("POST", path, body, 10, key=False)
        except NoAnswer:
            self.scene.ledger.count("values without an answer")
            self.scene.to_answer.put((time.monotonic() + 0.05, path, body, run, tries + 1))
            return
        known = self.scene.ledger.runs.get(run)
        if status == 200:
            self.scene.ledger.count("values accepted")
            if known:
                known.posted = True
        elif status == 404:
            self.scene.ledger.count("values answered 404" + (" after no answer" if tries else ""))
        else:
            self.scene.ledger.count(f"values answered {status}")
            self.scene.to_answer.put((time.monotonic() + 0.2, path, body, run, tries + 1))


class Stopper(Client):
    """Stops the runs that are there to be stopped."""

    def turn(self, caller):
        try:
            due, known = self.scene.to_stop.get(timeout=0.05)
        except queue.Empty:
            return
        if due > time.monotonic():
            self.scene.to_stop.put((due, known))
            time.sleep(0.005)
            return
        known.asked_stop = True
        try:
            status, _ = caller.ask("POST", f"/flow/stop/{known.run}", {"reason": "enough"}, 10)
        except NoAnswer:
            self.scene.ledger.count("stops without an answer")
            self.scene.to_stop.put((time.monotonic() + 0.1, known))
            return
        if status == 200:
            known.stopped = True
            self.scene.ledger.count("stops accepted")
        else:
            self.scene.ledger.count(f"stops answered {status}")
            if status != 404:
                self.scene.to_stop.put((time.monotonic() + 0.2, known))


class Reader(Client):
    """Reads outputs of runs, which waits until they have ended."""

    def turn(self, caller):
        try:
            known = self.scene.to_read.get(timeout=0.05)
        except queue.Empty:
            return
        try:
            status, body = caller.ask("GET", f"/flow/output/{known.run}", None, 2)
        except NoAnswer:
            return
        if status == 200:
            known.read = body
            self.scene.ledger.count("outputs read")
        else:
            self.scene.ledger.count(f"outputs answered {status}")


class Finder(threading.Thread):
    """Finds in the database what runs wait for, and gives it to those who answer."""

    def __init__(self, scene, connection):
        super().__init__(daemon=True, name="finder")
        self.scene = scene
        self.database = Database(connection)
        self._random = random.Random(f"{scene.options.seed} finder")
        self._seen = set()

    def run(self):
        while not self.scene.is_over.is_set():
            try:
                self.look()
            except Broken as error:
                self.scene.ledger.count(first_line(f"finder: {error}"))
                time.sleep(0.5)
            time.sleep(0.05)

    def look(self):
        scene = self.scene
        rows = self.database.rows("""
            SELECT q.flow_run_id AS run, COALESCE(r.parent_run_id, r.id) AS top, e.data->>'url' AS url
            FROM api_input_requests q JOIN flow_run_events e ON e.flow_run_id = q.flow_run_id AND e.event = 'ApiInput'
            JOIN flow_run r ON r.id = q.flow_run_id WHERE q.status = 'pending' AND r.end_time IS NULL""")
        rows += self.database.rows("""
            SELECT q.id, q.flow_run_id AS run, q.flow_run_id AS top FROM signature_requests q
            JOIN flow_run r ON r.id = q.flow_run_id WHERE q.status = 'pending' AND r.end_time IS NULL""")
        for row in rows:
            if row["run"] in self._seen:
                continue
            known = scene.ledger.runs.get(row["top"])
            if known and known.kind == "stop value":
                continue
            self._seen.add(row["run"])
            due = time.monotonic() + self._random.choice([0, 0, 0.1, 0.5, 1.5])
            if row.get("url"):
                value = f"v{self._random.randrange(10**12)}"
                scene.given[row["top"]] = value
                path = row["url"][row["url"].index("/flow/submit/"):]
                scene.to_answer.put((due, path, {"value": {"S": value}}, row["top"], 0))
            else:
                body = {"id": row["id"], "signature": SIGNATURE}
                scene.to_answer.put((due, "/signature/submit", body, row["top"], 0))
