// What went wrong, and what to do about it.

import { explain } from "../api.js";
import { h, put } from "../dom.js";
import { marked, time, timeOfDay } from "../words.js";
import { reasonOf } from "./state.js";

/** A box with the server's words for a request that was refused; `readAt` is of when what still stands there is. */
export function problemBox(problem, readAt) {
    const cure = h("p", { class: "cure" });
    if (problem.code && problem.status) explain(problem.code).then((known) => { cure.textContent = known.cure; });
    return h("div", { class: "box bad", role: "alert" },
        h("p", {}, h("strong", {}, problem.body?.title ?? "It did not work"), " ", problem.message), cure,
        readAt && h("p", {}, "What stands here is of ", time(readAt.toISOString(), timeOfDay(readAt)), "."));
}

/** Cause and cure of a job that did not end well. */
export function failureBox(job) {
    const cause = reasonOf(job);
    const cure = h("dd", {}, "…");
    explain(job.error_code ?? "job-failed").then((known) => { put(cure, marked(known.cure)); });
    const failed = (job.commands ?? []).find((command) => command.exit_code || command.message);
    return h("section", { class: "box bad why", "aria-label": "Why it did not end well" },
        h("dl", {},
            h("dt", {}, "Reason"), h("dd", {}, cause),
            failed && failed.message && !cause.includes(failed.message) && [
                h("dt", {}, "Command"),
                h("dd", {}, `${failed.action} on node ${failed.node}: ${failed.message}`),
            ],
            h("dt", {}, "Cure"), cure));
}
