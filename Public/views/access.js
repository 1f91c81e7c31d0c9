// The queue and its rules, sessions and lockouts: each for those who may.

import { Problem, get, part, post, remove } from "../api.js";
import { announce, h, put } from "../dom.js";
import { may } from "../session.js";
import { duration, number, time } from "../words.js";
import { ask as question } from "../parts/dialog.js";
import { problemBox } from "../parts/problem.js";
import { card } from "../parts/reading.js";

export default async function render(page) {
    const fault = h("div");
    const ask = (path) => get(path, {}, { signal: page.signal });
    const cards = {
        queue: card(page, "Queue", {
            read: () => ask("/queue"),
            draw: (queue) => [load(queue), rules(queue.rules, (rule) => change(
                "queue",
                "The rule is gone.",
                () => remove(`/queue/rules/${rule.rule_id}`),
            ))],
        }),
        sessions: card(page, "Sessions", {
            read: async () => (await ask("/sessions")).items,
            draw: (items) => sessions(items, endSession),
        }),
        lockouts: card(page, "Locked out", {
            read: async () => (await ask("/lockouts")).items,
            draw: (items) => lockouts(items, (lock) => change(
                "lockouts",
                "The lock is lifted.",
                () => remove(`/lockouts/${part(lock.lockout_id)}`),
            )),
        }),
    };
    const shown = may.queue ? ["queue", "sessions", "lockouts"] : ["sessions"];
    // The form is no part of what is read again and again.
    cards.queue.place.append(newRule());
    put(page.main, h("h1", {}, "Queue and access"), fault, shown.map((name) => cards[name].place));

    /** Changes something, then reads what it changed. */
    async function change(name, done, work) {
        put(fault);
        try {
            await work();
        } catch (problem) {
            if (!(problem instanceof Problem)) throw problem;
            return void put(fault, problemBox(problem));
        }
        announce(done);
        await cards[name].load();
    }

    async function endSession(one) {
        const words = `${one.user} from ${one.client_addr} has to log in again.`;
        if (await question("End this session?", words, { confirm: "End it" }) === null) return;
        await change("sessions", "The session is over.", () => remove(`/sessions/${part(one.session_id)}`));
    }

    function newRule() {
        const details = h("details", {}, h("summary", {}, "New rule"));
        const begin = () => put(details, details.firstChild, ruleForm((rule) => change(
            "queue",
            "The rule is made.",
            async () => { await post("/queue/rules", rule); details.open = false; begin(); },
        )));
        begin();
        return details;
    }

    page.listen((event) => {
        if (may.queue && (event.type === "queue.rules" || event.type === "reset")) cards.queue.load();
    });
    const clock = setInterval(
        () => document.visibilityState === "visible" && may.queue
            && ["queue", "lockouts"].forEach((name) => cards[name].load()),
        5000,
    );
    page.signal.addEventListener("abort", () => clearInterval(clock));
    await Promise.all(shown.map((name) => cards[name].load()));
}

/** How much there is to do. */
function load(queue) {
    const waiting = Object.entries(queue.waiting_for ?? {}).map(
        ([kind, count]) => `${number(count)} for ${kind === "lock" ? "a lock" : kind}`,
    );
    return h(
        "p",
        {},
        `${number(queue.open)} open, ${number(queue.queued)} of them wait`,
        waiting.length > 0 && `: ${waiting.join(", ")}`,
        queue.oldest_age_s !== undefined && ` · the oldest for ${duration(queue.oldest_age_s * 1000)}`,
    );
}

function rules(all, takeAway) {
    if (!all.length) return h("p", { class: "sub" }, "No rules: every job begins when its turn comes.");
    return table("Rules", ["Rule", "What", "For", "Reason", "Until", ""], all.map((rule) => [
        rule.rule_id,
        rule.limit === undefined ? rule.action : `limit ${rule.limit}`,
        matched(rule.match),
        `${rule.reason ?? ""} (${rule.owner ?? rule.user})`,
        rule.expires_at ? time(rule.expires_at) : "taken away",
        h(
            "button",
            { class: "danger", "aria-label": `Take rule ${rule.rule_id} away`, onclick: () => takeAway(rule) },
            "Take away",
        ),
    ]));
}

function sessions(items, end) {
    if (!items.length) return h("p", { class: "sub" }, "None.");
    return table("Sessions", ["User", "From", "Opened", "Last used", ""], items.map((one) => [
        one.current ? `${one.user} (this one)` : one.user,
        one.client_addr,
        time(one.opened_at),
        time(one.last_used_at),
        !one.current && h(
            "button",
            {
                class: "danger",
                "aria-label": `End the session of ${one.user} from ${one.client_addr}`,
                onclick: () => end(one),
            },
            "End",
        ),
    ]));
}

function lockouts(items, letIn) {
    if (!items.length) return h("p", { class: "sub" }, "Nobody is locked out.");
    return table("Lockouts", ["User", "Address", "Ends by itself in", ""], items.map((lock) => [
        lock.user ?? "everybody there",
        lock.client_addr,
        duration(lock.remaining_s * 1000),
        h(
            "button",
            {
                "aria-label": `Let ${lock.user ?? "everybody"} in again from ${lock.client_addr}`,
                onclick: () => letIn(lock),
            },
            "Let in",
        ),
    ]));
}

function table(caption, heads, rows) {
    return h("div", {
        class: "scroll",
        tabindex: 0,
        role: "region",
        "aria-label": caption,
    }, h("table", { class: "list" }, h(
        "thead",
        {},
        h("tr", {}, heads.map((head) => head ? h("th", { scope: "col" }, head) : h("td", {}))),
    ),
        h("tbody", {}, rows.map((cells) => h("tr", {}, cells.map((cell) => h("td", {}, cell)))))));
}

function matched(match = {}) {
    return [
        match.type && `types ${match.type.join(", ")}`,
        match.mode && `jobs that ${match.mode}`,
        match.user && `users ${match.user.join(", ")}`,
        match.after_job && `after job ${match.after_job}`,
    ].filter(Boolean).join("; ") || "every job";
}

function ruleForm(make) {
    const input = (name, label, attributes) => h("label", {}, label, h("input", { name, ...attributes }));
    const select = (name, label, choices, attributes) => h(
        "label",
        {},
        label,
        h("select", { name, ...attributes }, choices.map(([value, text]) => h("option", { value }, text))),
    );
    const words = (text) => text ? text.split(/[\s,]+/).filter(Boolean) : undefined;
    const limit = h("input", { name: "limit", type: "number", min: 1, max: 100000, step: 1 });
    // Only a limit has a number, and it has to have one.
    const isLimit = (action) => {
        limit.disabled = action !== "limit";
        limit.required = action === "limit";
    };
    isLimit("pause");
    return h("form", { class: "filters", onsubmit: (event) => {
        event.preventDefault();
        const given = Object.fromEntries(
            [...new FormData(event.currentTarget)].map(([name, value]) => [name, value.trim()]),
        );
        make({
            action: given.action,
            limit: given.limit ? Number(given.limit) : undefined,
            match: { type: words(given.type), user: words(given.user), mode: given.mode || undefined },
            reason: given.reason || undefined,
            expires_at: given.expires ? new Date(given.expires).toISOString() : undefined,
        });
    } },
        input("reason", "Reason", { maxlength: 1000 }),
        select("action", "What", [
            ["pause", "Pause: take jobs, begin none"],
            ["reject", "Reject new jobs"],
            ["limit", "Limit how many run"],
            ["accept", "Accept in spite of later rules"],
        ], { onchange: (event) => isLimit(event.currentTarget.value) }),
        h("label", {}, "At most (for a limit)", limit),
        input("type", "Types", { placeholder: "all, or db_*" }),
        input("user", "Users", { placeholder: "all" }),
        select("mode", "Kind", [["", "All"], ["modify", "Changes configuration"], ["read", "Does not"]]),
        input("expires", "Ends", { type: "datetime-local" }),
        h("button", { class: "primary" }, "Make the rule"));
}
