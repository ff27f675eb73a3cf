'use strict';

/**
 * A Host that speaks batches. What the task says is taken apart into events: [head, values, stream or task], 'ack 17',
 * 'fail 18', 'sync', and messages of other kinds as they are.
 */
class BatchHost {
  constructor(host) {
    this.host = host;
  }

  /** Sends tuples of one word each as one frame. */
  batch(first, ...words) {
    this.host.write({ first, comp: 'source', stream: 'default', task: 1, batch: words.map((word) => [word]) });
  }

  /** The events up to where done(events) is true. */
  async until(done) {
    const events = [];
    while (!done(events)) events.push(...unpack(await this.host.read()));
    return events;
  }

  /** The events until so many tuples are answered. */
  answered(count) {
    return this.until((events) => events.filter((event) => /^(ack|fail) /.test(event)).length >= count);
  }

  /** Asks for up to so many tuples and resolves to the events before the sync. */
  async credit(n, ends) {
    this.host.write({ command: 'next', id: '', n, ...ends });
    const isSync = (event) => event === 'sync' || event?.command === 'sync';
    return (await this.until((events) => isSync(events.at(-1)))).slice(0, -1);
  }

  /** What a spout says until it has finished, which may take several turns. */
  async creditToTheEnd(ends) {
    const events = await this.credit(100, ends);
    while (events.at(-1)?.command !== 'finished') events.push(...(await this.credit(100)));
    return events;
  }

  /** All events since the handshake. */
  all() {
    return this.host.messages.slice(1).flatMap(unpack);
  }
}

function unpack(message) {
  if (message.command !== 'batch') return [message];
  const { emits = [], fails = [], acks = [], sync } = message;
  return [
    ...emits.flatMap(({ tuples, stream, task }) =>
      tuples.flatMap(([head, ...rows]) =>
        rows.map((values) => [head, values, stream, task].filter((part) => part !== undefined)),
      ),
    ),
    ...fails.map((id) => `fail ${id}`),
    ...acks.flatMap(range).map((id) => `ack ${id}`),
    ...(sync ? ['sync'] : []),
  ];
}

function range(ids) {
  const [first, last] = [ids].flat();
  return Array.from({ length: (last ?? first) - first + 1 }, (_, i) => first + i);
}

module.exports = { BatchHost };
