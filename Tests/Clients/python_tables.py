"""Drives every verb of the clients `postgrest` and `supabase` (PyPI) over the tables: python_tables.py BASE_URL [-v]

Each line of a table is a verb, what is claimed of it, the call, and what must come. What the server does not offer must
be refused with the code that says so.
"""

import csv
import io
import re
import sys
import traceback

import httpx
from postgrest import APIError, SyncPostgrestClient, SyncRequestBuilder, SyncSelectRequestBuilder
from supabase import ClientOptions, create_client

import table_changes
from table_scene import UNKNOWN, TableScene
from wire import check

ALL = ["alpha", "beta, (two)", 'q"t']
TABLES = [
    "flows", "flows_v2", "flow_deployments", "flow_deployments_tags", "flow_deployments_flows",
    "flow_deployments_wallets", "flow_run", "node_run", "flow_run_logs", "flow_run_shared", "signature_requests",
    "wallets", "apikeys", "kvstore", "kvstore_metadata", "user_quotas", "users_public", "pubkey_whitelists",
    "node_definitions", "flow_x402_fees", "flow_deployments_x402_fees",
]
READ_ONLY = [
    "flow_deployments_flows", "flow_deployments_wallets", "flow_run", "node_run", "flow_run_logs", "flow_run_shared",
    "signature_requests", "apikeys", "kvstore", "kvstore_metadata", "user_quotas", "users_public", "pubkey_whitelists",
    "node_definitions", "flow_x402_fees", "flow_deployments_x402_fees",
]


def names(request):
    return [row["name"] for row in request.execute().data]


def code(call):
    """The code of the refusal that a call must meet."""
    try:
        answer = call()
    except APIError as error:
        check(bool(error.message), "a refusal has a message:", error.json())
        return error.code
    return f"no refusal but {getattr(answer, 'data', answer)!r}"


def filters(scene, table):
    """Verbs that choose rows. `f` is the table of flows, in order of their names."""

    def f():
        return table("flows").select("name").order("name")

    alpha, beta, quote = scene.alpha, scene.beta, scene.quote
    return [
        ("eq", "a text", lambda: names(f().eq("name", 'q"t')), ['q"t']),
        ("eq", "text with a comma and brackets", lambda: names(f().eq("name", "beta, (two)")), ["beta, (two)"]),
        ("eq", "a flow by its number", lambda: names(f().eq("id", alpha["id"])), ["alpha"]),
        ("eq", "a flow by its UUID", lambda: names(f().eq("id", alpha["uuid"])), ["alpha"]),
        ("eq", "another's flow by its UUID", lambda: names(f().eq("id", scene.foreign["uuid"])), []),
        ("eq", "parent_flow by number", lambda: names(f().eq("parent_flow", alpha["id"])), ["beta, (two)"]),
        ("eq", "parent_flow by UUID", lambda: names(f().eq("parent_flow", alpha["uuid"])), ["beta, (two)"]),
        ("eq", "a truth value", lambda: names(f().eq("is_public", True)), ['q"t']),
        ("eq", "JSON with a backslash and u0000", lambda: names(f().eq("guide", r'"C:\\u0000x"')), ["alpha"]),
        ("neq", "a text", lambda: names(f().neq("name", "alpha")), ALL[1:]),
        ("neq", "a flow by its UUID", lambda: names(f().neq("id", alpha["uuid"])), ALL[1:]),
        ("gt", "numbers", lambda: names(f().gt("id", beta["id"])), ['q"t']),
        ("gte", "numbers", lambda: names(f().gte("id", beta["id"])), ALL[1:]),
        ("lt", "numbers", lambda: names(f().lt("id", beta["id"])), ["alpha"]),
        ("lte", "numbers", lambda: names(f().lte("id", beta["id"])), ALL[:2]),
        ("gt", "moments", lambda: names(f().gt("created_at", "2020-01-01")), ALL),
        ("is_", "null", lambda: names(f().is_("parent_flow", None)), ["alpha", 'q"t']),
        ("is_", "true", lambda: names(f().is_("is_public", True)), ['q"t']),
        ("not_", "is null", lambda: names(f().not_.is_("parent_flow", None)), ["beta, (two)"]),
        ("not_", "eq", lambda: names(f().not_.eq("name", "alpha")), ALL[1:]),
        ("not_", "in", lambda: names(f().not_.in_("name", ["alpha"])), ALL[1:]),
        ("like", "stars", lambda: names(f().like("name", "*t*")), ALL[1:]),
        ("ilike", "percent signs", lambda: names(f().ilike("name", "ALPH%")), ["alpha"]),
        ("like_all_of", "patterns", lambda: names(f().like_all_of("name", "a*,*pha")), ["alpha"]),
        ("like_any_of", "patterns", lambda: names(f().like_any_of("name", "a*,q*")), ["alpha", 'q"t']),
        ("ilike_all_of", "patterns", lambda: names(f().ilike_all_of("name", "A*,*A")), ["alpha"]),
        ("ilike_any_of", "patterns", lambda: names(f().ilike_any_of("name", "A*,Q*")), ["alpha", 'q"t']),
        ("in_", "texts with marks", lambda: names(f().in_("name", ["beta, (two)", 'q"t'])), ALL[1:]),
        ("in_", "numbers", lambda: names(f().in_("id", [alpha["id"], quote["id"]])), ["alpha", 'q"t']),
        ("in_", "UUIDs", lambda: names(f().in_("id", [alpha["uuid"], UNKNOWN])), ["alpha"]),
        ("in_", "nothing", lambda: names(f().in_("id", [])), []),
        ("in_", "1,000 UUIDs", lambda: names(
            f().in_("uuid", [f"00000000-0000-4000-8000-{n:012x}" for n in range(999)] + [alpha["uuid"]])), ["alpha"]),
        ("in_", "1,000 flows by their UUIDs", lambda: names(
            f().in_("id", [f"00000000-0000-4000-8000-{n:012x}" for n in range(999)] + [alpha["uuid"]])), ["alpha"]),
        ("cs", "elements of JSON", lambda: names(f().cs("meta_nodes", ["a"])), ["alpha"]),
        ("cd", "elements of JSON", lambda: names(f().cd("meta_nodes", ["a", "b", "x"])), ["alpha"]),
        ("ov", "elements of JSON", lambda: names(f().ov("meta_nodes", ["b"])), ALL[:2]),
        ("contains", "a list", lambda: names(f().contains("meta_nodes", ["b", "c"])), ["beta, (two)"]),
        ("contains", "an object", lambda: names(f().contains("viewport", {"y": {"z": "deep"}})), ["alpha"]),
        ("contains", "JSON as text", lambda: names(f().contains("meta_nodes", '["a"]')), ["alpha"]),
        ("contained_by", "an object", lambda: names(f().contained_by("viewport", {"x": 2, "w": 1})), ["beta, (two)"]),
        ("overlaps", "a list", lambda: names(f().overlaps("meta_nodes", ["a", "z"])), ["alpha"]),
        ("contains", "a list of the database", lambda: len(
            table("flow_run").select("id").contains("not_run", [UNKNOWN]).execute().data), 0),
        ("match", "several columns", lambda: names(f().match({"name": "alpha", "is_public": False})), ["alpha"]),
        ("filter", "operator by name", lambda: names(f().filter("id", "gte", str(quote["id"]))), ['q"t']),
        ("filter", "isdistinct", lambda: names(f().filter("parent_flow", "isdistinct", alpha["uuid"])),
         ["alpha", 'q"t']),
        ("filter", "a place in JSON, as text", lambda: names(f().eq("viewport->y->>z", "deep")), ["alpha"]),
        ("filter", "a place in JSON, as JSON", lambda: names(f().gt("viewport->x", 1)), ALL[1:]),
        ("or_", "filters", lambda: names(f().or_('name.eq.alpha,name.in.("beta, (two)",x)')), ALL[:2]),
        ("or_", "nested", lambda: names(
            f().or_(f"and(id.gt.{alpha['id']},not.or(name.like.q*,is_public.is.true)),"
                    r'slug.eq."\"first\""')), ALL[:2]),
        ("or_", "not or", lambda: names(f().not_.or_("name.eq.alpha,is_public.eq.true")), ["beta, (two)"]),
        ("or_", "JSON in it", lambda: names(f().or_('viewport.cs.{"x":2},viewport->y->>z.eq.deep')), ALL[:2]),
        ("or_", "nobody sees another's rows", lambda: names(f().or_(f"id.eq.{scene.foreign['id']},id.is.null")), []),
        ("text_search", "is not offered", lambda: code(lambda: f().text_search("name", "a").execute()), "PGRST100"),
        ("fts", "is not offered", lambda: code(lambda: f().fts("name", "a").execute()), "PGRST100"),
        ("plfts", "is not offered", lambda: code(lambda: f().plfts("name", "a").execute()), "PGRST100"),
        ("phfts", "is not offered", lambda: code(lambda: f().phfts("name", "a").execute()), "PGRST100"),
        ("wfts", "is not offered", lambda: code(lambda: f().wfts("name", "a").execute()), "PGRST100"),
        *[(verb, "there are no ranges", lambda verb=verb: code(
            lambda: getattr(f(), verb)("id", (1, 2)).execute()), "42883")
          for verb in ("sl", "sr", "nxl", "nxr", "adj", "range_gt", "range_gte", "range_lt", "range_lte",
                       "range_adjacent")],
    ]


def shapes(scene, table):
    """Verbs that say what is shown, in which order and form."""

    def f(*columns, **options):
        return table("flows").select(*columns, **options).order("name")

    def data(request):
        return request.execute().data

    alpha, deployment, run = scene.alpha, scene.deployment, scene.run
    tags = lambda *columns: table("flow_deployments_tags").select(*columns)
    return [
        ("select", "names and places in JSON", lambda: data(f("n:name", "viewport->y->>z").eq("name", "alpha")),
         [{"n": "alpha", "z": "deep"}]),
        ("select", "the text stays what it is", lambda: data(f("guide").eq("name", "alpha")),
         [{"guide": r"C:\u0000x"}]),
        ("select", "an unknown column", lambda: code(lambda: f("idd").execute()), "42703"),
        ("select count=", "exact", lambda: f("id", count="exact").limit(1).execute().count, 3),
        ("select count=", "planned", lambda: f("id", count="planned").limit(1).execute().count, 3),
        ("select count=", "estimated", lambda: f("id", count="estimated").limit(1).execute().count, 3),
        ("select head=", "a count alone", lambda: (lambda a: (a.data, a.count))(
            f("id", count="exact", head=True).execute()), ([], 3)),
        ("order", "descending", lambda: names(table("flows").select("name").order("name", desc=True)), ALL[::-1]),
        ("order", "nullsfirst", lambda: names(
            table("flows").select("name").order("parent_flow", nullsfirst=True).order("name")),
         ["alpha", 'q"t', "beta, (two)"]),
        ("order", "nullslast", lambda: names(
            table("flows").select("name").order("parent_flow", desc=True, nullsfirst=False).order("name", desc=True)),
         ["beta, (two)", 'q"t', "alpha"]),
        ("order", "a place in JSON, as JSON", lambda: names(
            table("flows").select("name").order("viewport->x", desc=True)), ALL[::-1]),
        ("limit", "rows", lambda: names(f("name").limit(1)), ["alpha"]),
        ("offset", "rows", lambda: names(f("name").offset(2)), ['q"t']),
        ("range", "rows", lambda: names(f("name").range(1, 2)), ALL[1:]),
        ("range", "the last limit counts", lambda: names(f("name").range(0, 2).limit(1)), ["alpha"]),
        ("single", "one row", lambda: f("name").eq("name", "alpha").single().execute().data, {"name": "alpha"}),
        ("single", "not one row", lambda: code(lambda: f("name").single().execute()), "PGRST116"),
        ("maybe_single", "no row", lambda: f("name").eq("name", "x").maybe_single().execute(), None),
        ("maybe_single", "one row", lambda: f("name").eq("name", "alpha").maybe_single().execute().data,
         {"name": "alpha"}),
        ("maybe_single", "more rows", lambda: code(lambda: f("name").maybe_single().execute()), "406"),
        ("csv", "lines", lambda: list(csv.reader(io.StringIO(
            f("name", "parent_flow", "is_public", "viewport").csv().execute().data))),
         [["name", "parent_flow", "is_public", "viewport"], ["alpha", "", "f", '{"x":1,"y":{"z":"deep"}}'],
          ["beta, (two)", alpha["uuid"], "f", '{"x":2}'], ['q"t', "", "t", '{"x":10}']]),
        ("csv", "no rows", lambda: f("name", "id").eq("name", "x").csv().execute().data, "name,id"),
        ("strip_nulls", "rows", lambda: data(
            f("name", "parent_flow", "guide").neq("name", "beta, (two)").strip_nulls()),
         [{"name": "alpha", "guide": r"C:\u0000x"}, {"name": 'q"t'}]),
        ("strip_nulls", "one row", lambda: f("name", "parent_flow").eq("name", "alpha").strip_nulls().single()
         .execute().data, {"name": "alpha"}),
        ("explain", "is not offered", lambda: code(lambda: f("name").explain().execute()), "PGRST107"),
        ("explain", "JSON is not offered", lambda: code(
            lambda: f("name").explain(analyze=True, format="json").execute()), "PGRST107"),
        ("embed", "one row that is referred to", lambda: data(tags("tag", "flows(name)")),
         [{"tag": "latest", "flows": {"name": "alpha"}}]),
        ("embed", "renamed", lambda: data(tags("x:flows(name)", "d:flow_deployments(entrypoint)")),
         [{"x": {"name": "alpha"}, "d": {"entrypoint": alpha["id"]}}]),
        ("embed", "by the column", lambda: data(tags("entrypoint(name)")), [{"entrypoint": {"name": "alpha"}}]),
        ("embed", "rows that refer to it", lambda: data(f("name", "flow_deployments(id)").neq("name", "beta, (two)")),
         [{"name": "alpha", "flow_deployments": [{"id": deployment}]}, {"name": 'q"t', "flow_deployments": []}]),
        ("embed", "two deep", lambda: data(
            f("name", "flow_deployments!inner(id,flow_deployments_tags(tag,flows(name)))")),
         [{"name": "alpha", "flow_deployments": [
             {"id": deployment, "flow_deployments_tags": [{"tag": "latest", "flows": {"name": "alpha"}}]}]}]),
        ("embed", "!inner", lambda: names(f("name", "flow_run!inner(id)")), ["alpha"]),
        ("embed", "a filter on the embedded rows", lambda: data(
            f("name", "flow_run(status)").eq("flow_run.status", "failed").eq("name", "alpha")),
         [{"name": "alpha", "flow_run": []}]),
        ("embed", "a filter with !inner", lambda: names(
            f("name", "flow_deployments!inner(id)").eq("flow_deployments.entrypoint", alpha["uuid"])), ["alpha"]),
        ("embed", "rows without any", lambda: names(f("name", "flow_run()").is_("flow_run", None)), ALL[1:]),
        ("embed", "in itself", lambda: data(f("name", "parent:parent_flow(name)", "copies:flows!parent_flow(name)")),
         [{"name": "alpha", "parent": None, "copies": [{"name": "beta, (two)"}]},
          {"name": "beta, (two)", "parent": {"name": "alpha"}, "copies": []},
          {"name": 'q"t', "parent": None, "copies": []}]),
        ("embed", "in itself, without a hint", lambda: code(lambda: f("flows(name)").execute()), "PGRST201"),
        ("embed", "or_ with reference_table", lambda: [len(row["node_run"]) for row in data(
            table("flow_run").select("id", "node_run(times)").or_(
                f"node_id.eq.{UNKNOWN},times.lt.0", reference_table="node_run").eq("id", run))], [0]),
        ("embed", "order and limit with foreign_table", lambda: [
            [n["node_id"] for n in row["node_run"]] for row in data(
                table("flow_run").select("node_run(node_id)").order("node_id", desc=True, foreign_table="node_run")
                .limit(1, foreign_table="node_run").eq("id", run))],
         [[max(n["node_id"] for n in scene.owner.table("GET", f"node_run?flow_run_id=eq.{run}"))]]),
        ("embed", "range with foreign_table", lambda: [len(row["node_run"]) for row in data(
            table("flow_run").select("node_run(node_id)").range(1, 1, foreign_table="node_run").eq("id", run))], [1]),
        ("embed", "not related", lambda: code(lambda: f("wallets(id)").execute()), "PGRST200"),
        ("embed", "not in select", lambda: code(lambda: f("name").eq("flow_run.status", "x").execute()), "PGRST108"),
        ("embed", "aggregates are not offered", lambda: code(lambda: f("flow_run(count)").execute()), "42703"),
        ("embed", "aggregates are not offered", lambda: code(lambda: f("id.count()").execute()), "PGRST123"),
        ("embed", "spreading is not offered", lambda: code(lambda: tags("...flows(name)").execute()), "PGRST100"),
        ("retry", "goes on", lambda: names(f("name").limit(1).retry(False)), ["alpha"]),
    ]


def places(scene, client, table):
    """What is not a table of ours, and every table."""

    def columns(name):
        return table(name).select("*").limit(5)

    return [
        ("rpc", "is not offered", lambda: code(lambda: client.rpc("f", {"a": 1}).execute()), "PGRST202"),
        ("schema", "public", lambda: len(client.schema("public").table("flows").select("id").execute().data), 3),
        ("schema", "another", lambda: code(lambda: client.schema("other").table("flows").select("id").execute()),
         "PGRST106"),
        ("schema", "another, writing", lambda: code(
            lambda: client.schema("other").table("flows").insert({"name": "x"}).execute()), "PGRST106"),
        ("from_", "unknown table", lambda: code(lambda: table("x").select("*").execute()), "PGRST205"),
        *[("select", f"every column of {name}", lambda name=name: type(columns(name).execute().data), list)
          for name in TABLES],
        *[("insert", f"{name} is read only", lambda name=name: code(lambda: table(name).insert({}).execute()), "42501")
          for name in READ_ONLY + ["flow_deployments"]],
        *[("upsert", f"{name} is read only", lambda name=name: code(lambda: table(name).upsert({}).execute()), "42501")
          for name in READ_ONLY],
        *[("delete", f"{name} is read only", lambda name=name: code(
            lambda: table(name).delete().neq("user_id", UNKNOWN).execute()
            if name != "pubkey_whitelists" else table(name).delete().neq("pubkey", "x").execute()), "42501")
          for name in READ_ONLY],
        ("select", "quotas of the caller", lambda: [row["user_id"] for row in columns("user_quotas").execute().data],
         [scene.owner.id]),
        ("select", "the caller among users", lambda: [row["pub_key"] for row in columns("users_public").execute().data],
         [scene.owner.wallet.public_key]),
        ("select", "flows of a deployment", lambda: table("flow_deployments_flows").select("flow_id", "flow_uuid")
         .execute().data, [{"flow_id": scene.alpha["id"], "flow_uuid": scene.alpha["uuid"]}]),
        ("select", "the flow of a run", lambda: table("flow_run").select("flow_id", "flow_uuid", "signers")
         .execute().data, [{"flow_id": scene.alpha["id"], "flow_uuid": scene.alpha["uuid"], "signers": {}}]),
        ("select", "the flow of a deployment", lambda: table("flow_deployments").select("entrypoint_uuid")
         .eq("entrypoint", scene.alpha["uuid"]).execute().data, [{"entrypoint_uuid": scene.alpha["uuid"]}]),
        ("select", "no key", lambda: {row["encrypted_keypair"] for row in columns("wallets").execute().data}, {None}),
    ]


def missing(lines):
    """The verbs of the builders of requests about which no line says anything."""
    verbs = {verb for builder in (SyncRequestBuilder, SyncSelectRequestBuilder) for verb in dir(builder)
             if not verb.startswith("_")}
    return sorted(verbs - {word for verb, *_ in lines for word in re.findall(r"\w+", verb)})


def play(scene, name, client, stranger, verbose):
    """Goes through all tables with one client; gives the failures."""
    table = client.table
    failed = 0
    lines = [("execute", "no verb of the client is left out", lambda: missing(lines), [])]
    lines += filters(scene, table) + shapes(scene, table) + places(scene, client, table)
    lines += table_changes.lines(scene, table, stranger.table, code, names)
    for verb, claim, call, expected in lines:
        try:
            seen = call()
            good = seen == expected
        except Exception:
            seen, good = traceback.format_exc(limit=-2), False
        failed += not good
        if verbose or not good:
            print("ok    " if good else "FAILED", f"{name}: {verb}: {claim}")
        if not good:
            print("       wanted", repr(expected), "\n       seen  ", seen if isinstance(seen, str) else repr(seen))
    print("ok    " if not failed else "FAILED", f"{name}: {len(lines) - failed} of {len(lines)} lines")
    return failed


def supabase_client(scene, person):
    return create_client(
        scene.info["supabase_url"], scene.anon_key,
        options=ClientOptions(headers={"Authorization": "Bearer " + person.jwt}))


def postgrest_client(scene, person):
    return SyncPostgrestClient(
        scene.info["supabase_url"].rstrip("/") + "/rest/v1", headers={"x-api-key": person.api_key},
        http_client=httpx.Client(timeout=60))


def main(base, verbose):
    failed = 0
    for name, make in (("supabase", supabase_client), ("postgrest", postgrest_client)):
        scene = TableScene(base)
        failed += play(scene, name, make(scene, scene.owner), make(scene, scene.other), verbose)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], "-v" in sys.argv))
