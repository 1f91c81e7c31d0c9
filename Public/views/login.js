// The way in: name and password, then whatever else the account's login asks.

import { h, put } from "../dom.js";
import { begin, answer } from "../session.js";

export function showLogin(main, intro, reason, enter) {
    const place = h("div", { class: "login" });
    const view = h("div", { class: "view entry" }, place, intro);
    put(main, view);
    askPassword(place, reason, enter);
}

/** The way to the page of the master, where logins are; the view that was asked for is shown there behind the login. */
export function showMaster(main, intro, origin, name) {
    const lead = (event) => { event.currentTarget.href = `${origin}/${location.hash}`; };
    const way = h("div", { class: "card" },
        h("h2", {}, "Log in at the master"),
        h("p", { class: "note" }, `This node is not the master. Logging in, and all that needs it, is at ${name}.`),
        // The view may be another one by the time somebody goes.
        h("a", { class: "button primary", href: `${origin}/${location.hash}`, onclick: lead, onauxclick: lead },
            `Go on at ${name}`));
    put(main, h("div", { class: "view entry" }, h("div", { class: "login" }, way), intro));
}

function field(label, attributes) {
    const id = `login-${attributes.name}`;
    return h(
        "div",
        { class: "field" },
        h("label", { for: id }, label),
        h("input", { id, required: true, ...attributes }),
    );
}

function askPassword(place, note, enter) {
    const form = h("form", { class: "card", onsubmit: submit },
        h("h2", {}, "Log in"),
        note && h("p", { class: "note", role: "status" }, note),
        field("User", { name: "user", autocomplete: "username", autocapitalize: "none", spellcheck: "false" }),
        field("Password", { name: "password", type: "password", autocomplete: "current-password" }),
        h("p", { class: "fault", role: "alert" }),
        h("button", { class: "primary" }, "Log in"));
    put(place, form);

    function submit(event) {
        event.preventDefault();
        const given = new FormData(form);
        proceed(place, form, enter, () => begin(given.get("user"), given.get("password")));
    }
}

/** The next questions of a login under way: a one-time code, a new password for one that has expired. */
function askMore(place, challenge, enter) {
    const prompts = challenge.prompts ?? [];
    const form = h("form", { class: "card", onsubmit: submit },
        h("h2", {}, "One more step"),
        (challenge.messages ?? []).map((message) => h("p", { class: "note" }, message)),
        prompts.map((prompt, at) => field(prompt.text.replace(/:\s*$/, "") || "Answer", {
            name: `answer-${at}`, type: prompt.echo ? "text" : "password",
            autocomplete: prompt.echo || /code|otp|token/i.test(prompt.text) ? "one-time-code"
                : /new/i.test(prompt.text) ? "new-password" : "current-password",
        })),
        h("p", { class: "fault", role: "alert" }),
        h("div", { class: "row" },
            h("button", { class: "primary" }, "Go on"),
            h(
                "button",
                { type: "button", class: "quiet", onclick: () => askPassword(place, "", enter) },
                "Begin again",
            )));
    put(place, form);
    form.querySelector("input")?.focus();

    function submit(event) {
        event.preventDefault();
        const given = new FormData(form);
        proceed(
            place,
            form,
            enter,
            () => answer(challenge.challenge_id, prompts.map((_, at) => given.get(`answer-${at}`))),
        );
    }
}

async function proceed(place, form, enter, step) {
    const button = form.querySelector("button.primary");
    button.disabled = true;
    try {
        await step();
    } catch (problem) {
        if (problem.code === "login-continues") return askMore(place, problem.body, enter);
        button.disabled = false;
        // A conversation that was refused is over: it begins anew with the password.
        const isConversation = !form.querySelector("[name=user]");
        if (isConversation && problem.status === 401) {
            askPassword(place, problem.message, enter);
            return void place.querySelector("input").focus();
        }
        form.querySelector(".fault").textContent = problem.message;
        // What has to be typed anew, ready to be typed over.
        const wrong = form.querySelector("[type=password]") ?? form.querySelector("input");
        wrong?.focus();
        wrong?.select();
        return;
    }
    await enter();
}
