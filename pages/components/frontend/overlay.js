// A map over a photo; the two controls act in the browser alone.

export default function ({ parentElement, data }) {
  const find = (selector) => parentElement.querySelector(selector);
  const [photo, map] = [find(".photo"), find(".map")];
  const [cover, smooth] = [find(".cover input"), find(".smooth input")];
  if (photo.getAttribute("src") !== data.photo) photo.src = data.photo;
  if (map.getAttribute("src") !== data.map) map.src = data.map;
  photo.alt = data.alt;
  const draw = () => {
    map.style.opacity = cover.value / 100;
    map.classList.toggle("pixelated", !smooth.checked);
    find("figcaption").textContent = smooth.checked
      ? `${data.places}, blended into one another`
      : `${data.places}, each a square of one colour`;
  };
  cover.oninput = draw;
  smooth.onchange = draw;
  draw();
}
