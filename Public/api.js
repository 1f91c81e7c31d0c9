// Speaks with the server as every client does: docs/api.md says how.

let antiForgery = null;

/** Changes are taken from this page only with the value the session was opened with. */
export function useAntiForgery(value) {
    antiForgery = value;
}

/** Milliseconds a read may take; what takes longer is not known. */
const patience = 30_000;

let login = null;

/** A name and a password go with each request, and no cookie, where this node cannot open a session; null ends that. */
export function useLogin(user, password) {
    login = user === null ? null : `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(`${user}:${password}`)))}`;
}

/** Whether who is logged in here can follow a stream: a browser sends a cookie with it and nothing else. */
export const canStream = () => login === null;

/**
 * Whether the node answers, and when it last did; `confd-reach` on the document tells of a change. Whether it decides, as far as
 * this page was told; `confd-role` tells of a change of that.
 */
export const node = { answers: true, heardAt: new Date(), decides: true };

/** Takes it that this node decides, or that another one does. */
export function tellRole(decides) {
    if (decides === node.decides) return;
    node.decides = decides;
    document.dispatchEvent(new Event("confd-role"));
}

// What a node that does not decide tells of what it knows when it is told that this will do, and what every node tells anyhow.
const known = /^\/(events|exaconf|history|jobs|queue)([/?]|$)/;
const everywhere = /^\/(audit|certificate|cluster|job-types|lockouts|metrics|problems)([/?]|$)/;

const ofThisNode = (path) => `${path}${path.includes("?") ? "&" : "?"}consistency=local`;

/** A path to read, of what this node knows where another one decides. */
export const local = (path) => (!node.decides && known.test(path) ? ofThisNode(path) : path);

const notMaster = () => new Problem(0, {
    title: "Another node decides",
    detail: "Only the node that decides does this. Nothing was done here; the way there stands above.",
    code: "not-master",
});

function heard(answers) {
    if (answers) node.heardAt = new Date();
    if (answers === node.answers) return;
    node.answers = answers;
    document.dispatchEvent(new Event("confd-reach"));
}

/** An answer that says no: the problem's members, with `faults` by the pointer or parameter they are about. */
export class Problem extends Error {
    constructor(status, body) {
        super(body.detail ?? body.title ?? `The server answers ${status}.`);
        this.status = status;
        this.body = body;
        this.code = body.code ?? "";
    }

    /** Whether the same may work a little later without anybody doing anything. */
    get isPassing() {
        return this.status === 0 || this.status === 429 || this.status >= 500;
    }

    get faults() {
        return (this.body.errors ?? []).map(
            (fault) => ({ at: fault.pointer ?? fault.parameter ?? "", text: fault.detail }),
        );
    }
}

/** What comes back for a request; a `Problem` without a status when nothing does. */
async function send(path, { signal, wait = patience, ...options }) {
    const isRead = !options.method || options.method === "GET" || options.method === "HEAD";
    const signals = [signal, isRead && AbortSignal.timeout(wait)].filter(Boolean);
    try {
        const response = await fetch(path, {
            ...options,
            ...login && { credentials: "omit", headers: { ...options.headers, Authorization: login } },
            redirect: "manual",
            signal: AbortSignal.any(signals),
        });
        heard(true);
        if (response.type !== "opaqueredirect") return response;
        // Nothing of this server redirects but a node that is not the master, and another node is not for this page to ask.
        tellRole(false);
        throw notMaster();
    } catch (error) {
        if (error.name === "AbortError" || error instanceof Problem) throw error;
        if (error.name === "TimeoutError") throw new Problem(0, {
            title: "No answer yet",
            detail: `The node has not answered this within ${Math.round(wait / 1000)} seconds.`,
            code: "no-answer",
        });
        check();
        throw new Problem(0, { title: "No answer", detail: "The node does not answer.", code: "no-answer" });
    }
}

/** Asks for what needs no login; resolves to null when the node does not answer, and tells that. */
export async function probe(path) {
    const options = { cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(8000) };
    try {
        const response = await fetch(path, options);
        const text = (await response.text()).trim();
        heard(true);
        return { ok: response.ok, text };
    } catch {
        heard(false);
        return null;
    }
}

/** The page of a node at an address that this node tells; null for what is none. */
export function pageAt(url) {
    if (!URL.canParse(url)) return null;
    const { protocol, origin, href } = new URL(url);
    return protocol === "https:" && href === `${origin}/` ? origin : null;
}

let checking = null;

/** Finds out whether the node answers at all, when something has not come. */
export function check() {
    checking ??= probe("/livez").finally(() => { checking = null; });
    return checking;
}

export async function request(method, path, options = {}) {
    const { body, signal, wait, accept = "application/json", headers = {} } = options;
    const sent = { Accept: accept, ...headers };
    const asked = antiForgery;
    if (body !== undefined) sent["Content-Type"] = "application/json";
    if (method !== "GET" && antiForgery) sent["Confd-CSRF"] = antiForgery;
    const text = body === undefined ? undefined : JSON.stringify(body);
    const ask = (place) => send(place, { method, headers: sent, body: text, signal, wait });
    const response = method === "GET" ? await read(path, ask) : await ask(path);
    if (response.ok) {
        if (response.status === 204) return null;
        return (accept === "application/json" ? response.json() : response.text()).catch((error) => {
            if (error.name === "AbortError") throw error;
            throw new Problem(0, { title: "No answer", detail: "The answer broke off.", code: "no-answer" });
        });
    }
    const problem = new Problem(response.status, await response.json().catch(() => ({})));
    const isOfSession = problem.code !== "login-continues" && !path.startsWith("/sessions") && asked === antiForgery;
    if (problem.status === 401 && isOfSession) {
        document.dispatchEvent(new Event("confd-logged-out"));
    }
    throw problem;
}

/** What comes back for a read: from the node that decides, and where that is another one, or none, of what this one knows. */
async function read(path, ask) {
    // Asked in vain it would only be refused, each time a view looks again.
    if (!node.decides && !known.test(path) && !everywhere.test(path) && path !== "/sessions/current") throw notMaster();
    let refusal;
    try {
        const response = await ask(local(path));
        if (response.status !== 503) return response;
        refusal = { code: (await response.clone().json().catch(() => ({}))).code, response };
    } catch (problem) {
        refusal = problem;
    }
    if (["not-master", "no-master", "no-quorum"].includes(refusal.code) && known.test(path)) return ask(ofThisNode(path));
    if (refusal.response) return refusal.response;
    throw refusal;
}

/** A path with a query; members without a value are left out, lists are repeated. */
export function address(path, query = {}) {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
        for (const one of [value].flat()) if (one !== undefined && one !== null && one !== "") search.append(name, one);
    }
    // A plus is a plus to this server, and no blank.
    return search.size ? `${path}?${search.toString().replaceAll("+", "%20")}` : path;
}

export const get = (path, query, options) => request("GET", address(path, query), options);
export const post = (path, body, options) => request("POST", path, { ...options, body });
export const remove = (path) => request("DELETE", path);
export const text = (path, query, options) => request(
    "GET",
    address(path, query),
    { ...options, accept: "text/plain" },
);

/** The tag of what stands at a path now, for changes that are meant for exactly that. */
export async function tagOf(path) {
    const response = await send(path, { method: "HEAD" });
    const tag = response.ok && response.headers.get("ETag");
    if (!tag) throw new Problem(response.status, { detail: `The server does not say what stands at ${path} now.` });
    return tag;
}

/** A name as one part of a path. */
export const part = encodeURIComponent;

const cures = new Map();

/** Cause and cure of an error code, in the server's own words. */
export function explain(code) {
    if (!cures.has(code)) {
        cures.set(code, get(`/problems/${part(code)}`).catch(() => {
            cures.delete(code);
            return { title: code, cause: "", cure: `It could not be read; it stands at /problems/${code}.` };
        }));
    }
    return cures.get(code);
}
