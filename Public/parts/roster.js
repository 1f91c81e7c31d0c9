// Rows of many short facts: a table, and where there is no room for one a list with the name of each fact beside it.

import { h } from "../dom.js";

/** `heads` are the names of the facts; a row is a list of cells, each text, an element or a list of these. */
export function roster(title, heads, rows) {
    const cell = (content, at) => h(
        at === 0 ? "th" : "td",
        // Without its roles a table that is shown as a list is none to a screen reader.
        { role: at === 0 ? "rowheader" : "cell", scope: at === 0 ? "row" : undefined, "data-head": heads[at] },
        h("span", {}, content),
    );
    return h(
        "table",
        { class: "list roster", role: "table" },
        h("caption", { class: "unseen" }, title),
        h(
            "thead",
            { role: "rowgroup" },
            h("tr", { role: "row" }, heads.map((head) => h("th", { role: "columnheader", scope: "col" }, head))),
        ),
        h("tbody", { role: "rowgroup" }, rows.map((cells) => h("tr", { role: "row" }, cells.map(cell)))),
    );
}
