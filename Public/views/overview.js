// The cluster at a glance: what needs a look, what is there, and how busy it is.

import { get, part, text } from "../api.js";
import { h, put } from "../dom.js";
import { may } from "../session.js";
import { number, plural, time } from "../words.js";
import { busy } from "../parts/busy.js";
import { card, reading } from "../parts/reading.js";
import { levels, room } from "../parts/room.js";
import { badge, failures, obstacle, reasonOf } from "../parts/state.js";
import { verdict } from "../parts/verdict.js";

const fields = "job_id,type,user,stage,outcome,done,waiting_for,error_code,submitted_at,executed_at,ended_at";
const sample = 300;
// Of so many databases and nodes the details are asked for; a cluster has fewer.
const most = 20;

export default async function render(page) {
    const ask = (path, query) => get(path, query, { signal: page.signal });
    const each = (items, path) => Promise.all(
        items.slice(0, most).map((one) => ask(path(one)).catch((problem) => {
            if (problem.name === "AbortError") throw problem;
            return { problem };
        })),
    );
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
            async read() {
                const { items } = await ask("/databases");
                return [items, await each(items, (one) => `/databases/${part(one.name)}`)];
            },
            draw([items, facts]) {
                put(ended, facts.map((fact, at) => fact.ended && endOf(items[at], fact.ended)));
                return list(
                    "Databases",
                    items,
                    ["Database", "State", "Clients", "Version", "Nodes", "Address"],
                    items.slice(0, most).map((one, at) => databaseCells(one, facts[at])),
                );
            },
        }),
        nodes: card(page, "Nodes", {
            async read() {
                const { items } = await ask("/nodes");
                return [items, await each(items, (node) => `/nodes/${part(node.id)}`)];
            },
            draw: ([items, facts]) => list(
                "Nodes",
                items,
                ["Node", "State", "Name", "Address"],
                items.slice(0, most).map((node, at) => [
                    history("node", node.id),
                    [stateOf(facts[at], facts[at].state, "online"), facts[at].is_master && ", master"],
                    node.name ?? "",
                    node.private_ip ?? "",
                ]),
            ),
        }),
        volumes: card(page, "Volumes", {
            read: async () => (await ask("/volumes")).items,
            draw: (items) => list(
                "Volumes",
                items,
                ["Volume", "State", "Size", "Copies"],
                items.map((volume) => [
                    history("volume", volume.name),
                    stateOf(volume, volume.state?.toLowerCase(), "online"),
                    volume.size ?? "",
                    volume.redundancy ?? "",
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

/** How a database ended, for somebody who did not ask for it. */
const endOf = (one, end) => h(
    "p",
    { class: "box bad" },
    history("db", one.name),
    end.clean ? " was shut down, though not from here, " : " crashed, ",
    end.at && time(end.at),
    end.cause && `: ${end.cause}`,
);

/** ConfD calls a database that does not run `setup`; one that nobody wants to run is nothing to warn of. */
function databaseState(fact) {
    if (fact.ended) return mark("bad", fact.state);
    if (fact.state !== "setup" || fact.wanted === "running") return stateOf(fact, fact.state, "running");
    const meaning = fact.wanted ? "stopped" : "never started";
    return [mark("off", "setup"), h("span", { class: "sub" }, meaning)];
}

function databaseCells(one, fact) {
    return [
        history("db", one.name),
        databaseState(fact),
        { Yes: "let in", No: "not let in" }[fact.connectible] ?? "",
        fact.config?.version ?? "",
        [
            ...(fact.nodes?.active ?? []),
            ...(fact.nodes?.reserve ?? []).map((node) => `${node} (reserve)`),
        ].join(", "),
        fact["connection string"] ?? "",
    ];
}

/** A state as a mark and a word; what is not known is called so, with the reason. */
function stateOf(fact, word, good) {
    if (!word || word === "unknown") {
        const reason = fact.problem?.message ?? fact.reason;
        return [mark("unknown", "unknown"), reason && h("span", { class: "sub" }, reason)];
    }
    return mark(word === good ? "good" : "warn", word);
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
