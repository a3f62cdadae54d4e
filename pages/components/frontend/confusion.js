// Rows are what photos show, columns what they were taken for. Shaded by the share of their row.

const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

function element(kind, name, text) {
  const made = document.createElement(kind);
  if (name) made.className = name;
  if (text !== undefined) made.textContent = text;
  return made;
}

function said(names, row, column, count) {
  const photos = count === 1 ? "1 photo" : `${count} photos`;
  return row === column
    ? `${photos} of ${names[row]}, named right`
    : `${photos} of ${names[row]}, taken for ${names[column]}`;
}

function heading(names) {
  const line = element("tr");
  const corner = line.appendChild(element("th", "corner"));
  corner.scope = "col";
  corner.append(element("span", "", "shows ↓ taken for →"));
  names.forEach((name) => {
    const head = line.appendChild(element("th", "column"));
    head.scope = "col";
    head.append(element("span", "", name));
  });
  return line;
}

function cellOf(data, row, column, send) {
  const count = data.counts[row][column];
  const cell = element("td", row === column ? "right" : "wrong");
  if (!count) return cell;
  const total = data.counts[row].reduce((sum, one) => sum + one, 0);
  const button = cell.appendChild(element("button", "", String(count)));
  button.type = "button";
  button.tabIndex = -1;
  button.title = said(data.names, row, column, count);
  button.setAttribute("aria-label", button.title);
  // The faintest is still told from none; the strongest leaves the number readable.
  button.style.setProperty("--share", `${Math.round(22 + 38 * (count / total))}%`);
  button.dataset.row = row;
  button.dataset.column = column;
  button.onclick = () => send([row, column]);
  return cell;
}

// One stop of the Tab key, and arrow keys that leap over empty cells.
function walk(table, size) {
  const at = (row, column) => table.querySelector(`[data-row="${row}"][data-column="${column}"]`);
  const enter = (button) => {
    table.querySelectorAll('[tabindex="0"]').forEach((one) => { one.tabIndex = -1; });
    if (button) button.tabIndex = 0;
  };
  enter(table.querySelector('[aria-pressed="true"]') ?? table.querySelector("td button"));
  table.onkeydown = (event) => {
    const move = MOVES[event.key];
    const from = event.target.closest("[data-row]");
    if (!move || !from) return;
    event.preventDefault();
    let [row, column] = [Number(from.dataset.row), Number(from.dataset.column)];
    do {
      row += move[0];
      column += move[1];
      const next = at(row, column);
      if (next) {
        enter(next);
        next.focus();
        return;
      }
    } while (row >= 0 && column >= 0 && row < size && column < size);
  };
  table.onfocusin = (event) => {
    if (event.target.matches("[data-row]")) enter(event.target);
  };
}

export default function ({ parentElement, data, setTriggerValue }) {
  const table = parentElement.querySelector("table");
  const content = JSON.stringify([data.names, data.counts]);
  if (table.dataset.content !== content) {
    table.dataset.content = content;
    table.dataset.size = data.names.length > 12 ? "many" : "few";
    table.querySelector("thead").replaceChildren(heading(data.names));
    table.querySelector("tbody").replaceChildren(...data.names.map((name, row) => {
      const line = element("tr");
      const head = line.appendChild(element("th", "row", name));
      head.scope = "row";
      line.append(...data.names.map((_, column) => (
        cellOf(data, row, column, (cell) => setTriggerValue("pick", cell)))));
      return line;
    }));
  }
  table.querySelector("caption").textContent = data.label;
  const pick = data.pick ? data.pick.join() : "";
  table.querySelectorAll("td button").forEach((button) => {
    button.setAttribute("aria-pressed", String(`${button.dataset.row},${button.dataset.column}` === pick));
  });
  walk(table, data.names.length);
}
