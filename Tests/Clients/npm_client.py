"""The npm client 0.19: bare tokens, integer flow ids, every answer read as JSON whatever its status (spec 5.1)."""

import base64

from scene import Scene
from sockets import NumberedSocket
from wire import check


class NPMClient:
    def __init__(self, wire, token=None):
        self.wire, self.token = wire, token

    def _ask(self, method, path, body=None, token=None):
        headers = {"content-type": "application/json"} if body is not None else {}
        token = token or self.token
        if token:
            headers["authorization"] = token
        return self.wire.ask(method, path, headers, body).json()

    def start_flow(self, id, **params):
        return self._ask("POST", f"/flow/start/{id}", params)

    def start_flow_shared(self, id, **params):
        return self._ask("POST", f"/flow/start_shared/{id}", params)

    def start_flow_unverified(self, id, public_key, **params):
        return self._ask("POST", f"/flow/start_unverified/{id}", params, token=public_key)

    def output(self, run, token=None):
        return self._ask("GET", f"/flow/output/{run}", token=token)

    def stop_flow(self, run, **params):
        return self._ask("POST", f"/flow/stop/{run}", params)

    def submit_signature(self, **params):
        headers = {"content-type": "application/json"}
        return self.wire.ask("POST", "/signature/submit", headers, params).json()


class NPMSocket(NumberedSocket):
    def __init__(self, url, token):
        super().__init__(url)
        self.token = token

    async def authenticate(self):
        """Called before the socket is open: this request is queued, and the open handler goes before it."""
        queued = self.number()
        await self.connect()
        first = await self.request("Authenticate", {"token": self.token}, id=self.number())
        check("Ok" in first, "the open handler authenticates:", first)
        second = await self.request("Authenticate", {"token": self.token}, id=queued)
        check("Ok" in second, "the queued request authenticates again:", second)
        return first["Ok"]


async def play(scene: Scene):
    owner, wire = scene.owner, scene.wire
    for token in ("Bearer " + owner.jwt, owner.api_key):
        client = NPMClient(wire, token)
        run = client.start_flow(scene.add["id"], inputs={"a": {"D": "1e-7"}, "b": {"U": "2"}})["flow_run_id"]
        check(client.output(run) == {"M": {"c": {"D": "2.0000001"}}}, "the sum:", client.output(run))

    client = NPMClient(wire, "Bearer " + owner.jwt)
    check(client.start_flow(999_999) == {"error": "not found"}, "an error is an object with error")
    check(set(client.start_flow(scene.add["id"], inputs={"a": {"U": "x"}})) == {"error"}, "so is a bad input")

    stranger = NPMClient(wire, "Bearer " + scene.stranger.jwt)
    shared = stranger.start_flow_shared(scene.open["id"])
    check(set(shared) == {"flow_run_id"}, "a shared start:", shared)
    check(stranger.output(shared["flow_run_id"]) == {"M": {"c": {"D": "3"}}}, "he who started may read")
    check(set(stranger.start_flow(scene.open["id"])) == {"error"}, "but not start as the owner")

    nobody = NPMClient(wire)
    started = nobody.start_flow_unverified(scene.open["id"], scene.nobody.public_key)
    check(nobody.output(started["flow_run_id"], token=started["token"])["M"]["c"] == {"D": "3"}, "by the run's token")
    check(nobody.output(started["flow_run_id"], token=scene.nobody.public_key) == {"error": "unauthenticated"},
          "a public key proves nothing")

    socket = NPMSocket(wire.socket_url, owner.jwt)
    identity = await socket.authenticate()
    check(identity["user_id"] == owner.id and identity["flow_run_id"] is None, "who:", identity)
    run = client.start_flow(scene.sign["id"])["flow_run_id"]
    stream = await socket.subscribe(run)
    asked = await stream.next("SignatureRequest")
    message = base64.b64decode(asked["message"])
    check(message == b"Sign in to Example\nnonce 7", "the message:", asked)
    wrong = client.submit_signature(id=asked["id"], signature=owner.wallet.sign(b"something else"))
    check(wrong == {"error": "signature verification failed"}, "a wrong signature:", wrong)
    right = owner.wallet.sign(message)
    check(client.submit_signature(id=asked["id"], signature=right) == {"success": True}, "the right one")
    events = await stream.until_finish()
    check(events[-1]["data"]["output"]["M"]["signature"] == {"B6": right}, "the output:", events[-1])
    check(client.submit_signature(id=asked["id"], signature=right) == {"error": "not found"}, "once only")

    # subscribeSignatureRequest() of this client asks for something else; the server says so.
    broken = await socket.request("Authenticate", {})
    check(broken.get("Err", "").startswith("missing field `token`"), "the client's own mistake:", broken)

    run = client.start_flow(scene.slow["id"])["flow_run_id"]
    stream = await socket.subscribe(run)
    await stream.next("NodeStart")
    check(client.stop_flow(run, timeout_millies=0, reason="seen") == {"success": True}, "a stop")
    events = await stream.until_finish()
    check(any("canceled by user seen" == event["data"].get("error") for event in events), "the reason:", events)
    client.output(run)
    check(client.stop_flow(run) == {"error": "not found"}, "a run that has ended")
    await socket.close()
