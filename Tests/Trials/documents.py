"""The flows of the trials. Each stands there twice: those from 400 say that they may be resumed after a crash."""

import pathlib
import sys
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "Clients"))
from keys import Wallet  # noqa: E402

QUICK, WAIT, VALUE, BOTH, SIGN, NESTED_VALUE, NESTED_WAIT, NESTED_BOTH, LOOP, LOOP_WAIT, REQUEST = range(301, 312)
RESUMING = 100

SIGNER = Wallet(bytes(range(32)))
MESSAGE = "Let it pass"
SIGNATURE = SIGNER.sign(MESSAGE.encode())


class Sketch:
    """A flow document while it is made."""

    def __init__(self, number, name):
        self.number, self.name = number, name
        self.nodes, self.edges = [], []

    def _id(self):
        self._count = getattr(self, "_count", 0) + 1
        return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{self.number}/{self._count}"))

    def node(self, kind, inputs=(), outputs=(), **config):
        made = {
            "id": self._id(), "type": "native", "position": {"x": 0, "y": 0},
            "data": {
                "node_id": kind, "version": "0.1", "name": kind, "config": config, "ports": {
                    "inputs": [
                        {"id": self._id(), "name": name, "type_bounds": ["free"], "required": False,
                         "passthrough": kind.endswith("wait.0.1")} for name in inputs],
                    "outputs": [{"id": self._id(), "name": name, "type": "free", "optional": False}
                                for name in outputs]}}}
        self.nodes.append(made)
        return made

    def input(self, name, value):
        return self.node("flow_input", [], [name], label={"S": name}, value=value)

    def output(self, name):
        return self.node("flow_output", [name], [name], label={"S": name})

    def wait(self, **config):
        return self.node("@spo/std.wait.0.1", ["value", "wait_for", "duration_ms"], [], wait_for={"N": 0}, **config)

    def edge(self, source, output, target, input):
        def port(node, side, name):
            return next(port["id"] for port in node["data"]["ports"][side] if port["name"] == name)
        passes = source["data"]["node_id"].endswith("wait.0.1")
        self.edges.append({
            "source": source["id"], "target": target["id"], "targetHandle": port(target, "inputs", input),
            "sourceHandle": f"passthrough-{port(source, 'inputs', output)}" if passes
            else port(source, "outputs", output)})

    def document(self):
        return {
            "id": self.number, "uuid": str(uuid.uuid5(uuid.NAMESPACE_OID, f"flow {self.number}")),
            "name": self.name, "description": "", "environment": {}, "instructions_bundling": "Off",
            "is_public": True, "start_shared": False, "start_unverified": True, "read_enabled": False,
            "nodes": self.nodes, "edges": self.edges}


def quick(number):
    flow = Sketch(number, "Adds two numbers")
    a, b = flow.input("a", {"U": "1"}), flow.input("b", {"U": "2"})
    add = flow.node("@spo/std.math.0.1", ["a", "b", "operator"], ["result"], operator={"S": "+"})
    flow.edge(a, "a", add, "a")
    flow.edge(b, "b", add, "b")
    flow.edge(add, "result", flow.output("c"), "c")
    return flow.document()


def wait(number):
    flow = Sketch(number, "Waits, then gives out a message")
    pause = flow.wait()
    flow.edge(flow.input("ms", {"U": "100"}), "ms", pause, "duration_ms")
    flow.edge(flow.input("message", {"S": "hello"}), "message", pause, "value")
    flow.edge(pause, "value", flow.output("message"), "message")
    return flow.document()


def value(number):
    flow = Sketch(number, "Waits for a value from outside")
    flow.edge(flow.node("@spo/command.api_input.0.1", [], ["value"]), "value", flow.output("value"), "value")
    return flow.document()


def both(number):
    flow = Sketch(number, "Waits for a value, and beside it for a while")
    flow.edge(flow.node("@spo/command.api_input.0.1", [], ["value"]), "value", flow.output("value"), "value")
    pause = flow.wait(value={"S": "waited"})
    flow.edge(flow.input("ms", {"U": "100"}), "ms", pause, "duration_ms")
    flow.edge(pause, "value", flow.output("waited"), "waited")
    return flow.document()


def sign(number):
    flow = Sketch(number, "Waits for a signature")
    ask = flow.node(
        "@spo/crypto.sign_message.0.1", ["wallet", "message", "timeout"], ["signature", "pubkey"],
        wallet={"B3": SIGNER.public_key}, message={"S": MESSAGE}, timeout={"D": "86400"})
    flow.edge(ask, "signature", flow.output("signature"), "signature")
    return flow.document()


def nested(number, inner, inputs, outputs):
    flow = Sketch(number, f"Runs flow {inner}")
    run = flow.node("interflow", list(inputs), outputs, flow_id={"U": str(inner)})
    for name, default in inputs.items():
        flow.edge(flow.input(name, default), name, run, name)
    for name in outputs:
        flow.edge(run, name, flow.output(name), name)
    return flow.document()


def loop(number, pauses):
    flow = Sketch(number, "Takes each element of a list")
    each = flow.node("foreach", ["array"], ["element", "index"])
    flow.edge(flow.input("list", {"A": []}), "list", each, "array")
    if pauses:
        work = flow.wait(duration_ms={"U": "150"})
        flow.edge(each, "element", work, "value")
    else:
        work = flow.node("@spo/std.math.0.1", ["a", "b", "operator"], ["result"], operator={"S": "*"}, b={"U": "10"})
        flow.edge(each, "element", work, "a")
    collect = flow.node("collect", ["element"], ["array"])
    flow.edge(work, "value" if pauses else "result", collect, "element")
    flow.edge(collect, "array", flow.output("list"), "list")
    return flow.document()


def posting(number):
    flow = Sketch(number, "Sends a request that must not be sent twice")
    post = flow.node("http_request", ["url", "method", "body"], ["body"], method={"S": "POST"}, body={"M": {}})
    flow.edge(flow.input("url", {"S": ""}), "url", post, "url")
    flow.edge(post, "body", flow.output("answer"), "answer")
    return flow.document()


def documents():
    """All flows, as `FLOWD_FLOWS` takes them."""
    made = []
    for base in (0, RESUMING):
        pause = {"ms": {"U": "100"}}
        message = {**pause, "message": {"S": "hello"}}
        made += [
            quick(QUICK + base), wait(WAIT + base), value(VALUE + base), both(BOTH + base), sign(SIGN + base),
            nested(NESTED_VALUE + base, VALUE + base, {}, ["value"]),
            nested(NESTED_WAIT + base, WAIT + base, message, ["message"]),
            nested(NESTED_BOTH + base, BOTH + base, pause, ["value", "waited"]),
            loop(LOOP + base, pauses=False), loop(LOOP_WAIT + base, pauses=True),
            posting(REQUEST + base)]
    return made


def waiting_nodes(flows=None):
    """The ids of the nodes that wait for a time, of some flows or of all, as a list of SQL."""
    return ", ".join(f"'{node['id']}'" for document in documents() if flows is None or document["id"] in flows
                     for node in document["nodes"] if "wait.0.1" in node["data"]["node_id"])


def prepare(database):
    """What documents cannot say: which flows may be resumed, and that the owner has the signer's wallet."""
    database.run(
        f"UPDATE flows SET on_crash = 'resume' WHERE id > {300 + RESUMING} AND id < {400 + RESUMING};"
        f"INSERT INTO wallets (user_id, public_key) SELECT id, '{SIGNER.public_key}' FROM users"
        f" WHERE NOT EXISTS (SELECT FROM wallets WHERE public_key = '{SIGNER.public_key}')")
