// Curves in place: accumulate, then Plotly.react on a node that stays.

const LIMIT = 1500;
const NARROW = 520;
const states = new WeakMap();

function lower(panels) {
  if (panels.is_probability) return { range: [-0.04, 1.04], tickvals: [0, 0.5, 1] };
  // Room for half of the line's width; a constant 1 would else be drawn from 0 to 2.
  const share = { autorangeoptions: { minallowed: -0.02, maxallowed: 1.02 } };
  return { nticks: 4, ...(panels.is_share ? share : {}) };
}

function described(state) {
  const values = state.names.map((name) => `${title(state, name)} ${number(latest(state, name))}`);
  if (!state.memory.entries.size) return "Curves: no points yet";
  return `Curves up to ${state.data.unit} ${state.memory.last}. ${values.join(", ")}.`;
}

function traces(state) {
  const steps = [...state.memory.entries.keys()];
  const rows = [...state.memory.entries.values()];
  return state.names.map((name) => {
    const row = state.quantities[name];
    return {
      type: "scatter",
      mode: steps.length === 1 ? "markers" : "lines",
      name: plain(row.label),
      x: steps,
      y: rows.map((entry) => entry[name] ?? null),
      yaxis: row.panel === "probability" ? "y2" : "y",
      visible: !isHidden(state, name),
      // Plotly's own simplification turns a smooth curve into visible straight pieces.
      line: {
        color: colourOf(row, state.theme), width: name === "total" ? 2.5 : 2, dash: row.dash,
        simplify: false,
      },
      marker: { color: colourOf(row, state.theme), size: 7 },
      hovertemplate: "%{y:.4g}",
    };
  });
}

// Upright lines through both panels, and the words or numbers that stand at their heads.
function decorations(state, split, narrow) {
  const { marks, cursor } = state.data;
  const { theme } = state;
  const upright = (step, line) => ({
    type: "line", xref: "x", yref: "paper", x0: step, x1: step, y0: 0, y1: 1, line,
  });
  const shapes = marks.map(([step]) => (
    upright(step, { color: fade(theme.ink, 0.55), width: 1, dash: "dot" })));
  if (cursor !== null) shapes.push(upright(cursor, { color: theme.accent, width: 2 }));
  const range = state.plot.layout?.xaxis?.range ?? [0, state.memory.last];
  const wordy = (index) => !narrow && marks.length - index <= 3;
  const flags = marks.map(([step, text], index) => {
    const words = wordy(index) ? `${index + 1} · ${text}` : String(index + 1);
    // A flag flies to the right of its line unless it would leave the chart; 6.5 px a letter.
    const room = (1 - (step - range[0]) / (range[1] - range[0])) * (state.plot.clientWidth - 56);
    const back = room < words.length * 6.5 + 8;
    return {
      x: step, y: 1 - (index % 3) * 0.085, xref: "x", yref: "paper", showarrow: false,
      text: plain(words), xanchor: back ? "right" : "left", yanchor: "top",
      xshift: back ? -3 : 3, borderpad: 2,
      bgcolor: fade(theme.surface, 0.92), font: { size: 11, color: theme.ink },
    };
  });
  const heading = (text, y) => ({
    x: 0, y, xref: "paper", yref: "paper", text: `<b>${plain(text)}</b>`, showarrow: false,
    xanchor: "left", yanchor: "bottom", yshift: 4, font: { size: 13, color: theme.ink },
    bgcolor: theme.page,
  });
  const headings = [heading(state.data.panels.upper, 1), heading(state.data.panels.lower, split)];
  state.find(".marks").classList.toggle("sr", marks.every((_, index) => wordy(index)));
  return { shapes, annotations: [...headings, ...flags] };
}

function layoutOf(state) {
  const { theme, data } = state;
  const narrow = state.plot.clientWidth < NARROW;
  const split = data.panels.lower_share;
  const type = state.log ? "log" : "linear";
  const axis = {
    gridcolor: fade(theme.ink, 0.1), zeroline: false, tickfont: { color: fade(theme.ink, 0.78) },
    linecolor: theme.line, automargin: false,
  };
  return {
    uirevision: data.run,
    autosize: true,
    margin: { l: 46, r: 10, t: 28, b: 40 },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: theme.font, size: 12, color: theme.ink },
    showlegend: false,
    hovermode: "x unified",
    hoversubplots: "axis",
    hoverlabel: {
      bgcolor: theme.surface, bordercolor: theme.line, font: { color: theme.ink, size: 12 },
    },
    // A finger on the chart scrolls the page; a mouse drags a zoom.
    dragmode: matchMedia("(pointer: coarse)").matches ? false : "zoom",
    xaxis: {
      ...axis, anchor: "y2", title: { text: data.unit, standoff: 6 }, rangemode: "tozero",
      hoverformat: ",d", unifiedhovertitle: { text: `${data.unit} %{x}` }, nticks: narrow ? 5 : 9,
      // There is no half step.
      ...(state.memory.last < 8 ? { dtick: 1 } : {}),
    },
    yaxis: {
      ...axis, domain: [split + 0.13, 1], type, uirevision: `${data.run} ${type}`,
      nticks: 6, exponentformat: "power", tickformat: state.log ? "~g" : "",
    },
    yaxis2: {
      ...axis, domain: [0, split], fixedrange: true,
      ...lower(data.panels),
    },
    ...decorations(state, split, narrow),
  };
}

function drawMarks(state) {
  const list = state.find(".marks");
  while (list.children.length > state.data.marks.length) list.lastChild.remove();
  state.data.marks.forEach(([step, text], index) => {
    const item = list.children[index] ?? list.appendChild(document.createElement("li"));
    const words = `${state.data.unit} ${step}: ${text}`;
    if (item.textContent !== words) item.textContent = words;
  });
}

function drawTable(state) {
  const body = state.find(".fallback tbody");
  body.replaceChildren(...state.names.map((name) => {
    const row = body.ownerDocument.createElement("tr");
    const head = document.createElement("th");
    const cell = document.createElement("td");
    head.scope = "row";
    head.textContent = title(state, name);
    cell.textContent = number(latest(state, name));
    row.append(head, cell);
    return row;
  }));
}

function drawTools(state) {
  const loss = state.names.filter((name) => (
    state.quantities[name].panel === "loss" && !isHidden(state, name)));
  const rows = [...state.memory.entries.values()];
  const possible = loss.every((name) => rows.every((row) => !(row[name] < 0)));
  if (!possible) state.log = false;
  const button = state.find(".log");
  button.hidden = !possible || !rows.length;
  button.setAttribute("aria-pressed", String(state.log));
  button.onclick = () => {
    state.log = !state.log;
    draw(state);
  };
  const reset = state.find(".reset");
  reset.hidden = !state.zoomed;
  reset.onclick = () => state.library.relayout(state.plot, {
    "xaxis.autorange": true, "yaxis.autorange": true,
  });
}

function draw(state) {
  if (!state.plot.isConnected) return;
  const { plot, memory, library } = state;
  state.theme = themeOf(state.find(".tl-curves"));
  drawTools(state);
  drawLegend(state);
  drawMarks(state);
  const waiting = !library || memory.entries.size === 0;
  const empty = state.find(".empty");
  empty.hidden = !waiting;
  empty.textContent = memory.entries.size ? "Loading the chart…" : `The curves begin with the first ${state.data.unit}.`;
  state.find(".stage").classList.toggle("waiting", waiting);
  plot.setAttribute("aria-label", described(state));
  if (state.failed) drawTable(state);
  // Redrawing under a pressed mouse would take the zoom out of the hand.
  if (library && !state.dragging) {
    state.drawn = library.react(plot, traces(state), layoutOf(state), { displayModeBar: false });
  }
  if (library && !state.listening) listen(state);
  if (library || state.failed) Object.assign(plot.dataset, {
    run: state.data.run, points: memory.entries.size, lastStep: memory.last,
    marks: state.data.marks.length, cursor: state.data.cursor ?? "",
    curves: state.names.filter((name) => !isHidden(state, name)).length,
  });
}

function listen(state) {
  const { plot, library } = state;
  state.listening = true;
  plot.on("plotly_relayout", () => {
    const { xaxis, yaxis } = plot.layout;
    state.zoomed = xaxis.autorange === false || yaxis.autorange === false;
    state.find(".reset").hidden = !state.zoomed;
  });
  plot.addEventListener("pointerdown", () => {
    state.dragging = true;
    window.addEventListener("pointerup", () => {
      state.dragging = false;
      setTimeout(() => draw(state));
    }, { once: true });
  }, { capture: true });
  let width = plot.clientWidth;
  state.observer = new ResizeObserver(() => {
    if (plot.clientWidth && plot.clientWidth !== width) {
      width = plot.clientWidth;
      library.Plots.resize(plot).then(() => draw(state));
    }
  });
  state.observer.observe(plot);
}

function stateOf(element) {
  if (!states.has(element)) {
    const find = (selector) => (
      selector === ".tl-curves" ? element : element.querySelector(`.tl-curves ${selector}`));
    states.set(element, {
      find, memory: memoryOf(element), hidden: new Set(), quantities: {}, names: [], log: false,
      zoomed: false, dragging: false, failed: false, listening: false, library: null, plot: find(".plot"),
    });
  }
  return states.get(element);
}

// Streamlit says goodbye for every update that a later one has overtaken, too: only a plot that has
// left the page is taken down, and not while Plotly, which draws in steps of its own, is at work.
function leave(state) {
  Promise.resolve(state.drawn).catch(() => {}).then(() => setTimeout(() => {
    if (state.plot.isConnected || !state.listening) return;
    state.observer.disconnect();
    state.library.purge(state.plot);
    state.listening = false;
  }));
}

export default function ({ parentElement, data, setTriggerValue }) {
  const state = stateOf(parentElement);
  if (state.memory.run !== data.run) {
    state.names = [];
    state.zoomed = false;
  }
  state.data = data;
  Object.assign(state.quantities, data.quantities);
  state.names = [...new Set([...state.names, ...Object.keys(data.series)])];
  const joined = accumulate(state.memory, data.run, data.since, data.steps, (index) => (
    Object.fromEntries(Object.entries(data.series).map(([name, row]) => [name, row[index]]))));
  if (joined) thin(state.memory, LIMIT);
  else askForRefill(state.memory, setTriggerValue);
  draw(state);
  if (!state.library) {
    loadPlotly().then((library) => { state.library = library; }, () => {
      state.failed = true;
      state.find(".stage").hidden = true;
      state.find(".fallback").hidden = false;
    }).then(() => draw(state));
  }
  return () => leave(state);
}
