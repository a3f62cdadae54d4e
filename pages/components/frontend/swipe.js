// Two pictures in one place: the handle uncovers the one or the other.

export default function ({ parentElement, data }) {
  const find = (selector) => parentElement.querySelector(selector);
  const [before, after] = [find(".before"), find(".after")];
  const handle = find("input");
  const move = () => find(".stage").style.setProperty("--at", `${handle.value}%`);
  if (before.getAttribute("src") !== data.before) before.src = data.before;
  if (after.getAttribute("src") !== data.after) after.src = data.after;
  before.alt = data.beforeName;
  after.alt = data.afterName;
  find(".left").textContent = data.beforeName;
  find(".right").textContent = data.afterName;
  find(".swipe").style.setProperty("--side", `${data.side}px`);
  handle.setAttribute("aria-label", `From ${data.beforeName} to ${data.afterName}`);
  handle.oninput = move;
  move();
}
