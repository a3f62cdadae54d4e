// What a part remembers of its run, joined from increments: the browser half of increments.py.

// A part's memory hangs on the element it is mounted in, so a fresh mount starts empty.
const memories = new WeakMap();

function memoryOf(element) {
  if (!memories.has(element)) {
    memories.set(element, { element, run: null, last: 0, entries: new Map(), missing: false });
  }
  return memories.get(element);
}

// Join one increment. Returns false when its first step does not follow the last one known.
function accumulate(memory, run, since, steps, entryAt) {
  if (memory.run !== run || since === 0) {
    memory.entries.clear();
    memory.run = run;
    memory.last = 0;
  }
  memory.missing = since > memory.last;
  if (memory.missing) return false;
  const known = memory.last;
  steps.forEach((step, index) => {
    memory.entries.set(step, entryAt(index));
    memory.last = Math.max(memory.last, step);
  });
  // A map keeps the order of insertion; it is wrong only where an older step was new to us.
  if (steps.some((step) => step < known)) {
    memory.entries = new Map([...memory.entries].sort((a, b) => a[0] - b[0]));
  }
  return true;
}

// Ask Python to send everything, at most once a second. Who asked too early asks again when the
// second is over: no other message may come to remind it.
function askForRefill(memory, setTriggerValue) {
  if (memory.resting) return;
  memory.resting = true;
  setTriggerValue("resync", { have: memory.last });
  setTimeout(() => {
    memory.resting = false;
    if (memory.missing && memory.element.isConnected) askForRefill(memory, setTriggerValue);
  }, 1000);
}

// Above `limit` entries keep every second of the older ones; the newest quarter stays whole.
function thin(memory, limit) {
  while (memory.entries.size > limit) {
    const all = [...memory.entries];
    const older = all.length - Math.floor(limit / 4);
    memory.entries = new Map(all.filter((_, index) => index >= older || index % 2 === 0));
  }
}
