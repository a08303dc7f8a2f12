"""What all clients stand on: plain HTTP exchanges, and a check that says what it wanted."""

import http.client
import json
import urllib.parse


class Disappointed(Exception):
    """The server did what a client cannot live with."""


def check(holds, what, *seen):
    if not holds:
        raise Disappointed(" ".join([what, *(repr(item) for item in seen)]))


class Answer:
    def __init__(self, status, headers, body: bytes):
        self.status = status
        self.headers = {name.lower(): value for name, value in headers}
        self.body = body

    def json(self):
        return json.loads(self.body)


class Wire:
    """Requests to one server, each on a connection of its own."""

    def __init__(self, base: str):
        self.base = base.rstrip("/")
        url = urllib.parse.urlsplit(self.base)
        self.host, self.port, self.prefix = url.hostname, url.port or 80, url.path

    @property
    def socket_url(self):
        return "ws" + self.base.removeprefix("http") + "/ws"

    def ask(self, method, path, headers=None, body=None, timeout=60) -> Answer:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=timeout)
        try:
            data = None if body is None else json.dumps(body).encode()
            connection.request(method, self.prefix + path, data, headers or {})
            response = connection.getresponse()
            return Answer(response.status, response.getheaders(), response.read())
        finally:
            connection.close()


def query(**items):
    return urllib.parse.urlencode({name: value for name, value in items.items() if value is not None})
