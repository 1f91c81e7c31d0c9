// Pictures drawn to the width there is: no library, a few lines of SVG each.

import { h, s } from "../dom.js";
import { duration, moment } from "../words.js";

/** A figure that is drawn anew when its width changes. `draw(width)` gives the elements of the picture. */
export function chart({ title, note, label, height, draw }) {
    const picture = s("svg", { height, role: "img", "aria-label": label });
    const observer = new ResizeObserver(([{ contentRect }]) => {
        const width = Math.max(200, Math.round(contentRect.width));
        picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
        picture.replaceChildren(...draw(width).flat(Infinity).filter(Boolean));
    });
    observer.observe(picture);
    return h("figure", { class: "chart" }, h("figcaption", {}, title, note && h("span", {}, note)), picture);
}

/** Maps a span of numbers to a span of the picture. */
const scale = (from, to, low, high) => (value) => low + ((value - from) / (to - from || 1)) * (high - low);

export function timeAxis(from, to, width, height, left = 0) {
    const count = Math.max(2, Math.floor((width - left) / 140));
    return Array.from({ length: count }, (_, at) => {
        const x = left + ((width - left) * at) / (count - 1);
        const anchor = at === 0 ? "start" : at === count - 1 ? "end" : "middle";
        return s("text", { x, y: height - 2, "text-anchor": anchor }, moment(from + ((to - from) * at) / (count - 1)));
    });
}

/** Points [time, value] as steps: the value holds until the next time. */
export function steps(points, { from, to, height, isArea = true, floor = 0 }) {
    return (width) => {
        const [left, bottom] = [34, height - 18];
        const top = Math.max(1, ...points.map(([, value]) => value));
        const [x, y] = [scale(from, to, left, width), scale(floor, Math.max(top, floor + 1), bottom, 8)];
        const corners = points.map(([time, value], at) => {
            const [across, up] = [x(time).toFixed(1), y(value).toFixed(1)];
            return at ? `H${across}V${up}` : `M${across},${up}`;
        });
        const line = corners.join("") + `H${width}`;
        return [
            [floor, Math.max(top, floor + 1)].map((value) => [
                s("line", { class: "grid", x1: left, x2: width, y1: y(value), y2: y(value) }),
                s("text", { x: left - 6, y: y(value) + 4, "text-anchor": "end" }, value),
            ]),
            isArea && s("path", { class: "area", d: `${line}V${bottom}H${x(points[0]?.[0] ?? from)}Z` }),
            s("path", { class: "path", d: line }), timeAxis(from, to, width, height, left),
        ];
    };
}

/** Dots at [time, milliseconds, class, text, link] on a scale of powers of ten. */
export function durations(dots, { from, to, height }) {
    return (width) => {
        const [left, bottom] = [46, height - 18];
        const longest = Math.max(1000, ...dots.map((dot) => dot[1]));
        const decades = Math.ceil(Math.log10(longest));
        const [x, y] = [scale(from, to, left + 4, width - 4), scale(0, decades, bottom, 8)];
        const lines = Array.from({ length: decades + 1 }, (_, power) => power).filter(
            (power) => power % Math.ceil(decades / 5) === 0,
        );
        return [
            lines.map((power) => [s("line", { class: "grid", x1: left, x2: width, y1: y(power), y2: y(power) }),
                s("text", { x: left - 6, y: y(power) + 4, "text-anchor": "end" }, short(10 ** power))]),
            dots.map(([time, value, kind, text]) => {
                const [cx, cy] = [x(time), y(Math.log10(Math.max(1, value)))];
                const form = kind === "bad" ? s(
                    "path",
                    { class: kind, d: `M${cx},${cy - 4.5}l4.5,4.5l-4.5,4.5l-4.5,-4.5z` },
                ) : s("circle", { class: kind, cx, cy, r: 2.5, "fill-opacity": 0.7 });
                form.append(s("title", {}, `${text}, ${duration(value)}`));
                return form;
            }),
            timeAxis(from, to, width, height, left),
        ];
    };
}

function short(milliseconds) {
    if (milliseconds < 1000) return `${milliseconds} ms`;
    if (milliseconds < 60_000) return `${milliseconds / 1000} s`;
    if (milliseconds < 3_600_000) return `${Math.round(milliseconds / 60_000)} min`;
    return `${Math.round(milliseconds / 3_600_000)} h`;
}
