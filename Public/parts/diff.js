// A difference side by side: what was on the left, what is on the right, changed words marked.

import { h } from "../dom.js";

/** Reads a unified difference into hunks of lines `{ old, new }`, each `{ number, text }` or absent. */
export function parse(unified) {
    const hunks = [];
    let [left, right] = [0, 0];
    let [gone, come] = [[], []];
    const flush = () => {
        const count = Math.max(gone.length, come.length);
        for (let at = 0; at < count; at++) hunks.at(-1).lines.push({ old: gone[at], new: come[at] });
        [gone, come] = [[], []];
    };
    for (const line of unified.split("\n")) {
        const head = /^@@ -(\d+)(?:,\d+)? \+(\d+)/.exec(line);
        if (head) {
            if (hunks.length) flush();
            [left, right] = [Number(head[1]), Number(head[2])];
            hunks.push({ line: right, lines: [] });
        } else if (!hunks.length) {
            continue;
        } else if (line.startsWith("-")) {
            if (come.length) flush();
            gone.push({ number: left++, text: line.slice(1) });
        } else if (line.startsWith("+")) {
            come.push({ number: right++, text: line.slice(1) });
        } else if (line.startsWith(" ")) {
            flush();
            const text = line.slice(1);
            hunks.at(-1).lines.push({ old: { number: left++, text }, new: { number: right++, text }, isSame: true });
        }
    }
    if (hunks.length) flush();
    return hunks;
}

/** A list of the lines, or a word that there are none. */
export function difference(unified) {
    const hunks = parse(unified ?? "");
    if (!hunks.length) return h("p", { class: "sub" }, "No difference in the configuration.");
    return h("ol", { class: "diff" }, hunks.map((hunk) => [
        h("li", { class: "hunk" }, `From line ${hunk.line}`),
        hunk.lines.map((pair) => h("li", {}, side(pair, "old"), side(pair, "new"))),
    ]));
}

function side(pair, which) {
    const line = pair[which];
    if (!line) return h("span", { class: "blank", "aria-hidden": "true" });
    const cells = (sign, text) => [
        h("span", { class: "no", "aria-hidden": "true" }, line.number),
        h("span", { "aria-hidden": "true" }, sign),
        h("span", {}, text),
    ];
    // Read aloud, a line that is the same counts once.
    if (pair.isSame) return h(
        "span",
        { class: "same", "aria-hidden": which === "old" ? undefined : "true" },
        cells(" ", line.text),
    );
    const marked = pair.old && pair.new ? mark(line.text, pair[which === "old" ? "new" : "old"].text) : line.text;
    return which === "old" ? h("del", {}, cells("−", marked)) : h("ins", {}, cells("+", marked));
}

/** The part of a line that differs from its other side, marked; nothing when they have little in common. */
function mark(text, other) {
    let start = 0;
    while (start < text.length && text[start] === other[start]) start++;
    let end = 0;
    while (end < Math.min(text.length, other.length) - start && text.at(-1 - end) === other.at(-1 - end)) end++;
    // Whole words are marked: that two checksums end in the same letter tells nobody anything.
    while (start > 0 && /\w/.test(text[start - 1])) start--;
    while (end > 0 && /\w/.test(text.at(-end))) end--;
    if (start + end < text.length / 3 || start + end === text.length) return text;
    return [text.slice(0, start), h("b", {}, text.slice(start, text.length - end)), text.slice(text.length - end)];
}
