// Who is logged in here, and what this login may see.

import { canStream, get, post, remove, useAntiForgery, useLogin } from "./api.js";

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

const noMaster = ["not-master", "no-master", "no-quorum"];

/** Whether a problem says that this node answers no login now: another one decides, or none. */
export const isElsewhere = (problem) => noMaster.includes(problem.code);

/**
 * Goes on with the session of this browser, if it has one. A node that does not decide knows sessions, too, and lets them look;
 * it does not tell whose they are. Throws a `Problem` when nobody can tell, or when logging in is for another node.
 */
export async function resume() {
    try {
        await take(await get("/sessions/current"));
        return true;
    } catch (problem) {
        if (isElsewhere(problem) && await look("")) return true;
        if (problem.isPassing) throw problem;
        return false;
    }
}

/** Whether this node lets a login look that it knows already, by cookie or by password. */
async function look(user) {
    try {
        await get("/cluster");
        await take({ user, isLook: true });
        return true;
    } catch (problem) {
        if (problem.status !== 401) throw problem;
        return false;
    }
}

/**
 * Looks at a node that can open no session. The password is kept in the memory of this page, which a reload ends; whether it is
 * right.
 */
export async function lookIn(user, password) {
    useLogin(user, password);
    const isRight = await look(user).catch((problem) => { useLogin(null); throw problem; });
    if (!isRight) useLogin(null);
    return isRight;
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
    useLogin(null);
}

/** Ends the session; throws a `Problem` when it may go on. */
export async function end() {
    // What goes with each request is no session.
    if (canStream()) await remove("/sessions/current").catch((problem) => { if (problem.isPassing) throw problem; });
    forget();
}
