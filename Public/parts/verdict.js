// How the cluster is, in a line, and what is wrong with it: what the server found, with its cure.

import { part } from "../api.js";
import { h } from "../dom.js";
import { number, plural, time } from "../words.js";

const marks = { well: "good", degraded: "warn", failing: "bad" };
const boxes = { critical: "bad", warning: "warn" };
// Of very many the first are enough to begin with.
const most = 8;

/** The verdict and the findings of a summary. */
export function verdict(summary) {
    const { counts } = summary;
    const words = [
        counts.critical > 0 && `${number(counts.critical)} critical`,
        counts.warning > 0 && plural(counts.warning, "warning"),
        counts.notice > 0 && plural(counts.notice, "notice"),
        summary.muted > 0 && `${number(summary.muted)} muted`,
    ].filter(Boolean).join(", ");
    const left = summary.findings.length - most;
    return [
        h(
            "p",
            { class: "calm" },
            h("span", { class: "state", "data-state": marks[summary.verdict] ?? "unknown" }, summary.verdict),
            words && ` · ${words}`,
        ),
        summary.findings.slice(0, most).map(box),
        left > 0 && h("p", { class: "sub" }, `${plural(left, "more", "more")}: confd_client status tells them all.`),
    ];
}

function box(finding) {
    const { job, silence } = finding;
    const typed = job && encodeURIComponent(JSON.stringify({ params: job.parameters, isCure: true }));
    return h(
        "div",
        { class: `box ${silence ? "" : boxes[finding.severity] ?? ""}` },
        h(
            "p",
            {},
            h("a", { href: `#/history?span=&object=${encodeURIComponent(finding.object)}` }, finding.object),
            ` · ${finding.severity}, since `,
            time(finding.since),
        ),
        h("p", {}, finding.cause),
        h(
            "p",
            { class: "sub" },
            finding.cure,
            job && [" ", h("a", { href: `#/run/${part(job.type)}?typed=${typed}` }, `Run ${job.type}`)],
        ),
        silence && h("p", { class: "sub" }, `${silence.kind} by ${silence.user}: ${silence.reason}`),
    );
}
