import { h } from '../dom.js';
import { ask, field } from './dialog.js';

// askToken asks for the token that the server wants; refused says that there was one.
export function askToken(refused) {
  const input = h('input', { type: 'password', autocomplete: 'off', spellcheck: 'false', required: true });
  return ask({
    title: refused ? 'Another token is needed' : 'A token is needed',
    body: [
      h('p', null, refused ? 'The server does not accept the token of this tab.' : 'This gstorm answers only to those who show a token.'),
      field('Token', input, 'It is kept until this tab is closed. “gstorm token” makes one.'),
    ],
    action: 'Go on',
    closable: false,
    submit: () => {
      const value = input.value.trim();
      if (!/^[\x21-\x7e]+$/.test(value)) throw new Error('A token has no blanks and only plain letters, digits and signs.');
      return value;
    },
  });
}
