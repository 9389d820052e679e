// A service provider made with the directory sync of @boxyhq/saml-jackson, in
// memory. It routes as the library's documentation shows.
// node server.mjs 127.0.0.1:8080
import { createServer } from "node:http";
import jackson from "@boxyhq/saml-jackson";

const [host, port] = process.argv[2].split(":");
const quiet = () => {};

const { directorySyncController: sync } = await jackson.controllers({
	externalUrl: `http://${host}:${port}`,
	samlPath: "/saml",
	scimPath: "/scim/v2",
	db: { engine: "mem" },
	noAnalytics: true,
	logger: { info: quiet, warn: quiet, error: quiet },
});
const { data: directory } = await sync.directories.create({
	tenant: "example.com", product: "peers", name: "peers", type: "generic-scim-v2",
});

const server = createServer(async (request, response) => {
	const url = new URL(request.url, `http://${host}`);
	const [, , , resourceType = "", resourceId] = url.pathname.split("/"); // /scim/v2/Users/id
	const chunks = [];
	for await (const chunk of request) chunks.push(chunk);
	const text = Buffer.concat(chunks).toString();
	const query = Object.fromEntries(url.searchParams);
	const number = (name) => (query[name] === undefined ? undefined : Number(query[name]));
	try {
		const { status, data } = await sync.requests.handle({
			method: request.method,
			body: text ? JSON.parse(text) : undefined,
			directoryId: directory.id,
			resourceType,
			resourceId: resourceId && decodeURIComponent(resourceId),
			apiSecret: directory.scim.secret,
			query: { count: number("count"), startIndex: number("startIndex"), filter: query.filter },
		});
		response.writeHead(status, { "Content-Type": "application/json" });
		response.end(JSON.stringify(data));
	} catch (error) {
		response.writeHead(500, { "Content-Type": "text/plain" });
		response.end(String(error));
	}
});
server.listen(Number(port), host, () => console.log("ready"));
