// Moves between seats with the arrow keys, and zooms the seat map.

const SMALLEST_PX = 24;
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/** Makes the grid one stop of the Tab key. The arrow keys move on from there, across aisles and taken seats. */
export function addArrowKeys(grid) {
  const rows = [...grid.querySelectorAll(".row")].map((row) => [...row.querySelectorAll(".seat, .gap")]);
  const places = new Map();
  rows.forEach((row, y) =>
    row.forEach((place, x) => {
      const box = place.querySelector("input");
      if (box) places.set(box, [y, x]);
    }),
  );
  const open = (y, x) => {
    const box = rows[y]?.[x]?.querySelector?.("input");
    return box && !box.disabled ? box : null;
  };

  const along = (y, x, step) => {
    for (let column = x + step; column >= 0 && column < rows[y].length; column += step) {
      if (open(y, column)) return open(y, column);
    }
    return null;
  };

  const across = (y, x, step) => {
    for (let row = y + step; row >= 0 && row < rows.length; row += step) {
      for (let aside = 0; aside < rows[row].length; aside += 1) {
        const found = open(row, x - aside) ?? open(row, x + aside);
        if (found) return found;
      }
    }
    return null;
  };

  const stop = () => {
    const boxes = [...places.keys()].filter((box) => !box.disabled);
    const current =
      boxes.find((box) => box === document.activeElement) ?? boxes.find((box) => box.checked) ?? boxes[0];
    for (const box of boxes) box.tabIndex = box === current ? 0 : -1;
  };

  grid.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    const at = places.get(event.target);
    if (!step || !at || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const next = step[0] ? across(...at, step[0]) : along(...at, step[1]);
    next?.focus();
  });
  grid.addEventListener("focusin", (event) => {
    if (!places.has(event.target)) return;
    for (const box of places.keys()) box.tabIndex = box === event.target ? 0 : -1;
  });
  stop();
  return { refresh: stop };
}

/** Scrolls to a seat that was selected for the visitor, unless it is visible already. */
function bringIntoView(seat) {
  const { bottom } = seat.getBoundingClientRect();
  const edge = document.querySelector("[data-stage]").getBoundingClientRect().bottom;
  if (bottom > Math.min(edge, innerHeight)) seat.scrollIntoView({ block: "center", inline: "center" });
}

/** Adds two buttons and three sizes. A click on a seat that is too small to hit zooms in instead. */
export function addZoom(grid, buttons) {
  const pane = grid.querySelector("[data-window]");
  let size = 0;
  const show = () => {
    const middle = (pane.scrollLeft + pane.clientWidth / 2) / pane.scrollWidth;
    grid.dataset.zoom = size;
    pane.scrollLeft = middle * pane.scrollWidth - pane.clientWidth / 2;
    for (const button of buttons.children) {
      const next = size + Number(button.dataset.zoomBy);
      button.disabled = next < -1 || next > 1;
    }
  };
  buttons.addEventListener("click", (event) => {
    size += Number(event.target.closest("[data-zoom-by]")?.dataset.zoomBy ?? 0);
    show();
  });
  grid.addEventListener("click", (event) => {
    const seat = event.detail > 0 && event.target.closest?.(".seat");
    if (!seat || size !== -1 || seat.offsetWidth >= SMALLEST_PX) return;
    event.preventDefault();
    size = 0;
    show();
    seat.scrollIntoView({ block: "center", inline: "center" });
  });
  buttons.classList.add("zoom--works");
  show();
  pane.scrollLeft = (pane.scrollWidth - pane.clientWidth) / 2;
  const ticked = grid.querySelector("input:checked")?.closest(".seat");
  if (ticked) pane.scrollLeft = ticked.offsetLeft - pane.clientWidth / 2;
  if (ticked && !document.querySelector("[role=alert]")) bringIntoView(ticked);
}
