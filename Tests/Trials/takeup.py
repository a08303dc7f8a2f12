"""After kill -9 with many live runs: how long until flowd listens, starts runs, and has all of the old ones again."""

import os
import threading
import time

import documents
from calls import Caller, NoAnswer, Refused, flood, request
from figures import Verdict, milliseconds, percentile, seconds, table
from ground import Cluster, Daemon, Database, Place, fields, wait_for

LIMIT = 3600
KINDS = {
    "waits": [documents.WAIT], "values": [documents.VALUE], "approvals": [documents.SIGN],
    "nested": [documents.NESTED_VALUE],
    "mixed": [documents.WAIT, documents.VALUE, documents.SIGN, documents.NESTED_VALUE],
}
STATISTICS = ["stale", "none", "alone", "fresh"]
HOURS = 4 * 3600 * 1000


def add_options(options):
    options.add_argument("--runs", type=int, default=40_000, help="live runs to make (%(default)s)")
    options.add_argument("--kind", choices=KINDS, default="mixed", help="what they wait for (%(default)s)")
    options.add_argument(
        "--statistics", default=",".join(STATISTICS),
        help="of the database at the restarts: stale (flow_run analysed while it was small), none (as in a new "
        "database), alone (flow_run analysed, nothing else), fresh (all analysed); default %(default)s")
    options.add_argument("--on-crash", choices=["fail", "resume"], default="fail", help="of the flows (%(default)s)")
    options.add_argument("--patience", type=int, default=180, metavar="SECONDS",
                         help="for one restart (%(default)s)")
    options.add_argument("--lanes", type=int, help="lanes of flowd; by default one for each core")
    options.add_argument("--servers", type=int, choices=[1, 2], default=1,
                         help="2: one of two servers dies, with 15,000 runs unless --runs says otherwise")


def run(options):
    return another_server(options) if options.servers == 2 else same_server(options)


# MARK: Making runs

def make_runs(daemon, database, options, count, verdict, patience=120):
    """Starts runs over many connections; a run that runs another one counts as two. Gives the seconds it took."""
    base = documents.RESUMING if options.on_crash == "resume" else 0
    flows = [flow + base for flow in KINDS[options.kind]]
    is_two = [flow - base == documents.NESTED_VALUE for flow in flows]
    requests, alive, number = [], 0, 0
    while alive < count:
        at = number % len(flows)
        inputs = {"ms": HOURS, "message": f"m{number}"} if flows[at] - base == documents.WAIT else {}
        requests.append(request("POST", f"/flow/start/{flows[at]}", {"inputs": inputs}, daemon.key))
        alive += 2 if is_two[at] else 1
        number += 1
    begin = time.monotonic()
    answers = flood(daemon.port, requests, connections=64, seconds=patience + count / 50)
    took = time.monotonic() - begin
    started = sum(1 for answer in answers if answer and answer[0] == 200)
    if started < len(requests):
        kinds = {}
        for answer in answers:
            if not answer or answer[0] != 200:
                what = "no answer" if not answer else f"{answer[0]} {answer[1][:80].decode(errors='replace')}"
                kinds[what] = kinds.get(what, 0) + 1
        verdict.hold(False, f"{len(requests) - started:,} of {len(requests):,} starts were not taken: {kinds}")
    wait_for(lambda: settled(database), 120, "all runs wait", pause=0.5)
    return took


def settled(database):
    """True if all live runs wait for what they were made for, and it is written down."""
    row = database.rows(f"""
        SELECT (SELECT count(*) FROM flow_run WHERE end_time IS NULL) AS alive,
            (SELECT count(*) FROM node_run WHERE end_time IS NULL
                AND node_id IN ({documents.waiting_nodes()})) AS waits,
            (SELECT count(*) FROM api_input_requests WHERE status = 'pending')
                + (SELECT count(*) FROM signature_requests WHERE status = 'pending') AS asking,
            (SELECT count(*) FROM flow_run WHERE end_time IS NULL AND flow_id IN (306, 406)) AS parents""")[0]
    return row["alive"] == row["waits"] + row["asking"] + row["parents"]


# MARK: Statistics

def set_statistics(database, which):
    """Brings the planner's statistics into a state; autovacuum is off meanwhile."""
    forget = """
        DELETE FROM pg_statistic s USING pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.oid = s.starelid AND n.nspname = 'public';
        UPDATE pg_class SET reltuples = -1, relpages = 0, relallvisible = 0
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'i')"""
    match which:
        case "stale": pass
        case "none": database.run(forget)
        case "alone": database.run(forget + "; ANALYZE flow_run")
        case "fresh": database.run("ANALYZE")


# MARK: One restart

class Probe(threading.Thread):
    """A call that is made as soon as flowd listens, again until it is answered well; how long that took."""

    def __init__(self, name, work, end):
        super().__init__(daemon=True)
        self.what, self._work, self._end = name, work, end
        self.took = None
        self.said = "no answer"

    def run(self):
        begin = time.monotonic()
        while time.monotonic() < self._end:
            try:
                self._work(max(0.5, self._end - time.monotonic()))
                self.took = time.monotonic() - begin
                return
            except (NoAnswer, Refused) as error:
                self.said = str(error)
                if isinstance(error, Refused) and error.status == 404:
                    return
                time.sleep(0.05)


class Restart:
    """Kills flowd, starts it again and measures, from the start of the program on."""

    def __init__(self, daemon, database, patience, verdict, name):
        self.daemon, self.database, self.patience = daemon, database, patience
        self.verdict, self.name = verdict, name
        self.listens = self.started = self.taken_up = None
        self.resumed = self.ended = self.lines = 0
        self.probes = []
        self._last_word = time.monotonic()

    def measure(self):
        database, daemon = self.database, self.daemon
        daemon.crash()
        database.run("DROP TABLE IF EXISTS pg_temp.before; CREATE TEMP TABLE before AS"
                     " SELECT id, flow_id FROM flow_run WHERE end_time IS NULL; ANALYZE before")
        self.alive = int(database.value("SELECT count(*) FROM before"))
        probes = self._calls()
        begin = time.monotonic()
        end = begin + self.patience
        daemon.launch()
        reader = daemon.reader()
        quick = None
        try:
            while time.monotonic() < end:
                for line in reader.lines():
                    self._take(line)
                if self.listens is None and daemon.look_for_port():
                    self.listens = self._healthy(begin, end)
                    if self.listens is not None:
                        quick = Probe("first start", self._quick, end)
                        self.probes = [Probe(name, work, end) for name, work in probes]
                        for probe in [quick, *self.probes]:
                            probe.start()
                if self.taken_up is None and self._is_complete():
                    self.taken_up = self._last_word - begin
                if self.taken_up and quick and not any(probe.is_alive() for probe in [quick, *self.probes]):
                    break
                time.sleep(0.02)
        finally:
            reader.close()
        if quick and quick.took is not None:
            self.started = self.listens + quick.took
        self._check()
        return self

    def _is_complete(self):
        """All runs are told of in the log. Those that the calls have ended need not be; nor need all of the others, if
        the log has come to rest and the database says that all are here."""
        told = self.resumed + self.ended
        if told >= self.alive - 2 * len(self.probes):
            return True
        if not self.lines or time.monotonic() - self._last_word < 5:
            return False
        self._last_word, last = time.monotonic(), self._last_word
        if int(self.database.value("SELECT count(*) FROM before b JOIN flow_run r USING (id) WHERE r.end_time IS NULL"
                                   " AND r.server_id <> (SELECT id FROM servers ORDER BY started_at DESC LIMIT 1)")):
            return False
        self._last_word = last
        return True

    def _healthy(self, begin, end):
        caller = Caller(self.daemon.port, seconds=5)
        while time.monotonic() < end:
            try:
                if caller.ask("GET", "/healthcheck")[0] == 200:
                    return time.monotonic() - begin
            except NoAnswer:
                pass
            time.sleep(0.01)
        return None

    def _take(self, line):
        told = self.resumed + self.ended
        self._count(line)
        if self.resumed + self.ended > told:
            self._last_word = time.monotonic()

    def _count(self, line):
        if '"runs taken up"' in line:
            found = fields(line)
            self.resumed += int(found.get("resumed", 0))
            self.ended += int(found.get("ended", 0))
            self.lines += 1
        elif '"run taken up"' in line:
            self.resumed += 1
        elif '"run ended: it cannot be taken up"' in line:
            self.ended += 1
        elif '"ended runs of a server that is gone"' in line:
            self.ended += int(fields(line).get("runs", 0))

    def _quick(self, rest):
        caller = Caller(self.daemon.port, self.daemon.key, rest)
        output = caller.output(caller.start(documents.QUICK, a=20, b=22))
        self.verdict.hold(output == {"M": {"c": {"D": "42"}}}, f"{self.name}: 20 + 22 gives {output}")

    def _calls(self):
        """Calls about runs from the beginning, the middle and the end of what is to be taken up."""
        calls = []
        for what, sql, work in [
            ("value", """SELECT COALESCE(r.parent_run_id, r.id) AS run, e.data->>'url' AS url
                FROM before b JOIN flow_run r USING (id) JOIN flow_run_events e ON e.flow_run_id = r.id
                JOIN api_input_requests q ON q.flow_run_id = r.id
                WHERE e.event = 'ApiInput' AND q.status = 'pending' ORDER BY r.id""", self._value),
            ("signature", """SELECT b.id AS run, q.id AS request FROM before b
                JOIN signature_requests q ON q.flow_run_id = b.id WHERE q.status = 'pending' ORDER BY b.id""",
             self._sign),
            ("stop", "SELECT b.id AS run FROM before b WHERE flow_id IN (302, 402) ORDER BY b.id", self._stop),
        ]:
            rows = self.database.rows(
                f"SELECT * FROM (SELECT q.*, row_number() OVER () AS n, count(*) OVER () AS total FROM ({sql}) q) q"
                " WHERE n IN (1, total / 2, total)")
            calls += [(what, lambda rest, row=row, work=work: work(row, rest)) for row in rows]
        return calls

    @staticmethod
    def _post(caller, row, path, body, key=True):
        """Posts once with success: what was taken is not taken again, and then only the output is asked for."""
        if "taken" not in row:
            status, said = caller.ask("POST", path, body, key=key)
            if status != 200:
                raise Refused(status, said)
            row["taken"] = True

    def _value(self, row, rest):
        caller = Caller(self.daemon.port, self.daemon.key, rest)
        path = row["url"][row["url"].index("/flow/submit/"):]
        self._post(caller, row, path, {"value": {"S": f"for {row['run']}"}}, key=False)
        output = caller.output(row["run"])
        self.verdict.hold(output == {"M": {"value": {"S": f"for {row['run']}"}}},
                          f"{self.name}: {row['run']} gives {output}")

    def _sign(self, row, rest):
        caller = Caller(self.daemon.port, self.daemon.key, rest)
        body = {"id": row["request"], "signature": documents.SIGNATURE}
        self._post(caller, row, "/signature/submit", body, key=False)
        output = caller.output(row["run"])
        self.verdict.hold(output == {"M": {"signature": {"B6": documents.SIGNATURE}}},
                          f"{self.name}: {row['run']} gives {output}")

    def _stop(self, row, rest):
        caller = Caller(self.daemon.port, self.daemon.key, rest)
        self._post(caller, row, f"/flow/stop/{row['run']}", {"reason": "enough"})
        output = caller.output(row["run"])
        self.verdict.hold(output == {"M": {}}, f"{self.name}: {row['run']}, stopped, gives {output}")

    def _check(self):
        """Every run is there, at this server, but for those that the calls have ended."""
        self.verdict.hold(self.taken_up is not None, f"{self.name}: not taken up within {self.patience} s")
        rows = self.database.rows("""
            SELECT r.status, COALESCE(r.server_id = s.id, false) AS here, count(*) AS runs FROM before b
            JOIN flow_run r USING (id), (SELECT id FROM servers ORDER BY started_at DESC LIMIT 1) s GROUP BY 1, 2""")
        counts = {(row["status"], row["here"]): row["runs"] for row in rows}
        self.here = counts.pop(("running", True), 0)
        for probe in self.probes:
            self.verdict.hold(probe.took is not None, f"{self.name}: {probe.what} not taken: {probe.said}")
        stopped = counts.pop(("stopped", False), 0)
        finished = counts.pop(("finished", False), 0)
        called = {"stop": 0, "value": 0, "signature": 0}
        for probe in self.probes:
            called[probe.what] += probe.took is not None
        self.verdict.hold(stopped == called["stop"], f"{self.name}: {stopped} stopped, {called['stop']} were to be")
        least = called["value"] + called["signature"]
        self.verdict.hold(least <= finished <= 2 * least,
                          f"{self.name}: {finished} finished after {least} answers")
        self.rest = ", ".join(
            f"{runs:,} {status}{'' if here or status != 'running' else ' elsewhere'}"
            for (status, here), runs in sorted(counts.items())) or "–"
        self.verdict.hold(not counts, f"{self.name}: of {self.alive:,} runs, {self.rest}")
        self.verdict.hold(self.here + stopped + finished + sum(counts.values()) == self.alive,
                          f"{self.name}: runs are lost")

    def slowest(self, what):
        """The slowest call of a kind, in milliseconds; a dash if there was none, the patience if one had no answer."""
        took = [probe.took for probe in self.probes if probe.what == what]
        if not took:
            return "–"
        return "never" if None in took else milliseconds(max(took))

    def row(self):
        beyond = f"> {self.patience}"
        return [
            self.name, f"{self.alive:,}", seconds(self.listens) if self.listens else beyond,
            seconds(self.started) if self.started else beyond,
            seconds(self.taken_up) if self.taken_up else beyond, f"{self.resumed:,}", f"{self.ended:,}", self.lines,
            self.slowest("value"), self.slowest("signature"), self.slowest("stop"), f"{self.here:,}", self.rest]


HEAD = ["statistics", "alive", "listens s", "first start s", "all taken up s", "resumed", "ended", "lines", "value ms",
        "signature ms", "stop ms", "running here", "not as they should be"]


def same_server(options):
    verdict = Verdict()
    with Place("takeup", options.program) as place:
        daemon = Daemon(place, place.flows(documents.documents()), lanes=options.lanes).start()
        database = Database(daemon.connection, statement_seconds=300)
        documents.prepare(database)
        database.run("ALTER SYSTEM SET autovacuum = off")
        database.run("SELECT pg_reload_conf()")
        caller = Caller(daemon.port, daemon.key)
        for number in range(20):
            caller.output(caller.start(documents.QUICK, a=number, b=1))
        database.run("ANALYZE flow_run")
        took = make_runs(daemon, database, options, options.runs, verdict)
        print(f"takeup: {options.runs:,} runs ({options.kind}, on_crash {options.on_crash}) made in {took:.0f} s",
              flush=True)
        rows = []
        for which in options.statistics.split(","):
            set_statistics(database, which)
            restart = Restart(daemon, database, options.patience, verdict, which).measure()
            rows.append(restart.row())
            if restart.taken_up:
                answer_some(daemon, database, verdict)
        table(f"{options.runs:,} live runs ({options.kind}, on_crash {options.on_crash}): seconds from the start of "
              "the program, milliseconds of calls about single runs from when it listens", HEAD, rows)
    return verdict.tell()


def answer_some(daemon, database, verdict, count=20):
    """Answers some of the values that are waited for."""
    rows = database.rows(f"""
        SELECT COALESCE(r.parent_run_id, r.id) AS run, e.data->>'url' AS url
        FROM flow_run r JOIN flow_run_events e ON e.flow_run_id = r.id
        JOIN api_input_requests q ON q.flow_run_id = r.id
        WHERE r.end_time IS NULL AND e.event = 'ApiInput' AND q.status = 'pending'
        ORDER BY md5(r.id::text) LIMIT {count}""")
    if not rows or not daemon.port:
        return
    caller = Caller(daemon.port, daemon.key, 20)
    answered = 0
    for row in rows:
        try:
            value = {"S": f"sample {row['run']}"}
            path = row["url"][row["url"].index("/flow/submit/"):]
            answer = caller.ask("POST", path, {"value": value}, key=False)
            verdict.hold(answer[0] == 200, f"a value for {row['run']}: {answer}")
            output = caller.output(row["run"])
            answered += verdict.hold(output == {"M": {"value": value}}, f"{row['run']} gives {output}")
        except (NoAnswer, Refused) as error:
            verdict.hold(False, f"a value for {row['run']}: {error}")
    print(f"takeup: {answered} of {len(rows)} values answered", flush=True)


# MARK: Two servers

def instance(server):
    """The name that a server has in the table of servers."""
    with open(os.path.join(server.folder, "instance-id"), encoding="utf-8") as file:
        return file.read().strip()


class QuickCaller(threading.Thread):
    """Starts quick flows one after the other and notes when each was begun and how long it took."""

    def __init__(self, daemon, until):
        super().__init__(daemon=True)
        self._daemon, self._until = daemon, until
        self.taken = []
        self.failed = []

    def run(self):
        caller = Caller(self._daemon.port, self._daemon.key, 60)
        number = 0
        while not self._until.is_set():
            number += 1
            begin = time.monotonic()
            try:
                output = caller.output(caller.start(documents.QUICK, a=number, b=0))
                if output != {"M": {"c": {"D": str(number)}}}:
                    self.failed.append((begin, f"wrong output {output}"))
                self.taken.append((begin, time.monotonic() - begin))
            except (NoAnswer, Refused) as error:
                self.failed.append((begin, str(error)))
                self.taken.append((begin, time.monotonic() - begin))
                time.sleep(0.1)


def another_server(options):
    count = 15_000 if options.runs == 40_000 else options.runs
    which = options.statistics.split(",")[0] if options.statistics != ",".join(STATISTICS) else "alone"
    verdict = Verdict()
    rows = []
    with Place("takeup", options.program) as place:
        cluster = Cluster(place)
        flows = place.flows(documents.documents())
        first = Daemon(place, flows, "first", cluster.url, lanes=options.lanes).start()
        database = Database(cluster.connection, statement_seconds=300)
        documents.prepare(database)
        database.run("ALTER SYSTEM SET autovacuum = off")
        database.run("SELECT pg_reload_conf()")
        if which == "stale":
            database.run("ANALYZE flow_run")
        second = Daemon(place, flows, "second", cluster.url, lanes=options.lanes).start()
        (second.folder / "owner-api-key").write_text(first.key)
        took = make_runs(first, database, options, count, verdict)
        set_statistics(database, which)
        print(f"takeup: {count:,} runs ({options.kind}) made in {took:.0f} s at the first of two servers")
        over = threading.Event()
        callers = [QuickCaller(second, over) for _ in range(8)]
        for caller in callers:
            caller.start()
        time.sleep(5)
        name, survivor = instance(first), instance(second)
        alive = int(database.value("SELECT count(*) FROM flow_run r JOIN servers s ON s.id = r.server_id"
                                   f" WHERE r.end_time IS NULL AND s.name = '{name}'"))
        begin = time.monotonic()
        first.crash()
        age = float(database.value("SELECT extract(epoch FROM clock_timestamp() - heartbeat_at) FROM servers"
                                   f" WHERE name = '{name}'"))
        dead = f"""
            SELECT count(*) FROM flow_run r JOIN servers s ON s.id = r.server_id
            WHERE r.end_time IS NULL AND s.name = '{name}'"""
        reader = second.reader()
        claimed = taken_up = None
        told = 0
        end = begin + options.patience
        while time.monotonic() < end and not taken_up:
            for line in reader.lines():
                if '"runs taken up"' in line:
                    told += int(fields(line).get("resumed", 0)) + int(fields(line).get("ended", 0))
                elif '"run taken up"' in line or '"run ended: it cannot be taken up"' in line:
                    told += 1
                elif '"ended runs of a server that is gone"' in line:
                    told += int(fields(line).get("runs", 0))
            if claimed is None and int(database.value(dead)) == 0:
                claimed = time.monotonic() - begin
            if claimed and told >= alive - 20:
                taken_up = time.monotonic() - begin
            time.sleep(0.2)
        late = time.monotonic()
        time.sleep(3)
        over.set()
        for caller in callers:
            caller.join(70)
        notice = 15 - age
        verdict.hold(taken_up, f"{alive:,} runs of the dead server: not taken over within {options.patience} s")
        if taken_up:
            verdict.hold(taken_up - notice <= 20, f"taken over {taken_up - notice:.1f} s after the death was noticed")
        state = database.rows(f"""
            SELECT r.status, count(*) AS runs, count(*) FILTER (WHERE s.name = '{survivor}') AS here
            FROM flow_run r LEFT JOIN servers s ON s.id = r.server_id
            WHERE r.flow_id NOT IN ({documents.QUICK}) GROUP BY 1""")
        for row in state:
            verdict.hold(row["status"] == "running" and row["here"] == row["runs"],
                         f"{row['runs']:,} runs {row['status']}, {row['here']:,} of them at the survivor")
        answer_some(second, database, verdict)
        failed = [error for caller in callers for error in caller.failed]
        verdict.hold(not failed, f"{len(failed)} starts at the survivor failed, the first: {failed[:1]}")
        table(f"Of two servers one dies with {alive:,} runs ({options.kind}, on_crash {options.on_crash}, "
              f"statistics {which}): seconds", ["death noticed", "claimed", "all taken up", "told in the log"],
              [[seconds(notice), seconds(claimed), seconds(taken_up), f"{told:,}"]])
        for name, since, until in [("before", 0, begin), ("dead, not noticed", begin, begin + notice - 1),
                                   ("taking over", begin + notice - 1, late), ("after", late, late + 60)]:
            took = [took for caller in callers for at, took in caller.taken if since <= at < until]
            rows.append([name, f"{len(took):,}", milliseconds(percentile(took, 0.5)),
                         milliseconds(percentile(took, 0.99)), milliseconds(max(took, default=None))])
        table("Eight callers who start a quick flow and read its output, at the survivor",
              ["while", "runs", "p50 ms", "p99 ms", "max ms"], rows)
    return verdict.tell()
