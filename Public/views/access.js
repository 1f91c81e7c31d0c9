// The queue and its rules, sessions and lockouts: each for those who may.

import { get, part, post, remove } from "../api.js";
import { announce, h, put } from "../dom.js";
import { may } from "../session.js";
import { duration, number, time } from "../words.js";
import { ask } from "../parts/dialog.js";
import { problemBox } from "../parts/problem.js";

export default async function render(page) {
    const fault = h("div");
    const places = {
        queue: h("section", { class: "card" }),
        sessions: h("section", { class: "card" }),
        lockouts: h("section", { class: "card" }),
    };
    put(
        page.main,
        h("h1", {}, "Queue and access"),
        fault,
        may.queue && places.queue,
        places.sessions,
        may.queue && places.lockouts,
    );

    const attempt = async (work) => {
        put(fault);
        try { await work(); } catch (problem) { put(fault, problemBox(problem)); }
    };
    const load = (name) => attempt(() => loaders[name]());
    const again = (name, done, work) => attempt(async () => { await work(); await loaders[name](); announce(done); });

    const endSession = async (one) => {
        const words = `${one.user} from ${one.client_addr} has to log in again.`;
        if (await ask("End this session?", words, { confirm: "End it" }) === null) return;
        await again("sessions", "The session is over.", () => remove(`/sessions/${part(one.session_id)}`));
    };

    const loaders = {
        async queue() {
            const queue = await get("/queue", {}, { signal: page.signal });
            const waiting = Object.entries(queue.waiting_for ?? {}).map(
                ([kind, count]) => `${number(count)} for ${kind === "lock" ? "a lock" : kind}`,
            );
            put(places.queue, h("h2", {}, "Queue"),
                h(
                    "p",
                    {},
                    `${number(queue.open)} open, ${number(queue.queued)} of them wait`,
                    waiting.length > 0 && `: ${waiting.join(", ")}`,
                    queue.oldest_age_s !== undefined && ` · the oldest for ${duration(queue.oldest_age_s * 1000)}`,
                ),
                queue.rules.length ? table("Rules", ["Rule", "What", "For", "Reason", "Until", ""], queue.rules.map((rule) => [
                    rule.rule_id,
                    rule.limit === undefined ? rule.action : `limit ${rule.limit}`,
                    matched(rule.match),
                    `${rule.reason ?? ""} (${rule.owner ?? rule.user})`,
                    rule.expires_at ? time(rule.expires_at) : "taken away",
                    h(
                        "button",
                        {
                            class: "danger",
                            "aria-label": `Take rule ${rule.rule_id} away`,
                            onclick: () => again(
                                "queue",
                                "The rule is gone.",
                                () => remove(`/queue/rules/${rule.rule_id}`),
                            ),
                        },
                        "Take away",
                    )]))
                    : h("p", { class: "sub" }, "No rules: every job begins when its turn comes."),
                h(
                    "details",
                    {},
                    h("summary", {}, "New rule"),
                    ruleForm((rule) => again("queue", "The rule is made.", () => post("/queue/rules", rule))),
                ));
        },
        async sessions() {
            const { items } = await get("/sessions", {}, { signal: page.signal });
            put(places.sessions, h("h2", {}, "Sessions"), items.length ? table("Sessions", [
                "User",
                "From",
                "Opened",
                "Last used",
                "",
            ], items.map((one) => [
                one.current ? `${one.user} (this one)`
                    : one.user, one.client_addr, time(one.opened_at), time(one.last_used_at),
                !one.current && h(
                    "button",
                    {
                        class: "danger",
                        "aria-label": `End the session of ${one.user} from ${one.client_addr}`,
                        onclick: () => endSession(one),
                    },
                    "End",
                ),
            ])) : h("p", { class: "sub" }, "None."));
        },
        async lockouts() {
            const { items } = await get("/lockouts", {}, { signal: page.signal });
            put(places.lockouts, h("h2", {}, "Locked out"), items.length ? table("Lockouts", [
                "User",
                "Address",
                "Ends by itself in",
                "",
            ], items.map((lock) => [
                lock.user ?? "everybody there", lock.client_addr, duration(lock.remaining_s * 1000),
                h(
                    "button",
                    {
                        "aria-label": `Let ${lock.user ?? "everybody"} in again from ${lock.client_addr}`,
                        onclick: () => again(
                            "lockouts",
                            "The lock is lifted.",
                            () => remove(`/lockouts/${part(lock.lockout_id)}`),
                        ),
                    },
                    "Let in",
                )]))
                : h("p", { class: "sub" }, "Nobody is locked out."));
        },
    };

    page.listen(
        (event) => { if (may.queue && (event.type === "queue.rules" || event.type === "reset")) load("queue"); },
    );
    const clock = setInterval(
        () => document.visibilityState === "visible" && may.queue && !page.main.querySelector("details[open]")
            && load("queue"),
        5000,
    );
    page.signal.addEventListener("abort", () => clearInterval(clock));
    await Promise.all(Object.keys(places).filter((name) => name === "sessions" || may.queue).map(load));
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
    const words = (text) => text.split(/[\s,]+/).filter(Boolean);
    return h("form", { class: "filters", onsubmit: (event) => {
        event.preventDefault();
        const given = Object.fromEntries(
            [...new FormData(event.currentTarget)].map(([name, value]) => [name, value.trim()]),
        );
        const match = {
            type: given.type ? words(given.type) : undefined,
            user: given.user ? words(given.user) : undefined,
            mode: given.mode || undefined,
        };
        make({
            action: given.action,
            limit: given.action === "limit" ? Number(given.limit) : undefined,
            match,
            reason: given.reason || undefined,
            expires_at: given.expires ? new Date(given.expires).toISOString() : undefined,
        });
    } },
        input("reason", "Reason", {}),
        h(
            "label",
            {},
            "What",
            h(
                "select",
                { name: "action" },
                [
                    ["pause", "Pause: take jobs, begin none"],
                    ["reject", "Reject new jobs"],
                    ["limit", "Limit how many run"],
                    ["accept", "Accept in spite of later rules"],
                ].map(([value, text]) => h("option", { value }, text)),
            ),
        ),
        input(
            "limit",
            "At most (for a limit)",
            { inputmode: "numeric" },
        ), input("type", "Types", { placeholder: "all, or db_*" }), input("user", "Users", { placeholder: "all" }),
        h(
            "label",
            {},
            "Kind",
            h(
                "select",
                { name: "mode" },
                [
                    ["", "All"],
                    ["modify", "Changes configuration"],
                    ["read", "Does not"],
                ].map(([value, text]) => h("option", { value }, text)),
            ),
        ),
        input("expires", "Ends", { type: "datetime-local" }), h("button", { class: "primary" }, "Make the rule"));
}
