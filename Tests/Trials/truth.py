"""What flowd says and does while its private Postgres is dead, halted, or out of disk."""

import os
import subprocess
import threading
import time

import documents
from calls import Caller, NoAnswer, Refused
from figures import Verdict, seconds, table
from ground import GO_ON, HALT, KILL, Daemon, Place, family, send

LIMIT = 900
PARTS = ["dead", "halted", "disk", "stop"]


def add_options(options):
    options.add_argument("--parts", default=",".join(PARTS), help="of the trial (%(default)s)")
    options.add_argument("--away", type=float, default=30, metavar="SECONDS", help="without a database (%(default)s)")
    options.add_argument("--patience", type=float, default=60, metavar="SECONDS",
                         help="for flowd to be well again (%(default)s)")
    options.add_argument("--grace", type=float, default=40, metavar="SECONDS",
                         help="within which SIGTERM must end flowd, as docker-compose.yml says (%(default)s)")


def run(options):
    verdict = Verdict()
    rows = []
    for part in options.parts.split(","):
        try:
            match part:
                case "dead": rows.append(dead(options, verdict))
                case "halted": rows.append(away(options, verdict, "all of Postgres halted", halt))
                case "disk": rows.append(away(options, verdict, "disk full", fill, is_on_small_disk=True))
                case "stop": rows.append(stopped(options, verdict))
        except Skipped as reason:
            print(f"truth: {part}: skipped, {reason}")
    table("Seconds from when it happened, or, where it says so, from when it was over", HEAD, rows)
    return verdict.tell()


HEAD = ["what", "health not 200 after", "it said", "first start 503 after", "starts 200, 503, other, no answer",
        "slowest answer to a start", "over: health 200 after", "over: a start works after", "log, exit"]


class Skipped(Exception):
    """This machine does not allow this part."""


class Watch:
    """Asks for health four times a second and starts a quick flow twice a second; notes what came when."""

    def __init__(self, daemon):
        self._daemon = daemon
        self.begin = time.monotonic()
        self._over = threading.Event()
        self.health = []
        self.starts = []
        self._threads = [threading.Thread(target=self._ask_for_health, daemon=True)]
        self._threads += [threading.Thread(target=self._start, args=(number,), daemon=True) for number in range(8)]
        for thread in self._threads:
            thread.start()

    def _ask_for_health(self):
        while not self._over.is_set():
            at = time.monotonic()
            try:
                status, body = Caller(self._daemon.port, seconds=5).ask("GET", "/healthcheck")
                said = f"{status} {body[:80].decode(errors='replace')}"
            except NoAnswer as error:
                status, said = None, str(error)
            self.health.append((at, time.monotonic(), status, said))
            time.sleep(0.25)

    def _start(self, number):
        """Eight take turns, so that starts which hang do not keep others from being made."""
        time.sleep(number * 0.5)
        caller = Caller(self._daemon.port, self._daemon.key)
        while not self._over.is_set():
            at = time.monotonic()
            try:
                status = caller.ask("POST", f"/flow/start/{documents.QUICK}", {"inputs": {"a": 1, "b": 2}}, 45)[0]
            except NoAnswer:
                status = None
            self.starts.append((at, time.monotonic(), status))
            self._over.wait(max(0.1, at + 4 - time.monotonic()))

    def end(self):
        self._over.set()
        for thread in self._threads:
            thread.join(50)

    def first_health(self, since, is_well):
        """When health was first not well, or first well again for good."""
        asked = [(at, back, status, said) for at, back, status, said in self.health if at >= since]
        if is_well:
            bad = [back for _, back, status, _ in asked if status != 200]
            asked = [one for one in asked if one[0] >= max(bad, default=0)]
        return next(((back - since, said) for _, back, status, said in asked if (status == 200) == is_well), None)


def begin(place, name="data"):
    daemon = Daemon(place, place.flows(documents.documents()), name).start()
    caller = Caller(daemon.port, daemon.key)
    caller.output(caller.start(documents.QUICK, a=1, b=1))
    caller.start(documents.VALUE)
    return daemon


def works_again(daemon, since, patience):
    """Seconds until a start is answered and its output read, or None."""
    while time.monotonic() - since < patience:
        try:
            caller = Caller(daemon.port, daemon.key, 5)
            caller.output(caller.start(documents.QUICK, a=20, b=22))
            return time.monotonic() - since
        except (NoAnswer, Refused):
            time.sleep(0.05)
        if not daemon.is_alive:
            return None
    return None


def row(name, watch, since, over, works, daemon, verdict, health_limit=None, start_limit=None):
    until = over or time.monotonic()
    bad = watch.first_health(since, False)
    if bad and bad[0] > until - since + 2:
        bad = None
    starts = [one for one in watch.starts if since <= one[0] < until]
    refused = [back - since for _, back, status in starts if status == 503]
    counts = [sum(1 for one in starts if one[2] == status) for status in (200, 503)]
    none = sum(1 for one in starts if one[2] is None)
    slowest = max([back - at for at, back, _ in starts], default=None)
    green = watch.first_health(until, True) if over else None
    exit_status = f"ends with {daemon.process.poll()}" if not daemon.is_alive else "runs on"
    if health_limit is not None:
        verdict.hold(bad is not None, f"{name}: health was 200 all the time")
    if start_limit is not None:
        verdict.hold(slowest is not None and slowest <= start_limit,
                     f"{name}: a start was answered after {seconds(slowest)} s")
        verdict.hold(bool(refused), f"{name}: no start was answered 503")
    return [name, seconds(bad and bad[0]), bad[1] if bad else "–", seconds(min(refused, default=None)),
            f"{counts[0]}, {counts[1]}, {len(starts) - sum(counts) - none}, {none}", seconds(slowest),
            seconds(green and green[0]), seconds(works), exit_status]


# MARK: The parts

def dead(options, verdict):
    with Place("truth", options.program) as place:
        daemon = begin(place)
        watch = Watch(daemon)
        time.sleep(2)
        postmaster = daemon.postmaster
        since = time.monotonic()
        os.kill(postmaster, KILL)
        # Sessions of Postgres end a moment after it.
        time.sleep(0.5)
        works = works_again(daemon, since, options.patience)
        time.sleep(2)
        watch.end()
        made = row("postmaster killed", watch, since, None, works, daemon, verdict)
        green = watch.first_health(since + 0.5, True) if works else None
        made[6] = seconds(green and green[0])
        ended = not daemon.is_alive and daemon.process.returncode not in (0, None)
        verdict.hold(works is not None or ended, f"postmaster killed: no start works within {options.patience:.0f} s")
        lines = [line for line in daemon.log_text().split("\n") if " postgres " in line]
        print("truth: postmaster killed, what the log says of Postgres:")
        for line in lines[-6:]:
            print("    " + line[:200])
        return made


def halt(place, daemon):
    """Stops every process of Postgres where it stands; gives what lets them go on."""
    halted = family(daemon.postmaster)
    send(HALT, halted)
    return lambda: send(GO_ON, halted)


def fill(place, daemon):
    """Fills the disk that the data is on; gives what makes room again."""
    file = place.folder / "small" / "fill"
    size = os.statvfs(place.folder / "small")
    with open(file, "wb") as rest:
        written = 0
        try:
            while written < size.f_blocks * size.f_frsize:
                written += rest.write(b"x" * 65536)
                rest.flush()
        except OSError:
            pass
    return lambda: file.unlink()


def small_disk(place):
    folder = place.folder / "small"
    folder.mkdir()
    try:
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=160m,mode=755", "tmpfs", str(folder)],
                              capture_output=True, text=True)
    except OSError as error:
        raise Skipped(f"there is no mount here: {error}") from None
    if done.returncode:
        raise Skipped(f"no small disk can be mounted here: {done.stderr.strip()[:100]}")


def away(options, verdict, name, take, is_on_small_disk=False):
    with Place("truth", options.program) as place:
        if is_on_small_disk:
            small_disk(place)
        daemon = begin(place, "small/data" if is_on_small_disk else "data")
        watch = Watch(daemon)
        time.sleep(3)
        since = time.monotonic()
        give_back = take(place, daemon)
        time.sleep(options.away)
        give_back()
        over = time.monotonic()
        works = works_again(daemon, over, options.patience)
        time.sleep(2)
        watch.end()
        verdict.hold(works is not None or not daemon.is_alive,
                     f"{name}: no start works within {options.patience:.0f} s after it was over")
        if is_on_small_disk:
            log = place.folder / "small" / "data" / "postgres.log"
            for line in [line for line in log.read_text(errors="replace").split("\n")
                         if "PANIC" in line or "FATAL" in line or "No space" in line][-4:]:
                print("truth: disk full, Postgres says: " + line[:160])
        return row(f"{name} for {options.away:.0f} s", watch, since, over, works, daemon, verdict, options.away, 10)


def stopped(options, verdict):
    with Place("truth", options.program) as place:
        daemon = begin(place)
        go_on = halt(place, daemon)
        caller = Caller(daemon.port, daemon.key)
        try:
            caller.start(documents.QUICK, 1, a=1, b=2)
        except (NoAnswer, Refused):
            pass
        took = daemon.stop(120)
        go_on()
        verdict.hold(took is not None and took <= options.grace,
                     f"SIGTERM while Postgres is halted: {seconds(took)} s of {options.grace:.0f}")
        code = daemon.process.returncode
        print(f"truth: SIGTERM while Postgres is halted, drain 1 s: ended after {seconds(took)} s with {code}")
        return ["SIGTERM while Postgres is halted", *["–"] * 7, f"ended after {seconds(took)} s with {code}"]
