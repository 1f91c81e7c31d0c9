// The list of jobs: newest first, kept up to date, a page at a time however many there are.

import { get } from "../api.js";
import { announce, h, put } from "../dom.js";
import { plural, time } from "../words.js";
import { badge, failures, took } from "../parts/state.js";
import { freshness } from "../parts/reading.js";
import {
    address,
    chosenBy,
    filterForm,
    input,
    select,
    since,
    spanChoices,
    typeNames,
} from "../parts/filters.js";

const fields = "job_id,type,user,reason,stage,outcome,done,waiting_for,error_code,submitted_at,ended_at,params";
const usual = { q: "", state: "", type: "", user: "", mode: "", span: "", sort: "" };
const pageLength = 50;
const states = {
    "": ["Any state", {}], open: ["Open", { done: false }], waiting: ["Waiting", { done: false, stage: "submitted" }],
    bad: ["Failed, timed out, lost", { outcome: failures }], declined: ["Declined", { outcome: "declined" }],
    cancelled: ["Cancelled", { outcome: "cancelled" }], ok: ["Ended well", { outcome: "ok" }],
};
const orders = { "": "Newest first", "-ended_at": "Last ended first", submitted_at: "Oldest first", type: "By type" };

/** The request's filter for what stands in the form. */
function filterOf(chosen) {
    return {
        ...(states[chosen.state] ?? states[""])[1],
        q: chosen.q,
        type: chosen.type,
        user: chosen.user,
        mode: chosen.mode,
        submitted_after: since(chosen.span), sort: chosen.sort,
    };
}

export default async function render(page) {
    const chosen = chosenBy(page.query, usual);
    const jobs = new Map();
    let cursor = null;
    let walk = 0;

    const body = h("tbody");
    const count = h("p", { class: "count", role: "status" });
    const more = h("button", { class: "quiet wide", onclick: () => load(cursor) }, "Older jobs");
    const fresh = freshness(page);
    const table = h("table", { class: "list jobs" },
        h("caption", { class: "unseen" }, "Jobs"),
        h(
            "thead",
            {},
            h("tr", {}, ["State", "Job", "By", "Submitted", "Took"].map((name) => h("th", { scope: "col" }, name))),
        ), body);
    put(page.main, h(
        "div",
        { class: "title" },
        h("h1", {}, "Jobs"),
        h("a", { class: "button primary", href: "#/run" }, "Run a job"),
    ),
        form(), fresh.note, count, table, h("p", {}, more));

    function form() {
        const types = h("datalist", { id: "types" });
        typeNames().then((names) => put(types, names.map((name) => h("option", { value: name }))));
        const kinds = [["", "All"], ["modify", "Changes configuration"], ["read", "Does not"]];
        return filterForm("Jobs", apply,
            input(chosen, "q", "Search", { type: "search", placeholder: "id, type, user, reason, parameter" }),
            select(chosen, "state", "State", Object.entries(states).map(([value, [text]]) => [value, text])),
            input(chosen, "type", "Type", { list: "types", placeholder: "db_*" }), types,
            input(chosen, "user", "User", { placeholder: "anybody" }),
            select(chosen, "mode", "Kind", kinds, { class: "extra" }),
            select(chosen, "span", "Submitted", spanChoices),
            select(chosen, "sort", "Order", Object.entries(orders), { class: "extra" }));
    }

    async function apply(element) {
        Object.assign(chosen, Object.fromEntries(new FormData(element)));
        history.replaceState(null, "", address("jobs", chosen, usual));
        fresh.forget();
        await load(null);
        announce(`${plural(jobs.size, "job")} shown`);
    }

    async function load(from) {
        const mine = ++walk;
        more.disabled = true;
        try {
            const answer = await get(
                "/jobs",
                { ...filterOf(chosen), fields, limit: pageLength, cursor: from },
                { signal: page.signal },
            );
            if (mine !== walk) return;
            if (!from) {
                empty();
                total(mine);
            }
            fresh.good();
            cursor = answer.next_cursor ?? null;
            for (const job of answer.items) show(job, false);
            if (!jobs.size) put(body, h("tr", { class: "none" }, h("td", { colspan: 5 }, "No job fits.")));
        } catch (problem) {
            if (mine !== walk) return;
            if (!fresh.isKnown) empty();
            fresh.failed(problem, () => load(from));
        }
        more.disabled = false;
        more.hidden = cursor === null;
    }

    function empty() {
        jobs.clear();
        put(body);
        count.textContent = "";
        cursor = null;
    }

    /** Counting reads the whole list, so the list does not wait for it. */
    async function total(mine) {
        count.textContent = "";
        const answer = await get(
            "/jobs",
            { ...filterOf(chosen), fields: "job_id", limit: 1, count: true },
            { signal: page.signal },
        ).catch(() => null);
        if (answer && mine === walk) count.textContent = plural(answer.total, "job");
    }

    /** A row for a job; one that has a row already keeps it, and with it the focus of who stands there. */
    function show(job, onTop) {
        const text = JSON.stringify(job);
        const known = jobs.get(job.job_id);
        if (known?.text === text) return;
        const cells = row(job);
        if (known) {
            // The link stays the same element.
            known.row.cells[0].replaceWith(cells[0]);
            known.row.cells[4].replaceWith(cells[4]);
            known.text = text;
            return;
        }
        const line = h("tr", {}, cells);
        body.querySelector(".none")?.remove();
        onTop ? body.prepend(line) : body.append(line);
        jobs.set(job.job_id, { row: line, text });
    }

    // Events come in bursts: the list is asked for once for all of them.
    let due = false;
    let asking = false;
    async function update() {
        if (asking) return void (due = true);
        asking = true;
        const mine = walk;
        try {
            const answer = await get(
                "/jobs",
                { ...filterOf(chosen), fields, limit: pageLength },
                { signal: page.signal },
            );
            const isNewestFirst = chosen.sort === "";
            // What came from the end of the page upwards, so that the newest ends up on top.
            for (const job of answer.items.reverse()) {
                if (mine === walk && (isNewestFirst || jobs.has(job.job_id))) show(job, true);
            }
            await settle(answer.items);
            fresh.good();
        } catch (problem) {
            if (mine === walk) fresh.failed(problem, update);
        }
        setTimeout(() => { asking = false; if (due) { due = false; update(); } }, 500);
    }

    /** Open jobs that are shown and are not on the first page any more. */
    async function settle(first) {
        const fresh = new Set(first.map((job) => job.job_id));
        const stale = [...jobs].filter(
            ([id, { text }]) => !fresh.has(id) && text.includes('"done":false'),
        ).slice(0, 20);
        for (const [id] of stale) {
            const job = await get(`/jobs/${id}`, {}, { signal: page.signal }).catch((problem) => {
                // It has left the history meanwhile.
                if (problem.status !== 404 && problem.status !== 410) throw problem;
            });
            if (job) show(
                Object.fromEntries(fields.split(",").filter((name) => name in job).map((name) => [name, job[name]])),
                false,
            );
        }
    }

    page.listen(
        (event) => { if (event.type.startsWith("job.")) update(); else if (event.type === "reset") load(null); },
    );
    await load(null);
}

function row(job) {
    const detail = job.reason ?? Object.entries(job.params ?? {}).slice(0, 3).map(
        ([name, value]) => `${name} ${typeof value === "object" ? JSON.stringify(value) : value}`,
    ).join(", ");
    return [
        h("td", {}, badge(job), job.error_code && h("span", { class: "sub" }, job.error_code)),
        h("td", { class: "main" }, h(
            "a",
            { href: `#/jobs/${job.job_id}` },
            job.type,
        ), " ", h("span", { class: "id" }, job.job_id),
            detail && h("span", { class: "sub" }, detail.slice(0, 160))),
        h("td", { class: "extra" }, job.user),
        h("td", { class: "when" }, time(job.submitted_at)),
        h("td", { class: "extra number" }, job.done ? took(job) : ""),
    ];
}
