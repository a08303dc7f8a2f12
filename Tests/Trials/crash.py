"""kill -9 at random moments under load of many kinds; then everything that was acknowledged is looked at."""

import random
import time

import documents
from figures import Verdict, milliseconds, percentile, table
from ground import Daemon, Database, Place
from judgement import judge
from load import KINDS, LONG, Answerer, Finder, Reader, Scene, Starter, Stopper

LIMIT = 3600


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
        table("Restarts", [
            "kills", "until it listened, p50 s", "p99 s", "max s", "starts p50 ms", "p99 ms", "max ms"], [
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
