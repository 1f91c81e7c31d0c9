// Asks before something is done.

import { h } from "../dom.js";

/** Resolves to what was typed (empty text without an input), or to null when it was dismissed. */
export function ask(title, text, { confirm, dismiss = "Go back", input, danger = true } = {}) {
    return new Promise((resolve) => {
        const field = input && h("input", { id: "dialog-input", name: "answer", maxlength: 1000 });
        const onclose = () => {
            dialog.remove();
            resolve(dialog.returnValue === "yes" ? (field?.value ?? "") : null);
        };
        const dialog = h("dialog", { "aria-labelledby": "dialog-title", onclose },
            h("form", { method: "dialog" },
                h("h2", { id: "dialog-title" }, title), h("p", {}, text),
                field && h("div", { class: "field" }, h("label", { for: "dialog-input" }, input), field),
                h("div", { class: "row end" },
                    h("button", { value: "no", class: "quiet" }, dismiss), h(
                        "button",
                        { value: "yes", class: danger ? "danger" : "primary" },
                        confirm,
                    ))));
        document.body.append(dialog);
        dialog.showModal();
        // The form's first button is its default: Return in the field means yes.
        field?.addEventListener(
            "keydown",
            (event) => { if (event.key === "Enter") { event.preventDefault(); dialog.close("yes"); } },
        );
    });
}
