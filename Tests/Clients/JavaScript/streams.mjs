// Many runs watched at once over one socket, by a client whose callbacks come late.

import { checkPlaces, checkRun } from "./events.mjs";
import { LateSocket } from "./sockets.mjs";
import { check, same } from "./wire.mjs";

/**
 * Starts runs and watches each: of three, one has ended before, one is watched as soon as it has started, and one goes on
 * while it is watched.
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
  check(socket.lost.length === 0, "nothing comes before the callback of its stream:", socket.lost.length,
    socket.lost.slice(0, 3));
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
