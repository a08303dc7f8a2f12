// What the page does in a browser: the code of Docs/api.md as it stands there, then runs watched by the client whose
// callbacks come late. Everything is shown, and the text of the page is sent to browser_play.py.

import { checkRun } from "./events.mjs";
import { DOCUMENTED, LateSocket, NUMBERED } from "./sockets.mjs";
import { check, Wire, within } from "./wire.mjs";

const RUNS = 10;
const shown = document.getElementById("shown");
const scene = await (await fetch("scene.json")).json();
const wire = new Wire(scene.base, scene.jwt);

function show(...words) {
  shown.textContent += words.map((word) => (typeof word === "string" ? word : JSON.stringify(word))).join(" ") + "\n";
}

/** The documented code logs the events. */
async function documented() {
  const log = console.log;
  const finished = new Promise((resolve) => {
    console.log = (event, ...more) => {
      show("event", event, ...more);
      if (event === "FlowFinish") resolve();
    };
  });
  await import("./documented.mjs");
  await within(finished, "FlowFinish in the page of Docs/api.md", () => shown.textContent);
  console.log = log;
}

async function watched(spelling) {
  const socket = await LateSocket.open(wire.socketAddress, spelling, scene.jwt);
  await Promise.all(Array.from({ length: RUNS }, async () => {
    const { flow_run_id } = await wire.get("POST", `/flow/start/${scene.flow.uuid}`, {});
    checkRun(await (await socket.watch({ flow_run_id })).all(), spelling, flow_run_id, scene.nodes);
  }));
  await socket.close();
  show("watched", RUNS, spelling.name);
}

/** The browser's own client of streams, whose first connection is cut on the way: it comes back by itself. */
async function streamed() {
  const { flow_run_id } = await wire.get("POST", `/flow/start/${scene.flow.uuid}`, {});
  const query = `token=${encodeURIComponent(scene.jwt)}`;
  const source = new EventSource(`${scene.cutting}flow/events/${flow_run_id}?${query}`);
  const seen = [];
  let openings = 0;
  const over = new Promise((resolve) => {
    source.onopen = () => { openings += 1; };
    source.onerror = () => { if (source.readyState === EventSource.CLOSED) resolve(); };
    for (const kind of ["FlowStart", "NodeStart", "NodeOutput", "NodeFinish", "FlowFinish"]) {
      source.addEventListener(kind, ({ lastEventId, data }) => {
        check(JSON.parse(data).flow_run_id === flow_run_id, "an event of another run", data);
        seen.push(Number(lastEventId));
      });
    }
  });
  // Behind the last event it comes back once more, and is told that there is no more.
  await within(over, "the end of the stream", () => JSON.stringify([openings, seen]));
  check(seen.length > 5 && seen.every((place, index) => place === index + 1), "a gap or a repeat", seen);
  check(openings === 2, "connections", openings);
  show("streamed", seen.length);
}

/** Each is tried by itself, so that a page that may not call is seen to be refused everywhere. */
for (const [what, act] of [
  ["documented code", documented],
  ["reading", () => wire.rows("GET", "flows?select=id")],
  ["numbered socket", () => watched(NUMBERED)],
  ["documented socket", () => watched(DOCUMENTED)],
  ["stream", streamed],
  ["open socket", async () => (await LateSocket.open(wire.socketAddress, NUMBERED)).close()],
]) {
  try {
    check((await act()) !== null, what);
    show("done:", what);
  } catch (error) {
    show("refused:", what, String(error));
  }
}
await fetch("report", { method: "POST", body: shown.textContent });
