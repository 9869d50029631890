"use strict";
// The page without this script is whole but still; here its tables are sorted and filtered, its map
// is explained, and its texts are looked up. Words of the grid are only ever set as text.

const MOST_FOUND = 10;

function make(tag, text = "", attributes = {}) {
  const made = document.createElement(tag);
  made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

/** Without case, accents and vowel signs, so that "uber" finds "Über". */
function folded(text) {
  return text.normalize("NFKD").replace(/\p{M}+/gu, "").toLowerCase();
}

// Tables

/** Order two cells: by their values, else by their words; missing ones last in both directions. */
function compared(a, b, sign) {
  const [m, n] = [a, b].map((cell) => cell.dataset.value);
  if (m !== undefined && n !== undefined) return sign * (m - n);
  if (m !== n) return (m === undefined) - (n === undefined);
  return sign * a.textContent.localeCompare(b.textContent, "en", { numeric: true });
}

function sort(table, column) {
  const headings = [...table.tHead.rows[0].cells];
  const up = headings[column].getAttribute("aria-sort") !== "ascending";
  headings.forEach((heading) => heading.removeAttribute("aria-sort"));
  headings[column].setAttribute("aria-sort", up ? "ascending" : "descending");
  const rows = [...table.tBodies[0].rows];
  rows.sort((a, b) => compared(a.cells[column], b.cells[column], up ? 1 : -1));
  table.tBodies[0].append(...rows);
}

function makeSortable(table) {
  [...table.tHead.rows[0].cells].forEach((heading, column) => {
    const button = make("button", heading.textContent || "name", { type: "button" });
    button.addEventListener("click", () => sort(table, column));
    heading.replaceChildren(button);
  });
}

function makeFilterable(table) {
  const rows = [...table.tBodies[0].rows];
  const texts = rows.map((row) => folded(row.textContent));
  const label = make("label", "Filter ");
  const input = make("input", "", { type: "search", autocomplete: "off" });
  const count = make("span", "", { class: "count", role: "status" });
  const title = document.getElementById(table.getAttribute("aria-labelledby")).textContent;
  input.setAttribute("aria-label", `Filter: ${title}`);
  input.addEventListener("input", () => {
    const words = folded(input.value).split(/\s+/);
    let shown = 0;
    rows.forEach((row, i) => {
      row.hidden = !words.every((word) => texts[i].includes(word));
      shown += !row.hidden;
    });
    count.textContent = input.value ? `${shown} of ${rows.length} rows` : "";
  });
  label.append(input);
  const tools = make("div", "", { class: "tools" });
  tools.append(label, count);
  table.closest(".scroll").before(tools);
}

// The map

function explained(data, row, column) {
  const [from, to] = [data.names[row], data.names[column]];
  if (row === column) return `${from}: a language is not searched for its own texts`;
  const ends = data.ends[row][column];
  const found = this.cells[row][column].textContent;
  if (found === "–") return `${from} → ${to}: no concept has a text in both`;
  const interval = ends.length ? ` (95 % CI ${ends[0]} to ${ends[1]} %)` : "";
  const concepts = data.concepts[row][column];
  return (
    `${from} → ${to}: ${found} % found first${interval}, chance ${data.chance[column]} %; ` +
    `${concepts} concept${concepts === 1 ? "" : "s"}`
  );
}

function makeExplained(script) {
  const table = document.getElementById(script.dataset.map);
  const data = JSON.parse(script.textContent);
  const tip = document.getElementById("tip");
  const cells = [...table.tBodies[0].rows].map((row) => [...row.cells].slice(1));
  let here = cells[0][1];
  const hide = () => {
    tip.hidden = true;
    here.removeAttribute("aria-describedby");
  };
  const show = (cell, row, column) => {
    tip.textContent = explained.call({ cells }, data, row, column);
    tip.hidden = false;
    cell.setAttribute("aria-describedby", "tip");
    const box = cell.getBoundingClientRect();
    const left = Math.min(box.left, innerWidth - tip.offsetWidth - 8);
    const below = box.bottom + 6 + tip.offsetHeight < innerHeight;
    tip.style.left = `${Math.max(8, left)}px`;
    tip.style.top = `${below ? box.bottom + 6 : box.top - tip.offsetHeight - 6}px`;
  };
  const go = (row, column) => {
    const next = cells[row]?.[column];
    if (!next) return;
    here.tabIndex = -1;
    here = next;
    here.tabIndex = 0;
    here.focus();
  };
  cells.forEach((line, row) =>
    line.forEach((cell, column) => {
      cell.tabIndex = cell === here ? 0 : -1;
      cell.addEventListener("mouseenter", () => show(cell, row, column));
      cell.addEventListener("mouseleave", hide);
      cell.addEventListener("focus", () => show(cell, row, column));
      cell.addEventListener("blur", hide);
      cell.addEventListener("click", () => go(row, column));
      cell.addEventListener("keydown", (event) => {
        const steps = {
          ArrowUp: [row - 1, column],
          ArrowDown: [row + 1, column],
          ArrowLeft: [row, column - 1],
          ArrowRight: [row, column + 1],
          Home: [row, 0],
          End: [row, line.length - 1],
        };
        if (event.key === "Escape") hide();
        if (!(event.key in steps)) return;
        event.preventDefault();
        go(...steps[event.key]);
      });
    }),
  );
}

// Looking up a text

function textOf(data, concept, language) {
  const own = data.concepts[concept];
  const text = own.texts[language];
  if (text === undefined) return make("span", own.label);
  return make("span", text, { lang: data.languages[language][0], dir: "auto" });
}

/** Parts with something between them, in one cell. */
function cellOf(parts, between = "; ") {
  const cell = make("td");
  parts.forEach((part, i) => cell.append(...(i ? [between] : []), ...part));
  return cell;
}

function errorsOf(data, errors) {
  const byAnswer = new Map();
  for (const [language, found] of Object.entries(errors)) {
    byAnswer.set(found, [...(byAnswer.get(found) ?? []), language]);
  }
  if (!byAnswer.size) return cellOf([["none"]]);
  return cellOf(
    [...byAnswer].map(([found, languages]) => [
      textOf(data, found, languages[0]),
      ` in ${languages.map((language) => data.languages[language][1]).join(", ")}`,
    ]),
  );
}

function nearestOf(data, nearest) {
  return cellOf(
    nearest.map(([concept, language, similarity]) => [
      textOf(data, concept, language),
      ` (${data.languages[language][0]}) ${similarity.toFixed(2)}`,
    ]),
  );
}

function tableOf(data, concept, nearby) {
  const table = make("table", "", { class: "rows" });
  const heading = table.createTHead().insertRow();
  for (const name of ["language", "text", "finds instead", "nearest texts"]) {
    heading.append(make("th", name, { scope: "col" }));
  }
  const body = table.createTBody();
  const texts = data.concepts[concept].texts;
  data.languages.forEach(([, name], language) => {
    const [nearest, errors] = nearby?.[language] ?? [null, null];
    if (texts[language] === undefined && !errors) return;
    const row = body.insertRow();
    row.append(make("td", name));
    row.append(texts[language] === undefined ? make("td", "not held") : cellOf([[textOf(data, concept, language)]]));
    row.append(errors ? errorsOf(data, errors) : make("td", "not held"));
    row.append(nearest ? nearestOf(data, nearest) : make("td", "not held"));
  });
  return table;
}

function articleOf(data, concept) {
  const own = data.concepts[concept];
  const article = make("article");
  article.append(make("h3", own.category ? `${own.label} (${own.category})` : own.label, { dir: "auto" }));
  data.models.forEach((model) => {
    if (data.models.length > 1) article.append(make("h4", model.name));
    const frame = make("div", "", { class: "scroll", tabindex: "0", role: "group" });
    frame.setAttribute("aria-label", `${own.label}, ${model.name}`);
    frame.append(tableOf(data, concept, model.nearby[concept]));
    article.append(frame);
  });
  return article;
}

function makeSearchable() {
  const data = JSON.parse(document.getElementById("texts").textContent);
  const [input, count, found] = ["query", "count", "found"].map((id) => document.getElementById(id));
  const texts = data.concepts.map((own) =>
    folded([own.id, own.label, ...Object.values(own.texts)].join("\n")),
  );
  input.addEventListener("input", () => {
    const asked = folded(input.value.trim());
    const hits = asked ? [...texts.keys()].filter((i) => texts[i].includes(asked)) : [];
    found.replaceChildren(...hits.slice(0, MOST_FOUND).map((i) => articleOf(data, i)));
    const more = hits.length > MOST_FOUND ? `; the first ${MOST_FOUND} are shown` : "";
    const concepts = hits.length === 1 ? "concept" : "concepts";
    count.textContent = asked ? `${hits.length} ${concepts}${more}` : "";
  });
  document.getElementById("search").hidden = false;
  document.querySelector(".without-script").hidden = true;
}

document.querySelectorAll("table.rows").forEach((table) => {
  makeSortable(table);
  makeFilterable(table);
});
document.querySelectorAll("script[data-map]").forEach(makeExplained);
makeSearchable();
