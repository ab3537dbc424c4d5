// The table editor of a draft's rules: dmn-js, loaded by that page alone. It shows the tables of the model in the form's text field
// and writes every change back into it, so that the page works the same without it.
import './_sheets.js';
import EditingManager from 'dmn-js-shared/lib/base/EditingManager';
import TableEditor from 'dmn-js-decision-table/lib/Editor';
import { is } from 'dmn-js-shared/lib/util/ModelUtil';
import { chinese } from './_designer_zh.js';

// dmn-js reads DMN 1.3; for tables 1.4 and 1.5 differ in their namespaces only. Files keep theirs.
const namespaces = { 'https://www.omg.org/spec/DMN/20191111/': /https:\/\/www\.omg\.org\/spec\/DMN\/(20211108|20230324|20240513)\//g };

// dmn-js asks this for its words.
const words = document.documentElement.lang.startsWith('zh') ? chinese : {};
const translate = (template, values = {}) =>
  (words[template] ?? template).replace(/\{\s*(\w+)\s*\}/g, (hole, name) => values[name] ?? hole);

class Editor extends EditingManager {
  _getViewProviders() {
    return [{
      id: 'decisionTable', constructor: TableEditor,
      opens: (element) => is(element, 'dmn:Decision') && is(element.decisionLogic, 'dmn:DecisionTable'),
    }];
  }
}

function start(place) {
  const field = document.getElementById(place.dataset.source);
  const form = field.form;
  const source = document.getElementById('rules-source');
  const [tabs, canvas, toggle, refused] = ['tabs', 'canvas', 'toggle', 'refused'].map((part) => place.querySelector(`[data-${part}]`));
  const editor = new Editor({ container: canvas, decisionTable: { additionalModules: [{ translate: ['value', translate] }] } });
  let spoken = '', isOpen = false, isDirty = false;

  async function open() {
    const text = field.value;
    const [plain, pattern] = Object.entries(namespaces)[0];
    spoken = text.match(pattern)?.[0] ?? plain;
    const { warnings } = await editor.importXML(text.replace(pattern, plain));
    // What the editor does not know it would lose; then the text alone is edited.
    if (warnings.length || !editor.getViews().length) throw new Error(warnings[0]?.message ?? 'no table');
    isDirty = false;
    editor.getActiveViewer().on('commandStack.changed', () => { isDirty = true; });
  }

  async function keep() {
    if (!isOpen || !isDirty) return;
    const { xml } = await editor.saveXML({ format: true });
    field.value = xml.replaceAll(Object.keys(namespaces)[0], spoken);
    isDirty = false;
  }

  function showTabs() {
    const views = editor.getViews();
    tabs.replaceChildren(...(views.length < 2 ? [] : views.map((view) => {
      const tab = document.createElement('button');
      tab.type = 'button';
      tab.className = 'govuk-button govuk-button--secondary';
      tab.textContent = view.name || view.id;
      tab.setAttribute('aria-pressed', String(view.element === editor.getActiveView().element));
      tab.addEventListener('click', async () => {
        await keep();
        await editor.open(view);
        editor.getActiveViewer().on('commandStack.changed', () => { isDirty = true; });
        showTabs();
      });
      return tab;
    })));
  }

  async function asTable() {
    try {
      await open();
    } catch {
      refused.hidden = false;
      return;
    }
    isOpen = true;
    refused.hidden = true;
    canvas.hidden = false;
    source.hidden = true;
    toggle.textContent = toggle.dataset.text;
    showTabs();
  }

  async function asText() {
    await keep();
    isOpen = false;
    canvas.hidden = true;
    source.hidden = false;
    tabs.replaceChildren();
    toggle.textContent = toggle.dataset.table;
  }

  // The column of the rules' numbers has a head without words: it is no head to a screen reader.
  new MutationObserver(() => canvas.querySelectorAll('th.index-column').forEach((head) => head.setAttribute('role', 'cell')))
    .observe(canvas, { childList: true, subtree: true });
  place.hidden = false;
  toggle.addEventListener('click', () => (isOpen ? asText() : asTable()));
  form.addEventListener('submit', async (event) => {
    if (!isOpen || !isDirty) return;
    event.preventDefault();
    await keep();
    form.submit();
  });
  // A save that was not taken shows its reason at the text.
  if (!source.classList.contains('govuk-form-group--error')) asTable();
}

const place = document.getElementById('rules-editor');
if (place) start(place);
