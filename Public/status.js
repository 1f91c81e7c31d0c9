// Shows what the node tells anybody: who is master, and whether jobs are taken. Nothing here needs a login.

const interval = 10_000;

async function ask(path) {
    try {
        const response = await fetch(path, { cache: "no-store", credentials: "omit" });
        return { ok: response.ok, text: await response.text(), node: response.headers.get("Confd-Node") };
    } catch {
        return { ok: false, text: "no answer", node: null };
    }
}

function show(id, text, state) {
    const element = document.getElementById(id);
    element.textContent = text;
    element.className = state === undefined ? "" : state ? "good" : "bad";
}

async function update() {
    const [master, isMaster, ready] = await Promise.all([ask("/master"), ask("/is_master"), ask("/readyz?verbose")]);
    show("node", ready.node ?? "unknown", ready.node === null ? false : undefined);
    show("master", master.ok ? master.text : "none", master.ok ? undefined : false);
    show("is-master", isMaster.ok ? "yes" : "no");
    show("ready", ready.ok ? "yes" : "no", ready.ok);
    show("checks", ready.text.trim());
    show("time", new Date().toLocaleString());
    setTimeout(update, interval);
}

update();
