/** Runs a Pulser sequence, read from a file, with two values of its variable omega, and prints the counts. */

import { readFile } from "node:fs/promises";
import { env } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import createClient, { type Client } from "openapi-fetch";

import type { components, paths } from "./api.ts";

type Batch = components["schemas"]["Batch"];
type BatchStatus = components["schemas"]["BatchStatus"];
type JobResult = components["schemas"]["JobResult"];

const ENDED: readonly BatchStatus[] = ["DONE", "CANCELED", "TIMED_OUT", "ERROR"];
const LIMIT = 300_000; // ms
const PAUSE = 500; // ms
const REQUEST_LIMIT = 30_000; // ms

function connect(url: string, token?: string): Client<paths> {
  return createClient<paths>({
    baseUrl: url,
    headers: token ? { Authorization: `Bearer ${token}` } : {},
    fetch: (request) => fetch(request, { signal: AbortSignal.timeout(REQUEST_LIMIT) }),
  });
}

/** Gives the body of an answer, or throws what the service says is wrong. */
function body<Body>(answer: { data?: Body; error?: unknown; response: Response }): Body {
  if (answer.data === undefined) {
    throw new Error(`${answer.response.url}: HTTP ${answer.response.status}: ${JSON.stringify(answer.error)}`);
  }
  return answer.data;
}

/**
 * Gives an access token. The local service gives it itself; in the cloud, another host does (for France,
 * https://pasqal.eu.auth0.com), so that this call needs the URL of that host there.
 */
async function logIn(url: string, username: string, password: string): Promise<string> {
  const answer = await connect(url).POST("/oauth/token", {
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: { grant_type: "http://auth0.com/oauth/grant-type/password-realm", realm: "pcs-users", username, password },
  });
  return body(answer).access_token;
}

async function create(service: Client<paths>, sequence: string, projectId: string): Promise<Batch> {
  const answer = await service.POST("/core-fast/api/v1/batches", {
    body: {
      project_id: projectId,
      device_type: "EMU_FREE",
      sequence_builder: sequence,
      jobs: [
        { runs: 100, variables: { omega: 2 * Math.PI } },
        { runs: 50, variables: { omega: Math.PI } },
      ],
    },
  });
  return body(answer).data;
}

async function waitForEnd(service: Client<paths>, batchId: string): Promise<BatchStatus> {
  const deadline = performance.now() + LIMIT;
  const params = { path: { batch_id: batchId } };
  for (;;) {
    const { status } = body(await service.GET("/core-fast/api/v1/batches/{batch_id}/status", { params })).data;
    if (ENDED.includes(status)) {
      return status;
    }
    if (performance.now() > deadline) {
      throw new Error(`Batch ${batchId} is still ${status} after ${LIMIT / 1000} s.`);
    }
    await sleep(PAUSE);
  }
}

async function counts(service: Client<paths>, jobId: string): Promise<Record<string, number>> {
  const params = { path: { job_id: jobId } };
  const link = body(await service.GET("/core-fast/api/v1/jobs/{job_id}/results_link", { params })).data.results_link;
  if (!link) {
    throw new Error(`Job ${jobId} has no result.`);
  }
  // The link carries its own permission, and leads to another host: the token must not go with it.
  const answer = await fetch(link, { signal: AbortSignal.timeout(REQUEST_LIMIT) });
  if (!answer.ok) {
    throw new Error(`The result of job ${jobId} can't be downloaded: HTTP ${answer.status}.`);
  }
  const { counter } = (await answer.json()) as JobResult;
  if (!counter) {
    throw new Error(`The result of job ${jobId} has no counts.`);
  }
  return counter;
}

async function showUnknownBatch(service: Client<paths>): Promise<void> {
  const { error, response } = await service.GET("/core-fast/api/v2/batches/{batch_id}", {
    params: { path: { batch_id: "00000000-0000-4000-8000-000000000000" } },
  });
  if (!error || response.status !== 404) {
    throw new Error("The service did not say that it knows no such batch.", { cause: error });
  }
  console.log(`unknown batch: HTTP ${response.status}: ${error.message}`);
}

function setting(name: string): string {
  const value = env[name];
  if (value === undefined) {
    throw new Error(`The environment variable ${name} is missing.`);
  }
  return value;
}

const path = process.argv[2];
if (!path) {
  console.error("Usage: node run.ts SEQUENCE.json");
  process.exit(2);
}
const sequence = await readFile(path, "utf8");

const url = setting("PASQAL_URL");
const token = await logIn(url, setting("PASQAL_USERNAME"), setting("PASQAL_PASSWORD"));
const service = connect(url, token);

const batch = await create(service, sequence, setting("PASQAL_PROJECT_ID"));
console.log(`batch ${batch.id}: ${await waitForEnd(service, batch.id)}`);

for (const job of batch.jobs ?? []) {
  const counted = Object.entries(await counts(service, job.id)).sort();
  const sum = counted.reduce((total, [, count]) => total + count, 0);
  console.log(`job ${job.id}: ${job.runs} runs: ${counted.map(([bits, count]) => `${bits}=${count}`).join(" ")}`);
  if (sum !== job.runs) {
    throw new Error(`The counts' sum is ${sum}.`);
  }
}

await showUnknownBatch(service);

for (const project of body(await service.GET("/account/api/v1/projects")).data) {
  console.log(`project ${project.name}`);
}
