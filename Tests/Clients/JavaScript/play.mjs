// Plays what the published TypeScript clients do, under Node or Deno: javascript_play.py makes the people and flows and
// hands them over in the variable SCENE.

import process from "node:process";

import { apiKeys, bareTokens, signIn } from "./accounts.mjs";
import {
  answeredInput, behindGateway, deletedInput, runToken, signatures, startedDeployment, stoppedRun,
} from "./runs.mjs";
import { DOCUMENTED, NUMBERED } from "./sockets.mjs";
import { busyClient, manyRuns } from "./streams.mjs";
import {
  copiedFlow, flowsAgain, refusedFees, savedFlow, savedWallet, taggedDeployments,
} from "./tables.mjs";
import { check, Disappointed, Wire } from "./wire.mjs";

const RUNS = 50;

const CLAIMS = [
  ["flows that are deleted and inserted again are the same flows", flowsAgain],
  ["whole flows are saved as they were read", savedFlow],
  ["a copy names the flow that it comes from by UUID", copiedFlow],
  ["deployments and tags name their flow by UUID", taggedDeployments],
  ["whole wallets are saved as they were read", savedWallet],
  ["tables of fees take nothing", refusedFees],
  ["tokens are taken bare", bareTokens],
  ["a wallet signs in", signIn],
  ["API keys are made and deleted", apiKeys],
  ["a run goes on with the value that is posted to it", answeredInput],
  ["an input that is deleted is canceled by user", deletedInput],
  ["a run is stopped", stoppedRun],
  ["a bare token of a run reads, watches and stops it", runToken],
  ["a deployment is started by UUID", startedDeployment],
  ["a request for a signature is answered", signatures],
  ["everything is found behind /flow-server, too", behindGateway],
  [`${RUNS} runs lose no event, numbered spelling`, (play) => manyRuns(play, NUMBERED, RUNS)],
  [`${RUNS} runs lose no event, documented spelling`, (play) => manyRuns(play, DOCUMENTED, RUNS)],
  ["a busy client loses no event", busyClient],
];

const runtime = "Deno" in globalThis ? `Deno ${globalThis.Deno.version.deno}` : `Node ${process.versions.node}`;
const scene = JSON.parse(process.env.SCENE);
const info = await new Wire(scene.base).get("GET", "/info");
check(info.supabase_url.endsWith("/"), "the address of the tables ends in a slash:", info);
const wire = new Wire(info.supabase_url, undefined, { apikey: info.anon_key });

let failed = 0;
for (const [claim, play] of CLAIMS) {
  try {
    await play({ wire, scene, info });
  } catch (error) {
    failed += 1;
    console.log("FAILED", `${runtime}: ${claim}\n      `, error instanceof Disappointed ? error.message : error);
  }
}
console.log(failed ? "FAILED" : "ok    ", `${runtime}: ${CLAIMS.length - failed} of ${CLAIMS.length} claims`);
process.exit(failed ? 1 : 0);
