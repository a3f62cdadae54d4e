// Tiles to press; the one that was pressed last is marked, at first the strongest.

function tile() {
  const item = document.createElement("li");
  const button = item.appendChild(document.createElement("button"));
  button.type = "button";
  const image = button.appendChild(document.createElement("img"));
  image.alt = "";
  ["channel", "strength"].forEach((kind) => {
    button.appendChild(document.createElement("span")).className = kind;
  });
  return item;
}

export default function ({ parentElement, data, setStateValue }) {
  const list = parentElement.querySelector("ol");
  while (list.children.length > data.channels.length) list.lastChild.remove();
  while (list.children.length < data.channels.length) list.append(tile());
  const mark = () => [...list.children].forEach((item, index) => {
    const known = data.channels.includes(Number(list.dataset.picked || NaN));
    const wanted = known ? Number(list.dataset.picked) : data.channels[0];
    item.firstChild.setAttribute("aria-pressed", String(data.channels[index] === wanted));
  });
  [...list.children].forEach((item, index) => {
    const [image, channel, strength] = item.firstChild.children;
    if (image.getAttribute("src") !== data.images[index]) image.src = data.images[index];
    channel.textContent = `channel ${data.channels[index]}`;
    strength.textContent = data.strengths[index];
    item.firstChild.onclick = () => {
      list.dataset.picked = data.channels[index];
      mark();
      setStateValue("pick", data.channels[index]);
    };
  });
  mark();
}
