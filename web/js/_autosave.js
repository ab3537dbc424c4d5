// Autosave: a form with data-autosave="URL" sends each answer ("form.NAME") by itself as soon as it changes, and says when it was
// saved; files go with the page. The answer is the draft's new revision: the page's own save builds on it. A draft that was
// changed elsewhere is not touched; the page's own save then says so.
// Regions marked data-swap (with an id) are then taken anew from the page, so that questions which depend on the answer
// appear and disappear; the focus stays where it is.

const clock = () => new Date().toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });

function say(form, saved) {
  const status = form.querySelector('.tb-saved') ?? document.querySelector('.tb-saved');
  if (!status) return;
  status.textContent = saved ? status.dataset.saved.replace('{time}', clock()) : status.dataset.unsaved;
  status.classList.toggle('tb-saved--failed', !saved);
}

// All values of one name: a group of checkboxes is one field.
function fieldData(form, name) {
  const data = new FormData();
  const all = new FormData(form);
  const values = all.getAll(name);
  for (const hidden of ['csrf', 'revision']) if (all.has(hidden)) data.set(hidden, all.get(hidden));
  for (const value of values.length ? values : ['']) data.append(name, value);
  return new URLSearchParams(data);
}

async function swap() {
  const regions = [...document.querySelectorAll('[data-swap][id]')];
  if (!regions.length) return;
  const response = await fetch(location.href, { headers: { Accept: 'text/html' } });
  if (!response.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
  const focused = document.activeElement?.id;
  for (const region of regions) {
    const update = fresh.getElementById(region.id);
    if (update && update.innerHTML !== region.innerHTML) region.replaceChildren(...update.childNodes);
  }
  if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus();
}

async function save(form, name) {
  try {
    const response = await fetch(form.dataset.autosave, {
      method: 'POST', body: fieldData(form, name), headers: { Accept: 'application/json' }, redirect: 'manual',
    });
    say(form, response.ok);
    if (!response.ok) return;
    const { revision } = await response.json();
    if (form.elements.revision) form.elements.revision.value = revision;
    await swap();
  } catch {
    say(form, false);
  }
}

export function autosave(root) {
  for (const form of root.querySelectorAll('form[data-autosave]')) {
    let last = Promise.resolve(); // one at a time, in the order of typing
    let waiting = 0;
    form.addEventListener('change', ({ target }) => {
      if (!target.name.startsWith('form.') || target.type === 'file') return;
      waiting++;
      last = last.then(() => save(form, target.name)).then(() => { waiting--; });
    });
    // What was typed last is saved before the page is sent: the page builds on that revision.
    form.addEventListener('submit', (event) => {
      if (!waiting) return;
      event.preventDefault();
      last.then(() => form.requestSubmit(event.submitter));
    });
  }
}
