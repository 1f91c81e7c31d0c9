// Tells views what happens as it happens: by a stream of events, or by asking again and again where no stream
// gets through. A stream that is lost is tried again, at longer and longer pauses, until one lasts.

import { canStream, check, get, local, node } from "./api.js";

const types = [
    "job.stage",
    "job.waiting",
    "job.progress",
    "job.ended",
    "config.revision",
    "node.state",
    "master.changed",
    "queue.rules",
    "database.crashed",
    "database.ended",
    "finding.raised",
    "finding.cleared",
    "reset",
];
const [shortestPause, longestPause] = [2000, 60_000];
const listeners = new Set();
let stream = null;
let polling = null;
let trial;
let pause = shortestPause;
let last = "now";
let isFirst = true;
let failures = 0;

/** Calls back for each event until the signal is aborted; `{ type: "reset" }` says that events were missed. */
export function listen(handler, signal) {
    listeners.add(handler);
    signal.addEventListener("abort", () => listeners.delete(handler));
}

/** Tells all who listen of an event. */
export function tell(event) {
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

/** Begins, or begins anew behind what was told last. */
export function start() {
    end();
    pause = shortestPause;
    connect();
}

function connect() {
    if (!canStream()) {
        show("polling");
        return void poll();
    }
    // `now` stands in the address: a stream that breaks goes on behind its last event by itself.
    const mine = (stream = new EventSource(local(`/events?last_event_id=${encodeURIComponent(last)}`)));
    failures = 0;
    mine.onopen = () => {
        [failures, pause] = [0, shortestPause];
        polling?.abort();
        polling = null;
        show("live");
        // Behind no event there is none to go on from: whatever happened since is missed.
        if (!isFirst && last === "now") tell({ type: "reset" });
        isFirst = false;
    };
    mine.onerror = () => {
        if (mine !== stream) return;
        check();
        // What refuses streams, or keeps them from passing, is asked for pages instead.
        if (mine.readyState !== EventSource.CLOSED && !polling && ++failures < 3) return show("away");
        mine.close();
        stream = null;
        trial = setTimeout(connect, pause);
        pause = Math.min(2 * pause, longestPause);
        if (!polling) poll();
    };
    for (const type of types) {
        mine.addEventListener(type, (message) => {
            if (message.lastEventId) last = message.lastEventId;
            tell({ ...JSON.parse(message.data || "{}"), type });
        });
    }
    mine.addEventListener("problem", () => document.dispatchEvent(new Event("confd-check-login")));
}

async function poll() {
    const mine = (polling = new AbortController());
    const { signal } = mine;
    while (!signal.aborted) {
        try {
            const page = await get("/events/page", { after: last, limit: 200, wait: "25s" }, { signal, wait: 60_000 });
            if (signal.aborted) return;
            show("polling");
            last = page.next_after;
            if (page.reset) tell({ type: "reset" });
            page.items.forEach(tell);
        } catch (problem) {
            if (signal.aborted || problem.status === 401) return;
            show("away");
            await new Promise((resume) => setTimeout(resume, 3000));
        }
    }
}

function end() {
    clearTimeout(trial);
    stream?.close();
    stream = null;
    polling?.abort();
    polling = null;
}

/** Ends it; who begins after that begins with what happens from then on. */
export function stop() {
    end();
    [last, isFirst] = ["now", true];
    show("");
}

// A node that is away looks to a stream like one with nothing to tell.
document.addEventListener("confd-reach", () => {
    if (!stream && !polling) return;
    if (node.answers) start();
    else show("away");
});
