"""kill -9 at random moments under load of many kinds; then everything that was acknowledged is looked at."""

import collections
import http.server
import json
import queue
import random
import re
import threading
import time

import documents
from calls import Caller, NoAnswer, flood, request
from documents import (
    BOTH, LOOP, LOOP_WAIT, NESTED_BOTH, NESTED_VALUE, NESTED_WAIT, QUICK, REQUEST, RESUMING, SIGN, SIGNATURE, VALUE,
    WAIT)
from figures import Verdict, milliseconds, percentile, table
from ground import Broken, Daemon, Database, Place

LIMIT = 3600
CRASH_TEXT = "the server stopped while this run was in progress"
# Kinds, their flows, and how often they are started.
KINDS = {
    "quick": (QUICK, 30), "loop": (LOOP, 8), "wait": (WAIT, 14), "wait in loop": (LOOP_WAIT, 5), "value": (VALUE, 12),
    "value+wait": (BOTH, 8), "approval": (SIGN, 7), "nested value": (NESTED_VALUE, 6), "nested wait": (NESTED_WAIT, 6),
    "nested both": (NESTED_BOTH, 4), "stop": (WAIT, 6), "stop value": (VALUE, 3), "stop nested": (NESTED_WAIT, 3),
    "request": (REQUEST, 8),
}
LONG = 3_600_000


def add_options(options):
    options.add_argument("--rounds", type=int, default=200, help="kills (%(default)s)")
    options.add_argument("--seed", type=int, default=1, help="of all that is random here (%(default)s)")
    options.add_argument("--clients", type=int, default=6, help="that start runs (%(default)s)")
    options.add_argument("--rate", type=float, default=150, help="starts in a second, at most (%(default)s)")
    options.add_argument("--late", type=float, default=3.0, metavar="SECONDS",
                         help="for which flowd may be there, all in all, after a wait is due and before it ends "
                         "(%(default)s)")
    options.add_argument("--kinds", type=lambda text: [kind.strip() for kind in text.split(",")], default=list(KINDS),
                         help="of runs, with commas between: " + ", ".join(KINDS))
    options.add_argument("--orderly", type=int, default=0, metavar="N",
                         help="each Nth kill is a SIGTERM with a drain of 1 s instead; 0 for none")
    options.add_argument("--shown", type=int, default=10, help="wrong runs to show of each sort (%(default)s)")


class Known:
    """What the clients know of one acknowledged run."""

    __slots__ = ("run", "kind", "flow", "resumes", "expected", "milliseconds", "value", "posted", "sign", "stopped",
                 "asked_stop", "read", "at")

    def __init__(self, run, kind, flow, resumes, expected, milliseconds):
        self.run, self.kind, self.flow, self.resumes = run, kind, flow, resumes
        self.expected, self.milliseconds = expected, milliseconds
        self.value = None
        # True once the answer to a value or signature was 200.
        self.posted = self.sign = self.stopped = self.asked_stop = False
        self.read = None
        self.at = time.monotonic()


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
        inputs, expected, pause = self.inputs(kind)
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
        known = Known(json.loads(body)["flow_run_id"], kind, flow, resumes, expected, pause)
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
        """Inputs, the output that is right, and for how many milliseconds a node waits."""
        number = self.random.randrange(10**9)
        pause = self.random.choice([50, 200, 400, 800, 1_500, 3_000])
        text = f"m{number}"
        match kind:
            case "quick": return {"a": number, "b": 1}, {"c": {"D": str(number + 1)}}, None
            case "loop":
                elements = [number + at for at in range(self.random.randrange(1, 30))]
                return {"list": elements}, {"list": {"A": [{"D": str(10 * each)} for each in elements]}}, None
            case "wait in loop":
                elements = [number + at for at in range(self.random.randrange(1, 8))]
                return {"list": elements}, {"list": {"A": [{"U": str(each)} for each in elements]}}, 150
            case "wait" | "nested wait": return {"ms": pause, "message": text}, {"message": {"S": text}}, pause
            case "value" | "nested value": return {}, {}, None
            case "value+wait" | "nested both": return {"ms": pause}, {"waited": {"S": "waited"}}, pause
            case "approval": return {}, {"signature": {"B6": SIGNATURE}}, None
            case "stop" | "stop nested": return {"ms": LONG, "message": text}, {}, LONG
            case "request":
                return {"url": f"{self.scene.requests.url}/{text}"}, {"answer": {"S": text}}, None
            case _: return {}, {}, None


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


def run(options):
    for kind in options.kinds:
        if kind not in KINDS:
            raise SystemExit(f"crash: no such kind: {kind}; there are {', '.join(KINDS)}")
    verdict = Verdict()
    chance = random.Random(options.seed)
    scene = Scene(options)
    with Place("crash", options.program) as place:
        daemon = Daemon(place, place.flows(documents.documents()), outbound_allow="127.0.0.0/8").start()
        database = Database(daemon.connection, statement_seconds=300)
        documents.prepare(database)
        scene.key = daemon.key
        finder = Finder(scene, daemon.connection)
        clients = [Starter(scene, "starter", number) for number in range(options.clients)]
        clients += [Answerer(scene, "answerer", number) for number in range(3)]
        clients += [Stopper(scene, "stopper", 0)]
        clients += [Reader(scene, "reader", number) for number in range(4)]
        for thread in [finder, *clients]:
            thread.start()
        begin = time.monotonic()
        up = []
        starts = []
        for round in range(options.rounds):
            listening = time.time()
            scene.port = daemon.port
            # The longest moments are as likely as the shortest: most that goes wrong goes wrong early.
            time.sleep(chance.uniform(0.05, 1.5))
            is_orderly = options.orderly and round % options.orderly == options.orderly - 1
            killed = time.time()
            if is_orderly:
                stop_orderly(daemon, finder)
                scene.port = None
                up.append((listening, killed))
            else:
                scene.port = None
                daemon.crash()
                up.append((listening, killed))
            since = time.monotonic()
            daemon.launch()
            daemon.wait_until_listening(300)
            starts.append(time.monotonic() - since)
            if is_orderly:
                database = Database(daemon.connection, statement_seconds=300)
                finder.database = Database(daemon.connection)
            if round % 20 == 19:
                print(f"crash: {round + 1} kills, {len(scene.ledger.runs):,} runs acknowledged, "
                      f"{time.monotonic() - begin:.0f} s", flush=True)
        up.append((time.time(), None))
        scene.port = daemon.port
        scene.is_starting = False
        remaining, orphans = drain(scene, database)
        scene.is_over.set()
        for thread in clients:
            thread.join(15)
        judge(scene, database, daemon, up, remaining, orphans, verdict)
        table("Restarts", ["kills", "until it listened, p50 s", "p99 s", "max s", "starts p50 ms", "p99 ms", "max ms"], [
            [options.rounds, *(f"{value or 0:.2f}" for value in (
                percentile(starts, 0.5), percentile(starts, 0.99), max(starts, default=0))),
             *(milliseconds(value) for value in (
                 percentile(scene.ledger.latencies, 0.5), percentile(scene.ledger.latencies, 0.99),
                 max(scene.ledger.latencies, default=None)))]])
    return verdict.tell()


def stop_orderly(daemon, finder):
    """SIGTERM, which takes the private database along, and the sessions with it."""
    with finder.database.lock:
        daemon.stop(60)


def drain(scene, database):
    """Waits until all runs have ended that can; gives those that have not, and of these the ones that should have."""
    end = time.monotonic() + 90
    while time.monotonic() < end:
        open_runs = database.rows("SELECT id, COALESCE(parent_run_id, id) AS top, status FROM flow_run"
                                  " WHERE end_time IS NULL")
        rest = [row for row in open_runs if not is_to_be_stopped(scene.ledger.runs.get(row["top"]), row, database)]
        if not rest and scene.to_stop.empty():
            break
        time.sleep(0.5)
    return open_runs, rest


def is_to_be_stopped(known, row, database):
    """Runs that only a stop ends: their stop was lost, or their start was never answered."""
    if known:
        return known.kind.startswith("stop")
    return int(database.value(f"SELECT count(*) FROM flow_run WHERE id = '{row['top']}'"
                              f" AND inputs::text LIKE '%\"{LONG}\"%'")) > 0


# MARK: What is right

class Journal:
    """The events of one run, as far as the judgement needs them."""

    __slots__ = ("count", "least", "greatest", "distinct", "finishes", "last_finish")

    def __init__(self, row):
        self.count, self.least, self.greatest = row["count"], row["least"], row["greatest"]
        self.distinct, self.finishes, self.last_finish = row["distinct"], row["finishes"], row["last_finish"]

    def faults(self, has_ended):
        if self.least != 1 or self.greatest != self.count or self.distinct != self.count:
            yield f"journal has gaps: {self.count} rows from {self.least} to {self.greatest}"
        if has_ended and self.finishes != 1:
            yield f"journal has {self.finishes} FlowFinish"
        if not has_ended and self.finishes:
            yield "journal has FlowFinish, the run has not ended"
        if self.finishes and self.last_finish != self.greatest:
            yield "FlowFinish is not the last"


def judge(scene, database, daemon, up, remaining, orphans, verdict):
    """Looks at every acknowledged run, and at the journal of every run there is."""
    ledger = scene.ledger
    stored = {row["id"]: row for row in database.rows(
        "SELECT id, flow_id, status, output, errors, parent_run_id AS parent FROM flow_run")}
    journals = {row["run"]: Journal(row) for row in database.rows("""
        SELECT flow_run_id AS run, count(*) AS count, count(DISTINCT seq) AS distinct, min(seq) AS least,
            max(seq) AS greatest, count(*) FILTER (WHERE event = 'FlowFinish') AS finishes,
            max(seq) FILTER (WHERE event = 'FlowFinish') AS last_finish
        FROM (SELECT flow_run_id, seq, event FROM flow_run_events
            UNION ALL SELECT flow_run_id, seq, 'Log' FROM flow_run_logs) j GROUP BY 1""")}
    open_at_end = crashes(database)
    waits, early, late = judge_waits(database, up, scene.options.late)
    faults = collections.defaultdict(list)
    tallies = {(kind, resumes): collections.Counter() for kind in scene.options.kinds for resumes in (False, True)}

    for run, row in stored.items():
        journal = journals.get(run)
        if journal is None:
            faults["journal"].append(f"{run}: no journal")
            continue
        for fault in journal.faults(row["status"] not in ("running", "starting")):
            faults["journal"].append(f"{run} (flow {row['flow_id']}, {row['status']}): {fault}")
    for run in journals.keys() - stored.keys():
        faults["journal"].append(f"{run}: a journal without a run")
    for row in database.rows("""
            SELECT flow_run_id AS run, node_id AS node, times, event, count(*) AS count FROM flow_run_events
            WHERE event IN ('FlowStart', 'NodeStart', 'NodeFinish', 'ApiInput', 'SignatureRequest')
            GROUP BY 1, 2, 3, 4 HAVING count(*) > 1"""):
        faults["journal"].append(f"{row['run']}: {row['count']} {row['event']} of node {row['node']}/{row['times']}")
    for row in database.rows("""
            SELECT r.id AS run, r.output, e.data->'output' AS told FROM flow_run r
            JOIN flow_run_events e ON e.flow_run_id = r.id AND e.event = 'FlowFinish'
            WHERE r.output::jsonb IS DISTINCT FROM (e.data->'output')::jsonb"""):
        faults["journal"].append(f"{row['run']}: output {row['output']}, its FlowFinish says {row['told']}")
    for row in database.rows("""
            SELECT parent_run_id AS run, count(*) AS count FROM flow_run WHERE parent_run_id IS NOT NULL
            GROUP BY 1 HAVING count(*) > 1"""):
        faults["nested run started again"].append(f"{row['run']}: {row['count']} nested runs")
    for row in orphans:
        if row["id"] not in ledger.runs:
            faults["never ended"].append(f"{row['id']} of {row['top']}, {row['status']}")
    for path, count in scene.requests.counts.items():
        if count > 1:
            runs = database.rows("SELECT id, status, on_crash FROM flow_run WHERE flow_id % 100 = 11"
                                 f" AND inputs::text LIKE '%/{path}\"%'")
            if count > len(runs):
                faults["request sent again"].append(f"{count} times by " + ", ".join(
                    f"{row['id']} ({row['status']}, on_crash {row['on_crash']})" for row in runs))
    for fault in early:
        faults["wait too early"].append(fault)
    for fault in late:
        faults["wait too late"].append(fault)

    answers = read_all(daemon, ledger, stored)
    for run, known in ledger.runs.items():
        tally = tallies[known.kind, known.resumes]
        tally["acknowledged"] += 1
        row = stored.get(run)
        if row is None:
            tally["lost"] += 1
            faults["lost"].append(f"{run} ({known.kind}): not in the database")
            continue
        tally[row["status"]] += 1
        judge_run(scene, known, row, open_at_end.get(run), tally, faults)
        if row["status"] not in ("running", "starting"):
            answer = answers.get(run)
            if answer != row["output"]:
                tally["wrong"] += 1
                faults["output over HTTP"].append(f"{run} ({known.kind}): {answer} and not {row['output']}")
            if known.read is not None and json.loads(known.read) != row["output"]:
                tally["wrong"] += 1
                faults["output changed"].append(
                    f"{run} ({known.kind}): {known.read.decode()[:100]} was read, then {row['output']}")

    unknown = [row for run, row in stored.items() if row["parent"] is None and run not in ledger.runs
               and row["flow_id"] is not None]
    silent = ledger.counts["starts without an answer"]
    if len(unknown) > silent + ledger.counts["starts answered 503"]:
        faults["runs of nobody"].append(f"{len(unknown)} runs, {silent} starts without an answer")

    show(scene, tallies, ledger, len(stored), len(unknown), waits, faults, remaining)
    for sort, texts in sorted(faults.items()):
        verdict.hold(sort in ("stop lost", "crashed before it was told"), f"{sort}: {len(texts)}")
        for text in texts[:scene.options.shown]:
            print(f"{sort}: {text}")


def judge_run(scene, known, row, crash, tally, faults):
    """Status and output of one acknowledged run."""
    run, status, output = known.run, row["status"], row["output"]
    label = f"{run} ({known.kind}, on_crash {'resume' if known.resumes else 'fail'})"

    def wrong(sort, text):
        tally["wrong"] += 1
        faults[sort].append(f"{label}: {text}")

    if status in ("running", "starting"):
        if known.kind.startswith("stop"):
            if known.stopped:
                tally["stop lost"] += 1
                faults["stop lost"].append(label)
            else:
                tally["never stopped"] += 1
        else:
            tally["lost"] += 1
            faults["lost"].append(f"{label}: has not ended; {'its value was taken' if known.posted else 'no value taken'}")
    elif status == "finished":
        if known.kind.startswith("stop"):
            return wrong("finished though it was stopped", str(output))
        expected = dict(known.expected)
        if known.kind in ("value", "value+wait", "nested value", "nested both"):
            expected["value"] = {"S": scene.given.get(run)}
        if output != {"M": expected}:
            wrong("output", f"{output} and not {expected}")
        if known.kind == "request" and not scene.requests.counts[expected["answer"]["S"]]:
            wrong("finished without its request", str(output))
    elif status == "stopped":
        if not known.asked_stop:
            wrong("stopped by nobody", str(row["errors"]))
        elif output != {"M": {}}:
            wrong("output", f"{output} of a stopped run")
    elif status == "crashed":
        if CRASH_TEXT not in row["errors"]:
            wrong("crashed without the text", str(row["errors"]))
        elif known.posted and crash == "only waiting":
            wrong("crashed after its value was taken", "only waiting")
        elif crash == "only waiting":
            wrong("crashed while it only waited", str(row["errors"]))
        elif known.resumes and not (known.kind == "request" and crash):
            wrong("crashed though it may be resumed", crash or "nothing at work")
        elif crash == "asking":
            tally["crashed: before it was told"] += 1
            faults["crashed before it was told"].append(label)
        else:
            tally[f"crashed: {crash or 'nothing at work'}"] += 1
            if known.posted:
                tally["crashed after its value was taken"] += 1
    else:
        wrong(f"is {status}", f"{row['errors']} {crash or ''}")


WAITING = {"wait", "api_input", "sign_message", "interflow"}


def crashes(database):
    """What was at work, by the journal, in each run that has crashed: a word for each run.

    `only waiting`: all nodes at work were waits that are written down. `asking`: waits too, but one of them had not
    told anybody yet what it waits for. `node at work`: at least one other. Runs in which none was at work are missing.
    """
    kinds = {node["id"]: re.sub(r".*[./]|\.0\.1$", "", node["data"]["node_id"].removesuffix(".0.1"))
             for document in documents.documents() for node in document["nodes"]}
    found = {}
    for row in database.rows("""
            WITH crashed AS MATERIALIZED (
                SELECT id FROM flow_run WHERE status = 'crashed' OR status = 'failed'
            ), events AS MATERIALIZED (
                SELECT e.flow_run_id, e.node_id, e.times, e.event FROM flow_run_events e JOIN crashed c
                ON c.id = e.flow_run_id WHERE e.node_id IS NOT NULL
                    AND e.event IN ('NodeStart', 'NodeFinish', 'ApiInput', 'SignatureRequest')
            )
            SELECT flow_run_id AS run, node_id AS node,
                bool_or(event IN ('ApiInput', 'SignatureRequest')) AS told,
                EXISTS (SELECT FROM flow_run r WHERE r.parent_run_id = flow_run_id) AS nested
            FROM events GROUP BY flow_run_id, node_id, times
            HAVING bool_or(event = 'NodeStart') AND NOT bool_or(event = 'NodeFinish')"""):
        kind = kinds.get(row["node"])
        if kind not in WAITING:
            word = "node at work"
        elif kind == "wait" or kind == "interflow" and row["nested"] or row["told"]:
            word = "only waiting"
        else:
            word = "asking"
        order = ["only waiting", "asking", "node at work"]
        found[row["run"]] = max(found.get(row["run"], word), word, key=order.index)
    return found


def judge_waits(database, up, margin):
    """All waits that have ended in runs that finished: their number, those that ended before they were due, and those
    that flowd, though it was there for long enough, ended late."""
    waits = {node["id"] for document in documents.documents() for node in document["nodes"]
             if "wait.0.1" in node["data"]["node_id"]}
    number, early, late = 0, [], []
    for row in database.rows(f"""
            SELECT n.flow_run_id AS run, extract(epoch FROM n.start_time) AS began, extract(epoch FROM n.end_time) AS ended,
                (n.input->'M'->'duration_ms'->>'U')::float8 / 1000 AS seconds
            FROM node_run n JOIN flow_run r ON r.id = n.flow_run_id
            WHERE r.status = 'finished' AND n.end_time IS NOT NULL
                AND n.node_id IN ({", ".join(f"'{node}'" for node in waits)})"""):
        number += 1
        due = row["began"] + row["seconds"]
        if row["ended"] < due - 0.002:
            early.append(f"{row['run']}: {due - row['ended']:.3f} s before it was due")
        # Each kill may have cut off what had just ended and was not written down.
        there = sum(max(0, min(killed or row["ended"], row["ended"]) - max(due, listening)) for listening, killed in up)
        if there > margin:
            late.append(f"{row['run']}: flowd was there for {there:.2f} s after it was due, a wait of {row['seconds']:.2f} s")
    return number, early, late


def read_all(daemon, ledger, stored):
    """The outputs of all acknowledged runs that have ended, over HTTP."""
    runs = [run for run in ledger.runs if run in stored and stored[run]["status"] not in ("running", "starting")]
    answers = flood(daemon.port, [request("GET", f"/flow/output/{run}", None, daemon.key) for run in runs], 16, 300)
    return {run: json.loads(answer[1]) for run, answer in zip(runs, answers) if answer and answer[0] == 200}


def show(scene, tallies, ledger, stored, unknown, waits, faults, remaining):
    columns = ["acknowledged", "finished", "crashed", "stopped", "failed", "stop lost", "never stopped", "lost", "wrong"]
    reasons = sorted({reason for tally in tallies.values() for reason in tally if ": " in reason})
    rows = []
    total = collections.Counter()
    for (kind, resumes), tally in tallies.items():
        total += tally
        rows.append([kind, "resume" if resumes else "fail", *(f"{tally[column]:,}" for column in columns),
                     ", ".join(f"{reason.removeprefix('crashed: ')} {tally[reason]}"
                               for reason in reasons if tally[reason]) or "–"])
    rows.append(["all", "", *(f"{total[column]:,}" for column in columns),
                 ", ".join(f"{reason.removeprefix('crashed: ')} {total[reason]}" for reason in reasons) or "–"])
    table(f"{scene.options.rounds} kills, seed {scene.options.seed}: acknowledged runs and what became of them",
          ["kind", "on_crash", *columns, "why crashed"], rows)
    counts = dict(sorted(ledger.counts.items()))
    table("What the clients saw", ["what", "times"], [
        *counts.items(), ("runs in the database, nested ones too", stored),
        ("runs whose start was not answered", unknown), ("waits looked at", waits),
        ("values taken of runs that crashed later", total["crashed after its value was taken"]),
        ("runs not ended", len(remaining))])
