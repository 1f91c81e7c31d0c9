// How a job stands, as a mark and a word; never by colour alone.

import { h } from "../dom.js";
import { duration, between } from "../words.js";

const outcomes = {
    ok: ["good", "ok"], failed: ["bad", "failed"], declined: ["warn", "declined"], cancelled: ["off", "cancelled"],
    timed_out: ["bad", "timed out"], lost: ["bad", "lost"],
};

export const failures = ["failed", "timed_out", "lost"];

/** The mark's form and the word for a job, or for an outcome alone. */
export function standing(job) {
    if (job.outcome) return outcomes[job.outcome] ?? ["off", job.outcome];
    if (job.waiting_for?.length) return ["waiting", "waiting"];
    if (job.stage === "submitted" || job.stage === "scheduled") return ["waiting", "queued"];
    if (!job.stage) return ["unknown", "not ended"];
    return ["running", job.stage === "finished" ? "bringing to nodes" : "running"];
}

export function badge(job) {
    const [state, word] = standing(job);
    return h("span", { class: "state", "data-state": state }, word);
}

/** Whether a node has a revision; only one that is missing is waited for. */
export function confirmation({ state }) {
    const mark = { acknowledged: "good", missing: "waiting" }[state] ?? "off";
    return h("span", { class: "state", "data-state": mark }, state);
}

/** How long it took, or takes until now. */
export function took(job) {
    return duration(between(job.submitted_at, job.ended_at ?? new Date().toISOString()));
}

/** Why a job did not end well, in the server's words, without what is the same for all. */
export function reasonOf(job) {
    return (job.result?.result_desc ?? "").replace(/^(JobError: )?(ERROR::ConfD: )?/, "") || job.error_code
        || "unknown";
}

/** What stands in the way of a job, in words. */
export function obstacle(waiting) {
    const holder = waiting.holder ? [" held by ", link(waiting.holder)] : [];
    switch (waiting.kind) {
        case "lock": return waiting.name === "conf" ? [
            "Another job changes the configuration",
            ...holder.length ? [": ", link(waiting.holder)] : [],
        ] : [`The lock ${waiting.name}`, ...holder];
        case "priority": return [
            "A more urgent job stands in front",
            ...holder.length ? [": ", link(waiting.holder)] : [],
        ];
        case "dependency": return ["It begins after ", link(waiting.holder ?? waiting.name)];
        case "node": return [`It waits for ${waiting.name}`];
        case "job": return ["It waits for the end of ", link(waiting.holder ?? waiting.name)];
        case "sync": return [`${waiting.name} has not confirmed the revision yet`];
        case "drain": return [`The queue rule ${waiting.name} holds it`];
        default: return [waiting.kind, " ", waiting.name ?? "", ...holder];
    }
}

function link(job) {
    return /^\d+\.\d+$/.test(job) ? h("a", { href: `#/jobs/${job}` }, job) : job;
}
