// The spout that `gstorm conform` asks for: it emits 1, 2 and 3, and again what failed.
'use strict';
const fs = require('fs');
const path = require('path');
const readline = require('readline');

const say = (message) => process.stdout.write(JSON.stringify(message) + '\nend\n');

const begin = (handshake) => {
  fs.writeFileSync(path.join(handshake.pidDir, String(process.pid)), '');
  say({ pid: process.pid });
};

const waiting = [1, 2, 3];
const handle = ({ command, id }) => {
  if (command === 'next' && waiting.length > 0) {
    const n = waiting.shift();
    say({ command: 'emit', id: n, tuple: [n], need_task_ids: false });
  } else if (command === 'fail') {
    waiting.push(id);
  }
  say({ command: 'sync' });
};

let next = begin;
let lines = [];
readline.createInterface({ input: process.stdin, crlfDelay: Infinity }).on('line', (line) => {
  if (line !== 'end') {
    lines.push(line);
    return;
  }
  const message = JSON.parse(lines.join('\n'));
  lines = [];
  next(message);
  next = handle;
});
