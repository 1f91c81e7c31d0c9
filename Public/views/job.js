// One job: why it failed and what to do, then its way through the five stages.

import { get, part, post } from "../api.js";
import { h, put } from "../dom.js";
import { between, breakable, brief, duration, time } from "../words.js";
import { badge, confirmation, obstacle, standing, took } from "../parts/state.js";
import { failureBox, problemBox } from "../parts/problem.js";
import { ask } from "../parts/dialog.js";
import { freshness } from "../parts/reading.js";

const stages = ["submitted", "scheduled", "executed", "finished", "committed"];

/** Members that have a place of their own on this page; every other one stands among the facts. */
const placed = new Set([
    ...stages.map((stage) => `${stage}_at`), "job_id", "type", "mode", "stage", "outcome", "done", "user", "reason",
    "params", "request", "priority", "timeout_s", "depends_on", "retry_of", "warnings", "base_revision", "revision",
    "waiting_for", "cancel_state", "progress", "commands", "ended_at", "result", "error_code", "error_details", "sync",
    "links",
]);

export default async function render(page) {
    const id = page.parts[0];
    let job = null;
    let drawn = "";
    const fresh = freshness(page);

    async function load() {
        const answer = await get(`/jobs/${part(id)}`, {}, { signal: page.signal });
        fresh.good();
        const text = JSON.stringify(answer);
        if (text === drawn) return;
        // What somebody has opened or closed stays so.
        const opened = new Map(
            [...page.main.querySelectorAll("details[id]")].map((element) => [element.id, element.open]),
        );
        const focus = page.main.contains(document.activeElement) ? document.activeElement.id : "";
        job = answer;
        drawn = text;
        put(page.main, draw(job, act));
        page.main.querySelector(".title").after(fresh.note);
        for (const [name, open] of opened) {
            const element = document.getElementById(name);
            if (element) element.open = open;
        }
        if (focus) document.getElementById(focus)?.focus({ preventScroll: true });
    }

    async function act(kind) {
        try {
            if (kind === "retry") {
                const again = await post(`/jobs/${part(id)}/retry`, {});
                location.hash = `#/jobs/${again.job_id}`;
            } else {
                const reason = await ask(
                    "Cancel this job?",
                    "A command that runs comes to its end; no other begins, and what was done is taken back.",
                    { confirm: "Cancel the job", dismiss: "Let it run", input: "Reason" });
                if (reason === null) return;
                await post(`/jobs/${part(id)}/cancel`, reason ? { reason } : {});
                await load();
            }
        } catch (problem) {
            page.main.querySelector(".outcome").after(problemBox(problem));
        }
    }

    const again = () => load().catch((problem) => fresh.failed(problem, again));
    let asking = false;
    page.listen((event) => {
        if (event.type !== "reset" && event.job_id !== id) return;
        if (asking) return;
        asking = true;
        setTimeout(() => { asking = false; again(); }, 50);
    });
    const clock = setInterval(() => {
        const place = page.main.querySelector(".took");
        if (place && job && !job.done) place.textContent = took(job);
    }, 1000);
    page.signal.addEventListener("abort", () => clearInterval(clock));
    await load();
}

function draw(job, act) {
    const isBad = job.done && job.outcome !== "ok";
    return [
        h("nav", { class: "crumbs", "aria-label": "Way back" }, h("a", { href: "#/jobs" }, "Jobs")),
        h("div", { class: "title" },
            h("h1", {}, breakable(job.type), " ", h("span", { class: "id" }, job.job_id)),
            h("div", { class: "row" },
                job.done
                    ? [h("button", { id: "retry", onclick: () => act("retry") }, "Do it again"),
                        h(
                            "a",
                            { class: "button quiet", href: `#/run/${job.type}?from=${job.job_id}` },
                            "Again with changes",
                        )]
                    : h("button", { id: "cancel", class: "danger", onclick: () => act("cancel") }, "Cancel"))),
        h("p", { class: "outcome" }, h("span", { role: "status" }, badge(job)), " ",
            h("span", { class: "took" }, took(job)),
            ` · by ${job.user}`,
            job.reason && [" · ", h("q", {}, job.reason)],
            job.cancel_state && ` · cancelling: ${job.cancel_state}`),
        isBad && failureBox(job),
        (job.warnings ?? []).map(
            (warning) => h("p", { class: "box warn" }, warning.text ?? warning.detail ?? brief(warning)),
        ),
        h("div", { class: "columns" },
            h("section", {}, h("h2", {}, "Way through the stages"), timeline(job)),
            h("aside", {}, facts(job))),
    ];
}

/** The mark of a stage: reached, under way, where the job ended badly, or never reached. */
function markOf(job, at, reached, entered) {
    if (!entered) return "off";
    if (at !== reached || job.outcome === "ok") return "good";
    if (job.done) return "bad";
    return standing(job)[0] === "waiting" ? "waiting" : "running";
}

function timeline(job) {
    const reached = stages.indexOf(job.stage);
    return h("ol", { class: "timeline" }, stages.map((stage, at) => {
        const entered = job[`${stage}_at`];
        const before = stages.slice(0, at).reverse().map((name) => job[`${name}_at`]).find(Boolean);
        const isNow = !job.done && at === reached;
        const state = markOf(job, at, reached, entered);
        return h("li", { "data-state": state, "aria-current": isNow ? "step" : undefined },
            h("h3", {}, stage, entered && h("span", { class: "when" }, " ", time(entered),
                before && h("span", { class: "after" }, ` +${duration(between(before, entered))}`)),
            !entered && h(
                "span",
                { class: "when" },
                job.done ? stage === "committed" && job.mode === "read" ? " changes no configuration"
                    : " not reached" : " to come",
            )),
            content[stage](job, Boolean(entered)));
    }));
}

const content = {
    submitted(job) {
        const request = job.request ?? {};
        return [
            h(
                "p",
                { class: "sub" },
                [
                    request.interface,
                    request.client_addr && `from ${request.client_addr}`,
                    request.user_agent?.startsWith("Mozilla/") ? "a browser" : request.user_agent,
                ].filter(Boolean).join(" · "),
            ),
            !job.done && job.stage === "submitted" && waits(job),
        ];
    },
    scheduled: (job) => !job.done && job.stage === "scheduled" && waits(job),
    executed(job) {
        const commands = job.commands ?? [];
        if (!commands.length) return job.executed_at && h("p", { class: "sub" }, "No commands were needed.");
        const { percent, text } = job.progress ?? {};
        return [
            text && h("p", { class: "sub" }, percent === undefined ? text : `${percent} %, ${text}`),
            h("ul", { class: "commands" }, commands.map(command)),
        ];
    },
    finished(job) {
        const result = job.result;
        if (!result || !job.done) return null;
        const output = result.result_output ?? result.output;
        return [
            result.result_desc && job.outcome === "ok" && h("p", {}, result.result_desc),
            output !== undefined && output !== null && output !== "" && h("details", {
                id: "result",
                open: JSON.stringify(output).length < 2000,
            },
                h("summary", {}, "Result"), h(
                    "pre",
                    { tabindex: 0 },
                    typeof output === "string" ? output : JSON.stringify(output, null, 2),
                )),
        ];
    },
    committed(job) {
        if (!job.revision) return null;
        return [
            h("p", {}, "Made ", h("a", { href: `#/configuration/${job.revision}` }, `revision ${job.revision}`),
                job.base_revision && ` from revision ${job.base_revision}`),
            job.sync && h("ul", { class: "plain" }, job.sync.map((node) => h("li", {},
                `node ${node.node} `,
                confirmation(node),
                " ", time(node.acked_at)))),
        ];
    },
};

function waits(job) {
    return (job.waiting_for ?? []).map(
        (waiting) => h(
            "p",
            { class: "box waiting" },
            obstacle(waiting),
            waiting.since && [", since ", time(waiting.since)],
        ),
    );
}

function command(one, at) {
    const isBad = Boolean(one.exit_code) || (one.message && one.exit_code !== 0);
    const state = one.ended_at ? (isBad ? "bad" : "good") : "running";
    const word = one.ended_at ? `exit ${one.exit_code ?? "unknown"}` : "runs";
    const output = one.output && typeof one.output === "object" && ("stdout" in one.output || "stderr" in one.output)
        ? [one.output.stdout, one.output.stderr].filter(Boolean).join("\n") : one.output;
    return h("li", {}, h("details", { id: `command-${at}`, open: isBad || !one.ended_at },
        h("summary", {}, h("code", {}, breakable(one.action)), h("span", { class: "state", "data-state": state }, word),
            h("span", { class: "sub" }, `node ${one.node}`,
                one.started_at && one.ended_at && ` · ${duration(between(one.started_at, one.ended_at))}`,
                one.undone_at && " · taken back")),
        one.message && h("p", { class: "fault" }, one.message),
        output !== undefined && output !== null && h(
            "pre",
            { tabindex: 0, "aria-label": "Output" },
            typeof output === "string" ? output : JSON.stringify(output, null, 2),
        ),
        members(one.arguments, "Arguments")));
}

function members(map, title) {
    const entries = Object.entries(map ?? {});
    return entries.length > 0 && [h("h4", {}, title), h("dl", { class: "pairs" }, entries.map(([name, value]) =>
        [
            h("dt", {}, breakable(name)),
            h(
                "dd",
                {},
                typeof value === "object" && value !== null && !Array.isArray(value)
                    ? h("code", {}, JSON.stringify(value)) : brief(value),
            ),
        ]))];
}

/** The name of a member as a title: bytes_written becomes Bytes written. */
function title(name) {
    return (name[0].toUpperCase() + name.slice(1)).replaceAll("_", " ");
}

function facts(job) {
    const request = job.request ?? {};
    const rows = [
        [
            "Kind",
            job.mode === "modify" ? "changes the configuration" : "changes no configuration",
        ], ["Priority", job.priority],
        ["Time limit", job.timeout_s && duration(job.timeout_s * 1000)],
        [
            "Begins after",
            job.depends_on?.length && job.depends_on.map((id) => [h("a", { href: `#/jobs/${id}` }, id), " "]),
        ],
        ["Repeats", job.retry_of && h("a", { href: `#/jobs/${job.retry_of}` }, job.retry_of)],
        ["Ended", job.ended_at && time(job.ended_at)], ["Error code", job.error_code], ["Request", request.request_id],
        ...Object.entries(job).filter(([name]) => !placed.has(name)).map(([name, value]) => [title(name), brief(value)]),
    ].filter(([, value]) => value);
    return [
        h("section", { class: "card" }, h("h2", {}, "Parameters"),
            Object.keys(job.params ?? {}).length ? members(job.params)[1] : h("p", { class: "sub" }, "None.")),
        h(
            "section",
            { class: "card" },
            h("h2", {}, "Facts"),
            h("dl", { class: "pairs" }, rows.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])),
        ),
        h(
            "details",
            { id: "raw" },
            h("summary", {}, "Everything, as JSON"),
            h("pre", { tabindex: 0 }, JSON.stringify(job, null, 2)),
        ),
    ];
}
