"""Where trials take place: a folder, daemons in it, their databases. Everything goes when the trial does."""

import json
import os
import pathlib
import re
import resource
import select
import shutil
import signal
import subprocess
import tempfile
import threading
import time

# Acts when its input closes, which is at the latest when the trial's process ends, however that happens. Postgres may
# have been halted; a halted process takes no signal but KILL before it goes on.
JANITOR = r"""
trap '' INT TERM HUP
read -r line
for file in "$1"/*.pid; do [ -f "$file" ] && kill -9 "$(cat "$file")" 2>/dev/null; done
for file in "$1"/*/postmaster.pid "$1"/*/*/postmaster.pid "$1"/*/*/*/postmaster.pid; do
    [ -f "$file" ] || continue
    postmaster=$(head -n 1 "$file")
    [ "$(readlink "/proc/$postmaster/cwd")" = "${file%/postmaster.pid}" ] || continue
    family="$postmaster $(cat "/proc/$postmaster/task/$postmaster/children" 2>/dev/null)"
    kill -QUIT "$postmaster"; kill -CONT $family 2>/dev/null
    for i in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$postmaster" 2>/dev/null || break; sleep 0.2; done
    kill -9 $family 2>/dev/null
done
while read -r device mount rest; do case "$mount" in "$1"/*) umount -l "$mount" ;; esac; done </proc/mounts
rm -rf "$1" || { sleep 1; rm -rf "$1"; }
"""


class Broken(Exception):
    """The trial cannot go on. Says why."""


def wait_for(condition, seconds, what, pause=0.02):
    """Gives what the condition gives once that is true; raises Broken when the seconds are over."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise Broken(f"not within {seconds} s: {what}")
        time.sleep(pause)


class Place:
    """A folder below /var/tmp, or below FLOWD_BENCH_FOLDER, with all that a trial starts."""

    def __init__(self, name, program):
        self.program = program
        base = os.environ.get("FLOWD_BENCH_FOLDER", "/var/tmp")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"flowd-trial-{name}.", dir=base)).resolve()
        # Postgres may run as another user, who has to get through.
        self.folder.chmod(0o711)
        self._janitor = subprocess.Popen(
            ["/bin/sh", "-c", JANITOR, "janitor", str(self.folder)], stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._janitor.stdin.close()
        try:
            self._janitor.wait(60)
        except subprocess.TimeoutExpired:
            print(f"trial: {self.folder} is not gone yet")

    def flows(self, documents):
        """A folder with these documents, for a first start."""
        folder = self.folder / "flows"
        folder.mkdir(exist_ok=True)
        for document in documents:
            (folder / f"{document['id']}.json").write_text(json.dumps(document))
        return folder


class LogReader:
    """The lines of a growing file from some place on."""

    def __init__(self, path, offset):
        self._file = open(path, "rb")
        self._file.seek(offset)
        self._rest = b""

    def lines(self):
        """The whole lines that have come since the last call."""
        data = self._rest + self._file.read()
        *whole, self._rest = data.split(b"\n")
        return [line.decode(errors="replace") for line in whole]

    def close(self):
        self._file.close()


def fields(line):
    """The fields key=value of a line of the log, without what is quoted."""
    return dict(re.findall(r" ([a-z]+)=([^ \"]+)", line))


class Daemon:
    """`flowd serve` on a port that the system chooses, started as often as one likes on the same data."""

    def __init__(self, place, flows, name="data", database=None, descriptors=None, **settings):
        self.place = place
        self.folder = place.folder / name
        # Not in a folder of the name: that may be a disk which is full.
        plain = name.replace("/", "-")
        self.log = place.folder / f"{plain}.log"
        self.log.touch()
        self.process = None
        self.port = None
        self._descriptors = descriptors
        self._pid_file = place.folder / f"{plain}.pid"
        self._offset = 0
        self._environment = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"), "FLOWD_LISTEN": "127.0.0.1:0",
            "FLOWD_DATA": str(self.folder), "FLOWD_FLOWS": str(flows), "FLOWD_DRAIN_SECONDS": "1",
            **{f"FLOWD_{key.upper()}": str(value) for key, value in settings.items() if value is not None},
        }
        if database:
            self._environment["FLOWD_DATABASE_URL"] = database

    def launch(self):
        """Starts the program and returns at once."""
        self.port = None
        self._offset = self.log.stat().st_size
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [self.place.program, "serve"], env=self._environment, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=log, start_new_session=True, cwd=self.place.folder,
                preexec_fn=self._bound if self._descriptors else None)
        self._pid_file.write_text(f"{self.process.pid}\n")

    def _bound(self):
        resource.setrlimit(resource.RLIMIT_NOFILE, (self._descriptors, self._descriptors))

    def start(self, seconds=60):
        """Starts the program and waits until it listens."""
        self.launch()
        self.wait_until_listening(seconds)
        return self

    def wait_until_listening(self, seconds=60):
        wait_for(self.look_for_port, seconds, "flowd listens; " + self.last_lines(), pause=0.005)

    def look_for_port(self):
        """The port, once the log names it; Broken if the program has ended."""
        if self.port is None:
            match = re.search(r" listening url=http://127\.0\.0\.1:(\d+) ?", self.log_text())
            if match:
                self.port = int(match[1])
            elif self.process.poll() is not None:
                raise Broken(f"flowd ended with {self.process.returncode}: {self.last_lines()}")
        return self.port

    def log_text(self):
        """What it has said since its last start."""
        with open(self.log, "rb") as file:
            file.seek(self._offset)
            return file.read().decode(errors="replace")

    def reader(self):
        """Reads the log from the last start on."""
        return LogReader(self.log, self._offset)

    def last_lines(self):
        return self.log.read_text(errors="replace")[-1500:]

    @property
    def key(self):
        return (self.folder / "owner-api-key").read_text().strip()

    @property
    def is_alive(self):
        return self.process is not None and self.process.poll() is None

    def crash(self):
        """kill -9. The private Postgres stays."""
        self.process.kill()
        self.process.wait()
        self._pid_file.unlink(missing_ok=True)

    def stop(self, seconds=60):
        """SIGTERM; gives the seconds until it has gone, or None if it had to be killed after so many."""
        begin = time.monotonic()
        self.process.terminate()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.crash()
            return None
        self._pid_file.unlink(missing_ok=True)
        return time.monotonic() - begin

    @property
    def connection(self):
        """How libpq finds the private database."""
        found = re.findall(r' (?:"private cluster is up"|"taking over a running server") .*socket=(\S+)',
                           self.log.read_text(errors="replace"))
        return f"host={found[-1] if found else self.folder / 'postgres-socket'} user=flowd dbname=flowd"

    @property
    def postmaster(self):
        """The process of the private Postgres."""
        return int((self.folder / "postgres" / "postmaster.pid").read_text().split("\n")[0])


def family(process):
    """A process and its children."""
    children = pathlib.Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [process, *map(int, children)]


class Cluster:
    """A Postgres of the trial's own, for several servers. As root it runs as the user postgres."""

    def __init__(self, place, name="cluster"):
        self.folder = place.folder / name
        self.folder.mkdir()
        found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
        binaries = found[-1].parent if found else pathlib.Path(shutil.which("initdb") or "/usr/bin/initdb").parent
        self._as_user = []
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
            self._as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"]
        data = self.folder / "postgres"
        self._run(binaries / "initdb", "-D", data, "-U", "flowd", "--auth=trust", "-E", "UTF8", "--locale=C")
        with open(place.folder / f"{name}.log", "ab") as log:
            self._server = subprocess.Popen(
                [*self._as_user, binaries / "postgres", "-D", data, "-c", "listen_addresses=", "-c",
                 f"unix_socket_directories={self.folder}", "-c", "shared_buffers=128MB"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True)
        wait_for(self._makes_database, 60, "Postgres answers", pause=0.1)

    def _run(self, *command):
        done = subprocess.run(
            [*self._as_user, *map(str, command)], cwd="/", capture_output=True, text=True, timeout=120)
        if done.returncode:
            raise Broken(f"{command[0]}: {done.stderr[-500:]}")

    def _makes_database(self):
        return subprocess.run(
            ["psql", "-X", "-q", "-d", f"host={self.folder} user=flowd dbname=postgres", "-c",
             "CREATE DATABASE flowd"], capture_output=True, timeout=60).returncode == 0

    @property
    def connection(self):
        return f"host={self.folder} user=flowd dbname=flowd"

    @property
    def url(self):
        return f"postgresql://flowd@/flowd?host={str(self.folder).replace('/', '%2F')}"


class Database:
    """One session of psql for all questions of a trial. For one thread at a time, which it sees to itself."""

    def __init__(self, connection, statement_seconds=120):
        self._seconds = statement_seconds
        self.lock = threading.Lock()
        self._number = 0
        self._process = subprocess.Popen(
            ["psql", "-X", "-q", "-A", "-t", "-v", "VERBOSITY=terse", "-d", connection], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        self._buffer = b""
        self.run(f"SET statement_timeout = '{statement_seconds}s'; SET client_min_messages = error")

    def run(self, sql):
        """Runs statements and gives the lines that psql prints."""
        with self.lock:
            self._number += 1
            mark = f"--done-{self._number}--".encode()
            try:
                self._process.stdin.write(sql.encode() + b"\n;\n\\echo " + mark + b"\n")
                self._process.stdin.flush()
                text = self._read(mark)
            except BrokenPipeError:
                raise Broken("the session of psql has ended") from None
        lines = text.decode().split("\n")[:-1]
        errors = [line for line in lines if line.startswith(("ERROR", "FATAL", "psql:", "server closed"))]
        if errors:
            raise Broken(f"{errors[0]} in {sql[:300]}")
        return lines

    def _read(self, mark):
        end = time.monotonic() + self._seconds + 10
        output = self._process.stdout.fileno()
        at = -1
        while at < 0:
            if not select.select([output], [], [], max(0, end - time.monotonic()))[0]:
                raise Broken("psql does not answer")
            data = os.read(output, 1 << 20)
            if not data:
                raise Broken(f"psql has ended: {self._buffer[-300:].decode(errors='replace')}")
            searched = max(0, len(self._buffer) - len(mark))
            self._buffer += data
            at = self._buffer.find(mark + b"\n", searched)
        text, self._buffer = self._buffer[:at], self._buffer[at + len(mark) + 1:]
        return text

    def rows(self, query):
        """The rows of a query as dictionaries."""
        return [json.loads(line) for line in self.run(f"SELECT row_to_json(q) FROM ({query}) q")]

    def value(self, query):
        """The one value that a query gives, as text."""
        return self.run(query)[0]

    def close(self):
        self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()


def send(signal_number, processes):
    for process in processes:
        try:
            os.kill(process, signal_number)
        except ProcessLookupError:
            pass


HALT, GO_ON, KILL = signal.SIGSTOP, signal.SIGCONT, signal.SIGKILL
