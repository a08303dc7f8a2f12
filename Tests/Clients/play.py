"""Plays the four clients against a running flowd that lets people sign up: play.py BASE_URL"""

import asyncio
import sys
import traceback

import cli_client
import deno_client
import next_client
import npm_client
from scene import Scene


async def main(base):
    scene = Scene(base)
    failed = []
    for client in (npm_client, deno_client, next_client, cli_client):
        try:
            await client.play(scene)
            print("ok    ", client.__name__)
        except Exception:
            failed.append(client.__name__)
            print("FAILED", client.__name__)
            traceback.print_exc()
    return 1 if failed else 0


sys.exit(asyncio.run(main(sys.argv[1])))
