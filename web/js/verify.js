// "Check it yourself": runs the receipt check in the page, from a file or from the receipt the page names, and turns each
// step green or red. Markup: src/http/layout/receipt_check.html. Nothing is sent anywhere.
import { checkReceipt } from './_receipt.js';

function show(box, step, holds, shown) {
  const line = box.querySelector(`[data-step="${step}"]`);
  line.dataset.state = holds ? 'right' : 'wrong';
  line.querySelector('[data-mark="right"]').hidden = !holds;
  line.querySelector('[data-mark="wrong"]').hidden = holds;
  line.querySelector('code').textContent = shown;
  line.querySelector('details').hidden = false;
}

function reset(box) {
  for (const line of box.querySelectorAll('[data-step]')) {
    line.removeAttribute('data-state');
    for (const part of line.querySelectorAll('[data-mark], details')) part.hidden = true;
  }
  for (const verdict of box.querySelectorAll('[data-verdict]')) verdict.hidden = true;
}

async function run(box, give) {
  reset(box);
  const text = await give();
  box.querySelector('.tb-steps').hidden = false;
  const record = await checkReceipt(text, box.dataset.key, (step, holds, shown) => show(box, step, holds, shown));
  box.querySelector(`[data-verdict="${record ? 'right' : 'wrong'}"]`).hidden = false;
}

for (const box of document.querySelectorAll('[data-key]')) {
  box.hidden = false;
  box.querySelector('input[type=file]')?.addEventListener('change', async ({ target }) => {
    if (target.files[0]) await run(box, () => target.files[0].text());
  });
  box.querySelector('button')?.addEventListener('click', async () => {
    await run(box, async () => (await fetch(box.dataset.receipt, { headers: { Accept: 'application/json' } })).text());
  });
}
