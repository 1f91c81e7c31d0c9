// A form for one job, built from its own description: fill in, look at what it would do, then do it.

import { Problem, explain, get, part, post } from "../api.js";
import { h, put } from "../dom.js";
import { breakable, brief, marked, plural } from "../words.js";
import { difference } from "../parts/diff.js";
import { field, read } from "../parts/field.js";
import { problemBox } from "../parts/problem.js";

export default async function render(page) {
    const name = page.parts[0];
    const [type, earlier] = await Promise.all([
        get(`/job-types/${part(name)}`, {}, { signal: page.signal }), before(page.query.get("from"))]);
    const typed = typedElsewhere(page.query.get("typed"));
    const given = { ...earlier, ...typed?.params };
    const needed = type.parameters.filter((parameter) => parameter.mandatory);
    const further = type.parameters.filter((parameter) => !parameter.mandatory);
    const outcome = h("div", { class: "view" });
    const summary = h("div");
    const fields = (list) => list.map((parameter) => field(parameter, given[parameter.name]));
    const isPlain = type.mode === "read";

    const onsubmit = (event) => {
        event.preventDefault();
        preview();
    };
    const form = h("form", { class: "view", novalidate: true, onsubmit, oninput: () => put(outcome) },
        summary,
        h("fieldset", { class: "card" }, h("legend", { class: "unseen" }, "Parameters"),
            h(
                "div",
                { class: "parameters" },
                needed.length ? fields(needed) : h("p", { class: "sub" }, "This job needs no parameters."),
            ),
            further.length > 0 && h("details", {
                open: further.some((parameter) => parameter.name in given) || undefined,
            },
                h(
                    "summary",
                    {},
                    `${plural(further.length, "parameter")} more, none of them needed`,
                ), h("div", { class: "parameters" }, fields(further)))),
        h("fieldset", { class: "card" }, h("legend", { class: "unseen" }, "The job itself"),
            h(
                "div",
                { class: "field" },
                h("label", { for: "reason" }, "Reason ", h("span", { class: "need" }, "kept with the job")),
                h("input", { id: "reason", name: "job-reason", maxlength: 1000, value: brief(typed?.reason) }),
            ),
            h("details", {}, h("summary", {}, "Priority and time limit"), h("div", { class: "parameters" },
                h(
                    "div",
                    { class: "field" },
                    h("label", { for: "priority" }, "Priority"),
                    h("select", { id: "priority" }, ["normal", "high", "low"].map(
                        (value) => h("option", { selected: value === typed?.priority }, value),
                    )),
                ),
                h(
                    "div",
                    { class: "field", "data-name": "timeout_s" },
                    h("label", { for: "timeout" }, "Time limit in seconds"),
                    h("input", {
                        id: "timeout",
                        inputmode: "numeric",
                        "aria-describedby": "timeout-fault",
                        value: brief(typed?.timeout),
                    }),
                    h("span", { class: "fault", id: "timeout-fault" }),
                )))),
        h("div", { class: "row" },
            h("button", { class: "primary" }, "Show what it would do"),
            isPlain && h("button", { type: "button", onclick: () => submit() }, "Run without looking"),
            Object.keys(type.example ?? {}).length > 0 && h(
                "button",
                { type: "button", class: "quiet", onclick: fillExample },
                "Fill in the example",
            )));

    put(page.main, h("nav", { class: "crumbs", "aria-label": "Way back" }, h("a", { href: "#/run" }, "Run a job")),
        h("h1", {}, breakable(type.name)), h(
            "p",
            {},
            marked(type.summary),
            type.description !== type.summary && [" ", h("span", { class: "sub" }, marked(type.description))],
        ),
        typed && h("p", { class: "note", role: "status" }, typed.isCure
            ? "What cures the finding stands here."
            : [
                "What was typed on the page of another node stands here",
                type.parameters.some((parameter) => parameter.secret) && ", but for passwords",
                ".",
            ]),
        form, outcome);
    page.carry(() => {
        const params = {};
        for (const parameter of type.parameters) {
            const text = control(parameter.name).value;
            // No secret goes into an address; what cannot be read is typed anew.
            if (!parameter.secret) try { params[parameter.name] = read(parameter, text); } catch { continue; }
        }
        const [reason, priority, timeout] = ["reason", "priority", "timeout"].map((id) => form.querySelector(`#${id}`).value);
        const all = JSON.stringify({
            params,
            reason: reason || undefined,
            priority: priority === "normal" ? undefined : priority,
            timeout: timeout || undefined,
        });
        return `#/run/${part(name)}${all === '{"params":{}}' ? "" : `?typed=${encodeURIComponent(all)}`}`;
    });

    const control = (parameter) => form.elements.namedItem(parameter);

    function fillExample() {
        for (const parameter of type.parameters) {
            const fresh = field(
                parameter,
                type.example[parameter.name] === "<password>" ? undefined : type.example[parameter.name],
            );
            if (!(parameter.name in type.example)) continue;
            form.querySelector(`[data-name="${parameter.name}"]`).replaceWith(fresh);
        }
        put(outcome);
    }

    /** What the form says, or null with every fault shown at its field. */
    function collect() {
        const params = {};
        const faults = [];
        for (const parameter of type.parameters) {
            try {
                const value = read(parameter, control(parameter.name).value);
                if (value !== undefined) params[parameter.name] = value;
            } catch (error) {
                faults.push({ at: `/params/${parameter.name}`, text: error.message });
            }
        }
        const timeout = form.querySelector("#timeout").value.trim();
        if (timeout && !(Number(timeout) > 0)) faults.push({ at: "/timeout_s", text: "Give a number of seconds." });
        show(faults);
        if (faults.length) return null;
        const reason = form.querySelector("#reason").value.trim();
        const priority = form.querySelector("#priority").value;
        return {
            type: type.name,
            params,
            reason: reason || undefined,
            priority: priority === "normal" ? undefined : priority,
            timeout_s: timeout ? Number(timeout) : undefined,
        };
    }

    function show(faults, problem) {
        for (const element of form.querySelectorAll(".field .fault")) element.textContent = "";
        for (const element of form.querySelectorAll("[aria-invalid]")) element.removeAttribute("aria-invalid");
        const elsewhere = [];
        for (const fault of faults) {
            const place = form.querySelector(`[data-name="${CSS.escape(nameOf(fault.at))}"]`);
            if (!place) { elsewhere.push(fault); continue; }
            place.closest("details")?.setAttribute("open", "");
            place.querySelector(".fault").textContent = fault.text;
            place.querySelector(":is(input, select, textarea)").setAttribute("aria-invalid", "true");
        }
        put(summary, problem && (faults.length === 0 ? problemBox(problem) : null),
            faults.length > 0 && h("div", { class: "box bad", role: "alert" }, h(
                "p",
                {},
                h("strong", {}, `${plural(faults.length, "parameter")} to look at`),
            ),
                elsewhere.map((fault) => h("p", {}, fault.text))));
        form.querySelector("[aria-invalid]")?.focus();
    }

    async function preview() {
        const job = collect();
        if (!job) return;
        await attempt(async () => {
            const run = await post("/jobs/dry-run", job);
            put(outcome, foreseen(run));
            outcome.querySelector("h2").focus();
        });
    }

    async function submit() {
        const job = collect();
        if (!job) return;
        await attempt(async () => {
            // Sent twice, by a nervous finger or a bad line, it is one job.
            const made = await post("/jobs", job, { headers: { "Idempotency-Key": `"${crypto.randomUUID()}"` } });
            location.hash = `#/jobs/${made.job_id}`;
        });
    }

    async function attempt(work) {
        const buttons = [...page.main.querySelectorAll("button")];
        for (const button of buttons) button.disabled = true;
        try {
            await work();
        } catch (problem) {
            if (!(problem instanceof Problem)) throw problem;
            put(outcome);
            show(problem.faults, problem);
        } finally {
            for (const button of buttons) button.disabled = false;
        }
    }

    function foreseen(run) {
        const isWell = run.outcome === "ok";
        const cure = h("p", {});
        if (run.error_code) explain(run.error_code).then((known) => { cure.textContent = known.cure; });
        return h("section", { class: "card preview", "aria-labelledby": "foreseen" },
            h("h2", { id: "foreseen", tabindex: -1 }, isWell ? "This is what it would do" : "It would be declined"),
            !isWell && h(
                "div",
                { class: "box bad" },
                h("p", {}, h("strong", {}, run.result?.result_desc ?? run.error_code)),
                cure,
            ),
            isWell && run.next_revision && h("p", {}, `It would make revision ${run.next_revision}.`),
            isWell && (type.mode === "modify" || run.diff
                ? difference(run.diff)
                : h("p", { class: "sub" }, "It does not change the configuration.")),
            run.commands?.length > 0 && [
                h("h3", {}, "Commands"),
                h(
                    "ol",
                    {},
                    run.commands.map((one) => h(
                        "li",
                        {},
                        h("code", {}, one.action),
                        ` on node ${one.node} `,
                        h("span", { class: "sub" }, brief(one.arguments)),
                    )),
                ),
            ],
            run.would_lock?.length > 0 && h(
                "p",
                { class: "sub" },
                "It would hold: ",
                run.would_lock.map((lock) => `${lock.name}${lock.exclusive ? "" : " (shared)"}`).join(", "),
            ),
            isWell && h(
                "div",
                { class: "row" },
                h("button", { class: "primary", onclick: submit }, "Do it now"),
                h("button", { class: "quiet", onclick: () => put(outcome) }, "Not yet"),
            ));
    }
}

/** The field that a pointer such as `/params/db_name/0` or `/timeout_s` is about. */
function nameOf(pointer) {
    const [, first = "", second = ""] = pointer.split("/");
    return first === "params" ? second : first;
}

/** Whether a secret is left out of a value, on any level. */
function isMasked(value) {
    return JSON.stringify(value)?.includes("***") ?? false;
}

/** What was typed into this form on the page of another node, as an address carried it here; null where nothing was. */
function typedElsewhere(text) {
    try {
        const typed = JSON.parse(text);
        return typeof typed.params === "object" && typed.params !== null ? typed : null;
    } catch {
        return null;
    }
}

/** The parameters of a job that is to be done again with changes; what is not told, or not wholly, stays empty. */
async function before(id) {
    if (!id) return {};
    const job = await get(`/jobs/${part(id)}`);
    return Object.fromEntries(Object.entries(job.params ?? {}).filter(([, value]) => !isMasked(value)));
}
