// Many runs watched at once over one socket, by a client whose callbacks come late.

import { checkPlaces, checkRun } from "./events.mjs";
import { DOCUMENTED, LateSocket, NUMBERED } from "./sockets.mjs";
import { check, same } from "./wire.mjs";

/**
 * Starts runs and watches each: of three, one has ended before, one is watched as soon as it has started, and one
 * goes on while it is watched.
 */
export async function manyRuns({ wire, scene }, spelling, count) {
  const owner = wire.as(scene.jwt);
  const nodes = {};
  for (const name of ["add", "short"]) {
    const [row] = await owner.rows("GET", `flows_v2?uuid=eq.${scene.flows[name].uuid}&select=nodes`);
    nodes[name] = row.nodes.map((node) => node.id);
  }
  const socket = await LateSocket.open(wire.socketAddress, spelling, scene.jwt);
  const watched = async (number) => {
    const name = number % 3 === 2 ? "short" : "add";
    const body = { inputs: name === "add" ? { a: number, b: 1 } : { message: `${number}` } };
    const { flow_run_id } = await owner.get("POST", `/flow/start/${scene.flows[name].uuid}`, body);
    if (number % 3 === 0) await owner.get("GET", `/flow/output/${flow_run_id}`);
    const events = await (await socket.watch({ flow_run_id })).all();
    return { number, name, flow_run_id, events };
  };
  const runs = await Promise.all(Array.from({ length: count }, (_, number) => watched(number)));
  for (const { number, name, flow_run_id, events } of runs) {
    checkRun(events, spelling, flow_run_id, nodes[name]);
    const { output, not_run } = events.find((event) => event.kind === "FlowFinish").data;
    const expected = name === "add" ? { M: { c: { D: `${number + 1}` } } } : { M: { message: { S: `${number}` } } };
    check(same(output, expected) && same(not_run, []), `the output of run ${number}:`, output, not_run);
  }
  await Promise.all(runs.map(async ({ flow_run_id, events }) => {
    const counted = await (await socket.watch({ flow_run_id, after: 0 })).all();
    checkPlaces(counted, events, flow_run_id);
  }));
  await socket.close();
}

/** Leaves the runtime no time to read, for some milliseconds. */
function compute(milliseconds) {
  for (const end = performance.now() + milliseconds; performance.now() < end;);
}

/** A client that computes for a while when the answer to its subscribe comes reads all at once that came meanwhile. */
export async function busyClient({ wire, scene }) {
  const owner = wire.as(scene.jwt);
  const { flow_run_id } = await owner.get("POST", `/flow/start/${scene.flows.add.uuid}`, {});
  await owner.get("GET", `/flow/output/${flow_run_id}`);
  for (const spelling of [NUMBERED, DOCUMENTED]) {
    const socket = await LateSocket.open(wire.socketAddress, spelling, scene.jwt);
    for (let time = 0; time < 5; time += 1) {
      const watching = socket.watch({ flow_run_id });
      // The subscribe leaves at once in one runtime, and with the next turn in the other.
      compute(100);
      await new Promise((next) => setTimeout(next));
      compute(100);
      const watch = await watching;
      check((await watch.all())[0].kind === "FlowStart", "the first event:", watch.kinds);
    }
    await socket.close();
  }
}
