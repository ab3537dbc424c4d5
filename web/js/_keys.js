// Keys of the desk: j and k move along the rows of the table part marked data-desk, Enter opens, / goes to the field marked data-search, ? shows the help.

const typing = (target) => target.closest('input, select, textarea, [contenteditable]');

function move(body, by) {
  const rows = [...body.rows];
  const at = rows.findIndex((row) => row.hasAttribute('data-current'));
  const next = rows[Math.min(rows.length - 1, Math.max(0, at + by))];
  rows[at]?.removeAttribute('data-current');
  next?.setAttribute('data-current', '');
  next?.querySelector('a')?.focus();
}

export function deskKeys(root) {
  const body = root.querySelector('[data-desk]');
  if (!body) return;
  const actions = {
    j: () => move(body, 1),
    k: () => move(body, -1),
    '/': () => root.querySelector('[data-search]')?.focus(),
    '?': () => root.getElementById('keys')?.showModal(),
  };
  root.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || !actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  });
}
