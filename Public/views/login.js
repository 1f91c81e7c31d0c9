// The way in: name and password, then whatever else the account's login asks.

import { h, put } from "../dom.js";
import { begin, answer, lookIn } from "../session.js";

export function showLogin(main, intro, reason, enter) {
    const place = h("div", { class: "login" });
    const view = h("div", { class: "view entry" }, place, intro);
    put(main, view);
    askPassword(place, reason, enter);
}

/**
 * For a node that opens no session: the way to the page of the node that decides, with what is asked for here, `place()`, behind
 * the login there; and a look at this node alone. Who decides is told by calling the result.
 */
export function showElsewhere(main, intro, place, enter) {
    const way = h("div", { class: "card" });
    const look = h("div");
    const ask = () => askLook(look, enter);
    put(look, h("button", { class: "quiet wide", onclick: ask }, "Look at this node only"));
    put(main, h("div", { class: "view entry" }, h("div", { class: "login view" }, way, look), intro));
    let told = "";
    return (lead) => {
        const said = JSON.stringify(lead);
        if (said === told) return;
        told = said;
        put(way, lead?.origin ? wayTo(lead, place) : [
            h("h2", {}, "Nobody can log in now"),
            h("p", { class: "note", role: "status" },
                lead?.away && `Away: ${lead.away}. `,
                lead?.advice ?? "This node does not say yet who decides. It is asked again."),
        ]);
    };
}

function wayTo({ origin, name }, place) {
    // The view may be another one by the time somebody goes.
    const lead = (event) => { event.currentTarget.href = `${origin}/${place()}`; };
    return [
        h("h2", {}, "Log in at the master"),
        h("p", { class: "note" }, `${name} decides, not this node. Logging in, and all that changes something, is there.`),
        h("a", { class: "button primary", href: `${origin}/${place()}`, onclick: lead, onauxclick: lead }, `Go on at ${name}`),
    ];
}

/** A look at what this node knows, without a session: the password is kept as long as the page is. */
function askLook(place, enter) {
    const form = h("form", { class: "card", onsubmit: submit },
        h("h2", {}, "Look at this node only"),
        h("p", { class: "sub" }, "Nothing can be changed here. A reload of the page asks again."),
        nameField(),
        passwordField(),
        h("p", { class: "fault", role: "alert" }),
        h("button", { class: "primary" }, "Look"));
    put(place, form);
    form.querySelector("input").focus();

    function submit(event) {
        event.preventDefault();
        const given = new FormData(form);
        proceed(place, form, enter, async () => {
            if (!await lookIn(given.get("user"), given.get("password"))) throw new Error(
                "User or password is wrong, the account is locked, or it wants more than a password.");
        });
    }
}

const nameField = () => field(
    "User",
    { name: "user", autocomplete: "username", autocapitalize: "none", spellcheck: "false" },
);
const passwordField = () => field("Password", { name: "password", type: "password", autocomplete: "current-password" });

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
        nameField(),
        passwordField(),
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
