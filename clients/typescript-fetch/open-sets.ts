/** Nothing to run: the compiler checks here that the open sets of values are what generate.ts makes of them. */

import type { components } from "./api.ts";

type BatchStatus = components["schemas"]["BatchStatus"];

/** The values of an open set that are known; nothing at all of a plain string. */
type Known<Value extends string> = Value extends unknown ? (string extends Value ? never : Value) : never;

"PENDING" satisfies Known<BatchStatus>;
"DONE" satisfies Known<BatchStatus>;
// @ts-expect-error: not a known one
"PONDERING" satisfies Known<BatchStatus>;

"PONDERING" satisfies BatchStatus;
// @ts-expect-error: only strings
1 satisfies BatchStatus;
