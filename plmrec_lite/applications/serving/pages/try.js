// Ask the service from forms; everything that it answers is shown as text, never as HTML.
const status = document.getElementById("status");
const answer = document.getElementById("answer");

function element(name, text, className) {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

function table(rows) {
  const made = document.createElement("table");
  const head = made.createTHead().insertRow();
  for (const name of ["Item", "Text", "Score"]) {
    head.append(Object.assign(element("th", name), { scope: "col" }));
  }
  const body = made.createTBody();
  for (const { item, text, score } of rows) {
    const row = body.insertRow();
    row.append(element("td", item), element("td", text));
    row.append(element("td", score.toFixed(4), "number"));
  }
  return made;
}

function questionOf(form) {
  const question = {};
  for (const [name, text] of new FormData(form)) {
    if (!text.trim()) continue;
    if (name === "k") question.k = Number(text);
    else if (name === "events") question.events = text.split(",").map((id) => id.trim()).filter(Boolean);
    else question[name] = text;
  }
  if (form.dataset.path === "/event") question.id = eventId(question);
  return question;
}

// The same event, sent again because no answer came, keeps its id; a new one gets another.
let pending = { event: "", id: "" };
function eventId(question) {
  const event = JSON.stringify(question);
  if (pending.event !== event) {
    const numbers = crypto.getRandomValues(new Uint32Array(4));
    pending = { event, id: Array.from(numbers, (n) => n.toString(16)).join("-") };
  }
  return pending.id;
}

function show(path, found) {
  if (path === "/event") {
    pending = { event: "", id: "" };
    status.textContent = found.new ? "The event is kept." : "The event was there already.";
  } else if (path === "/explain") {
    const { item, because, rest, basis, met } = found;
    const words = basis === "events" ? "the sum of what these events add" : "its popularity: there are no events";
    status.textContent = `${item.text} scores ${item.score.toFixed(4)}, ${words}`
      + `${met ? "; it was met already" : ""}. Other events add ${rest.toFixed(4)}.`;
    answer.append(table(because));
  } else {
    const bases = { words: "by words", popularity: "by popularity: there are no events", events: `from ${found.n_events} events` };
    status.textContent = `${found.items.length} items, ${bases[found.basis]}.`;
    if (found.items.length) answer.append(table(found.items));
  }
}

async function ask(form) {
  const path = form.dataset.path;
  const token = document.getElementById("token").value;
  const headers = { "Content-Type": "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  answer.replaceChildren();
  status.className = "";
  status.textContent = "Asking …";
  try {
    const question = JSON.stringify(questionOf(form));
    const reply = await fetch(path, { method: "POST", headers, body: question });
    const found = await reply.json();
    if (reply.ok) return show(path, found);
    status.textContent = `${found.error.message}. To do: ${found.error.cure}.`;
  } catch (error) {
    status.textContent = "The service does not answer. To do: start it, then ask again.";
  }
  status.className = "wrong";
}

for (const form of document.forms) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask(form);
  });
}

fetch("/health").then((reply) => reply.json()).then(({ model, n_items, n_users, n_events }) => {
  document.getElementById("serves").textContent =
    `${model}: ${n_items} items, ${n_users} people, ${n_events} events since it was fitted.`;
}).catch(() => {
  document.getElementById("serves").textContent = "The service does not answer.";
});
