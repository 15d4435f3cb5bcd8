/** Runs a Pulser sequence, read from a file, with two values of its variable omega, and prints the counts. */

import { readFile } from "node:fs/promises";
import { env } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";

import { client } from "./api/client.gen.ts";
import { createBatch, createToken, getBatch, getBatchStatus, getJobResultsLink, listProjects } from "./api/index.ts";
import type { Batch, JobResult } from "./api/index.ts";

const ENDED = ["DONE", "CANCELED", "TIMED_OUT", "ERROR"];
const LIMIT = 300_000; // ms
const PAUSE = 500; // ms
const REQUEST_LIMIT = 30_000; // ms

/**
 * Gives an access token. The local service gives it itself; in the cloud, another host does (for France,
 * https://pasqal.eu.auth0.com), so that this call needs the URL of that host there, as its `baseUrl`.
 */
async function logIn(username: string, password: string): Promise<string> {
  const { data } = await createToken({
    body: { grant_type: "http://auth0.com/oauth/grant-type/password-realm", realm: "pcs-users", username, password },
    throwOnError: true,
  });
  return data.access_token;
}

async function create(sequence: string, projectId: string): Promise<Batch> {
  const { data } = await createBatch({
    body: {
      project_id: projectId,
      device_type: "EMU_FREE",
      sequence_builder: sequence,
      jobs: [
        { runs: 100, variables: { omega: 2 * Math.PI } },
        { runs: 50, variables: { omega: Math.PI } },
      ],
    },
    throwOnError: true,
  });
  return data.data;
}

async function waitForEnd(batchId: string): Promise<string> {
  const deadline = performance.now() + LIMIT;
  for (;;) {
    const { data } = await getBatchStatus({ path: { batch_id: batchId }, throwOnError: true });
    const { status } = data.data;
    if (ENDED.includes(status)) {
      return status;
    }
    if (performance.now() > deadline) {
      throw new Error(`Batch ${batchId} is still ${status} after ${LIMIT / 1000} s.`);
    }
    await sleep(PAUSE);
  }
}

async function counts(jobId: string): Promise<Record<string, number>> {
  const { data } = await getJobResultsLink({ path: { job_id: jobId }, throwOnError: true });
  const link = data.data.results_link;
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

async function showUnknownBatch(): Promise<void> {
  const { error, response } = await getBatch({ path: { batch_id: "00000000-0000-4000-8000-000000000000" } });
  // Without a connection, there is no response, whatever its type says.
  if (!error || response?.status !== 404) {
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

client.setConfig({
  baseUrl: setting("PASQAL_URL"),
  fetch: (request, options) => fetch(request, { ...options, signal: AbortSignal.timeout(REQUEST_LIMIT) }),
});
const token = await logIn(setting("PASQAL_USERNAME"), setting("PASQAL_PASSWORD"));
client.setConfig({ auth: token });

const batch = await create(sequence, setting("PASQAL_PROJECT_ID"));
console.log(`batch ${batch.id}: ${await waitForEnd(batch.id)}`);

for (const job of batch.jobs ?? []) {
  const counted = Object.entries(await counts(job.id)).sort();
  const sum = counted.reduce((total, [, count]) => total + count, 0);
  console.log(`job ${job.id}: ${job.runs} runs: ${counted.map(([bits, count]) => `${bits}=${count}`).join(" ")}`);
  if (sum !== job.runs) {
    throw new Error(`The counts' sum is ${sum}.`);
  }
}

await showUnknownBatch();

const projects = await listProjects({ throwOnError: true });
for (const project of projects.data.data) {
  console.log(`project ${project.name}`);
}
