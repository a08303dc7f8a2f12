"""The lines of the verbs that change rows, in their order: later ones see what earlier ones have done."""

from postgrest import ReturnMethod


def lines(scene, table, foreign, code, names):
    """
    - table: the tables as the owner of the scene's rows sees them
    - foreign: as another person sees them
    - code: the code of the refusal that a call meets
    - names: the names of the rows of a request
    """

    def data(request):
        return request.execute().data

    def row(name, *columns):
        return data(table("flows").select(*(columns or ("*",))).eq("name", name))[0]

    def made(request):
        return sorted(names(request))

    def whole_rows_again():
        """Rows are read, deleted, and written again as they were read; then once more, by upsert. One is a copy of
        another."""
        table("flows").update({"parent_flow": row("made3")["uuid"]}).eq("name", "made2").execute()
        rows = data(table("flows").select("*").like("name", "made*").order("id"))
        seen = []
        for write in (table("flows").insert, table("flows").upsert):
            table("flows").delete().in_("id", [row["id"] for row in rows]).execute()
            seen.append(len(data(table("flows").select("id").like("name", "made*"))))
            write(rows).execute()
            again = data(table("flows").select("*").like("name", "made*").order("id"))
            same = ("id", "uuid", "name", "viewport", "parent_flow")
            before, after = ([[one[name] for name in same] for one in all] for all in (rows, again))
            seen.append(before == after)
        return seen

    def stolen_number():
        """A number that somebody else's deleted flow had is nobody's."""
        mine = data(table("flows").insert({"name": "gone"}))[0]
        table("flows").delete().eq("id", mine["id"]).execute()
        theirs = data(foreign("flows").insert({"id": mine["id"], "name": "taker"}))[0]
        refused = code(lambda: foreign("flows").upsert({"id": mine["id"], "name": "taker"}).execute())
        foreign("flows").delete().eq("id", theirs["id"]).execute()
        return theirs["id"] != mine["id"], refused

    def whole_update(**columns):
        there = row("made1")
        return data(table("flows").update({**there, **columns}).eq("id", there["id"]))[0]

    deployment = scene.deployment
    tag = {"entrypoint": scene.alpha["uuid"], "tag": "v1", "deployment_id": deployment}
    tags = lambda: data(table("flow_deployments_tags").select("tag").order("tag"))
    return [
        ("insert", "one row", lambda: made(
            table("flows").insert({"name": "made1", "viewport": {"p": r"[\u0000-\u001f]"}})),
         ["made1"]),
        ("insert", "the text stays what it is", lambda: row("made1", "viewport"),
         {"viewport": {"p": r"[\u0000-\u001f]"}}),
        ("insert", "several rows with their own columns", lambda: made(
            table("flows").insert([{"name": "made2"}, {"name": "made3", "description": "d"}])), ["made2", "made3"]),
        ("insert default_to_null=False", "defaults", lambda: data(table("flows").insert(
            [{"name": "made4", "slug": "s"}, {"name": "made5"}], default_to_null=False)
            .select("name", "slug", "description")),
         [{"name": "made4", "slug": "s", "description": ""}, {"name": "made5", "slug": None, "description": ""}]),
        ("insert returning=minimal", "nothing is shown", lambda: data(
            table("flows").insert({"name": "made6"}, returning=ReturnMethod.minimal)), []),
        ("insert count=exact", "how many", lambda: table("flows").insert(
            [{"name": "made7"}], count="exact").execute().count, 1),
        ("insert", "an unknown column", lambda: code(
            lambda: table("flows").insert({"nme": "x"}).execute()), "PGRST204"),
        ("insert", "several, an unknown column", lambda: code(
            lambda: table("flows").insert([{"nme": "x"}]).execute()), "PGRST204"),
        ("insert", "a row that is there", lambda: code(
            lambda: table("flows").insert({"name": "x", "uuid": scene.alpha["uuid"]}).execute()), "23505"),
        ("insert", "a number that is there", lambda: code(
            lambda: table("flows").insert({"name": "x", "id": scene.alpha["id"]}).execute()), "23505"),
        ("insert", "another owner", lambda: code(
            lambda: table("flows").insert({"name": "x", "user_id": scene.other.id}).execute()), "42501"),
        ("insert", "csv of it", lambda: data(table("flows").insert({"name": "made8"}).select("name").csv()),
         "name\nmade8"),
        ("insert upsert=True", "new values", lambda: data(table("flows").insert(
            {"id": row("made8")["id"], "name": "made8", "description": "x"}, upsert=True).select("description")),
         [{"description": "x"}]),
        ("update", "some columns", lambda: data(
            table("flows").update({"description": "new"}).eq("name", "made1").select("name", "description")),
         [{"name": "made1", "description": "new"}]),
        ("update", "a whole row as it was read", lambda: whole_update(description="whole")["description"], "whole"),
        ("update", "a whole row, read before the last update", lambda: (lambda old: [
            data(table("flows").update({**old, "description": text}).eq("id", old["id"]))[0]["description"]
            for text in ("once", "twice")])(row("made1")), ["once", "twice"]),
        ("update", "another number", lambda: code(lambda: whole_update(id=scene.alpha["id"])), "42501"),
        ("update", "another UUID", lambda: code(
            lambda: whole_update(uuid="00000000-0000-4000-8000-00000000beef")), "42501"),
        ("update", "another time of creation", lambda: code(lambda: whole_update(created_at="2020-01-01")), "42501"),
        ("update", "another owner", lambda: code(lambda: whole_update(user_id=scene.other.id)), "42501"),
        ("update", "nothing has changed by refusals", lambda: row("made1")["description"], "twice"),
        ("update", "with or_", lambda: made(
            table("flows").update({"slug": "or"}).or_("name.eq.made1,name.eq.made2")), ["made1", "made2"]),
        ("update", "without a filter", lambda: code(lambda: table("flows").update({"slug": "x"}).execute()), "21000"),
        ("update", "another's row", lambda: data(
            foreign("flows").update({"name": "x"}).eq("id", scene.alpha["id"])), []),
        ("update max_affected", "too many", lambda: code(lambda: table("flows").update({"slug": "x"})
         .like("name", "made*").max_affected(1).execute()), "PGRST124"),
        ("update max_affected", "few enough", lambda: made(
            table("flows").update({"slug": "y"}).eq("name", "made1").max_affected(1)), ["made1"]),
        ("update single", "one object", lambda: table("flows").update({"slug": "z"}).eq("name", "made1").select("slug")
         .single().execute().data, {"slug": "z"}),
        ("update", "parent_flow by UUID", lambda: data(table("flows").update({"parent_flow": scene.alpha["uuid"]})
         .eq("name", "made1").select("parent_flow")), [{"parent_flow": scene.alpha["uuid"]}]),
        ("upsert", "a whole row as it was read", lambda: data(
            table("flows").upsert({**row("made1"), "description": "up"}).select("description")),
         [{"description": "up"}]),
        ("upsert", "several whole rows", lambda: made(
            table("flows").upsert([row("made1"), row("made2")])), ["made1", "made2"]),
        ("upsert", "another UUID", lambda: code(lambda: table("flows").upsert(
            {**row("made1"), "uuid": "00000000-0000-4000-8000-00000000beef"}).execute()), "42501"),
        ("upsert", "another's number", lambda: code(lambda: table("flows").upsert(
            {"id": scene.foreign["id"], "name": "x"}).execute()), "42501"),
        ("upsert", "a number that was never given out", lambda: code(lambda: table("flows").upsert(
            {"id": 2_000_000_000, "name": "x"}).execute()), "42501"),
        ("upsert on_conflict", "by UUID", lambda: data(table("flows").upsert(
            {"uuid": row("made2")["uuid"], "name": "made2", "description": "by uuid"}, on_conflict="uuid")
            .select("description")), [{"description": "by uuid"}]),
        ("upsert on_conflict", "whole row by UUID", lambda: made(
            table("flows").upsert(row("made2"), on_conflict="uuid")), ["made2"]),
        ("upsert on_conflict", "no such key", lambda: code(lambda: table("flows").upsert(
            {"name": "x"}, on_conflict="name").execute()), "42P10"),
        ("upsert ignore_duplicates", "what is there stays", lambda: data(table("flows").upsert(
            {**row("made1"), "description": "ignored"}, ignore_duplicates=True)), []),
        ("upsert ignore_duplicates", "by UUID", lambda: data(table("flows").upsert(
            {**row("made1"), "description": "ignored"}, ignore_duplicates=True, on_conflict="uuid")), []),
        ("upsert ignore_duplicates", "it stayed", lambda: row("made1")["description"], "up"),
        ("upsert default_to_null=False", "same columns", lambda: made(table("flows").upsert(
            [row("made1"), row("made2")], default_to_null=False)), ["made1", "made2"]),
        ("upsert", "a tag, its flow named by UUID", lambda: data(
            table("flow_deployments_tags").upsert(tag).select("tag", "entrypoint")),
         [{"tag": "v1", "entrypoint": scene.alpha["id"]}]),
        ("upsert", "a whole tag", lambda: data(table("flow_deployments_tags").upsert(
            {**data(table("flow_deployments_tags").select("*").eq("tag", "v1"))[0], "description": "d"})
            .select("description")), [{"description": "d"}]),
        ("update", "a whole deployment", lambda: [row["output_instructions"] for row in data(
            table("flow_deployments").update(
                {**data(table("flow_deployments").select("*").eq("id", deployment))[0], "output_instructions": True})
            .eq("id", deployment))], [True]),
        ("update", "another entrypoint of a deployment", lambda: code(lambda: table("flow_deployments").update(
            {"entrypoint": scene.beta["uuid"]}).eq("id", deployment).execute()), "42501"),
        ("update", "a whole wallet", lambda: [row["name"] for row in data(table("wallets").update(
            {**data(table("wallets").select("*"))[0], "name": "mine"}).eq("user_id", scene.owner.id))], ["mine"]),
        ("update", "a key of a wallet", lambda: code(lambda: table("wallets").update(
            {"encrypted_keypair": {"n": "x"}}).eq("user_id", scene.owner.id).execute()), "42501"),
        ("delete", "a tag", lambda: data(table("flow_deployments_tags").delete().eq("tag", "v1").select("tag")),
         [{"tag": "v1"}]),
        ("delete", "the other tags stay", tags, [{"tag": "latest"}]),
        ("insert, upsert", "whole rows that were deleted", whole_rows_again, [0, True, 0, True]),
        ("insert, upsert", "another's deleted number", stolen_number, (True, "42501")),
        ("delete max_affected", "too many", lambda: code(
            lambda: table("flows").delete().like("name", "made*").max_affected(1).execute()), "PGRST124"),
        ("delete without a filter", "is refused", lambda: code(lambda: table("flows").delete().execute()), "21000"),
        ("delete returning=minimal", "another's row", lambda: data(
            foreign("flows").delete(returning=ReturnMethod.minimal).eq("id", scene.alpha["id"])), []),
        ("delete count=exact", "rows", lambda: table("flows").delete(count="exact").like("name", "made*").execute().count,
         8),
        ("delete", "the others stay", lambda: made(table("flows").select("name")), ["alpha", "beta, (two)", 'q"t']),
    ]
