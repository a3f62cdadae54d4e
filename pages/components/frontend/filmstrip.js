// A row of buttons that grows to the right and scrolls inside itself.

const LIMIT = 240;

function frame(step, picked) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  const image = document.createElement("img");
  const label = document.createElement("span");
  item.dataset.step = step;
  button.type = "button";
  button.tabIndex = -1;
  button.onclick = () => picked(step);
  image.alt = "";
  image.decoding = "async";
  label.textContent = `step ${step}`;
  button.append(image, label);
  item.append(button);
  return item;
}

export default function ({ parentElement, data, setTriggerValue }) {
  const memory = memoryOf(parentElement);
  const list = parentElement.querySelector("ol");
  const atEnd = list.scrollLeft + list.clientWidth >= list.scrollWidth - 24;
  const joined = accumulate(memory, data.run, data.since, data.steps, (index) => data.thumbs[index]);
  if (joined) thin(memory, LIMIT);
  else askForRefill(memory, setTriggerValue);

  const known = new Map([...list.children].map((item) => [Number(item.dataset.step), item]));
  let place = list.firstElementChild;
  memory.entries.forEach((thumb, step) => {
    const item = known.get(step) ?? frame(step, (chosen) => setTriggerValue("pick", chosen));
    const image = item.querySelector("img");
    if (image.getAttribute("src") !== thumb) image.src = thumb;
    image.style.clipPath = data.outline;
    if (item === place) place = item.nextElementSibling;
    else list.insertBefore(item, place);
    known.delete(step);
  });
  known.forEach((item) => item.remove());
  parentElement.querySelector(".empty").hidden = memory.entries.size > 0;
  Object.assign(list.dataset, {
    run: data.run, frames: memory.entries.size, lastStep: memory.last, selected: data.selected ?? "",
  });

  // One stop for the Tab key; arrows go from frame to frame.
  const items = [...list.children];
  const chosen = items.find((item) => Number(item.dataset.step) === data.selected);
  const focused = items.find((item) => item.contains(parentElement.activeElement ?? null));
  const stop = focused ?? chosen ?? items.at(-1);
  items.forEach((item) => {
    const button = item.firstElementChild;
    button.tabIndex = item === stop ? 0 : -1;
    if (item === chosen) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  });
  list.onkeydown = (event) => {
    const here = event.target.closest("li");
    const next = { ArrowRight: here.nextElementSibling, ArrowLeft: here.previousElementSibling,
      Home: list.firstElementChild, End: list.lastElementChild }[event.key];
    if (!next) return;
    event.preventDefault();
    here.firstElementChild.tabIndex = -1;
    next.firstElementChild.tabIndex = 0;
    next.firstElementChild.focus();
  };
  // scrollIntoView would move the page as well.
  if (data.selected === null && atEnd) list.scrollLeft = list.scrollWidth;
  else if (chosen && list.dataset.centred !== String(data.selected)) {
    list.scrollLeft = chosen.offsetLeft - (list.clientWidth - chosen.clientWidth) / 2;
  }
  list.dataset.centred = data.selected ?? "";
}
