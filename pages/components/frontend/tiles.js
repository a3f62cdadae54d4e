// Tiles that keep their elements: a photo, its class, whether that is the right one, a figure.

function tile(canOpen) {
  const item = document.createElement("li");
  const box = item.appendChild(document.createElement(canOpen ? "button" : "div"));
  if (canOpen) box.type = "button";
  box.className = "tile";
  const frame = box.appendChild(document.createElement("span"));
  frame.className = "frame";
  frame.appendChild(document.createElement("img"));
  ["title", "note"].forEach((kind) => {
    box.appendChild(document.createElement("span")).className = kind;
  });
  return item;
}

function said({ title, note, agrees, name }) {
  const verdict = agrees === null ? "" : agrees ? "same class" : "another class";
  return [title, verdict, note, name].filter(Boolean).join(", ");
}

export default function ({ parentElement, data, setTriggerValue }) {
  const list = parentElement.querySelector("ul");
  list.setAttribute("aria-label", data.label);
  list.style.setProperty("--side", `${data.side}px`);
  if (list.dataset.canOpen !== String(data.canOpen)) list.replaceChildren();
  list.dataset.canOpen = data.canOpen;
  while (list.children.length > data.tiles.length) list.lastChild.remove();
  data.tiles.forEach((one, index) => {
    const item = list.children[index] ?? list.appendChild(tile(data.canOpen));
    const box = item.firstChild;
    const image = box.querySelector("img");
    item.dataset.row = one.row;
    item.dataset.agrees = one.agrees ?? "";
    item.dataset.class = one.title;
    image.hidden = !one.src;
    if (image.getAttribute("src") !== one.src) image.src = one.src;
    image.alt = data.canOpen ? "" : said(one);
    box.title = one.name;
    box.querySelector(".title").textContent = one.title;
    box.querySelector(".note").textContent = one.note;
    if (data.canOpen) {
      box.setAttribute("aria-label", said(one));
      box.onclick = () => setTriggerValue("open", one.row);
    }
  });
}
