// Bars that change their width in place; each row keeps its element.

function percent(value) {
  if (value > 0 && value < 0.001) return "< 0.1 %";
  if (value < 1 && value > 0.999) return "> 99.9 %";
  return `${(100 * value).toFixed(1)} %`;
}

function row() {
  const item = document.createElement("li");
  ["name", "value", "track"].forEach((kind) => {
    const part = document.createElement("span");
    part.className = kind;
    item.append(part);
  });
  item.lastChild.append(document.createElement("span"));
  item.lastChild.setAttribute("aria-hidden", "true");
  return item;
}

export default function ({ parentElement, data }) {
  const list = parentElement.querySelector("ol");
  const empty = parentElement.querySelector(".empty");
  parentElement.querySelector(".title").textContent = data.title;
  empty.hidden = data.rows.length > 0;
  empty.textContent = data.placeholder;
  list.hidden = data.rows.length === 0;
  while (list.children.length > data.rows.length) list.lastChild.remove();
  data.rows.forEach(([name, value, target], index) => {
    const item = list.children[index] ?? list.appendChild(row());
    const [label, figure, track] = item.children;
    label.textContent = target ? `${name} (target)` : name;
    figure.textContent = percent(value);
    track.firstChild.style.width = `${100 * value}%`;
    item.classList.toggle("target", target);
    item.dataset.value = value;
  });
}
