// One field of a form, built from what the server says about a parameter, and its value as the parameter wants it.

import { h } from "../dom.js";
import { brief, marked } from "../words.js";

/** A field for a parameter; `initial` is what stands in it at first. */
export function field(parameter, initial) {
    const id = `p-${parameter.name}`;
    const label = h("label", { for: id }, h("span", { class: "name" }, parameter.name), " ",
        h("span", { class: "need" }, [parameter.mandatory && "needed", kinds(parameter)].filter(Boolean).join(", ")));
    const hint = h("span", { class: "hint", id: `${id}-hint` }, marked(parameter.description),
        parameter.default !== undefined && ` Left empty: ${shown(parameter.default) || "empty"}.`,
        parameter.minimum !== undefined && parameter.maximum < Number.MAX_SAFE_INTEGER
            && ` From ${parameter.minimum} to ${parameter.maximum}.`);
    const fault = h("span", { class: "fault", id: `${id}-fault` });
    const input = control(
        parameter,
        {
            id,
            name: parameter.name,
            "aria-describedby": `${id}-hint ${id}-fault`,
            "aria-required": parameter.mandatory || undefined,
        },
        initial,
    );
    return h("div", { class: "field", "data-name": parameter.name }, label, hint, input, fault);
}

const has = (parameter, ...types) => types.some((type) => parameter.types.includes(type));
const isList = (parameter) => has(parameter, "list", "tuple");
const shown = (value) => (typeof value === "object" ? JSON.stringify(value) : String(value));

function kinds(parameter) {
    if (parameter.allowed || has(parameter, "bool")) return "";
    if (isList(parameter)) return "one a line";
    if (has(parameter, "dict")) return "JSON object";
    if (has(parameter, "int")) return has(parameter, "str") ? "text or number" : "number";
    return "";
}

function control(parameter, attributes, initial) {
    const example = parameter.example === undefined ? "" : isList(parameter) && Array.isArray(parameter.example)
        ? parameter.example.map(shown).join("\n") : shown(parameter.example);
    const choices = parameter.allowed ?? (has(parameter, "bool") ? [true, false] : null);
    if (choices) {
        const words = (choice) => ({ true: "yes", false: "no" })[choice] ?? String(choice);
        const first = parameter.default !== undefined ? `default: ${words(parameter.default)}` : parameter.mandatory
            ? "choose" : "not given";
        return h("select", attributes, h("option", { value: "" }, first),
            choices.map(
                (choice) => h("option", { value: JSON.stringify(choice), selected: initial === choice }, words(choice)),
            ));
    }
    if (parameter.secret) return h("input", { ...attributes, type: "password", autocomplete: "new-password" });
    if (isList(parameter) || has(parameter, "dict")) {
        const text = initial === undefined ? "" : Array.isArray(initial) ? initial.map(shown).join("\n")
            : JSON.stringify(initial, null, 2);
        return h(
            "textarea",
            {
                ...attributes,
                rows: Math.min(8, Math.max(2, text.split("\n").length)),
                placeholder: example && `as in: ${example}`,
                spellcheck: "false",
                value: text,
            },
        );
    }
    return h("input", { ...attributes,
        inputmode: has(parameter, "int") && !has(parameter, "str") ? "numeric" : undefined,
        placeholder: example && `as in: ${example}`,
        autocomplete: "off", autocapitalize: "none", spellcheck: "false", value: initial === undefined ? ""
            : brief(initial) });
}

/**
 * What a field says, as the parameter's type; undefined when it is empty.
 * Throws an Error with words for the field when it cannot be read.
 */
export function read(parameter, text) {
    if (text.trim() === "") return undefined;
    if (parameter.allowed || has(parameter, "bool")) return JSON.parse(text);
    if (parameter.secret) return text;
    if (isList(parameter)) {
        const lines = text.split("\n").map((line) => line.trim()).filter(Boolean);
        if (has(parameter, "int", "str") && lines.length === 1) return scalar(parameter, lines[0]);
        return lines.map((line) => item(parameter, line));
    }
    if (has(parameter, "dict")) {
        const value = json(text);
        if (value === null || typeof value !== "object" || Array.isArray(value)) throw new Error(
            "Give a JSON object, as in {\"name\": \"value\"}.",
        );
        return value;
    }
    return scalar(parameter, text.trim());
}

function scalar(parameter, text) {
    if (has(parameter, "int") && /^-?\d{1,15}$/.test(text)) return Number(text);
    if (!has(parameter, "str")) throw new Error("Give a whole number.");
    return text;
}

function item(parameter, line) {
    if (/^[{[]/.test(line)) return json(line);
    const wantsText = Array.isArray(parameter.example) && parameter.example.length > 0
        && parameter.example.every((one) => typeof one === "string");
    return !wantsText && /^-?\d{1,15}$/.test(line) ? Number(line) : line;
}

function json(text) {
    try {
        return JSON.parse(text);
    } catch (error) {
        throw new Error(`This is no JSON: ${error.message}.`);
    }
}
