#!/usr/bin/env node
// Prisma's query engine in its WebAssembly build, behind the HTTP door of its native one.
//
// LiteLLM's database client (prisma 0.15 for Python) starts a program `query-engine -p PORT` and asks it in
// GraphQL. The native program comes from a host of Prisma's own, which a machine without the internet cannot
// reach; the same engine as WebAssembly is in the npm package @prisma/client, and takes JSON only. This
// program starts that one and says each question in its form:
//
//   mutation { result: createOneThing(data: {n: 1}) { id } }
//   {modelName: "Thing", action: "createOne", query: {arguments: {data: {n: 1}}, selection: {id: true}}}
//
// It takes no part in what is measured: LiteLLM's own process is.

"use strict";

const fs = require("node:fs");
const http = require("node:http");
const { bindAdapter } = require("@prisma/driver-adapter-utils");
const { PrismaPg } = require("@prisma/adapter-pg");
const { parse } = require("graphql");
const { Pool } = require("pg");
const Result = require("pg/lib/result");

// Of Prisma 5.17.0, as prisma 0.15 for Python asks for it.
const VERSION = "393aa359c9ad4a4bb28630fb5613f9c281cde053";
const ACTION =
  /^(findUnique|findFirst|findMany|createOne|createMany|updateOne|updateMany|upsertOne|deleteOne|deleteMany|aggregate|groupBy|queryRaw|executeRaw)(.*?)(OrThrow)?$/;

/** LiteLLM reads a list of names (type 1003) from the catalogue; the driver knows lists of texts (1009). */
function namesAsTexts() {
  const { addFields } = Result.prototype;
  Result.prototype.addFields = function (described) {
    for (const field of described) if (field.dataTypeID === 1003) field.dataTypeID = 1009;
    return addFields.call(this, described);
  };
}

/** The engine, connected to the database that DATABASE_URL names. */
async function started() {
  const wasm = require.resolve("@prisma/client/runtime/query_engine_bg.postgresql.wasm");
  const binding = require("@prisma/client/runtime/query_engine_bg.postgresql.js");
  const module = new WebAssembly.Module(fs.readFileSync(wasm));
  const instance = new WebAssembly.Instance(module, { "./query_engine_bg.js": binding });
  binding.__wbg_set_wasm(instance.exports);
  namesAsTexts();
  const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
  const settings = {
    datamodel: fs.readFileSync(process.env.PRISMA_DML_PATH, "utf8"),
    logLevel: "error",
    logQueries: false,
    datasourceOverrides: {},
    env: process.env,
    configDir: ".",
    ignoreEnvVarErrors: true,
    engineProtocol: "json",
  };
  const engine = new binding.QueryEngine(settings, () => {}, bindAdapter(new PrismaPg(pool)));
  await engine.connect("{}");
  engine.models = jsonFields(settings.datamodel);
  return engine;
}

/** For each model the names of its fields that hold JSON: GraphQL gives them as text, JSON must mark them. */
function jsonFields(datamodel) {
  const models = datamodel.matchAll(/^model (\w+) \{([^]*?)^\}/gm);
  const named = (body) => new Set(Array.from(body.matchAll(/^\s*(\w+)\s+Json\b/gm), ([, name]) => name));
  return Object.fromEntries(Array.from(models, ([, model, body]) => [model, named(body)]));
}

/** A value of GraphQL as one of JSON; `json` are the model's fields of JSON, `inJson` if this is one's. */
function value(node, json, inJson) {
  switch (node.kind) {
    case "IntValue":
      return Number.isSafeInteger(Number(node.value))
        ? Number(node.value)
        : { $type: "BigInt", value: node.value };
    case "FloatValue":
      return Number(node.value);
    case "NullValue":
      return null;
    case "StringValue":
      return inJson ? { $type: "Json", value: node.value } : node.value;
    case "ListValue":
      return node.values.map((one) => value(one, json, inJson));
    case "ObjectValue":
      return fields(node.fields, json, inJson);
    default:
      return node.value;
  }
}

function fields(nodes, json, inJson = false) {
  const pair = ({ name, value: node }) => [name.value, value(node, json, inJson || json.has(name.value))];
  return Object.fromEntries(nodes.map(pair));
}

/** What a field asks for: its arguments and the fields below it. */
function asked(field, json) {
  const below = field.selectionSet ? field.selectionSet.selections : [];
  const selection = below.map((one) => [one.name.value, one.selectionSet ? asked(one, json) : true]);
  return { arguments: fields(field.arguments, json), selection: Object.fromEntries(selection) };
}

/** One question in GraphQL as the engine's JSON; `name` is what its answer will be called. */
function question(text, models) {
  const [field] = parse(text).definitions[0].selectionSet.selections;
  const [, action, model, orThrow] = ACTION.exec(field.name.value);
  const query = { action: action + (orThrow || ""), query: asked(field, models[model] || new Set()) };
  return { json: model ? { modelName: model, ...query } : query, name: (field.alias || field.name).value };
}

/** Values without the types that JSON's form of an answer has beside them. */
function plain(found) {
  if (Array.isArray(found)) return found.map(plain);
  if (found === null || typeof found !== "object") return found;
  if ("$type" in found) return found.value;
  return Object.fromEntries(Object.entries(found).map(([name, one]) => [name, plain(one)]));
}

/** An answer of the engine under the name that the asker gave it. */
function answer(found, name) {
  if (!found.data) return found;
  return { data: { [name]: plain(Object.values(found.data)[0]) } };
}

async function ask(engine, body, transaction) {
  const trace = "{}";
  if (!body.batch) {
    const { json, name } = question(body.query, engine.models);
    return answer(JSON.parse(await engine.query(JSON.stringify(json), trace, transaction)), name);
  }
  const questions = body.batch.map((one) => question(one.query, engine.models));
  const batch = { batch: questions.map((one) => one.json) };
  if (body.transaction) batch.transaction = {};
  const found = JSON.parse(await engine.query(JSON.stringify(batch), trace, transaction));
  if (!found.batchResult) return found;
  return { batchResult: found.batchResult.map((one, index) => answer(one, questions[index].name)) };
}

/** Answer one request of the client; transactions keep the engine's own numbers. */
async function served(engine, request, text) {
  const [, transaction, step] = /^\/transaction\/([^/]+)(?:\/(\w+))?/.exec(request.url) || [];
  if (request.method === "GET") return { status: "ok" };
  if (transaction === "start") return JSON.parse(await engine.startTransaction(text, "{}"));
  if (step === "commit") return JSON.parse(await engine.commitTransaction(transaction, "{}"));
  if (step === "rollback") return JSON.parse(await engine.rollbackTransaction(transaction, "{}"));
  return ask(engine, JSON.parse(text), request.headers["x-transaction-id"]);
}

async function main() {
  if (process.argv.includes("--version")) {
    console.log(`query-engine ${VERSION}`);
    return;
  }
  const engine = await started();
  const server = http.createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    let body;
    try {
      body = await served(engine, request, Buffer.concat(pieces).toString());
    } catch (error) {
      body = { errors: [{ error: String(error), user_facing_error: { message: String(error) } }] };
    }
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(body));
  });
  server.keepAliveTimeout = 60_000;
  server.listen(Number(process.argv[process.argv.indexOf("-p") + 1]), "localhost");
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(0));
}

main();
