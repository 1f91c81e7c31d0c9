// What a view has read from the server. It is shown as long as it is true, and with its age when it could not be
// read again: a view never shows something empty that it does not know to be empty.

import { Problem } from "../api.js";
import { h, put } from "../dom.js";
import { problemBox } from "./problem.js";

const [shortestPause, longestPause] = [2000, 30_000];

/** Words for a problem that is none: somebody else may look, or another node tells it. */
function calm(problem) {
    if (problem.status === 403) return h("p", { class: "sub" }, "Not for this login.");
    return problem.code === "not-master" ? h("p", { class: "sub" }, "Only the node that decides tells this.") : null;
}

/**
 * Says in `note` whether what a view shows is what the server has: nothing after `good()`; after `failed(problem, again)`
 * why not, and of when it is, if it was ever read. `again` is called when the problem may have passed by itself.
 * `forget()` says that what stands there is not what is to be read from now on. Other errors than problems are thrown.
 */
export function freshness(page) {
    const note = h("div", { class: "stale" });
    let readAt = null;
    let pause = shortestPause;
    let timer;
    let said = "";

    function say(box) {
        // The same words again are nothing to announce.
        if ((box?.textContent ?? "") === said) return;
        said = box?.textContent ?? "";
        put(note, box);
    }

    page.signal.addEventListener("abort", () => clearTimeout(timer));
    return {
        note,
        get isKnown() { return readAt !== null; },
        good() {
            clearTimeout(timer);
            [readAt, pause] = [new Date(), shortestPause];
            say(null);
        },
        failed(problem, again) {
            if (problem.name === "AbortError") return;
            if (!(problem instanceof Problem)) throw problem;
            if (page.signal.aborted) return;
            clearTimeout(timer);
            say(calm(problem) ?? problemBox(problem, readAt));
            if (!problem.isPassing) return;
            timer = setTimeout(again, pause);
            pause = Math.min(2 * pause, longestPause);
        },
        forget() { readAt = null; },
    };
}

/**
 * One thing that a view reads and shows. `load()` calls `read()`, then `show(what)` with what came; when reading fails,
 * `note` says so, and `clear()` takes away what stands there if that was never read.
 */
export function reading(page, { read, show, clear = () => {} }) {
    const fresh = freshness(page);
    let [turn, shown] = [0, 0];

    async function load() {
        const mine = ++turn;
        try {
            const what = await read();
            if (mine < shown || page.signal.aborted) return;
            shown = mine;
            fresh.good();
            show(what);
        } catch (problem) {
            if (mine < turn) return;
            if (!fresh.isKnown && problem instanceof Problem) clear();
            fresh.failed(problem, load);
        }
    }

    return { note: fresh.note, load };
}

/** A card of a view with a heading; `draw(what)` gives the elements for what was read. */
export function card(page, title, { read, draw }) {
    const body = h("div", { class: "body" }, h("p", { class: "sub" }, "…"));
    let drawn = "";
    const show = (what) => {
        // What has not changed stays, and with it the focus of who stands there.
        const text = JSON.stringify(what, (_, value) => value instanceof Problem ? value.message : value);
        if (text !== drawn) put(body, draw(what));
        drawn = text;
    };
    const { note, load } = reading(page, { read, show, clear: () => put(body) });
    return { place: h("section", { class: "card" }, h("h2", {}, title), note, body), load };
}
