// What several filters offer.

import { get } from "../api.js";

export const spans = {
    "": { text: "Any time" }, "1h": { text: "Last hour", hours: 1 }, "24h": { text: "Last 24 hours", hours: 24 },
    "7d": { text: "Last 7 days", hours: 168 }, "30d": { text: "Last 30 days", hours: 720 },
};

/** Where a span begins, as the server reads times; undefined for all of time. */
export function since(span) {
    const hours = spans[span]?.hours;
    return hours ? new Date(Date.now() - hours * 3_600_000).toISOString() : undefined;
}

let types = null;

/** All jobs there are, as their descriptions. */
export function jobTypes() {
    types ??= get("/job-types").then((answer) => answer.items).catch((problem) => { types = null; throw problem; });
    return types;
}

export const typeNames = () => jobTypes().then((all) => all.map((type) => type.name)).catch(() => []);
