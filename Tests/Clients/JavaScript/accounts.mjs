// Who calls: bare tokens of every kind, signing in with a wallet, API keys.

import { LateSocket, NUMBERED } from "./sockets.mjs";
import { check, same } from "./wire.mjs";
import { Wallet } from "./wallet.mjs";

export async function bareTokens({ wire, scene }) {
  for (const [kind, token] of [["access token", scene.jwt], ["API key", scene.api_key]]) {
    const own = wire.as(token);
    const { flow_run_id } = await own.get("POST", `/flow/start/${scene.flows.add.uuid}`, { inputs: { a: 20, b: 22 } });
    const output = await own.get("GET", `/flow/output/${flow_run_id}`);
    check(same(output, { M: { c: { D: "42" } } }), `the sum, by a bare ${kind}:`, output);
    const rows = await own.rows("GET", `flow_run?select=id,flow_uuid&id=eq.${flow_run_id}`);
    check(same(rows, [{ id: flow_run_id, flow_uuid: scene.flows.add.uuid }]), `its row, by a bare ${kind}:`, rows);
    const socket = await LateSocket.open(wire.socketAddress, NUMBERED, token);
    check(socket.identity.user_id === scene.user_id, `the socket knows the bare ${kind}:`, socket.identity);
    await socket.close();
  }
}

export async function signIn({ wire, info }) {
  const wallet = await Wallet.make();
  const gate = { apikey: info.anon_key };
  const { msg } = await wire.as(undefined).get("POST", "/auth/init", { pubkey: wallet.publicKey }, gate);
  const token = `${msg}.${await wallet.sign(new TextEncoder().encode(msg))}`;
  const login = await wire.as(undefined).get("POST", "/auth/confirm", { token }, gate);
  check(login.new_user === true, "a new user:", login.new_user);
  const session = login.session;
  const users = await wire.as(session.access_token).rows("GET", "users_public?select=user_id,pub_key");
  check(same(users, [{ user_id: session.user.id, pub_key: wallet.publicKey }]), "who he is:", users);
  const flows = await wire.as(session.access_token).rows("GET", "flows_v2?select=id");
  check(same(flows, []), "a new user has no flows:", flows);
}

export async function apiKeys({ wire, scene }) {
  const owner = wire.as(scene.jwt);
  const name = `key of ${crypto.randomUUID()}`;
  const made = await owner.get("POST", "/apikey/create", { name });
  check(made.full_key.startsWith("b3-") && made.name === name, "a key:", Object.keys(made));
  const again = await owner.refusal("POST", "/apikey/create", { name });
  check(same(again, [400, "NameConflict"]), "a name once:", again);
  const own = wire.as(made.full_key);
  check(same(await own.get("GET", "/apikey/info"), { user_id: scene.user_id }), "whose key it is");
  const session = await own.get("POST", "/auth/claim_token");
  check(Number.isInteger(session.expires_at), "a session for a key:", Object.keys(session));
  const { flow_run_id } = await own.get("POST", `/flow/start/${scene.flows.add.uuid}`);
  const socket = await LateSocket.open(wire.socketAddress, NUMBERED, made.full_key);
  await (await socket.watch({ flow_run_id })).all();

  check(same(await owner.get("POST", "/apikey/delete", { key_hash: made.key_hash }), {}), "deleted");
  const twice = await owner.refusal("POST", "/apikey/delete", { key_hash: made.key_hash });
  check(twice[0] === 404, "deleted once:", twice);
  for (const [method, path] of [["GET", "/apikey/info"], ["POST", `/flow/start/${scene.flows.add.uuid}`]]) {
    const refusal = await own.refusal(method, path);
    check(same(refusal, [401, "unauthenticated"]), `a deleted key opens nothing, ${path}:`, refusal);
  }
  const params = { flow_run_id, token: made.full_key };
  const closed = await socket.answer("SubscribeFlowRunEvents", params);
  check(closed.Err === "unauthenticated", "nor does it watch:", closed);
  await socket.close();
}
