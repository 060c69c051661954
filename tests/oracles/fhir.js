// Reads FHIR resources, one file a name, and prints what the 'fhir' package finds wrong.
const fs = require("fs");
const { Fhir } = require("fhir");

const fhir = new Fhir();
const found = process.argv.slice(2).map((name) =>
  fhir
    .validate(JSON.parse(fs.readFileSync(name, "utf8")), { errorOnUnexpected: true })
    .messages.filter((message) => message.severity === "error" || message.severity === "fatal")
    .map((message) => `${message.location}: ${message.message}`),
);
console.log(JSON.stringify(found));
