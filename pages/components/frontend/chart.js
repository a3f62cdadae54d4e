// A small chart in SVG: lines, points, whiskers. Drawn anew when its data or its width changes.

const SPACE = "http://www.w3.org/2000/svg";
const MARGIN = { left: 46, right: 12, top: 10, bottom: 42 };
const watched = new WeakMap();

function shape(kind, attributes, text) {
  const made = document.createElementNS(SPACE, kind);
  Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
  if (text !== undefined) made.textContent = text;
  return made;
}

function cell(kind, text) {
  const made = document.createElement(kind);
  made.textContent = text;
  return made;
}

const written = (axis, value) => (
  axis.is_share ? `${Math.round(100 * value)} %` : value.toLocaleString("en"));

function placer(axis, from, to) {
  const along = axis.is_log ? Math.log : (value) => value;
  const [low, high] = [along(axis.low), along(axis.high)];
  return (value) => from + ((along(Math.max(value, axis.is_log ? axis.low : -Infinity)) - low) / (high - low || 1)) * (to - from);
}

function ticksOf(axis, most) {
  if (axis.ticks.length) return axis.ticks;
  const span = axis.high - axis.low;
  const step = [0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5].find((one) => span / one <= most) ?? span;
  const first = Math.ceil(axis.low / step - 1e-9);
  const found = [];
  for (let tick = first; tick * step <= axis.high + 1e-9; tick += 1) found.push(tick * step);
  return found;
}

function draw(figure, data) {
  const svg = figure.querySelector("svg");
  const width = figure.clientWidth;
  if (!width) return;
  const height = data.square ? Math.min(width, 380) : Math.min(320, Math.max(220, width * 0.5));
  const wide = data.square ? height : width;
  svg.setAttribute("viewBox", `0 0 ${wide} ${height}`);
  svg.setAttribute("width", wide);
  svg.setAttribute("height", height);
  svg.setAttribute("aria-label", data.label);
  const right = wide - MARGIN.right;
  const bottom = height - MARGIN.bottom;
  const x = placer(data.x, MARGIN.left, right);
  const y = placer(data.y, bottom, MARGIN.top);
  const parts = [];
  ticksOf(data.y, 6).forEach((tick) => parts.push(
    shape("line", { class: "grid", x1: MARGIN.left, x2: right, y1: y(tick), y2: y(tick) }),
    shape("text", { class: "tick", x: MARGIN.left - 8, y: y(tick) + 4, "text-anchor": "end" }, written(data.y, tick)),
  ));
  ticksOf(data.x, wide < 320 ? 4 : 6).forEach((tick) => parts.push(
    shape("text", { class: "tick", x: x(tick), y: bottom + 18, "text-anchor": "middle" }, written(data.x, tick)),
  ));
  parts.push(
    shape("text", { class: "title", x: (MARGIN.left + right) / 2, y: height - 6, "text-anchor": "middle" }, data.x.title),
  );
  if (data.diagonal) {
    const low = Math.max(data.x.low, data.y.low);
    const high = Math.min(data.x.high, data.y.high);
    parts.push(shape("line", { class: "diagonal", x1: x(low), y1: y(low), x2: x(high), y2: y(high) }));
  }
  [...data.lines].reverse().forEach((line) => {
    const group = shape("g", { class: line.is_faint ? "line faint" : "line" });
    group.style.setProperty("--light", line.light);
    group.style.setProperty("--dark", line.dark);
    const path = line.points.map((one, at) => `${at ? "L" : "M"}${x(one.x).toFixed(1)} ${y(one.y).toFixed(1)}`).join("");
    if (line.is_joined && line.points.length > 1) group.append(shape("path", { d: path }));
    line.points.forEach((one) => {
      if (one.low !== null && one.high !== null) {
        group.append(shape("line", { class: "whisker", x1: x(one.x), x2: x(one.x), y1: y(one.low), y2: y(one.high) }));
      }
    });
    line.points.forEach((one) => {
      const dot = shape("circle", { cx: x(one.x), cy: y(one.y), r: 3 + 6 * Math.sqrt(one.weight) });
      if (one.said) dot.append(shape("title", {}, one.said));
      group.append(dot);
    });
    parts.push(group);
  });
  svg.replaceChildren(...parts);
}

function tell(figure, data) {
  const names = figure.querySelector(".names");
  names.replaceChildren(...data.lines.map((line) => {
    const made = cell("span", line.name);
    made.className = line.is_faint ? "name faint" : "name";
    made.style.setProperty("--light", line.light);
    made.style.setProperty("--dark", line.dark);
    return made;
  }));
  names.hidden = data.lines.length < 2;
  figure.querySelector("caption").textContent = `${data.label}. ${data.y.title} over ${data.x.title}.`;
  const head = document.createElement("tr");
  head.append(...["", data.x.title, data.y.title].map((text) => cell("th", text || "Line")));
  figure.querySelector("thead").replaceChildren(head);
  figure.querySelector("tbody").replaceChildren(...data.lines.flatMap((line) => line.points.map((one) => {
    const row = document.createElement("tr");
    row.append(cell("td", line.name), cell("td", written(data.x, one.x)), cell("td", one.said || written(data.y, one.y)));
    return row;
  })));
}

function isDark(figure) {
  const probe = getComputedStyle(figure).backgroundColor.match(/[\d.]+/g).map(Number);
  return 0.2126 * probe[0] + 0.7152 * probe[1] + 0.0722 * probe[2] < 110;
}

export default function ({ parentElement, data }) {
  const figure = parentElement.querySelector(".chart");
  figure.classList.toggle("dark", isDark(figure));
  figure.dataset.points = data.lines.reduce((sum, line) => sum + line.points.length, 0);
  figure.data = data;
  tell(figure, data);
  draw(figure, data);
  if (!watched.has(figure)) {
    const observer = new ResizeObserver(() => draw(figure, figure.data));
    observer.observe(figure);
    watched.set(figure, observer);
  }
  return () => {
    if (figure.isConnected) return;
    watched.get(figure)?.disconnect();
    watched.delete(figure);
  };
}
