// A service provider made with better-auth and its plugin @better-auth/scim, in
// memory. It stands under /api/auth/scim/v2.
// node server.mjs 127.0.0.1:8080
import { createServer } from "node:http";
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { toNodeHandler } from "better-auth/node";
import * as plugin from "@better-auth/scim";

const [host, port] = process.argv[2].split(":");
const token = "peers-peers-peers-peers-peers-peers";

const options = {
	baseURL: `http://${host}:${port}`,
	secret: "not-a-secret-not-a-secret-not-a-secret",
	logger: { disabled: true },
	rateLimit: { enabled: false },
	telemetry: { enabled: false },
	plugins: [plugin.scim({ connections: [{ id: "peers", credentials: [{ type: "bearer", id: "peers", token }] }] })],
};
const { getAuthTables } = await import("better-auth/db");
const tables = {};
for (const table of Object.values(getAuthTables(options))) tables[table.modelName] = [];
const auth = betterAuth({ ...options, database: memoryAdapter(tables) });

const answer = toNodeHandler(auth);
createServer((request, response) => {
	request.headers.authorization = `Bearer ${token}`;
	answer(request, response);
}).listen(Number(port), host, () => console.log("ready"));
