// Show openapi.json: each question with its fields, an example and what can come back.
function element(name, text, ...inside) {
  const made = document.createElement(name);
  made.textContent = text;
  made.append(...inside);
  return made;
}

function table(label, names, rows) {
  const made = document.createElement("table");
  const head = made.createTHead().insertRow();
  for (const name of names) head.append(Object.assign(element("th", name), { scope: "col" }));
  const body = made.createTBody();
  for (const row of rows) body.insertRow().append(...row.map((text) => element("td", text)));
  const box = element("div", "", made);
  Object.assign(box, { className: "scrolls", tabIndex: 0 });
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", label);
  return box;
}

const EXAMPLES = { person: 7, item: 50, events: [50, 172], query: "space horror", id: "3f2a-1", value: 4, time: 880000000, k: 5 };

function formsOf(description, operation) {
  const schema = operation.requestBody?.content["application/json"].schema;
  if (!schema) return [];
  const named = ({ $ref }) => description.components.schemas[$ref.split("/").pop()];
  return (schema.oneOf ?? schema.anyOf ?? [schema]).map(named);
}

function example(path, fields) {
  const question = Object.fromEntries(fields.map((name) => [name, EXAMPLES[name]]));
  return `curl ${location.origin}${path} \\\n  -H 'Content-Type: application/json' \\\n`
    + `  -d '${JSON.stringify(question)}'`;
}

function section(description, path, method, operation) {
  const made = element("section", "", element("h2", `${method.toUpperCase()} ${path}`));
  made.append(element("p", operation.summary));
  for (const form of formsOf(description, operation)) {
    const names = Object.keys(form.properties);
    made.append(table(`Fields of ${form.title}`, ["Field", "Must be there", "What it is"], names.map((name) => [
      name, form.required?.includes(name) ? "yes" : "no", form.properties[name].description ?? "",
    ])));
    const needed = names.filter((name) => form.required?.includes(name));
    made.append(Object.assign(element("pre", example(path, needed)), { tabIndex: 0 }));
  }
  const codes = Object.entries(operation.responses).map(([code, { description: words }]) => `${code} ${words}`);
  made.append(element("p", `Answers: ${codes.join(", ")}.`));
  return made;
}

const place = document.getElementById("paths");
fetch("/openapi.json").then((reply) => reply.json()).then((description) => {
  const sections = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => section(description, path, method, operation)));
  place.replaceChildren(...sections);
}).catch(() => {
  place.replaceChildren(element("p", "The service does not answer. Start it, then load this page again."));
});
