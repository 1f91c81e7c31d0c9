// The revisions of the configuration, what each changed, any two side by side, and the way back to one.

import { Problem, get, post, tagOf, text } from "../api.js";
import { h, put } from "../dom.js";
import { between, duration, plural, time } from "../words.js";
import { chart, steps } from "../parts/chart.js";
import { difference, parse } from "../parts/diff.js";
import { card, freshness } from "../parts/reading.js";
import { roster } from "../parts/roster.js";
import { problemBox } from "../parts/problem.js";
import { confirmation } from "../parts/state.js";

export default async function render(page) {
    const number = Number(page.parts[0]);
    if (Number.isInteger(number) && number > 0) return one(page, number);
    return all(page);
}

async function all(page) {
    const body = h("tbody");
    const more = h("button", { class: "quiet wide", onclick: () => load(cursor) }, "Older revisions");
    const picture = h("div", { class: "card" });
    const known = [];
    const fresh = freshness(page);
    let cursor = null;
    [picture.hidden, more.hidden] = [true, true];
    put(page.main, h("h1", {}, "Configuration"), fresh.note, picture, compareForm(page),
        h("table", { class: "list" }, h("caption", { class: "unseen" }, "Revisions, newest first"),
            h(
                "thead",
                {},
                h(
                    "tr",
                    {},
                    h("th", { scope: "col" }, "Revision"),
                    h("th", { scope: "col" }, "Reason"),
                    h("th", { scope: "col" }, "Made by"),
                    h("th", { scope: "col" }, "When"),
                    h("th", { scope: "col", class: "extra" }, "Nodes"),
                ),
            ), body), h("p", {}, more));

    async function load(from) {
        let answer;
        try {
            answer = await get(
                "/exaconf/revisions",
                { limit: from ? 100 : 50, cursor: from },
                { signal: page.signal },
            );
        } catch (problem) {
            return fresh.failed(problem, () => load(from));
        }
        fresh.good();
        if (!from) { known.length = 0; put(body); }
        known.push(...answer.items);
        cursor = answer.next_cursor ?? null;
        more.hidden = cursor === null;
        body.append(...answer.items.map(line));
        draw();
    }

    function draw() {
        picture.hidden = known.length === 0;
        if (picture.hidden) return;
        const points = known.map((revision) => [Date.parse(revision.time), revision.revision]).reverse();
        const from = points[0][0];
        const floor = points[0][1] - 1;
        put(picture, chart({
            title: "Revisions over time", note: `${plural(known.length, "revision")} shown below`, height: 110,
            label: `Revision ${points[0][1]} to ${points.at(-1)[1]}`, draw: steps(
                points,
                { from, to: Date.now(), height: 110, floor },
            ),
        }));
    }

    page.listen(
        (event) => {
            // Which nodes have it is told with the end of the job.
            const isOurs = event.type === "job.ended" && known.some((revision) => revision.job_id === event.job_id);
            if (isOurs || event.type === "config.revision" || event.type === "reset") load(null);
        },
    );
    await load(null);
}

function line(revision) {
    const acks = revision.acks ?? [];
    const behind = acks.filter((node) => node.state === "missing");
    const others = acks.filter((node) => node.state !== "missing" && node.state !== "acknowledged");
    const rest = others.map((node) => `, but for node ${node.node}: ${node.state}`).join("");
    return h("tr", {},
        h("td", { class: "main" }, h("a", { href: `#/configuration/${revision.revision}` }, revision.revision)),
        h("td", {}, revision.reason ?? h("span", { class: "sub" }, "none given")),
        h(
            "td",
            {},
            revision.user,
            revision.job_id && [" ", h("a", { href: `#/jobs/${revision.job_id}`, class: "id" }, revision.job_id)],
        ),
        h("td", { class: "when" }, time(revision.time)),
        h("td", { class: "extra" }, acks.length > 0 && h(
            "span",
            {
                class: "state",
                "data-state": behind.length ? "waiting" : "good",
                title: acks.map((node) => `node ${node.node}: ${node.acked_at ?? node.state}`).join(", "),
            },
            behind.length ? `node ${behind.map((node) => node.node).join(", ")} not yet` : `all have it${rest}`,
        )));
}

function compareForm(page) {
    const input = (name, label) => h(
        "label",
        {},
        label,
        h("input", { name, inputmode: "numeric", pattern: "[0-9]+", required: true }),
    );
    return h("form", { class: "filters compare", "aria-label": "Compare two revisions", onsubmit: (event) => {
        event.preventDefault();
        const given = new FormData(event.currentTarget);
        location.hash = `#/configuration/${given.get("to")}?against=${given.get("from")}`;
    } }, input("from", "Compare revision"), input("to", "with revision"), h("button", {}, "Compare"));
}

async function one(page, number) {
    const against = Number(page.query.get("against")) || undefined;
    const [newest, revision, diff] = await Promise.all([
        get("/exaconf/revisions", { limit: 1 }, { signal: page.signal }),
        get(`/exaconf/revisions/${number}`, {}, { signal: page.signal }), get(
            `/exaconf/revisions/${number}/diff`,
            { against },
            { signal: page.signal },
        )]);
    const lines = parse(diff.unified).flatMap((hunk) => hunk.lines).filter((pair) => !pair.isSame);
    const [gone, come] = [lines.filter((pair) => pair.old).length, lines.filter((pair) => pair.new).length];
    const outcome = h("div", { class: "view" });
    const title = h("summary", {}, `The whole file of revision ${number}`);
    const file = h("details", { ontoggle: async () => {
        if (!file.open || file.querySelector("pre")) return;
        const content = await text(`/exaconf/revisions/${number}`, {}, { signal: page.signal }).catch((problem) => problem);
        if (content.name === "AbortError") return;
        put(file, title, typeof content === "string" ? h("pre", { tabindex: 0 }, content) : problemBox(content));
    } }, title);
    const nodes = card(page, "Which nodes have it", {
        read: () => get(`/exaconf/revisions/${number}`, {}, { signal: page.signal }),
        draw: confirmations,
    });
    // A node that was away confirms it when it is back.
    page.listen((event) => {
        if (["job.ended", "node.state", "reset"].includes(event.type)) nodes.load();
    });
    await nodes.load();
    put(page.main, h(
        "nav",
        { class: "crumbs", "aria-label": "Way back" },
        h("a", { href: "#/configuration" }, "Configuration"),
    ),
        h("div", { class: "title" }, h("h1", {}, against ? `Revision ${against} and ${number}` : `Revision ${number}`),
            h("div", { class: "row" },
                number > 1 && h("a", { class: "button quiet", href: `#/configuration/${number - 1}` }, "Older"),
                number < newest.items[0].revision && [h(
                    "a",
                    { class: "button quiet", href: `#/configuration/${number + 1}` },
                    "Newer",
                ),
                h("button", { onclick: () => rollback(number, outcome) }, `Go back to revision ${number}`)])),
        h("p", { class: "outcome" },
            revision.reason && [h("q", {}, revision.reason), " · "],
            `by ${revision.user} · `,
            time(revision.time),
            revision.job_id && [" · job ", h("a", { href: `#/jobs/${revision.job_id}` }, revision.job_id)]),
        outcome,
        nodes.place,
        h(
            "h2",
            {},
            `Changed against revision ${diff.against}: ${plural(gone, "line")} gone, ${come} new`,
        ), difference(diff.unified), file);
}

/** How each node stands to a revision: when it said that it has it, and how long that took. */
const confirmations = (revision) => roster(
    "Nodes and this revision",
    ["Node", "State", "Confirmed", "After"],
    revision.acks.map((one) => [
        `node ${one.node}`,
        confirmation(one),
        time(one.acked_at),
        one.acked_at && duration(between(revision.time, one.acked_at)),
    ]),
);

/** Shows what going back would change, and does it when that is what was meant. */
async function rollback(number, outcome) {
    const reason = h("input", { id: "rollback-reason", maxlength: 1000 });
    const fail = (problem) => { if (!(problem instanceof Problem)) throw problem; put(outcome, problemBox(problem)); };
    let tag;
    try {
        tag = await tagOf("/exaconf");
        const run = await post("/exaconf/rollback", { to: number, dry_run: true });
        const isWell = run.outcome === "ok";
        put(outcome, h("section", { class: "card preview", "aria-labelledby": "foreseen" },
            h(
                "h2",
                { id: "foreseen", tabindex: -1 },
                isWell ? `Going back to revision ${number} would change this` : "Going back is not possible",
            ),
            isWell ? [difference(run.diff),
                h(
                    "p",
                    {},
                    `It makes revision ${run.next_revision} with the content of revision ${number}, secrets included. `,
                    "Nothing of the history is lost.",
                ),
                h(
                    "div",
                    { class: "field" },
                    h("label", { for: "rollback-reason" }, "Reason"),
                    reason,
                )] : h("p", {}, run.result?.result_desc),
            h(
                "div",
                { class: "row" },
                isWell && h("button", { class: "danger", onclick: commit }, "Go back now"),
                h("button", { class: "quiet", onclick: () => put(outcome) }, "Leave it as it is"),
            )));
        outcome.querySelector("h2").focus();
    } catch (problem) {
        fail(problem);
    }

    async function commit() {
        try {
            const job = await post(
                "/exaconf/rollback",
                { to: number, reason: reason.value.trim() || undefined },
                { headers: { "If-Match": tag } },
            );
            location.hash = `#/jobs/${job.job_id}`;
        } catch (problem) {
            fail(problem);
        }
    }
}
