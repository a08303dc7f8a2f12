"""The flows that the clients play with, as an editor would store them."""

import json
import pathlib
import uuid

EXAMPLES = pathlib.Path(__file__).parents[2] / "Config" / "flows"


def example(name, **columns):
    document = json.loads((EXAMPLES / name).read_text())
    kept = {column: document[column] for column in ("name", "description", "nodes", "edges", "read_enabled")}
    return {**kept, **columns}


def node(kind, inputs=(), outputs=(), **config):
    return {
        "id": str(uuid.uuid4()), "type": "native", "position": {"x": 0, "y": 0},
        "data": {
            "node_id": kind, "version": "0.1", "name": kind, "config": config,
            "ports": {
                "inputs": [
                    {"id": str(uuid.uuid4()), "name": name, "type_bounds": ["free"], "required": False,
                     "passthrough": False} for name in inputs],
                "outputs": [
                    {"id": str(uuid.uuid4()), "name": name, "type": "free", "optional": False} for name in outputs],
            }}}


def port(node, side, name):
    return next(port["id"] for port in node["data"]["ports"][side] if port["name"] == name)


def edge(source, output, target, input):
    return {
        "source": source["id"], "sourceHandle": port(source, "outputs", output),
        "target": target["id"], "targetHandle": port(target, "inputs", input)}


def signing(public_key, message, **columns):
    """A flow that has a message signed by this key, whose holder is asked."""
    sign = node(
        "sign_message", ["wallet", "message"], ["signature", "pubkey"],
        wallet={"B3": public_key}, message={"S": message})
    result = node("flow_output", ["signature"], ["signature"], label={"S": "signature"})
    return {
        "name": "Sign", "description": "", "nodes": [sign, result],
        "edges": [edge(sign, "signature", result, "signature")], **columns}


def waiting(seconds, **columns):
    """A flow that takes this long and may be read."""
    start = node("const", [], ["out"], value={"U": "1"})
    wait = node("wait", ["value"], ["value"], duration_ms={"U": str(int(seconds * 1000))})
    return {"name": "Wait", "description": "", "nodes": [start, wait], "edges": [], "read_enabled": True, **columns}
