// Tells views what happens as it happens: by a stream of events, or by asking again and again where no stream
// gets through.

import { get } from "./api.js";

const types = [
    "job.stage",
    "job.waiting",
    "job.progress",
    "job.ended",
    "config.revision",
    "node.state",
    "master.changed",
    "queue.rules",
    "reset",
];
const listeners = new Set();
let stream = null;
let polling = null;
let last = "now";
let failures = 0;

/** Calls back for each event until the signal is aborted; `{ type: "reset" }` says that events were missed. */
export function listen(handler, signal) {
    listeners.add(handler);
    signal.addEventListener("abort", () => listeners.delete(handler));
}

function tell(event) {
    for (const listener of listeners) listener(event);
}

function show(state) {
    const place = document.getElementById("connection");
    place.textContent = {
        live: "Live",
        polling: "Asks every few seconds",
        away: "No connection, trying again",
    }[state] ?? "";
    place.className = state ? "state" : "";
    place.dataset.state = { live: "good", polling: "waiting", away: "warn" }[state] ?? "";
}

export function start() {
    stop();
    // `now` stands in the address: a stream that breaks goes on behind its last event by itself.
    stream = new EventSource(`/events?last_event_id=${encodeURIComponent(last)}`);
    stream.onopen = () => { failures = 0; show("live"); };
    stream.onerror = () => {
        // What refuses streams, or keeps them from passing, is asked for pages instead.
        if (stream?.readyState !== EventSource.CLOSED && ++failures < 3) return show("away");
        stream?.close();
        stream = null;
        poll();
    };
    for (const type of types) {
        stream.addEventListener(type, (message) => {
            if (message.lastEventId) last = message.lastEventId;
            tell({ ...JSON.parse(message.data || "{}"), type });
        });
    }
    stream.addEventListener("problem", () => document.dispatchEvent(new Event("confd-check-login")));
}

async function poll() {
    const mine = (polling = new AbortController());
    while (!mine.signal.aborted) {
        try {
            const page = await get("/events/page", { after: last, limit: 200, wait: "25s" }, { signal: mine.signal });
            show("polling");
            last = page.next_after;
            if (page.reset) tell({ type: "reset" });
            page.items.forEach(tell);
        } catch (problem) {
            if (mine.signal.aborted || problem.status === 401) return;
            show("away");
            await new Promise((resume) => setTimeout(resume, 3000));
        }
    }
}

export function stop() {
    stream?.close();
    stream = null;
    polling?.abort();
    polling = null;
    show("");
}
