"""The tagged values as the strict clients take them (spec http-and-websocket, appendix B)."""

import base64
import re

from keys import unbase58
from wire import check

DECIMAL = re.compile(r"^-?[0-9]+(e[0-9]+)?(\.[0-9]+)?$")
NATURAL = re.compile(r"^[0-9]+$")
INTEGER = re.compile(r"^-?[0-9]+$")


def check_value(value):
    check(isinstance(value, dict) and len(value) == 1, "a value has one tag:", value)
    (tag, payload), = value.items()
    match tag:
        case "N": check(payload == 0 and payload is not False, "N is 0:", value)
        case "B": check(isinstance(payload, bool), "B is a boolean:", value)
        case "S": check(isinstance(payload, str), "S is a string:", value)
        case "D" | "F": check(isinstance(payload, str) and DECIMAL.match(payload), "a plain number:", value)
        case "U" | "U1": check(isinstance(payload, str) and NATURAL.match(payload), "no minus:", value)
        case "I" | "I1": check(isinstance(payload, str) and INTEGER.match(payload), "an integer:", value)
        case "B3": check(len(unbase58(payload)) == 32, "32 bytes:", value)
        case "B6": check(len(unbase58(payload)) == 64, "64 bytes:", value)
        case "BY": base64.b64decode(payload, validate=True)
        case "A":
            check(isinstance(payload, list), "A is an array:", value)
            for element in payload:
                check_value(element)
        case "M":
            check(isinstance(payload, dict), "M is an object:", value)
            for member in payload.values():
                check_value(member)
        case _: check(False, "an unknown tag:", value)


def tagged(value):
    """A value of the language as the clients write it."""
    if value is None:
        return {"N": 0}
    if isinstance(value, bool):
        return {"B": value}
    if isinstance(value, (int, float)):
        return {"D": repr(value)}
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, list):
        return {"A": [tagged(element) for element in value]}
    return {"M": {name: tagged(member) for name, member in value.items()}}
