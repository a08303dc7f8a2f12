"""What is right of the runs that clients had acknowledged, by the database, its journal, and over HTTP."""

import collections
import json
import re

import documents
from calls import flood, request
from figures import table

CRASH_TEXT = "the server stopped while this run was in progress"


class Journal:
    """The events of one run, as far as the judgement needs them."""

    __slots__ = ("count", "least", "greatest", "distinct", "finishes", "last_finish")

    def __init__(self, row):
        self.count, self.least, self.greatest = row["count"], row["least"], row["greatest"]
        self.distinct, self.finishes, self.last_finish = row["distinct"], row["finishes"], row["last_finish"]

    def faults(self, has_ended):
        if self.least != 1 or self.greatest != self.count or self.distinct != self.count:
            yield f"journal has gaps: {self.count} rows from {self.least} to {self.greatest}"
        if has_ended and self.finishes != 1:
            yield f"journal has {self.finishes} FlowFinish"
        if not has_ended and self.finishes:
            yield "journal has FlowFinish, the run has not ended"
        if self.finishes and self.last_finish != self.greatest:
            yield "FlowFinish is not the last"


def judge(scene, database, daemon, up, remaining, orphans, verdict):
    """Looks at every acknowledged run, and at the journal of every run there is."""
    ledger = scene.ledger
    stored = {row["id"]: row for row in database.rows(
        "SELECT id, flow_id, status, output, errors, parent_run_id AS parent FROM flow_run")}
    journals = {row["run"]: Journal(row) for row in database.rows("""
        SELECT flow_run_id AS run, count(*) AS count, count(DISTINCT seq) AS distinct, min(seq) AS least,
            max(seq) AS greatest, count(*) FILTER (WHERE event = 'FlowFinish') AS finishes,
            max(seq) FILTER (WHERE event = 'FlowFinish') AS last_finish
        FROM (SELECT flow_run_id, seq, event FROM flow_run_events
            UNION ALL SELECT flow_run_id, seq, 'Log' FROM flow_run_logs) j GROUP BY 1""")}
    open_at_end = crashes(database)
    children = {row["parent"]: run for run, row in stored.items() if row["parent"]}
    canceled = {row["run"] for row in database.rows("""
        SELECT DISTINCT e.flow_run_id AS run FROM flow_run_events e JOIN flow_run r ON r.id = e.flow_run_id
        WHERE r.status = 'failed' AND e.event = 'NodeError' AND e.data->>'error' LIKE 'canceled by user%'""")}
    waits, early, late = judge_waits(database, up, scene.options.late)
    faults = collections.defaultdict(list)
    tallies = {(kind, resumes): collections.Counter() for kind in scene.options.kinds for resumes in (False, True)}

    for run, row in stored.items():
        journal = journals.get(run)
        if journal is None:
            faults["journal"].append(f"{run}: no journal")
            continue
        for fault in journal.faults(row["status"] not in ("running", "starting")):
            faults["journal"].append(f"{run} (flow {row['flow_id']}, {row['status']}): {fault}")
    for run in journals.keys() - stored.keys():
        faults["journal"].append(f"{run}: a journal without a run")
    for row in database.rows("""
            SELECT flow_run_id AS run, node_id AS node, times, event, count(*) AS count FROM flow_run_events
            WHERE event IN ('FlowStart', 'NodeStart', 'NodeFinish', 'ApiInput', 'SignatureRequest')
            GROUP BY 1, 2, 3, 4 HAVING count(*) > 1"""):
        faults["journal"].append(f"{row['run']}: {row['count']} {row['event']} of node {row['node']}/{row['times']}")
    for row in database.rows("""
            SELECT r.id AS run, r.output, e.data->'output' AS told FROM flow_run r
            JOIN flow_run_events e ON e.flow_run_id = r.id AND e.event = 'FlowFinish'
            WHERE r.output::jsonb IS DISTINCT FROM (e.data->'output')::jsonb"""):
        faults["journal"].append(f"{row['run']}: output {row['output']}, its FlowFinish says {row['told']}")
    for row in database.rows("""
            SELECT parent_run_id AS run, count(*) AS count FROM flow_run WHERE parent_run_id IS NOT NULL
            GROUP BY 1 HAVING count(*) > 1"""):
        faults["nested run started again"].append(f"{row['run']}: {row['count']} nested runs")
    for row in orphans:
        if row["id"] not in ledger.runs:
            faults["never ended"].append(f"{row['id']} of {row['top']}, {row['status']}")
    for path, count in scene.requests.counts.items():
        if count > 1:
            runs = database.rows("SELECT id, status, on_crash FROM flow_run WHERE flow_id % 100 = 11"
                                 f" AND inputs::text LIKE '%/{path}\"%'")
            if count > len(runs):
                faults["request sent again"].append(f"{count} times by " + ", ".join(
                    f"{row['id']} ({row['status']}, on_crash {row['on_crash']})" for row in runs))
    for fault in early:
        faults["wait too early"].append(fault)
    for fault in late:
        faults["wait too late"].append(fault)

    answers = read_all(daemon, ledger, stored)
    for run, known in ledger.runs.items():
        tally = tallies[known.kind, known.resumes]
        tally["acknowledged"] += 1
        row = stored.get(run)
        if row is None:
            tally["lost"] += 1
            faults["lost"].append(f"{run} ({known.kind}): not in the database")
            continue
        tally[row["status"]] += 1
        child = children.get(run)
        if child and stored[child]["status"] == "crashed" and row["status"] in ("crashed", "failed"):
            # A run whose nested run has crashed ends with it; what matters is why that one had to.
            reason = open_at_end.get(child, "nothing at work")
        else:
            reason, child = open_at_end.get(run), None
        judge_run(scene, known, row, reason, child is not None, run in canceled, tally, faults)
        if row["status"] not in ("running", "starting"):
            answer = answers.get(run)
            if answer != row["output"]:
                tally["wrong"] += 1
                faults["output over HTTP"].append(f"{run} ({known.kind}): {answer} and not {row['output']}")
            if known.read is not None and json.loads(known.read) != row["output"]:
                tally["wrong"] += 1
                faults["output changed"].append(
                    f"{run} ({known.kind}): {known.read.decode()[:100]} was read, then {row['output']}")

    unknown = [row for run, row in stored.items() if row["parent"] is None and run not in ledger.runs
               and row["flow_id"] is not None]
    silent = ledger.counts["starts without an answer"]
    if len(unknown) > silent + ledger.counts["starts answered 503"]:
        faults["runs of nobody"].append(f"{len(unknown)} runs, {silent} starts without an answer")

    show(scene, tallies, ledger, len(stored), len(unknown), waits, faults, remaining)
    for sort, texts in sorted(faults.items()):
        verdict.hold(sort in ("stop lost", "stop half lost", "crashed before it was told"), f"{sort}: {len(texts)}")
        for text in texts[:scene.options.shown]:
            print(f"{sort}: {text}")


def judge_run(scene, known, row, crash, is_nested_crash, is_canceled, tally, faults):
    """Status and output of one acknowledged run.

    `crash` says what was at work when it crashed, or when its nested run did.
    """
    run, status, output = known.run, row["status"], row["output"]
    label = f"{run} ({known.kind}, on_crash {'resume' if known.resumes else 'fail'})"

    def wrong(sort, text):
        tally["wrong"] += 1
        faults[sort].append(f"{label}: {text}")

    if status in ("running", "starting"):
        if known.kind.startswith("stop"):
            if known.stopped:
                tally["stop lost"] += 1
                faults["stop lost"].append(label)
            else:
                tally["never stopped"] += 1
        else:
            tally["lost"] += 1
            taken = "its value was taken" if known.posted else "no value taken"
            faults["lost"].append(f"{label}: has not ended; {taken}")
    elif status == "finished":
        if known.kind.startswith("stop"):
            return wrong("finished though it was stopped", str(output))
        expected = dict(known.expected)
        if known.kind in ("value", "value+wait", "nested value", "nested both"):
            expected["value"] = {"S": scene.given.get(run)}
        if output != {"M": expected}:
            wrong("output", f"{output} and not {expected}")
        if known.kind == "request" and not scene.requests.counts[expected["answer"]["S"]]:
            wrong("finished without its request", str(output))
    elif status == "stopped":
        if not known.asked_stop:
            wrong("stopped by nobody", str(row["errors"]))
        elif output != {"M": {}}:
            wrong("output", f"{output} of a stopped run")
    elif status == "failed" and known.kind.startswith("stop") and known.asked_stop and is_canceled:
        # The stop had withdrawn what the run waited for when flowd was killed; the rest of it was lost.
        tally["stop half lost"] += 1
        faults["stop half lost"].append(label)
        if output != {"M": {}}:
            wrong("output", f"{output} of a run that was to be stopped")
    elif status == "crashed" or is_nested_crash:
        if status == "crashed" and CRASH_TEXT not in row["errors"]:
            wrong("crashed without the text", str(row["errors"]))
        elif known.posted and crash == "only waiting":
            wrong("crashed after its value was taken", "only waiting")
        elif crash == "only waiting":
            wrong("crashed while it only waited", f"{status}, {row['errors']}")
        elif known.resumes and not (known.kind == "request" and crash):
            wrong("crashed though it may be resumed", crash or "nothing at work")
        elif crash == "asking":
            tally["crashed: before it was told"] += 1
            faults["crashed before it was told"].append(label)
        else:
            tally[f"crashed: {crash or 'nothing at work'}"] += 1
            if known.posted:
                tally["crashed after its value was taken"] += 1
    else:
        wrong(f"is {status}", f"{row['errors']} {crash or ''}")


WAITING = {"wait", "api_input", "sign_message", "interflow"}


def crashes(database):
    """What was at work, by the journal, in each run that has crashed: a word for each run.

    `only waiting`: all nodes at work were waits that are written down. `asking`: waits too, but one of them had not
    told anybody yet what it waits for. `node at work`: at least one other. Runs in which none was at work are missing.
    """
    kinds = {node["id"]: re.sub(r".*[./]|\.0\.1$", "", node["data"]["node_id"].removesuffix(".0.1"))
             for document in documents.documents() for node in document["nodes"]}
    found = {}
    for row in database.rows("""
            WITH crashed AS MATERIALIZED (
                SELECT id FROM flow_run WHERE status = 'crashed' OR status = 'failed'
            ), events AS MATERIALIZED (
                SELECT e.flow_run_id, e.node_id, e.times, e.event FROM flow_run_events e JOIN crashed c
                ON c.id = e.flow_run_id WHERE e.node_id IS NOT NULL
                    AND e.event IN ('NodeStart', 'NodeFinish', 'ApiInput', 'SignatureRequest')
            )
            SELECT flow_run_id AS run, node_id AS node,
                bool_or(event IN ('ApiInput', 'SignatureRequest')) AS told,
                EXISTS (SELECT FROM flow_run r WHERE r.parent_run_id = flow_run_id) AS nested
            FROM events GROUP BY flow_run_id, node_id, times
            HAVING bool_or(event = 'NodeStart') AND NOT bool_or(event = 'NodeFinish')"""):
        kind = kinds.get(row["node"])
        if kind not in WAITING:
            word = "node at work"
        elif kind == "wait" or kind == "interflow" and row["nested"] or row["told"]:
            word = "only waiting"
        else:
            word = "asking"
        order = ["only waiting", "asking", "node at work"]
        found[row["run"]] = max(found.get(row["run"], word), word, key=order.index)
    return found


def judge_waits(database, up, margin):
    """All waits that have ended in runs that finished: their number, those that ended before they were due, and those
    that flowd, though it was there for long enough, ended late."""
    number, early, late = 0, [], []
    for row in database.rows(f"""
            SELECT n.flow_run_id AS run, extract(epoch FROM n.start_time) AS began,
                extract(epoch FROM n.end_time) AS ended,
                (n.input->'M'->'duration_ms'->>'U')::float8 / 1000 AS seconds
            FROM node_run n JOIN flow_run r ON r.id = n.flow_run_id
            WHERE r.status = 'finished' AND n.end_time IS NOT NULL
                AND n.node_id IN ({documents.waiting_nodes()})"""):
        number += 1
        due = row["began"] + row["seconds"]
        if row["ended"] < due - 0.002:
            early.append(f"{row['run']}: {due - row['ended']:.3f} s before it was due")
        # Each kill may have cut off what had just ended and was not written down.
        there = sum(max(0, min(killed or row["ended"], row["ended"]) - max(due, listening)) for listening, killed in up)
        if there > margin:
            late.append(f"{row['run']}: flowd was there for {there:.2f} s after its {row['seconds']:.2f} s were over")
    return number, early, late


def read_all(daemon, ledger, stored):
    """The outputs of all acknowledged runs that have ended, over HTTP."""
    runs = [run for run in ledger.runs if run in stored and stored[run]["status"] not in ("running", "starting")]
    answers = flood(daemon.port, [request("GET", f"/flow/output/{run}", None, daemon.key) for run in runs], 16, 300)
    return {run: json.loads(answer[1]) for run, answer in zip(runs, answers) if answer and answer[0] == 200}


def show(scene, tallies, ledger, stored, unknown, waits, faults, remaining):
    columns = [
        "acknowledged", "finished", "crashed", "stopped", "failed", "stop lost", "stop half lost", "never stopped",
        "lost", "wrong"]
    reasons = sorted({reason for tally in tallies.values() for reason in tally if ": " in reason})
    rows = []
    total = collections.Counter()
    for (kind, resumes), tally in tallies.items():
        total += tally
        rows.append([kind, "resume" if resumes else "fail", *(f"{tally[column]:,}" for column in columns),
                     ", ".join(f"{reason.removeprefix('crashed: ')} {tally[reason]}"
                               for reason in reasons if tally[reason]) or "–"])
    rows.append(["all", "", *(f"{total[column]:,}" for column in columns),
                 ", ".join(f"{reason.removeprefix('crashed: ')} {total[reason]}" for reason in reasons) or "–"])
    table(f"{scene.options.rounds} kills, seed {scene.options.seed}: acknowledged runs and what became of them",
          ["kind", "on_crash", *columns, "why crashed"], rows)
    counts = dict(sorted(ledger.counts.items()))
    table("What the clients saw", ["what", "times"], [
        *counts.items(), ("runs in the database, nested ones too", stored),
        ("runs whose start was not answered", unknown), ("waits looked at", waits),
        ("values taken of runs that crashed later", total["crashed after its value was taken"]),
        ("runs not ended", len(remaining))])
