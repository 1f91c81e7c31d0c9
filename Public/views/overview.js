// The cluster at a glance: what needs a look, what is there, and how busy it is.

import { get, text } from "../api.js";
import { h, put } from "../dom.js";
import { may } from "../session.js";
import { bytes, number, plural, time } from "../words.js";
import { busy } from "../parts/busy.js";
import { card, reading } from "../parts/reading.js";
import { levels, room } from "../parts/room.js";
import { badge, failures, obstacle, reasonOf } from "../parts/state.js";
import { verdict } from "../parts/verdict.js";

const fields = "job_id,type,user,stage,outcome,done,waiting_for,error_code,submitted_at,executed_at,ended_at";
const sample = 300;
// So many databases and nodes are shown; a cluster has fewer.
const most = 20;
// As many as are told at once.
const all = { limit: 1000 };

export default async function render(page) {
    const ask = (path, query) => get(path, query, { signal: page.signal });
    // Databases that ended though nobody asked for it need a look, too.
    const ended = h("div", { class: "body" });
    const cards = {
        look: card(page, "Needs a look", {
            read: () => Promise.all([
                ask("/jobs", {
                    outcome: failures,
                    submitted_after: new Date(Date.now() - 86_400_000).toISOString(),
                    fields: `${fields},result`,
                    limit: 6,
                }),
                may.queue ? ask("/queue/rules") : { items: [] },
                may.queue ? ask("/lockouts") : { items: [] },
            ]),
            draw: ([bad, rules, lockouts]) => needsLook(bad.items, rules.items, lockouts.items),
        }),
        open: card(page, "Running and waiting", {
            read: () => Promise.all([
                ask("/jobs", { done: false, fields, limit: 8 }),
                may.queue ? ask("/queue") : { open: 0 },
            ]),
            draw: ([jobs, queue]) => runs(jobs.items, queue),
        }),
        databases: card(page, "Databases", {
            read: async () => (await ask("/databases", all)).items,
            draw(items) {
                put(ended, items.filter(isDown).map(downOf));
                return list(
                    "Databases",
                    items,
                    ["Database", "State", "Version", "Nodes", "Address"],
                    items.slice(0, most).map(databaseCells),
                );
            },
        }),
        nodes: card(page, "Nodes", {
            read: async () => (await ask("/nodes", all)).items,
            draw: (items) => list(
                "Nodes",
                items,
                ["Node", "State", "Name", "Address"],
                items.slice(0, most).map((node) => [
                    history("node", node.id),
                    [stateOf(node, "online"), node.is_master && ", master"],
                    node.name,
                    node.private_address ?? "",
                ]),
            ),
        }),
        volumes: card(page, "Volumes", {
            read: async () => (await ask("/volumes", all)).items,
            draw: (items) => list(
                "Volumes",
                items,
                ["Volume", "State", "Size", "Copies"],
                items.map((volume) => [
                    history("volume", volume.name),
                    stateOf(volume, "online"),
                    bytes(volume.size_bytes),
                    volume.redundancy,
                ]),
            ),
        }),
    };
    // What the daemon counts, and what it found, is for administrators.
    if (may.configuration) cards.verdict = card(page, "State", { read: () => ask("/health/summary"), draw: verdict });
    if (may.queue) cards.room = card(page, "Room", {
        read: async () => levels(await text("/metrics", {}, { signal: page.signal })),
        draw: room,
    });
    cards.look.place.firstChild.after(ended);
    const pictures = h("div", { class: "halves" });
    const recent = reading(page, {
        read: async () => (await ask("/jobs", { fields, limit: sample })).items,
        show: (jobs) => busy(pictures, jobs),
    });
    put(
        page.main,
        h("h1", {}, "Overview"),
        cards.verdict?.place,
        h("div", { class: "halves" }, cards.look.place, cards.open.place),
        recent.note,
        pictures,
        cards.databases.place,
        h("div", { class: "halves" }, cards.nodes.place, cards.volumes.place),
        cards.room?.place,
    );

    const parts = { ...cards, recent };
    const due = new Set();
    function later(names) {
        if (due.size === 0) setTimeout(() => {
            for (const name of due) parts[name].load();
            due.clear();
        }, 1000);
        for (const name of names) due.add(name);
    }
    page.listen((event) => {
        if (!event.type.startsWith("job.")) return later(Object.keys(parts));
        later(["look", "open", "recent", ...event.type === "job.ended" ? ["databases"] : []]);
    });
    // No event tells that a server or a disk has died, or that a disk is full.
    const quiet = ["databases", "nodes", "volumes", ...may.queue ? ["room"] : [], ...cards.verdict ? ["verdict"] : []];
    const clock = setInterval(
        () => document.visibilityState === "visible" && later(quiet),
        30_000,
    );
    page.signal.addEventListener("abort", () => clearInterval(clock));
    await Promise.race(
        [
            Promise.all(Object.values(parts).map((one) => one.load())),
            new Promise((resume) => setTimeout(resume, 300)),
        ],
    );
}

/** Whether a database does not run though somebody wants it to, and nobody works on it. */
const isDown = (one) => one.state === "stopped" && one.wanted === "running" && !one.maintenance;

/** That a database ended, for somebody who did not ask for it. */
const downOf = (one) => h(
    "p",
    { class: "box bad" },
    history("db", one.name),
    " should run and does not",
    one.since && [" since ", time(one.since)],
    one.reason && `: ${one.reason}`,
);

/** A database that nobody wants to run is nothing to warn of. */
function databaseState(one) {
    if (isDown(one)) return mark("bad", one.state);
    if (one.state !== "stopped" || one.wanted === "running") return stateOf(one, "running");
    return mark("off", "stopped");
}

function databaseCells(one) {
    return [
        history("db", one.name),
        databaseState(one),
        one.version ?? "",
        [
            ...(one.active_nodes ?? []),
            ...(one.reserve_nodes ?? []).map((node) => `${node} (reserve)`),
        ].join(", "),
        one.addresses?.join(", ") ?? "",
    ];
}

/** A state as a mark and a word; what is not known is called so, with the reason. */
function stateOf(one, good) {
    if (one.state !== "unknown") return mark(one.state === good ? "good" : "warn", one.state);
    return [mark("unknown", "unknown"), one.reason && h("span", { class: "sub" }, one.reason)];
}

const mark = (state, word) => h("span", { class: "state", "data-state": state }, word);
const history = (kind, name) => h(
    "a",
    { href: `#/history?span=&object=${encodeURIComponent(`${kind}:${name}`)}` },
    name,
);

/** A table of what there is; of very many things only the first are told. */
function list(title, items, heads, rows) {
    if (!rows.length) return h("p", { class: "sub" }, "None.");
    const table = h(
        "table",
        { class: "list" },
        h("thead", {}, h("tr", {}, heads.map((head) => h("th", { scope: "col" }, head)))),
        h("tbody", {}, rows.map(([first, ...rest]) => h(
            "tr",
            {},
            h("td", { class: "main" }, first),
            rest.map((cell) => h("td", {}, cell)),
        ))),
    );
    return [
        h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": title }, table),
        rows.length < items.length && h("p", { class: "sub" }, `The first ${rows.length} of ${number(items.length)}.`),
    ];
}

const jobLine = (job, ...more) => h(
    "tr",
    {},
    h("td", {}, badge(job)),
    h(
        "td",
        { class: "main" },
        h("a", { href: `#/jobs/${job.job_id}` }, job.type),
        " ",
        h("span", { class: "id" }, job.job_id),
        more,
    ),
    h("td", { class: "when" }, time(job.submitted_at)),
);
const jobTable = (name, rows) => h(
    "table",
    { class: "list" },
    h("caption", { class: "unseen" }, name),
    h("tbody", {}, rows),
);

/** What a rule does to jobs, in words. */
function effect(rule) {
    switch (rule.action) {
        case "pause": return " holds jobs";
        case "reject": return " refuses jobs";
        default: return ` lets ${plural(rule.limit, "job")} at a time begin`;
    }
}

function needsLook(bad, rules, locks) {
    const inTheWay = rules.filter((rule) => rule.action !== "accept");
    const isCalm = !bad.length && !inTheWay.length && !locks.length;
    const calm = may.queue ? "No job has failed in the last 24 hours, no rule is in the way of one, nobody is locked out."
        : "No job you may see has failed in the last 24 hours.";
    return [
        isCalm && h("p", { class: "calm" }, mark("good", calm)),
        inTheWay.map((rule) => h(
            "p",
            { class: "box warn" },
            h("a", { href: "#/access" }, `Rule ${rule.rule_id}`),
            effect(rule),
            rule.reason && `: ${rule.reason}`,
        )),
        locks.length > 0 && h(
            "p",
            { class: "box warn" },
            h("a", { href: "#/access" }, plural(locks.length, "lockout")),
            " after failed logins",
        ),
        bad.length > 0 && jobTable(
            "Jobs that failed in the last 24 hours",
            bad.slice(0, 5).map((job) => jobLine(job, h("span", { class: "sub" }, reasonOf(job)))),
        ),
        bad.length > 5 && h(
            "p",
            {},
            h("a", { href: "#/jobs?state=bad&span=24h" }, "All that failed in the last 24 hours"),
        ),
    ];
}

function runs(jobs, queue) {
    return [
        queue.open > 0 && h("p", { class: "sub" }, `${number(queue.open)} open, ${number(queue.queued)} wait`),
        jobs.length > 0 && jobTable(
            "Open jobs",
            jobs.map(
                (job) => jobLine(
                    job,
                    job.waiting_for?.[0] && h("span", { class: "sub" }, obstacle(job.waiting_for[0])),
                ),
            ),
        ),
        jobs.length === 0 && h(
            "p",
            { class: "sub" },
            queue.open > 0 ? "They only look, and are in no list." : "No job is open.",
        ),
    ];
}
