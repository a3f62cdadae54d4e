// What the curves are called, and the legend: one chip a curve, or one a picture.

// Curves of one picture among several stand for it together: one chip, one colour.
function keyOf(state, name) {
  return state.quantities[name].cell || name;
}

function isHidden(state, name) {
  return state.hidden.has(keyOf(state, name));
}

function title(state, name) {
  const row = state.quantities[name];
  return row.panel === "probability" && !row.cell ? `${row.label} of ${state.data.target}` : row.label;
}

function colourOf(row, theme) {
  return (theme.dark ? row.dark : row.light) || theme.ink;
}

function latest(state, name) {
  const rows = [...state.memory.entries.values()];
  for (let index = rows.length - 1; index >= 0; index -= 1) {
    const value = rows[index][name];
    if (value !== null && value !== undefined) return value;
  }
  return null;
}

// One chip a curve, or a picture: its colour, its latest value, its meaning; pressing it hides the
// curve. For a picture, the value is that of the lower panel, which comes last.
function drawLegend(state) {
  const legend = state.find(".legend");
  const tip = state.find(".tip");
  const known = new Map([...legend.children].map((chip) => [chip.dataset.name, chip]));
  const chips = new Map(state.names.map((name) => [keyOf(state, name), name]));
  chips.forEach((name, key) => {
    const row = state.quantities[name];
    let chip = known.get(key);
    if (!chip) {
      chip = document.createElement("button");
      chip.type = "button";
      chip.className = "chip";
      chip.dataset.name = key;
      chip.append(...["swatch", "label", "value"].map((kind) => {
        const part = document.createElement("span");
        part.className = kind;
        return part;
      }));
      const tell = () => {
        const { label, unit, meaning } = state.quantities[name];
        tip.textContent = `${label} (${unit}). ${meaning}`;
        tip.hidden = false;
      };
      const hush = () => { tip.hidden = true; };
      chip.onpointerenter = tell;
      chip.onfocus = tell;
      chip.onpointerleave = hush;
      chip.onblur = hush;
      chip.onclick = () => {
        if (!state.hidden.delete(key)) state.hidden.add(key);
        draw(state);
      };
      legend.append(chip);
    }
    known.delete(key);
    chip.style.setProperty("--colour", colourOf(row, state.theme));
    chip.dataset.dash = row.dash;
    chip.setAttribute("aria-pressed", String(!state.hidden.has(key)));
    chip.children[1].textContent = row.cell || row.label;
    chip.children[2].textContent = number(latest(state, name));
  });
  known.forEach((chip) => chip.remove());
}
