// What is bounded, and how much of it is taken, by the numbers the daemon tells administrators.

import { h } from "../dom.js";
import { bytes, number, plural } from "../words.js";

const names = {
    free: "confd_store_free_bytes",
    low: "confd_store_low_bytes",
    reserved: "confd_store_reserved_bytes",
    reserve: "confd_store_reserve_bytes",
    history: "confd_history_bytes",
    historyLimit: "confd_history_limit_bytes",
    share: "confd_history_largest_share_bytes",
    spent: "confd_history_spent_users",
    looks: "confd_looks_unrecorded_total",
    events: "confd_audit_unrecorded_total",
    memory: "confd_body_memory_bytes",
    memoryLimit: "confd_body_memory_limit_bytes",
    waiting: "confd_body_memory_waiting_requests",
};

/** The levels that a text of metrics tells; what it does not tell is left out. */
export function levels(text) {
    const told = new Map(text.split("\n").map((line) => line.split(" ")).filter((words) => words.length === 2));
    const known = Object.entries(names).filter(([, name]) => told.has(name));
    return Object.fromEntries(known.map(([key, name]) => [key, Number(told.get(name))]));
}

/** A table of them; what stands beside a level says what it means, and what is wrong with it. */
export function room(now) {
    const isLow = now.free < now.low;
    return h(
        "table",
        { class: "list" },
        h("caption", { class: "unseen" }, "Room"),
        h(
            "tbody",
            {},
            row("Free on the disk", now.free, bytes, isLow && "bad", isLow
                ? "room is low: jobs of others than administrators are refused"
                : `low below ${bytes(now.low)}`),
            row(
                "Kept for administrators and the audit log",
                now.reserved,
                bytes,
                now.reserved < now.reserve && "warn",
                `of ${bytes(now.reserve)}`,
            ),
            row(
                "History",
                now.history,
                bytes,
                now.history > now.historyLimit && "warn",
                now.historyLimit === undefined ? "of any size" : `of ${bytes(now.historyLimit)}`,
            ),
            row("History of one user in an hour", now.share, bytes, now.spent > 0 && "warn", now.spent > 0
                ? `of 1 GiB; looks of ${plural(now.spent, "user")} leave no record`
                : "at most, of 1 GiB"),
            row("Looks that were counted only", now.looks, number, now.looks > 0 && "warn", "since the start"),
            row("Audit events that were counted only", now.events, number, now.events > 0 && "bad", "since the start"),
            row(
                "Memory of requests",
                now.memory,
                bytes,
                now.waiting > 0 && "warn",
                `of ${bytes(now.memoryLimit)}${now.waiting > 0 ? `; ${plural(now.waiting, "request")} in line` : ""}`,
            ),
        ),
    );
}

const row = (title, level, words, trouble, meaning) => h(
    "tr",
    {},
    h("td", { class: "main" }, title),
    h("td", {}, level === undefined ? mark("unknown", "unknown") : mark(trouble || "good", words(level))),
    h("td", {}, level === undefined ? "" : meaning),
);

const mark = (state, word) => h("span", { class: "state", "data-state": state }, word);
