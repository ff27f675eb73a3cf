import type { Topology } from './index.js';

/** Tuples for a spout, or for each of its streams. */
export type Mock = unknown[][] | Record<string, unknown[][]>;

/** Runs a topology, or the one of a file, with mocked spouts. Rejects with Failed. */
export function complete(
  topology: Topology | string,
  options?: { mock?: Record<string, Mock>; args?: unknown[]; timeout?: number },
): Promise<Completion>;

/** What came of a topology. */
export class Completion {
  /** All that gstorm wrote to stderr. */
  readonly log: string;
  /** Whether the topology ran to its end. */
  readonly success: boolean;
  /** How many of the spouts' tuples were handled, and how many failed or timed out. */
  readonly acked: number;
  readonly failed: number;
  /** The messages of the errors that components reported. */
  readonly errors: string[];
  /** The tuples that a component emitted on a stream, in the order of the emits. */
  emitted(component: string, stream?: string): unknown[][];
}

/** gstorm could not run the topology; the message is what it said. */
export class Failed extends Error {}
