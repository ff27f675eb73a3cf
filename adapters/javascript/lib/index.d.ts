/** A value that can be emitted: what JSON can carry, and what is written as something like it. */
export type Value = unknown;

/** Fields of the default stream, or those of each stream by its name. */
export type Outputs = string[] | Record<string, string[] | { fields: string[]; direct?: boolean }>;

/** Configuration by Storm's keys, by the names below, or by any key of one's own. */
export interface Settings {
  ackerExecutors?: number | null;
  classpath?: string;
  debug?: boolean;
  environment?: Record<string, string>;
  fallBackOnJavaSerialization?: boolean;
  kryoFactory?: string;
  maxSpoutPending?: number | null;
  maxTaskParallelism?: number | null;
  messageTimeoutSecs?: number;
  numAckers?: number | null;
  numEventLoggers?: number;
  numWorkers?: number;
  optimize?: boolean;
  skipMissingKryoRegistrations?: boolean;
  statsSampleRate?: number;
  tickTupleFreqSecs?: number;
  topologyPriority?: number;
  topologyStrategy?: string;
  topologyWorkerMaxHeapSize?: number;
  [key: string]: Value;
}

/** A tuple as a bolt gets it: its values stand under the names of their fields, and under their positions. */
export interface Tuple {
  /** The host's id. A field of one of these names takes its place. */
  readonly id: string;
  /** The component, the stream and the task that it comes from. */
  readonly component: string;
  readonly stream: string;
  readonly task: number;
  readonly fields: string[];
  readonly values: any[];
  /** The value of a field, which has to be there. */
  get(field: string): any;
  toJSON(): Record<string, any>;
  [Symbol.iterator](): Iterator<any>;
  readonly [field: string | number]: any;
}

export interface EmitOptions {
  /** The stream; the default one where nothing is said. */
  stream?: string;
  /** Only to this task. */
  task?: number;
  /** Resolve to the tasks that got it. */
  taskIds?: boolean;
}

export interface BoltEmitOptions extends EmitOptions {
  /** The tuples that it comes of instead of the one that is handled; false, null or [] for none. */
  anchors?: Tuple | Tuple[] | false | null;
}

export interface SpoutEmitOptions extends EmitOptions {
  /** Any value: the tuple is tracked, and ack or fail is called with that very value. */
  id?: unknown;
}

/** Emits a tuple. Throws where it can't be sent. */
export interface Emit<Options extends EmitOptions> {
  (values: Value[], options: Options & { taskIds: true }): Promise<number[]>;
  (values: Value[], options?: Options): void;
  /** The same for another stream. */
  to(stream: string): Emit<Options>;
  /** The same for one task. */
  direct(task: number): Emit<Options>;
}

/** Lines for the log, made of their arguments as those of console.log are. */
export interface Log {
  trace(...parts: unknown[]): void;
  debug(...parts: unknown[]): void;
  info(...parts: unknown[]): void;
  warn(...parts: unknown[]): void;
  error(...parts: unknown[]): void;
}

export interface Metrics {
  /** Counts up. */
  inc(name: string, by?: number): void;
  /** Says what a value is now. */
  gauge(name: string, value: unknown): void;
}

/** Who a component is and what it can use. */
export interface Context {
  /** The component's configuration: the topology's with the component's over it. */
  readonly conf: Record<string, any>;
  readonly componentId: string;
  readonly taskId: number;
  /** Which of its component's tasks this is, from 0. */
  readonly taskIndex: number;
  readonly topologyName: string;
  /** The context as the host has sent it. */
  readonly raw: Record<string, any>;
  readonly log: Log;
  readonly metrics: Metrics;
  /** The ids of a component's tasks, in order. */
  componentTasks(componentId: string): number[];
  /** The lines of files, one after the other, without their line breaks. */
  readLines(...files: (string | URL)[]): Generator<string>;
}

/** What a bolt's handler gets. emit, ack and fail are bound to the tuple of that call. */
export interface BoltContext extends Context {
  readonly emit: Emit<BoltEmitOptions>;
  /** The tuple of the call, or another one. */
  ack(tuple?: Tuple): void;
  fail(tuple?: Tuple): void;
}

export interface SpoutContext extends Context {
  readonly emit: Emit<SpoutEmitOptions>;
  /** There is nothing more to emit. */
  finish(): void;
}

/** What generators yield. */
export type BoltYield = Value[] | ({ values: Value[] } & BoltEmitOptions);
export type SpoutYield = Value[] | ({ values: Value[] } & SpoutEmitOptions);

/** A promise's end, or a generator's, is the handler's; any other value is of no interest. */
export type BoltHandler = (tuple: Tuple, ctx: BoltContext) => unknown;
export type BoltHook = (ctx: BoltContext) => unknown;

export interface BoltHooks {
  process?(tuple: Tuple, ctx: BoltContext): unknown;
  prepare?(ctx: BoltContext): unknown;
  open?(ctx: BoltContext): unknown;
  tick?: BoltHook | number | [number, BoltHook];
  close?(ctx: BoltContext): unknown;
  [helper: string]: any;
}

export interface BoltOptions {
  /** Seconds between ticks and what to do then; the seconds alone where the hooks have a function tick. */
  tick?: number | [secs: number, handler: BoltHook];
  /** Nothing is acked by itself. */
  manual?: boolean;
  /** How many tuples are handled at a time; 1 where nothing is said. */
  concurrency?: number;
  config?: Settings;
}

export interface SpoutHooks {
  next?(ctx: SpoutContext): unknown;
  stream?(ctx: SpoutContext): Iterator<SpoutYield> | AsyncIterator<SpoutYield>;
  open?(ctx: SpoutContext): unknown;
  prepare?(ctx: SpoutContext): unknown;
  ack?(id: any, ctx: SpoutContext): unknown;
  fail?(id: any, ctx: SpoutContext): unknown;
  activate?(ctx: SpoutContext): unknown;
  deactivate?(ctx: SpoutContext): unknown;
  close?(ctx: SpoutContext): unknown;
  [helper: string]: any;
}

export interface ReliableSpoutHooks extends SpoutHooks {
  /** For a message that has failed more than maxFails times. */
  giveUp?(values: any[], ctx: SpoutContext): void;
}

export interface ReliableOptions {
  /** How often a message may fail and be replayed; without it there is no limit. */
  maxFails?: number;
  config?: Settings;
}

/** A generator, which yields one tuple after the other, or a function that is called again and again and emits. */
export type SpoutHandler = (ctx: SpoutContext) => unknown;

export type BatchHandler = (key: any, tuples: Tuple[], ctx: BoltContext) => unknown;

export interface BatchOptions extends BoltOptions {
  outputs?: Outputs;
  /** Seconds between batches. */
  every: number;
  /** A field, several, or what makes a tuple's key; without it all tuples are one group, whose key is null. */
  key?: string | string[] | ((tuple: Tuple) => unknown);
}

/** What spout() makes. */
export interface Spout {
  readonly kind: 'spout';
}

/** What bolt() makes. */
export interface Bolt {
  readonly kind: 'bolt';
}

/** A component that isn't of this file. */
export interface Foreign {
  readonly implementation: object;
}

type Anything = void | object | string | number | bigint | boolean | symbol | null;

/**
 * A handler, a factory (a function without parameters that returns a handler or an object with hooks), a class of such objects,
 * or one of them.
 */
type OrFactory<Handler extends (...args: any[]) => unknown, Hooks> =
  | ((...args: Parameters<Handler>) => Anything | Handler | Hooks | Promise<Handler | Hooks>)
  | (new () => Hooks)
  | Hooks;

export function bolt(definition: BoltHooks & BoltOptions & { outputs?: Outputs }): Bolt;
export function bolt(outputs: Outputs, source: OrFactory<BoltHandler, BoltHooks>, options?: BoltOptions): Bolt;

export function batchBolt(
  options: BatchOptions,
  source: OrFactory<BatchHandler, { batch: BatchHandler } & BoltHooks>,
): Bolt;
export function batchBolt(definition: BatchOptions & { batch: BatchHandler } & BoltHooks): Bolt;

export function spout(definition: SpoutHooks & { outputs?: Outputs; config?: Settings }): Spout;
export function spout(
  outputs: Outputs,
  source: OrFactory<SpoutHandler, SpoutHooks>,
  options?: { config?: Settings },
): Spout;

/** A spout that replays by itself what has failed. */
export function reliableSpout(definition: ReliableSpoutHooks & ReliableOptions & { outputs?: Outputs }): Spout;
export function reliableSpout(
  outputs: Outputs,
  source: OrFactory<SpoutHandler, ReliableSpoutHooks>,
  options?: ReliableOptions,
): Spout;

/** A component of another file, in any language that gstorm runs: external('report.py:Report'). */
export function external(reference: string): Foreign;

/** A component that comes with gstorm, with its options: builtin('lines', { path: 'posts.txt' }). */
export function builtin(name: string, options?: Record<string, unknown>): Foreign;

/** A component that is a command which speaks the multilang protocol. */
export function shell(
  command: string[],
  options?: { outputs?: Outputs; dir?: string; env?: Record<string, string> },
): Foreign;

export interface ComponentOptions {
  parallelism?: number;
  tasks?: number;
  config?: Settings;
  /** Over those of the component, stream by stream. */
  outputs?: Outputs;
}

/** A component of a topology. */
export interface SpoutDefinition {
  readonly id: string;
}

type Source = string | SpoutDefinition;

/** A bolt of a topology; its methods say where its tuples come from. */
export interface BoltDefinition extends SpoutDefinition {
  shuffle(from: Source, stream?: string): this;
  fields(from: Source, fields: string | string[], stream?: string): this;
  partialKey(from: Source, fields: string | string[], stream?: string): this;
  all(from: Source, stream?: string): this;
  global(from: Source, stream?: string): this;
  none(from: Source, stream?: string): this;
  direct(from: Source, stream?: string): this;
  localOrShuffle(from: Source, stream?: string): this;
  from(from: Source, how?: string | { stream?: string; grouping?: string; fields?: string | string[] }): this;
}

/** What the function that is given to topology() gets. */
export interface TopologyBuilder {
  /** What gstorm's --env says: local, cluster, or a name of one's own. */
  readonly env: string;
  spout(id: string, spout: Spout | Foreign, options?: ComponentOptions): SpoutDefinition;
  bolt(id: string, bolt: Bolt | Foreign, options?: ComponentOptions): BoltDefinition;
  configure(settings: Settings): this;
}

export interface Topology {
  readonly name: string;
}

export function topology(
  name: string,
  build: (t: TopologyBuilder) => void,
  options?: { initialStatus?: 'active' | 'inactive' },
): Topology;

/** What a topology was submitted to. */
export interface Cluster {
  /** Ends the run. */
  shutdown(): Promise<void>;
  kill(name: string, waitSecs?: number): Promise<void>;
  activate(name: string): Promise<void>;
  deactivate(name: string): Promise<void>;
}

/** Runs a topology from its own file, under gstorm and by node alone. */
export function run(topology: Topology, options?: { seconds?: number }): Promise<void>;

/** Submits a topology under gstorm; resolves once it runs. */
export function submit(topology: Topology): Promise<Cluster>;

/** The log, for code outside of handlers. */
export const log: Log;
