// Markup to an element, in place of the package domify that dmn-js uses: the pages' policy refuses style attributes in markup, so
// they are set afterwards by the object model, which it allows. What is shown stays the same, the watermark included.
export default function domify(html) {
  const template = document.createElement('template');
  template.innerHTML = html.trim().replaceAll(' style="', ' data-style="');
  const element = template.content.firstElementChild;
  for (const part of [element, ...element.querySelectorAll('[data-style]')]) {
    part.style.cssText = part.dataset.style ?? '';
    delete part.dataset.style;
  }
  return element;
}
