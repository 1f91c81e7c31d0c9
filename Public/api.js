// Speaks with the server as every client does: docs/api.md says how.

let antiForgery = null;

/** Changes are taken from this page only with the value the session was opened with. */
export function useAntiForgery(value) {
    antiForgery = value;
}

/** Milliseconds a read may take; what takes longer is not known. */
const patience = 30_000;

/** Whether the node answers, and when it last did; `confd-reach` on the document tells of a change. */
export const node = { answers: true, heardAt: new Date() };

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
        const response = await fetch(path, { ...options, redirect: "manual", signal: AbortSignal.any(signals) });
        heard(true);
        if (response.type !== "opaqueredirect") return response;
        // Nothing of this server redirects but a node that is not the master, and another node is not for this page to ask.
        document.dispatchEvent(new Event("confd-elsewhere"));
        throw new Problem(0, {
            title: "Another node is the master",
            detail: "This node is not the master, so it does not answer this.",
            code: "not-master",
        });
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

/**
 * Where the page of the master is, in this node's own words; null when nobody decides. It is never taken from the address of
 * this page, which anybody can make up.
 */
export async function masterPage() {
    const told = await probe("/master?info_type=url");
    if (!told?.ok || !URL.canParse(told.text)) return null;
    const { protocol, origin, href } = new URL(told.text);
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
    const response = await send(path, { method, headers: sent, body: text, signal, wait });
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
