// A picture that is decoded before it replaces the one shown; the element stays.

const newest = new WeakMap();

export default function ({ parentElement, data }) {
  const find = (selector) => parentElement.querySelector(selector);
  const image = find("img");
  const wait = find(".wait");
  const badge = find(".badge");
  const caption = find("figcaption");

  const settle = (shown, words) => {
    image.hidden = !shown;
    wait.hidden = shown;
    wait.textContent = shown ? "" : words;
    find(".stage").classList.toggle("waiting", !shown);
    badge.hidden = !shown || !data.badge;
    badge.textContent = data.badge;
    image.alt = data.alt;
    if (shown && data.step !== null) image.dataset.step = data.step;
    else delete image.dataset.step;
  };

  find(".picture").dataset.state = data.state;
  find(".picture").style.setProperty("--side", `${data.side}px`);
  image.classList.toggle("pixelated", data.pixelated);
  caption.hidden = !data.caption;
  caption.textContent = data.caption;
  newest.set(parentElement, data);

  if (!data.src) {
    image.removeAttribute("src");
    settle(false, data.placeholder);
    return;
  }
  if (image.getAttribute("src") === data.src) {
    settle(true);
    return;
  }
  if (!image.getAttribute("src")) settle(false, data.placeholder);
  const next = new Image();
  next.src = data.src;
  // Decoding takes its time; a later picture may have overtaken this one.
  const current = () => newest.get(parentElement) === data;
  next.decode().then(() => {
    if (!current()) return;
    image.src = data.src;
    settle(true);
  }, () => {
    if (!current()) return;
    image.removeAttribute("src");
    settle(false, "This picture cannot be shown.");
  });
}
