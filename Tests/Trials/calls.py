"""HTTP as clients speak it: one caller with a connection that is kept, and many connections at once."""

import base64
import errno
import json
import os
import select
import selectors
import socket
import time


class NoAnswer(Exception):
    """The connection broke, or nothing came in time. Whether the request was taken is not known."""


def request(method, path, body=None, key=None, headers=()):
    """The bytes of a request; a body that is no bytes is written as JSON."""
    data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"{method} {path} HTTP/1.1", "host: 127.0.0.1", *headers]
    if key:
        lines.append(f"x-api-key: {key}")
    if body is not None:
        lines += ["content-type: application/json", f"content-length: {len(data)}"]
    elif method != "GET":
        lines.append("content-length: 0")
    return "\r\n".join([*lines, "", ""]).encode() + data


def response(buffer):
    """Status, body and length of the first whole response in a buffer, or None. Interim ones are passed over."""
    begin = 0
    while True:
        end = buffer.find(b"\r\n\r\n", begin)
        if end < 0:
            return None
        status = int(buffer[begin + 9:begin + 12])
        if status == 101 or status >= 200:
            break
        begin = end + 4
    length = 0
    at = buffer.lower().find(b"content-length:", begin, end)
    if at >= 0:
        length = int(buffer[at + 15:].split(b"\r", 1)[0])
    if len(buffer) < end + 4 + length:
        return None
    return status, bytes(buffer[end + 4:end + 4 + length]), end + 4 + length


class Caller:
    """One client with one connection, which it makes anew when it has to. For one thread."""

    def __init__(self, port, key=None, seconds=10):
        self.port, self.key, self.seconds = port, key, seconds
        self._socket = None

    def ask(self, method, path, body=None, seconds=None, key=True):
        """Status and body of the answer. Raises NoAnswer."""
        end = time.monotonic() + (self.seconds if seconds is None else seconds)
        try:
            if self._socket is None:
                self._socket = socket.create_connection(("127.0.0.1", self.port), max(0.01, end - time.monotonic()))
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socket.settimeout(max(0.01, end - time.monotonic()))
            self._socket.sendall(request(method, path, body, self.key if key else None))
            buffer = bytearray()
            while (answer := response(buffer)) is None:
                self._socket.settimeout(max(0.01, end - time.monotonic()))
                data = self._socket.recv(1 << 16)
                if not data:
                    raise OSError("closed")
                buffer += data
                if time.monotonic() > end:
                    raise OSError("too slow")
            return answer[0], answer[1]
        except (OSError, ValueError) as error:
            self.close()
            raise NoAnswer(str(error) or type(error).__name__) from None

    def start(self, flow, seconds=None, **inputs):
        """The id of a run that is durable, or None with a refusal as (status, text)."""
        status, body = self.ask("POST", f"/flow/start/{flow}", {"inputs": inputs}, seconds)
        if status != 200:
            raise Refused(status, body)
        return json.loads(body)["flow_run_id"]

    def output(self, run, seconds=None):
        """What GET /flow/output gives once the run has ended."""
        status, body = self.ask("GET", f"/flow/output/{run}", None, seconds)
        if status != 200:
            raise Refused(status, body)
        return json.loads(body)

    def close(self):
        if self._socket:
            self._socket.close()
            self._socket = None


class Refused(Exception):
    """An answer other than 200."""

    def __init__(self, status, body):
        super().__init__(f"{status} {body[:200].decode(errors='replace')}")
        self.status = status


def flood(port, requests, connections=32, seconds=600, patience=40):
    """Sends requests over many connections, one at a time on each, and gives the answers in the order of the requests.

    An answer is (status, body), or None where none came. What is refused with 503 is sent again after a moment, all in
    all `patience` times for one request.
    """
    answers = [None] * len(requests)
    todo = list(range(len(requests) - 1, -1, -1))
    tries = [0] * len(requests)
    later = []
    end = time.monotonic() + seconds
    selector = selectors.DefaultSelector()
    open_count = 0

    def give(connection):
        """The next request for a connection; False if there is none now."""
        while later and later[0][0] <= time.monotonic():
            todo.append(later.pop(0)[1])
        if not todo:
            return False
        index = todo.pop()
        connection.data.update(index=index, buffer=bytearray())
        connection.fileobj.setblocking(True)
        connection.fileobj.settimeout(10)
        connection.fileobj.sendall(requests[index])
        return True

    idle = []
    for _ in range(min(connections, max(1, len(requests)))):
        try:
            one = socket.create_connection(("127.0.0.1", port), 10)
        except OSError:
            break
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        idle.append(selector.register(one, selectors.EVENT_READ, {"index": None}))
        open_count += 1
    outstanding = 0
    try:
        while open_count and (todo or later or outstanding) and time.monotonic() < end:
            waiting = []
            for connection in idle:
                try:
                    if give(connection):
                        outstanding += 1
                    else:
                        waiting.append(connection)
                except OSError:
                    open_count -= 1
                    selector.unregister(connection.fileobj)
            idle = waiting
            for connection, _ in selector.select(0.05):
                data = connection.data
                try:
                    piece = connection.fileobj.recv(1 << 16)
                except OSError:
                    piece = b""
                if not piece:
                    open_count -= 1
                    outstanding -= data["index"] is not None
                    idle = [other for other in idle if other is not connection]
                    selector.unregister(connection.fileobj)
                    continue
                if data["index"] is None:
                    continue
                data["buffer"] += piece
                answer = response(data["buffer"])
                if answer is None:
                    continue
                index, data["index"] = data["index"], None
                outstanding -= 1
                idle.append(connection)
                if answer[0] == 503 and tries[index] < patience:
                    tries[index] += 1
                    later.append((time.monotonic() + 0.25, index))
                else:
                    answers[index] = answer[:2]
    finally:
        for connection in list(selector.get_map().values()):
            connection.fileobj.close()
        selector.close()
    return answers


def upgrade(port):
    """The bytes that open a WebSocket."""
    secret = base64.b64encode(os.urandom(16)).decode()
    return request("GET", "/ws", headers=[
        "connection: upgrade", "upgrade: websocket", "sec-websocket-version: 13", f"sec-websocket-key: {secret}"])


class Crowd:
    """As many sockets as come about, from several addresses of this machine. They say something or nothing and stay."""

    def __init__(self, port, count, words=b"", addresses=8, seconds=60):
        self.sockets = []
        self.refused = 0
        end = time.monotonic() + seconds
        opening = []
        for number in range(count):
            if time.monotonic() > end:
                break
            one = socket.socket()
            one.setblocking(False)
            # Strangers have addresses of their own; 127.0.0.1 is for those who are known. Ports below those that the
            # kernel gives out are named here, as it searches for long once half of them are taken at an address.
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                one.bind((f"127.0.0.{2 + number % addresses}", 2_000 + number // addresses))
            except OSError:
                one.bind((f"127.0.0.{2 + number % addresses}", 0))
            code = one.connect_ex(("127.0.0.1", port))
            if code not in (0, errno.EINPROGRESS):
                one.close()
                self.refused += 1
                continue
            self.sockets.append(one)
            opening.append(one)
            if len(opening) == 200:
                self._say(opening, words)
                opening = []
        self._say(opening, words)

    @staticmethod
    def _say(opening, words):
        """Gives the connections a second to come about and says the words on those that do."""
        poll = select.poll()
        waiting = {one.fileno(): one for one in opening}
        for descriptor in waiting:
            poll.register(descriptor, select.POLLOUT)
        end = time.monotonic() + 1
        while waiting and time.monotonic() < end:
            for descriptor, _ in poll.poll(50):
                poll.unregister(descriptor)
                try:
                    waiting.pop(descriptor).send(words)
                except OSError:
                    pass

    def open_count(self):
        """How many the server has not closed; those that wait in the kernel's line count, too."""
        alive = 0
        for one in self.sockets:
            try:
                while one.recv(4096):
                    pass
            except BlockingIOError:
                alive += 1
            except OSError:
                pass
        return alive

    def close(self):
        for one in self.sockets:
            one.close()
        self.sockets = []
