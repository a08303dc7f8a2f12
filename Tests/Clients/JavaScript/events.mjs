// What holds of the events of every run that has ended. Runs in Node, Deno and browsers.

import { check, same } from "./wire.mjs";

/**
 * Checks that nothing is lost, nothing twice, and everything in its place.
 * @param nodes the ids of the nodes of the flow, each of which has run once
 */
export function checkRun(events, spelling, run, nodes) {
  const kinds = events.map((event) => event.kind);
  const once = (kind) => check(kinds.filter((each) => each === kind).length === 1, `one ${kind} of ${run}:`, kinds);
  const told = events.filter((event) => event.kind !== "Done");
  check(kinds[0] === "FlowStart", `the first event of ${run} is FlowStart:`, kinds);
  check(told.at(-1).kind === "FlowFinish", `the last event of ${run} is FlowFinish:`, kinds);
  once("FlowStart");
  once("FlowFinish");
  if (spelling.name === "documented") {
    once("Done");
    check(kinds.at(-1) === "Done", `nothing follows Done of ${run}:`, kinds);
  }
  check(told.every((event) => event.data.flow_run_id === run), `all are of the run ${run}:`, told);
  check(!kinds.includes("FlowError"), `${run} has not failed:`, told);

  const executions = Map.groupBy(
    told.filter((event) => event.data.node_id), (event) => `${event.data.node_id} ${event.data.times}`);
  check(same([...executions.keys()].sort(), nodes.map((node) => `${node} 0`).sort()),
    `each node of ${run} runs once:`, [...executions.keys()]);
  for (const [node, own] of executions) {
    check(same(own.map((event) => event.kind), ["NodeStart", ...spelling.endOfNode]),
      `in the order of the ${spelling.name} spelling, node ${node} of ${run}:`, own);
  }
}

/** Checks that a subscription that counts tells the same events, and each one's place. */
export function checkPlaces(counted, events, run) {
  const told = counted.filter((event) => event.kind !== "Done");
  check(told.every((event, at) => event.seq === at + 1), `places of ${run} count from 1:`,
    told.map((event) => event.seq));
  check(same(counted.map(({ kind, data }) => ({ kind, data })), events.map(({ kind, data }) => ({ kind, data }))),
    `who watches ${run} again sees the same:`, counted, events);
}
