"""What those who are known notice while strangers send large bodies, or hold as many sockets as they can."""

import collections
import json
import resource
import subprocess
import sys
import threading
import time

import documents
from calls import Caller, Crowd, NoAnswer, Refused, request, upgrade
from figures import Verdict, milliseconds, percentile, seconds, table
from ground import Daemon, Place

LIMIT = 900
BODY_BYTES = 2 * 1024 * 1024


def add_options(options):
    options.add_argument("--part", choices=["bodies", "sockets", "both"], default="both")
    options.add_argument("--seconds", type=float, default=8, help="of each part (%(default)s)")
    options.add_argument("--connections", type=int, default=8, help="of those who send bodies (%(default)s)")
    options.add_argument("--sockets", type=int, help="of the crowd; by default more than flowd may have open")
    options.add_argument("--addresses", type=int, default=8, help="that the crowd comes from (%(default)s)")
    options.add_argument("--descriptors", type=int,
                         help="that flowd may have open; by default 20,000, or as many as leave the crowd more")
    options.add_argument("--slow", type=float, default=1.0, metavar="SECONDS",
                         help="no start and no health check may take longer meanwhile (%(default)s)")
    options.add_argument("--settle", type=float, default=12.0, metavar="SECONDS",
                         help="from when on starts on new connections must be answered beside a crowd from many "
                         "addresses: strangers have some time to say who they are (%(default)s)")


def run(options):
    verdict = Verdict()
    if options.part != "sockets":
        bodies(options, verdict)
    if options.part != "bodies":
        sockets(options, verdict)
    return verdict.tell()


class Asker(threading.Thread):
    """Asks the same again and again; notes how long each answer took, and what was no answer."""

    def __init__(self, work, pause=0.0, patience=20):
        super().__init__(daemon=True)
        self._work, self._pause, self.patience = work, pause, patience
        self._over = threading.Event()
        self.took = []
        self.failed = collections.Counter()
        self.first = None
        # When those were asked that had no answer, in seconds from the beginning.
        self.failed_at = []

    def run(self):
        since = time.monotonic()
        while not self._over.is_set():
            begin = time.monotonic()
            try:
                self._work(self.patience)
                if self.first is None:
                    self.first = time.monotonic() - since
            except (NoAnswer, Refused) as error:
                self.failed[str(error)[:60]] += 1
                self.failed_at.append(begin - since)
                time.sleep(0.05)
            self.took.append(time.monotonic() - begin)
            time.sleep(self._pause)

    def end(self):
        self._over.set()
        self.join(self.patience + 5)


def start_quick(caller):
    return lambda rest: caller.start(documents.QUICK, rest, a=1, b=2)


def check_health(port):
    """As a supervisor does, on a connection of its own."""
    def check(rest):
        caller = Caller(port, seconds=rest)
        try:
            status, body = caller.ask("GET", "/healthcheck")
            if status != 200:
                raise Refused(status, body)
        finally:
            caller.close()
    return check


# MARK: Large bodies

def bodies(options, verdict):
    stranger = documents.Wallet().public_key
    attacks = [
        ("quiet", None, None), ("/flow/submit/…", "/flow/submit/" + "0123456789abcdef" * 4, "value"),
        ("/flow/start_unverified/…", f"/flow/start_unverified/{documents.QUICK}", "inputs"),
        ("an unknown path", "/nothing/here", "value"), ("quiet again", None, None),
    ]
    rows = []
    with Place("strangers", options.program) as place:
        daemon = Daemon(place, place.flows(documents.documents())).start()
        for name, path, field in attacks:
            attacker = None
            if path:
                attacker = subprocess.Popen(
                    [sys.executable, "-B", __file__, str(daemon.port), path, field, stranger,
                     str(options.connections), str(options.seconds + 2)], stdout=subprocess.PIPE)
                time.sleep(1)
            askers = [Asker(start_quick(Caller(daemon.port, daemon.key))) for _ in range(2)]
            health = Asker(check_health(daemon.port), pause=0.05)
            for asker in [*askers, health]:
                asker.start()
            time.sleep(options.seconds)
            for asker in [*askers, health]:
                asker.end()
            sent = "–"
            if attacker:
                try:
                    said = json.loads(attacker.communicate(timeout=30)[0] or b"{}")
                    broken = [status for status in said["answers"] if status.startswith("5")]
                    verdict.hold(not broken, f"bodies to {name}: answered with {', '.join(broken)}")
                    sent = f"{said['bytes'] / said['seconds'] / 1e6:.1f} MB/s, {said['answers']}"
                except subprocess.TimeoutExpired:
                    attacker.kill()
            took = [one for asker in askers for one in asker.took]
            failed = sum(sum(asker.failed.values()) for asker in askers)
            rows.append([
                name, f"{len(took):,}", milliseconds(percentile(took, 0.5)), milliseconds(percentile(took, 0.99)),
                milliseconds(max(took, default=None)), failed, f"{len(health.took):,}",
                milliseconds(percentile(health.took, 0.5)), milliseconds(max(health.took, default=None)),
                sum(health.failed.values()), sent])
            worst = max([0, *took, *health.took])
            verdict.hold(worst <= options.slow, f"bodies to {name}: something took {worst:.2f} s")
            verdict.hold(not failed and not health.failed, f"bodies to {name}: {failed} starts failed")
    table(f"{options.connections} strangers post bodies of 2 MiB: two callers who start quick flows one after "
          "the other, and health checks", [
              "to", "starts", "p50 ms", "p99 ms", "max ms", "failed", "checks", "p50 ms", "max ms", "failed",
              "they sent, and were answered"], rows)


def attack(port, path, field, key, connections, until):
    """Posts bodies of small numbers over some connections until the time is over. Runs in a process of its own."""
    wrapped = b'{"a":[%s]}' if field == "inputs" else b"[%s]"
    room = BODY_BYTES - 100
    body = b'{"%s":%s}' % (field.encode(), wrapped % (b"1," * (room // 2) + b"1"))
    bytes_of = request("POST", path, body, headers=[f"authorization: Bearer {key}"])
    answers = collections.Counter()
    sent = collections.Counter()
    begin = time.monotonic()

    def post():
        import socket
        one = None
        while time.monotonic() - begin < until:
            try:
                if one is None:
                    one = socket.create_connection(("127.0.0.1", port), 5)
                one.settimeout(max(0.1, begin + until - time.monotonic()))
                one.sendall(bytes_of)
                sent["bytes"] += len(bytes_of)
                data = one.recv(1 << 16)
                answers[data[9:12].decode() or "closed"] += 1
                if b"close" in data.lower() or not data:
                    raise OSError
            except OSError as error:
                if str(error):
                    answers[type(error).__name__] += 1
                if one:
                    one.close()
                one = None
                time.sleep(0.01)

    threads = [threading.Thread(target=post, daemon=True) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(until + 10)
    print(json.dumps({"bytes": sent["bytes"], "seconds": time.monotonic() - begin, "answers": dict(answers)}))


# MARK: Idle sockets

def sockets(options, verdict):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    # The crowd must have more than flowd; who may not raise his own limit lowers that of flowd.
    descriptors = options.descriptors or min(soft, 20_000)
    count = options.sockets or descriptors + 1_000
    wanted = count + 500
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(hard, wanted)))
    except (ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        count = min(count, hard - 500)
        descriptors = options.descriptors or count - 1_000
        print(f"strangers: this user may have {hard:,} descriptors, flowd gets {descriptors:,} of them")
    rows = []
    for name, words, addresses in [
        ("nothing", b"", options.addresses), ("nothing, from one address", b"", 1),
        ("upgraded to WebSocket", None, options.addresses),
        ("half a head", b"GET / HTTP/1.1\r\nhost: a\r\n", options.addresses),
    ]:
        with Place("strangers", options.program) as place:
            daemon = Daemon(place, place.flows(documents.documents()), descriptors=descriptors).start()
            words = upgrade(daemon.port) if words is None else words
            rows.append(crowd(options, daemon, count, name, words, addresses, verdict))
    table(f"{count:,} sockets of strangers from {options.addresses} addresses, flowd may have {descriptors:,} open: "
          "who is known asks on new connections, for 20 s from when the crowd is there", [
              "they say", "came about", "s", "open after 20 s", "checks answered", "first after s", "max s",
              "starts answered", "first after s", "max s", "kept connection max s", "well after they left, s"], rows)


def crowd(options, daemon, count, name, words, addresses, verdict):
    kept = Caller(daemon.port, daemon.key)
    kept.start(documents.QUICK, a=1, b=2)
    begin = time.monotonic()
    people = Crowd(daemon.port, count, words, addresses)
    came, came_about = time.monotonic() - begin, len(people.sockets)
    askers = [
        Asker(check_health(daemon.port), 0.3, 5),
        Asker(lambda rest: Caller(daemon.port, daemon.key, rest).start(documents.QUICK, rest, a=1, b=2), 0.3, 5),
        Asker(start_quick(kept), 0.3, 5),
    ]
    for asker in askers:
        asker.start()
    time.sleep(20)
    still = people.open_count()
    for asker in askers:
        asker.end()
    people.close()
    gone = time.monotonic()
    recovered = None
    while recovered is None and time.monotonic() - gone < 30:
        try:
            check_health(daemon.port)(2)
            recovered = time.monotonic() - gone
        except (NoAnswer, Refused):
            time.sleep(0.1)
    health, starts, old = askers
    settle = options.settle if addresses > 1 else 0
    for what, asker, since in [
        ("health", health, 0), ("starts", starts, settle), ("starts on a kept connection", old, 0),
    ]:
        failed = [at for at in asker.failed_at if at >= since]
        verdict.hold(not failed, f"crowd, {name}: {what}: {len(failed)} of {len(asker.took)} without an answer"
                     + (f" after {since:.0f} s" if since else ""))
        verdict.hold(asker.first is not None, f"crowd, {name}: {what}: never answered")
    verdict.hold(daemon.is_alive, f"crowd, {name}: flowd has ended")

    def answered(asker):
        return f"{len(asker.took) - sum(asker.failed.values())} of {len(asker.took)}"

    return [name, f"{came_about:,}", seconds(came, 1), f"{still:,}", answered(health),
            seconds(health.first), seconds(max(health.took)), answered(starts), seconds(starts.first),
            seconds(max(starts.took)), seconds(max(old.took)), seconds(recovered)]


if __name__ == "__main__":
    port, path, field, key, connections, until = sys.argv[1:]
    attack(int(port), path, field, key, int(connections), float(until))
