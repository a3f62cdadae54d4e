// A table of shares: a bar with its interval and the place where guessing ends, and the figures.

const percent = (share) => `${(100 * share).toFixed(1)} %`;
const points = (share) => `${share > 0 ? "+" : share < 0 ? "−" : "±"}${Math.abs(100 * share).toFixed(1)}`;

function element(kind, name, text) {
  const made = document.createElement(kind);
  if (name) made.className = name;
  if (text !== undefined) made.textContent = text;
  return made;
}

function bar([value, low, high, , chance]) {
  const track = element("span", "track");
  track.setAttribute("aria-hidden", "true");
  const part = (name, from, to) => {
    const piece = track.appendChild(element("span", name));
    piece.style.left = `${100 * from}%`;
    piece.style.width = `${100 * (to - from)}%`;
  };
  part("fill", 0, value);
  part("whisker", low, high);
  if (chance) part("chance", chance, chance);
  return track;
}

function shareCell(share, missing) {
  const cell = element("td");
  if (!share) {
    cell.append(element("span", "none", missing));
    return cell;
  }
  const [value, low, high, count, chance] = share;
  cell.dataset.value = value;
  cell.append(
    element("strong", "", percent(value)),
    bar(share),
    element("span", "small", `${(100 * low).toFixed(1)} to ${percent(high)} · ${count} photos`),
  );
  // 0: nobody has told.
  if (chance) cell.append(element("span", "small", `guessing ${percent(chance)}`));
  return cell;
}

function changeCell(change) {
  const cell = element("td", "change");
  if (!change) {
    cell.append(element("span", "none", "–"));
    return cell;
  }
  const [value, low, high] = change;
  cell.dataset.value = value;
  cell.append(
    element("strong", "", `${points(value)} points`),
    element("span", "small", `${points(low)} to ${points(high)}`),
  );
  return cell;
}

export default function ({ parentElement, data, setTriggerValue }) {
  const find = (selector) => parentElement.querySelector(selector);
  const said = JSON.stringify(data);
  if (find("table").dataset.said === said) return;
  find("table").dataset.said = said;
  find("caption").textContent = data.label;
  const two = data.withChange && data.columns.length > 1;
  const heads = [data.first, ...data.columns, ...(two ? ["Change"] : [])].map((text) => {
    const head = element("th", "", text);
    head.scope = "col";
    return head;
  });
  find("thead tr").replaceChildren(...heads);
  find("tbody").replaceChildren(...data.rows.map((row) => {
    const line = element("tr", row.here ? "here" : "");
    const head = line.appendChild(element("th"));
    head.scope = "row";
    if (row.key) {
      const button = head.appendChild(element("button", "", row.title));
      button.type = "button";
      button.onclick = () => setTriggerValue("open", row.key);
    } else {
      head.append(element("span", "", row.title));
    }
    if (row.here) head.append(element("span", "small", "on this page"));
    line.append(...row.shares.map((share) => shareCell(share, data.missing)));
    if (two) line.append(changeCell(row.change));
    return line;
  }));
}
