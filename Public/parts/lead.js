// Which node decides, as long as it is not this one, and the way to its page.

import { node, pageAt, probe } from "../api.js";
import { h } from "../dom.js";

/** What it means that nobody decides, as far as this node knows, and what to do, by the code of the reason; the worst first. */
const advice = {
    joining: "This node is joining and does not know yet all that was decided. Wait, or read its log: journalctl -u confd.",
    "no-quorum": "Too few nodes are there to decide anything. Bring those back that are away: until then nothing can be changed. "
        + "Databases and file services go on.",
    behind: "This node has not heard from the others and may be behind. Look at its network, and whether the others run.",
    "no-master": "No node decides now; one is being elected, as a rule within seconds. Until then nothing can be changed. "
        + "Databases and file services go on.",
};

/**
 * What this node says of who decides: `isHere`, or `origin` and `name` of the page of the node that does, or the `advice` for a
 * cluster in which none does, with the nodes that are `away`. `null` when the node does not answer.
 *
 * The way never comes from the address of this page, which anybody can make up.
 */
export async function askLead(checks) {
    const [url, name, isMaster] = await Promise.all(
        ["/master?info_type=url", "/master?info_type=name", "/is_master"].map(probe));
    if (!url || !name || !isMaster) return null;
    const decider = /^\[.\] master: node (\d+)/m.exec(checks)?.[1];
    const own = parseInt(document.getElementById("fact-node").textContent, 10);
    // A node that is alone has no such check, and is no master for as long as it is not ready.
    const isAlone = url.ok && decider === undefined && node.decides;
    if (isMaster.text === "true" || decider === String(own) || isAlone) return { isHere: true, name: name.text };
    if (url.ok) return { isHere: false, isOther: decider !== undefined, origin: pageAt(url.text), name: name.text };
    // Too few nodes is why a node hears nothing, too.
    const found = [...checks.matchAll(/^\[-\] (?:log|master): (joining|no-quorum|behind|no-master)/gm)].map((match) => match[1]);
    const reason = Object.keys(advice).find((one) => found.includes(one)) ?? "no-master";
    const away = /^\[.\] members: (.+) away/m.exec(checks)?.[1];
    return { isHere: false, advice: advice[reason], away };
}

/**
 * Says above every view who decides, or that nobody does; nothing where `lead` is null. `place()` is what is shown here, as an
 * address behind that of the page.
 */
export function showLead(lead, place) {
    const [words, way] = ["words", "way"].map((name) => document.getElementById(`lead-${name}`));
    const text = wordsOf(lead);
    if (words.textContent !== text) words.textContent = text;
    words.parentElement.dataset.state = lead?.advice ? "bad" : "";
    const target = lead?.origin;
    const title = target ? `Go on at ${lead.name}` : "";
    if (way.textContent !== title) way.textContent = title;
    way.hidden = !target;
    if (target) follow(way, target, place);
}

function wordsOf(lead) {
    if (!lead || lead.isHere) return "";
    if (lead.advice) return lead.advice;
    if (!lead.origin) return "";
    return `${lead.name} decides, not this node. Here stands what this node knows; changes are made at ${lead.name}.`;
}

/** Links to the pages of other nodes, with what is shown here. */
export const waysTo = (members, place) => members.map((member) => {
    const origin = pageAt(member.url ?? "");
    return origin && [" ", follow(h("a", {}, member.name ?? `node ${member.node}`), origin, place)];
});

/** What is shown, and what was typed, may be another by the time somebody goes. */
function follow(link, origin, place) {
    link.onclick = link.onauxclick = link.onfocus = () => { link.href = `${origin}/${place()}`; };
    link.onfocus();
    return link;
}
