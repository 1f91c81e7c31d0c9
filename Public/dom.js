// Makes elements. Text is always text: nothing that comes from the server is read as HTML.

const svgSpace = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
        if (value === undefined || value === null || value === false) continue;
        if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
        else if (name === "value" || name === "checked" || name === "open") element[name] = value;
        else element.setAttribute(name, value === true ? "" : value);
    }
    element.append(
        ...children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false),
    );
    return element;
}

/** An element: h("a", { href: "#/" }, "text", another). Names with "on" in front are events. */
export function h(name, attributes = {}, ...children) {
    return fill(document.createElement(name), attributes, children);
}

/** An element of a picture. */
export function s(name, attributes = {}, ...children) {
    return fill(document.createElementNS(svgSpace, name), attributes, children);
}

/** Puts children in place of what an element holds. */
export function put(element, ...children) {
    element.replaceChildren(
        ...children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false),
    );
    return element;
}

/** Tells a screen reader something that a look at the page would show. */
export function announce(text) {
    document.getElementById("announcer").textContent = text;
}
