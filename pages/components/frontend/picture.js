// A picture that is decoded before it replaces the one shown; the element stays.

const newest = new WeakMap();

// Captions over a sheet of several pictures; places that no picture fills are covered.
function drawCells(list, stage, data) {
  const rows = Math.max(1, Math.ceil(data.cells.length / data.columns));
  stage.style.setProperty("--ratio", data.columns / rows);
  list.style.setProperty("--columns", data.columns);
  list.style.setProperty("--rows", rows);
  const places = data.cells.length ? rows * data.columns : 0;
  while (list.children.length > places) list.lastChild.remove();
  while (list.children.length < places) {
    const item = list.appendChild(document.createElement("li"));
    const strip = item.appendChild(document.createElement("p"));
    ["swatch", "caption", "value"].forEach((kind) => {
      strip.appendChild(document.createElement("span")).className = kind;
    });
  }
  [...list.children].forEach((item, index) => {
    const cell = data.cells[index];
    const [caption, value, colour] = cell ?? ["", "", ""];
    const [swatch, name, figure] = item.firstChild.children;
    item.classList.toggle("nothing", !cell);
    item.setAttribute("aria-hidden", String(!cell));
    swatch.style.background = colour;
    if (name.textContent !== caption) name.textContent = caption;
    if (figure.textContent !== value) figure.textContent = value;
  });
}

export default function ({ parentElement, data }) {
  const find = (selector) => parentElement.querySelector(selector);
  const image = find("img");
  const wait = find(".wait");
  const badge = find(".badge");
  const caption = find("figcaption");

  drawCells(find(".cells"), find(".stage"), data);

  const settle = (shown, words) => {
    image.hidden = !shown;
    find(".cells").hidden = !shown || !data.cells.length;
    wait.hidden = shown;
    wait.textContent = shown ? "" : words;
    find(".stage").classList.toggle("waiting", !shown);
    badge.hidden = !shown || !data.badge;
    badge.textContent = data.badge;
    image.alt = data.alt;
    if (shown && data.step !== null) image.dataset.step = data.step;
    else delete image.dataset.step;
  };

  find(".picture").dataset.state = data.state;
  find(".picture").style.setProperty("--side", `${data.side}px`);
  image.classList.toggle("pixelated", data.pixelated);
  caption.hidden = !data.caption;
  caption.textContent = data.caption;
  newest.set(parentElement, data);

  if (!data.src) {
    image.removeAttribute("src");
    settle(false, data.placeholder);
    return;
  }
  if (image.getAttribute("src") === data.src) {
    settle(true);
    return;
  }
  if (!image.getAttribute("src")) settle(false, data.placeholder);
  const next = new Image();
  next.src = data.src;
  // Decoding takes its time; a later picture may have overtaken this one.
  const current = () => newest.get(parentElement) === data;
  next.decode().then(() => {
    if (!current()) return;
    image.src = data.src;
    settle(true);
  }, () => {
    if (!current()) return;
    image.removeAttribute("src");
    settle(false, "This picture cannot be shown.");
  });
}
