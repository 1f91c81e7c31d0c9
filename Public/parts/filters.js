// What several filters offer.

import { get } from "../api.js";
import { h } from "../dom.js";

export const spans = {
    "": { text: "Any time" }, "1h": { text: "Last hour", hours: 1 }, "24h": { text: "Last 24 hours", hours: 24 },
    "7d": { text: "Last 7 days", hours: 168 }, "30d": { text: "Last 30 days", hours: 720 },
};

/** The spans as choices of a form. */
export const spanChoices = Object.entries(spans).map(([value, { text }]) => [value, text]);

/** Where a span begins, as the server reads times; undefined for all of time. */
export function since(span) {
    const hours = spans[span]?.hours;
    return hours ? new Date(Date.now() - hours * 3_600_000).toISOString() : undefined;
}

let types = null;

/** All jobs there are, as their descriptions. */
export function jobTypes() {
    types ??= get("/job-types").then((answer) => answer.items).catch((problem) => { types = null; throw problem; });
    return types;
}

export const typeNames = () => jobTypes().then((all) => all.map((type) => type.name)).catch(() => []);

/** A labelled text box of a form of filters. */
export function input(chosen, name, label, attributes = {}) {
    return h(
        "label",
        {},
        label,
        h("input", { name, value: chosen[name], spellcheck: "false", autocapitalize: "none", ...attributes }),
    );
}

/** A labelled choice among `[value, words]`. */
export function select(chosen, name, label, options, attributes = {}) {
    return h(
        "label",
        attributes,
        label,
        h(
            "select",
            { name },
            options.map(([value, words]) => h("option", { value, selected: value === chosen[name] }, words)),
        ),
    );
}

/** A form that calls `apply(form)` when it is sent, at each choice, and when typing pauses. */
export function filterForm(label, apply, ...fields) {
    let timer;
    const later = (form, pause) => {
        clearTimeout(timer);
        timer = setTimeout(() => apply(form), pause);
    };
    return h("form", {
        class: "filters",
        role: "search",
        "aria-label": label,
        onsubmit: (event) => {
            event.preventDefault();
            later(event.currentTarget, 0);
        },
        oninput: ({ currentTarget, target }) => later(currentTarget, target.tagName === "SELECT" ? 0 : 300),
    }, ...fields);
}

/** What is chosen by an address, and what usually is. */
export function chosenBy(query, usual) {
    return Object.fromEntries(Object.entries(usual).map(([name, value]) => [name, query.get(name) ?? value]));
}

/** What is chosen as an address of the view, without what usually is. */
export function address(view, chosen, usual) {
    const query = new URLSearchParams(Object.entries(chosen).filter(([name, value]) => value !== usual[name]));
    return `#/${view}${query.size ? `?${query}` : ""}`;
}
