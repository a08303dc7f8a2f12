// Rows as the clients and their test suites read, change, save, delete and insert them: whole, and named by UUID.

import { check, checkRows, same } from "./wire.mjs";

const MERGE = "return=representation,resolution=merge-duplicates";

/** What stays the same however often a row is saved. */
function kept(rows) {
  return rows.map(({ updated_at: _, version: __, ...row }) => row).sort((a, b) => a.id - b.id);
}

/** What stays the same even if the row is deleted and inserted again. */
function rewritten(rows) {
  return kept(rows).map(({ created_at: _, ...row }) => row);
}

/** The set-up of a test suite: all flows of the owner are read, deleted, and inserted again. */
export async function flowsAgain({ wire, scene }) {
  const owner = wire.as(scene.jwt);
  const all = `flows_v2?user_id=eq.${scene.user_id}`;
  const before = await owner.rows("GET", `${all}&select=*&order=id`);
  check(before.length === Object.keys(scene.flows).length, "the owner's flows:", before.length);
  const { deployment_id } = await owner.get("POST", `/flow/deploy/${scene.flows.add.uuid}`, {});
  for (const prefer of ["return=representation", MERGE]) {
    await owner.rows("DELETE", all);
    const none = await owner.rows("GET", `${all}&select=id`);
    check(same(none, []), "all are deleted:", none);
    const written = await owner.rows("POST", "flows_v2?select=*", before, prefer);
    checkRows(rewritten(written), rewritten(before), `what is written, ${prefer}`);
    const after = await owner.rows("GET", `${all}&select=*&order=id`);
    checkRows(rewritten(after), rewritten(before), `what is read then, ${prefer}`);
  }
  for (const name of [scene.flows.add.uuid, scene.flows.add.id]) {
    const { flow_run_id } = await owner.get("POST", `/flow/start/${name}`, { inputs: { a: 1, b: 2 } });
    const output = await owner.get("GET", `/flow/output/${flow_run_id}`);
    check(same(output, { M: { c: { D: "3" } } }), `the flow ${name} is there:`, output);
  }
  const { flow_run_id } = await owner.get("POST", `/deployment/start?id=${deployment_id}`, { inputs: { a: 1, b: 2 } });
  const output = await owner.get("GET", `/flow/output/${flow_run_id}`);
  check(same(output, { M: { c: { D: "3" } } }), "so is its deployment:", output);
  await owner.rows("DELETE", `flow_deployments?id=eq.${deployment_id}`);
}

/** An editor saves what it has read, with one change. */
export async function savedFlow({ wire, scene }) {
  const owner = wire.as(scene.api_key);
  const path = `flows_v2?uuid=eq.${scene.flows.add.uuid}`;
  const [read] = await owner.rows("GET", path + "&select=*");
  for (const [how, method, where, prefer] of [
    ["PATCH by UUID", "PATCH", path, "return=representation"],
    ["PATCH by number", "PATCH", `flows?id=eq.${read.id}`, "return=representation"],
    ["PATCH by UUID as id", "PATCH", `flows?id=eq.${read.uuid}`, "return=representation"],
    ["upsert", "POST", "flows_v2", MERGE],
    ["upsert by number", "POST", "flows_v2?on_conflict=id", MERGE],
    ["upsert by UUID", "POST", "flows_v2?on_conflict=uuid", MERGE],
  ]) {
    const saved = await owner.rows(method, where, { ...read, description: how }, prefer);
    checkRows(kept(saved), kept([{ ...read, description: how }]), how);
  }
  const [back] = await owner.rows("PATCH", path, read);
  checkRows(kept([back]), kept([read]), "and back");
  const { user_id: _, ...columns } = read;
  const stolen = await wire.as(scene.stranger_jwt).rows("PATCH", path, columns);
  check(same(stolen, []), "nobody else finds it:", stolen);
}

/** A copy names the flow that it comes from by UUID. */
export async function copiedFlow({ wire, scene }) {
  const owner = wire.as(scene.jwt);
  const [read] = await owner.rows("GET", `flows_v2?uuid=eq.${scene.flows.add.uuid}&select=*`);
  const { id: _, uuid: __, ...columns } = read;
  const [copy] = await owner.rows("POST", "flows_v2?select=*", { ...columns, parent_flow: read.uuid });
  check(copy.uuid !== read.uuid && copy.parent_flow !== null, "a flow of its own:", copy.uuid, copy.parent_flow);
  for (const filter of [`eq.${read.uuid}`, `eq.${read.id}`, `in.(${read.uuid},${copy.uuid})`]) {
    const found = await owner.rows("GET", `flows_v2?parent_flow=${filter}&select=uuid`);
    check(same(found, [{ uuid: copy.uuid }]), `parent_flow=${filter}:`, found);
  }
  const both = await owner.rows("GET", `flows_v2?id=in.(${read.uuid},${copy.id})&select=id`);
  check(both.length === 2, "numbers and UUIDs in one list:", both);
  const deleted = await owner.rows("DELETE", `flows_v2?id=eq.${copy.uuid}&select=id`);
  check(same(deleted, [{ id: copy.id }]), "deleted by UUID:", deleted);
}

/** Deployments and tags: whole rows, and the flow named by UUID in filters and in what is written. */
export async function taggedDeployments({ wire, scene }) {
  const owner = wire.as(scene.jwt);
  const { uuid, id } = scene.flows.add;
  const deploy = async () => (await owner.get("POST", `/flow/deploy/${uuid}`, {})).deployment_id;
  const [older, newer] = [await deploy(), await deploy()];
  const [row] = await owner.rows("GET", `flow_deployments?id=eq.${older}&select=*`);
  check(row.entrypoint === id, "a row shows the number:", row);
  const [saved] = await owner.rows("PATCH", `flow_deployments?id=eq.${older}`, { ...row, output_instructions: true });
  check(same(saved, { ...row, output_instructions: true }), "a whole row is saved:", saved);
  const found = await owner.rows("GET", `flow_deployments?entrypoint=eq.${uuid}&select=id&order=id`);
  check(same(found, [{ id: older }, { id: newer }]), "found by UUID, in the order of time:", found);

  const tags = `flow_deployments_tags?entrypoint=eq.${uuid}`;
  const tag = { entrypoint: uuid, tag: "stable", deployment_id: older, user_id: scene.user_id };
  const [made] = await owner.rows("POST", "flow_deployments_tags?select=*", tag);
  check(made.entrypoint === id && made.deployment_id === older, "a tag of a flow named by UUID:", made);
  const [moved] = await owner.rows("POST", "flow_deployments_tags?on_conflict=entrypoint,tag&select=*",
    { ...made, entrypoint: uuid, deployment_id: newer }, MERGE);
  check(moved.deployment_id === newer, "an upsert moves it:", moved);
  const [patched] = await owner.rows("PATCH", `${tags}&tag=eq.stable`, { ...moved, description: "tried" });
  check(same(patched, { ...moved, description: "tried" }), "a whole tag is saved:", patched);
  await owner.rows("DELETE", `${tags}&tag=eq.stable`);
  const [again] = await owner.rows("POST", "flow_deployments_tags?select=*", patched);
  check(same(again, patched), "deleted and inserted again:", again);
  const { flow_run_id } = await owner.get("POST", `/deployment/start?flow=${uuid}&tag=stable`, {});
  const started = await owner.rows("GET", `flow_run?id=eq.${flow_run_id}&flow_id=eq.${uuid}&select=deployment_id`);
  check(same(started, [{ deployment_id: newer }]), "started by its tag:", started);

  await owner.rows("DELETE", `flow_deployments?id=eq.${newer}`);
  const left = await owner.rows("GET", `${tags}&select=tag,deployment_id`);
  check(same(left, [{ tag: "latest", deployment_id: older }]), "the tag latest rolls back:", left);
  await owner.rows("DELETE", `flow_deployments?entrypoint=eq.${uuid}`);
  const none = await owner.rows("GET", `${tags}&select=tag`);
  check(same(none, []), "no tag is left:", none);
}

export async function savedWallet({ wire, scene }) {
  const owner = wire.as(scene.jwt);
  const [row] = await owner.rows("GET", `wallets?public_key=eq.${scene.public_key}&select=*`);
  const [saved] = await owner.rows("PATCH", `wallets?id=eq.${row.id}`, { ...row, description: "mine" });
  check(same({ ...saved, updated_at: 0 }, { ...row, description: "mine", updated_at: 0 }), "a whole wallet:", saved);
  await owner.rows("DELETE", `wallets?id=eq.${row.id}`);
  const { id: _, ...columns } = saved;
  const [again] = await owner.rows("POST", "wallets?select=*", columns);
  check(again.public_key === row.public_key && again.name === row.name, "deleted and inserted again:", again);
}

/** Tables in which a payment would be asked for. */
export async function refusedFees({ wire, scene }) {
  for (const table of ["flow_x402_fees", "flow_deployments_x402_fees"]) {
    const rows = await wire.as(scene.jwt).rows("GET", `${table}?select=*`);
    check(same(rows, []), `${table} can be read:`, rows);
    const refusal = await wire.as(scene.jwt).refusal("POST", `/rest/v1/${table}`, { amount: 1 });
    check(refusal[0] >= 400, `${table} takes nothing:`, refusal);
  }
}
