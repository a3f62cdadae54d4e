// Loading Plotly once a page, reading the theme, writing numbers and texts.

const READY = "transferlabPlotly";

// Streamlit's own scripts tell where the app lives, whatever page or base path is shown.
function appRoot() {
  const script = document.querySelector('script[src*="static/js/"]');
  return script ? script.src.replace(/static\/js\/.*$/, "") : document.baseURI;
}

// The promise hangs on the window: several parts, and several versions of this script, share it.
function loadPlotly() {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  if (!window[READY]) {
    window[READY] = new Promise((resolve, reject) => {
      const tag = document.createElement("script");
      tag.src = new URL("app/static/plotly.min.js", appRoot()).href;
      tag.onload = () => (window.Plotly ? resolve(window.Plotly) : reject(new Error("no Plotly")));
      tag.onerror = () => reject(new Error(`${tag.src} could not be loaded`));
      document.head.appendChild(tag);
    });
    // A later mount may try again.
    window[READY].catch(() => { delete window[READY]; });
  }
  return window[READY];
}

// The theme's colours as rgb() strings, resolved by the browser whatever their notation.
function themeOf(element) {
  const style = getComputedStyle(element);
  const probe = document.createElement("span");
  probe.hidden = true;
  element.append(probe);
  const resolve = (colour) => {
    probe.style.color = colour;
    return getComputedStyle(probe).color;
  };
  const theme = {
    ink: resolve("var(--st-text-color)"),
    page: resolve("var(--st-background-color)"),
    surface: resolve("var(--st-secondary-background-color)"),
    line: resolve("var(--st-border-color)"),
    accent: resolve("var(--st-primary-color)"),
    font: style.getPropertyValue("--st-font") || "sans-serif",
  };
  probe.remove();
  const [red, green, blue] = theme.page.match(/[\d.]+/g).map(Number);
  theme.dark = 0.2126 * red + 0.7152 * green + 0.0722 * blue < 110;
  return theme;
}

function fade(rgb, alpha) {
  const [red, green, blue] = rgb.match(/[\d.]+/g);
  return `rgba(${red},${green},${blue},${alpha})`;
}

// Plotly reads a little markup in texts; a person's text has none.
function plain(text) {
  return String(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

function number(value) {
  if (value === null || value === undefined) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 100000)) return value.toExponential(1);
  return String(Number(value.toPrecision(3)));
}
