"""The Deno client 0.12: the header by the token's shape, UUIDs, only 200 and 201 are good (spec 5.2)."""

import asyncio
import base64
import json

from keys import Wallet
from scene import Scene
from sockets import NumberedSocket
from values import check_value, tagged
from wire import check, query


class Refused(Exception):
    """What the client throws."""


class DenoClient:
    def __init__(self, wire, token=None, anon_key=None):
        self.wire, self.token, self.anon_key = wire, token, anon_key

    def _headers(self, token):
        token = token or self.token
        if not token:
            return {}
        if token.startswith("b3-"):
            return {"x-api-key": token}
        return {"authorization": token if token.startswith("Bearer ") else "Bearer " + token}

    def _ask(self, method, path, body=None, token=None, headers=None):
        headers = {**self._headers(token), **(headers or {})}
        if body is not None:
            headers["content-type"] = "application/json"
        answer = self.wire.ask(method, path, headers, body)
        if answer.status in (200, 201):
            return answer.json()
        if answer.headers.get("content-type") == "application/json":
            raise Refused(answer.json()["error"])
        raise Refused(answer.body.decode())

    def init_auth(self, public_key):
        return self._ask("POST", "/auth/init", {"pubkey": public_key}, headers={"apikey": self.anon_key})["msg"]

    def confirm_auth(self, message, signature):
        body = {"token": f"{message}.{signature}"}
        return self._ask("POST", "/auth/confirm", body, headers={"apikey": self.anon_key})

    def claim_token(self):
        return self._ask("POST", "/auth/claim_token")

    def start_flow(self, id, **params):
        return self._ask("POST", f"/flow/start/{id}", params)["flow_run_id"]

    def output(self, run, token=None):
        value = self._ask("GET", f"/flow/output/{run}", token=token)
        check_value(value)
        return value

    def signature_request(self, run):
        return self._ask("GET", f"/flow/signature_request/{run}")

    def submit_signature(self, **params):
        return self._ask("POST", "/signature/submit", params)

    def deploy(self, id):
        return self._ask("POST", f"/flow/deploy/{id}", {})["deployment_id"]

    def start_deployment(self, body=None, token=None, **name):
        return self._ask("POST", "/deployment/start?" + query(**name), body, token=token)

    def upsert_wallet(self, **row):
        return self._ask("POST", "/wallets/upsert", row)

    def export(self):
        return self._ask("POST", "/data/export")


class DenoSocket(NumberedSocket):
    buffers_early_events = True


async def waited(call, *arguments):
    return await asyncio.to_thread(call, *arguments)


def refused(call, *arguments, **names):
    try:
        call(*arguments, **names)
    except Refused as refusal:
        return str(refusal)
    return None


async def play(scene: Scene):
    owner, wire = scene.owner, scene.wire
    gate = DenoClient(wire, anon_key=scene.anon_key)
    wallet = Wallet()
    message = gate.init_auth(wallet.public_key)
    check(len(message) == 127, "the message to sign:", message)
    login = gate.confirm_auth(message, wallet.sign(message.encode()))
    check(login["new_user"] is True, "a new user:", login)
    message = gate.init_auth(wallet.public_key)
    check(refused(gate.confirm_auth, message, Wallet().sign(message.encode())) == "signature verification failed",
          "another key's signature")

    client = DenoClient(wire, owner.api_key)
    session = client.claim_token()
    check(session["user_id"] == owner.id and isinstance(session["expires_at"], int), "a session:", session)
    claimed = DenoClient(wire, session["access_token"])
    run = claimed.start_flow(scene.add["uuid"], inputs={"a": tagged(20), "b": tagged(22)})
    check(client.output(run) == {"M": {"c": {"D": "42"}}}, "the sum")
    check(refused(client.output, "00000000-0000-7000-8000-000000000000") == "not found", "no such run")

    # getSignatureRequest is called once and waits.
    run = client.start_flow(scene.sign["uuid"])
    asked = await waited(client.signature_request, run)
    signature = owner.wallet.sign(base64.b64decode(asked["message"]))
    check(client.submit_signature(id=asked["id"], signature=signature)["success"] is True, "signed")
    check(client.output(run)["M"]["signature"] == {"B6": signature}, "the signature comes out")

    deployment = client.deploy(scene.add["uuid"])
    flow = scene.add["id"]
    inputs = {"inputs": {"a": tagged(1), "b": tagged(2)}}
    for name in ({"id": deployment}, {"flow": flow}, {"flow": flow, "tag": "latest"}, {"flow": scene.add["uuid"]}):
        started = client.start_deployment(inputs, **name)
        check(set(started) == {"flow_run_id", "token"}, "every caller gets the token:", started)
        output = DenoClient(wire, started["token"]).output(started["flow_run_id"])
        check(output == {"M": {"c": {"D": "3"}}}, "the deployment's output:", output)
    check(set(client.start_deployment(id=deployment)) == {"flow_run_id", "token"}, "without a body")
    stranger = DenoClient(wire, scene.stranger.api_key)
    answers = {
        refused(stranger.start_deployment, inputs, id=deployment),
        refused(stranger.start_deployment, inputs, flow=flow, tag="nonesuch"),
        refused(stranger.start_deployment, inputs, id="0194e5ac-9103-7c52-971e-f71f83c5de2e")}
    check(answers == {"not found"}, "forbidden and missing look alike:", answers)
    owner.table("PATCH", f"flow_deployments?id=eq.{deployment}", {"start_permission": "Authenticated"})
    check("token" in stranger.start_deployment(inputs, id=deployment), "the next start sees the column")
    anonymous = DenoClient(wire, scene.nobody.public_key)
    check(refused(anonymous.start_deployment, inputs, id=deployment) == "not found", "not for everyone")
    owner.table("PATCH", f"flow_deployments?id=eq.{deployment}", {"start_permission": "Anonymous"})
    started = anonymous.start_deployment(inputs, id=deployment)
    check(DenoClient(wire, started["token"]).output(started["flow_run_id"])["M"]["c"] == {"D": "3"}, "anonymous")
    rows = owner.table("GET", f"flow_run?select=*&deployment_id=eq.{deployment}")
    check(len(rows) == 7 and all(row["deployment_id"] == deployment for row in rows), "the runs:", len(rows))
    check(all(row["errors"] is None for row in rows), "no errors are null:", rows[0])

    kept = Wallet()
    signed_in = DenoClient(wire, owner.jwt)
    row = signed_in.upsert_wallet(
        type="HARDCODED", name="kept", public_key=kept.public_key, keypair=kept.keypair, user_id=owner.id)[0]
    check({"id", "name", "public_key", "user_id"} <= set(row), "the wallet's row:", row)
    check(kept.keypair not in json.dumps(row), "the key stays inside")
    exported = client.export()
    check(exported["user_id"] == owner.id and kept.keypair not in json.dumps(exported), "an export without keys")

    socket = DenoSocket(wire.socket_url)
    await socket.connect()
    for id in (2, 1):
        answer = await socket.request("Authenticate", {"token": "Bearer " + owner.jwt}, id=id)
        check("Ok" in answer, "again and again:", answer)
    socket._next = 3
    run = client.start_flow(scene.add["uuid"])
    events = await (await socket.subscribe(run)).until_finish()
    kinds = [event["event"] for event in events]
    check(kinds[0] == "FlowStart" and kinds[-1] == "FlowFinish", "the whole run:", kinds)
    for at, event in enumerate(events):
        if event["event"] == "NodeOutput":
            check(kinds[at + 1] == "NodeFinish", "an output, then its end:", kinds)
    await socket.close()
