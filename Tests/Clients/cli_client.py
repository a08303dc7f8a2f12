"""The command-line tool: an API key for a session, what the server is, then the tables (spec 5.4)."""

from scene import Scene
from wire import check


async def play(scene: Scene):
    wire = scene.wire
    answer = wire.ask("POST", "/auth/claim_token", {"x-api-key": scene.owner.api_key})
    session = answer.json()
    check(answer.status == 200 and {"user_id", "access_token", "refresh_token"} <= set(session), "a session:", session)
    check(isinstance(session["expires_at"], int), "seconds:", session)
    bearer = {"authorization": "Bearer " + session["access_token"]}
    info = wire.ask("GET", "/info", bearer).json()
    check(info["supabase_url"] and info["anon_key"], "where the tables are:", info)
    tables = info["supabase_url"].removeprefix(wire.base)
    headers = {**bearer, "apikey": info["anon_key"]}
    rows = wire.ask("GET", tables + "rest/v1/flows?select=id,name&order=id.asc&limit=1", headers).json()
    check(len(rows) == 1 and set(rows[0]) == {"id", "name"}, "a row with two columns:", rows)

    wrong = wire.ask("POST", "/auth/claim_token", {"x-api-key": "b3-" + "A" * 43})
    check(wrong.status == 401 and set(wrong.json()) == {"error"}, "an error is text:", wrong.status, wrong.body)
