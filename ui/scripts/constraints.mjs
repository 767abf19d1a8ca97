// Writes src/api/constraints.gen.ts: what the browser mirrors of the server's rules, taken from openapi.json.
import { readFileSync, writeFileSync } from "node:fs";

const spec = JSON.parse(readFileSync("src/api/openapi.json", "utf8"));
const schemas = spec.components.schemas;
const follow = (schema) => (schema?.$ref ? schemas[schema.$ref.split("/").at(-1)] : schema);

/** The schema without its `null` branch. */
const present = (schema) => follow((schema.anyOf ?? [schema]).find((branch) => branch.type !== "null"));

function limitsOf(schema, required) {
  const { type, maxLength, minLength, minimum, maximum } = present(schema) ?? {};
  const nullable = (schema.anyOf ?? []).some((branch) => branch.type === "null") || undefined;
  const entries = { required: required || undefined, nullable, type, minLength, maxLength, minimum, maximum };
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));
}

function requestModels() {
  const names = new Set();
  for (const path of Object.values(spec.paths))
    for (const operation of Object.values(path)) {
      const ref = operation.requestBody?.content?.["application/json"]?.schema?.$ref;
      if (ref) names.add(ref.split("/").at(-1));
    }
  return [...names].sort();
}

const models = Object.fromEntries(
  requestModels()
    .filter((name) => schemas[name].properties)
    .map((name) => {
      const required = schemas[name].required ?? [];
      const fields = Object.entries(schemas[name].properties);
      return [
        name,
        Object.fromEntries(fields.map(([key, field]) => [key, limitsOf(field, required.includes(key))])),
      ];
    }),
);

/** Every literal of a property called `name`, anywhere below `node`. */
function literalsOf(name, node, found = new Set()) {
  if (!node || typeof node !== "object") return found;
  const property = node.properties?.[name];
  const leaf = present(property?.items ?? property ?? {});
  for (const value of leaf?.enum ?? (leaf?.const ? [leaf.const] : [])) found.add(value);
  for (const child of Object.values(node)) literalsOf(name, child, found);
  return found;
}

const codes = [...literalsOf("code", schemas), ...literalsOf("code", spec.paths)];
const operations = Object.values(spec.paths).flatMap((path) => Object.values(path));
const permissions = operations
  .map((operation) => operation["x-permission"])
  .filter((mark) => mark?.includes(":"));
const list = (values) => JSON.stringify([...new Set(values)].sort(), null, 2);

writeFileSync(
  "src/api/constraints.gen.ts",
  `// Written by \`npm run gen\` from openapi.json. Do not edit.
export const constraints = ${JSON.stringify(models, null, 2)} as const;

export const problemCodes = ${list(codes)} as const;
export type ProblemCode = (typeof problemCodes)[number];

export const permissions = ${list(permissions)} as const;
export type Permission = (typeof permissions)[number];
`,
);
