"""The people and flows of the play, made over HTTP as a self-hoster's front end would."""

import flows
from keys import Wallet
from wire import Wire, check


class Person:
    """A user who signed in with a wallet, with every credential that a client may carry."""

    def __init__(self, wire: Wire, anon_key: str):
        self.wallet = Wallet()
        gate = {"apikey": anon_key, "content-type": "application/json"}
        message = wire.ask("POST", "/auth/init", gate, {"pubkey": self.wallet.public_key}).json()["msg"]
        token = message + "." + self.wallet.sign(message.encode())
        answer = wire.ask("POST", "/auth/confirm", gate, {"token": token})
        check(answer.status == 200, "a wallet signs in:", answer.status, answer.body)
        session = answer.json()["session"]
        self.jwt = session["access_token"]
        self.refresh_token = session["refresh_token"]
        self.id = session["user"]["id"]
        bearer = {"authorization": "Bearer " + self.jwt, "content-type": "application/json"}
        self.api_key = wire.ask("POST", "/apikey/create", bearer, {"name": "play"}).json()["full_key"]
        self._wire = wire
        self._headers = {**bearer, "apikey": anon_key, "prefer": "return=representation"}

    def table(self, method, path, body=None, **headers):
        answer = self._wire.ask(method, "/rest/v1/" + path, {**self._headers, **headers}, body)
        check(answer.status < 300, method + " " + path, answer.status, answer.body)
        return answer.json()

    def flow(self, document):
        """Stores a flow and gives its row."""
        return self.table("POST", "flows?select=id,uuid", document)[0]


class Scene:
    def __init__(self, base: str):
        self.wire = Wire(base)
        self.info = self.wire.ask("GET", "/info").json()
        self.anon_key = self.info["anon_key"]
        self.owner = Person(self.wire, self.anon_key)
        self.stranger = Person(self.wire, self.anon_key)
        self.nobody = Wallet()
        owner = self.owner
        everyone = dict(is_public=True, start_shared=True, start_unverified=True)
        self.add = owner.flow(flows.example("1-add.json"))
        self.open = owner.flow(flows.example("1-add.json", **everyone))
        self.slow = owner.flow(flows.example("4-slow-steps.json"))
        self.approval = owner.flow(flows.example("5-approval.json"))
        self.sign = owner.flow(flows.signing(owner.wallet.public_key, "Sign in to Example\nnonce 7"))
        self.closed = owner.flow(flows.example("1-add.json", read_enabled=False))
