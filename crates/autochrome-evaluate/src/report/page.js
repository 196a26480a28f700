for (const compare of document.querySelectorAll(".compare")) {
  const [left, right] = compare.querySelectorAll("img");
  const tile = (row) => compare.parentElement.querySelector(`figure[data-row="${row}"] img`);
  left.src = tile(compare.dataset.left).src;
  right.src = tile(compare.dataset.right).src;
  compare.querySelector("input").addEventListener("input", (event) =>
    compare.style.setProperty("--at", `${event.target.value}%`));
  compare.parentElement.addEventListener("click", (event) => {
    if (event.target.matches("figure img")) right.src = event.target.src;
  });
}
