// What happened in a span of time or to an object: a picture to scan, then the same in words.

import { get } from "../api.js";
import { announce, h, put, s } from "../dom.js";
import { dayName, moment, plural, time, timeOfDay } from "../words.js";
import { chart, timeAxis } from "../parts/chart.js";
import { address, chosenBy, filterForm, input, select, spanChoices, spans } from "../parts/filters.js";
import { freshness } from "../parts/reading.js";
import { badge } from "../parts/state.js";

/** What stands in the history, in the words it is told in. */
const kinds = {
    job: "job",
    revision: "revision",
    login: "login",
    challenge: "login asks for more",
    session_opened: "session opened",
    session_revoked: "session taken away",
    logout: "logout",
    password_changed: "password changed",
    token_made: "token made",
    token_revoked: "token taken away",
    refusal: "login refused",
    unavailable: "login not checked",
    lockout: "locked out",
    unlock: "let in again",
    denied: "not allowed",
    declined: "declined",
    cancel: "cancel",
    job_changed: "job changed",
    queue_rule: "rule of the queue",
    configuration: "configuration",
    master: "master",
    level_raised: "level raised",
    redirect: "redirect",
    database_crashed: "database crashed",
    database_ended: "database ended",
    database_given_up: "database stays down",
    finding_raised: "found",
    finding_cleared: "over",
    taken_back: "taken back late",
    unrecorded: "not recorded",
    pseudonymised: "name replaced",
};
const usual = { span: "24h", object: "", user: "", kind: "", since: "", until: "" };
const pageLength = 300;

/** Rows of the picture, in their order, and which entries stand in each. */
const rows = [
    ["Jobs", "good", (entry) => entry.kind === "job" && !isBad(entry)],
    ["Jobs that failed", "bad", (entry) => entry.kind === "job" && isBad(entry)],
    ["Databases that ended", "bad", (entry) => entry.kind.startsWith("database_")],
    ["Revisions", "good", (entry) => entry.kind === "revision"],
    ["Logins", "off", (entry) => /^(login|logout|session|challenge|password|token)/.test(entry.kind)],
    [
        "Refused, locked out",
        "bad",
        (entry) => ["refusal", "denied", "declined", "lockout", "unavailable"].includes(entry.kind),
    ],
    ["Other", "off", () => true],
];

const isBad = (entry) => entry.outcome && !["ok", "cancelled"].includes(entry.outcome);

export default async function render(page) {
    const chosen = chosenBy(page.query, usual);
    const entries = [];
    let cursor = null;
    let missing = [];
    let walk = 0;
    const picture = h("div", { class: "card" });
    const list = h("div");
    const fresh = freshness(page);
    const count = h("p", { class: "count", role: "status" });
    const more = h("button", { class: "quiet wide", onclick: () => load(cursor) }, "Further back");
    put(page.main, h("h1", {}, "What happened"), form(), fresh.note, picture, count, list, h("p", {}, more));

    function form() {
        return filterForm("What happened", apply,
            input(chosen, "object", "Object", { type: "search", placeholder: "db:DB1, node:12, user:jane" }),
            select(chosen, "span", "Span", [...spanChoices, ["own", "From … to …"]]),
            input(chosen, "since", "From", { type: "datetime-local" }),
            input(chosen, "until", "To", { type: "datetime-local" }),
            input(chosen, "user", "User", { placeholder: "anybody" }),
            select(chosen, "kind", "Kind", [
                ["", "Everything"],
                ...Object.entries(kinds),
            ]));
    }

    async function apply(element) {
        const given = Object.fromEntries(new FormData(element));
        const isNew = (name) => given[name] && given[name] !== chosen[name];
        if (isNew("since") || isNew("until")) given.span = "own";
        if (given.span !== "own") [given.since, given.until] = ["", ""];
        for (const name of ["span", "since", "until"]) element.elements.namedItem(name).value = given[name];
        Object.assign(chosen, given);
        history.replaceState(null, "", address("history", chosen, usual));
        fresh.forget();
        await load(null);
        announce(count.textContent);
    }

    /** The bounds of time that were asked for, in milliseconds; `from` is absent for all of time. */
    function bounds() {
        if (chosen.span === "own") return {
            from: chosen.since ? Date.parse(chosen.since) : undefined,
            to: chosen.until ? Date.parse(chosen.until) : Date.now(),
        };
        const hours = spans[chosen.span]?.hours;
        return { from: hours && Date.now() - hours * 3_600_000, to: Date.now() };
    }

    async function load(after) {
        const mine = ++walk;
        const { from, to } = bounds();
        const filter = {
            since: from && new Date(from).toISOString(),
            until: chosen.until ? new Date(to).toISOString() : undefined,
            object: chosen.object,
            user: chosen.user,
            kind: chosen.kind,
            limit: pageLength,
        };
        try {
            // With a cursor the filter has to be the one the walk was begun with, to the letter.
            const sent = after ? { ...load.filter, cursor: after } : filter;
            if (!after) load.filter = filter;
            const answer = await get("/history", sent, { signal: page.signal });
            if (mine !== walk) return;
            if (!after) entries.length = 0;
            entries.push(...answer.items);
            cursor = answer.next_cursor ?? null;
            missing = answer.missing ?? [];
            fresh.good();
            draw(from, to);
        } catch (problem) {
            if (mine !== walk) return;
            if (!fresh.isKnown) empty();
            fresh.failed(problem, () => load(after));
        }
    }

    function empty() {
        entries.length = 0;
        cursor = null;
        missing = [];
        count.textContent = "";
        [picture.hidden, more.hidden] = [true, true];
        put(list);
    }

    function draw(from, to) {
        count.textContent = entries.length
            ? `${plural(entries.length, "entry", "entries")}${cursor ? ", and there are more" : ""}`
                : "Nothing happened that fits.";
        for (const { node, reason } of missing) count.textContent += ` Without the audit records of node ${node}: ${reason}.`;
        more.hidden = cursor === null;
        const oldest = entries.length ? Date.parse(entries.at(-1).time) : to;
        const begin = cursor || from === undefined ? oldest : from;
        const rows = rowsOf(entries);
        picture.hidden = !entries.length;
        put(picture, chart({
            title: "At a glance",
            note: `${moment(begin)} to ${moment(to)}; click a bar to look closer`,
            height: rows.length * 26 + 24,
            label: rows.map(
                ([name, , members]) => `${name}: ${members.length}`,
            ).join(", "), draw: (width) => drawRows(rows, begin, to, width, closer),
        }));
        // Of a single node there is nothing to be told apart.
        const isOfMany = new Set(entries.map((entry) => entry.node).filter(Boolean)).size > 1;
        const days = Map.groupBy(entries, (entry) => dayName(entry.time));
        put(
            list,
            [...days].map(
                ([day, members]) => [h("h2", { class: "day" }, day), h(
                    "ol",
                    { class: "entries" },
                    members.map((entry) => line(entry, isOfMany)),
                )],
            ),
        );
    }

    function closer(from, to) {
        const local = (moment) => new Date(
            moment - new Date(moment).getTimezoneOffset() * 60_000,
        ).toISOString().slice(0, 16);
        const element = page.main.querySelector("form");
        element.elements.namedItem("since").value = local(from);
        element.elements.namedItem("until").value = local(to + 60_000);
        apply(element);
    }

    await load(null);
}

function rowsOf(entries) {
    const filled = rows.map(([name, kind]) => [name, kind, []]);
    for (const entry of entries) filled[rows.findIndex(([, , fits]) => fits(entry))][2].push(entry);
    return filled.filter(([, , members]) => members.length);
}

/** A row for each kind; its bars are the higher the more happened. */
function drawRows(rows, from, to, width, closer) {
    const left = Math.min(130, width / 3);
    const count = Math.max(20, Math.floor((width - left) / 7));
    const step = (to - from) / count || 1;
    return [
        rows.map(([name, kind, members], row) => {
            const base = row * 26 + 22;
            const bins = Map.groupBy(
                members,
                (entry) => Math.min(count - 1, Math.max(0, Math.floor((Date.parse(entry.time) - from) / step))),
            );
            const most = Math.max(...[...bins.values()].map((bin) => bin.length));
            return [
                s("text", { x: 0, y: base - 4 }, name), s(
                    "line",
                    { class: "grid", x1: left, x2: width, y1: base, y2: base },
                ),
                [...bins].map(([at, bin]) => {
                    const height = 5 + (13 * Math.log1p(bin.length)) / Math.log1p(most);
                    return s("rect", {
                        class: `${kind} occurrences`,
                        x: left + ((width - left) * at) / count,
                        y: base - height,
                        width: Math.max(3, (width - left) / count - 1),
                        height,
                        onclick: () => closer(from + at * step, from + (at + 1) * step),
                    },
                        s("title", {}, `${name}: ${bin.length}, ${moment(bin.at(-1).time)}`));
                }),
            ];
        }),
        timeAxis(from, to, width, rows.length * 26 + 20, left),
    ];
}

function line(entry, isOfMany) {
    return h(
        "li",
        {},
        time(entry.time, timeOfDay(entry.time)),
        h("span", { class: "kind" }, kinds[entry.kind] ?? entry.kind),
        h("span", { class: "words" }, words(entry, isOfMany)),
    );
}

/** An entry as a sentence. */
function words(entry, isOfMany) {
    const about = (entry.objects ?? []).map(
        (object) => [
            " ",
            h("a", { class: "id", href: `#/history?span=&object=${encodeURIComponent(object)}` }, object),
        ],
    );
    const who = entry.user ?? "";
    if (entry.kind === "job" && entry.type && entry.job_id) {
        return [badge(entry), " ", h(
            "a",
            { href: `#/jobs/${entry.job_id}` },
            `${entry.type} ${entry.job_id}`,
        ), ` by ${who}`,
            entry.error_code && ` · ${entry.error_code}`, entry.reason && [" · ", h("q", {}, entry.reason)], about];
    }
    if (entry.kind === "revision") return [
        h("a", { href: `#/configuration/${entry.revision}` }, `Revision ${entry.revision}`),
        ` by ${who}`,
        entry.reason && [" · ", h("q", {}, entry.reason)],
        about,
    ];
    return [
        [
            who,
            entry.client_addr && `from ${entry.client_addr}`,
            isOfMany && entry.node && `on node ${entry.node}`,
            entry.count > 1 && `${entry.count} times`,
            entry.detail,
            entry.path,
            entry.code,
        ].filter(Boolean).join(" · "),
        about,
    ];
}
