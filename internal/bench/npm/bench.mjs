// Times the peers from npm on the inputs that the Go benchmarks use, and prints
// one line for each: name, nanoseconds for one operation. Each time is the best
// of several rounds, after as many to warm up.
import { readFileSync } from "node:fs";
import scimPatch from "scim-patch";
import parseFilter from "scim2-parse-filter";

const input = (name) => readFileSync(new URL(`../testdata/${name}`, import.meta.url), "utf8").trim();

const rounds = 5;
const roundNanoseconds = 100e6;

function time(run, operations = 1) {
  let best = Infinity;
  for (let round = 0; round < 2 * rounds; round++) {
    const start = process.hrtime.bigint();
    let count = 0;
    let elapsed;
    do {
      for (let i = 0; i < 100; i++) run();
      count += 100;
      elapsed = Number(process.hrtime.bigint() - start);
    } while (elapsed < roundNanoseconds);
    if (round >= rounds) best = Math.min(best, elapsed / count / operations);
  }
  return best;
}

function report(name, nanoseconds) {
  console.log(`${name}\t${nanoseconds.toFixed(0)}`);
}

const filters = input("filters.txt").split("\n");
report(
  "Filter/scim2-parse-filter",
  time(() => {
    for (const filter of filters) parseFilter.stringify(parseFilter.parse(filter));
  }, filters.length),
);

// From the text of both to the text of the result. Without a copy of the
// document scim-patch is at its fastest.
const user = input("user.json");
const patch = input("patch.json");
report(
  "Apply/text/scim-patch",
  time(() => {
    const body = JSON.parse(patch);
    JSON.stringify(scimPatch.scimPatch(JSON.parse(user), body.Operations));
  }),
);

// From what has been parsed, with the copy that leaves it untouched.
const parsedUser = JSON.parse(user);
const operations = JSON.parse(patch).Operations;
report(
  "Apply/parsed/scim-patch",
  time(() => {
    scimPatch.scimPatch(parsedUser, operations, { mutateDocument: false });
  }),
);
