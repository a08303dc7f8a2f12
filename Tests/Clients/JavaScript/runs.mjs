// Runs as the test suites of the published clients play them.

import { DOCUMENTED, LateSocket, NUMBERED } from "./sockets.mjs";
import { check, same } from "./wire.mjs";
import { Wallet } from "./wallet.mjs";

/** Starts a flow and watches it. */
async function started(socket, wire, flow, body = {}) {
  const { flow_run_id } = await wire.get("POST", `/flow/start/${flow.uuid}`, body);
  return [flow_run_id, await socket.watch({ flow_run_id })];
}

export async function answeredInput({ wire, scene }) {
  const owner = wire.as(scene.api_key);
  for (const spelling of [NUMBERED, DOCUMENTED]) {
    const socket = await LateSocket.open(wire.socketAddress, spelling, scene.api_key);
    const [run, watch] = await started(socket, owner, scene.flows.approval, { inputs: { amount: 7 } });
    const { url } = (await watch.next("ApiInput")).data;
    const address = "/flow/submit/" + url.split("/").at(-1);
    const bad = await wire.refusal("POST", address, { vale: true });
    check(bad[0] === 400, "a body without a value does not use the address up:", bad);
    const taken = await wire.get("POST", address, { value: { B: true } });
    check(taken === null, "the answer is null:", taken);
    const again = await wire.refusal("POST", address, { value: { B: true } });
    check(same(again, [404, "not found"]), "once only:", again);
    await watch.all();
    const output = await owner.get("GET", `/flow/output/${run}`);
    check(same(output, { M: { paid: { U: "7" } } }), "the amount goes through:", output);
    await socket.close();
  }
}

export async function deletedInput({ wire, scene }) {
  const owner = wire.as(scene.api_key);
  for (const spelling of [NUMBERED, DOCUMENTED]) {
    const socket = await LateSocket.open(wire.socketAddress, spelling, scene.api_key);
    const [run, watch] = await started(socket, owner, scene.flows.approval);
    const { url } = (await watch.next("ApiInput")).data;
    const deleted = await wire.get("DELETE", "/flow/submit/" + url.split("/").at(-1));
    check(deleted === null, "the answer is null:", deleted);
    const errors = (await watch.all()).filter((event) => event.kind === "NodeError").map((event) => event.data.error);
    check(same(errors, ["canceled by user"]), "the node's own error and no other:", errors);
    const [row] = await owner.rows("GET", `node_run?select=errors&flow_run_id=eq.${run}&errors=not.is.null`);
    check(same(row, { errors: ["canceled by user"] }), "it is written down:", row);
    await socket.close();
  }
}

export async function stoppedRun({ wire, scene }) {
  const owner = wire.as(scene.jwt);
  for (const spelling of [NUMBERED, DOCUMENTED]) {
    const socket = await LateSocket.open(wire.socketAddress, spelling, scene.jwt);
    const [run, watch] = await started(socket, owner, scene.flows.slow);
    await watch.next("NodeStart");
    const output = owner.get("GET", `/flow/output/${run}`);
    const stopped = await owner.get("POST", `/flow/stop/${run}`, { timeout_millies: 0, reason: "seen" });
    check(same(stopped, { success: true }), "a stop:", stopped);
    const errors = (await watch.all()).filter((event) => event.kind === "NodeError").map((event) => event.data.error);
    check(errors.length > 0 && errors.every((error) => error === "canceled by user seen"), "the reason:", errors);
    check(same(await output, { M: {} }), "who has waited gets what there is:", await output);
    const late = await owner.refusal("POST", `/flow/stop/${run}`);
    check(same(late, [404, "not found"]), "a run that has ended:", late);
    await socket.close();
  }
}

/** A deployment of a flow named by UUID gives a token, which then does all, bare. */
export async function runToken({ wire, scene }) {
  const owner = wire.as(scene.jwt);
  const { deployment_id } = await owner.get("POST", `/flow/deploy/${scene.flows.slow.uuid}`, {});
  const names = [`id=${deployment_id}`, `flow=${scene.flows.slow.uuid}`, `flow=${scene.flows.slow.uuid}&tag=latest`];
  const [mine, other, third] = await Promise.all(
    names.map((name) => owner.get("POST", `/deployment/start?${name}`, { inputs: { message: "hi" } })));
  const holder = wire.as(mine.token);
  check(mine.token.startsWith("fr-"), "a token of the run:", Object.keys(mine));
  const foreign = await holder.refusal("GET", `/flow/output/${other.flow_run_id}`);
  check(same(foreign, [401, "unauthorized"]), "a token is for one run:", foreign);
  const user = await holder.refusal("POST", `/flow/start/${scene.flows.add.uuid}`);
  check(user[0] === 401, "and starts nothing:", user);

  const socket = await LateSocket.open(wire.socketAddress, NUMBERED, mine.token);
  check(same(socket.identity, { user_id: null, pubkey: null, flow_run_id: mine.flow_run_id }), "who:", socket.identity);
  const refused = await socket.answer("SubscribeFlowRunEvents", { flow_run_id: other.flow_run_id });
  check(refused.Err === "unauthorized", "nor does it watch another run:", refused);
  const watch = await socket.watch({ flow_run_id: mine.flow_run_id });
  await watch.next("NodeStart");
  const output = holder.get("GET", `/flow/output/${mine.flow_run_id}`);
  for (const { flow_run_id, token } of [mine, other, third]) {
    const stopped = await wire.as(token).get("POST", `/flow/stop/${flow_run_id}`, {});
    check(same(stopped, { success: true }), "stopped by the run's token:", stopped);
  }
  await watch.all();
  check(same(await output, { M: {} }), "the output by the run's token:", await output);
  await socket.close();

  const { uuid } = scene.flows.slow;
  const rows = await owner.rows("GET", `flow_deployments?select=id,entrypoint_uuid&entrypoint=eq.${uuid}`);
  check(same(rows, [{ id: deployment_id, entrypoint_uuid: uuid }]), "found by the UUID:", rows);
  const runs = await owner.rows("GET", `flow_run?select=id&flow_id=eq.${uuid}&deployment_id=eq.${deployment_id}`);
  check(runs.length === 3, "so are its runs:", runs);
}

export async function startedDeployment({ wire, scene }) {
  const owner = wire.as(scene.api_key);
  const { deployment_id } = await owner.get("POST", `/flow/deploy/${scene.flows.add.uuid}`);
  const stranger = wire.as(scene.stranger_jwt);
  const body = { inputs: { a: { D: "1" }, b: { D: "2" } } };
  const path = `/deployment/start?flow=${scene.flows.add.uuid}&tag=latest`;
  const hidden = await stranger.refusal("POST", path, body);
  check(same(hidden, [404, "not found"]), "for its owner alone at first:", hidden);
  const change = { start_permission: "Anonymous" };
  const rows = await owner.rows("PATCH", `flow_deployments?entrypoint=eq.${scene.flows.add.uuid}`, change);
  check(rows.length === 1 && rows[0].start_permission === "Anonymous", "named by the UUID:", rows);
  for (const [who, token] of [["stranger", scene.stranger_jwt], ["public key", (await Wallet.make()).publicKey]]) {
    const { flow_run_id, token: own } = await wire.as(token).get("POST", path, body);
    const output = await wire.as(own).get("GET", `/flow/output/${flow_run_id}`);
    check(same(output, { M: { c: { D: "3" } } }), `the output for a ${who}:`, output);
  }
  const deleted = await owner.rows("DELETE", `flow_deployments?id=eq.${deployment_id}`);
  check(same(deleted.map((row) => row.id), [deployment_id]), "deleted:", deleted);
  const gone = await owner.refusal("POST", path, body);
  check(same(gone, [404, "not found"]), "nothing is left to start:", gone);
}

export async function signatures({ wire, scene }) {
  const owner = wire.as(scene.api_key);
  const wallet = await Wallet.of(scene.seed, scene.public_key);
  const socket = await LateSocket.open(wire.socketAddress, NUMBERED, scene.jwt);
  const asked = await socket.watch({}, "SubscribeSignatureRequests");
  const [run, watch] = await started(socket, owner, scene.flows.sign);
  const request = (await watch.next("SignatureRequest")).data;
  const polled = await owner.get("GET", `/flow/signature_request/${run}`);
  await asked.until((event) => event.data.id === request.id, "the request on the user's own stream");
  check(polled.id === request.id && request.pubkey === scene.public_key, "one request:", polled, request);
  const message = Uint8Array.from(atob(request.message), (letter) => letter.charCodeAt(0));
  const submit = (signature) => ({ id: request.id, signature });
  const wrong = await wire.refusal("POST", "/signature/submit", submit(await wallet.sign(message.slice(1))));
  check(same(wrong, [400, "signature verification failed"]), "a wrong one changes nothing:", wrong);
  const signature = await wallet.sign(message);
  const right = await wire.get("POST", "/signature/submit", submit(signature));
  check(same(right, { success: true }), "the right one:", right);
  const late = await wire.refusal("POST", "/signature/submit", submit(signature));
  check(same(late, [404, "not found"]), "once only:", late);
  const end = (await watch.all()).at(-1).data.output;
  check(same(end, { M: { signature: { B6: signature } } }), "it comes out:", end);
  await socket.close();
}

/** A client at the hosted product's path of the gateway. */
export async function behindGateway({ wire, scene }) {
  const gateway = new wire.constructor(wire.base + "/flow-server/", scene.jwt, wire.headers);
  const info = await gateway.as(undefined).get("GET", "/info");
  check(new URL(info.supabase_url).host === new URL(wire.base).host, "the host that was asked:", info);
  const socket = await LateSocket.open(gateway.socketAddress, DOCUMENTED, scene.api_key);
  const [run, watch] = await started(socket, gateway, scene.flows.add, { inputs: { a: 1, b: 2 } });
  await watch.all();
  const output = await gateway.get("GET", `/flow/output/${run}`);
  check(same(output, { M: { c: { D: "3" } } }), "the sum:", output);
  const rows = await gateway.rows("GET", `flow_run?select=id&id=eq.${run}`);
  check(same(rows, [{ id: run }]), "its row:", rows);
  await socket.close();
}
