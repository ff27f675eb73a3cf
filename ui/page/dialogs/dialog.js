// A modal question, made of the browser's own dialog: it keeps the focus inside, closes by Escape, gives the focus back.
import { h } from '../dom.js';

// ask shows a form and resolves once it is closed: with what submit() gave, or null. submit may throw; then the form stays
// and says why. parts: title, body (elements), action (text of the button), danger, submit.
export function ask({ title, body, action, danger, submit, closable = true }) {
  return new Promise((resolve) => {
    let result = null;
    const problem = h('p', { class: 'problem', role: 'alert' });
    const go = h('button', { type: 'submit', class: danger ? 'danger' : 'primary' }, action);
    const cancel = closable && h('button', { type: 'button', onclick: () => dialog.close() }, 'Cancel');
    const form = h('form', { method: 'dialog' }, h('h2', { id: 'dialog-title' }, title), body, problem, h('div', { class: 'buttons' }, cancel, go));
    const dialog = h('dialog', { 'aria-labelledby': 'dialog-title', oncancel: (event) => { if (!closable) event.preventDefault(); } }, form);
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      problem.textContent = '';
      go.disabled = true;
      try {
        result = await submit();
        dialog.close();
      } catch (error) {
        problem.textContent = error.message;
      } finally {
        go.disabled = false;
      }
    });
    dialog.addEventListener('close', () => { dialog.remove(); resolve(result); });
    document.body.append(dialog);
    dialog.showModal();
  });
}

// field is an input with its label and, below, what it is for.
export function field(label, input, hint) {
  input.id ||= `field-${++field.count}`;
  const note = hint && h('small', { id: `${input.id}-hint` }, hint);
  if (note) input.setAttribute('aria-describedby', note.id);
  return h('p', { class: 'field' }, h('label', { for: input.id }, label), input, note);
}
field.count = 0;
