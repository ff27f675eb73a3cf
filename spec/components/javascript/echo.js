// The bolt that `gstorm conform` asks for: it emits the first value of each tuple, anchored, and acks it.
'use strict';
const fs = require('fs');
const path = require('path');
const readline = require('readline');

const say = (message) => process.stdout.write(JSON.stringify(message) + '\nend\n');

const begin = (handshake) => {
  fs.writeFileSync(path.join(handshake.pidDir, String(process.pid)), '');
  say({ pid: process.pid });
};

const handle = (t) => {
  if (t.stream === '__heartbeat') {
    say({ command: 'sync' });
  } else if (t.stream !== '__tick') {
    say({ command: 'emit', tuple: t.tuple.slice(0, 1), anchors: [t.id], need_task_ids: false });
    say({ command: 'ack', id: t.id });
  }
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
