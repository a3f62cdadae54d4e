// The map in place: points that can be hovered, pressed and enclosed; a legend that hides classes.

const states = new WeakMap();
const COARSE = matchMedia("(pointer: coarse)");

function stateOf(element) {
  if (!states.has(element)) {
    const find = (selector) => element.querySelector(`.tl-map ${selector}`);
    states.set(element, {
      element, find, memory: memoryOf(element), plot: find(".plot"), points: null, places: null,
      hidden: new Set(), enclosed: null, clearings: 0, zoomed: false, listening: false,
      // A finger on the map scrolls the page until a tool is chosen.
      mode: COARSE.matches ? false : "select", library: null, failed: false, hovered: null,
    });
  }
  return states.get(element);
}

function drawMapLegend(state) {
  const legend = state.find(".legend");
  const { classes, numbers } = state.points;
  const counts = classes.map(() => 0);
  numbers.forEach((number) => { counts[number] += 1; });
  const colours = coloursOf(state);
  while (legend.children.length > classes.length) legend.lastChild.remove();
  classes.forEach(([name, , , , sign], number) => {
    let chip = legend.children[number];
    if (!chip) {
      chip = legend.appendChild(document.createElement("button"));
      chip.type = "button";
      chip.className = "chip";
      ["swatch", "label", "value"].forEach((kind) => {
        chip.appendChild(document.createElement("span")).className = kind;
      });
      chip.firstChild.setAttribute("aria-hidden", "true");
    }
    chip.onclick = () => {
      if (!state.hidden.delete(number)) state.hidden.add(number);
      drawMap(state);
    };
    chip.style.setProperty("--colour", colours[number]);
    chip.setAttribute("aria-pressed", String(!state.hidden.has(number)));
    chip.title = state.hidden.has(number) ? `Show ${name}` : `Hide ${name}`;
    chip.children[0].textContent = sign;
    chip.children[1].textContent = name;
    chip.children[2].textContent = counts[number];
  });
}

function drawMapTools(state) {
  state.element.querySelectorAll(".tl-map [data-mode]").forEach((button) => {
    const mode = button.dataset.mode;
    button.hidden = mode !== "zoom" && !state.data.walks;
    button.setAttribute("aria-pressed", String(state.mode === mode));
    button.onclick = () => {
      state.mode = state.mode === mode && COARSE.matches ? false : mode;
      drawMap(state);
    };
  });
  const reset = state.find(".reset");
  reset.hidden = !state.zoomed;
  reset.onclick = () => state.library.relayout(state.plot, {
    "xaxis.autorange": true, "yaxis.autorange": true,
  });
  const clear = state.find(".clear");
  clear.hidden = !state.enclosed;
  clear.onclick = () => enclose(state, null);
}

function enclose(state, rows) {
  state.enclosed = rows?.length ? rows : null;
  if (!state.enclosed) state.clearings += 1;
  state.setTriggerValue("select", state.enclosed ?? []);
  drawMap(state);
}

function hide(state) {
  state.hovered = null;
  state.find(".hover").hidden = true;
}

// The thumbnail beside the pointer; what has not come yet is drawn when it does.
function hover(state, index, x, y) {
  const { points, data } = state;
  const box = state.find(".hover");
  const row = points.rows[index];
  const thumb = thumbOf(data.thumbs, row);
  const [name, , , , sign] = points.classes[points.numbers[index]];
  state.hovered = { index, x, y };
  const picture = box.querySelector(".thumb");
  picture.classList.toggle("waits", !thumb);
  picture.style.backgroundImage = thumb ? `url(${thumb.src})` : "none";
  if (thumb) {
    picture.style.backgroundSize = `${100 * thumb.columns}% ${100 * thumb.rows}%`;
    const part = (place, count) => (count > 1 ? (100 * place) / (count - 1) : 0);
    picture.style.backgroundPosition =
      `${part(thumb.x, thumb.columns)}% ${part(thumb.y, thumb.rows)}%`;
  }
  box.querySelector(".sign").textContent = sign;
  box.querySelector(".sign").style.color = coloursOf(state)[points.numbers[index]];
  box.querySelector(".class").lastChild.textContent = ` ${name}`;
  box.querySelector(".name").textContent = thumb?.name ?? "";
  box.hidden = false;
  box.dataset.row = row;
  box.dataset.thumb = thumb ? "here" : "waits";
  const stage = state.find(".stage");
  const left = Math.min(Math.max(4, x + 14), stage.clientWidth - box.offsetWidth - 4);
  const fits = y + 14 + box.offsetHeight < stage.clientHeight;
  box.style.left = `${left}px`;
  box.style.top = `${fits ? y + 14 : Math.max(4, y - 14 - box.offsetHeight)}px`;
}

function drawMap(state) {
  const { plot, library, points } = state;
  if (!plot.isConnected) return;
  state.theme = themeOf(state.element.querySelector(".tl-map"));
  const empty = state.find(".empty");
  empty.hidden = Boolean(library && points);
  if (state.failed) empty.textContent = "The map could not be loaded. Choose a photo from the list.";
  state.find(".stage").style.height = `${state.data.height}px`;
  if (!points) return;
  drawMapLegend(state);
  drawMapTools(state);
  plot.setAttribute("aria-label", `Map of ${points.rows.length} photos of ${
    points.classes.length} classes. Photos can also be chosen from the list beside it.`);
  if (!library) return;
  library.react(plot, [cloudTrace(state), ...pickTraces(state)], mapLayout(state), {
    displayModeBar: false, doubleClick: "reset", showTips: false,
  });
  if (!state.listening) listenToMap(state);
  Object.assign(plot.dataset, {
    cloud: state.data.cloud, points: state.shown.length, pick: state.data.pick ?? "",
    near: state.data.near.length, selected: state.enclosed?.length ?? 0,
  });
}

function listenToMap(state) {
  const { plot, library } = state;
  state.listening = true;
  const centre = (point) => {
    const stage = state.find(".stage").getBoundingClientRect();
    const box = plot.getBoundingClientRect();
    const { bbox } = point;
    return [
      (bbox.x0 + bbox.x1) / 2 + box.left - stage.left, (bbox.y0 + bbox.y1) / 2 + box.top - stage.top,
    ];
  };
  plot.on("plotly_hover", ({ points: [point] }) => {
    if (point.curveNumber === 0) hover(state, point.customdata, ...centre(point));
  });
  plot.on("plotly_unhover", () => hide(state));
  plot.on("plotly_click", ({ points: [point] }) => {
    if (point?.curveNumber !== 0 || !state.data.walks) return;
    state.setTriggerValue("pick", state.points.rows[point.customdata]);
  });
  plot.on("plotly_selected", (event) => {
    if (!event) return;
    enclose(state, event.points.filter((point) => point.curveNumber === 0)
      .map((point) => state.points.rows[point.customdata]));
  });
  plot.on("plotly_deselect", () => { if (state.enclosed) enclose(state, null); });
  plot.on("plotly_relayout", () => {
    const { xaxis, yaxis } = plot.layout;
    const zoomed = xaxis.autorange === false || yaxis.autorange === false;
    if (zoomed !== state.zoomed) {
      state.zoomed = zoomed;
      state.find(".reset").hidden = !zoomed;
    }
    hide(state);
  });
  let width = plot.clientWidth;
  state.observer = new ResizeObserver(() => {
    if (plot.clientWidth && plot.clientWidth !== width) {
      width = plot.clientWidth;
      library.Plots.resize(plot);
    }
  });
  state.observer.observe(plot);
  state.restyle = () => setTimeout(() => drawMap(state), 200);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", state.restyle);
}

// As with the curves: only a map that has left the page is taken down.
function leaveMap(state, arrived) {
  setTimeout(() => {
    if (state.plot.isConnected) return;
    sheetsOf(state.data.thumbs).listeners.delete(arrived);
    matchMedia("(prefers-color-scheme: dark)").removeEventListener("change", state.restyle);
    if (!state.listening) return;
    state.observer.disconnect();
    state.library.purge(state.plot);
    state.listening = false;
  });
}

export default function ({ parentElement, data, setTriggerValue }) {
  const state = stateOf(parentElement);
  if (!data.walks && state.mode === "select") state.mode = "zoom";
  const isOther = state.memory.run !== data.cloud;
  const names = JSON.stringify(state.points?.classes);
  Object.assign(state, { data, setTriggerValue });
  const steps = data.points ? [1] : [];
  if (accumulate(state.memory, data.cloud, data.since, steps, () => data.points)) {
    if (data.points) {
      state.points = data.points;
      state.places = new Map(data.points.rows.map((row, index) => [row, index]));
      if (JSON.stringify(state.points.classes) !== names) state.hidden.clear();
      if (isOther) state.zoomed = false;
      // Another map of the same photos: what was enclosed on the one stands out on the other.
      if (state.set !== data.thumbs) state.enclosed = data.enclosed.length ? data.enclosed : null;
      state.set = data.thumbs;
    }
  } else {
    state.points = null;
    askForRefill(state.memory, setTriggerValue);
  }
  state.arrived ??= () => {
    if (state.hovered) hover(state, state.hovered.index, state.hovered.x, state.hovered.y);
  };
  sheetsOf(data.thumbs).listeners.add(state.arrived);
  drawMap(state);
  if (!state.library && !state.failed) {
    loadPlotly().then((library) => { state.library = library; }, () => { state.failed = true; })
      .then(() => drawMap(state));
  }
  return () => leaveMap(state, state.arrived);
}
