// Who is logged in here, and what this login may see.

import { get, post, request, remove, useAntiForgery } from "./api.js";

/** `null` when nobody is logged in. */
export let session = null;
/** What the login may see besides its own jobs. */
export const may = { queue: false, configuration: false };

async function take(opened) {
    session = opened;
    useAntiForgery(opened.csrf_token);
    // Only a refusal says that it may not; what cannot be told now the views will say.
    const allowed = (path) => get(path, {}).then(() => true, (problem) => problem.status !== 403);
    [may.queue, may.configuration] = await Promise.all([allowed("/queue"), allowed("/exaconf/revisions?limit=1")]);
}

/** Goes on with the session of this browser, if it has one; throws a `Problem` when nobody can tell, or the master has to. */
export async function resume() {
    try {
        await take(await get("/sessions/current"));
        return true;
    } catch (problem) {
        if (problem.isPassing) throw problem;
        return false;
    }
}

export async function begin(user, password) {
    await take(await post("/sessions", { user, password, cookie: true }));
}

/** Answers what the login asks besides the password. */
export async function answer(challenge, answers) {
    await take(await post(`/sessions/${challenge}`, { answers, cookie: true }));
}

export function forget() {
    session = null;
    useAntiForgery(null);
}

/** Ends the session; throws a `Problem` when it may go on. */
export async function end() {
    await remove("/sessions/current").catch((problem) => { if (problem.isPassing) throw problem; });
    forget();
}
