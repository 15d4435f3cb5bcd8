/**
 * Writes the types of an OpenAPI document: node generate.ts OPENAPI.yaml OUTPUT.ts
 *
 * As the command line of openapi-typescript does it, except for open sets of values: a string with `x-extensible-enum`
 * becomes `"PENDING" | "RUNNING" | (string & {})`. An editor then proposes the known values, and others are allowed.
 * A plain `string` in that union would swallow them.
 */

import { writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import openapiTS, { astToString, COMMENT_HEADER, type SchemaObject, STRING } from "openapi-typescript";
import ts from "typescript";

const { factory } = ts;

function openSet(schema: SchemaObject & { "x-extensible-enum"?: string[] }): ts.TypeNode | undefined {
  const known = schema["x-extensible-enum"];
  if (schema.type !== "string" || !known) {
    return undefined; // as usual
  }
  return factory.createUnionTypeNode([
    ...known.map((value) => factory.createLiteralTypeNode(factory.createStringLiteral(value))),
    factory.createIntersectionTypeNode([STRING, factory.createTypeLiteralNode([])]),
  ]);
}

const [document, output] = process.argv.slice(2);
if (!document || !output) {
  console.error("Usage: node generate.ts OPENAPI.yaml OUTPUT.ts");
  process.exit(2);
}
const types = await openapiTS(pathToFileURL(document), { transform: openSet });
await writeFile(output, COMMENT_HEADER + astToString(types));
