// Times, durations and numbers as people read them.

import { h } from "./dom.js";

const clock = new Intl.DateTimeFormat(
    undefined,
    { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
);
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const dayOfYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });
const longDay = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
const digits = new Intl.NumberFormat();

export const number = (value) => digits.format(value);

export const plural = (count, one, many = `${one}s`) => `${number(count)} ${count === 1 ? one : many}`;

const short = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

/** A number of bytes in the unit that keeps it short. */
export function bytes(count) {
    const units = ["B", "KiB", "MiB", "GiB", "TiB"];
    let at = 0;
    for (; count >= 1024 && at + 1 < units.length; at += 1) count /= 1024;
    return `${short.format(count)} ${units[at]}`;
}

export function duration(milliseconds) {
    if (!(milliseconds >= 0)) return "";
    if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
    const seconds = milliseconds / 1000;
    if (seconds < 60) return `${seconds.toFixed(1)} s`;
    const [minutes, hours, days] = [seconds / 60, seconds / 3600, seconds / 86400].map(Math.floor);
    if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
    if (hours < 48) return `${hours} h ${minutes % 60} min`;
    return `${days} days`;
}

export function moment(text) {
    const time = new Date(text);
    const now = new Date();
    if (time.toDateString() === now.toDateString()) return clock.format(time);
    const date = (time.getFullYear() === now.getFullYear() ? day : dayOfYear).format(time);
    return `${date}, ${clock.format(time).slice(0, 5)}`;
}

export const timeOfDay = (text) => clock.format(new Date(text));
export const dayName = (text) => longDay.format(new Date(text));

/** A time that shows its exact self to who points at it. */
export function time(text, shown) {
    return text ? h("time", { datetime: text, title: text }, shown ?? moment(text)) : "";
}

export const between = (from, to) => new Date(to) - new Date(from);

/** `database.start` and `db_start` as they are, with places where a narrow column may break them. */
export function breakable(name) {
    return name.split(/(?<=[._])/).flatMap((part, at) => (at ? [h("wbr"), part] : [part]));
}

/** A text of the server in which `names` stand between backticks. */
export function marked(text) {
    return text.split("`").map((part, at) => (at % 2 ? h("code", {}, part) : part));
}

/** Any value of the interface as short text. */
export function brief(value) {
    if (value === null || value === undefined) return "";
    if (Array.isArray(value) && value.every((item) => typeof item !== "object")) return value.join(", ");
    return typeof value === "object" ? JSON.stringify(value) : String(value);
}
