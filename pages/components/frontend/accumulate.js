// What a part remembers of its run, joined from increments: the browser half of increments.py.

// A part's memory hangs on the element it is mounted in, so a fresh mount starts empty.
const memories = new WeakMap();

function memoryOf(element) {
  if (!memories.has(element)) {
    memories.set(element, { run: null, last: 0, entries: new Map(), asked: 0 });
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
  if (since > memory.last) return false;
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

// Ask Python to send everything, at most once a second.
function askForRefill(memory, setTriggerValue) {
  const now = performance.now();
  if (memory.asked && now - memory.asked < 1000) return;
  memory.asked = now;
  setTriggerValue("resync", { have: memory.last });
}

// Above `limit` entries keep every second of the older ones; the newest quarter stays whole.
function thin(memory, limit) {
  while (memory.entries.size > limit) {
    const all = [...memory.entries];
    const older = all.length - Math.floor(limit / 4);
    memory.entries = new Map(all.filter((_, index) => index >= older || index % 2 === 0));
  }
}
