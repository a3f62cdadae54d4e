// What Plotly draws of a map: the points, and the lines from a picked one to its neighbours.

const SVG_MOST = 2500;
const MANY = 4000;
const FEW = 600;

// Browsers give only a few of these contexts: one is asked for when a map is large, and once.
let webgl = null;

function hasWebGL() {
  webgl ??= Boolean(document.createElement("canvas").getContext("webgl"));
  return webgl;
}

function coloursOf(state) {
  return state.points.classes.map(([, light, dark]) => (state.theme.dark ? dark : light));
}

// Indices of the points that are shown; those of a class that stands out are drawn last.
function shownOf(state) {
  const { points, hidden } = state;
  const { chosen } = state.data;
  const shown = [];
  points.numbers.forEach((number, index) => { if (!hidden.has(number)) shown.push(index); });
  if (chosen === null) return shown;
  const stands = (index) => points.numbers[index] === chosen;
  return [...shown.filter((index) => !stands(index)), ...shown.filter(stands)];
}

function cloudTrace(state) {
  const { points } = state;
  const { chosen } = state.data;
  const shown = state.shown = shownOf(state);
  const colours = coloursOf(state);
  const count = points.rows.length;
  const size = count > MANY ? 5 : count > FEW ? 7 : 10;
  const pale = fade(state.theme.ink, 0.16);
  const enclosed = state.enclosed && new Set(state.enclosed);
  const trace = {
    type: count > SVG_MOST && hasWebGL() ? "scattergl" : "scatter",
    mode: "markers",
    x: shown.map((index) => points.x[index]),
    y: shown.map((index) => points.y[index]),
    customdata: shown,
    hoverinfo: "none",
    marker: {
      size,
      symbol: shown.map((index) => points.classes[points.numbers[index]][3]),
      color: shown.map((index) => {
        const number = points.numbers[index];
        return chosen === null || chosen === number ? colours[number] : pale;
      }),
      opacity: 0.85,
      line: { width: size > 5 ? 0.5 : 0, color: state.theme.page },
    },
    selected: { marker: { opacity: 1 } },
    unselected: { marker: { opacity: 0.15 } },
  };
  if (enclosed) {
    trace.selectedpoints = shown.flatMap((index, place) => (
      enclosed.has(points.rows[index]) ? [place] : []));
  } else {
    trace.selectedpoints = null;
  }
  return trace;
}

// Lines to the neighbours, rings around them, and a stronger ring around the picked photo.
function pickTraces(state) {
  const { points, data, theme } = state;
  const at = (row) => state.places.get(row);
  const here = data.pick === null ? undefined : at(data.pick);
  const near = data.near.map(at).filter((index) => index !== undefined);
  const quiet = { hoverinfo: "skip", showlegend: false };
  const there = here === undefined ? [] : near;
  return [
    {
      ...quiet, type: "scatter", mode: "lines",
      x: there.flatMap((index) => [points.x[here], points.x[index], null]),
      y: there.flatMap((index) => [points.y[here], points.y[index], null]),
      line: { color: fade(theme.ink, 0.45), width: 1 },
    },
    {
      ...quiet, type: "scatter", mode: "markers",
      x: there.map((index) => points.x[index]), y: there.map((index) => points.y[index]),
      marker: { symbol: "circle-open", size: 15, color: theme.ink, line: { width: 1.5 } },
    },
    {
      ...quiet, type: "scatter", mode: "markers",
      x: here === undefined ? [] : [points.x[here]], y: here === undefined ? [] : [points.y[here]],
      marker: { symbol: "circle-open", size: 22, color: theme.accent, line: { width: 3.5 } },
    },
  ];
}

function mapLayout(state) {
  const { theme, points, data } = state;
  const axis = (title) => ({
    title: { text: plain(title), standoff: 4, font: { size: 12, color: fade(theme.ink, 0.78) } },
    showgrid: false, zeroline: false, showticklabels: false, ticks: "", showline: false,
  });
  const named = points.axes.some(Boolean);
  return {
    uirevision: data.cloud,
    selectionrevision: `${data.cloud} ${state.clearings}`,
    selections: state.enclosed ? undefined : [],
    autosize: true,
    height: data.height,
    margin: { l: named ? 24 : 8, r: 8, t: 8, b: named ? 28 : 8 },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: theme.font, size: 12, color: theme.ink },
    showlegend: false,
    hovermode: "closest",
    hoverdistance: 16,
    dragmode: state.mode,
    newselection: { line: { color: theme.accent, width: 2, dash: "dot" } },
    activeselection: { fillcolor: theme.accent, opacity: 0.06 },
    xaxis: axis(points.axes[0]),
    // One scale for both directions: what looks twice as far is twice as far.
    yaxis: { ...axis(points.axes[1]), scaleanchor: "x", scaleratio: 1 },
  };
}
