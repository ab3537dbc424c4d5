// Small improvements of pages that work without it.
import { autosave } from './_autosave.js';
import { deskKeys } from './_keys.js';

// After a rejected form, the reader is taken to the summary of what is wrong.
document.querySelector('[data-focus]')?.focus();
autosave(document);
deskKeys(document);
