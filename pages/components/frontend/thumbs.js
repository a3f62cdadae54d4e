// Thumbnails that several parts of a page share: sheets come by the hidden part, the map reads them.

const SHEETS = "transferlabSheets";

// One data set's sheets: `have` by number, `asked` by a pointer, `tell` those who wait for one.
function sheetsOf(name) {
  window[SHEETS] ??= new Map();
  const all = window[SHEETS];
  if (!all.has(name)) {
    all.set(name, { size: 0, have: new Map(), wanted: [], listeners: new Set(), ask: null });
  }
  return all.get(name);
}

// The place of a photo's thumbnail, or null while its sheet is on its way.
function thumbOf(name, row) {
  const sheets = sheetsOf(name);
  if (!sheets.size) return null;
  const number = Math.floor(row / sheets.size);
  const sheet = sheets.have.get(number);
  if (!sheet) {
    if (!sheets.wanted.includes(number)) sheets.wanted.unshift(number);
    sheets.ask?.();
    return null;
  }
  const index = row % sheets.size;
  return {
    src: sheet.src, name: sheet.names[index] ?? "", columns: sheets.columns,
    rows: Math.ceil(sheet.names.length / sheets.columns),
    x: index % sheets.columns, y: Math.floor(index / sheets.columns),
  };
}
