// All jobs there are, by what they are about.

import { h, put } from "../dom.js";
import { breakable, marked, plural } from "../words.js";
import { jobTypes } from "../parts/filters.js";

export default async function render(page) {
    const types = await jobTypes();
    const list = h("div", { class: "nouns" });
    const count = h("p", { class: "count", role: "status" });
    const input = h(
        "input",
        {
            type: "search",
            name: "find",
            placeholder: "start database, user, backup …",
            oninput: () => draw(input.value),
            spellcheck: "false",
        },
    );
    put(page.main, h("h1", {}, "Run a job"),
        h(
            "form",
            {
                class: "filters",
                role: "search",
                "aria-label": "Jobs that can be run",
                onsubmit: (event) => event.preventDefault(),
            },
            h("label", {}, "Search", input),
        ), count, list);
    draw("");

    function draw(text) {
        const words = text.toLowerCase().split(/\s+/).filter(Boolean);
        const fits = (type) => words.every(
            (word) => `${type.name} ${type.noun} ${type.summary}`.toLowerCase().includes(word),
        );
        const found = types.filter(fits);
        count.textContent = plural(found.length, "job");
        const nouns = Map.groupBy(found, (type) => type.noun);
        const sorted = [...nouns].sort(([a], [b]) => (a < b ? -1 : 1));
        put(list, sorted.map(([noun, group]) => h("section", {}, h("h2", {}, noun.replaceAll("_", " ")),
            h(
                "ul",
                { class: "plain" },
                group.map((type) => h(
                    "li",
                    {},
                    h("a", { href: `#/run/${type.name}` }, breakable(type.name)),
                    h("span", { class: "sub" }, marked(type.summary)),
                )),
            ))));
    }
}
