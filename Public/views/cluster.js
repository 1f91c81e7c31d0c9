// The nodes of the cluster: who decides, who has a vote, who is behind, and what it means when one more goes.

import { get } from "../api.js";
import { h } from "../dom.js";
import { number, time } from "../words.js";
import { card } from "../parts/reading.js";

export default async function render(page) {
    const members = card(page, "Nodes", {
        read: () => get("/cluster", {}, { signal: page.signal }),
        draw: (cluster) => [summary(cluster), table(cluster)],
    });
    page.main.append(h("h1", {}, "Cluster"), members.place);
    page.listen((event) => {
        if (["node.state", "master.changed", "config.revision", "reset"].includes(event.type)) members.load();
    });
    // Nothing tells how far the others are in the log.
    const clock = setInterval(() => document.visibilityState === "visible" && members.load(), 10_000);
    page.signal.addEventListener("abort", () => clearInterval(clock));
    await members.load();
}

const mark = (state, word) => h("span", { class: "state", "data-state": state }, word);

/** The sentence that matters, votes, and what the next loss would do. */
function summary(cluster) {
    const { quorum, one_more_away: next } = cluster;
    const state = cluster.is_well ? "good" : quorum.is_there && !cluster.reason ? "warn" : "bad";
    const isAlone = cluster.members.length === 1;
    return [
        h("p", { class: "calm" }, mark(state, cluster.sentence)),
        h("p", { class: "sub" }, [
            `${quorum.votes_present} of ${quorum.votes} votes are there, ${quorum.votes_needed} needed`,
            !isAlone && !cluster.sentence.endsWith(next.sentence) && next.sentence,
            cluster.term !== undefined && `term ${number(cluster.term)}`,
        ].filter(Boolean).join("; ")),
    ];
}

function stateOf(member) {
    if (!member.present) return [mark("bad", "away"), member.away_since && [" since ", time(member.away_since)]];
    if (member.suspended) return mark("off", "suspended");
    return member.laggard ? mark("warn", member.ready ? "behind" : "not ready") : mark("good", "ready");
}

const heads = ["Node", "State", "Role", "Vote", "Revision", "Entries behind", "Version", "Address", "Note"];

function table(cluster) {
    return h(
        "div",
        { class: "scroll", tabindex: 0, role: "region", "aria-label": "Nodes of the cluster" },
        h(
            "table",
            { class: "list" },
            h("thead", {}, h("tr", {}, heads.map((head) => h("th", { scope: "col" }, head)))),
            h("tbody", {}, cluster.members.map((member) => row(member, cluster))),
        ),
    );
}

const row = (member, cluster) => h(
    "tr",
    {},
    h("td", { class: "main" }, [member.node, member.name].filter(Boolean).join(", ")),
    [
        stateOf(member),
        member.role + (member.node === cluster.node ? ", this node" : ""),
        member.vote ? "yes" : "no",
        member.revision === undefined ? "" : number(member.revision),
        number(member.lag),
        member.version ?? "",
        member.address ?? "",
        // When it went stands beside its state.
        member.present ? member.note : "",
    ].map((cell) => h("td", {}, cell)),
);
