// The styles that the editor's text cells (CodeMirror) make by script, as constructed sheets: the pages' policy refuses style elements.
import { StyleModule } from 'style-mod';

const mounted = new Set();

StyleModule.mount = (root, modules) => {
  for (const module of [modules].flat()) {
    if (mounted.has(module)) continue;
    mounted.add(module);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(module.getRules());
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  }
};
