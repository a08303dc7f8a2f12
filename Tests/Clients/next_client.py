"""client-next with its schemas: everything is validated, one wrong event ends the connection (spec 5.3)."""

import asyncio
import base64
import urllib.parse

from scene import Scene
from sockets import NumberedSocket
from values import check_value, tagged
from wire import check, query


class APIError(Exception):
    def __init__(self, status, message):
        super().__init__(f"{status} {message}")
        self.status, self.message = status, message


class NextClient:
    def __init__(self, wire, *, api_key=None, bearer=None):
        self.wire = wire
        self._auth = {"x-api-key": api_key} if api_key else {"authorization": "Bearer " + bearer} if bearer else {}
        self._etags = {}

    def with_bearer(self, bearer):
        return NextClient(self.wire, bearer=bearer)

    def _ask(self, method, path, body=None, headers=None, timeout=60):
        headers = {**self._auth, **(headers or {})}
        if body is not None:
            headers["content-type"] = "application/json"
        answer = self.wire.ask(method, path, headers, body, timeout)
        if not 200 <= answer.status < 300 and answer.status != 304:
            raise APIError(answer.status, answer.json()["error"])
        return answer

    def info(self):
        info = self._ask("GET", "/info").json()
        check(info["anon_key"] and info["iroh"]["node_id"] and info["iroh"]["relay_url"], "nothing is empty:", info)
        check(isinstance(info["iroh"]["direct_addresses"], list), "addresses are a list:", info)
        check(urllib.parse.urlsplit(info["supabase_url"]).scheme in ("http", "https"), "an address:", info)
        own = urllib.parse.urlsplit(self.wire.base).netloc
        check(urllib.parse.urlsplit(info["base_url"]).netloc == own, "the host that was asked:", info)
        return info

    def start(self, id, **params):
        return self._ask("POST", f"/flow/start/{id}", params).json()["flow_run_id"]

    def read(self, id, inputs, **flags):
        text = __import__("json").dumps(inputs)
        path = f"/flow/read/{id}"
        headers = {"if-none-match": self._etags[path, text][0]} if (path, text) in self._etags else {}
        if len(text) <= 1_500:
            answer = self._ask("GET", path + "?" + query(inputs=text, **flags), headers=headers)
        else:
            answer = self._ask("POST", path, {"inputs": inputs}, headers)
        for name in ("etag", "cache-control", "last-modified"):
            check(name in answer.headers, "a read has", name, answer.headers)
        if answer.status == 304:
            check(answer.body == b"", "304 has no body:", answer.body)
            return self._etags[path, text][1]
        value = answer.json()
        check_value(value)
        self._etags[path, text] = (answer.headers["etag"], value)
        return value

    def output(self, run):
        value = self._ask("GET", f"/flow/output/{run}").json()
        check_value(value)
        return value

    def start_deployment(self, **name):
        name = {"tag": "latest", **name}
        return self._ask("POST", "/deployment/start?" + query(**name), {}).json()

    def post(self, path):
        """deploy and clone: no body, no content type."""
        return self._ask("POST", path).json()

    def stop(self, run):
        check(self._ask("POST", f"/flow/stop/{run}", {}).json()["success"] is True, "stopped")

    async def signature_request(self, run):
        """404 means not yet; each attempt has five seconds."""
        for _ in range(120):
            try:
                answer = await asyncio.to_thread(
                    self._ask, "GET", f"/flow/signature_request/{run}", timeout=5)
                return answer.json()
            except APIError as error:
                check(error.status == 404, "only 404 means not yet:", error)
                await asyncio.sleep(0.25)


class NextSocket(NumberedSocket):
    strict = True


def status_of(call, *arguments, **names):
    try:
        call(*arguments, **names)
    except APIError as error:
        return error.status, error.message


async def play(scene: Scene):
    owner, wire = scene.owner, scene.wire
    client = NextClient(wire, api_key=owner.api_key)
    client.info()

    inputs = {"a": tagged(2), "b": tagged(3)}
    flow = scene.add["uuid"]
    before = len(owner.table("GET", f"flow_run?select=id&flow_id=eq.{scene.add['id']}"))
    answers = await asyncio.gather(*[asyncio.to_thread(
        NextClient(wire, api_key=owner.api_key).read, flow, inputs) for _ in range(10)])
    check(all(answer == {"M": {"c": {"D": "5"}}} for answer in answers), "a read:", answers)
    after = len(owner.table("GET", f"flow_run?select=id&flow_id=eq.{scene.add['id']}"))
    check(after - before == 1, "ten reads are one run:", after - before)
    check(client.read(flow, inputs) == client.read(flow, inputs), "revalidated")
    long = {"a": tagged(2), "b": tagged(3), "c": tagged("x" * 2_000)}
    check(client.read(flow, long)["M"]["c"] == {"D": "5"}, "long inputs go by POST")
    check(status_of(client.read, scene.closed["uuid"], {}) == (403, "read not allowed"), "not enabled")
    check(status_of(client.read, "nonesuch", {})[0] == 404, "no such flow")

    copied = NextClient(wire, api_key=scene.stranger.api_key).post(f"/flow/clone/{scene.open['uuid']}")
    check(copied["id_map"] == {scene.open["uuid"]: copied["flow_id"]}, "a clone:", copied)
    deployment = client.post(f"/flow/deploy/{flow}")["deployment_id"]
    started = client.start_deployment(id=deployment)
    handle = client.with_bearer(started["token"])
    check(handle.output(started["flow_run_id"]) == {"M": {"c": {"D": "3"}}}, "by the run's token")
    check(status_of(NextClient(wire, bearer=scene.nobody.public_key).start_deployment, id=deployment)
          == (404, "not found"), "not for everyone")

    run = client.start(scene.sign["uuid"])
    asked = await client.signature_request(run)
    check(isinstance(asked["id"], int) and isinstance(asked["timeout"], (int, float)), "numbers:", asked)
    signature = owner.wallet.sign(base64.b64decode(asked["message"]))
    check(client._ask("POST", "/signature/submit", {"id": asked["id"], "signature": signature}).json()
          == {"success": True}, "signed")
    client.output(run)

    # A client with a public key only does not authenticate: it subscribes with the run's token.
    socket = NextSocket(wire.socket_url)
    await socket.connect()
    owner.table("PATCH", f"flow_deployments?id=eq.{deployment}", {"start_permission": "Anonymous"})
    started = NextClient(wire, bearer=scene.nobody.public_key).start_deployment(id=deployment)
    events = await (await socket.subscribe(started["flow_run_id"], started["token"])).until_finish()
    check(not any(event["event"] == "FlowError" for event in events), "FlowError means failure:", events)
    refused = await socket.request("SubscribeSignatureRequests", {})
    check(refused.get("Err") == "unauthorized", "a run's token is no user:", refused)
    await socket.close()

    socket = NextSocket(wire.socket_url)
    await socket.connect()
    identity = (await socket.request("Authenticate", {"token": owner.api_key}))["Ok"]
    check(set(identity) == {"user_id", "pubkey", "flow_run_id"}, "all three:", identity)
    signatures = await socket.subscribe_signatures()
    run = client.start(scene.sign["uuid"])
    asked = await signatures.next("SignatureRequest")
    check(asked["flow_run_id"] == run, "the user's own stream:", asked)
    client.stop(run)

    run = client.start_deployment(id=deployment)
    slow = client.start(scene.slow["uuid"])
    stream = await socket.subscribe(slow)
    await stream.next("NodeStart")
    client.stop(slow)
    check((await stream.until_finish())[-1]["event"] == "FlowFinish", "a stopped run finishes")
    await socket.close()
