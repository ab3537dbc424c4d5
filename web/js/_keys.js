// Keys of the desk: j and k move along the rows of table[data-keys], Enter opens, / searches, ? shows the help.

const typing = (target) => target.closest('input, select, textarea, [contenteditable]');

function move(table, by) {
  const rows = [...table.tBodies[0].rows];
  const at = rows.findIndex((row) => row.hasAttribute('data-current'));
  const next = rows[Math.min(rows.length - 1, Math.max(0, at + by))];
  rows[at]?.removeAttribute('data-current');
  next?.setAttribute('data-current', '');
  next?.querySelector('a')?.focus();
}

export function deskKeys(root) {
  const table = root.querySelector('table[data-keys]');
  if (!table) return;
  const actions = {
    j: () => move(table, 1),
    k: () => move(table, -1),
    '/': () => root.querySelector('input[type=search]')?.focus(),
    '?': () => root.getElementById('keys')?.showModal(),
  };
  root.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || !actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  });
}
