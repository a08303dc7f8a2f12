"""Whether a wait of six seconds ends when it is due, over stops and kills, whatever the flow says about crashes."""

import time

import documents
from calls import Caller, NoAnswer
from figures import Verdict, seconds, table
from ground import Broken, Daemon, Database, Place, wait_for

LIMIT = 900
DUE = 6.0
STOPPED = [
    ("SIGTERM at 2 s, started at once", [("stop", 2.0, 0.0)]),
    ("SIGTERM at 2 s, started at 9 s", [("stop", 2.0, 9.0)]),
    ("SIGTERM at 2 s and at 5 s", [("stop", 2.0, 0.0), ("stop", 5.0, 0.0)]),
]
KILLED = [
    ("kill -9 at 4 s", [("kill", 4.0, 0.0)]),
    ("kill -9 at 4 s, 8 s, 12 s", [("kill", 4.0, 0.0), ("kill", 8.0, 0.0), ("kill", 12.0, 0.0)]),
    ("kill -9 at 4 s, started at 9 s", [("kill", 4.0, 9.0)]),
    ("kill -9 at 2 s, SIGTERM at 5 s", [("kill", 2.0, 0.0), ("stop", 5.0, 0.0)]),
]
FLOWS = [
    ("wait", documents.WAIT, {"message": "over"}, {"message": {"S": "over"}}),
    ("wait in a child", documents.NESTED_WAIT, {"message": "over"}, {"message": {"S": "over"}}),
    ("value beside it", documents.BOTH, {}, {"value": {"S": "yes"}, "waited": {"S": "waited"}}),
    ("the same in a child", documents.NESTED_BOTH, {}, {"value": {"S": "yes"}, "waited": {"S": "waited"}}),
    ("wait in a loop", documents.LOOP_WAIT, {"list": list(range(40))},
     {"list": {"A": [{"U": str(number)} for number in range(40)]}}),
]


def add_options(options):
    options.add_argument("--late", type=float, default=3.0, metavar="SECONDS",
                         help="a run may end this long after it is due, or after flowd is there again (%(default)s)")


def run(options):
    verdict = Verdict()
    rows = []
    for name, steps in STOPPED + KILLED:
        with Place("timers", options.program) as place:
            rows += scene(place, name, steps, options.late, verdict)
    table("A wait of 6 s; a list of 40 takes 150 ms for each element", [
        "done", "flow", "on_crash", "status", "output", "ended after s", "wait took s", "verdict"], rows)
    return verdict.tell()


def scene(place, name, steps, late, verdict):
    """Plays the stops and kills of one scene; gives a row for each flow."""
    daemon = Daemon(place, place.flows(documents.documents())).start()
    database = Database(daemon.connection)
    documents.prepare(database)
    caller = Caller(daemon.port, daemon.key)
    runs = []
    for base, on_crash in [(0, "fail"), (documents.RESUMING, "resume")]:
        for what, flow, inputs, output in FLOWS:
            inputs = dict(inputs) if "list" in inputs else {"ms": int(DUE * 1000), **inputs}
            begin = time.time()
            runs.append((what, on_crash, flow + base, caller.start(flow + base, **inputs), output, begin))
    begin = time.monotonic()
    up = []
    for kind, at, back_at in steps:
        time.sleep(max(0, begin + at - time.monotonic()))
        if kind == "kill":
            daemon.crash()
            database.close()
        else:
            database.close()
            took = daemon.stop(60)
            verdict.hold(took is not None and took < 6, f"{name}: SIGTERM took {seconds(took)} s with a drain of 1 s")
        time.sleep(max(0, begin + back_at - time.monotonic()))
        daemon.start()
        up.append(time.time())
        database = Database(daemon.connection)
    answer(database, daemon, verdict, name)
    ids = ", ".join(f"'{run}'" for _, _, _, run, _, _ in runs)
    try:
        wait_for(lambda: database.value(f"SELECT count(*) FROM flow_run WHERE id IN ({ids}) AND end_time IS NULL")
                 == "0", 40, "all runs have ended", pause=0.1)
    except Broken as error:
        print(f"timers: {name}: {error}")
    rows = [row(database, run, name, up, late, verdict) for run in runs]
    database.close()
    return rows


def answer(database, daemon, verdict, name):
    """Posts the values that are waited for, which flowd takes before and after the wait is over."""
    caller = Caller(daemon.port, daemon.key)
    for ask in database.rows("""
            SELECT e.flow_run_id AS run, e.data->>'url' AS url FROM flow_run_events e
            JOIN flow_run r ON r.id = e.flow_run_id WHERE e.event = 'ApiInput' AND r.end_time IS NULL"""):
        path = ask["url"][ask["url"].index("/flow/submit/"):]
        try:
            said = caller.ask("POST", path, {"value": {"S": "yes"}}, key=False)
            verdict.hold(said[0] == 200, f"{name}: the value for {ask['run']}: {said}")
        except NoAnswer as error:
            verdict.hold(False, f"{name}: the value for {ask['run']}: {error}")


def row(database, run, name, up, late, verdict):
    what, on_crash, flow, id, output, begin = run
    runs = f"SELECT '{id}'::uuid UNION SELECT c.id FROM flow_run c WHERE c.parent_run_id = '{id}'"
    found = database.rows(f"""
        SELECT r.status, r.output, extract(epoch FROM r.end_time) AS ended, (
            SELECT extract(epoch FROM max(n.end_time) - min(n.start_time)) FROM node_run n
            WHERE n.flow_run_id IN ({runs})
                AND n.start_time IS NOT NULL AND n.node_id::text IN ({waits(flow)})) AS waited,
            (SELECT extract(epoch FROM min(n.start_time)) FROM node_run n
            WHERE n.flow_run_id IN ({runs})
                AND n.node_id::text IN ({waits(flow)})) AS began
        FROM flow_run r WHERE id = '{id}'""")[0]
    due = (found["began"] or begin) + DUE
    latest = max([due, *[at for at in up if at > due][:1]]) + late
    faults = []
    if found["status"] != "finished":
        faults.append(f"is {found['status']}")
    elif found["output"] != {"M": output}:
        faults.append("wrong output")
    if found["ended"] and found["status"] == "finished":
        # Whoever waits for a value beside it ends after both.
        if found["ended"] < due - 0.005:
            faults.append("too early")
        if found["ended"] > max(latest, up[-1] + late if "value" in output else 0):
            faults.append("too late")
    verdict.hold(not faults, f"{name}: {what}, on_crash {on_crash}: {', '.join(faults)}")
    shown = "as it should be" if found["output"] == {"M": output} else str(found["output"])[:40]
    return [name, what, on_crash, found["status"], shown, seconds(found["ended"] and found["ended"] - begin),
            seconds(found["waited"]), ", ".join(faults) or "right"]


def waits(flow):
    """The nodes that wait in a flow and in what it runs, as SQL."""
    inner = {documents.NESTED_WAIT: documents.WAIT, documents.NESTED_BOTH: documents.BOTH}
    base = documents.RESUMING if flow > 300 + documents.RESUMING else 0
    return documents.waiting_nodes({flow, inner.get(flow - base, flow - base) + base})
