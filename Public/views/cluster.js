// The nodes of the cluster: first what matters, then who decides, who has a vote, who is behind.

import { get, pageAt } from "../api.js";
import { h, put } from "../dom.js";
import { number, time } from "../words.js";
import { card } from "../parts/reading.js";
import { roster } from "../parts/roster.js";

export default async function render(page) {
    const first = h("p", { class: "calm first", role: "status" });
    const members = card(page, "Nodes", {
        read: () => get("/cluster", {}, { signal: page.signal }),
        draw(cluster) {
            // The same words again are nothing to announce.
            if (first.textContent !== cluster.sentence) put(first, sentence(cluster));
            return [table(cluster), h("p", { class: "sub" }, votes(cluster))];
        },
    });
    page.main.append(h("h1", {}, "Cluster"), first, members.place);
    page.listen((event) => {
        if (["node.state", "master.changed", "config.revision", "reset"].includes(event.type)) members.load();
    });
    // Nothing tells how far the others are in the log.
    const clock = setInterval(() => document.visibilityState === "visible" && members.load(), 10_000);
    page.signal.addEventListener("abort", () => clearInterval(clock));
    await members.load();
}

const mark = (state, word) => h("span", { class: "state", "data-state": state }, word);

/** The sentence that matters; what to do where nobody decides stands above every view. */
function sentence(cluster) {
    return mark(cluster.is_well ? "good" : cluster.quorum.is_there && !cluster.reason ? "warn" : "bad", cluster.sentence);
}

/** The votes, and what the next loss would do. */
function votes(cluster) {
    const { quorum, one_more_away: next } = cluster;
    const isAlone = cluster.members.length === 1;
    return [
        `${quorum.votes_present} of ${quorum.votes} votes are there, ${quorum.votes_needed} needed`,
        !isAlone && !cluster.sentence.endsWith(next.sentence) && next.sentence,
        cluster.term !== undefined && `term ${number(cluster.term)}`,
    ].filter(Boolean).join("; ");
}

function stateOf(member) {
    if (!member.present) return [mark("bad", "away"), member.away_since && [" since ", time(member.away_since)]];
    if (member.suspended) return mark("off", "suspended");
    return member.laggard ? mark("warn", member.ready ? "behind" : "not ready") : mark("good", "ready");
}

const table = (cluster) => roster(
    "Nodes of the cluster",
    ["Node", "Address", "Role", "Vote", "Version", "Revision", "Lag", "State", "Note"],
    [
        ...cluster.members.map((member) => row(member, member.node === cluster.node)),
        ...(cluster.witness ? [witnessRow(cluster.witness)] : []),
    ],
);

/** A machine with a vote and nothing else has no page, and none of what nodes have. */
const witnessRow = (witness) => [
    "witness",
    witness.address,
    "witness",
    witness.vote ? "yes" : "no",
    witness.version ?? "",
    "",
    "",
    witness.present
        ? mark("good", "ready") : [mark("bad", "away"), witness.away_since && [" since ", time(witness.away_since)]],
    witness.present ? witness.note : "",
];

const row = (member, isThis) => [
    nameOf(member, isThis),
    member.address ?? "",
    member.role,
    member.vote ? "yes" : "no",
    member.version ?? "",
    member.revision === undefined ? "" : number(member.revision),
    // Entries of the log.
    number(member.lag),
    stateOf(member),
    // When it went stands beside its state.
    [isThis && "this node", member.present && member.note].filter(Boolean).join("; "),
];

/** A node's name, with the way to its page where that is another one. */
function nameOf(member, isThis) {
    const name = [member.node, member.name].filter(Boolean).join(", ");
    const origin = !isThis && member.present && pageAt(member.url ?? "");
    return origin ? h("a", { href: `${origin}/#/cluster` }, name) : name;
}
