// Speaks with the server as every client does: docs/api.md says how.

let antiForgery = null;

/** Changes are taken from this page only with the value the session was opened with. */
export function useAntiForgery(value) {
    antiForgery = value;
}

/** An answer that says no: the problem's members, with `faults` by the pointer or parameter they are about. */
export class Problem extends Error {
    constructor(status, body) {
        super(body.detail ?? body.title ?? `The server answers ${status}.`);
        this.status = status;
        this.body = body;
        this.code = body.code ?? "";
    }

    get faults() {
        return (this.body.errors ?? []).map(
            (fault) => ({ at: fault.pointer ?? fault.parameter ?? "", text: fault.detail }),
        );
    }
}

export async function request(method, path, { body, signal, accept = "application/json", headers = {} } = {}) {
    const sent = { Accept: accept, ...headers };
    if (body !== undefined) sent["Content-Type"] = "application/json";
    if (method !== "GET" && antiForgery) sent["Confd-CSRF"] = antiForgery;
    let response;
    try {
        response = await fetch(
            path,
            { method, headers: sent, body: body === undefined ? undefined : JSON.stringify(body), signal },
        );
    } catch (error) {
        if (error.name === "AbortError") throw error;
        throw new Problem(
            0,
            { detail: "The node does not answer. It may be restarting; this page goes on trying.", code: "no-answer" },
        );
    }
    if (response.ok) {
        if (response.status === 204) return null;
        return accept === "application/json" ? response.json() : response.text();
    }
    const problem = new Problem(response.status, await response.json().catch(() => ({})));
    if (problem.status === 401 && problem.code !== "login-continues" && !path.startsWith("/sessions")) {
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
    const response = await fetch(path, { method: "HEAD" });
    return response.headers.get("ETag");
}

/** A name as one part of a path. */
export const part = encodeURIComponent;

const cures = new Map();

/** Cause and cure of an error code, in the server's own words. */
export function explain(code) {
    if (!cures.has(code)) {
        cures.set(code, text(`/problems/${part(code)}`).then((page) => {
            const [head, rest = ""] = page.split(/\nCause\n/);
            const [cause, cure = ""] = rest.split(/\nCure\n/);
            return { title: head.split("\n")[0], cause: cause.trim(), cure: cure.trim() };
        }).catch(() => ({ title: code, cause: "", cure: "" })));
    }
    return cures.get(code);
}
