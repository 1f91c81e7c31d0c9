// Begins: finds out who is logged in, shows the view the address names, and goes from view to view.

import { Problem, canStream, check, get, node, probe, tellRole } from "./api.js";
import { h, put } from "./dom.js";
import { time, timeOfDay } from "./words.js";
import { session, may, resume, end, forget, isElsewhere } from "./session.js";
import * as live from "./live.js";
import { showElsewhere, showLogin } from "./views/login.js";
import { askLead, showLead, waysTo } from "./parts/lead.js";
import { problemBox } from "./parts/problem.js";

const views = [
    { path: "", name: "Overview", load: () => import("./views/overview.js") },
    {
        path: "jobs",
        name: "Jobs",
        load: (rest) => (rest.length ? import("./views/job.js") : import("./views/jobs.js")),
    },
    {
        path: "run",
        name: "Run a job",
        load: (rest) => (rest.length ? import("./views/submit.js") : import("./views/catalogue.js")),
    },
    {
        path: "configuration",
        name: "Configuration",
        load: () => import("./views/configuration.js"),
        needs: "configuration",
    },
    { path: "cluster", name: "Cluster", load: () => import("./views/cluster.js") },
    { path: "history", name: "What happened", load: () => import("./views/history.js") },
    { path: "access", name: "Queue and access", load: () => import("./views/access.js") },
];

const main = document.getElementById("main");
const intro = main.firstElementChild;
const banner = document.getElementById("banner");
const notice = document.getElementById("notice");
let current = new AbortController();
let shown = null;
// What is shown, as an address behind that of the page; a view with a form says what was typed, too.
let whatIsShown = () => location.hash;
// Who decides, in the words of this node.
let lead = null;
// Says who decides to somebody who cannot log in here; null while nothing of that kind is shown.
let tellStranger = null;
// Where other nodes have their pages, for when this one is away.
let others = [];
// Milliseconds after which a view that could not be read is read again; longer each time.
const [shortestPause, longestPause] = [2000, 30_000];
let pause = shortestPause;

/** The address behind the #, as the parts of its path and its query. */
function place() {
    const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
    return { parts: path.split("/").filter(Boolean).map(decodeURIComponent), query: new URLSearchParams(query) };
}

const viewOf = (parts) => views.find((candidate) => candidate.path === (parts[0] ?? "")) ?? views[0];

async function show() {
    if (!session) return;
    const { parts, query } = place();
    const view = viewOf(parts);
    current.abort();
    current = new AbortController();
    const { signal } = current;
    document.body.dataset.view = view.path;
    const page = {
        parts: parts.slice(1),
        query,
        signal,
        main: h("div", { class: "view" }),
        listen: (handler) => live.listen(handler, signal),
        /** `place()` gives the address that shows this view elsewhere as it stands here. */
        carry: (place) => { whatIsShown = place; },
    };
    whatIsShown = () => location.hash;
    for (const link of document.querySelectorAll("#nav a")) {
        if (link.dataset.path === view.path) link.setAttribute("aria-current", "page");
        else link.removeAttribute("aria-current");
    }
    try {
        const { default: render } = await fetched(view, page.parts);
        if (signal.aborted) return;
        await render(page);
        pause = shortestPause;
    } catch (problem) {
        if (signal.aborted) return;
        put(page.main, h("h1", {}, view.name), problemBox(problem));
        if (problem.isPassing) showAgain(problem, signal);
    }
    if (signal.aborted) return;
    put(main, page.main);
    const heading = page.main.querySelector("h1");
    document.title = `${heading?.textContent ?? view.name} – ConfD`;
    // Who goes on by keyboard or ear begins at the new view; the first one leaves the focus where it is.
    if (shown !== null && shown !== location.hash) {
        heading?.setAttribute("tabindex", "-1");
        heading?.focus({ preventScroll: true });
        window.scrollTo(0, 0);
    }
    shown = location.hash;
}

/** The code of a view. */
function fetched(view, parts) {
    return view.load(parts).catch((error) => {
        throw new Problem(0, { title: "No answer", detail: `This view cannot be fetched: ${error.message}`, code: "no-view" });
    });
}

/** Tries a view again that could not be shown. A browser asks for code once only, so without it the page begins anew. */
function showAgain(problem, signal) {
    const timer = setTimeout(async () => {
        if (problem.code !== "no-view") show();
        else if (await check()) location.reload();
        else showAgain(problem, signal);
    }, pause);
    pause = Math.min(2 * pause, longestPause);
    signal.addEventListener("abort", () => clearTimeout(timer));
}

function frame() {
    const nav = document.getElementById("nav");
    put(nav, views.filter((view) => !view.needs || may[view.needs]).map((view) =>
        h("a", { href: `#/${view.path}`, "data-path": view.path }, view.name)));
    nav.hidden = false;
    const account = document.getElementById("account");
    const who = session.user || "logged in";
    put(account, h("span", { class: "who" }, who), h("button", { class: "quiet", onclick: leave }, "Log out"));
    account.hidden = false;
    document.body.dataset.login = "in";
}

async function enter() {
    tellStranger = null;
    frame();
    refresh();
    live.start();
    await show();
}

async function leave() {
    try {
        await end();
    } catch (problem) {
        return void put(notice, problemBox(problem), h("p", {}, "The session goes on."));
    }
    withdraw();
    await begin();
}

/** Back to what anybody sees, with the way in. */
function out(reason) {
    withdraw();
    showLogin(main, intro, reason, enter);
}

/** Leaves what only a login sees. */
function withdraw() {
    live.stop();
    current.abort();
    forget();
    put(notice);
    [shown, tellStranger] = [null, null];
    for (const id of ["nav", "account"]) document.getElementById(id).hidden = true;
    put(document.getElementById("fact-cluster"));
    document.body.dataset.login = "out";
    document.title = "Log in – ConfD";
}

/** Logging in is for another node: the way to its page, and to the view that is asked for; or that nobody decides. */
function away() {
    withdraw();
    tellStranger = showElsewhere(main, intro, () => location.hash, enter);
    tellStranger(lead);
    showLead(null);
}

/**
 * Asks for a login because this session has ended. Several answers tell of the same end; only the first one counts,
 * so that no later one takes away the form somebody is filling in, or the session that came after.
 */
function ended(asked) {
    if (!session || session !== asked) return;
    if (node.decides) out("Your session has ended. Log in to go on where you were.");
    else away();
}

/** What stands above every view, anew. */
async function refresh() {
    const fact = (id, words, state) => {
        const element = document.getElementById(`fact-${id}`);
        if (element.textContent !== words) element.textContent = words;
        if (state) element.dataset.state = state;
    };
    const [ready, address] = await Promise.all(["/readyz?verbose", "/master"].map(probe));
    const told = ready && await askLead(ready.text);
    if (!told || !address) {
        // Who is the master, and which revision there is, stays as it was last told; the ways to other nodes stand elsewhere.
        fact("health", "no answer", "bad");
        showLead(null);
        return;
    }
    lead = told;
    fact("health", ready.ok ? "ready for jobs" : "not ready", ready.ok ? "good" : "bad");
    fact("master", address.ok && lead.name ? `${lead.name}, ${address.text}` : "none now", address.ok ? "good" : "bad");
    fact("role", lead.isHere ? "is the master" : "is not the master");
    if (lead.isHere || lead.isOther) tellRole(lead.isHere);
    // To somebody who cannot log in here it is told where the login would be.
    showLead(tellStranger ? null : lead, () => whatIsShown());
    tellStranger?.(lead);
    if (tellStranger && lead.isHere) {
        tellStranger = null;
        begin();
    }
    const failing = ready.text.split("\n").filter((line) => line.startsWith("[-]")).map((line) => line.slice(4))
        .filter((line) => !lead.advice || !/^(log|master):/.test(line));
    fact("checks", failing.join("; "));
    const revision = /^\[\+\] configuration: revision (\d+)/m.exec(ready.text)?.[1];
    if (revision) fact("revision", revision);
    if (session) await tellCluster();
}

/** The sentence that matters about the cluster, as long as not all is well. */
async function tellCluster() {
    const cluster = await get("/cluster").catch(() => null);
    if (!cluster || !session) return;
    others = cluster.members.filter((member) => member.node !== cluster.node && member.present);
    put(document.getElementById("fact-cluster"), !cluster.is_well && h("a", { href: "#/cluster" }, cluster.sentence));
}

/** Another node decides from now on, or this one does. What is shown stays, and whatever was typed. */
async function changeRole() {
    if (!session) return void refresh();
    // A session that could only look can do more here now.
    if (node.decides && session.isLook && canStream()) await resume().catch(() => {});
    frame();
    live.start();
    live.tell({ type: "reset" });
    refresh();
}

/** Says when the node does not answer, and of when what stands on the page is. */
function tellReach() {
    put(banner, !node.answers && [
        "The node does not answer. What stands here is of ",
        time(node.heardAt.toISOString(), timeOfDay(node.heardAt)),
        " or older; this page goes on trying.",
        others.length > 0 && [" Other nodes:", waysTo(others, () => whatIsShown())],
    ]);
    refresh();
}

document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    main.focus();
});
window.addEventListener("hashchange", show);
document.addEventListener("confd-logged-out", () => ended(session));
document.addEventListener("confd-reach", tellReach);
document.addEventListener("confd-role", changeRole);
document.addEventListener("confd-check-login", () => {
    const asked = session;
    get("/sessions/current").catch((problem) => problem.isPassing || ended(asked));
});
setInterval(() => document.visibilityState === "visible" && refresh(), 10_000);
live.listen(
    (event) => ["config.revision", "master.changed", "node.state", "reset"].includes(event.type) && refresh(),
    new AbortController().signal,
);

// The view is fetched while the server is asked who this is.
const { parts } = place();
viewOf(parts).load(parts.slice(1)).catch(() => {});

/** Goes on with the session there is, or asks for a login; while nobody can tell, it says so and tries again. */
async function begin() {
    try {
        if (await resume()) await enter();
        else out("");
    } catch (problem) {
        if (isElsewhere(problem)) {
            away();
            return void refresh();
        }
        put(main, h("div", { class: "view" }, problemBox(problem), intro));
        setTimeout(begin, 3000);
    }
}

await begin();
