// Elements made without HTML: whatever a name or a message holds, it is text.

const space = 'http://www.w3.org/2000/svg';

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children.flat()) {
    if (child === undefined || child === null || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

// h makes an HTML element; attributes that begin with "on" are listeners.
export const h = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);

// s makes an SVG element.
export const s = (tag, attributes, ...children) => fill(document.createElementNS(space, tag), attributes, children);

// put replaces what is in an element.
export function put(element, ...children) {
  element.replaceChildren();
  append(element, children);
  return element;
}

// text sets an element's text, and touches nothing if it is that already: selections and screen readers stay undisturbed.
export function text(element, value) {
  value = String(value);
  if (element.textContent !== value) element.textContent = value;
  return element;
}

// set sets or removes an attribute, if it is not so already.
export function set(element, name, value) {
  if (value === undefined || value === null || value === false) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
    return;
  }
  value = value === true ? '' : String(value);
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

// keyed makes the children of a parent be those of a list, by key: what stays is updated in place, so focus, selection and
// what is unfolded are kept. make(item) gives {element, update(item)}.
export function keyed(parent, list, keyOf, make) {
  const old = parent.keyed ?? new Map();
  const now = new Map();
  let place = parent.firstChild;
  for (const item of list) {
    const key = keyOf(item);
    if (now.has(key)) continue;
    const part = old.get(key) ?? make(item);
    part.update?.(item);
    now.set(key, part);
    if (part.element === place) place = place.nextSibling;
    else parent.insertBefore(part.element, place);
  }
  for (const [key, part] of old) if (!now.has(key)) part.element.remove();
  parent.keyed = now;
}

// section is a part of a view with its heading.
export function section(title, ...children) {
  const id = `part-${++section.count}`;
  return h('section', { 'aria-labelledby': id }, h('h2', { id }, title), ...children);
}
section.count = 0;
