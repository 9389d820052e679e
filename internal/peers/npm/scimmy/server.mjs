// A service provider made with scimmy and scimmy-routers, over Maps.
// node server.mjs 127.0.0.1:8080
import { randomUUID } from "node:crypto";
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";

const [host, port] = process.argv[2].split(":");

/** Gives a resource type a Map to be kept in. */
function keep(type, unique, config) {
	const kept = new Map();
	SCIMMY.Resources.declare(type, config);
	type
		.ingress((resource, data) => {
			for (const other of kept.values()) {
				if (other.id !== resource.id && unique && other[unique].toLowerCase() === data[unique].toLowerCase()) {
					throw new SCIMMY.Types.Error(409, "uniqueness", `${unique} is taken`);
				}
			}
			const old = kept.get(resource.id);
			if (resource.id && !old) throw new Error("not found");
			const now = new Date();
			const next = {
				...JSON.parse(JSON.stringify(data)),
				id: resource.id ?? randomUUID(),
				meta: { created: old?.meta.created ?? now, lastModified: now },
			};
			delete next.password;
			kept.set(next.id, next);
			return next;
		})
		.egress((resource) => {
			if (!resource.id) {
				const all = [...kept.values()];
				return resource.filter ? resource.filter.match(all) : all;
			}
			const found = kept.get(resource.id);
			if (!found) throw new Error("not found");
			return found;
		})
		.degress((resource) => {
			if (!kept.delete(resource.id)) throw new Error("not found");
		});
}

keep(SCIMMY.Resources.User, "userName", { extensions: [{ schema: SCIMMY.Schemas.EnterpriseUser }] });
keep(SCIMMY.Resources.Group, null, {});

const app = express();
app.use("/scim/v2", new SCIMMYRouters({ type: "bearer", handler: () => "" }));
app.listen(Number(port), host, () => console.log("ready"));
