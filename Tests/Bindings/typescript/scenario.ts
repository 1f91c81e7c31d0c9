// The scenario of all clients, with the client openapi-generator makes for TypeScript (fetch).
import * as confd from "./client";

declare const process: { env: Record<string, string>; exitCode: number };

const { CONFD_URL, CONFD_USER, CONFD_GUEST, CONFD_PASSWORD } = process.env;

function client(login: Partial<confd.ConfigurationParameters>): confd.Configuration {
    return new confd.Configuration({ basePath: CONFD_URL, ...login });
}

function check(holds: boolean, value: unknown): void {
    if (!holds) throw new Error(JSON.stringify(value));
}

/** The problem a call has to be refused with. */
async function problem(status: number, call: Promise<unknown>): Promise<confd.Problem> {
    try {
        await call;
    } catch (error) {
        if (!(error instanceof confd.ResponseError)) throw error;
        check(error.response.status === status, error.response.status);
        return confd.ProblemFromJSON(await error.response.json());
    }
    throw new Error(`no ${status}`);
}

function passed(step: string): void {
    console.log(`ok ${step}`);
}

async function main(): Promise<void> {
    const basic = client({ username: CONFD_USER, password: CONFD_PASSWORD });
    const types = await new confd.JobTypesApi(basic).listJobTypes();
    check(types.items.some((one) => one.name === "group_create"), types);
    passed("basic");

    const sessionLogin = { user: CONFD_USER, password: CONFD_PASSWORD };
    const opened = await new confd.SessionsApi(basic).createSession({ sessionLogin });
    const session = client({ accessToken: opened.token });
    check((await new confd.SessionsApi(session).getCurrentSession()).user === CONFD_USER, opened.user);
    passed("session");

    const groupCreateRequest = { params: { groupid: 702, groupname: "team" }, reason: "bindings" };
    const job = await new confd.GroupJobsApi(session).startGroupCreate({ groupCreateRequest, wait: "60s" });
    check(job.stage === confd.JobStage.Committed && job.outcome === "ok" && (job.revision ?? 0) > 1, job);
    passed("job");

    const jobs = new confd.JobsApi(session);
    const result = await jobs.getJobResult({ jobId: job.jobId });
    check(result.resultCode === 0 && result.resultName === "OK", result);
    passed("result");

    const volumes = await new confd.VolumesApi(session).listVolumes({ type: ["data"] });
    const [volume] = volumes.items;
    check(volume.name === "DataVolume1" && volume.sizeBytes === 4 * 2 ** 30 && volume.redundancy === 1, volumes);
    const kept = new confd.DatabasesApi(session);
    // There is no engine here; with one it would be "running", behind kept.startDatabase.
    const deadline = Date.now() + 60_000;
    let database = await kept.getDatabase({ dbName: "DB1" });
    while (database.state !== "stopped" && Date.now() < deadline) {
        await new Promise((resume) => { setTimeout(resume, 200); });
        database = await kept.getDatabase({ dbName: "DB1" });
    }
    check(database.state === "stopped" && database.activeNodes?.[0] === 11, database);
    passed("typed");

    const databases = new confd.DatabaseJobsApi(session);
    for (let count = 0; count < 5; count++) await databases.startDbList({ dbListRequest: {}, wait: "60s" });
    const found: string[] = [];
    let pages = 0;
    let cursor: string | undefined;
    do {
        const page = await jobs.listJobs({ limit: 2, cursor });
        found.push(...page.items.map((one) => one.jobId));
        pages += 1;
        cursor = page.nextCursor;
    } while (cursor !== undefined);
    check(pages > 3 && new Set(found).size === found.length && found.includes(job.jobId), found);
    passed("pages");

    const requestBody = { Global: { Timezone: "UTC" } };
    const conflict = await problem(
        412, new confd.ConfigurationApi(session).patchEXAConf({ requestBody, ifMatch: '"r1-0"' }));
    check(conflict.code === "revision-conflict" && (conflict.currentRevision ?? 0) >= (job.revision ?? 0), conflict);
    passed("conflict");

    const events = new confd.EventsApi(session);
    const page = await events.listEvents({ after: "oldest", jobId: job.jobId });
    const stages = page.items.filter((one) => one.type === "job.stage").map((one) => one.stage);
    check(stages[stages.length - 1] === "committed", page);
    const later = await events.listEvents({ after: page.nextAfter, jobId: job.jobId, wait: "1s" });
    check(later.items.length === 0, later);
    passed("events");

    const guest = client({ username: CONFD_GUEST, password: CONFD_PASSWORD });
    const groupDeleteRequest = { params: { groupname: "team" } };
    const refused = await problem(403, new confd.GroupJobsApi(guest).startGroupDelete({ groupDeleteRequest }));
    check(refused.code === "permission-denied" && (refused.allowedGroups ?? []).includes("exaadm"), refused);
    passed("forbidden");
}

main().catch((error) => {
    console.error(error);
    process.exitCode = 1;
});
