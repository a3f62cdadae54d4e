// A part without a look: asks Python for sheets of thumbnails, one after the other.

const PATIENCE = 6000;
const AGAIN = 400;
// Streamlit takes one fragment's questions at a time: two parts that ask in the same moment would
// cost one of them its answer.
const APART = 250;

function asker(sheets, parentElement, setTriggerValue) {
  const next = () => {
    const waiting = sheets.wanted.filter((number) => !sheets.have.has(number));
    if (waiting.length) return waiting[0];
    for (let number = 0; number < sheets.ahead; number += 1) {
      if (!sheets.have.has(number)) return number;
    }
    return null;
  };
  return () => {
    if (sheets.pending || !parentElement.isConnected) return;
    const number = next();
    if (number === null) return;
    sheets.pending = setTimeout(() => {
      // An answer may be lost on a busy server: whoever hears nothing asks again.
      sheets.pending = setTimeout(() => { sheets.pending = null; sheets.ask(); }, PATIENCE);
      setTriggerValue("ask", next() ?? number);
    }, 20 + APART * Math.random());
  };
}

export default function ({ parentElement, data, setTriggerValue }) {
  const sheets = sheetsOf(data.name);
  Object.assign(sheets, { size: data.size, columns: data.columns, ahead: data.ahead });
  sheets.ask = asker(sheets, parentElement, setTriggerValue);
  const { sheet } = data;
  const isNew = sheet && sheets.heard !== sheet.turn;
  if (isNew || !sheet) {
    clearTimeout(sheets.pending);
    sheets.pending = null;
  }
  if (isNew) {
    sheets.heard = sheet.turn;
    if (sheet.src) {
      sheets.have.set(sheet.number, sheet);
      sheets.wanted = sheets.wanted.filter((number) => number !== sheet.number);
      sheets.listeners.forEach((tell) => tell());
    }
  }
  const part = parentElement.querySelector(".tl-sheets");
  part.dataset.sheets = sheets.have.size;
  if (isNew && !sheet.src) {
    sheets.pending = setTimeout(() => { sheets.pending = null; sheets.ask(); }, AGAIN);
  } else {
    sheets.ask();
  }
}
