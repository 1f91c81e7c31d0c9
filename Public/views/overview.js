// The cluster at a glance: what needs a look, what is there, and how busy it is.

import { get, part } from "../api.js";
import { h, put } from "../dom.js";
import { may } from "../session.js";
import { duration, number, plural, time } from "../words.js";
import { chart, durations, steps } from "../parts/chart.js";
import { badge, failures, obstacle, reasonOf } from "../parts/state.js";

const fields = "job_id,type,user,stage,outcome,done,waiting_for,error_code,submitted_at,executed_at,ended_at";
const sample = 300;
// Of so many databases and nodes the details are asked for; a cluster has fewer.
const most = 20;

export default async function render(page) {
    const place = (name) => h("section", { class: "card" }, h("h2", {}, name), h("p", { class: "sub" }, "…"));
    const [look, open, databases, nodes, volumes] = [
        "Needs a look",
        "Running and waiting",
        "Databases",
        "Nodes",
        "Volumes",
    ].map(place);
    const pictures = h("div", { class: "halves" });
    put(
        page.main,
        h("h1", {}, "Overview"),
        h("div", { class: "halves" }, look, open),
        pictures,
        databases,
        h("div", { class: "halves" }, nodes, volumes),
    );

    const ask = (path, query) => get(path, query, { signal: page.signal }).catch((problem) => ({ problem }));
    const cards = {
        async jobs() {
            const [bad, running, recent, queue, lockouts] = await Promise.all([
                ask(
                    "/jobs",
                    {
                        outcome: failures,
                        submitted_after: new Date(Date.now() - 86_400_000).toISOString(),
                        fields: `${fields},result`,
                        limit: 6,
                    },
                ),
                ask("/jobs", { done: false, fields, limit: 8 }), ask("/jobs", { fields, limit: sample }),
                may.queue ? ask("/queue") : {}, may.queue ? ask("/lockouts") : {}]);
            needsLook(look, bad.items ?? [], queue.rules ?? [], lockouts.items ?? []);
            runs(open, running.items ?? [], queue);
            busy(pictures, recent.items ?? []);
        },
        async databases() {
            const list = await ask("/databases");
            const items = list.items ?? [];
            const facts = await Promise.all(items.slice(0, most).map((one) => ask(`/databases/${part(one.name)}`)));
            show(databases, "Databases", list, [
                "Database",
                "State",
                "Clients",
                "Version",
                "Nodes",
                "Address",
            ], items.map((one, at) => {
                const fact = facts[at] ?? {};
                return [
                    history("db", one.name),
                    stateOf(fact.state, fact.state === "running"),
                    { Yes: "let in", No: "not let in" }[fact.connectible] ?? "",
                    fact.config?.version ?? "",
                    [
                        ...(fact.nodes?.active ?? []),
                        ...(fact.nodes?.reserve ?? []).map((node) => `${node} (reserve)`),
                    ].join(", "),
                    fact["connection string"] ?? "",
                ];
            }));
        },
        async nodes() {
            const list = await ask("/nodes");
            const items = list.items ?? [];
            const facts = await Promise.all(items.slice(0, most).map((node) => ask(`/nodes/${part(node.id)}`)));
            show(nodes, "Nodes", list, ["Node", "State", "Name", "Address"], items.map((node, at) => {
                const { state, is_master: isMaster } = facts[at] ?? {};
                return [
                    history("node", node.id),
                    [stateOf(state, state === "online"), isMaster && ", master"],
                    node.name ?? "",
                    node.private_ip ?? "",
                ];
            }));
        },
        async volumes() {
            const list = await ask("/volumes");
            show(
                volumes,
                "Volumes",
                list,
                ["Volume", "State", "Size", "Copies"],
                (list.items ?? []).map((volume) => [
                    history("volume", volume.name),
                    stateOf(volume.state?.toLowerCase(), volume.state === "ONLINE"),
                    volume.size ?? "",
                    volume.redundancy ?? "",
                ]),
            );
        },
    };

    let isDue = false;
    page.listen((event) => {
        if (isDue) return;
        isDue = true;
        const kind = event.type.startsWith("job.") ? ["jobs"] : Object.keys(cards);
        setTimeout(
            () => {
                isDue = false;
                for (const name of kind) cards[name]();
                if (event.type === "job.ended") cards.databases();
            },
            1000,
        );
    });
    await Promise.race(
        [Promise.all(Object.values(cards).map((card) => card())), new Promise((resume) => setTimeout(resume, 300))],
    );
}

const stateOf = (word, isGood) => word ? h(
    "span",
    { class: "state", "data-state": isGood ? "good" : "warn" },
    word,
) : "";
const history = (kind, name) => h(
    "a",
    { href: `#/history?span=&object=${encodeURIComponent(`${kind}:${name}`)}` },
    name,
);

function show(place, title, answer, heads, rows) {
    if (answer.problem) return void put(
        place,
        h("h2", {}, title),
        h("p", { class: "sub" }, answer.problem.status === 403 ? "Not for this login." : answer.problem.message),
    );
    put(place, h("h2", {}, `${title}`), rows.length ? h("div", {
        class: "scroll",
        tabindex: 0,
        role: "region",
        "aria-label": title,
    }, h("table", { class: "list" }, h(
        "thead",
        {},
        h("tr", {}, heads.map((head) => h("th", { scope: "col" }, head))),
    ),
        h(
            "tbody",
            {},
            rows.map(
                ([first, ...rest]) => h(
                    "tr",
                    {},
                    h("td", { class: "main" }, first),
                    rest.map((cell) => h("td", {}, cell)),
                ),
            ),
        ))) : h("p", { class: "sub" }, "None."));
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

function needsLook(place, bad, rules, locks) {
    const held = rules.filter((rule) => rule.action === "pause" || rule.action === "reject");
    const isCalm = !bad.length && !held.length && !locks.length;
    put(place, h("h2", {}, "Needs a look"),
        isCalm && h(
            "p",
            {},
            h("span", { class: "state", "data-state": "good" }, "Nothing. No job has failed in the last 24 hours."),
        ),
        held.map((rule) => h(
            "p",
            { class: "box warn" },
            h("a", { href: "#/access" }, `Rule ${rule.rule_id}`),
            ` ${rule.action === "pause" ? "holds" : "refuses"} jobs`,
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
        ));
}

function runs(place, jobs, queue) {
    put(place, h("h2", {}, "Running and waiting"),
        queue.open > 0 && h("p", { class: "sub" }, `${number(queue.open)} open, ${number(queue.queued)} wait`),
        jobs.length ? jobTable(
            "Open jobs",
            jobs.map(
                (job) => jobLine(
                    job,
                    job.waiting_for?.[0] && h("span", { class: "sub" }, obstacle(job.waiting_for[0])),
                ),
            ),
        ) : h("p", { class: "sub" }, "No job is open."));
}

/** Two pictures of the newest jobs: how many were open at a time, and how long they took. */
function busy(place, jobs) {
    if (jobs.length < 2) return void put(place);
    const now = Date.now();
    const from = Math.min(...jobs.map((job) => Date.parse(job.submitted_at)));
    const { depth, peak, open } = depthOf(jobs, from, now);
    const ended = jobs.filter((job) => job.ended_at);
    const dots = ended.map((job) => [
        Date.parse(job.ended_at),
        Date.parse(job.ended_at) - Date.parse(job.submitted_at),
        failures.includes(job.outcome) ? "bad" : job.outcome === "ok" ? "good" : "off",
        `${job.type} ${job.job_id}: ${job.outcome}`,
    ]);
    const sorted = dots.map((dot) => dot[1]).sort((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
    put(place,
        h(
            "div",
            { class: "card" },
            chart({
                title: "Open jobs",
                note: `${peak} at once at most, among the newest ${jobs.length}`,
                height: 130,
                label: `Open jobs over time: at most ${peak} at once, ${open} now`,
                draw: steps(depth, { from, to: now, height: 130 }),
            }),
        ),
        h(
            "div",
            { class: "card" },
            chart(
                {
                    title: "How long jobs took",
                    note: `half of them ${duration(median)} or less; diamonds failed`,
                    height: 130,
                    label: `Durations of ${ended.length} jobs: median ${duration(median)}, `
                        + `longest ${duration(sorted.at(-1))}, ${dots.filter((dot) => dot[2] === "bad").length} failed`,
                    draw: durations(dots, { from, to: now, height: 130 }),
                },
            ),
        ));
}

/** How many of the jobs were open: the most in each of many short spans, as [time, count]. */
function depthOf(jobs, from, to) {
    const bins = new Array(120).fill(0);
    const width = (to - from) / bins.length;
    const bin = (at) => Math.min(bins.length - 1, Math.floor((at - from) / width));
    const changes = jobs
        .flatMap(
            (job) => [[Date.parse(job.submitted_at), 1], ...(job.ended_at ? [[Date.parse(job.ended_at), -1]] : [])],
        )
        .sort((a, b) => a[0] - b[0] || b[1] - a[1]);
    let open = 0;
    changes.forEach(([at, change], place) => {
        open += change;
        const until = changes[place + 1]?.[0] ?? to;
        for (let one = bin(at); one <= bin(until); one++) bins[one] = Math.max(bins[one], open);
    });
    return { depth: bins.map((count, one) => [from + one * width, count]), peak: Math.max(...bins), open };
}
