// The questionnaire, made easier: each answer is checked as it is given, rows come without leaving the page, the map
// follows the address, and a draft of a new one stays in this browser until the household is registered.

const form = document.getElementById("questionnaire");
const key = form.dataset.keep;
const notice = document.getElementById("draft");

function answers() {
  return [...new FormData(form)].filter(([name]) => name !== "csrf");
}

function keep() {
  if (key) localStorage.setItem(key, JSON.stringify(answers()));
}

function tell(field) {
  const place = document.getElementById(`${field.id}-mistake`);
  if (!place) return;
  if (field.dataset.german) {
    if (form.elements["address.country"].value.toUpperCase() === "DE") field.pattern = field.dataset.german;
    else field.removeAttribute("pattern");
  }
  const fits = field.checkValidity();
  place.textContent = fits ? "" : place.dataset.expected;
  place.parentElement.classList.toggle("wrong", !fits);
  if (fits) field.removeAttribute("aria-invalid");
  else field.setAttribute("aria-invalid", "true");
}

async function ask(entries) {
  const body = new URLSearchParams([...entries, ["csrf", form.elements.csrf.value]]);
  const answer = await fetch(form.action || location.href, { method: "POST", body });
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

async function take(entries, part) {
  const page = await ask(entries);
  const fresh = page.getElementById(part);
  if (!fresh) return void location.reload();
  document.getElementById(part).replaceWith(document.adoptNode(fresh));
  if (part !== "answers") return;
  for (const field of form.elements) if (field.value && !field.checkValidity()) tell(field);
  const wanted = fresh.querySelector("[data-focus]");
  if (wanted) (wanted.querySelector("input, select") || wanted).focus();
  keep();
}

const PLACED = ["street", "house_number", "postal_code", "city", "country"].map((name) => `address.${name}`);

form.addEventListener("input", keep);
form.addEventListener("change", (event) => {
  tell(event.target);
  if (event.target.name === "address.country") tell(form.elements["address.postal_code"]);
  if (/^meters\.\d+\.(type|model_number)$|^measurement_devices\./.test(event.target.name)) renew();
  if (PLACED.includes(event.target.name) && PLACED.every((name) => form.elements[name].value)) {
    take([...answers(), ["step", "look"]], "place");
  }
});

// What meters and systems may choose from follows the other rows.
async function renew() {
  const page = await ask([...answers(), ["step", "add:nothing"]]);
  for (const fresh of page.querySelectorAll('select[name$=".meter"], select[name$=".measurement_device"]')) {
    const present = document.getElementById(fresh.id);
    if (present && present !== document.activeElement) present.replaceChildren(...fresh.children);
  }
}

form.addEventListener("submit", (event) => {
  const step = event.submitter ? event.submitter.value : "look";
  if (step === "register" || step === "save") return;
  event.preventDefault();
  take([...answers(), ["step", step]], "answers");
});

notice.addEventListener("click", (event) => {
  const what = event.target.dataset.draft;
  if (!what) return;
  notice.hidden = true;
  if (what === "discard") localStorage.removeItem(key);
  else take([...JSON.parse(localStorage.getItem(key)), ["step", "add:nothing"]], "answers").then(begin);
  begin();
});

function begin() {
  form.elements["participant.name"].focus();
}

const kept = key && localStorage.getItem(key);
const untouched = !form.elements["participant.name"].value && !form.querySelector(".wrong");
if (kept && untouched && JSON.parse(kept).some(([name, value]) => name === "participant.name" && value)) {
  notice.hidden = false;
  history.scrollRestoration = "manual"; // else a page that was read anew hides the notice above itself
  notice.focus();
}

form.querySelector("#answers > .notice[data-focus]")?.focus();
